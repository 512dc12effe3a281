//! Cargo's own answer, from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata as cargo;

use super::features::Asked;
use super::known::Known;
use super::lock::{Lock, Locked};
use super::united::unite;
use super::{Options, Package, Target, TargetKind, Workspace};

/// Asks Cargo for the resolved packages; on failure gives its words.
pub(super) fn load(manifest: &Path, options: &Options) -> Result<Workspace, String> {
    let mut options = options.clone();
    // Packages of other platforms need not be on this machine, and without the network they can't come.
    options.target = options.target.or_else(|| host(options.rustc.as_deref()));
    let options = &options;
    let known = ask(manifest, options, &["--offline", "--locked"])
        .or_else(|refused| unlocked(manifest, options, refused))?;
    let directory = known.workspace_root.clone().into_std_path_buf();
    let lock_file = Some(directory.join("Cargo.lock")).filter(|path| path.is_file());
    let lock = lock_file.as_deref().and_then(Lock::read);
    let lock = lock.unwrap_or_else(|| locked(&known));
    let mut workspace = assembled(manifest, &known, &lock, options)?;
    workspace.lock_file = lock_file;
    Ok(workspace)
}

/// Cargo resolves features for one way to build the workspace; here all of them count.
fn assembled(
    manifest: &Path,
    told: &cargo::Metadata,
    lock: &Lock,
    options: &Options,
) -> Result<Workspace, String> {
    let directory = told.workspace_root.clone().into_std_path_buf();
    let root = find(manifest, told).ok_or("cargo metadata does not know the package")?;
    if root.source.is_some() {
        return Err("the package is not read from a path".to_owned());
    }
    let root = declared(root);
    let mut known = Known::new(lock, options.platform(), &directory);
    let members = tell(&mut known, told);
    let asked = Asked {
        root: known
            .find(&root.name, &root.version, None)
            .ok_or("the lock file does not know the package")?,
        features: options.root_features(),
        members,
    };
    let found = unite(root, &mut known, lock, &asked, Some(told));
    match found.unknown.first() {
        Some(name) => Err(format!("cargo metadata says nothing of {name}")),
        None => Ok(found.sorted(directory)),
    }
}

/// Hands over what Cargo says of packages; gives the members of the workspace.
pub(super) fn tell<'l>(known: &mut Known<'l>, told: &'l cargo::Metadata) -> Vec<usize> {
    let members: BTreeSet<&cargo::PackageId> = told.workspace_members.iter().collect();
    let mut found = Vec::new();
    for package in &told.packages {
        let source = package.source.as_ref().map(|source| source.repr.as_str());
        let version = package.version.to_string();
        let Some(at) = known.find(&package.name, &version, source) else {
            continue;
        };
        known.tell(at, package);
        if members.contains(&package.id) {
            found.push(at);
        }
    }
    found
}

/// What a lock file would say.
fn locked(told: &cargo::Metadata) -> Lock {
    let by_id: BTreeMap<&cargo::PackageId, &cargo::Package> = told
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let line = |id: &cargo::PackageId| {
        let package = by_id.get(id)?;
        let source = package.source.as_ref();
        let source = source.map_or_else(String::new, |source| format!(" ({})", source.repr));
        Some(format!("{} {}{source}", package.name, package.version))
    };
    let nodes = told.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let package = nodes.filter_map(|node| {
        let package = by_id.get(&node.id)?;
        Some(Locked {
            name: package.name.to_string(),
            version: package.version.to_string(),
            source: package.source.as_ref().map(|source| source.repr.clone()),
            checksum: None,
            dependencies: node.deps.iter().filter_map(|to| line(&to.pkg)).collect(),
        })
    });
    Lock {
        package: package.collect(),
    }
}

/// What the members of the workspace are by themselves, without their dependencies.
pub(super) fn members(manifest: &Path, options: &Options) -> Option<cargo::Metadata> {
    let mut plain = options.clone();
    plain.target = None;
    plain.features.clear();
    plain.no_default_features = false;
    plain.all_features = false;
    ask(manifest, &plain, &["--offline", "--no-deps"]).ok()
}

