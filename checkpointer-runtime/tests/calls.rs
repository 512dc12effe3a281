//! Calls over a store that is not as it should be: the value always comes, and what is not the call's own stays.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use checkpointer_runtime::{CheckpointError, Counts, Function, checkpoint};
use support::seal;

/// The root folder of one function's store.
fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("calls")
        .join(name)
}

/// The same, without what an earlier run of the tests has left.
fn fresh(name: &str) -> PathBuf {
    let root = root(name);
    let _ = fs::remove_file(&root);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.parent().unwrap()).unwrap();
    root
}

/// The one entry of a function that was called with one argument.
fn entry(function: Function, call_hash: checkpointer_runtime::Digest, root: &Path) -> PathBuf {
    let call = call_hash.to_string();
    let (package, name) = function.path().split_once("::").unwrap();
    root.join(package)
        .join(name)
        .join(function.code_hash().to_string())
        .join(&call[..2])
        .join(call)
}

fn counts(function: Function) -> Counts {
    function.stats().counts
}

#[checkpoint(root_path = root("newer"), version = 1, verbosity = 0)]
fn newer(x: u64) -> u64 {
    x + 1
}

#[test]
fn an_entry_of_a_newer_version_is_a_miss_that_nothing_overwrites() {
    let root = fresh("newer");
    assert_eq!(newer(1), 2);
    let file = entry(newer::function(), newer::call_hash(1), &root);
    let mut frame = fs::read(&file).unwrap();
    frame[8..12].copy_from_slice(&7_u32.to_le_bytes());
    seal(&mut frame);
    fs::write(&file, &frame).unwrap();
    assert_eq!((newer(1), newer::cached(1), newer::rerun(1)), (2, 2, 2));
    assert_eq!(counts(newer::function()).computed, 4);
    let refused = newer::set(9, 1).unwrap_err();
    assert!(matches!(refused, CheckpointError::Newer { version: 7, .. }));
    let missed = newer::get(1).unwrap_err();
    assert!(matches!(missed, CheckpointError::Newer { version: 7, .. }));
    assert!(!newer::exists(1).unwrap());
    assert_eq!(newer::cleanup().unwrap(), 0);
    assert_eq!(fs::read(&file).unwrap(), frame);
    assert_eq!(counts(newer::function()).corrupted, 0);
}

#[checkpoint(root_path = root("damaged_version"), version = 1, verbosity = 0)]
fn damaged_version(x: u64) -> u64 {
    x + 1
}

#[test]
fn an_entry_whose_version_is_damaged_is_replaced() {
    let root = fresh("damaged_version");
    assert_eq!(damaged_version(1), 2);
    let file = entry(
        damaged_version::function(),
        damaged_version::call_hash(1),
        &root,
    );
    for replace in [damaged_version, damaged_version::rerun] {
        let mut frame = fs::read(&file).unwrap();
        frame[8] ^= 4;
        fs::write(&file, &frame).unwrap();
        assert_eq!(replace(1), 2);
        assert_eq!(damaged_version::get(1).unwrap(), 2);
    }
    assert_eq!(counts(damaged_version::function()).faults, 0);
}

#[checkpoint(root_path = root("unreadable"), version = 1, verbosity = 0)]
fn unreadable(x: u64) -> u64 {
    x + 1
}

#[test]
fn what_stands_in_an_entrys_place_and_cannot_be_read_does_not_fail_the_call() {
    let root = fresh("unreadable");
    let function = unreadable::function();
    let place = entry(function, unreadable::call_hash(1), &root);
    fs::create_dir_all(place.join("of someone else")).unwrap();
    assert_eq!((unreadable(1), unreadable(1)), (2, 2));
    assert_eq!(counts(function).computed, 2);
    assert!(counts(function).faults >= 2);
    assert!(place.join("of someone else").is_dir());
    fs::remove_dir_all(&place).unwrap();

    let pipe = Command::new("mkfifo").arg(&place).status().unwrap();
    assert!(pipe.success());
    assert_eq!((unreadable(1), unreadable(1)), (2, 2));
    assert!(!fs::symlink_metadata(&place).unwrap().file_type().is_fifo());
    assert_eq!(counts(function).computed, 3);

    fs::set_permissions(&place, fs::Permissions::from_mode(0o0)).unwrap();
    let can_read_anyway = fs::read(&place).is_ok();
    assert_eq!((unreadable(1), unreadable(1)), (2, 2));
    let expected = if can_read_anyway { 3 } else { 4 };
    assert_eq!(counts(function).computed, expected);
}

