//! From what is on to the packages of a build: beginning with the one that is built, all that it is made from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata as cargo;

use super::activate::Side;
use super::features::{self, Asked, Features};
use super::known::Known;
use super::lock::Lock;
use super::manifest::Manifest;
use super::{Dependency, DependencyKind, ForeignPackage, Package, PackageRef, Workspace, metadata};

/// What was found of a build.
pub(super) struct United {
    /// The package that is built is the first of them.
    pub(super) packages: Vec<Package>,
    pub(super) foreign: Vec<ForeignPackage>,
    /// Manifests on the disk that decide over features and may change.
    pub(super) manifests: BTreeSet<PathBuf>,
    /// Packages that count and whose manifests were not found.
    pub(super) unknown: Vec<String>,
}

/// Finds the packages that `root` is made from. `told` is what Cargo says of packages, if it says anything.
pub(super) fn unite(
    root: Package,
    known: &mut Known<'_>,
    lock: &Lock,
    asked: &Asked,
    told: Option<&cargo::Metadata>,
) -> United {
    let found = features::find(known, asked, lock.package.len());
    let mut union = Union {
        known,
        lock,
        found: &found,
        root: asked.root,
        told,
        packages: vec![root],
        foreign: Vec::new(),
        places: BTreeMap::from([(asked.root, PackageRef::Local(0))]),
        open: vec![asked.root],
    };
    while let Some(at) = union.open.pop() {
        union.fill(at);
    }
    let (packages, foreign) = (union.packages, union.foreign);
    let unknown = found.unknown.iter().map(|at| known.name(*at)).collect();
    United {
        packages,
        foreign,
        manifests: known.manifests().cloned().collect(),
        unknown,
    }
}

struct Union<'a, 'l> {
    known: &'a mut Known<'l>,
    lock: &'a Lock,
    found: &'a Features,
    root: usize,
    told: Option<&'a cargo::Metadata>,
    packages: Vec<Package>,
    foreign: Vec<ForeignPackage>,
    places: BTreeMap<usize, PackageRef>,
    open: Vec<usize>,
}

impl Union<'_, '_> {
    fn fill(&mut self, at: usize) {
        let features = self.found.of[at].clone();
        match self.places[&at] {
            PackageRef::Local(index) => {
                let dependencies = self.dependencies(at);
                let package = &mut self.packages[index];
                package.features = features;
                package.dependencies = dependencies;
                if at == self.root {
                    // What other builds would add is not on here.
                    package.features.retain(|name| !name.contains(' '));
                }
            }
            PackageRef::Foreign(index) => {
                let below: Vec<usize> = self.found.below[at].iter().copied().collect();
                let below: BTreeSet<PackageRef> =
                    below.into_iter().map(|to| self.place(to)).collect();
                self.foreign[index].features = features;
                self.foreign[index].dependencies = below.into_iter().collect();
            }
        }
    }

    /// What a package that is read can name. Tests of other packages never run here.
    fn dependencies(&mut self, at: usize) -> Vec<Dependency> {
        let Some(entry) = self.known.entry(at) else {
            return Vec::new();
        };
        let linked: Vec<usize> = self.found.linked[at].iter().copied().collect();
        let mut found = BTreeSet::new();
        for wanted in linked {
            let Some(to) = self.known.target(at, wanted) else {
                continue;
            };
            if !entry.takes_part(wanted, Side::Target) {
                continue;
            }
            let wanted = &entry.declared.wanted[wanted];
            if wanted.kind == DependencyKind::Dev && at != self.root {
                continue;
            }
            let declared = self.known.entry(to);
            let extern_name = match declared {
                // A library may be called otherwise than its package, unless the dependency is renamed.
                Some(to) if wanted.key == *wanted.package => to.declared.crate_name.clone(),
                _ => wanted.key.replace('-', "_"),
            };
            found.insert(Dependency {
                extern_name,
                kind: wanted.kind,
                package: self.place(to),
            });
        }
        found.into_iter().collect()
    }

