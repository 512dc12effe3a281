//! The trait that a store implements: bytes under keys, with nothing to know about what is in them.

pub(crate) mod buffer;
pub mod disk;
#[cfg(unix)]
mod folder;
pub mod memory;
#[cfg_attr(not(unix), path = "unpacked.rs")]
pub mod packed;
pub(crate) mod place;
mod read;
mod root;
pub(crate) mod states;
pub(crate) mod stream;
mod walk;

pub(crate) use root::create_folder;
use std::any::Any;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::content::{Content, Wish};
use crate::entry::{self, Header};
use crate::error::CheckpointError;
use crate::key::{Digest, Key, Scope};
use stream::Stream;

/// The result of an operation on a store.
pub type Result<T> = std::result::Result<T, CheckpointError>;

/// A place where results are kept.
///
/// A store moves whole entries (see [`entry`]) and never looks into them: their key, checksum and version are checked
/// above it, so that every store has them. It must be safe to use from many threads at once. `load` gives the bytes of
/// the last `store` under an equal [`Key`] (function, code hash and call hash) or nothing; a store may forget.
pub trait Storage: Send + Sync {
    /// Whether there is an entry. It may turn out to be damaged when it is loaded.
    fn exists(&self, key: &Key) -> Result<bool>;

    /// When the entry was stored, if there is one.
    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>>;

    /// The bytes of the entry, if there is one.
    fn load(&self, key: &Key) -> Result<Option<Bytes>>;

    /// Loads the entry and checks it against the key. A store overrides this only if it can check while it reads.
    fn load_checked(&self, key: &Key) -> Result<Option<(Header, Bytes)>> {
        self.load(key)?
            .map(|frame| entry::decode(key, &frame))
            .transpose()
    }

    /// As [`Storage::load_checked`], with the value as it is wished, if the store can give it so.
    #[doc(hidden)]
    fn load_as(&self, key: &Key, wish: Wish) -> Result<Option<(Header, Content)>> {
        let _ = wish;
        let checked = self.load_checked(key)?;
        Ok(checked.map(|(header, bytes)| (header, Content::Bytes(bytes))))
    }

    /// Keeps these bytes, in place of earlier ones if there are any. Others see the old entry or the new one, whole.
    fn store(&self, key: &Key, frame: &[u8]) -> Result<()>;

    /// Whether [`Storage::store_streamed`] is better than [`Storage::store`] for large values.
    #[doc(hidden)]
    fn streams(&self) -> bool {
        false
    }

    /// As [`Storage::store`], with a value that is not encoded yet.
    #[doc(hidden)]
    fn store_streamed(&self, key: &Key, value: &Stream<'_>) -> Result<()> {
        self.store(key, &value.to_frame(key)?)
    }

    /// Drops the entry. Gives whether there was one.
    fn delete(&self, key: &Key) -> Result<bool>;

    /// All entries of a function, in no particular order. Without it `cleanup` and `clear` are unsupported.
    fn entries(&self, scope: &Scope) -> Result<Vec<Entry>> {
        let _ = scope;
        Err(CheckpointError::Unsupported {
            operation: "entries",
        })
    }

    /// Drops the function's entries that `upkeep` does not keep. Gives how many were dropped.
    fn cleanup(&self, scope: &Scope, upkeep: &Upkeep<'_>) -> Result<u64> {
        crate::cleanup::cleanup(self, scope, upkeep)
    }

    /// Drops all entries of the function. Gives how many there were.
    fn clear(&self, scope: &Scope) -> Result<u64> {
        crate::cleanup::clear(self, scope)
    }

    /// The file that holds the entry, where a store has such a thing: for messages.
    fn path(&self, key: &Key) -> Option<PathBuf> {
        let _ = key;
        None
    }

    /// Whether this call's result is stored under another code hash: for the statistics, after a miss. A store that would
    /// have to search for it may say no.
    fn has_other_code(&self, key: &Key) -> bool {
        let _ = key;
        false
    }

    /// Keeps what the code behind a key was, for `cargo checkpointer why`. Called once in a process for each function and
    /// code version, after its first result was stored. A store that can't may do nothing.
    fn describe(&self, key: &Key, state: &[u8]) -> Result<()> {
        let _ = (key, state);
        Ok(())
    }

