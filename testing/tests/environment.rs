//! What the environment says overrides the code: each test runs this file's functions in a process of its own.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use checkpointer_runtime::{Checkpointer, checkpoint};

#[checkpointer_runtime::no_capture]
static RUNS: AtomicU64 = AtomicU64::new(0);

#[checkpoint]
fn default_place(x: u64) -> u64 {
    RUNS.fetch_add(1, Ordering::SeqCst);
    x + 1
}

#[checkpoint(using = root())]
fn random(x: u64) -> u64 {
    // Another value in every process, as a function is that no cache should have.
    x + u64::from(std::process::id())
}

static LEVEL: AtomicU64 = AtomicU64::new(1);

#[checkpoint(using = root())]
fn by_preset(x: u64) -> u64 {
    RUNS.fetch_add(0, Ordering::SeqCst);
    x * LEVEL.load(Ordering::SeqCst)
}

#[checkpoint(using = root().capture(true))]
fn by_capturing_preset(x: u64) -> u64 {
    x * LEVEL.load(Ordering::SeqCst)
}

fn root() -> Checkpointer {
    Checkpointer::new()
}

/// What the processes of the tests below do; by itself there is nothing to do.
#[test]
fn as_a_process() {
    if std::env::var_os("ENVIRONMENT_TEST").is_none() {
        return;
    }
    if std::env::var_os("ENVIRONMENT_TEST").is_some_and(|part| part == "statics") {
        let _ = (by_preset(1), by_preset(2), by_capturing_preset(1));
        return;
    }
    let _ = random(1);
    for _ in 0..3 {
        assert_eq!(default_place(4), 5);
    }
    let counts = default_place::function().stats().counts;
    println!("runs={} hits={}", RUNS.load(Ordering::SeqCst), counts.hits);
}

struct Ended {
    out: String,
    err: String,
}

fn run(folder: &Path, variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(std::env::current_exe().expect("this test has a file"));
    command
        .args(["as_a_process", "--exact", "--nocapture"])
        .env("ENVIRONMENT_TEST", "1")
        .env("CHECKPOINTER_DIR", folder);
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().expect("the process runs");
    assert!(output.status.success(), "{output:?}");
    Ended {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ended {
    fn counts(&self) -> &str {
        let line = self
            .out
            .lines()
            .find_map(|line| line.split_once("runs="))
            .expect("the process has counted");
        line.1
    }

    fn lines(&self, word: &str) -> usize {
        let is_about = |line: &&str| line.starts_with(word) && line.contains("default_place");
        self.err.lines().filter(is_about).count()
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn results_survive_the_process_in_the_folder_that_the_environment_names() {
    let folder = folder();
    let first = run(folder.path(), &[]);
    assert_eq!(first.counts(), "1 hits=2");
    assert_eq!(
        (first.lines("MEMORIZING"), first.lines("REMEMBERED")),
        (1, 0)
    );
    let second = run(folder.path(), &[]);
    assert_eq!(second.counts(), "0 hits=3");
    assert_eq!(second.err, "");
    assert!(folder.path().join("environment").is_dir());
}

#[test]
fn verbosity_two_tells_of_hits_and_zero_of_nothing() {
    let folder = folder();
    let loud = run(folder.path(), &[("CHECKPOINTER_VERBOSITY", "2")]);
    assert_eq!((loud.lines("MEMORIZING"), loud.lines("REMEMBERED")), (1, 2));
    assert!(!loud.err.contains('\u{1b}'), "colours are for terminals");
    assert_eq!(
        run(folder.path(), &[("CHECKPOINTER_VERBOSITY", "0")]).err,
        ""
    );
}

#[test]
fn off_runs_everything_and_stores_nothing() {
    let folder = folder();
    assert_eq!(
        run(folder.path(), &[("CHECKPOINTER", "off")]).counts(),
        "3 hits=0"
    );
    assert_eq!(run(folder.path(), &[]).counts(), "1 hits=2");
}

#[test]
fn readonly_uses_what_is_there_and_stores_nothing() {
    let folder = folder();
    assert_eq!(
        run(folder.path(), &[("CHECKPOINTER", "readonly")]).counts(),
        "3 hits=0"
    );
    run(folder.path(), &[]);
    assert_eq!(
        run(folder.path(), &[("CHECKPOINTER", "readonly")]).counts(),
        "0 hits=3"
    );
}

#[test]
fn refresh_computes_every_call_and_overwrites() {
    let folder = folder();
    run(folder.path(), &[]);
    assert_eq!(
        run(folder.path(), &[("CHECKPOINTER", "refresh")]).counts(),
        "3 hits=0"
    );
}

#[test]
fn verify_finds_a_function_that_is_not_deterministic() {
    let folder = folder();
    run(folder.path(), &[]);
    let verified = run(folder.path(), &[("CHECKPOINTER_VERIFY", "1/1")]);
    assert_eq!(verified.counts(), "3 hits=3");
    assert!(
        verified
            .err
            .lines()
            .any(|line| line.starts_with("DIFFERS") && line.contains("random")),
        "{}",
        verified.err
    );
    assert_eq!(verified.lines("DIFFERS"), 0);
}

#[test]
fn a_variable_that_is_not_understood_is_named() {
    let folder = folder();
    let ended = run(folder.path(), &[("CHECKPOINTER", "perhaps")]);
    assert!(
        ended.err.contains("CHECKPOINTER=perhaps is not understood"),
        "{}",
        ended.err
    );
    assert_eq!(ended.counts(), "1 hits=2");
}

#[test]
fn a_damaged_entry_is_reported_computed_again_and_replaced() {
    let folder = folder();
    run(folder.path(), &[]);
    for file in files(&folder.path().join("environment").join("default_place")) {
        let mut bytes = std::fs::read(&file).expect("the entry can be read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).expect("the entry can be written");
    }
    let damaged = run(folder.path(), &[]);
    assert_eq!(damaged.counts(), "1 hits=2");
    assert_eq!(
        (damaged.lines("CORRUPTED"), damaged.lines("MEMORIZING")),
        (1, 1)
    );
    assert_eq!(run(folder.path(), &[]).counts(), "0 hits=3");
}

#[test]
fn a_store_that_cannot_be_written_never_fails_a_call() {
    let folder = folder();
    let file = folder.path().join("a file, no folder");
    std::fs::write(&file, "").expect("the folder can be written");
    let ended = run(&file, &[]);
    assert_eq!(ended.counts(), "3 hits=0");
    assert!(ended.lines("UNCACHED") >= 1, "{}", ended.err);
}

/// All files below a folder but for hidden ones.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)
            .expect("the folder can be read")
            .flatten()
        {
            if entry.path().is_dir() {
                open.push(entry.path())
            } else {
                found.push(entry.path())
            }
        }
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn a_static_that_a_preset_does_not_capture_is_named_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let part = ("ENVIRONMENT_TEST", "statics");
    let said = run(folder.path(), &[part]).err;
    let about: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("environment::LEVEL"))
        .collect();
    let [line] = about[..] else {
        panic!("one line is about it, not {about:?}")
    };
    assert!(
        line.contains(
            "environment::by_preset reads environment::LEVEL, whose value does not count"
        )
    );
    assert!(
        line.contains("capture(true)") && line.contains("#[no_capture]") && !line.contains("RUNS")
    );
    let silent = run(folder.path(), &[part, ("CHECKPOINTER_VERBOSITY", "0")]).err;
    assert!(!silent.contains("LEVEL"), "{silent}");
}
