//! Argument hashes: what must be equal is, what must differ does, and the definition stays what it is.

mod support;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use checkpointer_runtime::CheckpointError;
use checkpointer_runtime::arguments::{ArgumentHasher, MAX_DEPTH, digest, memory_digest};
use serde::{Serialize, Serializer};
use support::shape::{Shape, sample};

/// Both hashes of a value.
fn hashes<T: Serialize + ?Sized>(value: &T) -> (String, u128) {
    (
        digest(value).unwrap().to_string(),
        memory_digest(value).unwrap(),
    )
}

fn assert_equal<A: Serialize + ?Sized, B: Serialize + ?Sized>(left: &A, right: &B) {
    assert_eq!(hashes(left), hashes(right));
}

fn assert_different<A: Serialize + ?Sized, B: Serialize + ?Sized>(left: &A, right: &B) {
    assert_ne!(digest(left).unwrap(), digest(right).unwrap());
    assert_ne!(memory_digest(left).unwrap(), memory_digest(right).unwrap());
}

#[test]
fn where_one_text_ends_and_the_next_begins_counts() {
    assert_different(&("ab", "c"), &("a", "bc"));
    assert_different(&vec!["ab", ""], &vec!["a", "b"]);
    assert_different(&vec![vec![1_u8], vec![]], &vec![vec![], vec![1_u8]]);
    assert_different(&(vec!["a"], vec!["b", "c"]), &(vec!["a", "b"], vec!["c"]));
}

#[test]
fn a_tuple_of_one_differs_from_its_value() {
    assert_different(&(7_u8,), &7_u8);
    assert_different(&((7_u8,),), &(7_u8,));
    assert_different(&[7_u8], &7_u8);
}

#[test]
fn some_none_and_unit_differ() {
    assert_different(&Some(()), &None::<()>);
    assert_different(&Some(None::<u8>), &None::<Option<u8>>);
    assert_different(&(), &None::<()>);
    assert_different(&Some(1_u8), &1_u8);
}

#[test]
fn numbers_of_different_types_differ() {
    assert_different(&1_u8, &1_u16);
    assert_different(&1_i64, &1_u64);
    assert_different(&1_u64, &1_u128);
    assert_different(&1_i128, &1_u128);
    assert_different(&vec![0_u16; 4], &vec![0_u32; 2]);
    assert_different(&vec![0_f64; 4], &vec![0_u64; 4]);
    assert_different(&u128::MAX, &(u128::MAX >> 64));
    assert_different(&i128::MIN, &(i128::MIN + 1));
}

#[test]
fn floats_are_hashed_by_their_bits() {
    assert_different(&0.0_f64, &-0.0_f64);
    assert_equal(&f64::NAN, &f64::NAN);
    assert_different(&f64::NAN, &f64::from_bits(f64::NAN.to_bits() ^ 1));
    assert_different(&vec![0.0_f32], &vec![-0.0_f32]);
    assert_equal(&vec![f32::NAN; 3], &vec![f32::NAN; 3]);
}

#[test]
fn a_slice_a_vector_and_a_box_of_equal_numbers_are_equal() {
    let vector = vec![1_i32, -2, 3];
    assert_equal(&vector, &vector[..]);
    assert_equal(&vector, &vector.clone().into_boxed_slice());
    assert_equal(&vector, &Cow::Borrowed(&vector[..]));
    assert_equal(&vec![1_usize, 2], &vec![1_u64, 2]);
}

#[test]
fn every_element_of_a_long_slice_counts() {
    let numbers: Vec<f64> = (0..100_000).map(f64::from).collect();
    let before = hashes(&numbers);
    for index in [0, 1, 127, 128, 4095, 4096, 50_000, 99_999] {
        let mut changed = numbers.clone();
        changed[index] += 0.5;
        let after = hashes(&changed);
        assert_ne!(before.0, after.0);
        assert_ne!(before.1, after.1);
    }
    assert_different(&numbers[..], &numbers[..99_999]);
}