    /// A file that a process may create and lock while it computes this key, so that others wait for it. Its folder
    /// exists when this returns. `None`: the store is not shared between processes, or does not know how.
    fn lock_path(&self, key: &Key) -> Result<Option<PathBuf>> {
        let _ = key;
        Ok(None)
    }

    /// Whether [`Storage::lease`] looks by itself if the result has come meanwhile, so that a call that found nothing need
    /// not ask once more before it: worth saying where to ask means to wait for a server.
    fn lease_looks(&self) -> bool {
        false
    }

    /// Takes the right to compute this key, where machines share the store, and waits for the one that has it: at most so
    /// long, if there is a limit. `None`: the store doesn't know how, and nobody was waited for.
    fn lease(&self, key: &Key, limit: Option<Duration>) -> Result<Option<Lease>> {
        let _ = (key, limit);
        Ok(None)
    }
}

/// What came of [`Storage::lease`]: the right to compute, given back when this is dropped, or a result that another
/// machine has stored in the meantime.
pub struct Lease {
    has_waited: bool,
    guard: Option<Box<dyn Any + Send>>,
}

impl Lease {
    /// Without a right to compute, for now.
    #[must_use]
    pub fn new(has_waited: bool) -> Self {
        Self {
            has_waited,
            guard: None,
        }
    }

    /// Whether another machine was at work, so that the result may be there now.
    #[must_use]
    pub fn has_waited(&self) -> bool {
        self.has_waited
    }

    /// The same with what gives the right back when it is dropped.
    #[must_use]
    pub fn with(mut self, guard: impl Any + Send) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease")
            .field("has_waited", &self.has_waited)
            .field("is_held", &self.guard.is_some())
            .finish()
    }
}

/// What a store knows of one entry without reading its value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its key.
    pub key: Key,
    /// When it was stored.
    pub stored: DateTime<Utc>,
    /// When it was last used, as far as the store knows; at least `stored`.
    pub used: DateTime<Utc>,
    /// How long its value took to compute.
    pub computation: Duration,
    /// Its size in the store, in bytes.
    pub bytes: u64,
}

impl Entry {
    /// An entry that a store lists.
    #[must_use]
    pub fn new(key: Key, header: &Header, bytes: u64) -> Self {
        Self {
            key,
            stored: header.stored,
            used: header.stored,
            computation: header.computation,
            bytes,
        }
    }

    /// What the first bytes of a frame say about an entry; `None` if they are none of ours.
    #[must_use]
    pub fn from_frame(scope: &Scope, frame: &[u8]) -> Option<Self> {
        let layout = entry::Layout::read(frame).ok()?;
        let key = scope.key(layout.code_hash, layout.call_hash);
        Some(Self::new(key, &layout.header, frame.len() as u64))
    }
}

/// What `cleanup` keeps.
pub struct Upkeep<'a> {
    /// The function's code hashes that are in use.
    pub current: &'a [Digest],
    /// Whether an entry stored at this time has expired.
    pub expired: &'a dyn Fn(DateTime<Utc>) -> bool,
}

impl std::fmt::Debug for Upkeep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upkeep")
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

/// Loads an entry and checks it: header and value bytes, nothing, or what is wrong and where.
pub fn load(storage: &(impl Storage + ?Sized), key: &Key) -> Result<Option<(Header, Bytes)>> {
    storage
        .load_checked(key)
        .map_err(|error| at_path(storage, key, error))
}

/// As [`load`], with the value as it is wished, if the store can give it so.
pub(crate) fn load_as(
    storage: &(impl Storage + ?Sized),
    key: &Key,
    wish: Wish,
) -> Result<Option<(Header, Content)>> {
    storage
        .load_as(key, wish)
        .map_err(|error| at_path(storage, key, error))
}

fn at_path(
    storage: &(impl Storage + ?Sized),
    key: &Key,
    error: CheckpointError,
) -> CheckpointError {
    match storage.path(key) {
        Some(path) => error.at(&path),
        None => error,
    }
}

/// An error if a newer version of this library wrote what is there, which is not to be replaced then.
pub(crate) fn check_replaceable(storage: &(impl Storage + ?Sized), key: &Key) -> Result<()> {
    match load(storage, key) {
        Err(newer @ CheckpointError::Newer { .. }) => Err(newer),
        _ => Ok(()),
    }
}
