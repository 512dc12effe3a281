//! Processes that die, crowd or run out of room: nobody ever sees a wrong value or a torn one.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{CheckpointError, DiskStorage, Key, StorageOptions};
use support::{frame, key_in, options};

/// What a child process is to do, and where.
const ROLE: &str = "TEST_ROLE";
const ROOT: &str = "TEST_ROOT";

const KEYS: u32 = 40;

/// The value of a key in some round: any round is right, half of one is not.
fn value(number: u32, round: u32) -> Vec<u8> {
    let length = 10 + (number * 997 + round * 131) as usize % 60_000;
    let mut bytes = vec![(number + round) as u8; length];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..8].copy_from_slice(&round.to_le_bytes());
    bytes
}

fn store(key: &Key, number: u32, round: u32) -> Result<(), CheckpointError> {
    DiskStorage.store(key, &frame(key, &value(number, round)))
}

/// Fails unless the key has a right value or none.
fn check(key: &Key, number: u32) -> bool {
    let Some((_, bytes)) = storage::load(&DiskStorage, key).unwrap() else {
        return false;
    };
    let round = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    assert_eq!(bytes, value(number, round));
    true
}

/// Runs one test of this binary in a process of its own.
fn command(test: &str, root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--quiet"])
        .env(ROLE, test)
        .env(ROOT, root);
    command
}

/// The root to work in: the one that a parent process gave, or a folder of one's own.
struct Workplace {
    options: Arc<StorageOptions>,
    is_child: bool,
    _own: Option<tempfile::TempDir>,
}

fn workplace(test: &str) -> Workplace {
    if std::env::var(ROLE).is_ok_and(|role| role == test) {
        let root = std::env::var_os(ROOT).unwrap();
        return Workplace {
            options: options(root),
            is_child: true,
            _own: None,
        };
    }
    let own = tempfile::tempdir().unwrap();
    Workplace {
        options: options(own.path()),
        is_child: false,
        _own: Some(own),
    }
}

#[test]
fn a_process_that_stores_again_and_again_reads_what_it_stored() {
    let place = workplace("a_process_that_stores_again_and_again_reads_what_it_stored");
    let rounds = if place.is_child { u32::MAX } else { 3 };
    let mut out = std::io::stdout();
    for round in 0..rounds {
        for number in 0..KEYS {
            let key = key_in(&place.options, 1, number);
            store(&key, number, round).unwrap();
            assert!(check(&key, number));
            if place.is_child && writeln!(out, "stored").is_err() {
                return;
            }
        }
    }
}

/// Kills the child once it has reported so many stores.
fn kill_after(mut child: Child, stores: usize) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let seen = lines
        .map_while(Result::ok)
        .filter(|line| line.ends_with("stored"))
        .take(stores)
        .count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(seen, stores, "the child ended by itself");
}

#[test]
fn processes_killed_while_storing_leave_no_wrong_value_and_their_leftovers_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    for kill in 0..support::times(60, 10_000) as usize {
        let child = command(
            "a_process_that_stores_again_and_again_reads_what_it_stored",
            folder.path(),
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        kill_after(child, 1 + kill * 7 % 23);
        (0..KEYS).for_each(|number| {
            check(&key_in(&options, 1, number), number);
        });
    }
    support::age_files(&folder.path().join(".tmp"));
    let key = key_in(&options, 1, 0);
    let current = [key.code_hash()];
    DiskStorage
        .cleanup(
            key.scope(),
            &Upkeep {
                current: &current,
                expired: &|_| false,
            },
        )
        .unwrap();
    assert_eq!(fs::read_dir(folder.path().join(".tmp")).unwrap().count(), 0);
    let kept = (0..KEYS)
        .filter(|&number| check(&key_in(&options, 1, number), number))
        .count();
    assert!(kept > 0);
}

#[test]
fn a_process_among_others_stores_loads_deletes_and_cleans_without_an_error() {
    let place =
        workplace("a_process_among_others_stores_loads_deletes_and_cleans_without_an_error");
    let seed = std::process::id();
    let current = [key_in(&place.options, 1, 0).code_hash()];
    let mut state = u64::from(seed);
    let keys = support::times(KEYS, 1_000);
    let (start, least) = (Instant::now(), u64::from(support::times(0, 60)));
    for round in 0.. {
        if round >= 1_000 && start.elapsed().as_secs() >= least {
            break;
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = (state >> 33) as u32 % keys;
        let key = key_in(&place.options, 1, number);
        match (state >> 50) % 100 {
            0..40 => store(&key, number, round).unwrap(),
            40..80 => {
                check(&key, number);
            }
            80..90 => {
                DiskStorage.delete(&key).unwrap();
            }
            90..97 => store(&key_in(&place.options, 2, number), number, round).unwrap(),
            _ => {
                let keep = Upkeep {
                    current: &current,
                    expired: &|_| false,
                };
                DiskStorage.cleanup(key.scope(), &keep).unwrap();
            }
        }
    }
}

#[test]
fn eight_processes_on_the_same_keys_see_no_wrong_value_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let test = "a_process_among_others_stores_loads_deletes_and_cleans_without_an_error";
    let children: Vec<_> = (0..8)
        .map(|_| command(test, folder.path()).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let options = options(folder.path());
    assert!(
        (0..KEYS)
            .filter(|&number| check(&key_in(&options, 1, number), number))
            .count()
            > 0
    );
}

/// Child: files of this process may have 64 KiB.
#[test]
fn a_store_that_does_not_fit_is_an_error_and_leaves_the_old_value() {
    let test = "a_store_that_does_not_fit_is_an_error_and_leaves_the_old_value";
    let place = workplace(test);
    if !place.is_child {
        let mut shell = Command::new("sh");
        let program = std::env::current_exe().unwrap();
        shell.args([
            "-c",
            "trap '' XFSZ; ulimit -f 128; exec \"$0\" --exact \"$1\" --quiet",
        ]);
        shell
            .arg(program)
            .arg(test)
            .env(ROLE, test)
            .env(ROOT, &place.options.root_path);
        assert!(shell.status().unwrap().success());
        return;
    }
    let key = key_in(&place.options, 1, 1);
    store(&key, 1, 1).unwrap();
    let error = DiskStorage
        .store(&key, &frame(&key, &[0; 200_000]))
        .unwrap_err();
    assert!(matches!(error, CheckpointError::Storage { .. }), "{error}");
    assert!(check(&key, 1));
    assert_eq!(
        fs::read_dir(place.options.root_path.join(".tmp"))
            .unwrap()
            .count(),
        0
    );
    store(&key, 1, 2).unwrap();
}

#[test]
fn a_root_that_cannot_be_written_is_an_error_and_can_still_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let key = key_in(&options, 1, 1);
    store(&key, 1, 1).unwrap();
    let lock = |mode| {
        let temporary = folder.path().join(".tmp");
        fs::set_permissions(temporary, fs::Permissions::from_mode(mode)).unwrap();
    };
    lock(0o500);
    let may_write_anyway = fs::write(folder.path().join(".tmp/probe"), "").is_ok();
    assert_eq!(store(&key, 1, 2).is_ok(), may_write_anyway);
    assert!(check(&key, 1));
    lock(0o700);
    store(&key, 1, 3).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_root_where_no_folder_can_be_made_is_an_error_and_holds_nothing() {
    let key = key_in(&options("/proc/self/checkpoints"), 1, 1);
    assert!(matches!(
        store(&key, 1, 1),
        Err(CheckpointError::Storage { .. })
    ));
    assert!(DiskStorage.load(&key).unwrap().is_none());
}