#[test]
fn every_byte_and_length_of_a_text_counts() {
    let mut seen = HashSet::new();
    let mut seen_in_memory = HashSet::new();
    for length in 0..300 {
        let text = "x".repeat(length);
        assert!(seen.insert(digest(&text).unwrap()));
        assert!(seen_in_memory.insert(memory_digest(&text).unwrap()));
        for index in 0..length {
            let mut changed = text.clone().into_bytes();
            changed[index] = b'y';
            let changed = String::from_utf8(changed).unwrap();
            assert!(seen.insert(digest(&changed).unwrap()));
            assert!(seen_in_memory.insert(memory_digest(&changed).unwrap()));
        }
    }
}

#[derive(Serialize, Clone)]
struct Point {
    x: u32,
    y: u32,
}

#[test]
fn names_of_structs_fields_and_variants_count() {
    #[derive(Serialize)]
    struct Place {
        x: u32,
        y: u32,
    }
    #[derive(Serialize)]
    #[serde(rename = "Point")]
    struct Renamed {
        x: u32,
        z: u32,
    }
    #[derive(Serialize)]
    enum Choice {
        First,
        Second,
        Third(u8),
        Fourth(u8),
        Fifth { value: u8 },
    }
    assert_different(&Point { x: 1, y: 2 }, &Place { x: 1, y: 2 });
    assert_different(&Point { x: 1, y: 2 }, &Renamed { x: 1, z: 2 });
    assert_different(&Choice::First, &Choice::Second);
    assert_different(&Choice::Third(1), &Choice::Fourth(1));
    assert_different(&Choice::Third(1), &Choice::Fifth { value: 1 });
}

#[test]
fn variants_are_known_by_name_and_not_by_place() {
    mod before {
        #[derive(serde::Serialize)]
        pub(super) enum Unit {
            Metre,
        }
    }
    mod after {
        #[derive(serde::Serialize)]
        #[allow(dead_code)]
        pub(super) enum Unit {
            Foot,
            Metre,
        }
    }
    assert_equal(&before::Unit::Metre, &after::Unit::Metre);
}

#[test]
fn which_of_two_skipped_fields_is_there_counts() {
    #[derive(Serialize)]
    struct Sparse {
        #[serde(skip_serializing_if = "Option::is_none")]
        left: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        right: Option<u8>,
    }
    assert_different(
        &Sparse {
            left: Some(1),
            right: None,
        },
        &Sparse {
            left: None,
            right: Some(1),
        },
    );
}

#[test]
fn an_ordered_container_hashes_in_its_order() {
    assert_different(&vec!["a", "b"], &vec!["b", "a"]);
    assert_different(&VecDeque::from([1, 2]), &VecDeque::from([2, 1]));
    assert_different(&vec![1_u64, 2], &vec![2_u64, 1]);
    assert_different(&vec![("a", 1)], &vec![("b", 1)]);
}

#[test]
fn ordered_and_unordered_containers_of_equal_entries_differ() {
    assert_different(&BTreeSet::from(["a"]), &HashSet::from(["a"]));
    assert_different(&BTreeMap::from([("a", 1)]), &HashMap::from([("a", 1)]));
}

/// A shuffled copy, by a linear congruence, so that a failure can be repeated.
fn shuffled<T: Clone>(items: &[T], seed: usize) -> Vec<T> {
    let mut items = items.to_vec();
    let mut state = seed.wrapping_mul(0x9E37_79B9).wrapping_add(1);
    for index in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(index, (state >> 33) % (index + 1));
    }
    items
}

#[test]
fn a_thousand_maps_and_sets_hash_alike_in_any_order_at_any_depth() {
    type Nested = HashMap<String, HashMap<u32, HashSet<String>>>;
    for seed in 0..1000_usize {
        let names: Vec<String> = (0..seed % 9 + 2)
            .map(|n| format!("{seed}-{}", n * 7))
            .collect();
        let build = |round: usize| -> Nested {
            shuffled(&names, seed + round)
                .into_iter()
                .map(|name| {
                    let inner = (0..name.len() as u32)
                        .map(|n| {
                            (
                                n,
                                shuffled(&names, round + n as usize).into_iter().collect(),
                            )
                        })
                        .collect();
                    (name, inner)
                })
                .collect()
        };
        let (left, right) = (build(1), build(2));
        assert_equal(&left, &right);
        assert_equal(
            &(Box::new(&left), Some(&left)),
            &(Box::new(&right), Some(&right)),
        );
        assert_equal(&Cow::Borrowed(&left), &Cow::<Nested>::Owned(right.clone()));
        let mut changed = right;
        changed
            .values_mut()
            .next()
            .unwrap()
            .values_mut()
            .next()
            .unwrap()
            .insert("new".into());
        assert_different(&left, &changed);
    }
}

