//! A file as an argument: what it holds counts, and what the documented shortcut sees and does not see.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use checkpointer_runtime::arguments::{digest, file_contents, file_contents_always};

/// Writes a file that looks as if it was written so many seconds ago.
fn write(path: &Path, text: &str, seconds: u64) {
    fs::write(path, text).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(seconds))
        .unwrap();
}

#[test]
fn the_contents_count_and_the_name_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    write(&left, "same", 0);
    write(&right, "same", 50);
    assert_eq!(
        digest(&file_contents(&left)).unwrap(),
        digest(&file_contents(&right)).unwrap()
    );
    write(&right, "other", 50);
    assert_ne!(
        digest(&file_contents(&left)).unwrap(),
        digest(&file_contents(&right)).unwrap()
    );
    assert_eq!(
        file_contents(&left).digest().unwrap().unwrap(),
        blake3::hash(b"same").into()
    );
}

#[test]
fn a_file_just_written_is_read_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let stamp = SystemTime::now();
    let mut seen = Vec::new();
    for text in ["a", "b", "c"] {
        fs::write(&path, text).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(stamp)
            .unwrap();
        seen.push(file_contents(&path).digest().unwrap());
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_change_of_size_or_time_is_seen_and_a_time_set_back_only_without_the_shortcut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write(&path, "aaaa", 1000);
    let stamp = fs::metadata(&path).unwrap().modified().unwrap();
    let first = file_contents(&path).digest().unwrap();
    write(&path, "bbbb", 900);
    let second = file_contents(&path).digest().unwrap();
    assert_ne!(first, second);
    write(&path, "aaaa", 0);
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(stamp)
        .unwrap();
    assert_eq!(file_contents(&path).digest().unwrap(), first);
    fs::write(&path, "cccc").unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(stamp)
        .unwrap();
    assert_eq!(
        file_contents(&path).digest().unwrap(),
        first,
        "the documented shortcut"
    );
    let read = file_contents_always(&path).digest().unwrap().unwrap();
    assert_eq!(read, blake3::hash(b"cccc").into());
    write(&path, "ccccc", 1000);
    assert_ne!(file_contents(&path).digest().unwrap(), first);
}

#[test]
fn a_missing_file_counts_as_such_and_an_unreadable_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let missing = digest(&file_contents(&path)).unwrap();
    write(&path, "", 0);
    assert_ne!(digest(&file_contents(&path)).unwrap(), missing);
    let error = digest(&file_contents(folder.path())).unwrap_err();
    assert!(error.to_string().contains("could not be read"), "{error}");
}
