//! Packages that count as a whole: the hash of one covers itself and everything below it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{PackageRef, Workspace};

/// For each foreign package: name, version, checksum or commit, and features of it and of all packages that it is made
/// from. The registry that served the archive doesn't count: its checksum does.
pub(super) fn hashes(workspace: &Workspace) -> Vec<blake3::Hash> {
    let mut local: Vec<Option<Vec<u8>>> = vec![None; workspace.packages.len()];
    let foreign: Vec<Vec<u8>> = workspace.foreign.iter().map(of_archive).collect();
    let mut hashes = Vec::with_capacity(foreign.len());
    for (index, package) in workspace.foreign.iter().enumerate() {
        let below = below(workspace, index);
        for reference in &below {
            if let PackageRef::Local(at) = reference {
                local[*at].get_or_insert_with(|| of_sources(workspace, *at));
            }
        }
        let mut entries: Vec<&[u8]> = below
            .iter()
            .filter_map(|reference| match reference {
                PackageRef::Foreign(at) => Some(foreign[*at].as_slice()),
                PackageRef::Local(at) => local[*at].as_deref(),
            })
            .collect();
        entries.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        let mut name = Vec::new();
        write(&mut name, &package.name);
        hasher.update(&name);
        for entry in entries {
            hasher.update(&(entry.len() as u64).to_le_bytes());
            hasher.update(entry);
        }
        hashes.push(hasher.finalize());
    }
    hashes
}

fn of_archive(package: &super::ForeignPackage) -> Vec<u8> {
    let mut entry = Vec::new();
    write(&mut entry, "foreign");
    write(&mut entry, &package.name);
    write(&mut entry, &package.version);
    write(&mut entry, package.identity.as_deref().unwrap_or(""));
    entry.extend_from_slice(&(package.features.len() as u64).to_le_bytes());
    package
        .features
        .iter()
        .for_each(|feature| write(&mut entry, feature));
    entry
}

/// A local package below a foreign one, as a `[patch]` makes it, counts by all its sources: which of them the foreign
/// package uses can't be seen.
fn of_sources(workspace: &Workspace, index: usize) -> Vec<u8> {
    let package = &workspace.packages[index];
    let mut entry = Vec::new();
    write(&mut entry, "local");
    write(&mut entry, &package.name);
    for path in sources(workspace, index) {
        let shown = path.strip_prefix(&package.directory).unwrap_or(&path);
        write(&mut entry, &shown.to_string_lossy().replace('\\', "/"));
        let content = std::fs::read(&path).unwrap_or_default();
        entry.extend_from_slice(blake3::hash(&content).as_bytes());
    }
    entry
}

/// The manifest of a local package and the files beside and below its library's root, sorted.
pub(super) fn sources(workspace: &Workspace, index: usize) -> Vec<PathBuf> {
    let package = &workspace.packages[index];
    let mut found = BTreeSet::from([package.manifest.clone()]);
    let folder = package
        .lib_target()
        .and_then(|library| library.root.parent());
    let walk = folder
        .map(|folder| walkdir::WalkDir::new(folder).follow_links(true))
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    // Where the library's root stands beside the manifest, so do folders that are no source.
    let counts = |entry: &walkdir::DirEntry| {
        let inner = entry.path().strip_prefix(&package.directory);
        let first = inner.ok().and_then(|inner| inner.iter().next());
        let is_source =
            first.is_none_or(|name| name != "target" && !name.to_string_lossy().starts_with('.'));
        entry.file_type().is_file() && is_source
    };
    found.extend(walk.filter(counts).map(walkdir::DirEntry::into_path));
    found.into_iter().collect()
}

/// The local packages that a foreign one is made from, each once.
pub(super) fn local_below(workspace: &Workspace) -> BTreeSet<usize> {
    let all = (0..workspace.foreign.len()).flat_map(|index| below(workspace, index));
    let local = |reference: PackageRef| match reference {
        PackageRef::Local(index) => Some(index),
        PackageRef::Foreign(_) => None,
    };
    all.filter_map(local).collect()
}

fn below(workspace: &Workspace, index: usize) -> BTreeSet<PackageRef> {
    let mut found = BTreeSet::from([PackageRef::Foreign(index)]);
    let mut open = vec![PackageRef::Foreign(index)];
    while let Some(reference) = open.pop() {
        let dependencies: Vec<PackageRef> = match reference {
            PackageRef::Foreign(index) => workspace.foreign[index].dependencies.clone(),
            PackageRef::Local(index) => {
                let all = workspace.packages[index].dependencies.iter();
                all.filter(|dependency| dependency.kind != super::DependencyKind::Dev)
                    .map(|dependency| dependency.package)
                    .collect()
            }
        };
        open.extend(
            dependencies
                .into_iter()
                .filter(|dependency| found.insert(*dependency)),
        );
    }
    found
}

fn write(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}
