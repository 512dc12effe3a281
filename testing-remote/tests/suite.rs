//! What every store must do, over every store that there is: in memory, on disk, packed, Redis, an S3 server with
//! conditional writes and one without, and stand-ins for Google's and Azure's.

use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use checkpointer_runtime::remote::RemoteStorage;
use checkpointer_runtime::storage::{self, Storage, Upkeep};
use checkpointer_runtime::{DiskStorage, Key, PackedStorage, StorageOptions};
use checkpointer_testing_remote::{
    Cloud, DumbS3, InMemory, Moto, Provider, RedisServer, bucket, frame, header, key_of, options,
    set_credentials,
};

/// A store to be tested, and the folder of those on disk.
struct Subject {
    storage: Box<dyn Storage>,
    options: Arc<StorageOptions>,
    /// Whether it keeps what other code versions computed, since other machines may use it.
    is_shared: bool,
}

impl Subject {
    fn key(&self, function: &'static str, version: u32, number: u32) -> Key {
        let key = key_of(function, version, number);
        Key::new(
            function,
            key.code_hash(),
            key.call_hash(),
            Arc::clone(&self.options),
        )
    }

    fn store(&self, key: &Key, value: &[u8]) {
        self.storage
            .store(key, &frame(key, value))
            .expect("it takes an entry");
    }

    fn value(&self, key: &Key) -> Option<Vec<u8>> {
        let loaded = storage::load(&*self.storage, key).expect("nothing is damaged");
        loaded.map(|(_, value)| value.to_vec())
    }
}

/// Looks whether a claim holds.
type Check = fn(&Subject);

/// What is claimed, each with functions of its own, so that they do not see each other's entries.
const CLAIMS: [(&str, Check); 9] =
    [
        ("what was stored is loaded", |subject| {
            let key = subject.key("suite::load", 1, 1);
            assert_eq!(subject.value(&key), None);
            subject.store(&key, b"a value");
            assert_eq!(subject.value(&key).as_deref(), Some(&b"a value"[..]));
            subject.store(&key, b"another one");
            assert_eq!(subject.value(&key).as_deref(), Some(&b"another one"[..]));
        }),
        ("an empty and a large value are kept", |subject| {
            let (empty, large) = (
                subject.key("suite::size", 1, 1),
                subject.key("suite::size", 1, 2),
            );
            let bytes: Vec<u8> = (0..5_000_000_u32)
                .map(|n| n.wrapping_mul(2_654_435_761) as u8)
                .collect();
            subject.store(&empty, b"");
            subject.store(&large, &bytes);
            assert_eq!(subject.value(&empty).as_deref(), Some(&b""[..]));
            assert_eq!(subject.value(&large), Some(bytes));
        }),
        ("function, code and call tell entries apart", |subject| {
            let keys = [
                subject.key("suite::Apart", 1, 1),
                subject.key("suite::apart", 1, 1),
                subject.key("suite::apart", 2, 1),
                subject.key("suite::apart", 1, 2),
                subject.key("suite::apart::<impl X for Y>::z", 1, 1),
            ];
            for (number, key) in (0..).zip(&keys) {
                subject.store(key, &[number]);
            }
            for (number, key) in (0..).zip(&keys) {
                assert_eq!(subject.value(key), Some(vec![number]));
            }
        }),
        ("whether and since when an entry is there", |subject| {
            let key = subject.key("suite::there", 1, 1);
            let is_there = || subject.storage.exists(&key).expect("it answers");
            let date = || subject.storage.checkpoint_date(&key).expect("it answers");
            assert_eq!((is_there(), date()), (false, None));
            subject.store(&key, b"x");
            assert_eq!((is_there(), date()), (true, Some(header().stored)));
        }),
        ("a deleted entry is gone", |subject| {
            let key = subject.key("suite::delete", 1, 1);
            subject.store(&key, b"x");
            subject.storage.delete(&key).expect("it deletes");
            assert_eq!(subject.value(&key), None);
            assert!(!subject.storage.exists(&key).expect("it answers"));
        }),
        ("all entries of a function are listed", |subject| {
            for number in 0..25 {
                subject.store(&subject.key("suite::list", number % 2, number), b"12345");
            }
            subject.store(&subject.key("suite::list_2", 1, 1), b"other");
            let key = subject.key("suite::list", 1, 1);
            let entries = subject.storage.entries(key.scope()).expect("it lists");
            assert_eq!(entries.len(), 25);
            assert!(entries.iter().all(|entry| entry.stored == header().stored
                && entry.computation == header().computation));
            let listed = |key: &Key| {
                entries
                    .iter()
                    .any(|entry| entry.key.call_hash() == key.call_hash())
            };
            assert!((0..25).all(|number| listed(&subject.key("suite::list", 1, number))));
        }),
        (
            "clear drops the function's entries and no others",
            |subject| {
                for number in 0..5 {
                    subject.store(&subject.key("suite::clear", 1, number), b"x");
                }
                let other = subject.key("suite::clear_2", 1, 1);
                subject.store(&other, b"other");
                let scope = subject.key("suite::clear", 1, 1).scope().clone();
                assert_eq!(subject.storage.clear(&scope).expect("it clears"), 5);
                assert_eq!(subject.storage.clear(&scope).expect("it clears"), 0);
                assert_eq!(subject.value(&other).as_deref(), Some(&b"other"[..]));
            },
        ),
        ("cleanup drops expired entries", |subject| {
            let (old, new) = (
                subject.key("suite::cleanup", 1, 1),
                subject.key("suite::cleanup", 2, 1),
            );
            subject.store(&old, b"old");
            subject.store(&new, b"new");
            let current = [new.code_hash()];
            let drop_older = Upkeep {
                current: &current,
                expired: &|_| false,
            };
            let dropped = subject.storage.cleanup(new.scope(), &drop_older);
            // On a server another branch or machine may run the older code.
            assert_eq!(dropped.expect("it cleans"), u64::from(!subject.is_shared));
            assert_eq!(subject.value(&old).is_some(), subject.is_shared);
            let drop_all = Upkeep {
                current: &current,
                expired: &|_| true,
            };
            let dropped = subject.storage.cleanup(new.scope(), &drop_all);
            assert_eq!(
                dropped.expect("it cleans"),
                1 + u64::from(subject.is_shared)
            );
            assert_eq!(subject.value(&new), None);
        }),
        ("threads see whole entries", |subject| {
            let key = subject.key("suite::threads", 1, 1);
            subject.store(&key, &[0; 10_000]);
            thread::scope(|scope| {
                for writer in 0..4 {
                    let key = &key;
                    scope.spawn(move || {
                        for round in 0..20 {
                            subject.store(key, &[writer * 20 + round; 10_000]);
                            let value = subject.value(key).expect("there always is one");
                            assert!(
                                value.len() == 10_000 && value.iter().all(|byte| *byte == value[0])
                            );
                        }
                    });
                }
            });
        }),
    ];