    fn place(&mut self, at: usize) -> PackageRef {
        if let Some(place) = self.places.get(&at) {
            return *place;
        }
        let place = match self.local(at) {
            Some(package) => {
                self.packages.push(package);
                PackageRef::Local(self.packages.len() - 1)
            }
            None => {
                let package = self.outside(at);
                self.foreign.push(package);
                PackageRef::Foreign(self.foreign.len() - 1)
            }
        };
        self.places.insert(at, place);
        self.open.push(at);
        place
    }

    /// A package that is read from the disk.
    fn local(&self, at: usize) -> Option<Package> {
        let path = self.known.local_manifest(at)?;
        local(path, self.told)
    }

    fn outside(&mut self, at: usize) -> ForeignPackage {
        let locked = &self.lock.package[at];
        let entry = self.known.entry(at);
        let declared = entry.as_ref().map(|entry| &entry.declared);
        ForeignPackage {
            crate_name: declared.map_or_else(
                || locked.name.replace('-', "_"),
                |declared| declared.crate_name.clone(),
            ),
            is_proc_macro: declared.is_some_and(|declared| declared.is_proc_macro),
            name: locked.name.clone(),
            version: locked.version.clone(),
            source: locked.source.clone().unwrap_or_default(),
            identity: locked.identity(),
            features: BTreeSet::new(),
            dependencies: Vec::new(),
        }
    }
}

/// The package of a manifest, by Cargo's words, which follow what it inherits, or else by its own.
pub(super) fn local(path: &Path, told: Option<&cargo::Metadata>) -> Option<Package> {
    let told = told.and_then(|told| metadata::find(path, told));
    if let Some(package) = told {
        return Some(metadata::declared(package));
    }
    let manifest = Manifest::read(path).ok()?;
    Some(Package {
        name: manifest.name(),
        version: manifest.version(),
        directory: manifest.directory().to_owned(),
        targets: manifest.targets(),
        features: BTreeSet::new(),
        features_are_exact: false,
        dependencies: Vec::new(),
        settings: manifest.settings(),
        manifest: path.to_owned(),
    })
}

impl United {
    /// The packages in the order of their names, as a workspace.
    pub(super) fn sorted(self, directory: PathBuf) -> Workspace {
        let by_name = |packages: Vec<(&str, &str, &str)>| {
            let mut order: Vec<usize> = (0..packages.len()).collect();
            order.sort_by_key(|at| packages[*at]);
            let mut places = vec![0; order.len()];
            for (place, at) in order.iter().enumerate() {
                places[*at] = place;
            }
            places
        };
        let key = |package: &Package| package.manifest.to_string_lossy().into_owned();
        let manifests: Vec<String> = self.packages.iter().map(key).collect();
        let local = self.packages.iter().zip(&manifests);
        let local = by_name(
            local
                .map(|(package, path)| (&*package.name, &*package.version, &**path))
                .collect(),
        );
        let foreign = by_name(
            self.foreign
                .iter()
                .map(|package| (&*package.name, &*package.version, &*package.source))
                .collect(),
        );
        let moved = |reference: PackageRef| match reference {
            PackageRef::Local(at) => PackageRef::Local(local[at]),
            PackageRef::Foreign(at) => PackageRef::Foreign(foreign[at]),
        };
        // It may be that of no package, and what packages take over from it decides.
        let mut manifests = self.manifests;
        manifests.insert(directory.join("Cargo.toml"));
        let mut workspace = Workspace {
            root: local[0],
            directory,
            packages: self.packages,
            foreign: self.foreign,
            lock_file: None,
            manifests,
            diagnostics: Vec::new(),
        };
        for package in &mut workspace.packages {
            for dependency in &mut package.dependencies {
                dependency.package = moved(dependency.package);
            }
            package.dependencies.sort();
        }
        for package in &mut workspace.foreign {
            for dependency in &mut package.dependencies {
                *dependency = moved(*dependency);
            }
            package.dependencies.sort();
        }
        let key = |package: &Package| {
            let path = package.manifest.clone();
            (package.name.clone(), package.version.clone(), path)
        };
        workspace.packages.sort_by_cached_key(key);
        workspace.foreign.sort_by(|a, b| {
            (&a.name, &a.version, &a.source).cmp(&(&b.name, &b.version, &b.source))
        });
        workspace
    }
}
