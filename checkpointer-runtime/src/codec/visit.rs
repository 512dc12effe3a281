//! What happens between a deserializer and a visitor: whatever is inside a value is read through the same layer again.

use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::decode::{Bounds, Seed, Unpacker};
use super::packed::ReadNumbers;

/// What a value is to its visitor.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Anything. A newtype can only be a MessagePack extension, which rmp-serde shows as one.
    Value,
    /// A newtype struct.
    Newtype,
    /// An option whose content is wrapped, because it is an option, too.
    WrappedSome,
}

/// A visitor that hands on to another one.
pub(super) struct Accept<V> {
    pub(super) visitor: V,
    pub(super) bounds: Bounds,
    pub(super) role: Role,
}

macro_rules! forward {
    ($($method:ident($type:ty);)*) => {
        $(#[inline]
        fn $method<E: de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Accept<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    forward! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    #[inline]
    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let unpacker = Unpacker {
            inner,
            bounds: self.bounds,
        };
        match self.role {
            Role::WrappedSome => unpacker.deserialize_tuple(1, OnlyElement(self.visitor)),
            Role::Value | Role::Newtype => self.visitor.visit_some(unpacker),
        }
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        match self.role {
            Role::Newtype => self.visitor.visit_newtype_struct(Unpacker {
                inner,
                bounds: self.bounds,
            }),
            Role::Value | Role::WrappedSome => inner.deserialize_any(ReadNumbers(self.visitor)),
        }
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Inside {
            inner,
            bounds: self.bounds,
        })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Inside {
            inner,
            bounds: self.bounds,
        })
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Inside {
            inner,
            bounds: self.bounds,
        })
    }
}

/// Reads a sequence of one element as the content of `Some`.
struct OnlyElement<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for OnlyElement<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<V::Value, A::Error> {
        struct SomeOf<V>(V);
        impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for SomeOf<V> {
            type Value = V::Value;

            fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
                self.0.visit_some(inner)
            }
        }
        let value = elements
            .next_element_seed(SomeOf(self.0))?
            .ok_or_else(|| A::Error::custom("a Some is empty"))?;
        match elements.next_element::<de::IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("a Some has several contents")),
        }
    }
}

/// The inside of a sequence, map or enum.
struct Inside<A> {
    inner: A,
    bounds: Bounds,
}

impl<A> Inside<A> {
    #[inline]
    fn seed<S>(&self, seed: S) -> Seed<S> {
        Seed {
            seed,
            bounds: self.bounds,
        }
    }

    #[inline]
    fn accept<V>(&self, visitor: V) -> Accept<V> {
        Accept {
            visitor,
            bounds: self.bounds,
            role: Role::Value,
        }
    }

    /// A header may claim any length; memory is set aside for what the bytes justify.
    #[inline]
    fn bounded(&self, hint: Option<usize>) -> Option<usize> {
        hint.map(|length| length.min(self.bounds.elements()))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Inside<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.seed(seed);
        self.inner.next_element_seed(seed)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.bounded(self.inner.size_hint())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Inside<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.seed(seed);
        self.inner.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.seed(seed);
        self.inner.next_value_seed(seed)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.bounded(self.inner.size_hint())
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Inside<A> {
    type Error = A::Error;
    type Variant = Inside<A::Variant>;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let seed = self.seed(seed);
        let (value, inner) = self.inner.variant_seed(seed)?;
        Ok((
            value,
            Inside {
                inner,
                bounds: self.bounds,
            },
        ))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Inside<A> {
    type Error = A::Error;

    #[inline]
    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.seed(seed);
        self.inner.newtype_variant_seed(seed)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.accept(visitor);
        self.inner.tuple_variant(length, visitor)
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.accept(visitor);
        self.inner.struct_variant(fields, visitor)
    }
}
