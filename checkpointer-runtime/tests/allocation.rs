//! How much memory storing and loading take: a large result once, and a file that is not what it says never more than four
//! times its size.
//!
//! One test alone in its program, since it counts what the whole program allocates.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bytes::Bytes;
use checkpointer_runtime::storage::{self, Storage as _};
use checkpointer_runtime::{CheckpointError, Checkpointer, DiskStorage, checkpoint, codec, entry};
use peak_alloc::PeakAlloc;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use support::{frame, header, key_in, options};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What an error with its text and path takes, whatever the file.
const ERROR: usize = 1024;

/// The most bytes that were in use at a time while this ran, beyond those that were before.
fn peak<R>(run: impl FnOnce() -> R) -> (R, usize) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = run();
    (result, ALLOCATOR.peak_usage().saturating_sub(before))
}

#[derive(Debug, Serialize, Deserialize)]
enum Tree {
    Leaf(u64),
    Branch(Vec<Tree>),
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    name: String,
    numbers: Vec<f64>,
    rest: Vec<Option<Record>>,
}

/// Reads bytes as a value of some type, and fails if that takes too much.
fn read_as<T: DeserializeOwned>(bytes: &[u8]) {
    let (read, taken) = peak(|| codec::decode::<T>(bytes).is_ok());
    assert!(!read, "{bytes:02x?} as {}", std::any::type_name::<T>());
    let most = 4 * bytes.len() + ERROR;
    assert!(
        taken <= most,
        "{taken} bytes for {} as {}",
        bytes.len(),
        std::any::type_name::<T>()
    );
}

fn read_as_all(bytes: &[u8]) {
    read_as::<Vec<u64>>(bytes);
    read_as::<Vec<f64>>(bytes);
    read_as::<Vec<Vec<Vec<u64>>>>(bytes);
    read_as::<Vec<String>>(bytes);
    read_as::<String>(bytes);
    read_as::<HashMap<u64, u64>>(bytes);
    read_as::<BTreeMap<String, Vec<u8>>>(bytes);
    read_as::<Tree>(bytes);
    read_as::<Record>(bytes);
    read_as::<Vec<Record>>(bytes);
    read_as::<Vec<(u64, u64, u64, u64)>>(bytes);
}

/// Bytes that claim to be much more than they are, as large as a small entry and a larger one.
fn claims() -> Vec<Vec<u8>> {
    let mut claims = Vec::new();
    for marker in [0xdd, 0xdf, 0xdb, 0xc6, 0xc9_u8] {
        for length in [u32::MAX, 1 << 24, 70_000] {
            let claim = [&[marker][..], &length.to_be_bytes()].concat();
            for size in [claim.len(), 300, 20_000] {
                let mut padded = claim.clone();
                padded.resize(size, 0xc1);
                claims.push(padded);
                let nested = claim.iter().copied().cycle().take(size / 5 * 5);
                claims.push(nested.collect());
            }
        }
    }
    let branch = [
        &[0x81, 0xa6][..],
        b"Branch",
        &[0xdd, 0xff, 0xff, 0xff, 0xff],
    ]
    .concat();
    claims.push(branch.repeat(200));
    claims
}

static STORE: LazyLock<Checkpointer> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("allocation");
    let _ = fs::remove_dir_all(&root);
    Checkpointer::new().root_path(root).verbosity(0)
});

#[checkpoint(using = STORE, version = 1)]
fn numbers(count: u32) -> Vec<f64> {
    (0..count).map(f64::from).collect()
}

#[checkpoint(using = STORE, version = 1)]
fn texts(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("{number:060}")).collect()
}

/// A large result is in memory once: while it is stored, and, an array of numbers, while it is loaded.
fn calls_take_little_more_than_their_results() {
    // What is written at a time, and what a program's first calls set up.
    const PIECES: usize = 4 << 20;
    numbers(10);
    for _ in 0..2 {
        let (result, taken) = peak(|| numbers(2_000_000));
        assert_eq!(result.len(), 2_000_000);
        let most = 16_000_000 + PIECES;
        assert!(taken <= most, "{taken} bytes for two million numbers");
    }
    let (expected, alone) = peak(|| texts::original(200_000));
    let (result, taken) = peak(|| texts(200_000));
    assert_eq!(result, expected);
    assert!(
        taken <= alone + PIECES,
        "{taken} bytes, {alone} without a store"
    );
}

#[test]
fn neither_a_large_result_nor_a_false_file_takes_more_memory_than_it_must() {
    calls_take_little_more_than_their_results();
    claims().iter().for_each(|bytes| read_as_all(bytes));

    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let key = key_in(&options, 1, 1);
    DiskStorage
        .store(&key, &frame(&key, b"warms the thread's buffer"))
        .unwrap();
    storage::load(&DiskStorage, &key).unwrap().unwrap();
    let path = DiskStorage.path(&key).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let (read, taken) = peak(|| storage::load(&DiskStorage, &key).map(|_| ()));
        assert!(matches!(read, Err(CheckpointError::Corrupted { .. })));
        let most = 4 * bytes.len() + ERROR;
        assert!(taken <= most, "{taken} bytes for {} in a file", bytes.len());
    };
    for size in [0, 100, 30_000, 1_000_000] {
        let whole = frame(&key, &vec![7; size]);
        for part in 0..40 {
            check(&whole[..whole.len() * part / 40]);
            let mut flipped = whole.clone();
            flipped[whole.len() * part / 40] ^= 1 << (part % 8);
            check(&flipped);
        }
        let mut claiming = whole.clone();
        claiming[16..24].copy_from_slice(&(u64::MAX / 2).to_le_bytes());
        check(&claiming);
        claiming[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        support::seal(&mut claiming);
        check(&claiming);
    }

    let value = codec::encode(&vec![1.5; 100_000]).unwrap();
    let whole = Bytes::from(
        entry::encode(&key, &header(), |bytes| {
            bytes.extend_from_slice(&value);
            Ok(())
        })
        .unwrap(),
    );
    let (_, taken) = peak(|| {
        let (_, value) = entry::decode(&key, &whole).unwrap();
        codec::decode::<Vec<f64>>(&value).unwrap()
    });
    assert!(
        (800_000..=804_000).contains(&taken),
        "{taken} bytes for 100,000 numbers"
    );
}
