//! Where the events of a value go: into BLAKE3 with every byte spelled out, or into the hash for memory.

use std::fmt;

use super::fold::Fold;
use crate::key::Digest;

/// The byte that begins every part of the stream. Part of the definition of the hash: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    End = 0,
    Unit = 1,
    Bool = 2,
    I8 = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    I128 = 7,
    U8 = 8,
    U16 = 9,
    U32 = 10,
    U64 = 11,
    U128 = 12,
    F32 = 13,
    F64 = 14,
    Char = 15,
    Str = 16,
    Bytes = 17,
    None = 18,
    Some = 19,
    UnitStruct = 20,
    UnitVariant = 21,
    NewtypeStruct = 22,
    NewtypeVariant = 23,
    Sequence = 24,
    Numbers = 25,
    Tuple = 26,
    TupleStruct = 27,
    TupleVariant = 28,
    Map = 29,
    Struct = 30,
    StructVariant = 31,
    Field = 32,
    UnorderedSequence = 33,
    UnorderedMap = 34,
    Parameter = 35,
    Captured = 36,
    Part = 37,
    Type = 38,
}

/// The room that most calls need; one chunk of BLAKE3.
const SMALL: usize = 1024;
/// The bytes given to BLAKE3 at a time: enough for all its lanes.
const BLOCK: usize = 32 * 1024;

pub(crate) enum Sink {
    Memory(Fold),
    Stored(Stored),
}

/// Bytes on their way to BLAKE3. Few ones wait for each other and are hashed in one go, which is faster than a state.
pub(crate) struct Stored {
    block: Vec<u8>,
    hasher: Option<Box<blake3::Hasher>>,
}

impl Sink {
    #[inline]
    pub(crate) fn memory() -> Self {
        Self::Memory(Fold::new())
    }

    #[inline]
    pub(crate) fn stored() -> Self {
        Self::Stored(Stored {
            block: Vec::with_capacity(SMALL),
            hasher: None,
        })
    }

    /// A fresh sink of the same sort, for the entries of an unordered container.
    pub(crate) fn fresh(&self) -> Self {
        match self {
            Self::Memory(_) => Self::memory(),
            _ => Self::stored(),
        }
    }

    /// A kind without a value.
    #[inline]
    pub(crate) fn kind(&mut self, kind: Kind) {
        match self {
            Self::Memory(fold) => fold.word(kind as u8, 0),
            Self::Stored(stored) => stored.write(&[kind as u8]),
        }
    }

    /// A kind and a number of one to eight bytes, which the kind tells.
    #[inline]
    pub(crate) fn word(&mut self, kind: Kind, value: u64) {
        match self {
            Self::Memory(fold) => fold.word(kind as u8, value),
            Self::Stored(stored) => stored.word(kind, value),
        }
    }

    /// A kind and a number of sixteen bytes.
    #[inline]
    pub(crate) fn wide(&mut self, kind: Kind, value: u128) {
        match self {
            Self::Memory(fold) => {
                fold.word(kind as u8, value as u64);
                fold.word(kind as u8, (value >> 64) as u64);
            }
            _ => {
                self.raw(&[kind as u8]);
                self.raw(&value.to_le_bytes());
            }
        }
    }

    /// A kind, a length and as many bytes.
    #[inline]
    pub(crate) fn bytes(&mut self, kind: Kind, bytes: &[u8]) {
        match self {
            Self::Memory(fold) => fold.bytes(kind as u8, bytes),
            _ => {
                self.word(kind, bytes.len() as u64);
                self.raw(bytes);
            }
        }
    }

    /// A kind and a name: a length and as many bytes.
    #[inline(always)]
    pub(crate) fn named(&mut self, kind: Kind, name: &str) {
        match self {
            Self::Memory(fold) => {
                // Fields need no mark among the values: they follow one another inside of their struct.
                if kind != Kind::Field {
                    fold.word(kind as u8, 0);
                }
                fold.name(kind as u8, name.as_bytes());
            }
            Self::Stored(stored) => stored.named(kind, name),
        }
    }

    /// A kind and two names, of an enum and its variant.
    #[inline(always)]
    pub(crate) fn variant(&mut self, kind: Kind, name: &str, variant: &str) {
        match self {
            Self::Memory(fold) => {
                fold.word(kind as u8, 0);
                fold.name(kind as u8, name.as_bytes());
                fold.name(kind as u8, variant.as_bytes());
            }
            Self::Stored(stored) => {
                stored.named(kind, name);
                stored.name(variant);
            }
        }
    }

    /// Begins a part of the call. In memory, where a key belongs to one function, its order says as much.
    #[inline]
    pub(crate) fn begin(&mut self, kind: Kind, name: &str) {
        if !matches!(self, Self::Memory(_)) {
            self.named(kind, name);
        }
    }

    /// Bytes whose number is known from what came before.
    #[inline]
    pub(crate) fn raw(&mut self, data: &[u8]) {
        match self {
            Self::Memory(fold) => fold.bytes(0xFD, data),
            Self::Stored(stored) => stored.write(data),
        }
    }

    pub(crate) fn finish_stored(self) -> Digest {
        match self {
            Self::Memory(_) => panic!("a hash for memory must not be stored"),
            Self::Stored(Stored {
                block,
                hasher: None,
            }) => blake3::hash(&block).into(),
            Self::Stored(Stored {
                block,
                hasher: Some(mut hasher),
            }) => hasher.update(&block).finalize().into(),
        }
    }

    #[inline]
    pub(crate) fn finish_memory(self) -> u128 {
        match self {
            Self::Memory(fold) => fold.finish(),
            Self::Stored(_) => panic!("a hash to be stored is no hash for memory"),
        }
    }
}

// None of these is inlined, so that the way to memory, which is, stays short.
impl Stored {
    #[inline(never)]
    fn word(&mut self, kind: Kind, value: u64) {
        let size = match kind {
            Kind::Bool | Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 | Kind::Char => 4,
            _ => 8,
        };
        let mut bytes = [0; 9];
        bytes[0] = kind as u8;
        bytes[1..].copy_from_slice(&value.to_le_bytes());
        self.append(&bytes[..=size]);
    }

    #[inline(never)]
    fn named(&mut self, kind: Kind, name: &str) {
        self.append(&[kind as u8]);
        self.name(name);
    }

    #[inline(never)]
    fn write(&mut self, data: &[u8]) {
        self.append(data);
    }

    #[inline]
    fn append(&mut self, data: &[u8]) {
        if self.block.len() + data.len() > BLOCK {
            self.flush(data);
        } else {
            self.block.extend_from_slice(data);
        }
    }

    #[cold]
    fn flush(&mut self, data: &[u8]) {
        let hasher = self.hasher.get_or_insert_default();
        hasher.update(&self.block);
        self.block.clear();
        if data.len() >= BLOCK {
            hasher.update(data);
        } else {
            self.block.extend_from_slice(data);
        }
    }

    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.append(&(name.len() as u64).to_le_bytes());
        self.append(name.as_bytes());
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory(_) => "Memory",
            Self::Stored(_) => "Stored",
        })
    }
}
