//! The lock file: which version of a package takes part, and the checksum of its archive.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The part of `Cargo.lock` that is used here.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Lock {
    #[serde(default)]
    pub(super) package: Vec<Locked>,
}

/// One package of the lock file.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) source: Option<String>,
    pub(super) checksum: Option<String>,
    /// `name`, `name version` or `name version (source)`, as short as it is unique.
    #[serde(default)]
    pub(super) dependencies: Vec<String>,
}

impl Lock {
    pub(super) fn read(path: &Path) -> Option<Lock> {
        toml::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    /// The lock file at or above a folder that knows the package: that of the build which it takes part in.
    pub(super) fn find(from: &Path, name: &str, version: &str) -> Option<(PathBuf, Lock)> {
        from.ancestors()
            .map(|folder| folder.join("Cargo.lock"))
            .filter(|path| path.is_file())
            .find_map(|path| {
                let lock = Lock::read(&path)?;
                let known = lock.package.iter().any(|locked| {
                    locked.name == name && (version.is_empty() || locked.version == version)
                });
                known.then_some((path, lock))
            })
    }
}

impl Locked {
    /// The checksum, or the commit that the source names.
    pub(super) fn identity(&self) -> Option<String> {
        self.checksum
            .clone()
            .or_else(|| self.source.as_deref().and_then(commit))
    }
}

/// The commit in `git+https://…#commit`.
pub(super) fn commit(source: &str) -> Option<String> {
    let (_, commit) = source.strip_prefix("git+")?.rsplit_once('#')?;
    Some(commit.to_owned())
}