#[test]
fn containers_of_hashbrown_hash_as_those_of_the_standard_library() {
    let entries: Vec<(u32, &str)> = vec![(1, "one"), (2, "two"), (3, "three")];
    let std: HashMap<_, _> = entries.iter().copied().collect();
    let brown: hashbrown::HashMap<_, _> = entries.iter().rev().copied().collect();
    assert_equal(&std, &brown);
    let std: HashSet<_> = entries.iter().copied().collect();
    let brown: hashbrown::HashSet<_> = entries.iter().rev().copied().collect();
    assert_equal(&std, &brown);
}

#[test]
fn a_transparent_wrapper_of_a_map_hashes_in_any_order() {
    #[derive(Serialize)]
    #[serde(transparent)]
    struct Wrapper(HashMap<u32, u32>);
    let wrapper = |entries: &[u32]| Wrapper(entries.iter().map(|&n| (n, n)).collect());
    assert_equal(&wrapper(&[1, 2, 3, 4, 5]), &wrapper(&[5, 4, 3, 2, 1]));
}

#[test]
fn among_twenty_thousand_values_200_million_pairs_equal_hashes_mean_equal_values() {
    let mut stored: HashMap<_, Shape> = HashMap::new();
    let mut in_memory: HashMap<_, Shape> = HashMap::new();
    for shape in sample(20_000) {
        let (left, right) = (digest(&shape).unwrap(), memory_digest(&shape).unwrap());
        if let Some(other) = stored.get(&left) {
            assert_eq!(*other, shape);
        }
        if let Some(other) = in_memory.get(&right) {
            assert_eq!(*other, shape);
        }
        stored.insert(left, shape.clone());
        in_memory.insert(right, shape);
    }
    assert!(
        stored.len() > 5_000,
        "too few different values: {}",
        stored.len()
    );
    assert_eq!(stored.len(), in_memory.len());
}

#[test]
fn a_value_that_cannot_be_serialized_is_an_error_with_the_parameters_name() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("out of paper"))
        }
    }
    for mut hasher in [ArgumentHasher::stored(), ArgumentHasher::memory()] {
        let error = hasher.parameter("report", &vec![Broken]).unwrap_err();
        assert!(
            matches!(&error, CheckpointError::Argument { parameter, .. } if parameter == "report")
        );
        assert!(error.to_string().contains("out of paper"));
    }
}

#[derive(Serialize)]
struct Chain(Option<Box<Chain>>);

fn chain(length: u32) -> Chain {
    (0..length).fold(Chain(None), |inner, _| Chain(Some(Box::new(inner))))
}

#[test]
fn an_argument_nested_too_deeply_is_an_error_and_no_overflow_of_the_stack() {
    let on_small_stack = |length| {
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || digest(&chain(length)).and(memory_digest(&chain(length))))
            .unwrap()
            .join()
            .unwrap()
    };
    assert!(on_small_stack(MAX_DEPTH / 2 - 1).is_ok());
    let error = on_small_stack(5_000).unwrap_err();
    assert!(error.to_string().contains("nested more than"), "{error}");
}

