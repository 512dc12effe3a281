//! Counters that a program can read about itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::checkpoint::CHECKPOINTER_FUNCTIONS;
use crate::event::EventKind;
use crate::hits::Hits;

/// How many layers are counted apart.
pub(crate) const LAYERS: usize = 4;

/// How many counters there are.
pub(crate) const NUMBERS: usize = LAYERS + 7;

/// What caching did in this process, over all functions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Sums over all functions.
    pub total: Counts,
    /// Each function that was called, sorted by path.
    pub functions: Vec<FunctionStats>,
}

/// What caching did for one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionStats {
    /// The function's path.
    pub function: &'static str,
    /// What was counted.
    pub counts: Counts,
}

/// Hits, misses and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that were answered from a store.
    pub hits: u64,
    /// The same by layer, the outermost first; those in a fourth layer and below count in the last.
    pub by_layer: [u64; LAYERS],
    /// Calls whose function ran, for whatever reason.
    pub computed: u64,
    /// Of these, calls whose result was stored by other code, as far as stores can tell.
    pub outdated: u64,
    /// Results that were there and had expired.
    pub expired: u64,
    /// Entries that were there and were damaged.
    pub corrupted: u64,
    /// Faults of stores, and calls that could not be cached.
    pub faults: u64,
    /// Calls that waited for another thread, task or process to compute their result.
    pub waits: u64,
    /// Recomputed hits whose result differed.
    pub differences: u64,
    /// The sum of what the hits' results took to compute.
    pub saved: Duration,
    /// The time that the function ran.
    pub spent: Duration,
}

/// The counters of all functions that were called in this process.
#[must_use]
pub fn stats() -> Stats {
    let mut functions: Vec<FunctionStats> = CHECKPOINTER_FUNCTIONS
        .iter()
        .filter_map(|descriptor| descriptor.existing_state())
        .map(|state| state.counters.read(state.path()))
        .collect();
    functions.sort_unstable_by_key(|function| function.function);
    let mut total = Counts::default();
    for function in &functions {
        total.add(&function.counts);
    }
    Stats { total, functions }
}

impl Counts {
    /// Every counter but the sum of all hits, which follows from those of the layers.
    fn numbers(&mut self) -> [&mut u64; NUMBERS] {
        let [first, second, third, rest] = &mut self.by_layer;
        [
            first,
            second,
            third,
            rest,
            &mut self.computed,
            &mut self.outdated,
            &mut self.expired,
            &mut self.corrupted,
            &mut self.faults,
            &mut self.waits,
            &mut self.differences,
        ]
    }

    /// The same as values.
    pub(crate) fn listed(mut self) -> [u64; NUMBERS] {
        self.numbers().map(|number| *number)
    }

    /// What was listed so, with these times.
    pub(crate) fn from_list(list: [u64; NUMBERS], saved: Duration, spent: Duration) -> Self {
        let mut counts = Self {
            saved,
            spent,
            ..Self::default()
        };
        for (number, value) in counts.numbers().into_iter().zip(list) {
            *number = value;
        }
        counts.hits = counts.by_layer.iter().sum();
        counts
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, number) in self.numbers().into_iter().zip(other.listed()) {
            *sum += number;
        }
        self.hits += other.hits;
        self.saved += other.saved;
        self.spent += other.spent;
    }

    /// What was counted since.
    pub(crate) fn since(mut self, before: &Self) -> Self {
        for (number, old) in self.numbers().into_iter().zip(before.listed()) {
            // They are read one after the other, so that one may be behind another for a moment.
            *number = number.saturating_sub(old);
        }
        self.hits = self.hits.saturating_sub(before.hits);
        self.saved = self.saved.saturating_sub(before.saved);
        self.spent = self.spent.saturating_sub(before.spent);
        self
    }
}

/// One function's counters.
#[derive(Debug)]
pub(crate) struct Counters {
    hits: Hits,
    /// Of the hits, those in layers below the outermost.
    deeper: [AtomicU64; LAYERS - 1],
    computed: AtomicU64,
    outdated: AtomicU64,
    expired: AtomicU64,
    corrupted: AtomicU64,
    faults: AtomicU64,
    waits: AtomicU64,
    differences: AtomicU64,
    spent: AtomicU64,
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            hits: Hits::new(),
            deeper: [const { AtomicU64::new(0) }; LAYERS - 1],
            computed: AtomicU64::new(0),
            outdated: AtomicU64::new(0),
            expired: AtomicU64::new(0),
            corrupted: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            differences: AtomicU64::new(0),
            spent: AtomicU64::new(0),
        }
    }

    /// Counts a hit that saved so many nanoseconds.
    #[inline]
    pub(crate) fn hit(&self, nanoseconds: u64) {
        self.hits.count(nanoseconds);
    }

    pub(crate) fn count(&self, kind: &EventKind<'_>) {
        let counter = match kind {
            EventKind::Hit { saved, layer, .. } => {
                if let Some(below) = layer.checked_sub(1) {
                    self.deeper[below.min(LAYERS - 2)].fetch_add(1, Relaxed);
                }
                return self.hit(nanoseconds(*saved));
            }
            EventKind::Computed { elapsed } => {
                self.spent.fetch_add(nanoseconds(*elapsed), Relaxed);
                &self.computed
            }
            EventKind::Expired { .. } => &self.expired,
            EventKind::Corrupted { .. } => &self.corrupted,
            EventKind::StorageFault { .. } | EventKind::Uncached { .. } => &self.faults,
            EventKind::Waiting => &self.waits,
            EventKind::Differs => &self.differences,
            EventKind::Computing | EventKind::StillWaiting => return,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// Counts a computed result that other code had stored.
    pub(crate) fn outdated(&self) {
        self.outdated.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self, function: &'static str) -> FunctionStats {
        let mut by_layer = [0; LAYERS];
        for (hits, counter) in by_layer[1..].iter_mut().zip(&self.deeper) {
            *hits = counter.load(Relaxed);
        }
        let (hits, saved) = self.hits.read();
        by_layer[0] = hits.saturating_sub(by_layer[1..].iter().sum());
        FunctionStats {
            function,
            counts: Counts {
                hits,
                by_layer,
                outdated: self.outdated.load(Relaxed),
                saved: Duration::from_nanos(saved),
                computed: self.computed.load(Relaxed),
                expired: self.expired.load(Relaxed),
                corrupted: self.corrupted.load(Relaxed),
                faults: self.faults.load(Relaxed),
                waits: self.waits.load(Relaxed),
                differences: self.differences.load(Relaxed),
                spent: Duration::from_nanos(self.spent.load(Relaxed)),
            },
        }
    }
}

/// A duration in nanoseconds, which fit for 584 years.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
