//! The packed store: what it keeps, beside whom, and what is left after a crash.
#![cfg(unix)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::Command;
use std::sync::Arc;

use checkpointer_runtime::storage::packed::PackedStorage;
use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{CheckpointError, Corruption, Key, StorageOptions};
use support::{frame, key_in, options};

const NEVER: &dyn Fn(chrono::DateTime<chrono::Utc>) -> bool = &|_| false;

fn store(key: &Key, value: &[u8]) {
    PackedStorage.store(key, &frame(key, value)).unwrap();
}

fn value(key: &Key) -> Result<Option<Vec<u8>>, CheckpointError> {
    Ok(storage::load(&PackedStorage, key)?.map(|(_, value)| value.to_vec()))
}

fn size(key: &Key) -> u64 {
    fs::metadata(PackedStorage.path(key).unwrap())
        .unwrap()
        .len()
}

#[test]
fn what_was_stored_last_is_loaded_and_what_was_deleted_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (key, other) = (key_in(&options, 1, 1), key_in(&options, 1, 2));
    assert_eq!(value(&key).unwrap(), None);
    assert!(!PackedStorage.delete(&key).unwrap());
    for text in ["first", "second", ""] {
        store(&key, text.as_bytes());
        store(&other, b"other");
        assert_eq!(value(&key).unwrap().unwrap(), text.as_bytes());
    }
    assert!(PackedStorage.exists(&key).unwrap());
    assert_eq!(
        PackedStorage.checkpoint_date(&key).unwrap(),
        Some(support::header().stored)
    );
    assert!(PackedStorage.delete(&key).unwrap());
    assert!(!PackedStorage.exists(&key).unwrap());
    assert_eq!(value(&key).unwrap(), None);
    assert_eq!(value(&other).unwrap().unwrap(), b"other");
    store(&key, b"again");
    assert_eq!(value(&key).unwrap().unwrap(), b"again");
}

#[test]
fn ten_thousand_results_are_one_file_of_little_more_than_their_frames() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    (0..10_000).for_each(|number| store(&key_in(&options, 1, number), &[number as u8; 100]));
    let key = key_in(&options, 1, 77);
    assert_eq!(size(&key), 10_000 * frame(&key, &[0; 100]).len() as u64);
    assert!((0..10_000).all(
        |number| value(&key_in(&options, 1, number)).unwrap().unwrap() == [number as u8; 100]
    ));
    assert_eq!(PackedStorage.entries(key.scope()).unwrap().len(), 10_000);
}

#[test]
fn cleanup_drops_older_code_and_gives_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    (0..20).for_each(|number| store(&key_in(&options, 1, number), b"old"));
    (0..20).for_each(|number| store(&key_in(&options, 2, number), b"new"));
    (0..10).for_each(|number| store(&key_in(&options, 2, number), b"newer"));
    let (old, new) = (key_in(&options, 1, 1), key_in(&options, 2, 1));
    let current = [new.code_hash()];
    let keep = Upkeep {
        current: &current,
        expired: NEVER,
    };
    let before = size(&new);
    assert_eq!(PackedStorage.cleanup(new.scope(), &keep).unwrap(), 20);
    assert_eq!(PackedStorage.cleanup(new.scope(), &keep).unwrap(), 0);
    assert!(!PackedStorage.path(&old).unwrap().exists());
    assert!(size(&new) < before);
    assert_eq!(value(&new).unwrap().unwrap(), b"newer");
    assert_eq!(value(&key_in(&options, 2, 15)).unwrap().unwrap(), b"new");
    store(&old, b"back");
    assert_eq!(value(&old).unwrap().unwrap(), b"back");
}

#[test]
fn clear_drops_all_and_counts_it() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    (0..7).for_each(|number| store(&key_in(&options, number % 2, number), b"x"));
    let key = key_in(&options, 1, 1);
    assert_eq!(PackedStorage.clear(key.scope()).unwrap(), 7);
    assert_eq!(PackedStorage.clear(key.scope()).unwrap(), 0);
    assert_eq!(value(&key).unwrap(), None);
    store(&key, b"new");
    assert_eq!(value(&key).unwrap().unwrap(), b"new");
}

#[test]
fn a_damaged_entry_is_an_error_once_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    (0..3).for_each(|number| store(&key_in(&options, 1, number), b"value"));
    let key = key_in(&options, 1, 1);
    let path = PackedStorage.path(&key).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[length / 2 + 40] ^= 4;
    fs::write(&path, &bytes).unwrap();
    let error = value(&key).unwrap_err();
    assert!(matches!(
        error,
        CheckpointError::Corrupted {
            reason: Corruption::Checksum,
            ..
        }
    ));
    assert_eq!(error.path(), Some(&*path));
    store(&key, b"value");
    assert!((0..3).all(|number| value(&key_in(&options, 1, number)).unwrap().is_some()));
}

