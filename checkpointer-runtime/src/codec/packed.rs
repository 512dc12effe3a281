//! Packed numbers on their way to a visitor: in one piece into a `Vec` of exactly their type, else one by one.

use std::fmt;

use serde::de::value::SeqDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};

use super::NUMBERS;
use crate::exact;
use crate::numbers::NumberType;

/// The numbers that a value of so many bytes is, if it is one array of more than 64 KiB: their type, and how many bytes stand
/// before the first. Only the value's first bytes are looked at.
pub(crate) fn packed_array(value: &[u8], length: u64) -> Option<(NumberType, usize)> {
    const EXTENSION_OF_32_BIT_LENGTH: u8 = 0xC9;
    let &[EXTENSION_OF_32_BIT_LENGTH, a, b, c, d, code] = value.first_chunk()? else {
        return None;
    };
    let code = code.cast_signed().checked_sub(NUMBERS)?;
    let number_type = NumberType::from_code(code.cast_unsigned())?;
    let is_all = u64::from(u32::from_be_bytes([a, b, c, d])) + 6 == length;
    is_all.then_some((number_type, 6))
}

/// Reads an extension and gives its numbers to a visitor.
pub(super) struct ReadNumbers<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for ReadNumbers<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<V::Value, A::Error> {
        let code = parts
            .next_element::<i8>()?
            .and_then(|code| code.checked_sub(NUMBERS));
        let Some(number_type) = code.and_then(|code| NumberType::from_code(code.cast_unsigned()))
        else {
            return Err(A::Error::custom("it has an extension of unknown type"));
        };
        let content = Content {
            visitor: self.0,
            number_type,
        };
        parts
            .next_element_seed(content)?
            .ok_or_else(|| A::Error::custom("an extension has no content"))
    }
}

/// The bytes of an extension.
struct Content<V> {
    visitor: V,
    number_type: NumberType,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Content<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Content<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("packed numbers")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<V::Value, E> {
        if !bytes.len().is_multiple_of(self.number_type.size()) {
            return Err(E::custom("packed numbers are cut off"));
        }
        give(self.visitor, self.number_type, bytes)
    }
}

/// Whether a visitor is the one that serde itself has for `Vec`. Another one may check what it reads.
fn is_serdes_own<V>() -> bool {
    let name = std::any::type_name::<V>();
    name.starts_with("serde") && name.contains("VecVisitor<")
}

/// The numbers of this type whose little-endian bytes these are.
macro_rules! read {
    ($type:ty, $bytes:expr) => {
        $bytes
            .as_chunks()
            .0
            .iter()
            .map(|&number| <$type>::from_le_bytes(number))
    };
}

/// All of them at once.
macro_rules! read_all {
    ($type:ty, $bytes:expr) => {
        if cfg!(target_endian = "little") {
            exact::copy_numbers::<$type>($bytes)
        } else {
            read!($type, $bytes).collect()
        }
    };
}

fn give<'de, V: Visitor<'de>, E: de::Error>(
    visitor: V,
    number_type: NumberType,
    bytes: &[u8],
) -> Result<V::Value, E> {
    macro_rules! numbers {
        ($type:ty $(, $same:ty)?) => {{
            if is_serdes_own::<V>() {
                if exact::same::<V::Value, Vec<$type>>()
                    && let Ok(vector) = exact::cast(read_all!($type, bytes))
                {
                    return Ok(vector);
                }
                $(if cfg!(target_pointer_width = "64")
                    && exact::same::<V::Value, Vec<$same>>()
                    && let Ok(vector) = exact::cast(read_all!($same, bytes))
                {
                    return Ok(vector);
                })?
            }
            let mut numbers = SeqDeserializer::new(read!($type, bytes));
            let value = visitor.visit_seq(&mut numbers)?;
            numbers.end()?;
            Ok(value)
        }};
    }
    match number_type {
        NumberType::U8 => numbers!(u8),
        NumberType::U16 => numbers!(u16),
        NumberType::U32 => numbers!(u32),
        NumberType::U64 => numbers!(u64, usize),
        NumberType::U128 => numbers!(u128),
        NumberType::I8 => numbers!(i8),
        NumberType::I16 => numbers!(i16),
        NumberType::I32 => numbers!(i32),
        NumberType::I64 => numbers!(i64, isize),
        NumberType::I128 => numbers!(i128),
        NumberType::F32 => numbers!(f32),
        NumberType::F64 => numbers!(f64),
    }
}
