//! Writing: rmp-serde's serializer behind a layer that packs slices of numbers and refuses what could not be read back.

use std::fmt::Display;
use std::io;

use rmp_serde::MSGPACK_EXT_STRUCT_NAME;
use rmp_serde::encode::Error;
use serde::ser::{self, Error as _, Serialize, Serializer};

use super::{MAX_DEPTH, NUMBERS, is_nested_option};
use crate::exact::{self, Numbers};

/// Appends a value to a buffer, if it has no more bytes than this. Gives whether that is so.
pub(super) fn write<T: Serialize + ?Sized>(
    bytes: &mut Vec<u8>,
    most: usize,
    value: &T,
) -> Result<bool, Error> {
    let start = bytes.len();
    let mut bounded = Bounded {
        most: start.saturating_add(most),
        is_over: false,
        bytes,
    };
    let written = write_to(&mut bounded, value);
    if bounded.is_over {
        bytes.truncate(start);
        return Ok(false);
    }
    written.map(|()| true)
}

/// Writes a value wherever it is wanted.
pub(super) fn write_to<T: Serialize + ?Sized>(
    mut writer: &mut (impl io::Write + ?Sized),
    value: &T,
) -> Result<(), Error> {
    let writer = &mut writer;
    let mut writer = rmp_serde::Serializer::new(writer).with_struct_map();
    value.serialize(Packer {
        inner: &mut writer,
        depth: MAX_DEPTH - 2,
        inside_some: false,
    })
}

/// A buffer that takes bytes up to some length.
struct Bounded<'a> {
    bytes: &'a mut Vec<u8>,
    most: usize,
    is_over: bool,
}

impl io::Write for Bounded<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most - self.bytes.len() {
            self.is_over = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// As one step, which takes half the time of the loop that it would be.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(|_| ())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A serializer that hands on to another one, with its own eyes on everything inside.
struct Packer<S> {
    inner: S,
    /// How many more levels may follow.
    depth: usize,
    /// Whether this value stands directly in `Some`, where nothing may be written as `None` is.
    inside_some: bool,
}

/// A value that is serialized through a [`Packer`].
struct Packed<T> {
    value: T,
    depth: usize,
    inside_some: bool,
}

impl<T: Serialize> Serialize for Packed<T> {
    #[inline]
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Packer {
            inner,
            depth: self.depth,
            inside_some: self.inside_some,
        })
    }
}

/// The parts of a compound value.
struct Parts<C> {
    inner: C,
    depth: usize,
}

impl<S: Serializer> Packer<S> {
    /// The depth of what is inside this value.
    #[inline]
    fn inside(&self) -> Result<usize, S::Error> {
        self.depth.checked_sub(1).ok_or_else(|| {
            S::Error::custom(format_args!("it is nested more than {MAX_DEPTH} deep"))
        })
    }

    /// The value as it is to be handed on, at the same level.
    #[inline]
    fn packed<T>(&self, value: T) -> Packed<T> {
        Packed {
            value,
            depth: self.depth,
            inside_some: self.inside_some,
        }
    }

    #[inline]
    fn nothing(self, write: impl FnOnce(S) -> Result<S::Ok, S::Error>) -> Result<S::Ok, S::Error> {
        if self.inside_some {
            return Err(S::Error::custom(
                "it has a Some whose content is written as None is; wrap the content in a struct with named fields",
            ));
        }
        write(self.inner)
    }
}

/// MessagePack counts in 32 bits, and rmp-serde does not look.
#[inline]
fn check_length<E: ser::Error>(length: Option<usize>) -> Result<(), E> {
    match length.map(u32::try_from) {
        Some(Err(_)) => Err(E::custom(
            "it has a part of more than 4 GiB or 4 billion elements",
        )),
        _ => Ok(()),
    }
}

/// A MessagePack extension: its type and its bytes.
struct Extension<'a>(i8, &'a [u8]);

impl Serialize for Extension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Bytes<'a>(&'a [u8]);
        impl Serialize for Bytes<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(self.0)
            }
        }
        (self.0, Bytes(self.1)).serialize(serializer)
    }
}

fn pack<S: Serializer>(serializer: S, numbers: Numbers<'_>) -> Result<S::Ok, S::Error> {
    let number_type = numbers.number_type();
    let length = numbers.len().checked_mul(number_type.size());
    check_length(Some(length.unwrap_or(usize::MAX)))?;
    let bytes = numbers.stored_bytes();
    let extension = Extension(NUMBERS + number_type as i8, &bytes);
    serializer.serialize_newtype_struct(MSGPACK_EXT_STRUCT_NAME, &extension)
}

