//! Cargo's own answer, from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata as cargo;

use super::lock::{self, Lock};
use super::{
    Dependency, DependencyKind, ForeignPackage, Options, Package, PackageRef, Target, TargetKind,
    Workspace,
};

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
    let lock = lock_file
        .as_deref()
        .and_then(Lock::read)
        .unwrap_or_default();
    let mut workspace = resolved(manifest, &known, &lock)?;
    workspace.lock_file = lock_file;
    Ok(workspace)
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
fn host(rustc: Option<&Path>) -> Option<String> {
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

fn resolved(manifest: &Path, known: &cargo::Metadata, lock: &Lock) -> Result<Workspace, String> {
    let by_id: BTreeMap<&cargo::PackageId, &cargo::Package> = known
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let resolve = known
        .resolve
        .as_ref()
        .ok_or("cargo metadata gave no resolved dependencies")?;
    let nodes: BTreeMap<&cargo::PackageId, &cargo::Node> =
        resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let root = find(manifest, known).ok_or("cargo metadata does not know the package")?;

    let reached = reach(&root.id, &nodes);
    let mut sorted: Vec<&cargo::Package> = reached
        .iter()
        .filter_map(|id| by_id.get(id).copied())
        .collect();
    sorted.sort_by_key(|package| {
        (
            package.name.to_string(),
            package.version.clone(),
            package.id.repr.clone(),
        )
    });
    let mut places = BTreeMap::new();
    let (mut local, mut foreign) = (0, 0);
    for package in &sorted {
        let (place, count): (fn(usize) -> PackageRef, &mut usize) = if package.source.is_none() {
            (PackageRef::Local, &mut local)
        } else {
            (PackageRef::Foreign, &mut foreign)
        };
        places.insert(&package.id, place(*count));
        *count += 1;
    }
    let Some(PackageRef::Local(root)) = places.get(&root.id).copied() else {
        return Err("the package is not read from a path".to_owned());
    };
    let mut workspace = Workspace {
        root,
        directory: known.workspace_root.clone().into_std_path_buf(),
        packages: Vec::new(),
        foreign: Vec::new(),
        lock_file: None,
        diagnostics: Vec::new(),
    };
    for package in sorted {
        let node = nodes[&package.id];
        let dependencies = dependencies(node, &places);
        let features: BTreeSet<String> = node
            .features
            .iter()
            .map(|feature| feature.to_string())
            .collect();
        if package.source.is_none() {
            workspace.packages.push(Package {
                features,
                dependencies,
                ..declared(package)
            });
        } else {
            workspace
                .foreign
                .push(outside(package, features, &dependencies, lock));
        }
    }
    Ok(workspace)
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
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let wanted: PathBuf = real(manifest);
    known
        .packages
        .iter()
        .find(|package| real(package.manifest_path.as_std_path()) == wanted)
}

/// All packages that can take part: the root's tests count, those of others don't.
fn reach<'a>(
    root: &'a cargo::PackageId,
    nodes: &BTreeMap<&'a cargo::PackageId, &'a cargo::Node>,
) -> BTreeSet<&'a cargo::PackageId> {
    let mut found = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id) else { continue };
        for dependency in &node.deps {
            let takes_part = id == root
                || dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind != cargo::DependencyKind::Development);
            if takes_part && found.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    found
}

fn dependencies(
    node: &cargo::Node,
    places: &BTreeMap<&cargo::PackageId, PackageRef>,
) -> Vec<Dependency> {
    let mut found = BTreeSet::new();
    for dependency in &node.deps {
        let Some(place) = places.get(&dependency.pkg) else {
            continue;
        };
        for kind in &dependency.dep_kinds {
            let kind = match kind.kind {
                cargo::DependencyKind::Build => DependencyKind::Build,
                cargo::DependencyKind::Development => DependencyKind::Dev,
                _ => DependencyKind::Normal,
            };
            found.insert(Dependency {
                extern_name: dependency.name.clone(),
                kind,
                package: *place,
            });
        }
    }
    found.into_iter().collect()
}

fn outside(
    package: &cargo::Package,
    features: BTreeSet<String>,
    dependencies: &[Dependency],
    lock: &Lock,
) -> ForeignPackage {
    let (name, version) = (package.name.to_string(), package.version.to_string());
    let source = package
        .source
        .as_ref()
        .map(|source| source.repr.clone())
        .unwrap_or_default();
    let taken = dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Dev);
    let taken: BTreeSet<PackageRef> = taken.map(|dependency| dependency.package).collect();
    ForeignPackage {
        identity: lock
            .checksum(&name, &version, &source)
            .or_else(|| lock::commit(&source)),
        crate_name: package
            .targets
            .iter()
            .find(|found| matches!(target(found).kind, TargetKind::Lib | TargetKind::ProcMacro))
            .map_or(&*name, |library| &library.name)
            .replace('-', "_"),
        is_proc_macro: package
            .targets
            .iter()
            .any(|found| target(found).kind == TargetKind::ProcMacro),
        name,
        version,
        source,
        features,
        dependencies: taken.into_iter().collect(),
    }
}

fn target(target: &cargo::Target) -> Target {
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
