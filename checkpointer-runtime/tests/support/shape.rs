//! A value of any shape that serde knows, made at random from small parts, so that near misses are frequent.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Shape {
    Unit,
    Bool(bool),
    I8(i8),
    I64(i64),
    U8(u8),
    U64(u64),
    U128(u128),
    F32(u32),
    F64(u64),
    Char(char),
    Text(&'static str),
    Bytes(Vec<u8>),
    Packed(Vec<u16>),
    None,
    Some(Box<Shape>),
    UnitStruct(&'static str),
    UnitVariant(&'static str),
    Newtype(&'static str, Box<Shape>),
    NewtypeVariant(&'static str, Box<Shape>),
    Sequence(Vec<Shape>),
    Tuple(Vec<Shape>),
    TupleStruct(&'static str, Vec<Shape>),
    TupleVariant(&'static str, Vec<Shape>),
    Map(Vec<(Shape, Shape)>),
    Struct(&'static str, Vec<(&'static str, Shape)>),
    StructVariant(&'static str, Vec<(&'static str, Shape)>),
    HashSet(BTreeSet<Shape>),
    HashMap(BTreeMap<Shape, Shape>),
}

const NAMES: [&str; 4] = ["a", "b", "ab", "abcdefghij"];

fn name() -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(&NAMES[..])
}

fn leaf() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Unit),
        Just(Shape::None),
        any::<bool>().prop_map(Shape::Bool),
        (-2..3_i8).prop_map(Shape::I8),
        (-2..3_i64).prop_map(Shape::I64),
        (0..36_u8).prop_map(Shape::U8),
        (0..36_u64).prop_map(Shape::U64),
        (0..3_u128).prop_map(Shape::U128),
        (0..3_u32).prop_map(Shape::F32),
        (0..3_u64).prop_map(Shape::F64),
        proptest::sample::select(vec!['a', 'b']).prop_map(Shape::Char),
        name().prop_map(Shape::Text),
        prop::collection::vec(0..36_u8, 0..4).prop_map(Shape::Bytes),
        prop::collection::vec(0..3_u16, 0..4).prop_map(Shape::Packed),
        name().prop_map(Shape::UnitStruct),
        name().prop_map(Shape::UnitVariant),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 0..3);
        let fields = prop::collection::vec((name(), inner.clone()), 0..3);
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Shape::Some),
            (name(), boxed.clone()).prop_map(|(name, value)| Shape::Newtype(name, value)),
            (name(), boxed).prop_map(|(name, value)| Shape::NewtypeVariant(name, value)),
            several.clone().prop_map(Shape::Sequence),
            several.clone().prop_map(Shape::Tuple),
            (name(), several.clone()).prop_map(|(name, values)| Shape::TupleStruct(name, values)),
            (name(), several).prop_map(|(name, values)| Shape::TupleVariant(name, values)),
            prop::collection::vec((inner.clone(), inner.clone()), 0..3).prop_map(Shape::Map),
            (name(), fields.clone()).prop_map(|(name, fields)| Shape::Struct(name, fields)),
            (name(), fields).prop_map(|(name, fields)| Shape::StructVariant(name, fields)),
            prop::collection::btree_set(inner.clone(), 0..3).prop_map(Shape::HashSet),
            prop::collection::btree_map(inner.clone(), inner, 0..3).prop_map(Shape::HashMap),
        ]
    })
}

/// So many values, the same ones every time.
pub(crate) fn sample(count: usize) -> impl Iterator<Item = Shape> {
    let mut runner = TestRunner::deterministic();
    let strategy = shape();
    (0..count).map(move |_| {
        strategy
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current()
    })
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unit => serializer.serialize_unit(),
            Self::Bool(value) => value.serialize(serializer),
            Self::I8(value) => value.serialize(serializer),
            Self::I64(value) => value.serialize(serializer),
            Self::U8(value) => value.serialize(serializer),
            Self::U64(value) => value.serialize(serializer),
            Self::U128(value) => value.serialize(serializer),
            Self::F32(bits) => f32::from_bits(*bits).serialize(serializer),
            Self::F64(bits) => f64::from_bits(*bits).serialize(serializer),
            Self::Char(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Packed(value) => value.serialize(serializer),
            Self::None => serializer.serialize_none(),
            Self::Some(value) => serializer.serialize_some(value),
            Self::UnitStruct(name) => serializer.serialize_unit_struct(name),
            Self::UnitVariant(name) => serializer.serialize_unit_variant("Enum", 0, name),
            Self::Newtype(name, value) => serializer.serialize_newtype_struct(name, value),
            Self::NewtypeVariant(name, value) => {
                serializer.serialize_newtype_variant("Enum", 0, name, value)
            }
            Self::Sequence(values) => {
                let mut inside = serializer.serialize_seq(Some(values.len()))?;
                values
                    .iter()
                    .try_for_each(|value| inside.serialize_element(value))?;
                inside.end()
            }
            Self::Tuple(values) => {
                let mut inside = serializer.serialize_tuple(values.len())?;
                values
                    .iter()
                    .try_for_each(|value| inside.serialize_element(value))?;
                inside.end()
            }
            Self::TupleStruct(name, values) => {
                let mut inside = serializer.serialize_tuple_struct(name, values.len())?;
                values
                    .iter()
                    .try_for_each(|value| inside.serialize_field(value))?;
                inside.end()
            }
            Self::TupleVariant(name, values) => {
                let mut inside =
                    serializer.serialize_tuple_variant("Enum", 0, name, values.len())?;
                values
                    .iter()
                    .try_for_each(|value| inside.serialize_field(value))?;
                inside.end()
            }
            Self::Map(entries) => {
                let mut inside = serializer.serialize_map(Some(entries.len()))?;
                entries
                    .iter()
                    .try_for_each(|(key, value)| inside.serialize_entry(key, value))?;
                inside.end()
            }
            Self::Struct(name, fields) => {
                let mut inside = serializer.serialize_struct(name, fields.len())?;
                fields
                    .iter()
                    .try_for_each(|(name, value)| inside.serialize_field(name, value))?;
                inside.end()
            }
            Self::StructVariant(name, fields) => {
                let mut inside =
                    serializer.serialize_struct_variant("Enum", 0, name, fields.len())?;
                fields
                    .iter()
                    .try_for_each(|(name, value)| inside.serialize_field(name, value))?;
                inside.end()
            }
            Self::HashSet(values) => values.iter().collect::<HashSet<_>>().serialize(serializer),
            Self::HashMap(entries) => entries
                .iter()
                .collect::<HashMap<_, _>>()
                .serialize(serializer),
        }
    }
}
