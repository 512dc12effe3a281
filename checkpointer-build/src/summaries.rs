//! The cache of files' summaries: one file in OUT_DIR, keyed by content, versioned, written whole
//! and renamed, so that it may be deleted at any time and two builds may write it at once.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::ir;
use crate::map::HashMap;

/// Where summaries are kept.
const FILE_NAME: &str = "checkpointer-summaries.bin";

/// Summaries by content hash, each encoded on its own so that only those in use are decoded.
pub(crate) struct Summaries {
    path: PathBuf,
    known: HashMap<[u8; 32], Vec<u8>>,
    used: Mutex<HashMap<[u8; 32], Option<Vec<u8>>>>,
    changed: Mutex<bool>,
}

impl Summaries {
    /// Reads the cache of a folder; whatever is damaged or of another version is as good as absent.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE_NAME);
        let known = std::fs::read(&path)
            .ok()
            .and_then(|bytes| decode(&bytes))
            .unwrap_or_default();
        Summaries {
            path,
            known,
            used: Mutex::default(),
            changed: Mutex::new(false),
        }
    }

    /// The summary of a file of that content.
    pub(crate) fn get(&self, hash: &[u8; 32]) -> Option<ir::File> {
        crate::body::decode(self.known.get(hash)?).ok()
    }

    /// Notes that a summary is in use, and keeps it if it is new.
    pub(crate) fn keep(&mut self, hash: [u8; 32], file: &ir::File, fresh: bool) {
        let encoded = if fresh {
            rmp_serde::to_vec(file).ok()
        } else {
            None
        };
        if fresh {
            *self
                .changed
                .get_mut()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = true;
        }
        let used = self
            .used
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        used.insert(hash, encoded);
    }

    /// Writes what is in use; failing to is no harm.
    pub(crate) fn save(&self) {
        if !*self
            .changed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            return;
        }
        let used = self
            .used
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut bytes = Vec::new();
        let mut entries: Vec<_> = used.iter().collect();
        entries.sort_by_key(|(hash, _)| **hash);
        for (hash, encoded) in entries {
            let Some(encoded) = encoded.as_ref().or_else(|| self.known.get(hash)) else {
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

fn decode(bytes: &[u8]) -> Option<HashMap<[u8; 32], Vec<u8>>> {
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
        known.insert(*hash, encoded.to_vec());
        rest = after;
    }
    Some(known)
}
