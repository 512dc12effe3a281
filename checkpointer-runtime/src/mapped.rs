//! A slice of numbers that is a mapped file after a hit: the second of two files with `unsafe` code about results.
//!
//! A mapped file is as good as memory as long as nobody changes it. Entries are never changed: a new one is renamed into the
//! place of an old one, which goes on to exist for those who have it mapped. The root folder is the user's own, so only
//! that user's programs could do otherwise.
#![allow(unsafe_code)]

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::Mmap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exact;
use crate::numbers::NumberType;

/// Numbers that a hit on the disk store maps from their file instead of reading them: a slice behind an `Arc`.
///
/// ```
/// use checkpointer_runtime::{Mapped, checkpoint};
///
/// #[checkpoint(format = "memory", verbosity = 0, version = 1)]
/// fn samples(count: u32) -> Mapped<f64> {
///     (0..count).map(f64::from).collect()
/// }
///
/// let sum: f64 = samples(1000).iter().sum();
/// # assert_eq!(sum, 499_500.0);
/// ```
///
/// A hit verifies the whole entry, as every hit does, and by that touches each page once; but nothing is copied, and the
/// memory is the system's cache of the file, which all processes share. Arrays of up to 64 KiB are read, as are all of
/// them where the system has no `mmap`, and from stores other than files. It is serialized as a `Vec` of its numbers.
///
/// # What must not happen
/// Whoever cuts a file in the store short while it is mapped makes this process end by a signal (`SIGBUS`) when it next
/// looks there, and whoever writes into it changes numbers that were verified. This library does neither, whichever
/// version and process: entries are replaced and removed, never changed. So it is for stores that only this library
/// writes to, on a disk of this machine; for any other, return a `Vec`.
pub struct Mapped<N>(Inner<N>);

enum Inner<N> {
    Owned(Arc<Vec<N>>),
    Mapped { map: Arc<Mmap>, bytes: Range<usize> },
}

/// A type of which [`Mapped`] numbers are: Rust's integers and floats.
pub trait Number: bytemuck::Pod + sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! numbers {
    ($($type:ident)*) => {
        $(
            impl sealed::Sealed for $type {}
            impl Number for $type {}
        )*
    };
}

numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

/// A part of a mapped file, which is verified and holds numbers of a type.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) number_type: NumberType,
    map: Arc<Mmap>,
    bytes: Range<usize>,
}

impl View {
    /// Maps a file.
    pub(crate) fn map(file: &File) -> io::Result<Mmap> {
        // SAFETY: the file is an entry in a folder of the user's own, and nobody who keeps to this library's rules changes
        // or cuts short an entry; see `Mapped` for what comes of it if somebody does.
        let map = unsafe { Mmap::map(file) }?;
        #[cfg(unix)]
        // It is verified from its beginning to its end, and if the system can't be told, it is no error.
        let _ = map.advise(memmap2::Advice::Sequential);
        Ok(map)
    }

    /// The numbers in these bytes of a mapped file, if these lie where such numbers may.
    pub(crate) fn new(map: Mmap, bytes: Range<usize>, number_type: NumberType) -> Option<Self> {
        let is_aligned = map
            .get(bytes.clone())?
            .as_ptr()
            .addr()
            .is_multiple_of(number_type.size());
        is_aligned.then(|| Self {
            number_type,
            map: Arc::new(map),
            bytes,
        })
    }
}

impl<N: Number> Mapped<N> {
    /// The numbers of a view, if they are such.
    pub(crate) fn of(view: &View) -> Option<Self> {
        let (map, bytes) = (view.map.clone(), view.bytes.clone());
        bytemuck::try_cast_slice::<u8, N>(&map[bytes.clone()]).ok()?;
        Some(Self(Inner::Mapped { map, bytes }))
    }

    /// Whether these numbers are a mapped file, rather than memory of this process.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(self.0, Inner::Mapped { .. })
    }
}

/// Whether a value is mapped numbers of more than so many bytes.
pub(crate) fn is_larger<T>(value: &T, bytes: usize) -> bool {
    macro_rules! try_types {
        ($($type:ident)*) => {
            $(if let Some(mapped) = exact::same_ref::<T, Mapped<$type>>(value) {
                return size_of_val::<[$type]>(mapped) > bytes;
            })*
        };
    }
    try_types!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);
    false
}

impl<N: Number> Deref for Mapped<N> {
    type Target = [N];

    #[inline]
    fn deref(&self) -> &[N] {
        match &self.0 {
            Inner::Owned(numbers) => numbers,
            Inner::Mapped { map, bytes } => bytemuck::cast_slice(&map[bytes.clone()]),
        }
    }
}

impl<N> Clone for Mapped<N> {
    /// Another handle on the same numbers.
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Inner::Owned(numbers) => Inner::Owned(numbers.clone()),
            Inner::Mapped { map, bytes } => Inner::Mapped {
                map: map.clone(),
                bytes: bytes.clone(),
            },
        })
    }
}

impl<N> From<Vec<N>> for Mapped<N> {
    fn from(numbers: Vec<N>) -> Self {
        Self(Inner::Owned(Arc::new(numbers)))
    }
}

impl<N> FromIterator<N> for Mapped<N> {
    fn from_iter<I: IntoIterator<Item = N>>(numbers: I) -> Self {
        Vec::from_iter(numbers).into()
    }
}

impl<N: Number> AsRef<[N]> for Mapped<N> {
    fn as_ref(&self) -> &[N] {
        self
    }
}

impl<N: Number> PartialEq for Mapped<N>
where
    N: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<N: Number + fmt::Debug> fmt::Debug for Mapped<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<N: Number + Serialize> Serialize for Mapped<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers: &[N] = self;
        serializer.collect_seq(numbers)
    }
}

impl<'de, N: Number + Deserialize<'de>> Deserialize<'de> for Mapped<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}
