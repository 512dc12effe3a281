//! The same for whole calls whose result is written to its file in pieces: the value comes whatever fails, and is right.

use std::path::Path;
use std::process::{Command, Output};

use checkpointer_runtime::checkpoint;

use super::{BEGIN, CASE, END, FAULTS, ROOT, calls, mark};
use crate::support::age_files;

pub(super) const NAME: &str = "streamed";

const COUNT: u32 = 300_000;

#[checkpoint(root_path = std::env::var_os(ROOT).expect("a root"), version = 1, verbosity = 0)]
fn numbers(count: u32) -> Vec<u32> {
    (0..count).collect()
}

/// Computes, stores and loads, between the marks, and tells what came of it.
pub(super) fn child() {
    let is_right = |numbers: Vec<u32>| numbers.into_iter().eq(0..COUNT);
    mark(BEGIN);
    assert!(is_right(numbers(COUNT)));
    assert!(is_right(numbers(COUNT)));
    mark(END);
    let stats = numbers::function().stats().counts;
    assert_eq!((stats.corrupted, stats.computed + stats.hits), (0, 2));
    let is_stored = numbers::exists(COUNT).unwrap_or(false);
    println!("{}", if is_stored { "stored" } else { "failed" });
}

fn run(root: &Path, strace: &[&str]) -> Output {
    let program = std::env::current_exe().expect("this program");
    let mut command = match strace {
        [] => Command::new(program),
        options => {
            let mut command = Command::new("strace");
            command.args(options).arg(program);
            command
        }
    };
    let command = command.env(CASE, NAME).env(ROOT, root);
    command.output().expect("a process")
}

pub(super) fn check_all() {
    let calls = calls(&run);
    assert!(calls.len() >= 10, "the trace was not understood: {calls:?}");
    for (name, number) in &calls {
        for fault in FAULTS {
            // That closing a folder fails is a panic of std's own; of files it ignores it.
            if name != "close" || fault.starts_with("signal") {
                check(name, *number, fault);
            }
        }
    }
    let (faults, calls) = (FAULTS.len(), calls.len());
    println!("{NAME}: {faults} faults in turn at {calls} system calls");
}

/// Injects one fault, and looks at what is left.
fn check(call: &str, number: usize, fault: &str) {
    let what = format!("{NAME} with {fault} at {call} {number}");
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("root");
    let (only, inject) = (
        format!("trace={call}"),
        format!("inject={call}:{fault}:when={number}"),
    );
    let done = run(&root, &["-e", &only, "-e", &inject, "-o", "/dev/null"]);
    let is_kill = fault.starts_with("signal");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() != is_kill, "{what}: {said}");
    let temporary = root.join(".tmp");
    if temporary.exists() {
        age_files(&temporary);
    }
    // Without a fault it computes or loads, and everything is as it should be.
    let done = run(&root, &[]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success() && done.stdout == b"stored\n",
        "{what}, and then: {said}"
    );
}
