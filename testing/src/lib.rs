//! What the integration tests share: a store of their own, and counters of runs.

pub mod lints;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use checkpointer_runtime::Checkpointer;

/// A store on disk that this process begins empty.
pub static STORE: LazyLock<Checkpointer> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("checkpointer-testing-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    Checkpointer::new().root_path(folder).verbosity(0)
});

/// How often a function has run.
#[derive(Debug, Default)]
pub struct Runs(AtomicUsize);

impl Runs {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// One more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// How often since the last time that this was asked.
    pub fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}
