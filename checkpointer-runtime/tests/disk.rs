//! The disk store: what it keeps, how it names it, and that it gives a value, nothing, or an error that says why.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{CheckpointError, Corruption, DiskStorage, Key};
use support::{frame, key_in, options};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn store(key: &Key, value: &[u8]) {
    DiskStorage.store(key, &frame(key, value)).unwrap();
}

fn value(key: &Key) -> Result<Option<Vec<u8>>, CheckpointError> {
    Ok(storage::load(&DiskStorage, key)?.map(|(_, value)| value.to_vec()))
}

fn path(key: &Key) -> PathBuf {
    DiskStorage.path(key).unwrap()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .flat_map(|entry| {
            if entry.path().is_dir() {
                files(&entry.path())
            } else {
                vec![entry.path()]
            }
        })
        .collect()
}

#[test]
fn what_was_stored_last_is_loaded_and_what_was_deleted_is_gone() {
    let folder = folder();
    let key = key_in(&options(folder.path()), 1, 1);
    assert_eq!(value(&key).unwrap(), None);
    assert!(!DiskStorage.exists(&key).unwrap());
    assert!(!DiskStorage.delete(&key).unwrap());
    assert_eq!(DiskStorage.checkpoint_date(&key).unwrap(), None);
    for text in ["first", "second"] {
        store(&key, text.as_bytes());
        assert_eq!(value(&key).unwrap().unwrap(), text.as_bytes());
    }
    assert!(DiskStorage.exists(&key).unwrap());
    assert_eq!(
        DiskStorage.checkpoint_date(&key).unwrap(),
        Some(support::header().stored)
    );
    assert!(DiskStorage.delete(&key).unwrap());
    assert_eq!(value(&key).unwrap(), None);
}

#[test]
fn values_of_every_size_come_back_whole() {
    let folder = folder();
    let options = options(folder.path());
    for length in [
        0,
        1,
        16 * 1024 - 160,
        16 * 1024 - 159,
        16 * 1024,
        100_000,
        3_000_000,
    ] {
        let key = key_in(&options, 1, length);
        let bytes: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
        store(&key, &bytes);
        assert_eq!(value(&key).unwrap().unwrap(), bytes);
    }
}

#[test]
fn an_entry_lies_where_the_layout_says() {
    let folder = folder();
    let key = key_in(&options(folder.path()), 1, 1);
    store(&key, b"x");
    let (code, call) = (key.code_hash().to_string(), key.call_hash().to_string());
    let expected = folder
        .path()
        .join("app/function")
        .join(code)
        .join(&call[..2])
        .join(call);
    assert_eq!(files(folder.path()), [path(&key)]);
    assert_eq!(path(&key), expected);
}

#[cfg(unix)]
#[test]
fn folders_and_files_are_the_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let root = folder.path().join("new/root");
    let key = key_in(&options(&root), 1, 1);
    store(&key, b"x");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path(&key)), 0o600);
    for ancestor in path(&key)
        .ancestors()
        .skip(1)
        .take_while(|path| path.starts_with(&root))
    {
        assert_eq!(mode(ancestor), 0o700, "{}", ancestor.display());
    }
}

#[cfg(unix)]
#[test]
fn a_root_that_everyone_may_write_is_refused_unless_it_is_trusted() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let root = folder.path().join("open");
    fs::create_dir(&root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o777)).unwrap();
    let key = key_in(&options(&root), 1, 1);
    let error = DiskStorage.store(&key, &frame(&key, b"x")).unwrap_err();
    assert!(error.to_string().contains("trust_root"), "{error}");
    assert!(DiskStorage.load(&key).is_err());
    assert_eq!(files(&root), [] as [PathBuf; 0]);
    let mut trusting = checkpointer_runtime::StorageOptions::new(&root);
    trusting.trust_root = true;
    let key = key_in(&trusting.into(), 1, 1);
    store(&key, b"x");
    assert_eq!(value(&key).unwrap().unwrap(), b"x");
}

#[test]
fn a_damaged_entry_is_an_error_with_its_path_and_is_replaced_by_the_next() {
    let folder = folder();
    let key = key_in(&options(folder.path()), 1, 1);
    store(&key, b"value");
    let mut bytes = fs::read(path(&key)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path(&key), bytes).unwrap();
    let error = value(&key).unwrap_err();
    assert_eq!(error.path(), Some(&*path(&key)));
    assert!(matches!(
        error,
        CheckpointError::Corrupted {
            reason: Corruption::Checksum,
            ..
        }
    ));
    store(&key, b"value");
    assert_eq!(value(&key).unwrap().unwrap(), b"value");
}

