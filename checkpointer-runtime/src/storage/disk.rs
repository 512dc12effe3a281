//! One file an entry, in a folder a function, written to a temporary file and renamed.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::BuildHasher as _;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use chrono::{DateTime, Utc};

#[cfg(unix)]
use super::folder;
use super::stream::Stream;
use super::{Entry, Result, Storage, Upkeep, place, read, root, states, walk};
use crate::cleanup;
use crate::content::{Content, Wish};
use crate::entry::{self, Header, Layout};
use crate::error::CheckpointError;
use crate::key::{Durability, Key, Scope};

/// The embedded store: every entry a file under the root folder. The layout is written down in
/// `docs/storage-format.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskStorage;

/// The folder of a function's entries under a root.
#[must_use]
pub fn folder(root: &Path, function: &str) -> PathBuf {
    let options = std::sync::Arc::new(crate::StorageOptions::new(root));
    place::function(&Scope::new(function.to_owned(), options))
}

/// How often a folder is made again that a cleanup of another process removes because it is empty yet.
const RETRIES: u32 = 1000;

impl Storage for DiskStorage {
    fn exists(&self, key: &Key) -> Result<bool> {
        root::check(key.options())?;
        let path = place::entry(key);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => Ok(metadata.is_file()),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(fault("look for", error, &path)),
        }
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>> {
        root::check(key.options())?;
        let path = place::entry(key);
        match read_layout(&path) {
            Ok(Some(layout)) => Ok(Some(layout.header.stored)),
            Ok(None) => Ok(None),
            Err(error) => Err(error.at(&path)),
        }
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>> {
        Ok(load(key, read::frame)?.map(|(frame, _)| frame))
    }

    fn load_checked(&self, key: &Key) -> Result<Option<(Header, Bytes)>> {
        let loaded = load(key, read::frame)?;
        let checked = loaded.map(|(frame, is_sealed)| entry::decode_sealed(key, &frame, is_sealed));
        checked.transpose()
    }

    fn load_as(&self, key: &Key, wish: Wish) -> Result<Option<(Header, Content)>> {
        load(key, |file| read::value(file, key, wish))?.transpose()
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<()> {
        replace(key, |mut file| file.write_all(frame).map(Ok))
    }

    fn streams(&self) -> bool {
        true
    }

    fn store_streamed(&self, key: &Key, value: &Stream<'_>) -> Result<()> {
        replace(key, |file| value.write_frame(key, file))
    }

    fn delete(&self, key: &Key) -> Result<bool> {
        root::check(key.options())?;
        folder::forget(key);
        let path = place::entry(key);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(fault("delete", error, &path)),
        }
    }

    fn entries(&self, scope: &Scope) -> Result<Vec<Entry>> {
        root::check(scope.options())?;
        Ok(walk::files(scope)?
            .into_iter()
            .filter_map(|file| walk::entry(scope, &file))
            .collect())
    }

    fn cleanup(&self, scope: &Scope, upkeep: &Upkeep<'_>) -> Result<u64> {
        folder::forget_all();
        let dropped = cleanup::cleanup(self, scope, upkeep)?;
        walk::remove_empty_folders(scope);
        root::sweep(scope.root_path());
        Ok(dropped)
    }

    fn clear(&self, scope: &Scope) -> Result<u64> {
        root::check(scope.options())?;
        folder::forget_all();
        let mut dropped = 0;
        for file in walk::files(scope)? {
            match fs::remove_file(&file.path) {
                Ok(()) => dropped += 1,
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(fault("delete", error, &file.path)),
            }
        }
        walk::remove_empty_folders(scope);
        root::sweep(scope.root_path());
        Ok(dropped)
    }

    fn path(&self, key: &Key) -> Option<PathBuf> {
        Some(place::entry(key))
    }

    fn has_other_code(&self, key: &Key) -> bool {
        walk::has_other_code(key)
    }

    fn describe(&self, key: &Key, state: &[u8]) -> Result<()> {
        states::keep(key, state)
    }

    fn lock_path(&self, key: &Key) -> Result<Option<PathBuf>> {
        root::check(key.options())?;
        let path = place::lock(key);
        if let Some(folder) = path.parent()
            && !folder.is_dir()
        {
            root::create_folder(folder).map_err(|error| fault("create folder", error, folder))?;
            root::check(key.options())?;
        }
        Ok(Some(path))
    }
}

pub(super) fn fault(operation: &'static str, error: io::Error, path: &Path) -> CheckpointError {
    CheckpointError::storage(operation, error).at(path)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    if is_missing(&error) {
        Ok(())
    } else {
        Err(error)
    }
}

/// Gives an entry a new file, in place of the one that it has, if it has one.
fn replace(key: &Key, write: impl FnOnce(&File) -> io::Result<Result<()>>) -> Result<()> {
    let options = key.options();
    root::check(options)?;
    folder::forget(key);
    let path = place::entry(key);
    let temporary = match Temporary::create(&options.root_path) {
        Err(error) if is_missing(&error) => {
            root::prepare(options)?;
            root::sweep(&options.root_path);
            Temporary::create(&options.root_path)
        }
        created => created,
    };
    let mut temporary =
        temporary.map_err(|error| fault("create a temporary file for", error, &path))?;
    let written = write(&temporary.file).map_err(|error| fault("write", error, &path))?;
    written?;
    let synced = temporary.sync(options.durability);
    synced.map_err(|error| fault("write", error, &path))?;
    for _ in 0..RETRIES {
        match temporary.rename(&path, options.durability) {
            Ok(()) => return Ok(()),
            Err(error) if is_missing(&error) => {
                let folder = path.parent().unwrap_or(&options.root_path);
                let created = root::create_folder(folder);
                created
                    .or_else(ignore_missing)
                    .map_err(|error| fault("create folder", error, folder))?;
            }
            Err(error) => return Err(fault("rename to", error, &path)),
        }
    }
    let reason = io::Error::other("its folder is removed as often as it is made");
    Err(fault("write", reason, &path))
}

/// What is in an entry's file, if it is there.
fn load<R>(key: &Key, read: impl FnOnce(&File) -> io::Result<R>) -> Result<Option<R>> {
    root::check(key.options())?;
    match folder::open_entry(key).and_then(|file| read(&file)) {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(fault("read", error, &place::entry(key))),
    }
}

/// What the first bytes of a file say, if it is there.
pub(super) fn read_layout(path: &Path) -> Result<Option<Layout>> {
    let mut start = [0; Layout::NEEDED];
    let mut file = match folder::open_path(path) {
        Ok(file) => file,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) => return Err(fault("read", error, path)),
    };
    let length = file
        .read(&mut start)
        .map_err(|error| fault("read", error, path))?;
    Layout::read(&start[..length]).map(Some)
}

