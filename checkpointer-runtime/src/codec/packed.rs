//! Packed numbers on their way to a visitor: in one piece into a `Vec` of exactly their type, else one by one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::SeqDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, SeqAccess, Visitor,
};

use super::NUMBERS;
use crate::exact;
use crate::numbers::NumberType;

/// Reads an extension and gives its numbers to a visitor.
pub(super) struct ReadNumbers<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for ReadNumbers<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<V::Value, A::Error> {
        if parts.next_element::<i8>()? != Some(NUMBERS) {
            return Err(A::Error::custom("it has an extension of unknown type"));
        }
        parts
            .next_element_seed(Content(self.0))?
            .ok_or_else(|| A::Error::custom("an extension has no content"))
    }
}

/// The bytes of an extension.
struct Content<V>(V);

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
        let number_type = bytes.first().and_then(|&code| NumberType::from_code(code));
        match (number_type, bytes.get(1..)) {
            (Some(number_type), Some(bytes)) if bytes.len() % number_type.size() == 0 => {
                give(self.0, number_type, bytes)
            }
            _ => Err(E::custom(
                "packed numbers have no known type or are cut off",
            )),
        }
    }
}

/// Whether a visitor is the one that serde itself has for `Vec`. Another one may check what it reads.
fn is_serdes_own<V>() -> bool {
    let name = std::any::type_name::<V>();
    name.starts_with("serde") && name.contains("VecVisitor<")
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
                    && let Ok(vector) = exact::cast(collect::<$type>(bytes))
                {
                    return Ok(vector);
                }
                $(if cfg!(target_pointer_width = "64")
                    && exact::same::<V::Value, Vec<$same>>()
                    && let Ok(vector) = exact::cast(collect::<$same>(bytes))
                {
                    return Ok(vector);
                })?
            }
            let numbers = bytes.chunks_exact(size_of::<$type>()).map(Number::<$type>::new);
            let mut numbers = SeqDeserializer::new(numbers);
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

/// The numbers whose little-endian bytes these are.
fn collect<T: LittleEndian>(bytes: &[u8]) -> Vec<T> {
    if cfg!(target_endian = "little") {
        bytemuck::pod_collect_to_vec(bytes)
    } else {
        bytes.chunks_exact(size_of::<T>()).map(T::read).collect()
    }
}

/// A number that can be read from its bytes.
trait LittleEndian: bytemuck::Pod {
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! little_endian {
    ($($type:ty)*) => {
        $(impl LittleEndian for $type {
            #[inline]
            fn read(bytes: &[u8]) -> Self {
                let mut number = [0; size_of::<$type>()];
                number.copy_from_slice(bytes);
                <$type>::from_le_bytes(number)
            }
        })*
    };
}

little_endian!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

/// One number on its way to a visitor.
struct Number<'a, T> {
    bytes: &'a [u8],
    number: PhantomData<T>,
}

impl<'a, T> Number<'a, T> {
    #[inline]
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            number: PhantomData,
        }
    }
}

impl<'de, T: LittleEndian + IntoDeserializer<'de, E>, E: de::Error> IntoDeserializer<'de, E>
    for Number<'_, T>
{
    type Deserializer = T::Deserializer;

    #[inline]
    fn into_deserializer(self) -> T::Deserializer {
        T::read(self.bytes).into_deserializer()
    }
}
