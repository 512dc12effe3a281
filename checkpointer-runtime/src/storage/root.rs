//! The root folder: made for the user alone, refused if others could plant entries in it, swept of a crash's leftovers.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::Duration;

use super::place::{LOCKS, TEMPORARY};
use crate::error::CheckpointError;
use crate::key::StorageOptions;

/// Where locks do not work, a temporary file of this age has no writer any more.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A younger file may be one that its writer has made and not yet locked.
const FRESH: Duration = Duration::from_secs(10);

/// The roots that this process has looked at.
static CHECKED: LazyLock<RwLock<HashSet<PathBuf>>> = LazyLock::new(RwLock::default);

/// Checks, once, that the root may be used. A root that does not exist is fine, and checked again later.
pub(super) fn check(options: &StorageOptions) -> Result<(), CheckpointError> {
    let root = &options.root_path;
    if CHECKED
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .contains(root)
    {
        return Ok(());
    }
    let metadata = match fs::metadata(root) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(root, error)),
    };
    if !metadata.is_dir() {
        return Err(unusable(root, "it is no folder; choose another root_path"));
    }
    if !options.trust_root {
        check_owner(root, &metadata)?;
    }
    CHECKED
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(root.clone());
    Ok(())
}

fn unusable(root: &Path, source: impl Into<crate::error::Source>) -> CheckpointError {
    CheckpointError::storage("use the root folder", source).at(root)
}

#[cfg(unix)]
fn check_owner(root: &Path, metadata: &Metadata) -> Result<(), CheckpointError> {
    use std::os::unix::fs::MetadataExt as _;

    if metadata.uid() != rustix::process::geteuid().as_raw() {
        let reason = "it belongs to another user; choose another root_path, or set trust_root";
        return Err(unusable(root, reason));
    }
    if metadata.mode() & 0o002 != 0 {
        let reason = "everyone may write to it; take that right away (chmod o-w), choose another root_path, \
                      or set trust_root";
        return Err(unusable(root, reason));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &Metadata) -> Result<(), CheckpointError> {
    Ok(())
}

/// Makes a folder and those above it, for the user alone.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes the root's own folders, after the root was found missing or for the first time, and sweeps them.
pub(super) fn prepare(options: &StorageOptions) -> Result<(), CheckpointError> {
    let root = &options.root_path;
    CHECKED
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(root);
    create_folder(&root.join(TEMPORARY)).map_err(|error| {
        CheckpointError::storage("create folder", error).at(&root.join(TEMPORARY))
    })?;
    check(options)
}

/// Removes temporary files whose writer is gone, and locks that nobody holds. Gives how many files it removed.
pub(super) fn sweep(root: &Path) -> u64 {
    let abandoned = |folder: &str, suffix: &str| {
        let Ok(files) = fs::read_dir(root.join(folder)) else {
            return 0;
        };
        let ours = files.flatten().filter(|file| {
            file.file_name().to_string_lossy().ends_with(suffix)
                && file.file_type().is_ok_and(|kind| kind.is_file())
        });
        ours.filter(|file| remove_if_abandoned(&file.path()).unwrap_or(false))
            .count() as u64
    };
    abandoned(TEMPORARY, ".part") + abandoned(LOCKS, ".lock")
}

/// Whoever works on such a file holds a lock on it, which the system releases when the process ends in whatever way.
fn remove_if_abandoned(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    // A clock that was set back makes a file look new for a while, and it stays that long.
    let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
    let abandoned = match file.try_lock() {
        Ok(()) => age >= FRESH,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => age >= ABANDONED,
    };
    if !abandoned {
        return Ok(false);
    }
    fs::remove_file(path)?;
    Ok(true)
}
