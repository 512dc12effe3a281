//! Values: whatever the bytes, reading ends in an error or in a value that comes back from its own bytes.
#![no_main]

use std::collections::BTreeMap;

use checkpointer_runtime::codec;
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

/// A bit of everything that serde knows. Floats are compared by their bytes, since NaN is not equal to itself.
#[derive(Debug, Serialize, Deserialize)]
enum Shape {
    Unit,
    Number(i128),
    Float(f64),
    Text(String),
    Letter(char),
    Bytes(Vec<u8>),
    Floats(Vec<f64>),
    Sizes(Vec<usize>),
    Array([u16; 3]),
    Maybe(Option<Option<u8>>),
    Pair(bool, i8),
    Map(BTreeMap<String, Shape>),
    Named { inner: Box<Shape>, rest: Vec<Shape> },
}

fuzz_target!(|data: &[u8]| {
    let Ok(value) = codec::decode::<Shape>(data) else {
        return;
    };
    let Ok(bytes) = codec::encode(&value) else {
        return;
    };
    let again: Shape = codec::decode(&bytes).expect("what was written just now");
    let again = codec::encode(&again).expect("what was written before");
    assert_eq!(bytes, again);
});
