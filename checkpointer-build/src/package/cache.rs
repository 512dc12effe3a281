//! The packages as they were found last time. Asking Cargo takes a sixth of a second; this takes none.
//!
//! The file holds what the answer was made from: manifests, lock file, Cargo's configuration, and the names of the
//! files that are targets without being written down. If any of it differs, or the file is damaged, it is as if there
//! were none.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::discover;
use super::{Options, Workspace};

/// Goes up with any change to what is stored.
const VERSION: u32 = 3;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    manifest: PathBuf,
    stamps: Vec<Stamp>,
    workspace: Workspace,
}

/// Something that the answer depends on, and the hash of what it was; none for a file that was not there.
#[derive(PartialEq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    hash: Option<[u8; 32]>,
}

/// The packages, if they can still be trusted.
pub(super) fn read(folder: &Path, manifest: &Path, options: &Options) -> Option<Workspace> {
    let bytes = std::fs::read(file(folder, manifest, options)).ok()?;
    let (sum, payload) = bytes.split_at_checked(32)?;
    if blake3::hash(payload).as_bytes() != sum {
        return None;
    }
    let stored: Stored = rmp_serde::from_slice(payload).ok()?;
    let valid = stored.version == VERSION
        && stored.manifest == manifest
        && stored
            .stamps
            .iter()
            .all(|stamp| stamp_of(&stamp.path) == *stamp);
    valid.then_some(stored.workspace)
}

/// Stores the packages. A cache that can't be written costs time and nothing else, so no error leaves here.
pub(super) fn write(folder: &Path, manifest: &Path, options: &Options, workspace: &Workspace) {
    let stored = Stored {
        version: VERSION,
        manifest: manifest.to_owned(),
        stamps: inputs(workspace)
            .iter()
            .map(|path| stamp_of(path))
            .collect(),
        workspace: workspace.clone(),
    };
    let Ok(payload) = rmp_serde::to_vec(&stored) else {
        return;
    };
    let mut bytes = blake3::hash(&payload).as_bytes().to_vec();
    bytes.extend_from_slice(&payload);
    let target = file(folder, manifest, options);
    let temporary = target.with_extension(format!("{}.tmp", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&temporary, bytes))
        .and_then(|()| std::fs::rename(&temporary, &target));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
}

fn file(folder: &Path, manifest: &Path, options: &Options) -> PathBuf {
    let asked = rmp_serde::to_vec(&(VERSION, manifest, options)).unwrap_or_default();
    folder.join(format!(
        "packages-{}.bin",
        &blake3::hash(&asked).to_hex()[..16]
    ))
}

/// Files and folders that the answer was made from.
fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    let mut inputs = vec![
        workspace.directory.join("Cargo.toml"),
        workspace
            .lock_file
            .clone()
            .unwrap_or_else(|| workspace.directory.join("Cargo.lock")),
    ];
    inputs.extend(workspace.manifests.iter().cloned());
    for package in &workspace.packages {
        inputs.push(package.manifest.clone());
        let places = [
            "build.rs",
            "src/lib.rs",
            "src/main.rs",
            "src/bin",
            "examples",
            "tests",
            "benches",
        ];
        inputs.extend(places.iter().map(|place| package.directory.join(place)));
    }
    for folder in workspace.packages[workspace.root].directory.ancestors() {
        inputs.extend(
            ["Cargo.toml", ".cargo/config.toml", ".cargo/config"].map(|name| folder.join(name)),
        );
    }
    inputs.sort();
    inputs.dedup();
    inputs
}

/// Of a source file only its presence counts, of a folder the targets in it, of any other file its bytes.
fn stamp_of(path: &Path) -> Stamp {
    let hash = if path.is_dir() {
        let names: Vec<String> = discover(path).into_iter().map(|(name, _)| name).collect();
        Some(*blake3::hash(names.join("\n").as_bytes()).as_bytes())
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        path.is_file().then_some([0; 32])
    } else {
        std::fs::read(path)
            .ok()
            .map(|bytes| *blake3::hash(&bytes).as_bytes())
    };
    Stamp {
        path: path.to_owned(),
        hash,
    }
}
