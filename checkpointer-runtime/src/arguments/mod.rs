//! Hashes of arguments: a value streams through serde into a hash, without a copy of the whole.
//!
//! There are two kinds over one stream of events. [`ArgumentHasher::stored`] gives a BLAKE3 [`Digest`] that is the same
//! in every process and on every machine; its definition is `docs/hashing.md`, and golden tests hold it.
//! [`ArgumentHasher::memory`] gives a 128-bit hash with a seed of this process, some fifty times faster, for keys that
//! never leave memory.

mod file;
mod fold;
mod serializer;
mod sink;
mod unordered;

pub use file::{FileContents, file_contents, file_contents_always};

use std::fmt;

use serde::{Serialize, ser};

use crate::error::CheckpointError;
use crate::key::Digest;
use serializer::Writer;
use sink::{Kind, Sink};

/// The version of the definition of argument hashes, the first byte of what is hashed.
pub const ARGUMENTS_VERSION: u8 = 1;

/// How deep an argument may be nested.
pub const MAX_DEPTH: u32 = 256;

/// The digest of one value.
///
/// # Errors
/// [`CheckpointError::Argument`] if the value's `Serialize` gives an error, or if it is nested too deeply.
pub fn digest<T: Serialize + ?Sized>(value: &T) -> Result<Digest, CheckpointError> {
    let mut hasher = ArgumentHasher::stored();
    hasher.parameter("value", value)?;
    Ok(hasher.finish())
}

/// The hash of one value for keys in memory: of this process only.
///
/// # Errors
/// As [`digest`].
pub fn memory_digest<T: Serialize + ?Sized>(value: &T) -> Result<u128, CheckpointError> {
    let mut hasher = ArgumentHasher::memory();
    hasher.parameter("value", value)?;
    Ok(hasher.finish_memory())
}

/// Hashes the parts of a call, one after the other.
#[derive(Debug)]
pub struct ArgumentHasher {
    sink: Sink,
}

impl ArgumentHasher {
    /// A hasher whose result may be stored.
    #[inline]
    #[must_use]
    pub fn stored() -> Self {
        let mut sink = Sink::stored();
        sink.raw(&[ARGUMENTS_VERSION]);
        Self { sink }
    }

    /// A hasher whose result is good in this process only.
    #[inline]
    #[must_use]
    pub fn memory() -> Self {
        Self {
            sink: Sink::memory(),
        }
    }

    /// Adds the value of a parameter.
    ///
    /// # Errors
    /// [`CheckpointError::Argument`] with the parameter's name. The hasher must not be used further.
    #[inline]
    pub fn parameter<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CheckpointError> {
        self.value(Kind::Parameter, name, value)
    }

    /// Adds the value of a captured static, under the static's path.
    ///
    /// # Errors
    /// [`CheckpointError::Argument`] with the path. The hasher must not be used further.
    pub fn captured<T: Serialize + ?Sized>(
        &mut self,
        path: &'static str,
        value: &T,
    ) -> Result<(), CheckpointError> {
        self.value(Kind::Captured, path, value)
    }

    /// Adds a hash that was made before, under a name.
    #[inline]
    pub fn part(&mut self, name: &str, digest: &Digest) {
        self.sink.named(Kind::Part, name);
        self.sink.raw(digest.as_bytes());
    }

    /// Adds a type argument: its name, size and alignment, and the hash of its declaration where there is one.
    pub fn type_argument(
        &mut self,
        name: &str,
        size: usize,
        align: usize,
        declaration: Option<&Digest>,
    ) {
        self.sink.named(Kind::Type, name);
        self.sink.word(Kind::U64, size as u64);
        self.sink.word(Kind::U64, align as u64);
        match declaration {
            Some(digest) => self.part("declaration", digest),
            None => self.sink.kind(Kind::None),
        }
    }

    /// Adds the type argument `T`. Its declaration's hash, if known, comes from the table.
    pub fn type_argument_of<T: ?Sized>(
        &mut self,
        size: usize,
        align: usize,
        declaration: Option<&Digest>,
    ) {
        self.type_argument(std::any::type_name::<T>(), size, align, declaration);
    }

    #[inline]
    fn value<T: Serialize + ?Sized>(
        &mut self,
        kind: Kind,
        name: &'static str,
        value: &T,
    ) -> Result<(), CheckpointError> {
        self.sink.begin(kind, name);
        value
            .serialize(Writer::new(&mut self.sink))
            .map_err(|error| error.of(name))
    }

    /// The digest of all parts.
    ///
    /// # Panics
    /// If the hasher was made by [`ArgumentHasher::memory`].
    #[must_use]
    pub fn finish(self) -> Digest {
        self.sink.finish_stored()
    }

    /// The hash of all parts, for this process.
    ///
    /// # Panics
    /// If the hasher was made by [`ArgumentHasher::stored`].
    #[inline]
    #[must_use]
    pub fn finish_memory(self) -> u128 {
        self.sink.finish_memory()
    }

    /// As [`ArgumentHasher::finish_memory`], without moving the hasher: in a hit, the copy would take as long as the hash.
    #[inline]
    pub(crate) fn memory_so_far(&self) -> u128 {
        match &self.sink {
            Sink::Memory(fold) => fold.clone().finish(),
            Sink::Stored(_) => panic!("a hash to be stored is no hash for memory"),
        }
    }
}

/// Why a value could not be hashed.
#[derive(Debug)]
pub(crate) struct HashError(Box<str>);

impl HashError {
    #[cold]
    fn of(self, parameter: &'static str) -> CheckpointError {
        CheckpointError::Argument {
            parameter: parameter.into(),
            source: self.into(),
        }
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HashError {}

impl ser::Error for HashError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().into())
    }
}
