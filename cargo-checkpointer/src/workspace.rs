//! The workspace that the command looks at: its packages, what their builds left, and the analysis of them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};
use checkpointer_build::{InspectOptions, Inspection, OutDir};

use crate::freshness;
use crate::progress::Progress;

/// The packages that the command looks at.
pub(crate) struct Workspace {
    /// The workspace's root folder.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// Where intermediate files such as OUT_DIR lie; the target folder unless configured.
    build: PathBuf,
    /// The members that use checkpointer, in the order of their names.
    pub(crate) packages: Vec<Package>,
}

/// What an analysis may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// What was found last time, if no file looks as if it had changed since.
    Cache,
    /// The contents of files alone.
    Nothing,
}

/// A package that uses checkpointer.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its Cargo.toml.
    pub(crate) manifest: PathBuf,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Whether `checkpointer-build` is a build dependency.
    pub(crate) has_build_dependency: bool,
    /// Its build script, if it has one.
    pub(crate) build_script: Option<PathBuf>,
    /// `[package.metadata.checkpointer]`, or null.
    pub(crate) settings: serde_json::Value,
}

/// A package with its analysis.
pub(crate) struct Analysed {
    /// The package.
    pub(crate) package: Package,
    /// What its builds left, the newest first.
    pub(crate) out_dirs: Vec<OutDir>,
    /// Its code as it is now.
    pub(crate) now: Inspection,
}

impl Workspace {
    /// Finds the workspace of a manifest, or of the current folder.
    pub(crate) fn find(manifest: Option<&Path>) -> anyhow::Result<Self> {
        let mut command = MetadataCommand::new();
        if let Some(manifest) = manifest {
            command.manifest_path(manifest);
        }
        let metadata = command.no_deps().exec().context(
            "can't find a Cargo workspace here; run this in a package's folder, or give --manifest-path",
        )?;
        let only = manifest.map(std::path::absolute).transpose()?;
        let mut packages: Vec<Package> = metadata
            .workspace_packages()
            .into_iter()
            .filter(|package| {
                let uses = package
                    .dependencies
                    .iter()
                    .any(|dependency| dependency.name.starts_with("checkpointer-"));
                let is_asked = only.as_deref().is_none_or(|only| {
                    only == package.manifest_path.as_std_path()
                        || only.parent() == Some(metadata.workspace_root.as_std_path())
                });
                uses && is_asked
            })
            .map(Package::of)
            .collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        let target = metadata.target_directory.into_std_path_buf();
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            build: metadata.build_directory.map_or_else(
                || target.clone(),
                cargo_metadata::camino::Utf8PathBuf::into_std_path_buf,
            ),
            target,
            packages,
        })
    }

    /// The folder where the command keeps what makes it faster the next time.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("checkpointer")
    }

    /// What builds of a package left, the newest first.
    pub(crate) fn out_dirs(&self, package: &Package) -> Vec<OutDir> {
        let mut roots = vec![self.build.clone()];
        if self.target != self.build {
            roots.push(self.target.clone());
        }
        let mut found = Vec::new();
        for root in roots {
            // `<profile>/build` and `<triple>/<profile>/build`.
            let profiles = folders(&root);
            let deeper = profiles.iter().flat_map(|folder| folders(folder));
            for profile in profiles.iter().cloned().chain(deeper) {
                for folder in folders(&profile.join("build")) {
                    let name = folder.file_name().and_then(|name| name.to_str());
                    let is_its = name
                        .and_then(|name| name.rsplit_once('-'))
                        .is_some_and(|(name, _)| name == package.name);
                    let out = folder.join("out");
                    if let (true, Some(dir)) = (is_its, OutDir::open(&out)) {
                        found.push((modified(&out.join("checkpointer.rs")), dir));
                    }
                }
            }
        }
        found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        found.into_iter().map(|(_, dir)| dir).collect()
    }

    /// Analyses every package whose build script reads it. What is dropped or kept by it is worth an analysis of its own:
    /// then what was found last time is not asked.
    pub(crate) fn analyse(&self, trust: Trust) -> anyhow::Result<Vec<Analysed>> {
        let mut progress = Progress::new("analysing", self.packages.len() as u64);
        let mut all = Vec::new();
        for package in self.packages.iter().filter(|p| p.has_build_dependency) {
            progress.step(&package.name);
            let out_dirs = self.out_dirs(package);
            let out_dir = out_dirs.first().map(|dir| dir.path().to_owned());
            let options = InspectOptions {
                all: false,
                out_dir,
                cache: Some(self.cache()),
            };
            let found = match trust {
                Trust::Cache => freshness::inspect(&package.manifest, &options),
                Trust::Nothing => checkpointer_build::inspect(&package.manifest, &options),
            };
            let now = found.with_context(|| format!("can't analyse {}", package.name))?;
            all.push(Analysed {
                package: package.clone(),
                out_dirs,
                now,
            });
        }
        if all.is_empty() {
            bail!(
                "no package here has checkpointer-build as a build dependency; add it, and a build.rs that calls \
                 `checkpointer_build::build()` (`cargo checkpointer doctor` says more)"
            );
        }
        Ok(all)
    }
}

impl Package {
    fn of(package: &cargo_metadata::Package) -> Self {
        let is_build = |dependency: &&cargo_metadata::Dependency| {
            dependency.kind == DependencyKind::Build && dependency.name == "checkpointer-build"
        };
        let script = package
            .targets
            .iter()
            .find(|target| target.is_custom_build());
        Self {
            name: package.name.to_string(),
            manifest: package.manifest_path.clone().into_std_path_buf(),
            folder: package
                .manifest_path
                .parent()
                .map(|folder| folder.as_std_path().to_owned())
                .unwrap_or_default(),
            has_build_dependency: package.dependencies.iter().any(|d| is_build(&d)),
            build_script: script.map(|target| target.src_path.clone().into_std_path_buf()),
            settings: package
                .metadata
                .get("checkpointer")
                .cloned()
                .unwrap_or_default(),
        }
    }
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
