//! Slices of numbers as little-endian bytes: what argument hashes and the codec share about large arrays.

use std::borrow::Cow;

use crate::exact::Numbers;

/// The type of the numbers in a packed slice. Its value is part of stored bytes and of hashes: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum NumberType {
    U8 = 1,
    U16 = 2,
    U32 = 3,
    U64 = 4,
    U128 = 5,
    I8 = 6,
    I16 = 7,
    I32 = 8,
    I64 = 9,
    I128 = 10,
    F32 = 11,
    F64 = 12,
}

impl NumberType {
    /// The type of this number, if there is one.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::U8,
            2 => Self::U16,
            3 => Self::U32,
            4 => Self::U64,
            5 => Self::U128,
            6 => Self::I8,
            7 => Self::I16,
            8 => Self::I32,
            9 => Self::I64,
            10 => Self::I128,
            11 => Self::F32,
            12 => Self::F64,
            _ => return None,
        })
    }

    /// The bytes of one number.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::U128 | Self::I128 => 16,
        }
    }
}

/// The slice's numbers as bytes of the stored type, in blocks.
macro_rules! convert {
    ($slice:expr, $stored:ty, $take:expr) => {
        for block in $slice.chunks(1024) {
            let bytes: Vec<u8> = block
                .iter()
                .flat_map(|&number| (number as $stored).to_le_bytes())
                .collect();
            $take(&bytes);
        }
    };
}

impl Numbers<'_> {
    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(slice) => slice.len(),
            Self::U16(slice) => slice.len(),
            Self::U32(slice) => slice.len(),
            Self::U64(slice) => slice.len(),
            Self::U128(slice) => slice.len(),
            Self::Usize(slice) => slice.len(),
            Self::I8(slice) => slice.len(),
            Self::I16(slice) => slice.len(),
            Self::I32(slice) => slice.len(),
            Self::I64(slice) => slice.len(),
            Self::I128(slice) => slice.len(),
            Self::Isize(slice) => slice.len(),
            Self::F32(slice) => slice.len(),
            Self::F64(slice) => slice.len(),
        }
    }

    /// The type they are stored as; `usize` and `isize` have 64 bits on every machine.
    pub(crate) fn number_type(&self) -> NumberType {
        match self {
            Self::U8(_) => NumberType::U8,
            Self::U16(_) => NumberType::U16,
            Self::U32(_) => NumberType::U32,
            Self::U64(_) | Self::Usize(_) => NumberType::U64,
            Self::U128(_) => NumberType::U128,
            Self::I8(_) => NumberType::I8,
            Self::I16(_) => NumberType::I16,
            Self::I32(_) => NumberType::I32,
            Self::I64(_) | Self::Isize(_) => NumberType::I64,
            Self::I128(_) => NumberType::I128,
            Self::F32(_) => NumberType::F32,
            Self::F64(_) => NumberType::F64,
        }
    }

    /// Hands out the numbers as little-endian bytes, in order, in one piece or several.
    pub(crate) fn little_endian(&self, mut take: impl FnMut(&[u8])) {
        if let Some(bytes) = self.as_little_endian() {
            return take(bytes);
        }
        match self {
            Self::U8(slice) => take(slice),
            Self::U16(slice) => convert!(slice, u16, take),
            Self::U32(slice) => convert!(slice, u32, take),
            Self::U64(slice) => convert!(slice, u64, take),
            Self::U128(slice) => convert!(slice, u128, take),
            Self::Usize(slice) => convert!(slice, u64, take),
            Self::I8(slice) => convert!(slice, i8, take),
            Self::I16(slice) => convert!(slice, i16, take),
            Self::I32(slice) => convert!(slice, i32, take),
            Self::I64(slice) => convert!(slice, i64, take),
            Self::I128(slice) => convert!(slice, i128, take),
            Self::Isize(slice) => convert!(slice, i64, take),
            Self::F32(slice) => convert!(slice, f32, take),
            Self::F64(slice) => convert!(slice, f64, take),
        }
    }

    /// The numbers as little-endian bytes: memory as it is, where that is what it holds.
    pub(crate) fn stored_bytes(&self) -> Cow<'_, [u8]> {
        match self.as_little_endian() {
            Some(bytes) => Cow::Borrowed(bytes),
            None => {
                let mut all = Vec::with_capacity(self.len() * self.number_type().size());
                self.little_endian(|bytes| all.extend_from_slice(bytes));
                Cow::Owned(all)
            }
        }
    }

    /// The slice's memory, where that holds the stored bytes.
    fn as_little_endian(&self) -> Option<&[u8]> {
        let bytes = self.memory();
        let is_stored_form = bytes.len() == self.len() * self.number_type().size();
        (cfg!(target_endian = "little") && is_stored_form).then_some(bytes)
    }

    /// The memory of the slice.
    fn memory(&self) -> &[u8] {
        match self {
            Self::U8(slice) => slice,
            Self::U16(slice) => bytemuck::cast_slice(slice),
            Self::U32(slice) => bytemuck::cast_slice(slice),
            Self::U64(slice) => bytemuck::cast_slice(slice),
            Self::U128(slice) => bytemuck::cast_slice(slice),
            Self::Usize(slice) => bytemuck::cast_slice(slice),
            Self::I8(slice) => bytemuck::cast_slice(slice),
            Self::I16(slice) => bytemuck::cast_slice(slice),
            Self::I32(slice) => bytemuck::cast_slice(slice),
            Self::I64(slice) => bytemuck::cast_slice(slice),
            Self::I128(slice) => bytemuck::cast_slice(slice),
            Self::Isize(slice) => bytemuck::cast_slice(slice),
            Self::F32(slice) => bytemuck::cast_slice(slice),
            Self::F64(slice) => bytemuck::cast_slice(slice),
        }
    }
}
