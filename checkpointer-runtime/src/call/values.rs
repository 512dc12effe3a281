//! How a function's results are kept: in memory as they are where they can be cloned, and as bytes.
//!
//! What a result can do is known where the function is expanded, so it arrives here as plain functions; the compiler
//! sees through them where the call is inlined.

use std::io::Write;
use std::marker::PhantomData;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::arguments;
use crate::codec;
use crate::content::{self, Content, Wish};
use crate::error::CheckpointError;
use crate::key::Digest;
use crate::slots::{Slots, Timed};
use crate::storage::memory::Remembered;
use crate::storage::stream::Counter;
use crate::traits::{Shareable, Storable};

/// How results of type `T` are kept.
#[derive(Debug)]
pub struct Values<T> {
    pub(crate) memory: MemoryValues<T>,
    pub(crate) bytes: Option<ByteValues<T>>,
}

/// Keeps a result under a key: with the time of storing, the nanoseconds it took, and its weight.
type Insert<T> = fn(&Slots, u128, &T, DateTime<Utc>, u64, u64);

/// How results are kept in memory.
#[derive(Debug)]
pub struct MemoryValues<T> {
    pub(crate) get: fn(&Slots, u128) -> Option<Found<T>>,
    insert: Insert<T>,
    /// About how many bytes a result takes, what it points to included as far as that can be seen.
    weigh: fn(&T) -> u64,
    pub(crate) stored: fn(&Slots, u128) -> Option<DateTime<Utc>>,
    pub(crate) remove: fn(&Slots, u128) -> bool,
}

/// How results are turned into bytes and back.
#[derive(Debug)]
pub(crate) struct ByteValues<T> {
    /// Appends a value's bytes, if they are no more than this, and gives whether that is so.
    pub(crate) encode: fn(&mut Vec<u8>, usize, &T) -> Result<bool, CheckpointError>,
    pub(crate) write: fn(&mut dyn Write, &T) -> Result<(), CheckpointError>,
    pub(crate) decode: fn(&[u8]) -> Result<T, CheckpointError>,
    pub(crate) digest: fn(&T) -> Result<Digest, CheckpointError>,
    /// How a store had better give a result, and what makes one of numbers that it gives so.
    pub(crate) wish: fn() -> Wish,
    pub(crate) adopt: fn(Content) -> Option<T>,
    /// See [`content::before_numbers`].
    pub(crate) before_numbers: fn(&T) -> usize,
    #[cfg(feature = "codec")]
    pub(crate) encode_by: fn(&dyn codec::Codec, &mut Vec<u8>, &T) -> Result<(), CheckpointError>,
    #[cfg(feature = "codec")]
    pub(crate) decode_by: fn(&dyn codec::Codec, &[u8]) -> Result<T, CheckpointError>,
}

/// A result from a store.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) stored: DateTime<Utc>,
    /// How long it took to compute, in nanoseconds.
    pub(crate) nanoseconds: u64,
}

impl<T> Clone for Values<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Values<T> {}

impl<T> Clone for MemoryValues<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for MemoryValues<T> {}

impl<T> Clone for ByteValues<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for ByteValues<T> {}

/// For a function that keeps its results in memory alone.
#[inline]
#[must_use]
pub const fn shared<T: Shareable>() -> Values<T> {
    Values {
        memory: MemoryValues::cloned(),
        bytes: None,
    }
}

/// For a function that may keep its results as bytes. In memory they are clones if they can be cloned, else bytes, too.
#[inline]
#[must_use]
pub const fn stored<T: Storable>(cloned: Option<MemoryValues<T>>) -> Values<T> {
    let memory = match cloned {
        Some(cloned) => MemoryValues {
            weigh: weigh::<T>,
            ..cloned
        },
        None => MemoryValues::as_bytes(),
    };
    Values {
        memory,
        bytes: Some(ByteValues {
            encode: codec::encode_up_to::<T>,
            write: codec::write_to::<T>,
            decode: codec::decode::<T>,
            digest: arguments::digest::<T>,
            wish: content::wish::<T>,
            adopt: content::adopt::<T>,
            before_numbers: content::before_numbers::<T>,
            #[cfg(feature = "codec")]
            encode_by: codec::encode_by::<T>,
            #[cfg(feature = "codec")]
            decode_by: codec::decode_by::<T>,
        }),
    }
}

