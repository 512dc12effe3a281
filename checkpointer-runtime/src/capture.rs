//! Captured statics: their registry, and how their values enter a call's hash.

use std::sync::{Mutex, PoisonError};

use crate::event;
use crate::hashing::{self, Sink};
use crate::key::Digest;
use crate::table::Row;

/// All statics marked `#[capture]`, in whatever crate and however private, gathered by the linker.
#[linkme::distributed_slice]
pub static CHECKPOINTER_STATICS: [CapturedStatic];

/// A static marked `#[capture]`.
#[derive(Debug)]
pub struct CapturedStatic {
    path: &'static str,
    once: bool,
    hash: fn(&mut Sink<'_>),
}

impl CapturedStatic {
    /// A static of this path, hashed by this function: at each call, or once.
    #[must_use]
    pub const fn new(path: &'static str, once: bool, hash: fn(&mut Sink<'_>)) -> Self {
        Self { path, once, hash }
    }
}

/// The captured statics of one function.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    each_call: Vec<&'static CapturedStatic>,
    once: Vec<&'static CapturedStatic>,
    /// The hash over the values that are read once.
    once_digest: Mutex<Option<Digest>>,
    is_incomplete: bool,
}

impl Captured {
    /// The registered statics that the row names.
    pub(crate) fn of(row: &Row, captures: bool) -> Self {
        let mut captured = Self::default();
        if !captures {
            return captured;
        }
        for path in &row.captured {
            let mut found = CHECKPOINTER_STATICS
                .iter()
                .filter(|entry| entry.path == *path)
                .peekable();
            if found.peek().is_none() {
                event::complain(&format!(
                    "{}: the captured static `{path}` is not registered, so its value can't be read and nothing is cached: \
                     mark it `#[checkpointer_runtime::capture]`",
                    row.path
                ));
                captured.is_incomplete = true;
            }
            // Statics of one name in different bodies register under one path: all of them count.
            for entry in found {
                if entry.once {
                    captured.once.push(entry);
                } else {
                    captured.each_call.push(entry);
                }
            }
        }
        captured
    }

    pub(crate) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.each_call.is_empty() && self.once.is_empty()
    }

    /// Adds the values to a call's hash.
    pub(crate) fn hash(&self, sink: &mut Sink<'_>) {
        for entry in &self.each_call {
            sink.captured_path(entry.path);
            (entry.hash)(sink);
        }
        if !self.once.is_empty() {
            sink.part("captured once", &self.once_digest());
        }
    }

    /// Forgets the values that are read once.
    pub(crate) fn reinit(&self) {
        *self
            .once_digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn once_digest(&self) -> Digest {
        let mut known = self
            .once_digest
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known.get_or_insert_with(|| {
            let digest = hashing::stored(|sink| {
                for entry in &self.once {
                    sink.captured_path(entry.path);
                    (entry.hash)(sink);
                }
            });
            digest.unwrap_or_else(|error| {
                event::complain(&format!("a captured static can't be hashed: {error}"));
                Digest::new([0; 32])
            })
        })
    }
}
