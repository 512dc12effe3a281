//! A memory layer's tables: one for each type of result, since a generic function has many.

use std::any::{Any, TypeId};
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use crate::storage::memory::{MemoryStorage, MemoryTable};

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
    first: OnceLock<Box<dyn AnyTable>>,
    others: Mutex<Vec<(TypeId, &'static dyn AnyTable)>>,
}

/// A table whose type of result is not known.
trait AnyTable: Any + Send + Sync {
    fn retain(&self, keep: &dyn Fn(DateTime<Utc>) -> bool) -> u64;
}

impl<V: Clone + Send + Sync + 'static> AnyTable for MemoryTable<Timed<V>> {
    fn retain(&self, keep: &dyn Fn(DateTime<Utc>) -> bool) -> u64 {
        MemoryTable::retain(self, keep)
    }
}

impl Slots {
    pub(crate) fn new(limits: MemoryStorage) -> Self {
        Self {
            limits,
            first: OnceLock::new(),
            others: Mutex::new(Vec::new()),
        }
    }

    /// Whether what results weigh makes a difference.
    pub(crate) fn counts_bytes(&self) -> bool {
        self.limits.counts_bytes()
    }

    /// The table for results of this type.
    #[inline]
    pub(crate) fn table<V: Clone + Send + Sync + 'static>(&self) -> &MemoryTable<Timed<V>> {
        let first = self.first.get_or_init(|| self.empty::<V>());
        let first: &dyn Any = &**first;
        match first.downcast_ref() {
            Some(table) => table,
            None => self.other(),
        }
    }

    #[cold]
    fn other<V: Clone + Send + Sync + 'static>(&self) -> &MemoryTable<Timed<V>> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let id = TypeId::of::<V>();
        let known = others.iter().find(|(other, _)| *other == id);
        let table = match known {
            Some((_, table)) => *table,
            None => {
                // Functions live as long as the program does, and so do the tables of their types.
                let table: &'static dyn AnyTable = Box::leak(self.empty::<V>());
                others.push((id, table));
                table
            }
        };
        let table: &dyn Any = table;
        table
            .downcast_ref()
            .expect("a table is listed under its own type")
    }

    fn empty<V: Clone + Send + Sync + 'static>(&self) -> Box<dyn AnyTable> {
        Box::new(MemoryTable::<Timed<V>>::new(self.limits))
    }

    /// Drops the results whose time of storing is not accepted, whatever their type. Gives how many.
    pub(crate) fn retain(&self, keep: &dyn Fn(DateTime<Utc>) -> bool) -> u64 {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let first = self.first.get().map_or(0, |table| table.retain(keep));
        first
            + others
                .iter()
                .map(|(_, table)| table.retain(keep))
                .sum::<u64>()
    }
}
