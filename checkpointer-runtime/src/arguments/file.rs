//! A file as an argument: what a path points to, rather than its name.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer, ser::Error as _};

use crate::key::Digest;

/// A file younger than this may be written again without a change of its time stamp, so its contents are read.
const SETTLED: Duration = Duration::from_secs(2);

/// What a path points to, as an argument that is hashed: see [`file_contents`].
#[derive(Clone, Debug)]
pub struct FileContents {
    path: PathBuf,
    shortcut: bool,
}

/// Hashes the contents of the file that a path points to: `#[hash_by(file_contents)] path: &Path`.
///
/// A process reads a file again when its size or its time of modification changed since, or when it was modified within
/// the last two seconds. Whoever rewrites a file and sets its old time back is not noticed; [`file_contents_always`]
/// does not take that shortcut. A file that does not exist counts as such; one that can't be read is an error.
pub fn file_contents(path: impl AsRef<Path>) -> FileContents {
    FileContents {
        path: path.as_ref().to_path_buf(),
        shortcut: true,
    }
}

/// As [`file_contents`], and reads the whole file at every call.
pub fn file_contents_always(path: impl AsRef<Path>) -> FileContents {
    FileContents {
        path: path.as_ref().to_path_buf(),
        shortcut: false,
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    length: u64,
    modified: SystemTime,
}

static SEEN: LazyLock<Mutex<HashMap<PathBuf, (Stamp, Digest)>>> = LazyLock::new(Mutex::default);

impl FileContents {
    /// The digest of the contents; `None` if there is no such file.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn digest(&self) -> io::Result<Option<Digest>> {
        match self.read() {
            Ok(digest) => Ok(Some(digest)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self) -> io::Result<Digest> {
        let file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        let stamp = Stamp {
            length: metadata.len(),
            modified: metadata.modified()?,
        };
        if self.shortcut
            && let Some((seen, digest)) = lock().get(&self.path)
            && *seen == stamp
        {
            return Ok(*digest);
        }
        let digest = Digest::from(blake3::Hasher::new().update_reader(&file)?.finalize());
        // Only a stamp that can no longer hide a change, and that held while the file was read, is remembered.
        let after = file.metadata()?;
        let settled = stamp.modified.elapsed().is_ok_and(|age| age >= SETTLED);
        if settled && after.len() == stamp.length && after.modified()? == stamp.modified {
            lock().insert(self.path.clone(), (stamp, digest));
        }
        Ok(digest)
    }
}

fn lock() -> std::sync::MutexGuard<'static, HashMap<PathBuf, (Stamp, Digest)>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Serialize for FileContents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digest = self.digest().map_err(|error| {
            S::Error::custom(format_args!(
                "{} could not be read: {error}",
                self.path.display()
            ))
        })?;
        match digest {
            Some(digest) => serializer.serialize_some(digest.as_bytes()),
            None => serializer.serialize_none(),
        }
    }
}