#[test]
fn the_order_the_names_and_the_number_of_parameters_count() {
    let hash = |parts: &[(&'static str, u8)]| {
        let mut hasher = ArgumentHasher::stored();
        parts
            .iter()
            .for_each(|(name, value)| hasher.parameter(name, value).unwrap());
        hasher.finish()
    };
    let different = [
        hash(&[]),
        hash(&[("a", 1)]),
        hash(&[("b", 1)]),
        hash(&[("a", 1), ("b", 2)]),
        hash(&[("b", 2), ("a", 1)]),
        hash(&[("a", 2), ("b", 1)]),
    ];
    assert_eq!(HashSet::from(different).len(), different.len());
}

#[test]
fn a_type_argument_counts_by_name_size_alignment_and_declaration() {
    let hash = |name: &str, size, align, declaration| {
        let mut hasher = ArgumentHasher::stored();
        hasher.type_argument(name, size, align, declaration);
        hasher.finish()
    };
    let declared = digest("struct T").unwrap();
    let different = [
        hash("T", 8, 8, None),
        hash("U", 8, 8, None),
        hash("T", 4, 8, None),
        hash("T", 8, 4, None),
        hash("T", 8, 8, Some(&declared)),
    ];
    assert_eq!(HashSet::from(different).len(), different.len());
}

/// The stream of `docs/hashing.md`, spelled out by hand.
#[test]
fn the_digest_is_blake3_over_the_documented_stream() {
    fn stream(value: &[u8]) -> String {
        let mut bytes = vec![1, 35];
        bytes.extend(5_u64.to_le_bytes());
        bytes.extend(b"value");
        bytes.extend(value);
        blake3::hash(&bytes).to_hex().to_string()
    }
    fn name(name: &str) -> Vec<u8> {
        [&(name.len() as u64).to_le_bytes(), name.as_bytes()].concat()
    }
    let check = |actual: Result<_, _>, expected: &[u8]| {
        let actual: checkpointer_runtime::Digest = actual.unwrap();
        assert_eq!(actual.to_string(), stream(expected));
    };
    check(digest(&()), &[1]);
    check(digest(&true), &[2, 1]);
    check(digest(&-2_i16), &[4, 0xFE, 0xFF]);
    check(digest(&0x0102_0304_u32), &[10, 4, 3, 2, 1]);
    check(digest(&'a'), &[15, 0x61, 0, 0, 0]);
    check(digest("hi"), &[16, 2, 0, 0, 0, 0, 0, 0, 0, b'h', b'i']);
    check(digest(&Some(3_u8)), &[19, 8, 3]);
    check(digest(&(1_u8, false)), &[26, 8, 1, 2, 0, 0]);
    check(
        digest(&["a"; 1]),
        &[26, 16, 1, 0, 0, 0, 0, 0, 0, 0, b'a', 0],
    );
    check(digest(&vec![true]), &[24, 2, 1, 0]);
    let numbers = [25, 8, 2, 11, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0];
    check(digest(&vec![1_u16, 2]), &numbers);
    let mut point = [
        &[30][..],
        &name("Point"),
        &[32],
        &name("x"),
        &[10, 1, 0, 0, 0],
    ]
    .concat();
    point.extend([&[32][..], &name("y"), &[10, 2, 0, 0, 0, 0]].concat());
    check(digest(&Point { x: 1, y: 2 }), &point);
    let entry = |value| *blake3::hash(&[8, value]).as_bytes();
    let mut entries = [entry(1), entry(2)];
    entries.sort_unstable();
    let mut set = vec![33];
    set.extend(2_u64.to_le_bytes());
    set.extend(entries.concat());
    check(digest(&HashSet::from([2_u8, 1])), &set);
}

/// These change only together with `ARGUMENTS_VERSION`.
#[test]
fn digests_are_golden() {
    let value = (
        Point { x: 1, y: 2 },
        BTreeMap::from([("pi", std::f64::consts::PI), ("e", std::f64::consts::E)]),
        HashMap::from([(1_u8, "one"), (2, "two")]),
        (
            vec![1.5_f32; 1000],
            i128::MIN,
            'ß',
            Some([0_u8; 4]),
            None::<u8>,
        ),
    );
    let actual = [
        digest(&value).unwrap(),
        digest("checkpointer").unwrap(),
        digest(&vec![7_u64; 5000]).unwrap(),
    ]
    .map(|digest| digest.to_string());
    assert_eq!(actual, GOLDEN);
}

const GOLDEN: [&str; 3] = [
    "5a217579548a1cbf3ddc68f59d531d6e0b1dbe54fdd427e995f08f2398444805",
    "7d457eb2b648d03bdfebb014acd9f2922cc7afcc5e74fcf36013e6d004185d83",
    "3653cf638f5004ae58e731351c9b76ec8a4fc0e0431a5e5208814b8779b12771",
];
