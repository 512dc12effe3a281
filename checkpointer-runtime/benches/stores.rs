//! The disk store, the codec and the memory store, against the same work done by hand.

#[path = "support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use checkpointer_runtime::codec::{MSGPACK, decode, encode, encode_into};
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::storage::memory::MemoryTable;
use checkpointer_runtime::storage::{self, Storage};
use checkpointer_runtime::{
    Digest, DiskStorage, Key, MemoryStorage, PackedStorage, StorageOptions,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use support::{compare, keep, show_alone};

#[derive(Serialize, Deserialize, Clone)]
struct Row {
    id: u64,
    name: String,
    weight: f64,
    tags: Vec<String>,
    parent: Option<u32>,
}

fn header() -> Header {
    Header {
        codec: MSGPACK,
        stored: chrono::Utc::now(),
        computation: Duration::from_secs(1),
    }
}

fn put<T: Serialize>(key: &Key, value: &T) {
    let frame = entry::encode(key, &header(), |bytes| encode_into(bytes, value));
    DiskStorage
        .store(key, &frame.expect("a value"))
        .expect("a writable folder");
}

fn get<T: DeserializeOwned>(key: &Key) -> T {
    let (_, value) = storage::load(&DiskStorage, key)
        .expect("a sound entry")
        .expect("an entry");
    decode(&value).expect("a value")
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Arc::new(StorageOptions::new(folder.path().join("root")));
    let key = |name: &str| {
        let hash = |text: &str| Digest::from(blake3::hash(text.as_bytes()));
        Key::new(
            "app::module::function",
            hash("code"),
            hash(name),
            options.clone(),
        )
    };
    let read_by_hand = |path: &std::path::Path| {
        let mut file = File::open(path).expect("a file");
        let mut bytes = vec![0; 16 * 1024];
        let length = file.read(&mut bytes).expect("a readable file");
        keep((bytes, length));
    };
    for (name, length) in [("100 B", 100), ("10 KiB", 10_240)] {
        let (key, text) = (key(name), "x".repeat(length));
        put(&key, &text);
        let path = DiskStorage.path(&key).expect("a file");
        let hit = || keep(get::<String>(black_box(&key)));
        compare(
            &format!("disk hit of {name}, against open + read + close"),
            2.0,
            hit,
            || read_by_hand(&path),
        );
        let by_hand = folder.path().join("by-hand");
        let target = folder.path().join("target");
        compare(
            &format!("disk store of {name}, against create + write + rename"),
            1.5,
            || put(black_box(&key), &text),
            || {
                File::create_new(&by_hand)
                    .and_then(|mut file| file.write_all(text.as_bytes()))
                    .expect("room");
                fs::rename(&by_hand, &target).expect("the same folder");
            },
        );
    }

    let packed = key("packed");
    let frame = entry::encode(&packed, &header(), |bytes| {
        encode_into(bytes, &"x".repeat(100))
    });
    PackedStorage
        .store(&packed, &frame.expect("a value"))
        .expect("a writable folder");
    show_alone("packed hit of 100 B", || {
        let found = storage::load(&PackedStorage, black_box(&packed)).expect("a sound entry");
        let (_, value) = found.expect("an entry");
        keep(decode::<String>(&value));
    });

    let numbers: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    let encoded = encode(&numbers).expect("a value");
    compare(
        "decoding a million f64, against a copy",
        2.0,
        || keep(decode::<Vec<f64>>(black_box(&encoded))),
        || keep(black_box(&numbers).clone()),
    );

    let rows: Vec<Row> = (0..100_000_u32)
        .map(|number| Row {
            id: u64::from(number) * 1_000_003,
            name: format!("row {number}"),
            weight: f64::from(number) / 3.0,
            tags: (0..number % 4).map(|tag| format!("tag {tag}")).collect(),
            parent: (number % 3 > 0).then_some(number / 2),
        })
        .collect();
    let encoded = encode(&rows).expect("a value");
    let plain = rmp_serde::to_vec_named(&rows).expect("a value");
    compare(
        "decoding 100,000 structs, against rmp-serde alone",
        1.1,
        || keep(decode::<Vec<Row>>(black_box(&encoded))),
        || keep(rmp_serde::from_slice::<Vec<Row>>(black_box(&plain))),
    );
    compare(
        "encoding 100,000 structs, against rmp-serde alone",
        1.1,
        || keep(encode(black_box(&rows))),
        || keep(rmp_serde::to_vec_named(black_box(&rows))),
    );

    for (name, limits) in [
        ("free", MemoryStorage::new()),
        ("bounded", MemoryStorage::new().max_entries(10_000)),
    ] {
        let table = MemoryTable::new(limits);
        (0..1000_u64)
            .for_each(|number| table.insert(spread(number), number, chrono::Utc::now(), 8));
        show_alone(&format!("{name} memory table, hit of a u64"), || {
            keep(table.get(black_box(spread(7))))
        });
    }
}

/// Spreads a number as a hash is.
fn spread(number: u64) -> u128 {
    u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
}
