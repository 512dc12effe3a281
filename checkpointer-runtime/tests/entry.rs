//! The frame: what was put in comes out, and whatever happened to the bytes in between is noticed.

mod support;

use std::time::Duration;

use bytes::Bytes;
use checkpointer_runtime::codec::MSGPACK;
use checkpointer_runtime::entry::{self, FORMAT_VERSION, Header};
use checkpointer_runtime::{CheckpointError, Corruption, Key};
use support::{frame, header, key};

fn decode(key: &Key, bytes: Vec<u8>) -> Result<(Header, Bytes), CheckpointError> {
    entry::decode(key, &Bytes::from(bytes))
}

#[track_caller]
fn corruption(result: Result<(Header, Bytes), CheckpointError>) -> Corruption {
    match result {
        Err(CheckpointError::Corrupted { reason, .. }) => reason,
        other => panic!("not noticed as damage: {other:?}"),
    }
}

#[test]
fn header_and_value_come_back() {
    for length in [0, 1, 15, 16, 17, 5000] {
        let key = key(length);
        let value = vec![0xAB; length as usize];
        let (header, back) = decode(&key, frame(&key, &value)).unwrap();
        assert_eq!(header, support::header());
        assert_eq!(back, value);
    }
}

#[test]
fn the_value_begins_where_numbers_may_be_read_in_place() {
    for function in ["a::b", "a::bc", "app::module::with::a::longer::path"] {
        let key = Key::new(
            function,
            key(1).code_hash(),
            key(1).call_hash(),
            support::options("/nowhere"),
        );
        let bytes = frame(&key, b"value");
        let at = bytes
            .windows(5)
            .position(|window| window == b"value")
            .unwrap();
        assert_eq!(at % 16, 0);
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    for number in 0..support::times(4, 100) {
        let key = key(number);
        let bytes = frame(&key, &vec![7; number as usize * 9]);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            corruption(decode(&key, flipped));
        }
    }
}

#[test]
fn every_truncation_and_extension_is_noticed() {
    let key = key(1);
    let bytes = frame(&key, b"some value");
    for length in 0..bytes.len() {
        corruption(decode(&key, bytes[..length].to_vec()));
    }
    for more in 1..40 {
        corruption(decode(&key, [&bytes[..], &vec![0; more]].concat()));
    }
    corruption(decode(&key, bytes.repeat(2)));
}

#[test]
fn random_changes_are_noticed() {
    let key = key(1);
    let bytes = frame(&key, &[3; 500]);
    let mut state = 1_u64;
    let mut random = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for _ in 0..support::times(20_000, 1_000_000) {
        let mut changed = bytes.clone();
        for _ in 0..=random(4) {
            let at = random(changed.len());
            changed[at] = random(256) as u8;
        }
        if changed != bytes {
            corruption(decode(&key, changed));
        }
    }
    for length in 0..600 {
        corruption(decode(
            &key,
            (0..length).map(|_| random(256) as u8).collect(),
        ));
    }
}

#[test]
fn an_entry_under_another_keys_name_is_noticed() {
    let original = key(1);
    let bytes = frame(&original, b"value");
    let options = support::options("/nowhere");
    let others = [
        key(2),
        Key::new(
            original.function().to_string(),
            support::key_in(&options, 2, 1).code_hash(),
            original.call_hash(),
            options.clone(),
        ),
        Key::new(
            original.function().to_string(),
            original.code_hash(),
            key(2).call_hash(),
            options.clone(),
        ),
        Key::new(
            "app::other",
            original.code_hash(),
            original.call_hash(),
            options.clone(),
        ),
        Key::new("app", original.code_hash(), original.call_hash(), options),
    ];
    for other in others {
        assert!(matches!(
            corruption(decode(&other, bytes.clone())),
            Corruption::Key
        ));
    }
}

#[test]
fn an_entry_of_a_newer_version_is_told_apart_from_damage() {
    let key = key(1);
    let mut bytes = frame(&key, b"value");
    bytes[8..12].copy_from_slice(&(FORMAT_VERSION + 1).to_le_bytes());
    corruption(decode(&key, bytes.clone()));
    let end = bytes.len() - 16;
    let checksum = xxhash_rust::xxh3::xxh3_128(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    let error = decode(&key, bytes).unwrap_err();
    assert!(
        matches!(error, CheckpointError::Newer { version, .. } if version == FORMAT_VERSION + 1)
    );
}

#[test]
fn lengths_beyond_all_memory_are_noticed_without_asking_for_it() {
    let key = key(1);
    for place in [12..16, 16..24, 124..128] {
        let mut bytes = frame(&key, b"value");
        bytes[place].fill(0xFF);
        let end = bytes.len() - 16;
        let checksum = xxhash_rust::xxh3::xxh3_128(&bytes[..end]);
        bytes[end..].copy_from_slice(&checksum.to_le_bytes());
        corruption(decode(&key, bytes));
    }
}

/// These change only together with `FORMAT_VERSION`.
#[test]
fn the_bytes_of_a_frame_are_golden() {
    let bytes = frame(&key(1), b"value");
    let expected = "9c636b70740d0a1a 01000000 90000000 0500000000000000 40420f0000000000 002f685900000000 \
         6d73677061636b000000000000000000";
    let start: String = bytes[..56]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(start, expected.replace(' ', ""));
    assert_eq!(&bytes[120..141], b"\0\0\0\0\x0D\0\0\0app::function");
    assert_eq!(&bytes[144..149], b"value");
    assert_eq!(bytes.len(), 149 + 16);
}

#[test]
fn times_are_kept_to_the_microsecond() {
    let key = key(1);
    let header = Header {
        computation: Duration::from_nanos(123_456_789),
        ..header()
    };
    let bytes = entry::encode(&key, &header, |_| Ok(())).unwrap();
    assert_eq!(decode(&key, bytes).unwrap().0, header);
    assert_eq!(header.codec, MSGPACK);
}
