//! Reads source files: all `.rs` files below the given folders at once, in parallel, and others
//! (`#[path]`, `include!`, OUT_DIR) as they are asked for. What was made of a file is kept in a
//! cache folder by the file's content, so that a build reads only what changed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::body::Home;
use crate::cfg::CfgSet;
use crate::ir;
use crate::lower::{self, ParseFailure};
use crate::map::HashMap;
use crate::pack;
use crate::summaries::Summaries;
use crate::world::Arenas;

/// One of the sets of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CfgId(usize);

/// A file as far as it could be read.
#[derive(Clone, Copy)]
pub(crate) enum Loaded<'a> {
    File(&'a ir::File),
    Broken(&'a ParseFailure),
    Missing,
}

/// The files of one analysis.
pub(crate) struct Sources<'a> {
    arenas: &'a Arenas,
    files: HashMap<(PathBuf, CfgId), Loaded<'a>>,
    /// What is set, by crate: a file's summary holds what is compiled under one of them.
    homes: Vec<Arc<Home>>,
    summaries: Option<Arc<Summaries>>,
    bodies: Bodies,
}

/// When functions' bodies are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// With their files, in parallel: where all are wanted.
    AtOnce,
    /// When something looks into them.
    Later,
}

impl<'a> Sources<'a> {
    /// Nothing read yet. With `cache`, summaries are looked up and kept there.
    pub(crate) fn new(arenas: &'a Arenas, cache: Option<&Path>, bodies: Bodies) -> Self {
        Sources {
            arenas,
            files: HashMap::default(),
            homes: Vec::new(),
            summaries: cache.map(|folder| Arc::new(Summaries::open(folder))),
            bodies,
        }
    }

    /// Makes a set known.
    pub(crate) fn register(&mut self, set: &CfgSet) -> CfgId {
        let known = self.homes.iter().position(|home| home.set == *set);
        CfgId(known.unwrap_or_else(|| {
            self.homes.push(Arc::new(Home {
                set: set.clone(),
                summaries: self.summaries.clone(),
            }));
            self.homes.len() - 1
        }))
    }

    /// Reads all `.rs` files below the folders, on all processors.
    pub(crate) fn preload(&mut self, folders: &[(PathBuf, CfgId)]) {
        let mut paths = Vec::new();
        for (folder, set) in folders {
            let walk = walkdir::WalkDir::new(folder).follow_links(true).into_iter();
            let walk = walk.filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                entry.depth() == 0
                    || !(name.starts_with('.') || (entry.file_type().is_dir() && name == "target"))
            });
            for entry in walk.flatten() {
                if entry.path().extension().is_some_and(|e| e == "rs")
                    && entry.file_type().is_file()
                {
                    paths.push((entry.into_path(), *set));
                }
            }
        }
        paths.sort();
        paths.dedup();
        paths.retain(|key| !self.files.contains_key(key));
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Option<Read>)>> = Mutex::new(Vec::with_capacity(paths.len()));
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(paths.len().max(1));
        let homes = &self.homes;
        let bodies = self.bodies;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let worker = || {
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some((path, set)) = paths.get(at) else {
                            break;
                        };
                        mine.push((at, read(path, &homes[set.0], bodies)));
                    }
                    done.lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .append(&mut mine);
                };
                // Deeply nested sources need more than a thread's default stack.
                let spawned = std::thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, worker);
                drop(spawned);
            }
        });
        let mut done = done
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(at, _)| *at);
        for (at, read) in done {
            self.keep(paths[at].clone(), read);
        }
    }

    fn keep(&mut self, path: (PathBuf, CfgId), read: Option<Read>) -> Loaded<'a> {
        let loaded = match read {
            None => Loaded::Missing,
            Some(Read {
                result,
                hash,
                encoded,
            }) => match result {
                Ok(file) => {
                    let file: &'a ir::File = self.arenas.files.alloc(file);
                    if let Some(summaries) = &self.summaries {
                        summaries.keep(hash, encoded);
                    }
                    Loaded::File(file)
                }
                Err(failure) => Loaded::Broken(self.arenas.failures.alloc(failure)),
            },
        };
        self.files.insert(path, loaded);
        loaded
    }

    /// One file, read now if it was not before.
    pub(crate) fn get(&mut self, path: &Path, set: CfgId) -> Loaded<'a> {
        let key = (path.to_owned(), set);
        if let Some(loaded) = self.files.get(&key) {
            return *loaded;
        }
        let read = read(path, &self.homes[set.0], self.bodies);
        self.keep(key, read)
    }

    /// Whether there is such a file.
    pub(crate) fn exists(&self, path: &Path) -> bool {
        path.is_file()
    }

    /// Writes the summaries of new files into the cache and drops those that this analysis did not use.
    pub(crate) fn save(&self) {
        if let Some(summaries) = &self.summaries {
            summaries.save();
        }
    }
}

/// The stack of threads that parse or walk syntax trees.
pub(crate) const STACK: usize = 256 << 20;

struct Read {
    result: Result<ir::File, ParseFailure>,
    hash: [u8; 32],
    /// What the cache is to keep, of a file that it does not know.
    encoded: Option<Vec<u8>>,
}

fn read(path: &Path, home: &Arc<Home>, bodies: Bodies) -> Option<Read> {
    let summaries = home.summaries.as_deref();
    let bytes = std::fs::read(path).ok()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes);
    if mentions_cfg(&bytes) {
        // Only then does a summary hang on what is set; plain data always serializes.
        hasher.update(&rmp_serde::to_vec(&home.set).unwrap_or_default());
    }
    let hash = *hasher.finalize().as_bytes();
    let mut read = Read {
        result: Ok(ir::File::default()),
        hash,
        encoded: None,
    };
    let kept = summaries.and_then(|summaries| summaries.get(&hash));
    if let Some(file) = kept.and_then(|kept| pack::unpack(kept, 1, home)) {
        read.result = Ok(file);
        return Some(read);
    }
    read.result = match std::str::from_utf8(&bytes) {
        Ok(text) => match bodies {
            Bodies::AtOnce => lower::file_and_bodies(text, home),
            Bodies::Later => lower::file_without_bodies(text, home),
        },
        Err(error) => Err(ParseFailure {
            message: format!("it is not UTF-8: {error}"),
            at: crate::ir::Pos { line: 1, column: 1 },
        }),
    };
    if summaries.is_some()
        && let Ok(file) = &read.result
    {
        read.encoded = Some(pack::pack(file, 1));
    }
    Some(read)
}

/// Whether `cfg` stands anywhere. Looks at every third byte as long as none of these letters is met (R. N. Horspool,
/// "Practical fast searching in strings", 1980): this runs unoptimized, over all sources.
fn mentions_cfg(bytes: &[u8]) -> bool {
    let mut at = 2;
    while at < bytes.len() {
        at += match bytes[at] {
            b'g' if bytes[at - 1] == b'f' && bytes[at - 2] == b'c' => return true,
            b'c' => 2,
            b'f' => 1,
            _ => 3,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::mentions_cfg;

    #[test]
    fn cfg_is_found_wherever_it_stands_and_nowhere_else() {
        for text in [
            "cfg",
            "#[cfg(x)]",
            "ccfg",
            "cfcfg",
            "fgcfg",
            "a cfg",
            "ab cfg!",
            "gggcfg",
        ] {
            assert!(mentions_cfg(text.as_bytes()), "{text}");
        }
        for text in ["", "cf", "fg", "c f g", "cfog", "gfc", "ccffgg", "config"] {
            assert!(!mentions_cfg(text.as_bytes()), "{text}");
        }
    }
}
