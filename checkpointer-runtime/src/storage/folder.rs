//! The folders in which a process looks for entries, kept open: from there an entry's name is short, and the system need not
//! walk the whole path each time.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{LazyLock, PoisonError, RwLock};

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use super::place;
use crate::key::Key;

/// As many folders are kept open at most: a process may have few files open, and they are not ours alone.
const MOST: usize = 32;

/// How an entry is opened. A symbolic link in its place is none of ours and not followed.
const ENTRY: OFlags = OFlags::CLOEXEC
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK);

/// Open folders of code versions, by their names.
static OPEN: LazyLock<RwLock<HashMap<u128, OwnedFd>>> = LazyLock::new(RwLock::default);

/// Opens the file of an entry.
pub(super) fn open_entry(key: &Key) -> io::Result<File> {
    let folder = place::folder_name(key.scope(), key.code_hash());
    let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(open) = open.get(&folder) {
        match openat(open, place::in_folder(key).as_str(), ENTRY, Mode::empty()) {
            Ok(file) => return Ok(file.into()),
            // It may be in a folder that has taken the place of this one.
            Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
    }
    drop(open);
    let path = place::entry(key);
    let file = open_path(&path)?;
    if let Some(path) = path.parent().and_then(Path::parent) {
        keep_open(folder, path);
    }
    Ok(file)
}

/// Opens an entry by its path.
pub(super) fn open_path(path: &Path) -> io::Result<File> {
    Ok(rustix::fs::open(path, ENTRY, Mode::empty())?.into())
}

/// Closes a key's folder: what this process writes, it writes by path, and must find it by path if someone has moved the
/// folder.
pub(super) fn forget(key: &Key) {
    let folder = place::folder_name(key.scope(), key.code_hash());
    let is_open = |open: &HashMap<_, _>| open.contains_key(&folder);
    if is_open(&OPEN.read().unwrap_or_else(PoisonError::into_inner)) {
        let mut open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
        open.remove(&folder);
    }
}

/// Closes all folders.
pub(super) fn forget_all() {
    let mut open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
    open.clear();
}

fn keep_open(folder: u128, path: &Path) {
    #[cfg(target_os = "linux")]
    let flags = OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    let flags = OFlags::CLOEXEC | OFlags::DIRECTORY;
    let Ok(opened) = rustix::fs::open(path, flags, Mode::empty()) else {
        return;
    };
    let mut open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
    if open.len() < MOST || open.contains_key(&folder) {
        open.insert(folder, opened);
    }
}
