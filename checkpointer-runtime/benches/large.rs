//! Large arrays of numbers as results: whole calls, against the same reading, writing and hashing by hand.

#[path = "support/mod.rs"]
mod support;

use std::cell::Cell;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write as _;
use std::sync::LazyLock;

use checkpointer_runtime::{Checkpointer, checkpoint};
use support::{compare, keep, show_alone};
use xxhash_rust::xxh3::xxh3_128;

static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
static STORE: LazyLock<Checkpointer> = LazyLock::new(|| {
    Checkpointer::new()
        .root_path(FOLDER.path().join("root"))
        .verbosity(0)
});

/// A hundred MiB of numbers.
const MANY: usize = 100 << 17;

fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|number| number as f64).collect()
}

static MILLION: LazyLock<Vec<f64>> = LazyLock::new(|| numbers(1_000_000));

#[checkpoint(using = &*STORE, version = 1)]
fn read(count: usize) -> Vec<f64> {
    numbers(count)
}

#[checkpoint(using = &*STORE, version = 1)]
fn copied(round: u32) -> Vec<f64> {
    let _ = round;
    MILLION.clone()
}

#[cfg(feature = "mmap")]
#[checkpoint(using = &*STORE, version = 1)]
fn mapped(count: usize) -> checkpointer_runtime::Mapped<f64> {
    numbers(count).into()
}

#[checkpoint(using = &*STORE, version = 1)]
fn text(length: usize) -> String {
    "x".repeat(length)
}

fn main() {
    show_alone("whole call, disk hit of 100 B", || {
        keep(text(black_box(100)));
    });
    let raw = |count: usize| {
        let path = FOLDER.path().join(format!("raw-{count}"));
        let bytes: Vec<u8> = numbers(count)
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        fs::write(&path, bytes).expect("room");
        path
    };
    for (name, count) in [("a million f64", 1_000_000), ("100 MiB of f64", MANY)] {
        let path = raw(count);
        let read_and_hash = || keep(xxh3_128(&fs::read(&path).expect("a file")));
        compare(
            &format!("hit of {name}, against read + checksum"),
            1.2,
            || keep(read(black_box(count))),
            read_and_hash,
        );
        #[cfg(feature = "mmap")]
        compare(
            &format!("mapped hit of {name}, against read + checksum"),
            1.2,
            || keep(mapped(black_box(count))),
            read_and_hash,
        );
    }

    let bytes: Vec<u8> = MILLION
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let round = Cell::new(0);
    let (by_hand, target) = (FOLDER.path().join("by-hand"), FOLDER.path().join("target"));
    compare(
        "store of a million f64 and delete, against the same by hand",
        1.5,
        || {
            round.set(round.get() + 1);
            keep(copied(round.get()));
            copied::delete(round.get()).expect("it was stored");
        },
        || {
            let result = MILLION.clone();
            keep(xxh3_128(black_box(&bytes)));
            File::create_new(&by_hand)
                .and_then(|mut file| file.write_all(&bytes))
                .expect("room");
            fs::rename(&by_hand, &target).expect("the same folder");
            keep(result);
            fs::remove_file(&target).expect("it was written");
        },
    );
}