fn hold(subject: &Subject) {
    for (claim, check) in CLAIMS {
        println!("{claim}");
        check(subject);
    }
}

fn remote(url: &str) -> Subject {
    remote_in(url, "main")
}

fn remote_in(url: &str, space: &str) -> Subject {
    // Patient, since the machine may be busy: that a server is slow is not what this is about.
    let remote = options(url)
        .timeout(Duration::from_secs(30))
        .namespaces([space]);
    Subject {
        storage: Box::new(RemoteStorage::open(remote).expect("it can be used")),
        options: StorageOptions::new("/nowhere").into(),
        is_shared: true,
    }
}

fn local(storage: impl Storage + 'static) -> (Subject, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = StorageOptions::new(folder.path().join("root")).into();
    let subject = Subject {
        storage: Box::new(storage),
        options,
        is_shared: false,
    };
    (subject, folder)
}

#[test]
fn every_claim_holds_on_disk() {
    hold(&local(DiskStorage).0);
}

#[test]
fn every_claim_holds_on_packed_files() {
    hold(&local(PackedStorage).0);
}

#[test]
fn every_claim_holds_on_a_server_in_memory() {
    let storage = RemoteStorage::over(InMemory::default(), options("memory://test"));
    hold(&Subject {
        storage: Box::new(storage.expect("there is a key")),
        ..remote("redis://nowhere.invalid")
    });
}

#[test]
fn every_claim_holds_on_redis() {
    // Others may use the server, too, so this run has a namespace of its own.
    let (url, _server) = RedisServer::shared_url();
    let space = format!("suite-{}", std::process::id());
    hold(&remote_in(&url, &space));
}

#[test]
fn every_claim_holds_on_an_s3_server_with_conditional_writes() {
    let server = Moto::shared();
    let url = bucket(&server.endpoint(), &format!("suite-{}", std::process::id()));
    in_a_process(&format!("{url}/a/folder"), |command| {
        set_credentials(command, &server.endpoint());
    });
}

#[test]
fn every_claim_holds_on_an_s3_server_without_conditional_writes() {
    let server = DumbS3::start();
    in_a_process("s3://suite", |command| {
        set_credentials(command, &server.endpoint());
    });
}

#[test]
fn every_claim_holds_on_a_stand_in_for_google() {
    let server = Cloud::start(Provider::Google);
    in_a_process(&format!("{}/a/folder", server.url()), |command| {
        command.envs(server.credentials());
    });
}

#[test]
fn every_claim_holds_on_a_stand_in_for_azure() {
    let server = Cloud::start(Provider::Azure);
    in_a_process(&format!("{}/a/folder", server.url()), |command| {
        command.envs(server.credentials());
    });
}

/// Credentials come from the environment, as for the system's own tools; so these tests have a process of their own.
fn in_a_process(url: &str, credentials: impl FnOnce(&mut Command)) {
    let mut command = Command::new(std::env::current_exe().expect("this test has a file"));
    command.args(["as_a_process", "--exact", "--nocapture"]);
    command.env("SUITE_URL", url);
    credentials(&mut command);
    let output = command.output().expect("the process runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains(CLAIMS[CLAIMS.len() - 1].0),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn as_a_process() {
    if let Ok(url) = std::env::var("SUITE_URL") {
        hold(&remote(&url));
    }
}
