//! One log: a file that only grows, and an index of it in memory.
//!
//! Writers append with one system call under a shared lock; whoever rewrites or removes the file holds the lock alone. A
//! process notices by the file's length that others have written, and by its count of links that it was replaced.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::hash::BuildHasherDefault;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;

use super::super::disk::{Temporary, fault};
use super::super::memory::LowBits;
use super::super::{Result, place, root};
use super::recent::Recent;
use super::scan::scan;
use crate::entry;
use crate::key::{Digest, Durability, Scope};

/// One log, open or not.
pub(super) struct Log {
    scope: Scope,
    code_hash: Digest,
    path: PathBuf,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    file: Option<File>,
    /// Entries by half of their call hash: the frame has all of it, and is checked.
    index: HashMap<u128, Place, BuildHasherDefault<LowBits>>,
    /// What was read of this file and found to be sound.
    recent: Recent,
    /// The file's length when it was last looked at.
    length: u64,
    /// How much of it is in the index.
    scanned: u64,
    /// Whether a newer version of this library has written to it.
    has_newer: bool,
}

#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    length: usize,
}

fn half(call_hash: &Digest) -> u128 {
    let mut half = [0; 16];
    half.copy_from_slice(&call_hash.as_bytes()[..16]);
    u128::from_le_bytes(half)
}

impl Log {
    pub(super) fn new(scope: Scope, code_hash: Digest) -> Self {
        let path = place::log(&scope, code_hash);
        Self {
            scope,
            code_hash,
            path,
            state: RwLock::default(),
        }
    }

    /// Whether there is an entry.
    pub(super) fn has(&self, call_hash: &Digest) -> Result<bool> {
        let state = self
            .fresh()
            .map_err(|error| fault("read", error, &self.path))?;
        Ok(state.index.contains_key(&half(call_hash)))
    }

    /// The frame of an entry, and whether its checksum holds.
    pub(super) fn get(&self, call_hash: &Digest) -> Result<Option<(Bytes, bool)>> {
        let read = || {
            let state = self.fresh()?;
            let call = half(call_hash);
            let Some(&place) = state.index.get(&call) else {
                return Ok(None);
            };
            if let Some(frame) = state.recent.get(call, place.offset) {
                return Ok(Some((frame, true)));
            }
            let frame = state.read(place)?;
            let is_sealed = entry::is_sealed(&frame);
            if is_sealed {
                state.recent.note(call, place.offset, &frame);
            }
            Ok(Some((frame, is_sealed)))
        };
        read().map_err(|error| fault("read", error, &self.path))
    }

    /// The frames of all entries.
    pub(super) fn frames(&self) -> Result<Vec<Bytes>> {
        let read = || {
            let state = self.fresh()?;
            let frames = state.index.values().map(|&place| state.read(place));
            frames.collect::<io::Result<Vec<_>>>()
        };
        read().map_err(|error| fault("read", error, &self.path))
    }