#[test]
fn an_entry_moved_to_another_keys_name_is_an_error() {
    let folder = folder();
    let options = options(folder.path());
    let (left, right) = (key_in(&options, 1, 1), key_in(&options, 1, 2));
    store(&left, b"left");
    store(&right, b"right");
    fs::rename(path(&left), path(&right)).unwrap();
    let error = value(&right).unwrap_err();
    assert!(matches!(
        error,
        CheckpointError::Corrupted {
            reason: Corruption::Key,
            ..
        }
    ));
}

#[test]
fn a_root_that_is_a_file_is_an_error_that_says_so() {
    let folder = folder();
    let root = folder.path().join("file");
    fs::write(&root, "mine").unwrap();
    let key = key_in(&options(&root), 1, 1);
    for error in [
        DiskStorage.store(&key, b"x").unwrap_err(),
        DiskStorage.load(&key).unwrap_err(),
    ] {
        assert!(error.to_string().contains("no folder"), "{error}");
        assert_eq!(error.path(), Some(&*root));
    }
    assert_eq!(fs::read(&root).unwrap(), b"mine");
}

#[test]
fn a_root_that_is_removed_while_running_is_made_again() {
    let folder = folder();
    let root = folder.path().join("root");
    let key = key_in(&options(&root), 1, 1);
    store(&key, b"first");
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(value(&key).unwrap(), None);
    store(&key, b"second");
    assert_eq!(value(&key).unwrap().unwrap(), b"second");
}

#[test]
fn a_root_that_was_moved_away_and_made_anew_is_the_one_that_counts() {
    let folder = folder();
    let (root, moved) = (folder.path().join("root"), folder.path().join("moved"));
    let key = key_in(&options(&root), 1, 1);
    for round in [b"first", b"other"] {
        store(&key, round);
        assert_eq!(value(&key).unwrap().as_deref(), Some(&round[..]));
        assert!(DiskStorage.exists(&key).unwrap());
        let _ = fs::remove_dir_all(&moved);
        fs::rename(&root, &moved).unwrap();
    }
    assert!(!DiskStorage.delete(&key).unwrap());
    assert_eq!(value(&key).unwrap(), None);
    // Removed together with its folder, and put there again by somebody else.
    store(&key, b"third");
    assert!(value(&key).unwrap().is_some());
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(value(&key).unwrap(), None);
    fs::rename(&moved, &root).unwrap();
    assert_eq!(value(&key).unwrap().as_deref(), Some(&b"other"[..]));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_place_of_an_entry_is_not_followed_and_is_replaced() {
    let folder = folder();
    let options = options(folder.path().join("root"));
    let (key, other) = (key_in(&options, 1, 1), key_in(&options, 1, 2));
    store(&key, b"value");
    let outside = folder.path().join("outside");
    fs::rename(path(&key), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, path(&key)).unwrap();
    assert!(matches!(value(&key), Err(CheckpointError::Storage { .. })));
    assert!(!DiskStorage.exists(&key).unwrap());
    store(&other, b"other");
    let kept = fs::read(&outside).unwrap();
    store(&key, b"again");
    assert_eq!(value(&key).unwrap().unwrap(), b"again");
    assert_eq!(fs::read(&outside).unwrap(), kept);
}

#[test]
fn a_folder_in_place_of_an_entry_is_an_error_and_stays() {
    let folder = folder();
    let key = key_in(&options(folder.path()), 1, 1);
    fs::create_dir_all(path(&key).join("mine")).unwrap();
    assert!(value(&key).is_err());
    assert!(DiskStorage.store(&key, &frame(&key, b"x")).is_err());
    assert!(path(&key).join("mine").is_dir());
    assert_eq!(
        files(folder.path()),
        [] as [PathBuf; 0],
        "a temporary file was left"
    );
}

#[cfg(unix)]
#[test]
fn an_unreadable_entry_is_an_error_unless_the_reader_may_read_all() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let key = key_in(&options(folder.path()), 1, 1);
    store(&key, b"value");
    fs::set_permissions(path(&key), fs::Permissions::from_mode(0o0)).unwrap();
    let can_read = fs::read(path(&key)).is_ok();
    assert_eq!(value(&key).is_ok(), can_read);
    store(&key, b"again");
    assert_eq!(value(&key).unwrap().unwrap(), b"again");
}

