//! A file system without room: stores on it say so, keep what they had, leave nothing behind, and go on when there is room.
//!
//! Each test runs itself again in a mount namespace of its own, on a small tmpfs. Where the system allows none, for want of
//! user namespaces, it says so and is left out.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use checkpointer_runtime::storage::{self, Storage};
use checkpointer_runtime::{CheckpointError, DiskStorage, Key, PackedStorage};
use support::{frame, key_in, options};

const ROOT: &str = "TEST_TMPFS";

/// Mounts a tmpfs of this size, and goes on in the test that is named.
const MOUNT: &str = r#"mount -t tmpfs -o size=512k tmpfs "$0" || exit 77; exec "$1" --exact "$2""#;

/// The small file system, in the process that has one; else runs that process.
fn small_disk(test: &str) -> Option<PathBuf> {
    if let Some(root) = std::env::var_os(ROOT) {
        return Some(root.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", MOUNT])
        .arg(folder.path())
        .arg(program)
        .arg(test)
        .env(ROOT, folder.path())
        .stdout(Stdio::null())
        .status();
    match status.map(|status| status.code()) {
        Ok(Some(0)) => {}
        // 77: no mount; 1: no namespace; an error: no such command.
        Ok(Some(77)) | Err(_) => eprintln!("left out: nothing can be mounted here"),
        Ok(Some(1)) if !has_namespaces() => eprintln!("left out: no user namespaces here"),
        Ok(code) => panic!("the test on a small disk ended with {code:?}"),
    }
    None
}

fn has_namespaces() -> bool {
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "true"])
        .status();
    status.is_ok_and(|status| status.success())
}

fn value(number: u32) -> Vec<u8> {
    vec![number as u8; 20_000]
}

fn check(storage: &dyn Storage, key: &Key, number: u32) {
    let (_, bytes) = storage::load(storage, key).unwrap().expect("it was stored");
    assert_eq!(bytes, value(number));
}

fn fill_and_go_on(storage: &dyn Storage, root: &Path) {
    let options = options(root.join("root"));
    let key = |number| key_in(&options, 1, number);
    let store = |number| storage.store(&key(number), &frame(&key(number), &value(number)));
    let mut stored = 0;
    let error = loop {
        match store(stored) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 30, "512 KiB have no room for so much");
    };
    assert!(stored > 10, "{stored}");
    assert!(matches!(error, CheckpointError::Storage { .. }), "{error}");
    assert!(error.to_string().contains("No space left"), "{error}");
    (0..stored).for_each(|number| check(storage, &key(number), number));
    assert!(storage::load(storage, &key(stored)).unwrap().is_none());
    assert!(store(0).is_err(), "there is no room for another value");
    check(storage, &key(0), 0);
    let leftovers = fs::read_dir(root.join("root/.tmp")).map_or(0, Iterator::count);
    assert_eq!(leftovers, 0);
}

#[test]
fn a_full_disk_is_an_error_keeps_what_was_stored_and_takes_more_when_there_is_room() {
    let test = "a_full_disk_is_an_error_keeps_what_was_stored_and_takes_more_when_there_is_room";
    let Some(root) = small_disk(test) else { return };
    fill_and_go_on(&DiskStorage, &root);
    let options = options(root.join("root"));
    for number in 0..5 {
        assert!(DiskStorage.delete(&key_in(&options, 1, number)).unwrap());
    }
    let key = key_in(&options, 1, 0);
    DiskStorage.store(&key, &frame(&key, &value(7))).unwrap();
    check(&DiskStorage, &key, 7);
}

#[test]
fn a_full_disk_is_an_error_of_the_packed_store_and_tears_no_entry() {
    let test = "a_full_disk_is_an_error_of_the_packed_store_and_tears_no_entry";
    let Some(root) = small_disk(test) else { return };
    let packed = PackedStorage;
    fill_and_go_on(&packed, &root);
    let options = options(root.join("root"));
    let scope = key_in(&options, 1, 0);
    packed.clear(scope.scope()).unwrap();
    packed.store(&scope, &frame(&scope, &value(7))).unwrap();
    check(&packed, &scope, 7);
}