    /// Adds an entry, or one that says that another is deleted.
    pub(super) fn append(&self, call_hash: &Digest, frame: &[u8], is_deletion: bool) -> Result<()> {
        let options = self.scope.options();
        let append = || {
            let mut state = self.alone();
            state.lock(&self.path, File::lock_shared, true)?;
            let written = state.append(half(call_hash), frame, is_deletion, options.durability);
            state.unlock();
            written
        };
        match append() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                root::prepare(options)?;
                let folder = self.path.parent().unwrap_or(&options.root_path);
                root::create_folder(folder)
                    .map_err(|error| fault("create folder", error, folder))?;
                append()
            }
            done => done,
        }
        .map_err(|error| fault("write", error, &self.path))
    }

    /// Rewrites the file without what is deleted or replaced; removes it if nothing is left.
    pub(super) fn compact(&self) -> Result<()> {
        let rewrite = || {
            let mut state = self.alone();
            state.lock(&self.path, File::lock, false)?;
            let done = self.rewrite(&mut state);
            state.unlock();
            done
        };
        self.ignore_missing(rewrite(), "rewrite")
    }

    /// Removes the file. Gives how many entries it had.
    pub(super) fn clear(&self) -> Result<u64> {
        let remove = || {
            let mut state = self.alone();
            state.lock(&self.path, File::lock, false)?;
            state.refresh(self.code_hash)?;
            fs::remove_file(&self.path)?;
            let entries = state.index.len() as u64;
            *state = State::default();
            Ok(entries)
        };
        self.ignore_missing(remove(), "delete")
    }

    fn ignore_missing<T: Default>(
        &self,
        done: io::Result<T>,
        operation: &'static str,
    ) -> Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
            done => done.map_err(|error| fault(operation, error, &self.path)),
        }
    }

    fn rewrite(&self, state: &mut State) -> io::Result<()> {
        state.refresh(self.code_hash)?;
        if state.has_newer {
            // Only that version knows which of it is in use.
            return Ok(());
        }
        let live: u64 = state.index.values().map(|place| place.length as u64).sum();
        if live == 0 {
            fs::remove_file(&self.path)?;
            *state = State::default();
        } else if live < state.length {
            let mut temporary = Temporary::create(self.scope.root_path())?;
            let mut places: Vec<Place> = state.index.values().copied().collect();
            places.sort_unstable_by_key(|place| place.offset);
            for place in places {
                temporary.write(&state.read(place)?, Durability::Rename)?;
            }
            temporary.rename(&self.path, self.scope.options().durability)?;
            *state = State::default();
        }
        Ok(())
    }

    fn alone(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, with all in it that is in the file.
    fn fresh(&self) -> io::Result<RwLockReadGuard<'_, State>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.is_current()? {
            return Ok(state);
        }
        drop(state);
        let mut state = self.alone();
        if state.is_replaced()? {
            *state = State::default();
        }
        if state.file.is_none() {
            match open(&self.path, false) {
                Ok(file) => state.file = Some(file),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        state.refresh(self.code_hash)?;
        drop(state);
        Ok(self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Opens a log for reading and appending. A symbolic link in its place is none of ours.
fn open(path: &Path, create: bool) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(create)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)
}

/// A file's length, and whether it has lost its name to another one. This asks at every hit, and `fstat` takes half the
/// time of what `File::metadata` does.
fn look(file: &File) -> io::Result<(u64, bool)> {
    let stat = rustix::fs::fstat(file)?;
    Ok((
        u64::try_from(stat.st_size).unwrap_or_default(),
        stat.st_nlink == 0,
    ))
}

impl State {
    fn is_current(&self) -> io::Result<bool> {
        match &self.file {
            Some(file) => {
                let (length, is_removed) = look(file)?;
                Ok(length == self.length && !is_removed)
            }
            None => Ok(false),
        }
    }

    /// Whether the file is another one by now, or was cut off by someone.
    fn is_replaced(&self) -> io::Result<bool> {
        match &self.file {
            Some(file) => {
                let (length, is_removed) = look(file)?;
                Ok(is_removed || length < self.length)
            }
            None => Ok(false),
        }
    }

    /// Takes in what was written since.
    fn refresh(&mut self, code_hash: Digest) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.scanned))?;
        file.read_to_end(&mut bytes)?;
        let base = self.scanned;
        let index = &mut self.index;
        let scanned = scan(&bytes, code_hash, |found| {
            let place = Place {
                offset: base + found.start as u64,
                length: found.length,
            };
            if found.is_deletion {
                index.remove(&half(&found.call_hash));
            } else {
                index.insert(half(&found.call_hash), place);
            }
        });
        self.length = base + bytes.len() as u64;
        self.scanned = base + scanned.done as u64;
        self.has_newer |= scanned.has_newer;
        Ok(())
    }

    fn read(&self, place: Place) -> io::Result<Bytes> {
        let Some(file) = &self.file else {
            return Err(ErrorKind::NotFound.into());
        };
        let mut frame = vec![0; place.length];
        file.read_exact_at(&mut frame, place.offset)?;
        Ok(frame.into())
    }

    /// Opens the file, locks it, and looks whether it is still the one of that name.
    fn lock(
        &mut self,
        path: &Path,
        lock: fn(&File) -> io::Result<()>,
        create: bool,
    ) -> io::Result<()> {
        loop {
            if self.is_replaced()? {
                *self = Self::default();
            }
            if self.file.is_none() {
                self.file = Some(open(path, create)?);
            }
            let Some(file) = &self.file else {
                continue;
            };
            match lock(file) {
                Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
                _ => {}
            }
            if !look(file)?.1 {
                return Ok(());
            }
        }
    }

    fn unlock(&self) {
        if let Some(file) = &self.file {
            // It is released at the latest when the file is closed.
            let _ = file.unlock();
        }
    }

    fn append(
        &mut self,
        call: u128,
        frame: &[u8],
        is_deletion: bool,
        durability: Durability,
    ) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Err(ErrorKind::NotFound.into());
        };
        file.write_all(frame)?;
        if durability == Durability::Fsync {
            file.sync_data()?;
        }
        let end = file.stream_position()?;
        let place = Place {
            offset: end - frame.len() as u64,
            length: frame.len(),
        };
        // If others have written meanwhile, the next look at the file finds theirs and this one.
        if place.offset == self.scanned && self.length == self.scanned {
            if is_deletion {
                self.index.remove(&call);
            } else {
                self.index.insert(call, place);
            }
            (self.length, self.scanned) = (end, end);
        }
        Ok(())
    }
}
