//! A store on disk as the command sees it: functions, code versions, entries. The layout is that of
//! `docs/storage-format.md`; what is not named so is none of ours and left alone.

mod index;
mod times;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use checkpointer_runtime::Digest;
use checkpointer_runtime::entry::Description;
use checkpointer_runtime::storage::{disk, packed};
use chrono::{DateTime, Utc};

pub(crate) use index::Index;

/// The bytes of a frame that are read to know what it is.
const START: usize = 4096;

/// A store's root folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Store {
    /// The folder.
    pub(crate) root: PathBuf,
}

/// The folder of one function's entries.
#[derive(Clone, Debug)]
pub(crate) struct FunctionFolder {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its code versions, sorted by code hash.
    pub(crate) versions: Vec<VersionFolder>,
}

/// The entries of one code version: a folder, a packed file, or both.
#[derive(Clone, Debug)]
pub(crate) struct VersionFolder {
    /// The code hash.
    pub(crate) code_hash: Digest,
    /// The folder with a file an entry, if there is one.
    pub(crate) folder: Option<PathBuf>,
    /// The packed file, if there is one.
    pub(crate) pack: Option<PathBuf>,
}

/// One entry as its header tells it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The file that it lies in.
    pub(crate) file: PathBuf,
    /// Where in a packed file.
    pub(crate) range: Option<Range<usize>>,
    /// Its size, with header and checksum.
    pub(crate) bytes: u64,
    /// What its header says, or what is wrong with it.
    pub(crate) header: Result<Description, String>,
}

/// What the entries of a code version add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Sum {
    /// How many there are.
    pub(crate) entries: u64,
    /// Their size.
    pub(crate) bytes: u64,
    /// What they took to compute.
    pub(crate) computation: Duration,
    /// When the first was stored.
    #[serde(with = "chrono::serde::ts_nanoseconds_option")]
    pub(crate) oldest: Option<DateTime<Utc>>,
    /// When the last was stored.
    #[serde(with = "chrono::serde::ts_nanoseconds_option")]
    pub(crate) newest: Option<DateTime<Utc>>,
    /// How many have no header that can be read.
    pub(crate) unreadable: u64,
}

impl Sum {
    /// Takes an entry in.
    pub(crate) fn add(&mut self, found: &Found) {
        let mut one = Sum {
            entries: 1,
            bytes: found.bytes,
            ..Sum::default()
        };
        match &found.header {
            Ok(description) => {
                one.computation = description.header.computation;
                one.oldest = Some(description.header.stored);
                one.newest = one.oldest;
            }
            Err(_) => one.unreadable = 1,
        }
        self.join(&one);
    }

    /// Takes other entries in.
    pub(crate) fn join(&mut self, other: &Sum) {
        self.entries += other.entries;
        self.bytes += other.bytes;
        self.computation += other.computation;
        self.unreadable += other.unreadable;
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
        self.newest = self.newest.max(other.newest);
    }
}

impl Store {
    /// The store that `--store`, `CHECKPOINTER_DIR` or the default names.
    pub(crate) fn chosen(asked: Option<&Path>) -> Self {
        let root = asked.map(Path::to_owned).or_else(|| {
            std::env::var_os("CHECKPOINTER_DIR")
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from)
        });
        Self {
            root: root.unwrap_or_else(default_root),
        }
    }

    /// Whether anything was stored there yet.
    pub(crate) fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// The folder of this function's entries, whether it is there or not.
    pub(crate) fn folder_of(&self, function: &str) -> PathBuf {
        disk::folder(&self.root, function)
    }

    /// The code versions of a function.
    pub(crate) fn function(&self, function: &str) -> FunctionFolder {
        FunctionFolder::read(self.folder_of(function))
    }

    /// The folders of all functions, of all crates.
    pub(crate) fn functions(&self) -> Vec<FunctionFolder> {
        let crates = list(&self.root)
            .into_iter()
            .filter(|path| is_plain_folder(path));
        let folders = crates.flat_map(|path| list(&path));
        let mut functions: Vec<FunctionFolder> = folders
            .filter(|path| is_plain_folder(path))
            .map(FunctionFolder::read)
            .filter(|function| !function.versions.is_empty())
            .collect();
        functions.sort_by(|a, b| a.path.cmp(&b.path));
        functions
    }

    /// The folders in which states of code lie: one a crate.
    pub(crate) fn state_folders(&self) -> Vec<PathBuf> {
        let crates = list(&self.root)
            .into_iter()
            .filter(|path| is_plain_folder(path));
        crates
            .map(|path| path.join(".states"))
            .filter(|path| path.is_dir())
            .collect()
    }
}

impl FunctionFolder {
    fn read(path: PathBuf) -> Self {
        let mut versions: Vec<VersionFolder> = Vec::new();
        for child in list(&path) {
            let pack = child
                .extension()
                .is_some_and(|extension| extension == "pack");
            let Some(code_hash) = digest(&if pack {
                child.with_extension("")
            } else {
                child.clone()
            }) else {
                continue;
            };
            let at = versions
                .iter()
                .position(|version| version.code_hash == code_hash);
            let at = at.unwrap_or_else(|| {
                versions.push(VersionFolder {
                    code_hash,
                    folder: None,
                    pack: None,
                });
                versions.len() - 1
            });
            if pack {
                versions[at].pack = Some(child);
            } else {
                versions[at].folder = Some(child);
            }
        }
        versions.sort_by_key(|version| version.code_hash);
        Self { path, versions }
    }

