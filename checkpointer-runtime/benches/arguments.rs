//! Hashing arguments, against the bare hash of the same bytes.

#[path = "support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::hint::black_box;

use checkpointer_runtime::arguments::{digest, memory_digest};
use serde::Serialize;
use support::{compare, keep, show_alone};

#[derive(Serialize)]
struct Settings {
    name: String,
    rate: f64,
    steps: u32,
    seed: u64,
    verbose: bool,
    limit: Option<i64>,
}

fn main() {
    let numbers: Vec<f64> = (0..1 << 20).map(f64::from).collect();
    let bytes: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let bare = || keep(blake3::hash(black_box(&bytes)));
    compare(
        "digest of 8 MiB of f64, against bare blake3",
        1.25,
        || keep(digest(black_box(&numbers))),
        bare,
    );
    compare(
        "digest of 8 MiB of bytes, against bare blake3",
        1.25,
        || keep(digest(black_box(&bytes))),
        bare,
    );
    let rows: Vec<(f64, f64)> = numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    compare(
        "digest of 8 MiB as pairs of f64, against bare blake3",
        8.0,
        || keep(digest(black_box(&rows))),
        bare,
    );

    let text = "x".repeat(1024);
    let settings = Settings {
        name: "learning".into(),
        rate: 0.1,
        steps: 100,
        seed: 42,
        verbose: false,
        limit: Some(-1),
    };
    let map: HashMap<u32, u32> = (0..1000).map(|n| (n, n)).collect();
    show_alone("key in memory of a u64", || {
        keep(memory_digest(black_box(&7_u64)))
    });
    show_alone("key in memory of a short text", || {
        keep(memory_digest(black_box("a short text")))
    });
    show_alone("key in memory of 1 KiB of text", || {
        keep(memory_digest(black_box(&text)))
    });
    show_alone("key in memory of a struct of six fields", || {
        keep(memory_digest(black_box(&settings)))
    });
    show_alone("key in memory of a map of 1,000", || {
        keep(memory_digest(black_box(&map)))
    });
    show_alone("digest of a u64", || keep(digest(black_box(&7_u64))));
    show_alone("digest of 1 KiB of text", || keep(digest(black_box(&text))));
    show_alone("digest of a struct of six fields", || {
        keep(digest(black_box(&settings)))
    });
    show_alone("digest of a map of 1,000", || keep(digest(black_box(&map))));
}
