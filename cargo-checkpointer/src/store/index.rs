//! What the entries of each code version add up to, kept between runs: a store may have a hundred thousand files, and
//! most of them are as they were.
//!
//! A folder's time changes whenever an entry in it is made, replaced or removed. What changed in the two seconds before
//! it was looked at is looked at again the next time.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::times::{Folder, nanoseconds, time_of};
use super::{FunctionFolder, Store, Sum, VersionFolder, entries_of, read_entry};

/// A change within this time may leave no trace in a folder's time.
const RACY: Duration = Duration::from_secs(2);

/// Goes up with any change to what is kept.
const VERSION: u32 = 2;

/// Sums by version, from memory or from the files.
pub(crate) struct Index {
    file: PathBuf,
    known: HashMap<String, Known>,
}

/// What was seen of a version's folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    /// The time of the version's folder: which shards there are.
    folder: u64,
    /// The packed file's time and length.
    pack: (u64, u64),
    pack_sum: Sum,
    shards: Vec<Shard>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Shard {
    /// The two digits that it is called by.
    digits: [u8; 2],
    time: u64,
    sum: Sum,
}

impl Index {
    /// What is known of a store.
    pub(crate) fn open(store: &Store, cache: &Path) -> Self {
        let name = blake3::hash(store.root.as_os_str().as_encoded_bytes()).to_hex();
        let file = cache.join(format!("store-{}.bin", &name[..16]));
        let known = fs::read(&file).ok().and_then(|bytes| {
            let (sum, body) = bytes.split_at_checked(32)?;
            let is_whole = blake3::hash(body).as_bytes() == sum;
            let (version, known) =
                rmp_serde::from_slice::<(u32, HashMap<String, Known>)>(body).ok()?;
            (is_whole && version == VERSION).then_some(known)
        });
        Self {
            file,
            known: known.unwrap_or_default(),
        }
    }

    /// The sums of all versions of these functions, in their order.
    pub(crate) fn sums(&mut self, functions: &[FunctionFolder]) -> Vec<Vec<Sum>> {
        let jobs: Vec<&VersionFolder> = functions
            .iter()
            .flat_map(|function| &function.versions)
            .collect();
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Option<Known>, Sum)>> =
            Mutex::new(Vec::with_capacity(jobs.len()));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let known = &self.known;
        std::thread::scope(|scope| {
            for _ in 0..threads.min(jobs.len().max(1)) {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(version) = jobs.get(at) else { break };
                        let (fresh, sum) = look(version, known.get(&key(version)));
                        mine.push((at, fresh, sum));
                    }
                    let mut done = done
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    done.append(&mut mine);
                });
            }
        });
        let mut done = done
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(at, _, _)| *at);
        let mut changed = false;
        let mut sums = Vec::new();
        for (at, fresh, sum) in done {
            if let Some(fresh) = fresh {
                self.known.insert(key(jobs[at]), fresh);
                changed = true;
            }
            sums.push(sum);
        }
        if changed {
            self.save();
        }
        let mut sums = sums.into_iter();
        functions
            .iter()
            .map(|function| sums.by_ref().take(function.versions.len()).collect())
            .collect()
    }

    /// An index that can't be written costs time and nothing else, so no error leaves here.
    fn save(&mut self) {
        self.known.retain(|path, _| {
            let path = Path::new(path);
            path.exists() || path.with_extension("pack").exists()
        });
        let Ok(body) = rmp_serde::to_vec(&(VERSION, &self.known)) else {
            return;
        };
        let mut bytes = blake3::hash(&body).as_bytes().to_vec();
        bytes.extend_from_slice(&body);
        let temporary = self
            .file
            .with_extension(format!("{}.tmp", std::process::id()));
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&temporary, bytes))
            .and_then(|()| fs::rename(&temporary, &self.file));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }
}

fn key(version: &VersionFolder) -> String {
    let path = match (&version.folder, &version.pack) {
        (Some(folder), _) => folder.clone(),
        (None, Some(pack)) => pack.with_extension(""),
        (None, None) => PathBuf::new(),
    };
    path.to_string_lossy().into_owned()
}