/// A package without a lock file is resolved from what is on the disk. Cargo writes the lock file that was missing;
/// it is not ours to leave behind.
fn unlocked(
    manifest: &Path,
    options: &Options,
    refused: String,
) -> Result<cargo::Metadata, String> {
    let plain = members(manifest, options).ok_or_else(|| refused.clone())?;
    let lock = plain.workspace_root.join("Cargo.lock");
    if lock.exists() {
        return Err(refused);
    }
    let known = ask(manifest, options, &["--offline"]);
    // Best effort: if it can't be removed, it is what any Cargo command would have left.
    let _ = std::fs::remove_file(&lock);
    known
}

/// The triple that rustc compiles for by itself.
pub(super) fn host(rustc: Option<&Path>) -> Option<String> {
    let told = Command::new(rustc.unwrap_or(Path::new("rustc")))
        .arg("-vV")
        .output()
        .ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
}

fn ask(manifest: &Path, options: &Options, flags: &[&str]) -> Result<cargo::Metadata, String> {
    let mut command = cargo::MetadataCommand::new();
    command.manifest_path(manifest);
    // Where a build script runs: Cargo looks for its configuration from there upwards.
    if let Some(folder) = manifest.parent().filter(|folder| folder.is_absolute()) {
        command.current_dir(folder);
    }
    if let Some(program) = &options.cargo {
        command.cargo_path(program);
    }
    if options.all_features {
        command.features(cargo::CargoOpt::AllFeatures);
    }
    if options.no_default_features {
        command.features(cargo::CargoOpt::NoDefaultFeatures);
    }
    if !options.features.is_empty() {
        command.features(cargo::CargoOpt::SomeFeatures(options.features.clone()));
    }
    let mut others: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    if let Some(target) = &options.target {
        others.extend(["--filter-platform".to_owned(), target.clone()]);
    }
    command.other_options(others);
    command.exec().map_err(|error| match error {
        cargo::Error::CargoMetadata { stderr } => stderr.trim().to_owned(),
        other => other.to_string(),
    })
}

/// A package as its manifest has it, without what only resolving tells.
pub(super) fn declared(package: &cargo::Package) -> Package {
    let manifest = package.manifest_path.clone().into_std_path_buf();
    Package {
        name: package.name.to_string(),
        version: package.version.to_string(),
        directory: manifest.parent().map(Path::to_owned).unwrap_or_default(),
        manifest,
        targets: package.targets.iter().map(target).collect(),
        features: BTreeSet::new(),
        features_are_exact: false,
        dependencies: Vec::new(),
        settings: package
            .metadata
            .get("checkpointer")
            .cloned()
            .unwrap_or_default(),
    }
}

/// The package of a manifest.
pub(super) fn find<'a>(manifest: &Path, known: &'a cargo::Metadata) -> Option<&'a cargo::Package> {
    let local = || {
        let packages = known.packages.iter();
        packages.filter(|package| package.source.is_none())
    };
    let same = local().find(|package| package.manifest_path.as_std_path() == manifest);
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    same.or_else(|| {
        let wanted: PathBuf = real(manifest);
        local().find(|package| real(package.manifest_path.as_std_path()) == wanted)
    })
}

pub(super) fn target(target: &cargo::Target) -> Target {
    use cargo::TargetKind as Kind;
    let kind = match target.kind.first() {
        Some(Kind::ProcMacro) => TargetKind::ProcMacro,
        Some(Kind::Bin) => TargetKind::Bin,
        Some(Kind::Example) => TargetKind::Example,
        Some(Kind::Test) => TargetKind::Test,
        Some(Kind::Bench) => TargetKind::Bench,
        Some(Kind::CustomBuild) => TargetKind::BuildScript,
        _ => TargetKind::Lib,
    };
    Target {
        name: target.name.clone(),
        crate_name: target.name.replace('-', "_"),
        kind,
        root: target.src_path.clone().into_std_path_buf(),
        edition: target.edition.as_str().parse().unwrap_or(2015),
        required_features: target.required_features.clone(),
    }
}