/// A result's own size, or that of its bytes: what it points to is in these.
fn weigh<T: Storable>(value: &T) -> u64 {
    let mut counter = Counter(0);
    // What can't be written has its own size alone.
    let _ = codec::write_to(&mut counter, value);
    counter.0.max(size_of::<T>() as u64)
}

impl<T> MemoryValues<T> {
    /// Keeps a result that took so many nanoseconds.
    pub(crate) fn insert(
        &self,
        slots: &Slots,
        key: u128,
        value: &T,
        stored: DateTime<Utc>,
        nanoseconds: u64,
    ) {
        // Only where bytes are limited does the weight count, and weighing a large value takes its time.
        let weight = if slots.counts_bytes() {
            (self.weigh)(value)
        } else {
            0
        };
        (self.insert)(slots, key, value, stored, nanoseconds, weight);
    }
}

impl<T: Shareable> MemoryValues<T> {
    const fn cloned() -> Self {
        Self {
            get: get_clone::<T>,
            weigh: |_| size_of::<T>() as u64,
            insert: |slots, key, value, stored, nanoseconds, weight| {
                let value = value.clone();
                let timed = Timed { value, nanoseconds };
                slots.insert(key, timed, stored, weight);
            },
            stored: |slots, key| slots.stored::<T>(key),
            remove: |slots, key| slots.remove::<T>(key),
        }
    }
}

/// A function of its own, since a closure can't ask to be inlined.
#[inline]
fn get_clone<T: Shareable>(slots: &Slots, key: u128) -> Option<Found<T>> {
    let Remembered { value, stored } = slots.get::<T>(key)?;
    Some(Found {
        value: value.value,
        stored,
        nanoseconds: value.nanoseconds,
    })
}

impl<T: Storable> MemoryValues<T> {
    const fn as_bytes() -> Self {
        Self {
            get: |slots, key| {
                let Remembered { value, stored } = slots.get::<Bytes>(key)?;
                // What was encoded in this process and never left it can be decoded.
                let found = codec::decode(&value.value).ok()?;
                Some(Found {
                    value: found,
                    stored,
                    nanoseconds: value.nanoseconds,
                })
            },
            // Known once there are bytes.
            weigh: |_| 0,
            insert: |slots, key, value, stored, nanoseconds, _| {
                if let Ok(bytes) = codec::encode(value) {
                    let weight = bytes.len() as u64;
                    let value = Bytes::from(bytes);
                    let timed = Timed { value, nanoseconds };
                    slots.insert(key, timed, stored, weight);
                }
            },
            stored: |slots, key| slots.stored::<Bytes>(key),
            remove: |slots, key| slots.remove::<Bytes>(key),
        }
    }
}

/// Asks what a type can do: an inherent constant hides a trait's of the same name, so the trait's answers for types
/// that have no inherent one.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Clone + Send + Sync + 'static> Probe<T> {
    /// How to keep it in memory as it is.
    pub const CLONE: Option<MemoryValues<T>> = Some(MemoryValues::cloned());
}

/// The answer for what can't be cloned or shared.
pub trait NotShared<T> {
    /// Nothing.
    const CLONE: Option<MemoryValues<T>> = None;
}

impl<T> NotShared<T> for Probe<T> {}

impl<T, E> Probe<Result<T, E>> {
    /// A `Result`.
    pub const IS_RESULT: bool = true;
}

/// The answer for what is no `Result`.
///
/// A method can't let the type decide, so there a `Result` behind another name is refused when it is compiled:
/// ```compile_fail,E0080
/// # use checkpointer_runtime::checkpoint;
/// type Answer = Result<u8, String>;
/// struct Model;
///
/// impl Model {
///     #[checkpoint(version = 1, format = "memory")] // `result = true` is missing
///     fn answer(#[no_hash] &self, x: u8) -> Answer {
///         Ok(x)
///     }
/// }
/// let _ = Model.answer(1);
/// ```
pub trait NotResult {
    /// No `Result`.
    const IS_RESULT: bool = false;
}

impl<T: ?Sized> NotResult for Probe<T> {}
