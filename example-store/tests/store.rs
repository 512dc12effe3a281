//! The example store, as functions use it and as the trait asks for it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{Digest, Key, StorageOptions, checkpoint, codec, entry};
use example_store::SqliteStorage;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
static RUNS: AtomicU32 = AtomicU32::new(0);

#[checkpoint(format = SqliteStorage::open(&FOLDER.path().join("results.db")).unwrap(), version = 1, verbosity = 0)]
fn expensive(x: u64) -> u64 {
    RUNS.fetch_add(1, Ordering::SeqCst);
    x * x
}

#[test]
fn a_function_keeps_its_results_in_the_database() {
    assert_eq!(expensive(4), 16);
    assert_eq!(expensive(4), 16);
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
    assert!(expensive::exists(4).unwrap());
    expensive::delete(4).unwrap();
    assert!(!expensive::exists(4).unwrap());
    assert_eq!(expensive(4), 16);
    assert_eq!(RUNS.load(Ordering::SeqCst), 2);
}

fn key(version: u8, call: u8) -> Key {
    let options = Arc::new(StorageOptions::new("/unused"));
    Key::new(
        "app::function",
        Digest::new([version; 32]),
        Digest::new([call; 32]),
        options,
    )
}

fn frame(key: &Key, value: &str) -> Vec<u8> {
    let header = entry::Header {
        codec: codec::MSGPACK,
        stored: chrono::DateTime::UNIX_EPOCH,
        computation: std::time::Duration::ZERO,
    };
    entry::encode(key, &header, |bytes| codec::encode_into(bytes, value)).unwrap()
}

#[test]
fn entries_survive_the_process_and_can_be_cleaned() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.db");
    for version in 1..=2 {
        let store = SqliteStorage::open(&file).unwrap();
        (0..5).for_each(|call| {
            store
                .store(&key(version, call), &frame(&key(version, call), "value"))
                .unwrap()
        });
    }
    let store = SqliteStorage::open(&file).unwrap();
    let (_, value) = storage::load(&store, &key(1, 3)).unwrap().unwrap();
    assert_eq!(codec::decode::<String>(&value).unwrap(), "value");
    assert_eq!(
        store.checkpoint_date(&key(1, 3)).unwrap(),
        Some(chrono::DateTime::UNIX_EPOCH)
    );
    let current = [key(2, 0).code_hash()];
    let keep = Upkeep {
        current: &current,
        expired: &|_| false,
    };
    assert_eq!(store.cleanup(key(2, 0).scope(), &keep).unwrap(), 5);
    assert_eq!(store.load(&key(1, 3)).unwrap(), None);
    assert_eq!(store.clear(key(2, 0).scope()).unwrap(), 5);
}

#[test]
fn an_entry_that_someone_changed_in_the_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStorage::open(&folder.path().join("results.db")).unwrap();
    store
        .store(&key(1, 1), &frame(&key(1, 2), "another call's"))
        .unwrap();
    assert!(storage::load(&store, &key(1, 1)).is_err());
}
