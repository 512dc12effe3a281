//! Reading: rmp-serde's deserializer behind a layer that unpacks slices of numbers and bounds depth and allocation.

use std::io::ErrorKind;

use rmp_serde::decode::Error;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Visitor};

use super::visit::{Accept, Role};
use super::{MAX_DEPTH, is_nested_option};

/// The value that all of these bytes are.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
    reader.set_max_depth(MAX_DEPTH);
    let bounds = Bounds {
        depth: MAX_DEPTH,
        bytes: bytes.len(),
    };
    let value = T::deserialize(Unpacker {
        inner: &mut reader,
        bounds,
    })?;
    // The reader does not tell its position; at the end there is no further value to begin.
    match <bool as de::Deserialize>::deserialize(&mut reader) {
        Err(Error::InvalidMarkerRead(end)) if end.kind() == ErrorKind::UnexpectedEof => Ok(value),
        _ => Err(Error::custom("bytes follow the value")),
    }
}

/// What the input can hold at most from here on.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// How many more levels.
    depth: usize,
    /// How many bytes the whole input has.
    bytes: usize,
}

impl Bounds {
    /// How many elements memory may be set aside for, of the many that a sequence claims.
    ///
    /// As many sequences may be open at a time as are nested, and the sum of all 1/n² is less than 1.65; so together they
    /// take less than four times what the input has, where an element takes up to 70 bytes. Longer ones grow as they are
    /// read.
    #[inline]
    pub(super) fn elements(self) -> usize {
        let level = MAX_DEPTH - self.depth;
        self.bytes / (32 * level.max(1) * level.max(1))
    }

    #[inline]
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(E::custom(format_args!(
                "it is nested more than {MAX_DEPTH} deep"
            ))),
        }
    }
}

/// A deserializer that hands on to another one, with its own eyes on everything inside.
pub(super) struct Unpacker<D> {
    pub(super) inner: D,
    pub(super) bounds: Bounds,
}

/// A seed whose value is read through an [`Unpacker`].
pub(super) struct Seed<S> {
    pub(super) seed: S,
    pub(super) bounds: Bounds,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Unpacker {
            inner,
            bounds: self.bounds,
        })
    }
}

/// Values without an inside go through as they are.
macro_rules! scalars {
    ($($method:ident)*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        })*
    };
}

/// Values with an inside go through with a visitor that wraps it.
macro_rules! compounds {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let bounds = self.bounds.inside()?;
            self.inner.$method($($name,)* Accept { visitor, bounds, role: Role::Value })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Unpacker<D> {
    type Error = D::Error;

    scalars! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    compounds! {
        deserialize_any();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_seq();
        deserialize_map();
        deserialize_unit_struct(name: &'static str);
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let bounds = self.bounds.inside()?;
        let nested = std::any::type_name::<V::Value>()
            .strip_prefix("core::option::Option<")
            .and_then(|name| name.strip_suffix('>'))
            .is_some_and(is_nested_option);
        let role = if nested {
            Role::WrappedSome
        } else {
            Role::Value
        };
        self.inner.deserialize_option(Accept {
            visitor,
            bounds,
            role,
        })
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let bounds = self.bounds.inside()?;
        self.inner.deserialize_newtype_struct(
            name,
            Accept {
                visitor,
                bounds,
                role: Role::Newtype,
            },
        )
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
