//! The codec: every value comes back as it was or is refused at the door, and bytes that are no value are an error.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Debug;

use checkpointer_runtime::CheckpointError;
use checkpointer_runtime::codec::{decode, encode};
use proptest::prelude::*;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

#[track_caller]
fn returns<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let bytes = encode(&value).unwrap();
    assert_eq!(decode::<T>(&bytes).unwrap(), value);
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
struct Record {
    name: String,
    weights: Vec<f64>,
    raw: Vec<u8>,
    ranks: Vec<usize>,
    inner: Option<Box<Record>>,
    table: BTreeMap<u32, Vec<i16>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Choice {
    Unit,
    Newtype(Vec<f32>),
    Nothing(()),
    Tuple(u8, Option<String>),
    Struct { left: i128, right: Vec<u128> },
}

#[test]
fn numbers_of_every_type_come_back() {
    returns((u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
    returns((i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
    returns((f32::MIN_POSITIVE, f64::INFINITY, -0.0_f64, 'ß', true));
}

#[test]
fn slices_of_numbers_of_every_type_come_back_bit_by_bit() {
    returns(vec![0_u8, 1, 255]);
    returns(vec![u16::MAX, 1]);
    returns(vec![u32::MAX, 1]);
    returns(vec![u64::MAX, 1]);
    returns(vec![u128::MAX, 1]);
    returns(vec![usize::MAX, 1]);
    returns(vec![i8::MIN, 1]);
    returns(vec![i16::MIN, 1]);
    returns(vec![i32::MIN, 1]);
    returns(vec![i64::MIN, 1]);
    returns(vec![i128::MIN, 1]);
    returns(vec![isize::MIN, 1]);
    returns(vec![f32::MIN, 1.5]);
    returns(vec![f64::MIN, 1.5]);
    returns(Vec::<f64>::new());
    let nan = f64::from_bits(0x7FF8_0000_0000_1234);
    let back: Vec<f64> = decode(&encode(&vec![nan]).unwrap()).unwrap();
    assert_eq!(back[0].to_bits(), nan.to_bits());
}

#[test]
fn a_slice_of_numbers_takes_the_room_of_its_numbers() {
    assert!(encode(&vec![0.1_f64; 1000]).unwrap().len() < 8000 + 8);
    assert!(encode(&vec![200_u8; 1000]).unwrap().len() < 1000 + 8);
}

#[test]
fn packed_numbers_are_read_into_every_container_and_wider_type() {
    let bytes = encode(&vec![1_u16, 2, 3]).unwrap();
    assert_eq!(decode::<VecDeque<u16>>(&bytes).unwrap(), [1, 2, 3]);
    assert_eq!(decode::<Box<[u16]>>(&bytes).unwrap()[..], [1, 2, 3]);
    assert_eq!(
        decode::<Cow<'static, [u16]>>(&bytes).unwrap()[..],
        [1, 2, 3]
    );
    assert_eq!(decode::<Vec<u64>>(&bytes).unwrap(), [1, 2, 3]);
    assert_eq!(decode::<[u16; 3]>(&bytes).unwrap(), [1, 2, 3]);
    assert!(decode::<[u16; 2]>(&bytes).is_err());
    assert!(decode::<Vec<u8>>(&encode(&vec![300_u16]).unwrap()).is_err());
    assert!(decode::<Vec<String>>(&bytes).is_err());
}

#[test]
fn structs_enums_and_maps_come_back() {
    let leaf = Record {
        name: "leaf".into(),
        weights: vec![1.0, f64::MAX],
        ..Record::default()
    };
    returns(Record {
        name: "root".into(),
        raw: vec![7; 300],
        ranks: vec![0, usize::MAX],
        inner: Some(Box::new(leaf)),
        table: BTreeMap::from([(1, vec![-1, 2]), (9, vec![])]),
        ..Record::default()
    });
    returns(vec![
        Choice::Unit,
        Choice::Newtype(vec![1.5]),
        Choice::Nothing(()),
        Choice::Tuple(3, None),
        Choice::Tuple(3, Some("x".into())),
        Choice::Struct {
            left: i128::MIN,
            right: vec![u128::MAX],
        },
    ]);
    returns(HashMap::from([(
        "a".to_string(),
        (1_u8, vec![Some(2_i64), None]),
    )]));
}

#[test]
fn every_level_of_nested_options_comes_back() {
    returns(None::<Option<u8>>);
    returns(Some(None::<u8>));
    returns(Some(Some(1_u8)));
    returns(Some(()));
    returns(None::<()>);
    returns(vec![
        Some(Some(None::<u8>)),
        Some(None),
        None,
        Some(Some(Some(3))),
    ]);
    returns(Some(Box::new(None::<u8>)));
    returns(Some(Some(vec![1_u8])));
}

#[test]
fn a_some_that_would_come_back_as_none_is_refused() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Hidden(Option<u8>);
    returns(Some(Hidden(Some(1))));
    let error = encode(&Some(Hidden(None))).unwrap_err();
    assert!(matches!(error, CheckpointError::Encode { .. }));
    assert!(error.to_string().contains("None"), "{error}");
}

#[test]
fn fields_are_found_by_name_whatever_is_skipped() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Sparse {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        left: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        right: Option<u8>,
    }
    #[derive(Serialize, PartialEq, Debug)]
    struct Before {
        x: u8,
        y: u8,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct After {
        y: u8,
        x: u8,
    }
    returns(Sparse {
        left: None,
        right: Some(1),
    });
    let after: After = decode(&encode(&Before { x: 1, y: 2 }).unwrap()).unwrap();
    assert_eq!(after, After { y: 2, x: 1 });
}

#[test]
fn flattened_tagged_and_untagged_forms_come_back() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Inner {
        weights: Vec<f64>,
        label: Option<String>,
        bytes: Vec<u8>,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Outer {
        id: u64,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Untagged {
        Numbers(Vec<i32>),
        Inner(Inner),
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "kind")]
    enum Tagged {
        Inner(Inner),
        Other { values: Vec<u16> },
    }
    let inner = Inner {
        weights: vec![1.5, 2.5],
        label: Some("x".into()),
        bytes: vec![1, 2],
    };
    returns(Outer {
        id: 1,
        inner: inner.clone(),
    });
    returns(Untagged::Numbers(vec![-1, 70_000]));
    returns(Untagged::Inner(inner.clone()));
    returns(Tagged::Inner(inner));
    returns(Tagged::Other { values: vec![1, 2] });
    returns(serde_json::json!({"a": [1, 2.5, null, "x"], "b": {"c": true}}));
}

#[test]
fn a_checking_deserializer_sees_packed_numbers_too() {
    fn positive<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let numbers = Vec::<f64>::deserialize(deserializer)?;
        if numbers.iter().all(|number| *number > 0.0) {
            Ok(numbers)
        } else {
            Err(serde::de::Error::custom("not positive"))
        }
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Checked {
        #[serde(deserialize_with = "positive")]
        numbers: Vec<f64>,
    }
    returns(Checked { numbers: vec![1.0] });
    let bytes = encode(&Checked {
        numbers: vec![-1.0],
    })
    .unwrap();
    assert!(decode::<Checked>(&bytes).is_err());
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Chain(Vec<Chain>);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Link {
    next: Option<Box<Link>>,
}

#[test]
fn what_is_stored_at_any_depth_can_be_read_and_what_cannot_is_refused() {
    let mut refused = 0;
    for depth in 0..200 {
        let chain = (0..depth).fold(Chain(vec![]), |inner, _| Chain(vec![inner]));
        let link = (0..depth).fold(Link { next: None }, |inner, _| Link {
            next: Some(Box::new(inner)),
        });
        let option = (0..depth).fold(vec![Some(Some(1_u8))], |_, _| vec![Some(Some(1_u8))]);
        returns(option);
        match encode(&chain) {
            Ok(bytes) => assert_eq!(decode::<Chain>(&bytes).unwrap(), chain),
            Err(error) => {
                assert!(error.to_string().contains("nested"), "{error}");
                refused += 1;
            }
        }
        if let Ok(bytes) = encode(&link) {
            assert_eq!(decode::<Link>(&bytes).unwrap(), link);
        }
    }
    assert!((50..150).contains(&refused), "{refused} of 200 refused");
}

/// `length` nested values of this first byte.
fn bomb(byte: u8, length: usize) -> Vec<u8> {
    vec![byte; length]
}

#[test]
fn a_nesting_bomb_is_an_error_on_a_small_stack() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Loop(Option<Box<Loop>>);
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(|| {
            for byte in [0x91, 0x81, 0x01, 0xC3] {
                for length in [1, 200, 800, 100_000] {
                    assert!(decode::<Chain>(&bomb(byte, length)).is_err());
                    assert!(decode::<Loop>(&bomb(byte, length)).is_err());
                    let is_value = length == 1 && matches!(byte, 0x01 | 0xC3);
                    assert_eq!(decode::<IgnoredAny>(&bomb(byte, length)).is_ok(), is_value);
                    assert_eq!(
                        decode::<serde_json::Value>(&bomb(byte, length)).is_ok(),
                        is_value
                    );
                }
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn bytes_after_the_value_are_an_error() {
    for value in [vec![], vec![1.0_f64; 3]] {
        let bytes = encode(&value).unwrap();
        for more in [0x00, 0xC0, 0xC1, 0x91, 0xD9, 0xFF] {
            let longer = [&bytes[..], &[more]].concat();
            assert!(
                decode::<Vec<f64>>(&longer).is_err(),
                "{more:#x} was not noticed"
            );
        }
    }
    assert!(decode::<u8>(&[]).is_err());
}

#[test]
fn every_truncation_is_an_error() {
    let record = Record {
        name: "x".into(),
        weights: vec![1.0; 5],
        raw: vec![1; 40],
        ..Record::default()
    };
    let bytes = encode(&record).unwrap();
    for length in 0..bytes.len() {
        assert!(
            decode::<Record>(&bytes[..length]).is_err(),
            "{length} of {} bytes were read",
            bytes.len()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_a_value_or_an_error_and_never_a_panic(bytes: Vec<u8>) {
        let _ = decode::<Record>(&bytes);
        let _ = decode::<Vec<Choice>>(&bytes);
        let _ = decode::<Option<Option<Vec<f64>>>>(&bytes);
        if let Ok(value) = decode::<serde_json::Value>(&bytes) {
            prop_assert!(encode(&value).is_ok());
        }
    }

    #[test]
    fn random_records_come_back(
        name: String,
        weights: Vec<u64>,
        raw: Vec<u8>,
        ranks: Vec<usize>,
        nested: Vec<Option<Option<i64>>>,
    ) {
        let weights = weights.into_iter().map(f64::from_bits).filter(|weight| !weight.is_nan()).collect();
        returns((Record { name, weights, raw, ranks, ..Record::default() }, nested));
    }
}