#[test]
fn a_store_with_fsync_keeps_entries_too() {
    let folder = folder();
    let mut options = checkpointer_runtime::StorageOptions::new(folder.path());
    options.durability = checkpointer_runtime::Durability::Fsync;
    let key = key_in(&options.into(), 1, 1);
    store(&key, b"x");
    assert_eq!(value(&key).unwrap().unwrap(), b"x");
}

const NEVER: &dyn Fn(chrono::DateTime<chrono::Utc>) -> bool = &|_| false;

#[test]
fn cleanup_drops_older_code_and_expired_entries_and_counts_them() {
    let folder = folder();
    let options = options(folder.path());
    (1..=3).for_each(|number| store(&key_in(&options, 1, number), b"old"));
    (1..=2).for_each(|number| store(&key_in(&options, 2, number), b"new"));
    let key = key_in(&options, 2, 1);
    let current = [key.code_hash()];
    let keep = Upkeep {
        current: &current,
        expired: NEVER,
    };
    assert_eq!(DiskStorage.entries(key.scope()).unwrap().len(), 5);
    assert_eq!(DiskStorage.cleanup(key.scope(), &keep).unwrap(), 3);
    assert_eq!(DiskStorage.cleanup(key.scope(), &keep).unwrap(), 0);
    assert_eq!(value(&key).unwrap().unwrap(), b"new");
    let expire = Upkeep {
        current: &current,
        expired: &|stored| stored == support::header().stored,
    };
    assert_eq!(DiskStorage.cleanup(key.scope(), &expire).unwrap(), 2);
    assert!(!folder.path().join("app/function").exists());
}

#[test]
fn clear_drops_all_of_the_function_and_nothing_else() {
    let folder = folder();
    let options = options(folder.path());
    (1..=3).for_each(|number| store(&key_in(&options, number, number), b"mine"));
    let key = key_in(&options, 1, 1);
    let others = [
        "app::function_2",
        "app::function::inner",
        "app::Function",
        "app2::function",
    ]
    .map(|function| {
        let key = Key::new(function, key.code_hash(), key.call_hash(), options.clone());
        store(&key, b"other");
        key
    });
    let foreign = path(&key).with_file_name("notes.txt");
    fs::write(&foreign, "not an entry").unwrap();
    assert_eq!(DiskStorage.clear(key.scope()).unwrap(), 3);
    assert_eq!(DiskStorage.clear(key.scope()).unwrap(), 0);
    assert!(others.iter().all(|key| value(key).unwrap().is_some()));
    assert_eq!(fs::read(&foreign).unwrap(), b"not an entry");
}

#[test]
fn a_crashs_leftovers_are_swept_and_files_in_use_are_not() {
    let folder = folder();
    let options = options(folder.path());
    let key = key_in(&options, 1, 1);
    store(&key, b"value");
    let temporary = |name: &str| folder.path().join(".tmp").join(name);
    let left = temporary("00-1.part");
    let (in_use, foreign) = (temporary("00-2.part"), temporary("mine.txt"));
    [&left, &in_use, &foreign]
        .iter()
        .for_each(|path| fs::write(path, "half").unwrap());
    let held = fs::File::open(&in_use).unwrap();
    held.lock().unwrap();
    let lock = DiskStorage.lock_path(&key).unwrap().unwrap();
    fs::write(&lock, "").unwrap();
    let fresh = temporary("00-3.part");
    support::age_files(&folder.path().join(".tmp"));
    support::age_files(&folder.path().join(".locks"));
    fs::write(&fresh, "just made").unwrap();
    let current = [key.code_hash()];
    DiskStorage
        .cleanup(
            key.scope(),
            &Upkeep {
                current: &current,
                expired: NEVER,
            },
        )
        .unwrap();
    assert!(!left.exists() && in_use.exists() && foreign.exists() && fresh.exists());
    assert!(!lock.exists());
    assert_eq!(value(&key).unwrap().unwrap(), b"value");
}

#[test]
fn two_keys_have_two_lock_files() {
    let folder = folder();
    let options = options(folder.path());
    let lock = |key: &Key| DiskStorage.lock_path(key).unwrap().unwrap();
    assert_ne!(lock(&key_in(&options, 1, 1)), lock(&key_in(&options, 1, 2)));
    assert_ne!(lock(&key_in(&options, 1, 1)), lock(&key_in(&options, 2, 1)));
    assert_eq!(lock(&key_in(&options, 1, 1)), lock(&key_in(&options, 1, 1)));
}
