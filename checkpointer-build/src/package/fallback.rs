//! The packages without Cargo's help: the manifests reached by path, and the lock file of the build if it can be found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::semver::{Version, VersionReq};

use super::lock::Lock;
use super::manifest::{Manifest, Wanted};
use super::{
    Dependency, DependencyKind, ForeignPackage, Options, Package, PackageError, PackageRef, Target,
    Workspace, metadata,
};

/// Reads what there is. `reason` is why Cargo could not answer.
pub(super) fn load(
    manifest: &Path,
    options: &Options,
    reason: String,
) -> Result<Workspace, PackageError> {
    let manifest = manifest
        .canonicalize()
        .unwrap_or_else(|_| manifest.to_owned());
    let known = Manifest::read(&manifest)?;
    let above = manifest
        .parent()
        .into_iter()
        .chain(options.lock_hint.as_deref());
    let lock = above
        .into_iter()
        .find_map(|folder| Lock::find(folder, &known.name(), &known.version()));
    // Before its error, Cargo may say that it waits for a lock.
    let first_line = reason
        .lines()
        .find(|line| line.starts_with("error"))
        .or(reason.lines().next())
        .unwrap_or_default();
    let mut diagnostics = vec![format!(
        "cargo metadata failed for {} ({first_line}); features of its dependencies are unknown, and an update that changes nothing but features goes unnoticed",
        manifest.display()
    )];
    let (lock_file, lock) = match lock {
        Some((path, lock)) => (Some(path), lock),
        None => {
            diagnostics.push(format!(
                "no Cargo.lock lists {}, so that updates of registry packages go unnoticed; build it where a lock file is",
                known.name()
            ));
            (None, Lock::default())
        }
    };
    let mut reader = Reader {
        lock,
        packages: Vec::new(),
        manifests: BTreeMap::new(),
        foreign: Vec::new(),
    };
    reader.add_locked();
    let root = reader.add_package(&manifest, true)?;
    let directory = match metadata::members(&manifest, options) {
        Some(found) => {
            reader.improve(&found);
            found.workspace_root.into_std_path_buf()
        }
        None => manifest.parent().map(Path::to_owned).unwrap_or_default(),
    };
    let packages: Vec<Package> = reader.packages.into_iter().flatten().collect();
    Ok(Workspace {
        root,
        directory,
        packages,
        foreign: reader.foreign,
        lock_file,
        diagnostics,
    })
}

struct Reader {
    lock: Lock,
    /// None while its dependencies are still being read, for packages may depend on each other in a ring.
    packages: Vec<Option<Package>>,
    manifests: BTreeMap<PathBuf, usize>,
    foreign: Vec<ForeignPackage>,
}

impl Reader {
    /// Every locked package from elsewhere becomes a foreign one at the same place, then come those of no lock file.
    fn add_locked(&mut self) {
        let lock = std::mem::take(&mut self.lock);
        for locked in &lock.package {
            let dependencies = locked
                .dependencies
                .iter()
                .filter_map(|line| lock.resolve(line))
                .map(PackageRef::Foreign);
            self.foreign.push(ForeignPackage {
                crate_name: locked.name.replace('-', "_"),
                name: locked.name.clone(),
                version: locked.version.clone(),
                source: locked.source.clone().unwrap_or_default(),
                identity: locked.identity(),
                features: BTreeSet::new(),
                dependencies: dependencies.collect(),
                is_proc_macro: false,
            });
        }
        self.lock = lock;
    }

    fn add_package(&mut self, path: &Path, is_root: bool) -> Result<usize, PackageError> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Some(&index) = self.manifests.get(&path) {
            return Ok(index);
        }
        let manifest = Manifest::read(&path)?;
        let index = self.packages.len();
        self.manifests.insert(path.clone(), index);
        self.packages.push(None);
        let mut dependencies = Vec::new();
        for (kind, key) in [
            (DependencyKind::Normal, "dependencies"),
            (DependencyKind::Build, "build-dependencies"),
            (DependencyKind::Dev, "dev-dependencies"),
        ] {
            // Another package's tests never run here.
            if kind == DependencyKind::Dev && !is_root {
                continue;
            }
            for wanted in manifest.wanted(key) {
                let package = self.add_wanted(&wanted)?;
                dependencies.push(Dependency {
                    extern_name: self.name_of(&wanted, package),
                    kind,
                    package,
                });
            }
        }
        self.packages[index] = Some(Package {
            name: manifest.name(),
            version: manifest.version(),
            directory: manifest.directory().to_owned(),
            targets: manifest.targets(),
            features: BTreeSet::new(),
            features_are_exact: false,
            dependencies,
            settings: manifest.settings(),
            manifest: path,
        });
        Ok(index)
    }

    /// A package beside this one by its path; one from elsewhere by its entry in the lock file.
    fn add_wanted(&mut self, wanted: &Wanted) -> Result<PackageRef, PackageError> {
        if let Some(path) = wanted
            .path
            .as_ref()
            .map(|path| path.join("Cargo.toml"))
            .filter(|path| path.is_file())
        {
            return self.add_package(&path, false).map(PackageRef::Local);
        }
        let requirement = VersionReq::parse(&wanted.requirement).unwrap_or(VersionReq::STAR);
        let fits = |package: &ForeignPackage| {
            package.name == wanted.package
                && (package.version == wanted.requirement
                    || Version::parse(&package.version)
                        .is_ok_and(|version| requirement.matches(&version)))
        };
        if let Some(index) = self.foreign.iter().position(fits) {
            return Ok(PackageRef::Foreign(index));
        }
        self.foreign.push(ForeignPackage {
            crate_name: wanted.package.replace('-', "_"),
            name: wanted.package.clone(),
            version: wanted.requirement.clone(),
            source: String::new(),
            identity: None,
            features: BTreeSet::new(),
            dependencies: Vec::new(),
            is_proc_macro: false,
        });
        Ok(PackageRef::Foreign(self.foreign.len() - 1))
    }

    /// A library may be called otherwise than its package, unless the dependency is renamed.
    fn name_of(&self, wanted: &Wanted, package: PackageRef) -> String {
        let renamed = wanted.extern_name != wanted.package.replace('-', "_");
        let PackageRef::Local(index) = package else {
            return wanted.extern_name.clone();
        };
        let library: Option<&Target> = self.packages[index].as_ref().and_then(Package::lib_target);
        match library.filter(|_| !renamed) {
            Some(library) => library.crate_name.clone(),
            None => wanted.extern_name.clone(),
        }
    }

    /// What Cargo knows of members is better than what was read here: it follows the workspace's inheritance.
    fn improve(&mut self, known: &cargo_metadata::Metadata) {
        for (path, index) in &self.manifests {
            if let (Some(found), Some(Some(package))) =
                (metadata::find(path, known), self.packages.get_mut(*index))
            {
                let better = metadata::declared(found);
                package.version = better.version;
                package.targets = better.targets;
            }
        }
    }
}
