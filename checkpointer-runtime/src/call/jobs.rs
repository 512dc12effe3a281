//! What of a call may take time, as values that can be carried to another thread: loading, locking, storing.

use std::path::PathBuf;
use std::sync::Arc;

use crate::checkpoint::{Layer, State};
use crate::content::{Content, Wish};
use crate::entry::Header;
use crate::error::CheckpointError;
use crate::event::{self, EventKind};
use crate::flight::lock::{self, Holding, Locked};
use crate::key::Key;
use crate::provenance;
use crate::storage::stream::Stream;
use crate::storage::{self, Storage};

/// One entry to load.
pub(crate) struct LoadJob {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) key: Key,
    pub(crate) wish: Wish,
}

impl LoadJob {
    pub(crate) fn run(self) -> Loaded {
        storage::load_as(&*self.storage, &self.key, self.wish)
    }
}

/// What loading gave.
pub(crate) type Loaded = Result<Option<(Header, Content)>, CheckpointError>;

/// The lock to take from other processes, and the leases to take from other machines.
pub(crate) struct LockJob {
    /// The stores of all layers that take part, the outermost first.
    pub(crate) stores: Vec<(Arc<dyn Storage>, Key)>,
}

impl LockJob {
    pub(crate) fn run(self) -> Locked {
        let limit = lock::limit();
        // Processes that share a store share the lock of their outermost one. A store that can't say where to lock
        // shows its fault on storing, too; here it means no lock.
        let first = self.stores.first();
        let path: Option<PathBuf> =
            first.and_then(|(storage, key)| storage.lock_path(key).ok().flatten());
        let mut locked = path.map_or_else(Locked::default, |path| lock::acquire(&path));
        for (storage, key) in &self.stores {
            // The same of a server: without a lease it is computed twice.
            if let Ok(Some(lease)) = storage.lease(key, limit) {
                locked.has_waited |= lease.has_waited();
                locked.leases.push((lease, Holding::new()));
            }
        }
        locked
    }
}

/// What an entry is made of: all of it, or a large value that is still to be written.
pub(crate) enum Frame<'v> {
    Whole(Vec<u8>),
    Streamed(Stream<'v>),
}

/// What can be put into a store.
pub(crate) trait Put {
    fn put(&self, storage: &dyn Storage, key: &Key) -> Result<(), CheckpointError>;
}

impl Put for Vec<u8> {
    fn put(&self, storage: &dyn Storage, key: &Key) -> Result<(), CheckpointError> {
        storage.store(key, self)
    }
}

impl Put for Frame<'_> {
    fn put(&self, storage: &dyn Storage, key: &Key) -> Result<(), CheckpointError> {
        match self {
            Self::Whole(frame) => frame.put(storage, key),
            Self::Streamed(stream) => match storage.store_streamed(key, stream) {
                // It may be a value that is not the same each time it is looked at, and is good as it is now.
                Err(CheckpointError::Encode { .. }) => stream.to_frame(key)?.put(storage, key),
                stored => stored,
            },
        }
    }
}

/// One entry to store: from a value that is at hand, or on another thread.
pub(crate) struct StoreJob<F = Vec<u8>> {
    pub(crate) layer: &'static Layer,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) key: Key,
    pub(crate) frame: F,
    /// Whether nobody has looked at what it takes the place of.
    pub(crate) is_blind: bool,
    /// Whether the outermost store was asked for this result and did not have it.
    pub(crate) is_miss: bool,
}

impl StoreJob<Frame<'_>> {
    /// The same without the value.
    pub(crate) fn detached(self) -> Result<StoreJob, CheckpointError> {
        let frame = match self.frame {
            Frame::Whole(frame) => frame,
            Frame::Streamed(stream) => stream.to_frame(&self.key)?,
        };
        Ok(StoreJob {
            layer: self.layer,
            storage: self.storage,
            key: self.key,
            frame,
            is_blind: self.is_blind,
            is_miss: self.is_miss,
        })
    }
}

impl<F: Put> StoreJob<F> {
    pub(crate) fn run(self, state: &'static State) {
        let replaceable = if self.is_blind {
            storage::check_replaceable(&*self.storage, &self.key)
        } else {
            Ok(())
        };
        match replaceable.and_then(|()| self.frame.put(&*self.storage, &self.key)) {
            Ok(()) => {
                if self.is_miss && self.storage.has_other_code(&self.key) {
                    state.counters.outdated();
                }
                provenance::describe(self.layer, &*self.storage, &self.key);
            }
            Err(error) => {
                event::emit(state, self.layer, EventKind::StorageFault { error: &error });
            }
        }
    }
}