#[test]
fn an_entry_that_a_crash_cut_off_is_missing_and_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (first, cut, last) = (
        key_in(&options, 1, 1),
        key_in(&options, 1, 2),
        key_in(&options, 1, 3),
    );
    store(&first, b"first");
    let half = frame(&cut, &[1; 5000]);
    let mut file = OpenOptions::new()
        .append(true)
        .open(PackedStorage.path(&first).unwrap())
        .unwrap();
    file.write_all(&half[..half.len() / 2]).unwrap();
    assert_eq!(value(&cut).unwrap(), None);
    store(&last, b"last");
    assert_eq!(value(&first).unwrap().unwrap(), b"first");
    assert_eq!(value(&cut).unwrap(), None);
    assert_eq!(value(&last).unwrap().unwrap(), b"last");
    let current = [first.code_hash()];
    PackedStorage
        .cleanup(
            first.scope(),
            &Upkeep {
                current: &current,
                expired: NEVER,
            },
        )
        .unwrap();
    assert_eq!(value(&last).unwrap().unwrap(), b"last");
    assert_eq!(
        size(&first),
        (frame(&first, b"first").len() + frame(&last, b"last").len()) as u64
    );
}

#[test]
fn a_file_cut_short_or_removed_by_others_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (first, last) = (key_in(&options, 1, 1), key_in(&options, 1, 2));
    store(&first, b"first");
    let whole = size(&first);
    store(&last, b"last");
    let path = PackedStorage.path(&first).unwrap();
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(whole)
        .unwrap();
    assert_eq!(value(&last).unwrap(), None);
    assert_eq!(value(&first).unwrap().unwrap(), b"first");
    fs::remove_dir_all(folder.path().join("app")).unwrap();
    assert_eq!(value(&first).unwrap(), None);
    store(&first, b"again");
    assert_eq!(value(&first).unwrap().unwrap(), b"again");
}

const KEYS: u32 = 60;

fn pattern(number: u32, round: u32) -> Vec<u8> {
    let mut bytes = vec![(number + round) as u8; 8 + (number * 31 + round * 17) as usize % 3000];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..8].copy_from_slice(&round.to_le_bytes());
    bytes
}

/// Stores, loads, deletes and cleans, so many times, and fails at any wrong value or error.
fn work(options: &Arc<StorageOptions>, rounds: u32, seed: u64) {
    let current = [key_in(options, 1, 0).code_hash()];
    let mut state = seed;
    for round in 0..rounds {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = (state >> 33) as u32 % KEYS;
        let key = key_in(options, 1, number);
        match (state >> 50) % 100 {
            0..45 => store(&key, &pattern(number, round)),
            45..90 => {
                if let Some(bytes) = value(&key).unwrap() {
                    let round = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
                    assert_eq!(bytes, pattern(number, round));
                }
            }
            90..97 => {
                PackedStorage.delete(&key).unwrap();
            }
            97..99 => store(&key_in(options, 2, number), &pattern(number, round)),
            _ => {
                let keep = Upkeep {
                    current: &current,
                    expired: NEVER,
                };
                PackedStorage.cleanup(key.scope(), &keep).unwrap();
            }
        }
    }
}

#[test]
fn a_process_among_others_sees_right_values_and_no_error() {
    match std::env::var_os("TEST_ROOT") {
        Some(root) => work(&options(root), 2_000, u64::from(std::process::id())),
        None => work(&options(tempfile::tempdir().unwrap().path()), 500, 1),
    }
}

#[test]
fn eight_processes_write_and_clean_one_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let child = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "a_process_among_others_sees_right_values_and_no_error",
            "--quiet",
        ]);
        command.env("TEST_ROOT", folder.path()).spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(|_| child()).collect();
    assert!(
        children
            .into_iter()
            .all(|mut child| child.wait().unwrap().success())
    );
    work(&options(folder.path()), 100, 7);
}

#[test]
fn eight_threads_write_and_clean_one_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    std::thread::scope(|scope| {
        (0..8).for_each(|seed| {
            let options = &options;
            scope.spawn(move || work(options, 1_000, seed));
        });
    });
}

#[test]
fn what_one_process_stores_and_deletes_another_sees_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let key = key_in(&options, 1, 1);
    store(&key, b"before");
    assert_eq!(value(&key).unwrap().unwrap(), b"before");
    // A second open of the same file, as another process has it.
    let path = PackedStorage.path(&key).unwrap();
    let mut other = OpenOptions::new().append(true).open(&path).unwrap();
    other.write_all(&frame(&key, b"after")).unwrap();
    assert_eq!(value(&key).unwrap().unwrap(), b"after");
    let replacement = folder.path().join("replacement");
    fs::write(&replacement, frame(&key, b"compacted")).unwrap();
    fs::rename(replacement, path).unwrap();
    assert_eq!(value(&key).unwrap().unwrap(), b"compacted");
}

#[test]
fn entries_of_a_newer_version_survive_a_cleanup() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (key, other) = (key_in(&options, 1, 1), key_in(&options, 1, 2));
    store(&key, b"old");
    let mut newer = frame(&other, b"of the future");
    newer[8..12].copy_from_slice(&9_u32.to_le_bytes());
    support::seal(&mut newer);
    let path = PackedStorage.path(&key).unwrap();
    let mut log = OpenOptions::new().append(true).open(&path).unwrap();
    log.write_all(&newer).unwrap();
    assert_eq!(value(&other).unwrap(), None);
    store(&key, b"new");
    store(&other, b"computed");
    let current = [key.code_hash()];
    let upkeep = Upkeep {
        current: &current,
        expired: NEVER,
    };
    PackedStorage.cleanup(key.scope(), &upkeep).unwrap();
    assert_eq!(value(&key).unwrap().unwrap(), b"new");
    assert_eq!(value(&other).unwrap().unwrap(), b"computed");
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.windows(newer.len()).any(|part| part == newer));
}
