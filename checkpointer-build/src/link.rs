//! From packages to a linked program: an entry for each crate with the names that its paths can
//! begin with, its files collected, its imports resolved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cfg::CfgSet;
use crate::collect::Collector;
use crate::map::{HashMap, HashSet};
use crate::package::{DependencyKind, Package, PackageRef, Target, TargetKind, Workspace};
use crate::resolve::resolve_imports;
use crate::source::{CfgId, Sources};
use crate::symbol::Symbol;
use crate::world::{
    Arenas, Crate, CrateId, Extern, Module, NO_MACROS, PackageId, PackageInfo, Script, World,
};

/// Rounds of macro expansion and import resolution.
const ROUNDS: usize = 16;

/// Which targets of the root package take part beside its library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Targets {
    /// All of them.
    All,
    /// Binaries, and those tests, examples and benches in whose files `checkpoint` is written.
    Checkpointed,
}

/// Links the packages' crates.
pub(crate) fn link<'a>(
    arenas: &'a Arenas,
    workspace: &Workspace,
    sources: &mut Sources<'a>,
    cfg: &CfgSet,
    env: &HashMap<String, String>,
    targets: Targets,
) -> World<'a> {
    let mut world = World::new(arenas);
    let hashes = workspace.foreign_hashes();
    for (package, hash) in workspace.foreign.iter().zip(hashes) {
        let needs_runtime = |reference: &PackageRef| matches!(reference, PackageRef::Foreign(at) if workspace.foreign[*at].name == "checkpointer-runtime");
        world.packages.push(PackageInfo {
            name: package.name.clone(),
            crate_name: package.crate_name.clone(),
            is_fixed: !package.source.is_empty() || package.identity.is_some(),
            may_be_checkpointed: package.dependencies.iter().any(needs_runtime),
            version: package.version.clone(),
            hash: *hash.as_bytes(),
        });
    }
    let chosen = chosen_targets(workspace, targets);
    let mut libraries: HashMap<usize, CrateId> = HashMap::default();
    let mut crates: Vec<(CrateId, PathBuf)> = Vec::new();
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    for (package, target) in &chosen {
        let features = workspace.packages[*package].features.iter().cloned();
        let set = if workspace.packages[*package].features_are_exact || *package == workspace.root {
            cfg.with_features(features)
        } else {
            cfg.with_likely_features(features)
        };
        let set_id = sources.register(&set);
        let id = add_crate(
            &mut world,
            workspace,
            *package,
            target,
            (set, set_id),
            env,
            &mut taken,
        );
        if matches!(target.kind, TargetKind::Lib | TargetKind::ProcMacro) {
            libraries.insert(*package, id);
        }
        crates.push((id, target.root.clone()));
    }
    for ((package, target), (id, _)) in chosen.iter().zip(&crates) {
        let names = workspace.extern_names(*package, target);
        let mut externs = HashMap::default();
        for (name, to) in names {
            let to = match to {
                PackageRef::Local(at) => libraries.get(&at).map(|krate| Extern::Crate(*krate)),
                PackageRef::Foreign(at) => {
                    let root = Symbol::new(&workspace.foreign[at].name.replace('-', "_"));
                    Some(Extern::Package(PackageId(at as u32), root))
                }
            };
            if let Some(to) = to {
                externs.insert(Symbol::new(&name), to);
            }
        }
        let for_tests = workspace.packages[*package].extern_names_for_tests();
        let krate = &mut world.crates[id.0 as usize];
        krate.for_tests = for_tests.map(Symbol::new).collect();
        krate.externs = externs;
    }
    sources.preload(&folders(workspace, &chosen, &world, &crates));
    let mut collector = Collector::new(&mut world, sources);
    for (id, root) in &crates {
        collector.crate_root(*id, root);
    }
    for round in 0..ROUNDS {
        resolve_imports(collector.world);
        if collector.is_done() {
            break;
        }
        collector.resume(round + 1 == ROUNDS);
    }
    world
}

