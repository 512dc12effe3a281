//! The packages of a build: which sources are read, what each crate may name, and how the rest is identified.
//!
//! Cargo knows most of this and is asked (`metadata`); what it costs is saved in a cache (`cache`). Where it can't
//! answer, because a package that this build does not need is not on the machine, manifests and lock file are read instead
//! (`fallback`, `lock`, `unpacked`). Features Cargo tells for one way to build the workspace, and any may be meant: they
//! are found here (`features`). Nothing here touches the network.

mod activate;
mod cache;
mod declared;
mod fallback;
mod features;
mod foreign;
mod known;
mod lock;
mod manifest;
mod metadata;
mod united;
mod unpacked;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cfg::CfgSet;

/// What the build was started with, as far as it decides which packages and features take part.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub(crate) struct Options {
    /// `--features`
    pub(crate) features: Vec<String>,
    /// `--all-features`
    pub(crate) all_features: bool,
    /// `--no-default-features`
    pub(crate) no_default_features: bool,
    /// In a build script: the names behind `CARGO_FEATURE_`, which are then the root package's features, whatever the
    /// three above say.
    pub(crate) script_features: Option<BTreeSet<String>>,
    /// The target triple, or none for the host's; dependencies of other platforms are left out.
    pub(crate) target: Option<String>,
    /// What is set for the target, if that is known.
    pub(crate) cfg: Option<CfgSet>,
    /// Whether the target may be another machine than the one that compiles.
    pub(crate) is_cross: bool,
    /// The program of the variable `CARGO`, or none for the one in the path.
    pub(crate) cargo: Option<PathBuf>,
    /// The program of the variable `RUSTC`, or none for the one in the path.
    pub(crate) rustc: Option<PathBuf>,
    /// Where to look, upwards, for the lock file of the build that a published package is a part of: `OUT_DIR`.
    pub(crate) lock_hint: Option<PathBuf>,
}

/// All packages of a build, in the order of their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Workspace {
    /// The index of the package that is being built or analysed.
    pub(crate) root: usize,
    /// The folder of the workspace, to which the compiler's paths are relative.
    pub(crate) directory: PathBuf,
    /// Those whose source is read, function by function.
    pub(crate) packages: Vec<Package>,
    /// Those that count as a whole.
    pub(crate) foreign: Vec<ForeignPackage>,
    /// The lock file, if there is one.
    pub(crate) lock_file: Option<PathBuf>,
    /// Manifests of other packages on the disk that decide over features.
    pub(crate) manifests: BTreeSet<PathBuf>,
    /// What could not be found out, for the build's warnings.
    pub(crate) diagnostics: Vec<String>,
}

/// A package whose source is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) targets: Vec<Target>,
    /// Enabled features. Of the root package they are those of this build; of any other all that a build may have in
    /// which this one takes part, as in [`ForeignPackage`].
    pub(crate) features: BTreeSet<String>,
    /// Whether `features` are certainly those of this build.
    pub(crate) features_are_exact: bool,
    pub(crate) dependencies: Vec<Dependency>,
    /// `[package.metadata.checkpointer]`, or null.
    pub(crate) settings: serde_json::Value,
}

/// One crate of a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// The name in paths: with `_` for `-`.
    pub(crate) crate_name: String,
    pub(crate) kind: TargetKind,
    /// The file at the crate's root.
    pub(crate) root: PathBuf,
    pub(crate) edition: u16,
    /// Without these features the target is not built.
    pub(crate) required_features: Vec<String>,
}

/// What a crate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum TargetKind {
    /// A library of any crate type.
    Lib,
    ProcMacro,
    Bin,
    Example,
    Test,
    Bench,
    BuildScript,
}

/// A name that crates of a package can use for another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Dependency {
    /// As it stands in paths, renamed or not.
    pub(crate) extern_name: String,
    pub(crate) kind: DependencyKind,
    pub(crate) package: PackageRef,
}

/// Which crates of a package see a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum DependencyKind {
    /// All but the build script.
    Normal,
    /// The build script.
    Build,
    /// Tests, examples and benches, and the others when they are compiled as tests.
    Dev,
}

/// Where a dependency is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum PackageRef {
    /// In [`Workspace::packages`].
    Local(usize),
    /// In [`Workspace::foreign`].
    Foreign(usize),
}

/// A package from a registry or a repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ForeignPackage {
    pub(crate) name: String,
    /// What its library is called; without Cargo's help what it is usually called.
    pub(crate) crate_name: String,
    /// The version, or what the manifest asks for if no lock file says more.
    pub(crate) version: String,
    /// As Cargo writes it; empty if unknown.
    pub(crate) source: String,
    /// The checksum of the archive, or the commit.
    pub(crate) identity: Option<String>,
    /// The names of features that this build of the root package enables, and with the name of the build behind them those
    /// that others would add to it: of its tests, and of other members of the workspace.
    pub(crate) features: BTreeSet<String>,
    /// What it needs to be built and to run: normal and build dependencies.
    pub(crate) dependencies: Vec<PackageRef>,
    pub(crate) is_proc_macro: bool,
}

