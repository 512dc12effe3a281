//! Where Cargo has unpacked the packages of registries and repositories, to read their manifests without asking it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::lock::{Locked, commit};
use super::manifest::Manifest;

/// Looks for manifests in Cargo's own folders, and in those that a configuration puts in a registry's place.
pub(super) struct Unpacked {
    registries: Vec<PathBuf>,
    checkouts: PathBuf,
    directories: Vec<PathBuf>,
    /// The sources of which a package was found: one that is not found of these has never been fetched.
    seen: HashSet<String>,
}

impl Unpacked {
    /// With the configuration of this folder and those above it.
    pub(super) fn new(workspace: &Path) -> Unpacked {
        let home = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
            .unwrap_or_default();
        let above = workspace.ancestors().map(|folder| folder.join(".cargo"));
        let directories = above
            .chain([home.clone()])
            .flat_map(|folder| replacements(&folder))
            .collect();
        Unpacked {
            registries: folders(&home.join("registry/src")),
            checkouts: home.join("git/checkouts"),
            directories,
            seen: HashSet::new(),
        }
    }

    /// The manifest of a locked package, if it lies on this machine.
    pub(super) fn find(&mut self, locked: &Locked) -> Option<Manifest> {
        let source = locked.source.as_ref()?;
        let named = format!("{}-{}", locked.name, locked.version);
        let found = self
            .directories
            .iter()
            .flat_map(|folder| [folder.join(&named), folder.join(&locked.name)])
            .chain(self.registries.iter().map(|folder| folder.join(&named)))
            .find_map(|folder| is_of(&folder, locked));
        let found = found.or_else(|| self.checked_out(locked, &commit(source)?))?;
        self.is_served(source);
        Some(found)
    }

    /// Says that packages of this source are on the machine.
    pub(super) fn is_served(&mut self, source: &str) {
        if !self.seen.contains(source) {
            self.seen.insert(source.to_owned());
        }
    }

    /// Whether a package that was not found can't be in this build: others of its source were found, and Cargo fetches
    /// what it builds before it builds.
    pub(super) fn is_absent(&self, locked: &Locked) -> bool {
        let source = locked.source.as_ref();
        source.is_some_and(|source| self.seen.contains(source))
    }

    /// A repository is checked out in a folder that begins with the commit, and may hold many packages.
    fn checked_out(&self, locked: &Locked, commit: &str) -> Option<Manifest> {
        let revisions = folders(&self.checkouts)
            .into_iter()
            .flat_map(|repository| folders(&repository));
        revisions
            .filter(|folder| {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                name.len() >= 7 && commit.starts_with(&*name)
            })
            .flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name())
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name() == "Cargo.toml")
            .find_map(|entry| is_of(entry.path().parent()?, locked))
    }
}

/// The manifest in a folder, if it is that of the package.
fn is_of(folder: &Path, locked: &Locked) -> Option<Manifest> {
    let path = folder.join("Cargo.toml");
    let manifest = path.is_file().then(|| Manifest::read(&path).ok())??;
    // A version that is the workspace's is not written there.
    let same_version = ["", &locked.version].contains(&manifest.version().as_str());
    (manifest.name() == locked.name && same_version).then_some(manifest)
}

/// The folders that a configuration puts in a registry's place.
fn replacements(folder: &Path) -> Vec<PathBuf> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let table: Option<Table> = read("config.toml")
        .or_else(|| read("config"))
        .and_then(|text| text.parse().ok());
    let sources = table
        .as_ref()
        .and_then(|table| table.get("source")?.as_table());
    let named = sources.into_iter().flat_map(Table::values);
    // Paths in a configuration are relative to the folder that holds `.cargo`.
    let base = folder.parent().unwrap_or(folder);
    named
        .filter_map(|source| source.get("directory").and_then(Value::as_str))
        .map(|path| base.join(path))
        .collect()
}

/// The folders in a folder, by name.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}