/// The packages whose code can run in the root package's crates: what only its build script uses is left out.
fn linked(workspace: &Workspace) -> Vec<bool> {
    let mut linked = vec![false; workspace.packages.len()];
    let mut open = vec![workspace.root];
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut linked[at], true) {
            continue;
        }
        for dependency in &workspace.packages[at].dependencies {
            // Tests of other packages are not part of this build.
            let used = match dependency.kind {
                DependencyKind::Normal => true,
                DependencyKind::Dev => at == workspace.root,
                DependencyKind::Build => false,
            };
            match dependency.package {
                PackageRef::Local(next) if used => open.push(next),
                _ => {}
            }
        }
    }
    linked
}

fn chosen_targets(workspace: &Workspace, targets: Targets) -> Vec<(usize, Target)> {
    let mut chosen = Vec::new();
    let linked = linked(workspace);
    for (at, package) in workspace.packages.iter().enumerate() {
        for target in &package.targets {
            let library = matches!(target.kind, TargetKind::Lib | TargetKind::ProcMacro);
            let wanted = library && linked[at]
                || at == workspace.root
                    && match target.kind {
                        TargetKind::BuildScript => false,
                        TargetKind::Bin => true,
                        _ => targets == Targets::All || mentions_checkpoint(target),
                    };
            if wanted {
                chosen.push((at, target.clone()));
            }
        }
    }
    // Libraries first, so that binaries' ids give way where names clash.
    chosen.sort_by_key(|(at, target)| (*at != workspace.root, target.kind, target.name.clone()));
    chosen
}

/// Whether a word is written anywhere in a file.
fn is_written_in(path: &Path, word: &str) -> bool {
    std::fs::read(path).is_ok_and(|bytes| {
        bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes())
    })
}

/// Whether `checkpoint` is written in a target's file, or in those beside it that belong to it.
pub(crate) fn mentions_checkpoint(target: &Target) -> bool {
    let mentions = |path: &Path| is_written_in(path, "checkpoint");
    if mentions(&target.root) {
        return true;
    }
    let Some(folder) = target.root.parent() else {
        return false;
    };
    let own = folder.join(target.root.file_stem().unwrap_or_default());
    let shared = ["tests", "examples", "benches"]
        .iter()
        .any(|name| folder.ends_with(name));
    let below = if shared { folder.to_owned() } else { own };
    walkdir::WalkDir::new(below)
        .into_iter()
        .flatten()
        .any(|entry| {
            let nested = entry.path().parent() != Some(folder);
            nested && entry.path().extension().is_some_and(|e| e == "rs") && mentions(entry.path())
        })
}

/// The folders whose `.rs` files are read at once.
fn folders(
    workspace: &Workspace,
    chosen: &[(usize, Target)],
    world: &World<'_>,
    crates: &[(CrateId, PathBuf)],
) -> Vec<(PathBuf, CfgId)> {
    let mut folders: Vec<(PathBuf, CfgId)> = Vec::new();
    for ((at, target), (id, _)) in chosen.iter().zip(crates) {
        let Some(folder) = target.root.parent() else {
            continue;
        };
        // A target at the package's own root (`lib.rs` beside `Cargo.toml`) would bring all that lies below.
        if folder != workspace.packages[*at].directory {
            folders.push((folder.to_owned(), world.krate(*id).cfg_id));
        }
    }
    folders.sort();
    folders.dedup();
    let all = folders.clone();
    folders.retain(|(folder, _)| {
        !all.iter()
            .any(|(other, _)| other != folder && folder.starts_with(other))
    });
    folders
}

