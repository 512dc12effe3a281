//! Options and presets: `when`, expiry, layers of their own, damaged entries, other stores.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use checkpointer_runtime::{
    CheckpointError, Checkpointer, Key, MemoryStorage, Storage, checkpoint, presets, testing,
};
use checkpointer_testing::{Runs, STORE};

static ON: AtomicBool = AtomicBool::new(true);
#[checkpointer_runtime::no_capture]
static RUNS: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0, when = ON.load(Ordering::SeqCst))]
fn switched(x: u8) -> u8 {
    RUNS.count();
    x
}

#[test]
fn when_is_asked_at_each_call_and_governs_the_plain_call_only() {
    ON.store(false, Ordering::SeqCst);
    assert_eq!((switched(1), switched(1)), (1, 1));
    assert_eq!(RUNS.take(), 2);
    assert!(switched::get(1).is_err());
    assert_eq!((switched::cached(1), switched::cached(1)), (1, 1));
    assert_eq!(RUNS.take(), 1);
    ON.store(true, Ordering::SeqCst);
    assert_eq!(switched(1), 1);
    assert_eq!(RUNS.take(), 0);
}

/// The injected time is the process's, so these tests take turns.
static TIME: Mutex<()> = Mutex::new(());

#[checkpointer_runtime::no_capture]
static AGED: Runs = Runs::new();

#[checkpoint(format = "memory", verbosity = 0, expiry = Duration::from_secs(60))]
fn aged(x: u8) -> u8 {
    AGED.count();
    x
}

#[checkpoint(using = STORE, should_expire = |stored| chrono::Utc::now() < stored)]
fn from_the_future(x: u8) -> u8 {
    AGED.count();
    x
}

#[test]
fn a_result_that_has_expired_is_computed_again() {
    let _turn = TIME.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!((aged(1), aged(1)), (1, 1));
    assert_eq!(AGED.take(), 1);
    testing::advance_time(Duration::from_secs(59));
    assert_eq!(aged(1), 1);
    assert_eq!(AGED.take(), 0);
    testing::advance_time(Duration::from_secs(1));
    assert!(aged::is_expired(1).expect("it is stored"));
    assert!(matches!(aged::get(1), Err(CheckpointError::Expired { .. })));
    assert_eq!(aged(1), 1);
    assert_eq!(AGED.take(), 1);
    testing::advance_time(Duration::from_secs(60));
    assert_eq!(aged::cleanup().expect("memory can be cleaned"), 1);
    assert!(!aged::exists(1).expect("memory can be read"));
    assert_eq!((from_the_future(1), from_the_future(1)), (1, 1));
    assert_eq!(AGED.take(), 2);
    testing::reset_time();
    assert_eq!((from_the_future(1), from_the_future(1)), (1, 1));
}

static DEV: LazyLock<Checkpointer> = LazyLock::new(|| STORE.clone().when(false).verbosity(2));

#[checkpoint(format = "memory", verbosity = 0)]
#[checkpoint(using = DEV)]
fn developed(x: u8) -> u8 {
    x
}

#[test]
fn a_preset_that_is_off_leaves_the_other_layer_on() {
    assert_eq!(developed(1), 1);
    assert!(
        developed::call(1)
            .layer(0)
            .exists()
            .expect("memory can be read")
    );
    assert!(
        !developed::call(1)
            .layer(1)
            .exists()
            .expect("the store can be read")
    );
}

#[checkpoint(using = presets::STATIC, format = MemoryStorage::new().max_entries(10), verbosity = 0)]
fn bounded(x: u32) -> u32 {
    x
}

#[test]
fn a_bounded_memory_stays_bounded() {
    for x in 0..1000 {
        assert_eq!(bounded(x), x);
    }
    let kept = (0..1000)
        .filter(|x| bounded::exists(*x).unwrap_or_default())
        .count();
    assert!((1..=10).contains(&kept), "{kept}");
    assert_eq!(bounded::code_hash().to_string(), "0".repeat(64));
}