#[checkpoint(root_path = root("linked"), version = 1, verbosity = 0)]
fn linked(x: u64) -> u64 {
    x + 1
}

#[test]
fn a_link_in_an_entrys_place_is_not_followed_and_its_target_stays() {
    let root = fresh("linked");
    linked::set(99, 1).unwrap();
    let file = entry(linked::function(), linked::call_hash(1), &root);
    let planted = root.join("planted");
    fs::rename(&file, &planted).unwrap();
    symlink(&planted, &file).unwrap();
    let frame = fs::read(&planted).unwrap();
    assert_eq!(linked(1), 2);
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!(linked::get(1).unwrap(), 2);
    symlink(&planted, root.join(".tmp/0-0.part")).unwrap();
    linked::clear().unwrap();
    assert_eq!(fs::read(&planted).unwrap(), frame);
}

#[checkpoint(root_path = root("removed"), version = 1, verbosity = 0)]
fn removed(x: u64) -> u64 {
    x + 1
}

#[test]
fn a_root_that_is_removed_while_the_program_runs_is_made_again() {
    let root = fresh("removed");
    for round in 1..4 {
        assert_eq!((removed(1), removed(1)), (2, 2));
        assert_eq!(counts(removed::function()).computed, round);
        fs::remove_dir_all(&root).unwrap();
    }
    assert_eq!(counts(removed::function()).faults, 0);
}

#[checkpoint(root_path = root("file"), version = 1, verbosity = 1)]
fn in_a_file(x: u64) -> u64 {
    x + 1
}

#[test]
fn a_root_that_is_a_file_is_one_line_and_no_failure() {
    const CHILD: &str = "TEST_ROOT_IS_A_FILE";
    let test = "a_root_that_is_a_file_is_one_line_and_no_failure";
    if std::env::var_os(CHILD).is_some() {
        for x in 0..5 {
            assert_eq!(in_a_file(x), x + 1);
        }
        return;
    }
    let root = fresh("file");
    fs::write(&root, "not a folder").unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let lines = String::from_utf8(child.stderr).unwrap();
    assert!(child.status.success(), "{lines}");
    let complaints = lines.lines().filter(|line| line.starts_with("UNCACHED"));
    assert_eq!(complaints.count(), 1, "{lines}");
    assert_eq!(fs::read(&root).unwrap(), b"not a folder");
}

/// The injected clock comes with the feature `testing`.
#[cfg(feature = "testing")]
mod clock {
    use std::time::Duration;

    use checkpointer_runtime::testing::{reset_time, set_time};
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    #[checkpoint(
        root_path = root("clock"), version = 1, verbosity = 0, expiry = Duration::from_secs(3600)
    )]
    fn hourly(x: u64) -> u64 {
        x + 1
    }

    #[test]
    fn a_clock_that_jumps_makes_results_expire_or_stay_and_never_fails() {
        fresh("clock");
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let runs_at = |time: DateTime<Utc>| {
            set_time(time);
            let before = counts(hourly::function()).computed;
            assert_eq!(hourly(1), 2);
            counts(hourly::function()).computed - before
        };
        let hours = TimeDelta::hours;
        assert_eq!(runs_at(start), 1);
        assert_eq!(runs_at(start + TimeDelta::minutes(59)), 0);
        assert_eq!(runs_at(start - hours(10_000)), 0);
        assert_eq!(runs_at(start + hours(1)), 1);
        assert_eq!(runs_at(start), 0);
        assert_eq!(runs_at(DateTime::UNIX_EPOCH - hours(1)), 0);
        assert_eq!(runs_at(start + hours(1_000_000)), 1);
        assert_eq!(hourly::cleanup().unwrap(), 0);
        set_time(start + hours(1_000_002));
        assert!(hourly::is_expired(1).unwrap());
        assert_eq!(hourly::cleanup().unwrap(), 1);
        reset_time();
        assert_eq!(counts(hourly::function()).faults, 0);
    }
}