fn add_crate(
    world: &mut World<'_>,
    workspace: &Workspace,
    at: usize,
    target: &Target,
    (set, set_id): (CfgSet, CfgId),
    env: &HashMap<String, String>,
    taken: &mut BTreeMap<String, u32>,
) -> CrateId {
    let package = &workspace.packages[at];
    let count = taken.entry(target.crate_name.clone()).or_default();
    let id_name = match (*count, target.kind) {
        (0, _) => target.crate_name.clone(),
        (1, TargetKind::Bin) => checkpointer_syntax::path::crate_root(&target.crate_name, true),
        _ => format!(
            "{}@{}-{}",
            target.crate_name,
            kind_name(target.kind),
            package.name
        ),
    };
    *count += 1;
    let id = CrateId(world.crates.len() as u32);
    let root = world.push_module(Module {
        krate: id,
        parent: None,
        name: Symbol::new(&target.crate_name),
        is_block: false,
        owner: None,
        defined: HashMap::default(),
        imported: HashMap::default(),
        imports: Vec::new(),
        globs: Vec::new(),
        generators: Vec::new(),
        attributed: None,
        env: NO_MACROS,
        anonymous: Vec::new(),
    });
    let mut variables = env.clone();
    variables.insert(
        "CARGO_MANIFEST_DIR".to_owned(),
        package.directory.to_string_lossy().into_owned(),
    );
    variables.insert("CARGO_PKG_NAME".to_owned(), package.name.clone());
    variables.insert("CARGO_PKG_VERSION".to_owned(), package.version.clone());
    let (numbers, pre) = package
        .version
        .split_once('-')
        .unwrap_or((&package.version, ""));
    let pre = pre.split('+').next().unwrap_or_default();
    variables.insert("CARGO_PKG_VERSION_PRE".to_owned(), pre.to_owned());
    let names = [
        "CARGO_PKG_VERSION_MAJOR",
        "CARGO_PKG_VERSION_MINOR",
        "CARGO_PKG_VERSION_PATCH",
    ];
    for (name, part) in names
        .into_iter()
        .zip(numbers.split('+').next().unwrap_or_default().split('.'))
    {
        variables.insert(name.to_owned(), part.to_owned());
    }
    variables.insert("CARGO_CRATE_NAME".to_owned(), target.crate_name.clone());
    if at != workspace.root {
        // Another package's own OUT_DIR is not known from here.
        variables.remove("OUT_DIR");
    }
    let label = match target.kind {
        TargetKind::Lib | TargetKind::ProcMacro | TargetKind::BuildScript => "lib".to_owned(),
        kind => format!("{} {}", kind_name(kind), target.name),
    };
    world.crates.push(Crate {
        id_name,
        edition: target.edition,
        root,
        target: label,
        package: (at != workspace.root).then(|| package.name.clone()),
        externs: HashMap::default(),
        for_tests: HashSet::default(),
        cfg: set,
        cfg_id: set_id,
        macro_use: Vec::new(),
        env: variables,
        dir: package.directory.clone(),
        script: if at == workspace.root {
            Script::None
        } else {
            script(package)
        },
    });
    id
}

/// What a package's build script may make of it.
fn script(package: &Package) -> Script {
    let is_script = |target: &Target| target.kind == TargetKind::BuildScript;
    if !package.targets.iter().any(is_script) {
        return Script::None;
    }
    let folder = package
        .lib_target()
        .and_then(|library| library.root.parent());
    let uses_files = walkdir::WalkDir::new(folder.unwrap_or(&package.directory))
        .into_iter()
        .flatten()
        .any(|entry| {
            entry.path().extension().is_some_and(|e| e == "rs")
                && is_written_in(entry.path(), "OUT_DIR")
        });
    if uses_files {
        Script::Files
    } else {
        Script::Settings
    }
}

fn kind_name(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Lib => "lib",
        TargetKind::ProcMacro => "proc-macro",
        TargetKind::Bin => "bin",
        TargetKind::Example => "example",
        TargetKind::Test => "test",
        TargetKind::Bench => "bench",
        TargetKind::BuildScript => "build-script",
    }
}
