//! What programs have recorded of their hits and misses, in `ROOT/.stats`.

use std::collections::BTreeMap;
use std::time::Duration;

use checkpointer_runtime::{Counts, recorded};

use crate::store::Store;

/// The counters of all programs that used a store.
pub(crate) struct Recorded {
    /// By function.
    pub(crate) functions: BTreeMap<String, Counts>,
}

impl Recorded {
    /// Reads them; nothing recorded is nothing.
    pub(crate) fn read(store: &Store) -> Self {
        Self {
            functions: recorded::read(&store.root),
        }
    }

    /// The time that a function's hits have saved.
    pub(crate) fn saved(&self, function: &str) -> Duration {
        self.functions
            .get(function)
            .map_or(Duration::ZERO, |counts| counts.saved)
    }
}
