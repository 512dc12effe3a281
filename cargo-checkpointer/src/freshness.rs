//! The analysis of a package as it was found last time, if nothing that it was made from has changed since: `list` and
//! `status` are asked often, and a large package takes a while.
//!
//! What it was made from is told by path, length and time of the last change, as make does. So a file that changed in the
//! two seconds before it was looked at is not trusted: nothing is kept then.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use checkpointer_build::{AnalyzeError, FunctionReport, InspectOptions, Inspection, Spot, State};
use checkpointer_syntax::table::Table;
use serde::{Deserialize, Serialize};

/// A change within this time may leave no trace in a file's time.
const RACY: Duration = Duration::from_secs(2);

/// As [`checkpointer_build::inspect`], from the cache where it holds.
pub(crate) fn inspect(
    manifest: &Path,
    options: &InspectOptions,
) -> Result<Inspection, AnalyzeError> {
    let Some(cache) = options.cache.as_deref() else {
        return checkpointer_build::inspect(manifest, options);
    };
    let file = cache.join(name(manifest, options));
    let now = SystemTime::now();
    if let Some(kept) = Kept::read(&file)
        && kept.stamps == stamps(&kept.folders, &kept.watched, manifest, options)
        && let Some(inspection) = kept.inspection()
    {
        return Ok(inspection);
    }
    let found = checkpointer_build::inspect(manifest, options)?;
    let stamps = stamps(&found.folders, &found.watched, manifest, options);
    let is_racy = stamps.iter().any(|stamp| {
        stamp
            .time
            .is_some_and(|time| now.duration_since(time).is_ok_and(|age| age < RACY) || time > now)
    });
    if !is_racy {
        Kept::of(&found, stamps).write(&file);
    }
    Ok(found)
}

fn name(manifest: &Path, options: &InspectOptions) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(manifest.as_os_str().as_encoded_bytes());
    hasher.update(&[0]);
    if let Some(out) = &options.out_dir {
        hasher.update(out.as_os_str().as_encoded_bytes());
    }
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    // Another build of the command may find another thing.
    if let Ok(program) = std::env::current_exe().and_then(std::fs::metadata) {
        hasher.update(format!("{:?} {}", program.modified().ok(), program.len()).as_bytes());
    }
    format!("analysis-{}.bin", &hasher.finalize().to_hex()[..16])
}

/// A file, and what tells whether it changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    length: u64,
    time: Option<SystemTime>,
}

/// All sources, manifests and other files that an analysis hangs on, and the variables that code may read.
fn stamps(
    folders: &[PathBuf],
    watched: &[PathBuf],
    manifest: &Path,
    options: &InspectOptions,
) -> Vec<Stamp> {
    let mut stamps = Vec::new();
    let mut add = |path: &Path, metadata: std::io::Result<std::fs::Metadata>| {
        let metadata = metadata.ok();
        stamps.push(Stamp {
            path: path.to_owned(),
            length: metadata.as_ref().map_or(u64::MAX, std::fs::Metadata::len),
            time: metadata.and_then(|metadata| metadata.modified().ok()),
        });
    };
    for folder in folders {
        let walk = walkdir::WalkDir::new(folder)
            .into_iter()
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                // A store in the package's folder may have more folders than all of its sources.
                let is_of_store = || crate::store::digest(entry.path()).is_some();
                entry.depth() == 0
                    || !(name.starts_with('.')
                        || entry.file_type().is_dir() && (name == "target" || is_of_store()))
            });
        for entry in walk.flatten() {
            let is_code = entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs" || extension == "toml");
            if is_code && !entry.file_type().is_dir() {
                add(entry.path(), std::fs::metadata(entry.path()));
            }
        }
    }
    for path in watched {
        let walk = walkdir::WalkDir::new(path).into_iter().flatten();
        for entry in walk.filter(|entry| !entry.file_type().is_dir()) {
            add(entry.path(), std::fs::metadata(entry.path()));
        }
    }
    for folder in manifest.ancestors().skip(1) {
        for name in ["Cargo.lock", "Cargo.toml", ".cargo/config.toml"] {
            let path = folder.join(name);
            let metadata = std::fs::metadata(&path);
            add(&path, metadata);
        }
    }
    if let Some(out) = &options.out_dir {
        let path = out.join("checkpointer-asked.json");
        add(&path, std::fs::metadata(&path));
    }
    let variables: String = {
        let mut all: Vec<String> = std::env::vars_os()
            .map(|(name, value)| format!("{name:?}={value:?}"))
            .collect();
        all.sort();
        blake3::hash(all.join("\n").as_bytes()).to_hex().to_string()
    };
    stamps.push(Stamp {
        path: PathBuf::from(variables),
        length: 0,
        time: None,
    });
    stamps.sort();
    stamps.dedup();
    stamps
}

/// File, line, column and reason of a [`Spot`].
type Place = (String, u32, u32, String);

/// An inspection on disk.
#[derive(Serialize, Deserialize)]
struct Kept {
    stamps: Vec<Stamp>,
    folders: Vec<PathBuf>,
    watched: Vec<PathBuf>,
    paths: Vec<PathBuf>,
    notes: Vec<String>,
    broken: Vec<String>,
    state: Vec<u8>,
    table: String,
    spots: Vec<[Vec<Place>; 2]>,
}

impl Kept {
    fn of(found: &Inspection, stamps: Vec<Stamp>) -> Self {
        let plain = |spots: &[Spot]| {
            let spot = |s: &Spot| (s.file.clone(), s.line, s.column, s.reason.clone());
            spots.iter().map(spot).collect()
        };
        Self {
            stamps,
            folders: found.folders.clone(),
            watched: found.watched.clone(),
            paths: found.paths.clone(),
            notes: found.notes.clone(),
            broken: found.broken.clone(),
            state: found.state.write(),
            table: found.table().write(),
            spots: found
                .functions
                .iter()
                .map(|function| [plain(&function.unresolved), plain(&function.impure)])
                .collect(),
        }
    }

    fn inspection(self) -> Option<Inspection> {
        let rows = Table::parse(&self.table).ok()?.rows;
        if rows.len() != self.spots.len() {
            return None;
        }
        let spots = |list: Vec<Place>| {
            let spot = |(file, line, column, reason)| Spot {
                file,
                line,
                column,
                reason,
            };
            list.into_iter().map(spot).collect()
        };
        let functions = rows
            .into_iter()
            .zip(self.spots)
            .map(|(row, [unresolved, impure])| FunctionReport {
                row,
                unresolved: spots(unresolved),
                impure: spots(impure),
            });
        Some(Inspection {
            functions: functions.collect(),
            state: State::read(&self.state).ok()?,
            notes: self.notes,
            broken: self.broken,
            paths: self.paths,
            watched: self.watched,
            folders: self.folders,
        })
    }

    fn read(file: &Path) -> Option<Self> {
        let bytes = std::fs::read(file).ok()?;
        let (sum, body) = bytes.split_at_checked(32)?;
        if blake3::hash(body).as_bytes() != sum {
            return None;
        }
        rmp_serde::from_slice(body).ok()
    }

    /// A cache that can't be written costs time and nothing else, so no error leaves here.
    fn write(&self, file: &Path) {
        let Ok(body) = rmp_serde::to_vec(self) else {
            return;
        };
        let mut bytes = blake3::hash(&body).as_bytes().to_vec();
        bytes.extend_from_slice(&body);
        let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
        let folder = file.parent().unwrap_or(Path::new("."));
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&temporary, bytes))
            .and_then(|()| std::fs::rename(&temporary, file));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
    }
}