/// A file that is being written. If it does not become an entry, it is removed.
pub(super) struct Temporary {
    file: File,
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// A new file that is this process's alone, by its name and by a lock on it, which tells a cleanup that it is in use.
    pub(super) fn create(root: &Path) -> io::Result<Self> {
        static PROCESS: LazyLock<u64> =
            LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}/{:016x}-{number:x}.part", place::TEMPORARY, *PROCESS);
        let path = root.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        // Where locks are not supported, the file's age tells instead.
        let _ = file.try_lock();
        Ok(Self {
            file,
            path,
            renamed: false,
        })
    }

    pub(super) fn write(&self, bytes: &[u8], durability: Durability) -> io::Result<()> {
        (&self.file).write_all(bytes)?;
        self.sync(durability)
    }

    fn sync(&self, durability: Durability) -> io::Result<()> {
        match durability {
            Durability::Rename => Ok(()),
            Durability::Fsync => self.file.sync_all(),
        }
    }

    pub(super) fn rename(&mut self, path: &Path, durability: Durability) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.renamed = true;
        match (durability, path.parent()) {
            (Durability::Fsync, Some(folder)) => sync_folder(folder),
            _ => Ok(()),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // It may be gone already; what stays is swept later.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Where no folder is kept open.
#[cfg(not(unix))]
mod folder {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use super::place;
    use crate::key::Key;

    pub(super) fn open_entry(key: &Key) -> io::Result<File> {
        open_path(&place::entry(key))
    }

    pub(super) fn open_path(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn forget(_: &Key) {}

    pub(super) fn forget_all() {}
}