/// Why the packages are not known.
#[derive(Debug)]
pub(crate) enum PackageError {
    /// A manifest that can't be read or understood.
    Manifest { path: PathBuf, reason: String },
    /// A manifest without a package.
    Virtual { path: PathBuf },
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackageError::Manifest { path, reason } => {
                write!(
                    f,
                    "can't read {}: {reason}; check that it is the manifest of a package",
                    path.display()
                )
            }
            PackageError::Virtual { path } => {
                write!(
                    f,
                    "{} is the manifest of a workspace, not of a package; name the manifest of a member",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for PackageError {}

impl Workspace {
    /// Finds the packages that the one of this manifest is built from.
    pub(crate) fn load(manifest: &Path, options: &Options) -> Result<Workspace, PackageError> {
        let known = manifest::Manifest::read(manifest)?;
        let mut options = options.clone();
        options.select_script_features(&known);
        let mut workspace = match metadata::load(manifest, &options) {
            Ok(workspace) => workspace,
            Err(reason) => fallback::load(manifest, &options, reason)?,
        };
        if options.script_features.is_some() {
            let root = &mut workspace.packages[workspace.root];
            root.features = options.features.iter().cloned().collect();
            root.features_are_exact = true;
        }
        Ok(workspace)
    }

    /// The same, from a file in this folder if nothing that it was made from has changed.
    pub(crate) fn load_cached(
        folder: &Path,
        manifest: &Path,
        options: &Options,
    ) -> Result<Workspace, PackageError> {
        if let Some(workspace) = cache::read(folder, manifest, options) {
            return Ok(workspace);
        }
        let workspace = Workspace::load(manifest, options)?;
        cache::write(folder, manifest, options, &workspace);
        Ok(workspace)
    }

    /// The package that is being built.
    pub(crate) fn root_package(&self) -> &Package {
        &self.packages[self.root]
    }

    /// The crate names that a target of a package can begin its paths with. A library or
    /// binary may be compiled as a test, and sees the dependencies of tests too.
    pub(crate) fn extern_names(
        &self,
        package: usize,
        target: &Target,
    ) -> BTreeMap<String, PackageRef> {
        let found = &self.packages[package];
        let sees = |kind: DependencyKind| match target.kind {
            TargetKind::BuildScript => kind == DependencyKind::Build,
            _ => kind != DependencyKind::Build,
        };
        let mut names: BTreeMap<String, PackageRef> = found
            .dependencies
            .iter()
            .filter(|dependency| sees(dependency.kind))
            .map(|dependency| (dependency.extern_name.clone(), dependency.package))
            .collect();
        let own = found
            .lib_target()
            .filter(|_| !matches!(target.kind, TargetKind::BuildScript));
        if let Some(library) = own.filter(|library| library.root != target.root) {
            names.insert(library.crate_name.clone(), PackageRef::Local(package));
        }
        names
    }

    /// For each foreign package a hash of it and of all that it is made from.
    pub(crate) fn foreign_hashes(&self) -> Vec<blake3::Hash> {
        foreign::hashes(self)
    }

    /// The files of local packages that foreign ones are made from, as a `[patch]` makes it: each counts.
    pub(crate) fn sources_below_foreign(&self) -> Vec<PathBuf> {
        let local = foreign::local_below(self);
        let sources = local.into_iter().map(|at| foreign::sources(self, at));
        sources.flatten().collect()
    }
}

impl Package {
    /// The names of dependencies that only its tests, examples and benches have.
    pub(crate) fn extern_names_for_tests(&self) -> impl Iterator<Item = &str> {
        let of = |is_for_tests: bool| {
            let all = self.dependencies.iter();
            all.filter(move |one| (one.kind == DependencyKind::Dev) == is_for_tests)
                .map(|one| one.extern_name.as_str())
        };
        of(true).filter(move |name| !of(false).any(|other| other == *name))
    }

    /// The library that other crates name.
    pub(crate) fn lib_target(&self) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| matches!(target.kind, TargetKind::Lib | TargetKind::ProcMacro))
    }
}

impl Options {
    /// Turns what Cargo tells a build script back into the features' names.
    fn select_script_features(&mut self, manifest: &manifest::Manifest) {
        if let Some(mangled) = &self.script_features {
            self.features = manifest.feature_names(mangled);
            self.no_default_features = true;
            self.all_features = false;
        }
    }

    fn root_features(&self) -> features::RootFeatures {
        if self.all_features {
            return features::RootFeatures::All;
        }
        features::RootFeatures::Some {
            named: self.features.clone(),
            with_default: !self.no_default_features,
        }
    }

    fn platform(&self) -> known::Platform {
        known::Platform {
            cfg: self.cfg.clone(),
            triple: self.target.clone(),
            is_cross: self.is_cross,
        }
    }
}

#[cfg(test)]
mod tests;
