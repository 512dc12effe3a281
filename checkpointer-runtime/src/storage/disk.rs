//! One file an entry, in a folder a function, written to a temporary file and renamed.

use std::fs;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{Result, Storage};
use crate::entry::Layout;
use crate::error::CheckpointError;
use crate::key::Key;

/// The embedded store: every entry a file under the root folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskStorage;

fn place(key: &Key) -> PathBuf {
    let (code, call) = (key.code_hash().to_string(), key.call_hash().to_string());
    key.root_path()
        .join(key.function().replace("::", "/"))
        .join(code)
        .join(&call[..2])
        .join(call)
}

impl Storage for DiskStorage {
    fn exists(&self, key: &Key) -> Result<bool> {
        Ok(place(key).exists())
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>> {
        self.load(key)?
            .map(|frame| Ok(Layout::read(&frame)?.header.stored))
            .transpose()
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>> {
        let path = place(key);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CheckpointError::storage("read", error).at(&path)),
        }
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<()> {
        let path = place(key);
        let folder = path.parent().unwrap_or(key.root_path());
        let temporary = path.with_extension("part");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&temporary, frame))
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|error| CheckpointError::storage("write", error).at(&path))
    }

    fn delete(&self, key: &Key) -> Result<bool> {
        let path = place(key);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(CheckpointError::storage("delete", error).at(&path)),
        }
    }

    fn path(&self, key: &Key) -> Option<PathBuf> {
        Some(place(key))
    }
}