/// Scalars go through as they are.
macro_rules! forward {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {
        $(#[inline]
        fn $method(self, $($name: $type),*) -> Result<S::Ok, S::Error> {
            self.inner.$method($($name),*)
        })*
    };
}

/// Compounds go through with their parts wrapped.
macro_rules! compounds {
    ($($method:ident -> $parts:ident ($($name:ident: $type:ty),*), $length:ident;)*) => {
        $(#[inline]
        fn $method(self, $($name: $type),*) -> Result<Self::$parts, S::Error> {
            check_length(Option::from($length))?;
            let depth = self.inside()?;
            Ok(Parts { inner: self.inner.$method($($name),*)?, depth })
        })*
    };
}

impl<S: Serializer> Serializer for Packer<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Parts<S::SerializeSeq>;
    type SerializeTuple = Parts<S::SerializeTuple>;
    type SerializeTupleStruct = Parts<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Parts<S::SerializeTupleVariant>;
    type SerializeMap = Parts<S::SerializeMap>;
    type SerializeStruct = Parts<S::SerializeStruct>;
    type SerializeStructVariant = Parts<S::SerializeStructVariant>;

    forward! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    compounds! {
        serialize_seq -> SerializeSeq(length: Option<usize>), length;
        serialize_tuple -> SerializeTuple(length: usize), length;
        serialize_tuple_struct -> SerializeTupleStruct(name: &'static str, length: usize), length;
        serialize_map -> SerializeMap(length: Option<usize>), length;
        serialize_struct -> SerializeStruct(name: &'static str, length: usize), length;
        serialize_tuple_variant -> SerializeTupleVariant(
            name: &'static str, index: u32, variant: &'static str, length: usize), length;
        serialize_struct_variant -> SerializeStructVariant(
            name: &'static str, index: u32, variant: &'static str, length: usize), length;
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<S::Ok, S::Error> {
        check_length(Some(value.len()))?;
        self.inner.serialize_str(value)
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok, S::Error> {
        check_length(Some(value.len()))?;
        self.inner.serialize_bytes(value)
    }

    #[inline]
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.nothing(S::serialize_none)
    }

    #[inline]
    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.nothing(S::serialize_unit)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let depth = self.inside()?;
        if is_nested_option(std::any::type_name::<T>()) {
            // MessagePack has one nil, so the inner one needs a wrapping, which is a level to the reader.
            let content = Packed {
                value,
                depth: depth.saturating_sub(1),
                inside_some: false,
            };
            return self.inner.serialize_some(&[content]);
        }
        self.inner.serialize_some(&Packed {
            value,
            depth,
            inside_some: true,
        })
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let packed = Packed {
            depth: self.inside()?,
            ..self.packed(value)
        };
        self.inner.serialize_newtype_struct(name, &packed)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let packed = Packed {
            value,
            depth: self.inside()?,
            inside_some: false,
        };
        self.inner
            .serialize_newtype_variant(name, index, variant, &packed)
    }

    #[inline]
    fn collect_seq<I>(self, iterable: I) -> Result<S::Ok, S::Error>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        if let Some(numbers) = exact::numbers(&iterable) {
            return pack(self.inner, numbers);
        }
        let depth = self.inside()?;
        let elements = iterable.into_iter();
        check_length(elements.size_hint().1)?;
        self.inner.collect_seq(elements.map(|value| Packed {
            value,
            depth,
            inside_some: false,
        }))
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<C> Parts<C> {
    #[inline]
    fn part<T>(&self, value: T) -> Packed<T> {
        Packed {
            value,
            depth: self.depth,
            inside_some: false,
        }
    }
}

macro_rules! parts {
    ($($trait:ident { $($method:ident($($name:ident: $type:ty)?)),* })*) => {
        $(impl<C: ser::$trait> ser::$trait for Parts<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            $(#[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> Result<(), C::Error> {
                let part = self.part(value);
                self.inner.$method($($name,)? &part)
            })*

            #[inline]
            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

parts! {
    SerializeSeq { serialize_element() }
    SerializeTuple { serialize_element() }
    SerializeTupleStruct { serialize_field() }
    SerializeTupleVariant { serialize_field() }
    SerializeMap { serialize_key(), serialize_value() }
    SerializeStruct { serialize_field(name: &'static str) }
    SerializeStructVariant { serialize_field(name: &'static str) }
}
