//! What a function's expansion feeds its arguments to: either of the two hashes, with the first error kept.

use std::hash::{Hash, Hasher};

use crate::arguments::ArgumentHasher;
use crate::error::CheckpointError;
use crate::key::Digest;
use crate::traits::Argument;

/// The hash of a call in the making.
#[derive(Debug)]
pub struct Sink {
    hasher: ArgumentHasher,
    is_memory: bool,
    error: Option<CheckpointError>,
}

impl Sink {
    /// For keys in memory, of this process only.
    #[inline]
    pub(crate) fn memory() -> Self {
        Self {
            hasher: ArgumentHasher::memory(),
            is_memory: true,
            error: None,
        }
    }

    /// For keys that are stored.
    #[inline]
    pub(crate) fn stored() -> Self {
        Self {
            hasher: ArgumentHasher::stored(),
            is_memory: false,
            error: None,
        }
    }

    /// Adds a parameter's value, or what `hash_by` gives in its place.
    #[inline]
    pub fn value<T: Argument + ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Err(error) = self.hasher.parameter(name, value) {
            self.error.get_or_insert(error);
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
        self.hasher.type_argument_of::<T>(size, align, None);
    }

    /// Within one process a type's id tells apart what its name does not: two types of one name in different blocks.
    #[inline]
    fn type_id<T: ?Sized>(&mut self) {
        let mut hasher = Last(0);
        typeid::of::<T>().hash(&mut hasher);
        self.value("type", &hasher.0);
    }

    #[inline]
    pub(crate) fn finish_memory(self) -> Result<u128, CheckpointError> {
        match self.error {
            None => Ok(self.hasher.finish_memory()),
            Some(error) => Err(error),
        }
    }

    pub(crate) fn finish_stored(self) -> Result<Digest, CheckpointError> {
        match self.error {
            None => Ok(self.hasher.finish()),
            Some(error) => Err(error),
        }
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
