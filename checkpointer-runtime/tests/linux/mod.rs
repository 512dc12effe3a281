//! The injection itself: a child process under strace, once for each system call and fault.

mod streamed;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{DiskStorage, Durability, Key, PackedStorage, StorageOptions};

use crate::support::{age_files, frame, key_in};

/// What the child is told: which case, and where.
const CASE: &str = "TEST_CASE";
const ROOT: &str = "TEST_ROOT";

/// Paths that exist nowhere: looking for them marks a place in the trace.
const BEGIN: &str = "/checkpointer/begin";
const END: &str = "/checkpointer/end";

const FAULTS: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=KILL"];

/// Calls that can't fail, or have nothing to do with the store.
const OTHERS: [&str; 10] = [
    "brk",
    "geteuid",
    "futex",
    "getrandom",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "sigaltstack",
];

/// A kind of store, and whether it has the key's old value already.
#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    is_packed: bool,
    is_synced: bool,
    has_old: bool,
}

const CASES: [Case; 5] = [
    Case {
        name: "first",
        is_packed: false,
        is_synced: false,
        has_old: false,
    },
    Case {
        name: "again",
        is_packed: false,
        is_synced: false,
        has_old: true,
    },
    Case {
        name: "synced",
        is_packed: false,
        is_synced: true,
        has_old: true,
    },
    Case {
        name: "packed_first",
        is_packed: true,
        is_synced: false,
        has_old: false,
    },
    Case {
        name: "packed_again",
        is_packed: true,
        is_synced: true,
        has_old: true,
    },
];

impl Case {
    fn storage(self) -> &'static dyn Storage {
        if self.is_packed {
            &PackedStorage
        } else {
            &DiskStorage
        }
    }

    fn key(self, root: &Path) -> Key {
        let mut options = StorageOptions::new(root);
        if self.is_synced {
            options.durability = Durability::Fsync;
        }
        key_in(&options.into(), 1, 1)
    }
}

/// Values larger than what is read at once.
fn old() -> Vec<u8> {
    vec![1; 30_000]
}

fn new() -> Vec<u8> {
    vec![2; 40_000]
}

pub(crate) fn main() {
    if let Some(name) = std::env::var_os(CASE) {
        if name == streamed::NAME {
            return streamed::child();
        }
        let case = CASES
            .into_iter()
            .find(|case| name == case.name)
            .expect("a case");
        return child(case, Path::new(&std::env::var_os(ROOT).expect("a root")));
    }
    let probe = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "SKIPPED: no faults were injected, since strace is missing or may not trace; install strace"
        );
        return;
    }
    for case in CASES {
        let calls = calls(&|root, strace| run(case, root, strace));
        for (name, number) in &calls {
            // That closing a folder fails is a panic of std's own; of files it ignores it.
            let faults = FAULTS
                .iter()
                .filter(|fault| name != "close" || fault.starts_with("signal"));
            for fault in faults {
                check(case, name, *number, fault);
            }
        }
        println!(
            "{}: {} faults in turn at {} system calls",
            case.name,
            FAULTS.len(),
            calls.len()
        );
        assert!(calls.len() >= 5, "the trace was not understood: {calls:?}");
    }
    streamed::check_all();
}

/// Marks a place in the trace.
fn mark(name: &str) {
    assert!(fs::symlink_metadata(name).is_err());
}

/// Stores the new value and reads it, between the marks, and tells what came of it.
fn child(case: Case, root: &Path) {
    let key = case.key(root);
    let frame = frame(&key, &new());
    mark(BEGIN);
    let stored = case.storage().store(&key, &frame);
    let loaded = storage::load(case.storage(), &key);
    mark(END);
    if let Ok(Some((_, value))) = &loaded {
        assert!(*value == new() || (case.has_old && *value == old()));
        assert!(stored.is_err() || *value == new());
    }
    println!("{}", if stored.is_ok() { "stored" } else { "failed" });
}

/// Runs the child under strace in a root that is as the case says.
fn run(case: Case, root: &Path, strace: &[&str]) -> Output {
    if case.has_old {
        let key = case.key(root);
        case.storage()
            .store(&key, &frame(&key, &old()))
            .expect("a store without faults");
    }
    Command::new("strace")
        .args(strace)
        .arg(std::env::current_exe().expect("this program"))
        .env(CASE, case.name)
        .env(ROOT, root)
        .output()
        .expect("strace")
}

/// The system calls between the marks: each one's name, and the how manieth of that name it is in the process.
fn calls(run: &dyn Fn(&Path, &[&str]) -> Output) -> Vec<(String, usize)> {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let done = run(
        &folder.path().join("root"),
        &["-o", &trace.to_string_lossy()],
    );
    assert!(
        done.status.success() && done.stdout == b"stored\n",
        "{done:?}"
    );
    let trace = fs::read_to_string(trace).expect("a trace");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let (mut is_inside, mut calls) = (false, Vec::new());
    for line in trace.lines() {
        let Some((name, arguments)) = line.split_once('(') else {
            continue;
        };
        let count = counts.entry(name).or_default();
        *count += 1;
        if arguments.contains(BEGIN) {
            is_inside = true;
        } else if arguments.contains(END) {
            is_inside = false;
        } else if is_inside && !OTHERS.contains(&name) {
            calls.push((name.to_owned(), *count));
        }
    }
    calls
}

/// Injects one fault, and looks at what is left.
fn check(case: Case, call: &str, number: usize, fault: &str) {
    let what = format!("{} with {fault} at {call} {number}", case.name);
    let folder = tempfile::tempdir().expect("a folder");
    let (root, trace) = (folder.path().join("root"), folder.path().join("trace"));
    let inject = format!("inject={call}:{fault}:when={number}");
    let only = format!("trace={call}");
    let done = run(
        case,
        &root,
        &["-e", &only, "-e", &inject, "-o", &trace.to_string_lossy()],
    );
    let trace = fs::read_to_string(trace).expect("a trace");
    if fault == "signal=KILL" {
        assert!(trace.contains("killed by SIGKILL"), "{what}: {trace}");
    } else {
        assert!(trace.contains("(INJECTED)"), "{what}: {trace}");
        assert!(
            done.status.success(),
            "{what}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    let key = case.key(&root);
    let load =
        || storage::load(case.storage(), &key).unwrap_or_else(|error| panic!("{what}: {error}"));
    match load() {
        Some((_, value)) => {
            assert!(
                value == new() || (case.has_old && value == old()),
                "{what}: another value"
            );
            assert!(
                value == new() || done.stdout != b"stored\n",
                "{what}: the old value"
            );
        }
        None => assert!(
            !case.has_old && done.stdout != b"stored\n",
            "{what}: no value"
        ),
    }
    let third = frame(&key, b"third");
    case.storage()
        .store(&key, &third)
        .unwrap_or_else(|error| panic!("{what}, and then: {error}"));
    assert_eq!(
        load().expect("what was stored just now").1,
        b"third"[..],
        "{what}"
    );
    let temporary = root.join(".tmp");
    age_files(&temporary);
    let current = [key.code_hash()];
    let upkeep = Upkeep {
        current: &current,
        expired: &|_| false,
    };
    case.storage()
        .cleanup(key.scope(), &upkeep)
        .unwrap_or_else(|error| panic!("{what}, and then: {error}"));
    assert_eq!(
        fs::read_dir(&temporary).expect("a folder").count(),
        0,
        "{what}: leftovers"
    );
    assert_eq!(load().expect("a current entry").1, b"third"[..], "{what}");
}
