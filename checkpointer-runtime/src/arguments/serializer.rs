//! The serde `Serializer` that turns a value into the stream of kinds, numbers and names that is hashed.

use serde::ser::{self, Error as _, Serialize};

use super::sink::{Kind, Sink};
use super::{HashError, MAX_DEPTH, unordered};
use crate::exact;

type Done = Result<(), HashError>;

/// Writes one value into a sink.
pub(crate) struct Writer<'a> {
    sink: &'a mut Sink,
    depth: u32,
}

impl<'a> Writer<'a> {
    #[inline]
    pub(crate) fn new(sink: &'a mut Sink) -> Self {
        Self::at_depth(sink, MAX_DEPTH)
    }

    #[inline]
    pub(crate) fn at_depth(sink: &'a mut Sink, depth: u32) -> Self {
        Self { sink, depth }
    }

    /// The writer of what is inside this value.
    #[inline]
    fn inside(self) -> Result<Self, HashError> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self {
                sink: self.sink,
                depth,
            }),
            None => Err(HashError::custom(format_args!(
                "it is nested more than {MAX_DEPTH} deep"
            ))),
        }
    }

    #[inline]
    fn word(self, kind: Kind, value: u64) -> Done {
        self.sink.word(kind, value);
        Ok(())
    }

    #[inline(always)]
    fn named(self, kind: Kind, name: &str) -> Self {
        self.sink.named(kind, name);
        self
    }

    #[inline(always)]
    fn variant(self, kind: Kind, name: &str, variant: &str) -> Self {
        self.sink.variant(kind, name, variant);
        self
    }

    #[inline]
    fn several(self, kind: Kind) -> Result<Self, HashError> {
        self.sink.kind(kind);
        self.inside()
    }
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = ();
    type Error = HashError;
    type SerializeSeq = Writer<'a>;
    type SerializeTuple = Writer<'a>;
    type SerializeTupleStruct = Writer<'a>;
    type SerializeTupleVariant = Writer<'a>;
    type SerializeMap = Writer<'a>;
    type SerializeStruct = Writer<'a>;
    type SerializeStructVariant = Writer<'a>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.word(Kind::Bool, u64::from(value))
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Done {
        self.word(Kind::I8, u64::from(value.cast_unsigned()))
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Done {
        self.word(Kind::I16, u64::from(value.cast_unsigned()))
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Done {
        self.word(Kind::I32, u64::from(value.cast_unsigned()))
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Done {
        self.word(Kind::I64, value.cast_unsigned())
    }

    #[inline]
    fn serialize_i128(self, value: i128) -> Done {
        self.sink.wide(Kind::I128, value.cast_unsigned());
        Ok(())
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Done {
        self.word(Kind::U8, u64::from(value))
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Done {
        self.word(Kind::U16, u64::from(value))
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Done {
        self.word(Kind::U32, u64::from(value))
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Done {
        self.word(Kind::U64, value)
    }

    #[inline]
    fn serialize_u128(self, value: u128) -> Done {
        self.sink.wide(Kind::U128, value);
        Ok(())
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Done {
        self.word(Kind::F32, u64::from(value.to_bits()))
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Done {
        self.word(Kind::F64, value.to_bits())
    }

    #[inline]
    fn serialize_char(self, value: char) -> Done {
        self.word(Kind::Char, u64::from(u32::from(value)))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        self.sink.bytes(Kind::Str, value.as_bytes());
        Ok(())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.sink.bytes(Kind::Bytes, value);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.sink.kind(Kind::None);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.sink.kind(Kind::Some);
        value.serialize(self.inside()?)
    }

    #[inline]
    fn serialize_unit(self) -> Done {
        self.sink.kind(Kind::Unit);
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, name: &'static str) -> Done {
        self.named(Kind::UnitStruct, name);
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, name: &'static str, _: u32, variant: &'static str) -> Done {
        self.variant(Kind::UnitVariant, name, variant);
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Done {
        value.serialize(self.named(Kind::NewtypeStruct, name).inside()?)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        value.serialize(self.variant(Kind::NewtypeVariant, name, variant).inside()?)
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Self, HashError> {
        self.several(Kind::Sequence)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self, HashError> {
        self.several(Kind::Tuple)
    }

    #[inline]
    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self, HashError> {
        self.named(Kind::TupleStruct, name).inside()
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, HashError> {
        self.variant(Kind::TupleVariant, name, variant).inside()
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Self, HashError> {
        self.several(Kind::Map)
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, HashError> {
        self.named(Kind::Struct, name).inside()
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, HashError> {
        self.variant(Kind::StructVariant, name, variant).inside()
    }

    #[inline]
    fn collect_seq<I>(self, iterable: I) -> Done
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        if let Some(numbers) = exact::numbers(&iterable) {
            // Sequence and Numbers differ in kind; the type decides which, never the value.
            self.sink.kind(Kind::Numbers);
            self.sink.word(Kind::U8, numbers.number_type() as u64);
            self.sink.word(Kind::U64, numbers.len() as u64);
            numbers.little_endian(|bytes| self.sink.raw(bytes));
            return Ok(());
        }
        if unordered::is_unordered::<I>() {
            return unordered::sequence(self.inside()?, iterable);
        }
        let inside = self.several(Kind::Sequence)?;
        for element in iterable {
            element.serialize(Writer::at_depth(inside.sink, inside.depth))?;
        }
        inside.end()
    }

    #[inline]
    fn collect_map<K, V, I>(self, iterable: I) -> Done
    where
        K: Serialize,
        V: Serialize,
        I: IntoIterator<Item = (K, V)>,
    {
        if unordered::is_unordered::<I>() {
            return unordered::map(self.inside()?, iterable);
        }
        let inside = self.several(Kind::Map)?;
        for (key, value) in iterable {
            key.serialize(Writer::at_depth(inside.sink, inside.depth))?;
            value.serialize(Writer::at_depth(inside.sink, inside.depth))?;
        }
        inside.end()
    }

    /// Compact forms of addresses and times: they say all, and are faster.
    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }
}

impl<'a> Writer<'a> {
    /// The sink and the depth, for containers that hash their entries apart.
    pub(super) fn parts(self) -> (&'a mut Sink, u32) {
        (self.sink, self.depth)
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(Writer::at_depth(self.sink, self.depth))
    }

    #[inline(always)]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.sink.named(Kind::Field, name);
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        self.sink.kind(Kind::End);
        Ok(())
    }
}

/// The six compound forms differ in how they begin only.
macro_rules! compound {
    ($($trait:ident $method:ident ($($name:ident: $type:ty)?) $forward:ident;)*) => {
        $(impl ser::$trait for Writer<'_> {
            type Ok = ();
            type Error = HashError;

            #[inline(always)]
            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> Done {
                self.$forward($($name,)? value)
            }

            #[inline]
            fn end(self) -> Done {
                Writer::end(self)
            }
        })*
    };
}

compound! {
    SerializeSeq serialize_element() element;
    SerializeTuple serialize_element() element;
    SerializeTupleStruct serialize_field() element;
    SerializeTupleVariant serialize_field() element;
    SerializeStruct serialize_field(name: &'static str) field;
    SerializeStructVariant serialize_field(name: &'static str) field;
}

impl ser::SerializeMap for Writer<'_> {
    type Ok = ();
    type Error = HashError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.element(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Done {
        Writer::end(self)
    }
}
