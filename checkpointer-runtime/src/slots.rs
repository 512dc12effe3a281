//! A memory layer's tables: one for each type of result, since a generic function has many.

use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use crate::exact::Tagged;
use crate::near::{self, Near};
use crate::storage::memory::{MemoryStorage, MemoryTable, Remembered};

/// A result in memory, with the time that a hit saves.
#[derive(Clone, Debug)]
pub(crate) struct Timed<V> {
    pub(crate) value: V,
    /// How long it took to compute, in nanoseconds.
    pub(crate) nanoseconds: u64,
}

/// The tables of one memory layer.
pub(crate) struct Slots {
    limits: MemoryStorage,
    /// The table of the type that came first: for all but generic functions the only one.
    first: OnceLock<AnyTable>,
    others: Mutex<Vec<&'static AnyTable>>,
    /// What threads have near of it.
    near: Near,
}

/// A table whose type of result is not known.
struct AnyTable {
    table: Tagged,
    retain: fn(&Tagged, &dyn Fn(DateTime<Utc>) -> bool) -> u64,
}

impl AnyTable {
    fn new<V: Clone + Send + Sync + 'static>(limits: MemoryStorage) -> Self {
        Self {
            table: Tagged::new(MemoryTable::<Timed<V>>::new(limits)),
            retain: |table, keep| {
                let table = table.get::<MemoryTable<Timed<V>>>();
                table.map_or(0, |table| table.retain(keep))
            },
        }
    }
}

impl Slots {
    pub(crate) fn new(limits: MemoryStorage) -> Self {
        Self {
            limits,
            first: OnceLock::new(),
            others: Mutex::new(Vec::new()),
            near: Near::new(),
        }
    }

    /// Whether what results weigh makes a difference.
    pub(crate) fn counts_bytes(&self) -> bool {
        self.limits.counts_bytes()
    }

    /// The result under this key.
    #[inline]
    pub(crate) fn get<V: Clone + Send + Sync + 'static>(
        &self,
        key: u128,
    ) -> Option<Remembered<Timed<V>>> {
        // Only where nothing is limited: a limit wants to know what is used.
        if near::fits::<V>() && self.limits.is_free() {
            return self.near.get(key, || self.table::<V>().get(key));
        }
        self.table::<V>().get(key)
    }

    /// Keeps a result.
    pub(crate) fn insert<V: Clone + Send + Sync + 'static>(
        &self,
        key: u128,
        value: Timed<V>,
        stored: DateTime<Utc>,
        weight: u64,
    ) {
        if self.table::<V>().replace(key, value, stored, weight) {
            self.near.forget();
        }
    }

    /// When the result under this key was stored, if there is one.
    pub(crate) fn stored<V: Clone + Send + Sync + 'static>(
        &self,
        key: u128,
    ) -> Option<DateTime<Utc>> {
        self.table::<V>().stored(key)
    }

    /// Drops a result. Gives whether there was one.
    pub(crate) fn remove<V: Clone + Send + Sync + 'static>(&self, key: u128) -> bool {
        let is_there = self.table::<V>().remove(key);
        self.near.forget();
        is_there
    }

    /// The table for results of this type.
    #[inline]
    fn table<V: Clone + Send + Sync + 'static>(&self) -> &MemoryTable<Timed<V>> {
        let first = self.first.get_or_init(|| AnyTable::new::<V>(self.limits));
        match first.table.get() {
            Some(table) => table,
            None => self.other(),
        }
    }

    #[cold]
    fn other<V: Clone + Send + Sync + 'static>(&self) -> &MemoryTable<Timed<V>> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = others.iter().find_map(|other| other.table.get()) {
            return table;
        }
        // Functions live as long as the program does, and so do the tables of their types.
        let table: &'static AnyTable = Box::leak(Box::new(AnyTable::new::<V>(self.limits)));
        others.push(table);
        table
            .table
            .get()
            .expect("a table is listed under its own type")
    }

    /// Drops the results whose time of storing is not accepted, whatever their type. Gives how many.
    pub(crate) fn retain(&self, keep: &dyn Fn(DateTime<Utc>) -> bool) -> u64 {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = self.first.get().into_iter().chain(others.iter().copied());
        let dropped = tables.map(|any| (any.retain)(&any.table, keep)).sum();
        self.near.forget();
        dropped
    }
}
