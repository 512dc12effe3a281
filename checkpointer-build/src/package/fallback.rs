//! The packages where Cargo does not tell all of them, because one that this build does not need is not on the machine: by
//! the lock file of the build, if it can be found, and the manifests on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata as cargo;

use super::declared::{Declared, Wanted};
use super::features::Asked;
use super::known::Known;
use super::lock::{Lock, Locked};
use super::manifest::Manifest;
use super::united::{local, unite};
use super::{Options, Package, PackageError, Workspace, metadata};

/// Reads what there is. `reason` is why Cargo could not answer.
pub(super) fn load(
    manifest: &Path,
    options: &Options,
    reason: String,
) -> Result<Workspace, PackageError> {
    let manifest = manifest
        .canonicalize()
        .unwrap_or_else(|_| manifest.to_owned());
    Manifest::read(&manifest)?;
    let mut options = options.clone();
    options.target = options
        .target
        .or_else(|| metadata::host(options.rustc.as_deref()));
    let options = &options;
    // What the members are by themselves Cargo can tell without any other package.
    let told = metadata::members(&manifest, options);
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let directory = match &told {
        Some(told) => told.workspace_root.clone().into_std_path_buf(),
        None => folder.to_owned(),
    };
    let failed = || PackageError::Manifest {
        path: manifest.clone(),
        reason: reason.clone(),
    };
    let root = local(&manifest, told.as_ref()).ok_or_else(failed)?;
    let mut diagnostics = Vec::new();
    let lock = [Some(folder), options.lock_hint.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|folder| Lock::find(folder, &root.name, &root.version));
    let (lock_file, lock) = match lock {
        Some((path, mut lock)) => {
            complete(&mut lock, &root, &declared(&manifest, told.as_ref()));
            (Some(path), lock)
        }
        None => {
            diagnostics.push(format!(
                "no Cargo.lock lists {}, so that updates of registry packages go unnoticed; build it where a lock file is",
                root.name
            ));
            (None, by_manifests(&manifest, told.as_ref()))
        }
    };
    let mut known = Known::new(&lock, options.platform(), &directory);
    let members = told
        .iter()
        .flat_map(|told| metadata::tell(&mut known, told));
    let members = members.collect();
    let at = known
        .find(&root.name, &root.version, None)
        .ok_or_else(failed)?;
    known.tell_local(at, manifest.clone());
    for (name, path) in patches(&directory) {
        known.tell_patch(&name, &path);
    }
    let asked = Asked {
        root: at,
        features: options.root_features(),
        members,
    };
    let found = unite(root, &mut known, &lock, &asked, told.as_ref());
    if !found.unknown.is_empty() {
        // Before its error, Cargo may say that it waits for a lock.
        let first_line = reason
            .lines()
            .find(|line| line.starts_with("error"))
            .or(reason.lines().next())
            .unwrap_or_default();
        diagnostics.push(format!(
            "cargo metadata failed for {} ({first_line}), and no manifest was found of {}; what it asks of other packages \
             counts by its version",
            manifest.display(),
            found.unknown.join(", ")
        ));
    }
    Ok(Workspace {
        lock_file,
        diagnostics,
        ..found.sorted(directory)
    })
}

/// The folders that `[patch]` puts in the place of packages, by name.
fn patches(workspace: &Path) -> BTreeMap<String, PathBuf> {
    let text = std::fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    let sources = table.get("patch").and_then(toml::Value::as_table);
    let mut found = BTreeMap::new();
    for (key, patch) in sources
        .into_iter()
        .flatten()
        .filter_map(|(_, patches)| patches.as_table())
        .flatten()
    {
        let text = |key: &str| patch.get(key).and_then(toml::Value::as_str);
        if let Some(path) = text("path") {
            let name = text("package").unwrap_or(key);
            found.insert(name.to_owned(), workspace.join(path).join("Cargo.toml"));
        }
    }
    found
}

/// Without a lock file: what manifests ask for, as it is written there.
fn by_manifests(root: &Path, told: Option<&cargo::Metadata>) -> Lock {
    let mut lock = Lock::default();
    let mut done = BTreeSet::new();
    let members = told.iter().flat_map(|told| &told.packages);
    let members = members.map(|package| package.manifest_path.clone().into_std_path_buf());
    let mut open: Vec<PathBuf> = members.collect();
    open.push(root.to_owned());
    while let Some(path) = open.pop() {
        if !done.insert(path.clone()) {
            continue;
        }
        let Some(package) = local(&path, told) else {
            continue;
        };
        let declared = declared(&path, told);
        let mut dependencies = Vec::new();
        for wanted in &declared.wanted {
            let path = wanted.path.as_ref().map(|path| path.join("Cargo.toml"));
            let path = path.and_then(|path| path.canonicalize().ok());
            if let Some(found) = path.as_ref().and_then(|path| local(path, told)) {
                dependencies.push(format!("{} {}", found.name, found.version));
                open.extend(path);
                continue;
            }
            dependencies.push(asked_for(&mut lock, wanted));
        }
        lock.package.push(Locked {
            name: package.name,
            version: package.version,
            source: None,
            checksum: None,
            dependencies,
        });
    }
    lock
}

/// The lock file of a build that a published package is a part of lacks what only its tests need.
fn complete(lock: &mut Lock, root: &Package, declared: &Declared) {
    let is_root = |locked: &Locked| locked.name == root.name && locked.version == root.version;
    let Some(at) = lock.package.iter().position(is_root) else {
        return;
    };
    for wanted in &declared.wanted {
        let is_named = |line: &String| line.split(' ').next() == Some(&wanted.package);
        if !lock.package[at].dependencies.iter().any(is_named) {
            let line = asked_for(lock, wanted);
            lock.package[at].dependencies.push(line);
        }
    }
}

/// An entry that knows no more than what a manifest asks for; gives the line that names it.
fn asked_for(lock: &mut Lock, wanted: &Wanted) -> String {
    // No spaces: a requirement stands where a version would.
    let version = wanted.requirement.replace(' ', "");
    let line = format!("{} {version}", wanted.package);
    let is_known = |locked: &Locked| locked.name == wanted.package && locked.version == version;
    if !lock.package.iter().any(is_known) {
        lock.package.push(Locked {
            name: wanted.package.clone(),
            version,
            source: Some(String::new()),
            checksum: None,
            dependencies: Vec::new(),
        });
    }
    line
}

/// What a local package asks for.
fn declared(path: &Path, told: Option<&cargo::Metadata>) -> Declared {
    match told.and_then(|told| metadata::find(path, told)) {
        Some(package) => Declared::of_cargo(package),
        None => Manifest::read(path)
            .map_or_else(|_| Declared::nothing(), |manifest| manifest.declared()),
    }
}
