//! Who can write to the server can't make anyone use what they wrote: altered, swapped, replayed and unsigned entries are
//! misses. And a server that is gone is not asked again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use checkpointer_runtime::remote::{
    Backend, Claim, Fault, Fence, Page, Remote, RemoteStorage, Written,
};
use checkpointer_runtime::storage::{self, Storage as _};
use checkpointer_runtime::{CheckpointError, Corruption, Key};
use checkpointer_testing_remote::{
    InMemory, KEY, RedisServer, client, frame, key, key_of, options,
};

/// Entries in all, of each of the ways below a share.
const ENTRIES: u32 = 1000;

/// A source of numbers that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}

/// The name of an entry on the server.
fn name(namespace: &str, key: &Key) -> String {
    format!(
        "checkpointer/{namespace}/entries/app/function/{}/{}",
        key.code_hash(),
        key.call_hash()
    )
}

#[test]
fn of_a_thousand_tampered_entries_on_redis_none_is_accepted() {
    let server = RedisServer::start(&[]);
    let storage = RemoteStorage::open(options(&server.url())).expect("it can be used");
    let mut redis = server.client();
    let mut get = |name: &str| -> Vec<u8> {
        redis::cmd("GET")
            .arg(name)
            .query(&mut redis)
            .expect("it is there")
    };
    let value = |number: u32| format!("the value of {number}").into_bytes();
    for number in 0..ENTRIES {
        let key = key(1, number);
        storage
            .store(&key, &frame(&key, &value(number)))
            .expect("it is stored");
    }
    let other_space =
        RemoteStorage::open(options(&server.url()).namespaces(["pr"])).expect("it can be used");
    let other_key = Remote::new(server.url()).key(b"a key that someone else has, of many bytes");
    let other_key = RemoteStorage::open(other_key).expect("it can be used");
    let mut numbers = Numbers(1);
    let mut writer = client(&server.url());
    let mut ways = [0; 8];
    for number in 0..ENTRIES {
        let (own, other) = (key(1, number), key(1, (number + 1) % ENTRIES));
        let good = get(&name("main", &own));
        let way = number as usize % ways.len();
        ways[way] += 1;
        let forged = match way {
            // Altered: one bit, anywhere.
            0 => {
                let mut bytes = good.clone();
                let bit = numbers.below(bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
                bytes
            }
            // Swapped: a good entry of another call. Where that was tampered with before, of the one after.
            1 => get(&name("main", &other)),
            // Replayed: a good entry of other code.
            2 => {
                let old = key(2, number);
                storage
                    .store(&old, &frame(&old, b"of older code"))
                    .expect("it is stored");
                get(&name("main", &old))
            }
            // Unsigned: the frame alone, with a good checksum.
            3 => frame(&own, b"planted"),
            // Cut short.
            4 => good[..numbers.below(good.len())].to_vec(),
            // Of another namespace, signed with the same key.
            5 => {
                other_space
                    .store(&own, &frame(&own, b"of a pull request"))
                    .expect("it is stored");
                get(&name("pr", &own))
            }
            // Signed by someone else.
            6 => {
                other_key
                    .store(&own, &frame(&own, b"signed by someone else"))
                    .expect("it is stored");
                get(&name("main", &own))
            }
            // A good seal over a frame that is not the one.
            _ => {
                let mut bytes = good[..64].to_vec();
                bytes.extend_from_slice(&frame(&own, b"under the old seal"));
                bytes
            }
        };
        let _: String = redis::cmd("SET")
            .arg(name("main", &own))
            .arg(forged)
            .query(&mut writer)
            .expect("it is set");
        match storage::load(&storage, &own) {
            Err(CheckpointError::Corrupted { reason, .. }) => {
                let expected = match way {
                    3 | 4 => matches!(reason, Corruption::Unsigned | Corruption::Forged),
                    6 => matches!(reason, Corruption::OtherSecret),
                    0 => true,
                    _ => matches!(reason, Corruption::Forged),
                };
                assert!(expected, "way {way}: {reason}");
            }
            other => panic!("way {way} was accepted: {other:?}"),
        }
    }
    assert_eq!(ways, [125; 8]);
}

#[test]
fn an_entry_of_another_function_is_none_of_this_one() {
    let server = InMemory::default();
    let storage =
        RemoteStorage::over(server.clone(), options("memory://test")).expect("there is a key");
    let (own, other) = (key(1, 1), key_of("app::function_2", 1, 1));
    storage
        .store(&other, &frame(&other, b"another's"))
        .expect("it is stored");
    let (_, planted) = server.entries().into_iter().next().expect("one entry");
    server.plant(&name("main", &own), planted);
    assert!(matches!(
        storage::load(&storage, &own),
        Err(CheckpointError::Corrupted {
            reason: Corruption::Forged,
            ..
        })
    ));
}

#[test]
fn what_is_larger_than_the_limit_is_neither_taken_nor_sent() {
    let server = RedisServer::start(&[]);
    let storage = |remote: Remote| RemoteStorage::open(remote).expect("it can be used");
    let generous = storage(options(&server.url()));
    let strict = storage(options(&server.url()).max_entry(100_000));
    let (large, small) = (key(1, 1), key(1, 2));
    generous
        .store(&large, &frame(&large, &[1; 1_000_000]))
        .expect("it is stored");
    let error = storage::load(&strict, &large)
        .expect_err("it is too large")
        .to_string();
    assert!(error.contains("max_entry"), "{error}");
    let error = strict
        .store(&large, &frame(&large, &[1; 1_000_000]))
        .expect_err("it is too large");
    assert!(error.to_string().contains("max_entry"), "{error}");
    // It is the entry that is too large; the server is as good as before.
    strict
        .store(&small, &frame(&small, b"x"))
        .expect("it is stored");
    assert!(
        storage::load(&strict, &small)
            .expect("it is sound")
            .is_some()
    );
}

#[test]
fn no_key_is_shown_in_any_text() {
    let remote = options("redis://user:password@host");
    let storage = RemoteStorage::over(InMemory::default(), remote.clone()).expect("there is a key");
    let text = format!("{remote:?} {storage:?}");
    assert!(!text.contains("password") && !text.contains(KEY), "{text}");
}

/// A server that never answers, and counts how often it was asked.
#[derive(Clone, Default)]
struct Gone(Arc<AtomicU64>);

impl Gone {
    fn ask<T>(&self) -> Result<T, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Fault::timed_out())
    }
}

