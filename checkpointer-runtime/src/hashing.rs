//! What a function's expansion feeds its arguments to: either of the two hashes, with the first error kept.

use std::hash::{Hash, Hasher};

use crate::arguments::ArgumentHasher;
use crate::error::CheckpointError;
use crate::key::Digest;
use crate::traits::Argument;
use crate::types::{self, Declaration};

/// The hash of a call in the making.
///
/// It borrows its parts, so that the compiler can keep them in registers: a hit in memory has no time to move them.
#[derive(Debug)]
pub struct Sink<'a> {
    hasher: &'a mut ArgumentHasher,
    is_memory: bool,
    error: &'a mut Option<Box<CheckpointError>>,
}

/// The hash by which this process knows what `feed` adds.
///
/// # Errors
/// The first value that can't be hashed.
#[inline]
pub(crate) fn memory(feed: impl FnOnce(&mut Sink<'_>)) -> Result<u128, Box<CheckpointError>> {
    let mut hasher = ArgumentHasher::memory();
    let mut error = None;
    feed(&mut Sink {
        hasher: &mut hasher,
        is_memory: true,
        error: &mut error,
    });
    match error {
        None => Ok(hasher.memory_so_far()),
        Some(error) => Err(error),
    }
}

/// The hash by which other processes know what `feed` adds.
///
/// # Errors
/// The first value that can't be hashed.
pub(crate) fn stored(feed: impl FnOnce(&mut Sink<'_>)) -> Result<Digest, CheckpointError> {
    let mut hasher = ArgumentHasher::stored();
    let mut error = None;
    feed(&mut Sink {
        hasher: &mut hasher,
        is_memory: false,
        error: &mut error,
    });
    match error {
        None => Ok(hasher.finish()),
        Some(error) => Err(*error),
    }
}

impl Sink<'_> {
    /// Adds a parameter's value, or what `hash_by` gives in its place.
    #[inline]
    pub fn value<T: Argument + ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Err(error) = self.hasher.parameter(name, value) {
            self.fail(error);
        }
    }

    /// Adds the type in whose impl a function stands, where it has type arguments.
    #[inline]
    pub fn self_type<T: ?Sized>(&mut self) {
        if self.is_memory {
            self.type_id::<T>();
        } else if std::any::type_name::<T>().contains('<') {
            self.type_name::<T>(0, 0);
        }
    }

    /// Adds a type argument.
    #[inline]
    pub fn type_argument<T>(&mut self) {
        if self.is_memory {
            self.type_id::<T>();
        } else {
            self.type_name::<T>(size_of::<T>(), align_of::<T>());
        }
    }

    /// Adds a type argument that may have no size.
    #[inline]
    pub fn unsized_argument<T: ?Sized>(&mut self) {
        if self.is_memory {
            self.type_id::<T>();
        } else {
            self.type_name::<T>(0, 0);
        }
    }

    /// Adds the type of a value whose type has no name in the signature.
    #[inline]
    pub fn type_of<T>(&mut self, _: &T) {
        self.type_argument::<T>();
    }

    /// Adds the path of a captured static.
    pub(crate) fn captured_path(&mut self, path: &'static str) {
        self.value("captured", path);
    }

    /// Adds a hash that was made before.
    pub(crate) fn part(&mut self, name: &str, digest: &Digest) {
        self.hasher.part(name, digest);
    }

    fn type_name<T: ?Sized>(&mut self, size: usize, align: usize) {
        let name = std::any::type_name::<T>();
        self.hasher.type_argument(name, size, align, None);
        for (path, declaration) in types::declarations(name) {
            let reason = match declaration {
                Declaration::Known(digest) => {
                    self.hasher.part(path, &digest);
                    continue;
                }
                Declaration::Ambiguous => "two types have this path; rename one, or use memory",
                Declaration::Unknown => {
                    "its crate has no table of its code; call `checkpointer_build::build()` in that crate's build.rs and put \
                     `checkpointer_runtime::register_types!();` into it, or use memory"
                }
            };
            let path = path.to_owned();
            self.fail(CheckpointError::TypeArgument { path, reason });
        }
    }

    /// Within one process a type's id tells apart what its name does not: two types of one name in different blocks.
    #[inline]
    fn type_id<T: ?Sized>(&mut self) {
        let mut hasher = Last(0);
        typeid::of::<T>().hash(&mut hasher);
        self.value("type", &hasher.0);
    }

    #[cold]
    fn fail(&mut self, error: CheckpointError) {
        self.error.get_or_insert_with(|| Box::new(error));
    }
}

/// A type's id is a hash already; this takes it as it is.
struct Last(u64);

impl Hasher for Last {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = self.0.rotate_left(32) ^ word;
    }
}
