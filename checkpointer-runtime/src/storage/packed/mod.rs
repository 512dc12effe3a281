//! Many small results in one file: the entries of a function and code version, one after the other.
//!
//! A file an entry costs a block of the disk and three system calls each; a database costs a library, a lock or both. Here
//! an entry is appended by one call, found by an index in memory, and checked by its own frame, like any other entry. The
//! file is written down in `docs/storage-format.md`, and what it was measured against in `docs/performance.md`.

mod log;
mod recent;
mod scan;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{Entry, Result, Storage, Upkeep, place, root};
use crate::cleanup;
use crate::entry::{self, CodecName, Header, Layout};
use crate::error::CheckpointError;
use crate::key::{Digest, Key, Scope};
use log::Log;

/// The codec's name in an entry that says that an earlier one is deleted.
const DELETED: CodecName = CodecName::new("deleted");

/// The embedded store for many small results: the value behind `format = "packed"`. Several processes may read and write
/// it at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackedStorage;

/// Where the entries lie in the bytes of a packed file, deleted and replaced ones left out: for tools.
#[must_use]
pub fn frames(bytes: &[u8], code_hash: Digest) -> Vec<std::ops::Range<usize>> {
    let mut live: HashMap<Digest, std::ops::Range<usize>> = HashMap::new();
    scan::scan(bytes, code_hash, |found| {
        if found.is_deletion {
            live.remove(&found.call_hash);
        } else {
            live.insert(found.call_hash, found.start..found.start + found.length);
        }
    });
    let mut frames: Vec<_> = live.into_values().collect();
    frames.sort_unstable_by_key(|frame| frame.start);
    frames
}

/// The logs that this process has open, by the hash of their root, function and code version.
static LOGS: LazyLock<RwLock<HashMap<u128, Arc<Log>>>> = LazyLock::new(RwLock::default);

/// The log of a function's code version.
fn log(scope: &Scope, code_hash: Digest) -> Result<Arc<Log>> {
    let name = place::folder_name(scope, code_hash);
    if let Some(log) = LOGS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&name)
    {
        return Ok(log.clone());
    }
    root::check(scope.options())?;
    let mut logs = LOGS.write().unwrap_or_else(PoisonError::into_inner);
    Ok(logs
        .entry(name)
        .or_insert_with(|| Arc::new(Log::new(scope.clone(), code_hash)))
        .clone())
}

fn log_of(key: &Key) -> Result<Arc<Log>> {
    log(key.scope(), key.code_hash())
}

/// The logs of all code versions of a function.
fn logs(scope: &Scope) -> Result<Vec<(Digest, Arc<Log>)>> {
    root::check(scope.options())?;
    let folder = place::function(scope);
    let files = match fs::read_dir(&folder) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CheckpointError::storage("list", error).at(&folder)),
    };
    let versions = files.flatten().filter_map(|file| code_hash(&file.path()));
    versions
        .map(|code_hash| Ok((code_hash, log(scope, code_hash)?)))
        .collect()
}

/// The code version whose log a path is.
fn code_hash(path: &Path) -> Option<Digest> {
    let is_log = path
        .extension()
        .is_some_and(|extension| extension == "pack");
    if is_log {
        place::digest(&path.with_extension(""))
    } else {
        None
    }
}

impl Storage for PackedStorage {
    fn exists(&self, key: &Key) -> Result<bool> {
        log_of(key)?.has(&key.call_hash())
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>> {
        match self.load(key)? {
            Some(frame) => Ok(Some(Layout::read(&frame)?.header.stored)),
            None => Ok(None),
        }
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>> {
        let found = log_of(key)?.get(&key.call_hash())?;
        Ok(found.map(|(frame, _)| frame))
    }

    fn load_checked(&self, key: &Key) -> Result<Option<(Header, Bytes)>> {
        let found = log_of(key)?.get(&key.call_hash())?;
        let checked = found.map(|(frame, is_sealed)| entry::decode_sealed(key, &frame, is_sealed));
        checked.transpose()
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<()> {
        log_of(key)?.append(&key.call_hash(), frame, false)
    }

    fn delete(&self, key: &Key) -> Result<bool> {
        let log = log_of(key)?;
        if !log.has(&key.call_hash())? {
            return Ok(false);
        }
        let header = Header {
            codec: DELETED,
            stored: Utc::now(),
            computation: std::time::Duration::ZERO,
        };
        let frame = entry::encode(key, &header, |_| Ok(()))?;
        log.append(&key.call_hash(), &frame, true)?;
        Ok(true)
    }

    fn entries(&self, scope: &Scope) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (_, log) in logs(scope)? {
            for frame in log.frames()? {
                entries.extend(Entry::from_frame(scope, &frame));
            }
        }
        Ok(entries)
    }

    fn cleanup(&self, scope: &Scope, upkeep: &Upkeep<'_>) -> Result<u64> {
        let dropped = cleanup::cleanup(self, scope, upkeep)?;
        for (_, log) in logs(scope)? {
            log.compact()?;
        }
        root::sweep(scope.root_path());
        Ok(dropped)
    }

    fn clear(&self, scope: &Scope) -> Result<u64> {
        let mut dropped = 0;
        for (_, log) in logs(scope)? {
            dropped += log.clear()?;
        }
        let _ = fs::remove_dir(place::function(scope));
        Ok(dropped)
    }

    fn path(&self, key: &Key) -> Option<PathBuf> {
        Some(place::log(key.scope(), key.code_hash()))
    }

    fn describe(&self, key: &Key, state: &[u8]) -> Result<()> {
        super::states::keep(key, state)
    }

    fn lock_path(&self, key: &Key) -> Result<Option<PathBuf>> {
        super::disk::DiskStorage.lock_path(key)
    }
}
