//! The cache of what was made of files and of bodies: one file in OUT_DIR, keyed by content, versioned,
//! written whole and renamed, so that it may be deleted at any time and two builds may write it at once.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ir;
use crate::map::HashMap;

/// Where summaries are kept.
const FILE_NAME: &str = "checkpointer-summaries.bin";

/// Summaries by content hash, each encoded on its own so that only those in use are decoded.
pub(crate) struct Summaries {
    path: PathBuf,
    /// The cache as it was found.
    bytes: Vec<u8>,
    /// Where each summary stands in it.
    known: HashMap<[u8; 32], Range<usize>>,
    used: Mutex<Used>,
}

/// What this analysis looked up, and what of it is new.
#[derive(Default)]
struct Used {
    entries: HashMap<[u8; 32], Option<Vec<u8>>>,
    changed: bool,
}

impl std::fmt::Debug for Summaries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Summaries")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Summaries {
    /// Reads the cache of a folder; whatever is damaged or of another version is as good as absent.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE_NAME);
        let bytes = std::fs::read(&path).unwrap_or_default();
        Summaries {
            path,
            known: places(&bytes).unwrap_or_default(),
            bytes,
            used: Mutex::default(),
        }
    }

    /// What was kept under that content.
    pub(crate) fn get(&self, hash: &[u8; 32]) -> Option<&[u8]> {
        self.bytes.get(self.known.get(hash)?.clone())
    }

    /// Notes that an entry is in use, and keeps one that is new.
    pub(crate) fn keep(&self, hash: [u8; 32], encoded: Option<Vec<u8>>) {
        let mut used = self.used();
        used.changed |= encoded.is_some();
        used.entries.insert(hash, encoded);
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is in use; failing to is no harm.
    pub(crate) fn save(&self) {
        let used = self.used();
        if !used.changed {
            return;
        }
        let mut bytes = Vec::new();
        let mut entries: Vec<_> = used.entries.iter().collect();
        entries.sort_by_key(|(hash, _)| **hash);
        for (hash, encoded) in entries {
            let Some(encoded) = encoded.as_deref().or_else(|| self.get(hash)) else {
                continue;
            };
            bytes.extend_from_slice(hash);
            bytes.extend_from_slice(&(encoded.len() as u64).to_le_bytes());
            bytes.extend_from_slice(encoded);
        }
        let mut whole = MAGIC.to_vec();
        whole.extend_from_slice(&ir::SUMMARY_VERSION.to_le_bytes());
        whole.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
        whole.push(b'\n');
        whole.extend_from_slice(blake3::hash(&bytes).as_bytes());
        whole.extend_from_slice(&bytes);
        let temporary = self
            .path
            .with_extension(format!("{}.tmp", std::process::id()));
        if std::fs::write(&temporary, &whole).is_err()
            || std::fs::rename(&temporary, &self.path).is_err()
        {
            let _ = std::fs::remove_file(&temporary);
        }
    }
}

const MAGIC: &[u8] = b"checkpointer summaries ";

/// Where each summary stands in the cache's bytes.
fn places(bytes: &[u8]) -> Option<HashMap<[u8; 32], Range<usize>>> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let rest = rest.strip_prefix(&ir::SUMMARY_VERSION.to_le_bytes())?;
    let rest = rest
        .strip_prefix(env!("CARGO_PKG_VERSION").as_bytes())?
        .strip_prefix(b"\n")?;
    let (sum, mut rest) = rest.split_at_checked(32)?;
    if blake3::hash(rest).as_bytes() != sum {
        return None;
    }
    let mut known = HashMap::default();
    while !rest.is_empty() {
        let (hash, after) = rest.split_first_chunk::<32>()?;
        let (length, after) = after.split_first_chunk::<8>()?;
        let (encoded, after) =
            after.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let start = bytes.len() - after.len() - encoded.len();
        known.insert(*hash, start..start + encoded.len());
        rest = after;
    }
    Some(known)
}