    /// The function's path, as the header of one of its entries has it.
    pub(crate) fn function(&self) -> Option<String> {
        self.versions.iter().find_map(|version| {
            let mut name = None;
            version.each(&mut |found| {
                name = found
                    .header
                    .as_ref()
                    .ok()
                    .map(|header| header.function.clone());
                name.is_none()
            });
            name
        })
    }

    /// The name of its folder, for one whose entries say nothing.
    pub(crate) fn shown(&self) -> String {
        let names = [
            self.path.parent().and_then(Path::file_name),
            self.path.file_name(),
        ];
        let names: Vec<String> = names
            .into_iter()
            .flatten()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.join("/")
    }
}

impl VersionFolder {
    /// Calls `visit` for each entry, until it says no.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(Found) -> bool) {
        for shard in self.shards() {
            for file in entries_of(&shard) {
                if !visit(read_entry(file)) {
                    return;
                }
            }
        }
        let Some(pack) = &self.pack else { return };
        let bytes = match fs::read(pack) {
            Ok(bytes) => bytes,
            Err(error) => {
                visit(Found {
                    file: pack.clone(),
                    range: None,
                    bytes: 0,
                    header: Err(error.to_string()),
                });
                return;
            }
        };
        for range in packed::frames(&bytes, self.code_hash) {
            let found = Found {
                file: pack.clone(),
                bytes: range.len() as u64,
                header: Description::read(&bytes[range.clone()]).map_err(|error| error.to_string()),
                range: Some(range),
            };
            if !visit(found) {
                return;
            }
        }
    }

    /// All entries.
    pub(crate) fn entries(&self) -> Vec<Found> {
        let mut entries = Vec::new();
        self.each(&mut |found| {
            entries.push(found);
            true
        });
        entries
    }

    /// The folders between version and entries.
    pub(crate) fn shards(&self) -> Vec<PathBuf> {
        let Some(folder) = &self.folder else {
            return Vec::new();
        };
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_shard = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            name.len() == 2 && name.iter().all(is_digit)
        };
        list(folder).into_iter().filter(is_shard).collect()
    }

    /// Whether it has an entry of this call.
    pub(crate) fn call(&self, call_hash: &Digest) -> Option<Found> {
        let digits = call_hash.to_string();
        if let Some(folder) = &self.folder {
            let file = folder.join(&digits[..2]).join(&digits);
            if file.is_file() {
                return Some(read_entry(file));
            }
        }
        self.pack.as_ref()?;
        self.entries().into_iter().find(|found| {
            found
                .header
                .as_ref()
                .is_ok_and(|header| header.call_hash == *call_hash)
        })
    }
}

/// The files of a shard that are named as entries are.
pub(crate) fn entries_of(shard: &Path) -> Vec<PathBuf> {
    let files = list(shard);
    files
        .into_iter()
        .filter(|file| digest(file).is_some())
        .collect()
}

/// What the first bytes of an entry's file say.
pub(crate) fn read_entry(file: PathBuf) -> Found {
    let read = || -> io::Result<(u64, Vec<u8>)> {
        let mut open = File::open(&file)?;
        let length = open.metadata()?.len();
        let mut start = vec![0; START];
        let mut filled = 0;
        while filled < start.len() {
            match open.read(&mut start[filled..])? {
                0 => break,
                read => filled += read,
            }
            if filled >= 512 {
                break;
            }
        }
        start.truncate(filled);
        Ok((length, start))
    };
    match read() {
        Ok((bytes, start)) => Found {
            file,
            range: None,
            bytes,
            header: Description::read(&start).map_err(|error| error.to_string()),
        },
        Err(error) => Found {
            file,
            range: None,
            bytes: 0,
            header: Err(error.to_string()),
        },
    }
}

/// The bytes of an entry.
pub(crate) fn frame(found: &Found) -> anyhow::Result<bytes::Bytes> {
    let all =
        fs::read(&found.file).with_context(|| format!("can't read {}", found.file.display()))?;
    let all = bytes::Bytes::from(all);
    Ok(match &found.range {
        Some(range) => all.slice(range.clone()),
        None => all,
    })
}

/// What lies in a folder, sorted; nothing if it can't be read. Links are not followed further.
pub(crate) fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
        .map(|entry| entry.path())
        .collect();
    paths.sort_unstable();
    paths
}

fn is_plain_folder(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.is_dir()
}

/// The hash that a file or folder is named by.
pub(crate) fn digest(path: &Path) -> Option<Digest> {
    let name = path.file_name()?.to_str()?;
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    is_lower.then(|| Digest::from_hex(name))?
}

/// The root folder where nothing names one.
pub(crate) fn default_root() -> PathBuf {
    dirs::cache_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("checkpoints")
}