/// A version's sum, and what to remember of it if that is not what was known.
fn look(version: &VersionFolder, known: Option<&Known>) -> (Option<Known>, Sum) {
    let nothing = Known::default();
    let old = known.unwrap_or(&nothing);
    let mut new = Known::default();
    let now = nanoseconds(Some(SystemTime::now()));
    let settled = |time: u64| {
        if u128::from(now.saturating_sub(time)) < RACY.as_nanos() {
            0
        } else {
            time
        }
    };
    if let Some(folder) = &version.folder {
        let open = Folder::open(folder);
        let time = settled(open.time());
        new.folder = time;
        if time != 0 && time == old.folder {
            new.shards.clone_from(&old.shards);
        } else {
            let before: HashMap<[u8; 2], &Shard> = old
                .shards
                .iter()
                .map(|shard| (shard.digits, shard))
                .collect();
            for path in version.shards() {
                let name = path.file_name().unwrap_or_default().as_encoded_bytes();
                let Ok(digits) = name.try_into() else {
                    continue;
                };
                let shard = before.get(&digits).map(|shard| (*shard).clone());
                new.shards.push(shard.unwrap_or(Shard {
                    digits,
                    time: 0,
                    sum: Sum::default(),
                }));
            }
        }
        for shard in &mut new.shards {
            let name = str::from_utf8(&shard.digits).unwrap_or_default();
            let time = settled(open.time_of(name));
            if time == 0 || time != shard.time {
                shard.time = time;
                shard.sum = Sum::default();
                for file in entries_of(&folder.join(name)) {
                    shard.sum.add(&read_entry(file));
                }
            }
        }
    }
    if let Some(pack) = &version.pack {
        let length = fs::metadata(pack).map_or(0, |metadata| metadata.len());
        new.pack = (settled(time_of(pack)), length);
        if new.pack.0 != 0 && new.pack == old.pack {
            new.pack_sum = old.pack_sum;
        } else {
            let packed = VersionFolder {
                folder: None,
                ..version.clone()
            };
            packed.each(&mut |found| {
                new.pack_sum.add(&found);
                true
            });
        }
    }
    let mut sum = new.pack_sum;
    for shard in &new.shards {
        sum.join(&shard.sum);
    }
    let is_same = known.is_some_and(|known| *known == new);
    ((!is_same).then_some(new), sum)
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;

    use checkpointer_runtime::entry::{self, Header};
    use checkpointer_runtime::storage::Storage as _;
    use checkpointer_runtime::{Digest, DiskStorage, Key, StorageOptions, codec};
    use tempfile::TempDir;

    use super::*;

    /// A store with entries in shards of their own.
    fn store(entries: u8) -> (TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("store");
        let options = Arc::new(StorageOptions::new(&root));
        for call in 0..entries {
            let hashes = (Digest::new([7; 32]), Digest::new([call; 32]));
            let key = Key::new("app::f", hashes.0, hashes.1, Arc::clone(&options));
            let header = Header {
                codec: codec::MSGPACK,
                stored: chrono::DateTime::UNIX_EPOCH,
                computation: Duration::from_secs(1),
            };
            let frame = entry::encode(&key, &header, |_| Ok(())).expect("it is small");
            DiskStorage.store(&key, &frame).expect("it is writable");
        }
        (folder, Store { root })
    }

    /// What a new run of the command finds.
    fn sum(folder: &TempDir, store: &Store) -> Sum {
        let functions = [store.function("app::f")];
        let sums = Index::open(store, &folder.path().join("cache")).sums(&functions);
        sums[0].iter().fold(Sum::default(), |mut all, one| {
            all.join(one);
            all
        })
    }

    fn shard(store: &Store, call: u8) -> PathBuf {
        let code = Digest::new([7; 32]).to_string();
        store
            .folder_of("app::f")
            .join(code)
            .join(format!("{call:02x}"))
    }

    fn entry(store: &Store, call: u8) -> PathBuf {
        shard(store, call).join(Digest::new([call; 32]).to_string())
    }

    /// Has a folder look as if it had last changed so many seconds after 1970.
    fn date(folder: &Path, seconds: u64) {
        let open = fs::File::open(folder).expect("it is there");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        open.set_modified(time).expect("it is ours");
    }

    #[test]
    fn what_changed_is_read_again_and_nothing_else() {
        let (folder, store) = store(3);
        for call in 0..3 {
            date(&shard(&store, call), 1000);
        }
        date(shard(&store, 0).parent().expect("a folder"), 1000);
        assert_eq!(sum(&folder, &store).entries, 3);
        // Nobody of ours writes into an entry, so this leaves no trace in its folder.
        fs::write(entry(&store, 0), b"no entry").expect("it is ours");
        assert_eq!(sum(&folder, &store).unreadable, 0);
        fs::remove_file(entry(&store, 1)).expect("it is there");
        date(&shard(&store, 1), 1001);
        let found = sum(&folder, &store);
        assert_eq!((found.entries, found.unreadable), (2, 0));
        date(&shard(&store, 0), 1001);
        let found = sum(&folder, &store);
        assert_eq!((found.entries, found.unreadable), (2, 1));
        fs::remove_dir_all(shard(&store, 2)).expect("it is there");
        date(shard(&store, 0).parent().expect("a folder"), 1001);
        assert_eq!(sum(&folder, &store).entries, 1);
    }

    #[test]
    fn what_changed_a_moment_ago_is_not_trusted() {
        let (folder, store) = store(2);
        assert_eq!(sum(&folder, &store).unreadable, 0);
        fs::write(entry(&store, 0), b"no entry").expect("it is ours");
        assert_eq!(sum(&folder, &store).unreadable, 1);
    }
}
