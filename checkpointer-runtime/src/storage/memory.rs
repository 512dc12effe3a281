//! Results in memory: typed values that are cloned out, never bytes.
//!
//! Without a limit they lie in a lock-free map (papaya); with one, in a cache that keeps what is used often and recently
//! (quick_cache, S3-FIFO). Both beat the other at their own task, see `docs/performance.md`.

use std::hash::{BuildHasherDefault, Hasher};
use std::thread::available_parallelism;

use chrono::{DateTime, Utc};
use papaya::HashMap;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{OptionsBuilder, Weighter};

/// Where and how many results are kept in memory: the value behind `format = "memory"`.
///
/// ```
/// use checkpointer_runtime::MemoryStorage;
///
/// let small = MemoryStorage::new().max_entries(1_000).max_bytes(64 << 20);
/// assert_ne!(small, MemoryStorage::new());
/// ```
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

    /// At most this many results of a function. Those go that are used least often and recently.
    #[must_use]
    pub const fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// At most this many bytes of results of a function. A result weighs what serde would make of it, or its own size
    /// if that is more or it has no `Serialize` (room that a collection keeps in reserve is not seen); in a [`MemoryTable`]
    /// of one's own, what [`MemoryTable::insert`] says. One that weighs more than a quarter of the limit is not kept at
    /// all.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Whether nothing is limited.
    #[inline]
    pub(crate) const fn is_free(&self) -> bool {
        self.max_bytes.is_none() && self.max_entries.is_none()
    }

    /// Whether bytes are limited.
    pub(crate) const fn counts_bytes(&self) -> bool {
        self.max_bytes.is_some()
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
    map: Map<V>,
}

type Free<V> = HashMap<u128, Remembered<V>, BuildHasherDefault<LowBits>>;
type Bounded<V> = Cache<u128, (Remembered<V>, u64), ByWeight, BuildHasherDefault<LowBits>>;

enum Map<V> {
    Free(Free<V>),
    Bounded(Box<Bounded<V>>, ByWeight),
}

impl<V> std::fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Free(_) => "Free",
            Self::Bounded(..) => "Bounded",
        })
    }
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LowBits(u64);

impl Hasher for LowBits {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[inline]
    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

/// What an entry takes of the capacity: one of so many, or its bytes and at least its share of the entries.
#[derive(Clone, Copy, Debug)]
enum ByWeight {
    Entries,
    Bytes { at_least: u64 },
}

impl<V> Weighter<u128, (Remembered<V>, u64)> for ByWeight {
    fn weight(&self, _: &u128, (_, weight): &(Remembered<V>, u64)) -> u64 {
        self.of(*weight)
    }
}

impl ByWeight {
    fn of(self, weight: u64) -> u64 {
        match self {
            Self::Entries => 1,
            Self::Bytes { at_least } => weight.max(at_least),
        }
    }
}

impl<V: Clone> Map<V> {
    fn new(limits: MemoryStorage) -> Self {
        let (capacity, items, weight) = match (limits.max_entries, limits.max_bytes) {
            (None, None) => return Self::Free(HashMap::with_hasher(BuildHasherDefault::default())),
            (Some(entries), None) => (entries, entries, ByWeight::Entries),
            (entries, Some(bytes)) => {
                let at_least = entries.map_or(1, |entries| bytes.div_ceil(entries.max(1)));
                let weight = ByWeight::Bytes {
                    at_least: at_least.max(1),
                };
                (bytes, entries.unwrap_or(1024), weight)
            }
        };
        // The limit holds part by part, so the parts must be large enough for what they get.
        let parts = match weight {
            ByWeight::Entries => {
                let parts = available_parallelism().map_or(4, |cores| 4 * cores.get() as u64);
                parts.next_power_of_two().min((items / 32).max(1)).max(1)
            }
            ByWeight::Bytes { .. } => 4,
        };
        let parts = 1 << parts.ilog2();
        let options = OptionsBuilder::new()
            .shards(parts as usize)
            .estimated_items_capacity(usize::try_from(items.max(32 * parts)).unwrap_or(usize::MAX))
            .weight_capacity(capacity / parts * parts)
            .build()
            .expect("all that is required is given");
        let hasher = BuildHasherDefault::default();
        let cache = Cache::with_options(options, weight, hasher, DefaultLifecycle::default());
        Self::Bounded(Box::new(cache), weight)
    }
}

impl<V: Clone + Send + Sync + 'static> MemoryTable<V> {
    /// An empty table with these limits.
    #[must_use]
    pub fn new(limits: MemoryStorage) -> Self {
        Self {
            map: Map::new(limits),
        }
    }

    /// The result under this key.
    #[inline]
    pub fn get(&self, key: u128) -> Option<Remembered<V>> {
        match &self.map {
            Map::Free(map) => map.pin().get(&key).cloned(),
            Map::Bounded(cache, _) => cache.get(&key).map(|(remembered, _)| remembered),
        }
    }

    /// When the result under this key was stored, if there is one.
    pub fn stored(&self, key: u128) -> Option<DateTime<Utc>> {
        match &self.map {
            Map::Free(map) => map.pin().get(&key).map(|remembered| remembered.stored),
            Map::Bounded(cache, _) => cache.peek(&key).map(|(remembered, _)| remembered.stored),
        }
    }

    /// Keeps a result; `weight` is its size in bytes, for [`MemoryStorage::max_bytes`].
    pub fn insert(&self, key: u128, value: V, stored: DateTime<Utc>, weight: u64) {
        self.replace(key, value, stored, weight);
    }

    /// As [`Self::insert`]. Gives whether another result may have gone.
    pub(crate) fn replace(&self, key: u128, value: V, stored: DateTime<Utc>, weight: u64) -> bool {
        let remembered = Remembered { value, stored };
        match &self.map {
            Map::Free(map) => map.pin().insert(key, remembered).is_some(),
            Map::Bounded(cache, by) => {
                if by.of(weight) > cache.shard_capacity() {
                    // It has no place here, and neither has what it replaces.
                    cache.remove(&key);
                } else {
                    cache.insert(key, (remembered, weight));
                }
                true
            }
        }
    }

    /// Drops a result. Gives whether there was one.
    pub fn remove(&self, key: u128) -> bool {
        match &self.map {
            Map::Free(map) => map.pin().remove(&key).is_some(),
            Map::Bounded(cache, _) => cache.remove(&key).is_some(),
        }
    }

    /// Drops the results whose time of storing the function does not accept. Gives how many.
    pub fn retain(&self, keep: impl Fn(DateTime<Utc>) -> bool) -> u64 {
        match &self.map {
            Map::Free(map) => {
                let map = map.pin();
                let refused = map
                    .iter()
                    .filter(|(_, remembered)| !keep(remembered.stored));
                let keys: Vec<u128> = refused.map(|(key, _)| *key).collect();
                keys.into_iter()
                    .filter(|key| map.remove(key).is_some())
                    .count() as u64
            }
            Map::Bounded(cache, _) => {
                let dropped = std::cell::Cell::new(0);
                cache.retain(|_, (remembered, _)| {
                    let kept = keep(remembered.stored);
                    dropped.set(dropped.get() + u64::from(!kept));
                    kept
                });
                dropped.get()
            }
        }
    }

    /// Drops all results. Gives how many there were.
    pub fn clear(&self) -> u64 {
        self.retain(|_| false)
    }

    /// How many results there are.
    pub fn len(&self) -> usize {
        match &self.map {
            Map::Free(map) => map.len(),
            Map::Bounded(cache, _) => cache.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