/// A store of a user's own, that fails when it is told to.
#[derive(Default)]
struct Shelf {
    entries: Mutex<Vec<(String, Vec<u8>)>>,
}

#[checkpointer_runtime::no_capture]
static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::default);
#[checkpointer_runtime::no_capture]
static IS_BROKEN: AtomicBool = AtomicBool::new(false);

struct ShelfStorage;

impl ShelfStorage {
    fn name(key: &Key) -> String {
        format!("{}/{}/{}", key.function(), key.code_hash(), key.call_hash())
    }

    fn check() -> Result<(), CheckpointError> {
        if IS_BROKEN.load(Ordering::SeqCst) {
            Err(CheckpointError::storage("reach the shelf", "it is broken"))
        } else {
            Ok(())
        }
    }
}

impl Storage for ShelfStorage {
    fn exists(&self, key: &Key) -> Result<bool, CheckpointError> {
        Ok(self.load(key)?.is_some())
    }

    fn checkpoint_date(
        &self,
        key: &Key,
    ) -> Result<Option<chrono::DateTime<chrono::Utc>>, CheckpointError> {
        Ok(checkpointer_runtime::storage::load(self, key)?.map(|(header, _)| header.stored))
    }

    fn load(&self, key: &Key) -> Result<Option<checkpointer_runtime::Bytes>, CheckpointError> {
        Self::check()?;
        let entries = SHELF.entries.lock().expect("not poisoned");
        let entry = entries.iter().find(|(name, _)| *name == Self::name(key));
        Ok(entry.map(|(_, bytes)| bytes.clone().into()))
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<(), CheckpointError> {
        Self::check()?;
        self.delete(key)?;
        SHELF
            .entries
            .lock()
            .expect("not poisoned")
            .push((Self::name(key), frame.to_vec()));
        Ok(())
    }

    fn delete(&self, key: &Key) -> Result<bool, CheckpointError> {
        Self::check()?;
        let mut entries = SHELF.entries.lock().expect("not poisoned");
        let before = entries.len();
        entries.retain(|(name, _)| *name != Self::name(key));
        Ok(entries.len() < before)
    }
}

#[checkpointer_runtime::no_capture]
static SHELVED: Runs = Runs::new();

#[checkpoint(format = ShelfStorage, verbosity = 0)]
fn shelved(x: u8) -> u8 {
    SHELVED.count();
    x
}

#[test]
fn a_store_of_ones_own_may_break_and_its_entries_may_be_damaged() {
    assert_eq!((shelved(1), shelved(1)), (1, 1));
    assert_eq!(SHELVED.take(), 1);
    for entry in SHELF.entries.lock().expect("not poisoned").iter_mut() {
        let last = entry.1.len() - 1;
        entry.1[last] ^= 1;
    }
    assert!(matches!(
        shelved::get(1),
        Err(CheckpointError::Corrupted { .. })
    ));
    let (result, events) = testing::record(|| shelved(1));
    assert_eq!(result, 1);
    let words: Vec<_> = events.iter().map(|event| event.what).collect();
    assert_eq!(words, ["corrupted", "computing", "computed"]);
    assert_eq!(SHELVED.take(), 1);
    assert!(testing::was_hit(|| shelved(1)).1);
    IS_BROKEN.store(true, Ordering::SeqCst);
    assert_eq!((shelved(1), shelved(2)), (1, 2));
    assert!(matches!(
        shelved::get(1),
        Err(CheckpointError::Storage { .. })
    ));
    assert_eq!(shelved::get_or(9, 1), 9);
    assert_eq!(SHELVED.take(), 2);
}

#[test]
fn every_function_of_the_program_is_cleaned_at_once() {
    assert!(checkpointer_runtime::functions().count() >= 6);
    assert!(checkpointer_runtime::function("options::no_such_function").is_none());
    assert!(checkpointer_runtime::function("options::never_called").is_some());
    let _: fn(u8) -> u8 = never_called;
}

#[checkpoint(using = STORE)]
fn never_called(x: u8) -> u8 {
    x
}
