//! Stores are never used on the thread that polls an async call: neither to load, nor to store, nor to fill one from another.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use checkpointer_runtime::{Bytes, CheckpointError, Key, Storage, checkpoint};
use chrono::{DateTime, Utc};

/// A store that notes the threads that use it.
#[derive(Debug)]
struct Shelf(&'static Mutex<Option<Content>>);

#[derive(Debug, Default)]
struct Content {
    entries: HashMap<String, Vec<u8>>,
    users: Vec<ThreadId>,
}

static UPPER: Mutex<Option<Content>> = Mutex::new(None);
static LOWER: Mutex<Option<Content>> = Mutex::new(None);

impl Shelf {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> T {
        let mut content = self.0.lock().expect("not poisoned");
        let content = content.get_or_insert_default();
        content.users.push(thread::current().id());
        work(&mut content.entries)
    }
}

impl Storage for Shelf {
    fn exists(&self, key: &Key) -> Result<bool, CheckpointError> {
        Ok(self.with(|entries| entries.contains_key(&key.call_hash().to_string())))
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>, CheckpointError> {
        Ok(checkpointer_runtime::storage::load(self, key)?.map(|(header, _)| header.stored))
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>, CheckpointError> {
        let found = self.with(|entries| entries.get(&key.call_hash().to_string()).cloned());
        Ok(found.map(Bytes::from))
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<(), CheckpointError> {
        self.with(|entries| entries.insert(key.call_hash().to_string(), frame.to_vec()));
        Ok(())
    }

    fn delete(&self, key: &Key) -> Result<bool, CheckpointError> {
        Ok(self.with(|entries| entries.remove(&key.call_hash().to_string()).is_some()))
    }
}

#[checkpoint(format = Shelf(&UPPER), verbosity = 0)]
#[checkpoint(format = Shelf(&LOWER), verbosity = 0)]
async fn answer(x: u64) -> u64 {
    2 * x
}

/// How many entries a store has, after making sure that this thread was no user of it.
fn entries(shelf: &Mutex<Option<Content>>) -> usize {
    let content = shelf.lock().expect("not poisoned");
    let content = content.as_ref().expect("the store was used");
    assert!(!content.users.is_empty());
    assert!(!content.users.contains(&thread::current().id()));
    content.entries.len()
}

#[test]
fn stores_are_filled_from_lower_ones_off_the_thread_that_polls() {
    futures_lite::future::block_on(async {
        assert_eq!(answer(1).await, 2);
        assert_eq!((entries(&UPPER), entries(&LOWER)), (1, 1));
        *UPPER.lock().expect("not poisoned") = None;
        assert_eq!(answer(1).await, 2);
        assert_eq!((entries(&UPPER), entries(&LOWER)), (1, 1));
    });
}
