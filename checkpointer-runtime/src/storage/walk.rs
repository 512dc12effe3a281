//! All files of one function on disk, without following links and without touching what is not ours.

use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::disk::read_layout;
use super::{Entry, Result, place};
use crate::error::CheckpointError;
use crate::key::{Digest, Key, Scope};

/// A file that is named as an entry is, in the folders of one.
pub(super) struct EntryFile {
    pub(super) path: PathBuf,
    code_hash: Digest,
    call_hash: Digest,
}

/// The files of a function's entries.
pub(super) fn files(scope: &Scope) -> Result<Vec<EntryFile>> {
    let mut found = Vec::new();
    for (code_hash, version) in versions(scope)? {
        for shard in list(&version)?.iter().filter(|shard| is_shard(shard)) {
            for file in list(&shard.path())? {
                let path = file.path();
                let is_file = file.file_type().is_ok_and(|kind| kind.is_file());
                if let (true, Some(call_hash)) = (is_file, place::digest(&path)) {
                    found.push(EntryFile {
                        path,
                        code_hash,
                        call_hash,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// Whether a folder of other code has an entry of this call.
pub(super) fn has_other_code(key: &Key) -> bool {
    let digits = key.call_hash().to_string();
    let others = versions(key.scope()).unwrap_or_default();
    others.iter().any(|(code_hash, folder)| {
        *code_hash != key.code_hash() && folder.join(&digits[..2]).join(&digits).is_file()
    })
}

/// What a file's header says. Of a file that is no entry, or a newer version's, nothing: it is left alone.
pub(super) fn entry(scope: &Scope, file: &EntryFile) -> Option<Entry> {
    let layout = read_layout(&file.path).ok()??;
    let metadata = fs::symlink_metadata(&file.path).ok()?;
    let mut entry = Entry::new(
        scope.key(file.code_hash, file.call_hash),
        &layout.header,
        metadata.len(),
    );
    // Most systems note the time of reading once a day, which is fine enough to rank by.
    if let Ok(accessed) = metadata.accessed() {
        entry.used = entry.used.max(DateTime::<Utc>::from(accessed));
    }
    Some(entry)
}

/// Removes the folders of a function that have become empty. One that another process fills meanwhile stays.
pub(super) fn remove_empty_folders(scope: &Scope) {
    let Ok(versions) = versions(scope) else {
        return;
    };
    for (_, version) in versions {
        for shard in list(&version)
            .unwrap_or_default()
            .iter()
            .filter(|shard| is_shard(shard))
        {
            let _ = fs::remove_dir(shard.path());
        }
        let _ = fs::remove_dir(version);
    }
    let _ = fs::remove_dir(place::function(scope));
}

/// The folders of the function's code versions.
fn versions(scope: &Scope) -> Result<Vec<(Digest, PathBuf)>> {
    let folders = list(&place::function(scope))?;
    Ok(folders
        .iter()
        .filter(|folder| is_folder(folder))
        .filter_map(|folder| Some((place::digest(&folder.path())?, folder.path())))
        .collect())
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir())
}

fn is_shard(entry: &DirEntry) -> bool {
    is_folder(entry) && entry.file_name().len() == 2
}

fn list(folder: &Path) -> Result<Vec<DirEntry>> {
    let fault = |error| CheckpointError::storage("list", error).at(folder);
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<std::io::Result<_>>().map_err(fault),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fault(error)),
    }
}