impl Backend for Gone {
    fn get(&self, _: &str, _: usize, _: Instant) -> Result<Option<Bytes>, Fault> {
        self.ask()
    }
    fn get_start(&self, _: &str, _: usize, _: Instant) -> Result<Option<Bytes>, Fault> {
        self.ask()
    }
    fn exists(&self, _: &str, _: Instant) -> Result<bool, Fault> {
        self.ask()
    }
    fn put(&self, _: &str, _: Bytes, _: Option<&Fence>, _: Instant) -> Result<Written, Fault> {
        self.ask()
    }
    fn delete(&self, _: &str, _: Instant) -> Result<bool, Fault> {
        self.ask()
    }
    fn list(&self, _: &str, _: Option<&str>, _: Instant) -> Result<Page, Fault> {
        self.ask()
    }
    fn claim(&self, _: &Fence, _: Duration, _: Instant) -> Result<Claim, Fault> {
        self.ask()
    }
    fn renew(&self, _: &Fence, _: Duration, _: Instant) -> Result<bool, Fault> {
        self.ask()
    }
    fn release(&self, _: &Fence, _: Instant) -> Result<(), Fault> {
        self.ask()
    }
    fn ping(&self, _: Instant) -> Result<(), Fault> {
        Err(Fault::timed_out())
    }
}

#[test]
fn a_server_that_is_gone_is_asked_six_times_and_then_no_more() {
    let gone = Gone::default();
    let remote = options("memory://gone").timeout(Duration::from_secs(60));
    let storage = RemoteStorage::over(gone.clone(), remote).expect("there is a key");
    for number in 0..100 {
        assert!(storage::load(&storage, &key(1, number)).is_err());
        assert!(storage.lease(&key(1, number), None).is_err());
    }
    assert_eq!(
        gone.0.load(Ordering::SeqCst),
        6,
        "once, again at once, and four times after pauses"
    );
}

#[test]
fn more_than_the_queue_takes_stays_where_it_is_and_is_said() {
    let remote = options("memory://gone").max_queue(10_000);
    let storage = RemoteStorage::over(Gone::default(), remote)
        .expect("there is a key")
        .behind();
    let stored = |number: u32| {
        let key = key(1, number);
        storage.store(&key, &frame(&key, &[0; 3000]))
    };
    let results: Vec<_> = (0..10).map(stored).collect();
    assert!(results[..3].iter().all(Result::is_ok), "{results:?}");
    let error = results[9]
        .as_ref()
        .expect_err("there is no room")
        .to_string();
    assert!(error.contains("max_queue"), "{error}");
}
