//! Small workspaces on disk, and this package itself as one with dependencies from a registry.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn with_cargo() -> Options {
    Options {
        cargo: Some(env!("CARGO").into()),
        ..Options::default()
    }
}

fn without_cargo() -> Options {
    Options {
        cargo: Some("/no/such/cargo".into()),
        ..Options::default()
    }
}

/// `app` with a library and everything else, a renamed `base-lib`, a member that nothing needs, and a ring by tests.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"2\"\nmembers = [\"app\", \"base\", \"idle\", \"helper\"]\n",
            ),
            (
                "app/Cargo.toml",
                "[package]\nname = \"my-app\"\nversion = \"1.2.3\"\nedition = \"2021\"\n\
                 [package.metadata.checkpointer]\ncapture = true\n\
                 [features]\ndefault = [\"fast\"]\nfast = [\"other/quick\"]\nslow-er = []\n\
                 [dependencies]\nother = { package = \"base-lib\", path = \"../base\" }\n\
                 [dev-dependencies]\nhelper = { path = \"../helper\" }\n\
                 [build-dependencies]\nother = { package = \"base-lib\", path = \"../base\" }\n",
            ),
            ("app/src/lib.rs", ""),
            ("app/src/main.rs", "fn main() {}"),
            ("app/src/bin/tool.rs", "fn main() {}"),
            ("app/tests/it.rs", ""),
            ("app/examples/show/main.rs", "fn main() {}"),
            ("app/benches/speed.rs", ""),
            ("app/build.rs", "fn main() {}"),
            (
                "base/Cargo.toml",
                "[package]\nname = \"base-lib\"\nversion = \"0.1.0\"\nedition = \"2018\"\n[lib]\nname = \"base\"\npath = \"lib/root.rs\"\n\
                 [features]\nquick = []\n[dev-dependencies]\nidle = { path = \"../idle\" }\n",
            ),
            ("base/lib/root.rs", ""),
            (
                "idle/Cargo.toml",
                "[package]\nname = \"idle\"\nversion = \"0.1.0\"\n",
            ),
            ("idle/src/lib.rs", ""),
            (
                "helper/Cargo.toml",
                "[package]\nname = \"helper\"\nversion = \"0.1.0\"\n[lib]\nname = \"assist\"\nproc-macro = true\n",
            ),
            ("helper/src/lib.rs", ""),
        ],
    );
    folder
}

fn manifest(folder: &TempDir) -> PathBuf {
    folder.path().canonicalize().unwrap().join("app/Cargo.toml")
}

fn names(workspace: &Workspace) -> Vec<&str> {
    workspace
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect()
}

fn target(workspace: &Workspace, kind: TargetKind) -> &Target {
    workspace
        .root_package()
        .targets
        .iter()
        .find(|target| target.kind == kind)
        .unwrap()
}

fn externs(workspace: &Workspace, kind: TargetKind) -> Vec<String> {
    workspace
        .extern_names(workspace.root, target(workspace, kind))
        .into_keys()
        .collect()
}

fn check_shape(workspace: &Workspace) {
    assert_eq!(
        names(workspace).into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["my-app", "base-lib", "helper"])
    );
    let root = workspace.root_package();
    assert_eq!(
        (root.name.as_str(), root.version.as_str()),
        ("my-app", "1.2.3")
    );
    assert_eq!(root.settings["capture"], true);
    let mut targets: Vec<(TargetKind, &str)> = root
        .targets
        .iter()
        .map(|target| (target.kind, target.crate_name.as_str()))
        .collect();
    targets.sort();
    assert_eq!(
        targets,
        [
            (TargetKind::Lib, "my_app"),
            (TargetKind::Bin, "my_app"),
            (TargetKind::Bin, "tool"),
            (TargetKind::Example, "show"),
            (TargetKind::Test, "it"),
            (TargetKind::Bench, "speed"),
            (TargetKind::BuildScript, "build_script_build"),
        ]
    );
    assert_eq!(root.lib_target().unwrap().edition, 2021);
    let base = workspace
        .packages
        .iter()
        .find(|package| package.name == "base-lib")
        .unwrap();
    assert!(
        base.lib_target()
            .unwrap()
            .root
            .ends_with("base/lib/root.rs")
    );
    assert_eq!(
        (
            base.lib_target().unwrap().edition,
            base.lib_target().unwrap().crate_name.as_str()
        ),
        (2018, "base")
    );
    assert_eq!(externs(workspace, TargetKind::Lib), ["assist", "other"]);
    assert_eq!(
        externs(workspace, TargetKind::Bin),
        ["assist", "my_app", "other"]
    );
    assert_eq!(
        externs(workspace, TargetKind::Test),
        ["assist", "my_app", "other"]
    );
    assert_eq!(
        externs(workspace, TargetKind::Example),
        ["assist", "my_app", "other"]
    );
    assert_eq!(externs(workspace, TargetKind::BuildScript), ["other"]);
}

#[test]
fn cargo_names_the_packages_that_take_part() {
    let folder = workspace();
    let workspace = Workspace::load(&manifest(&folder), &with_cargo()).unwrap();
    check_shape(&workspace);
    assert!(
        workspace.diagnostics.is_empty(),
        "{:?}",
        workspace.diagnostics
    );
    assert_eq!(
        workspace.root_package().features,
        BTreeSet::from(["default".to_owned(), "fast".to_owned()])
    );
    assert!(!workspace.root_package().features_are_exact);
    let base = workspace
        .packages
        .iter()
        .find(|package| package.name == "base-lib")
        .unwrap();
    assert_eq!(base.features, BTreeSet::from(["quick".to_owned()]));
}

#[test]
fn a_lock_file_that_cargo_had_to_write_is_not_left_behind() {
    let folder = workspace();
    Workspace::load(&manifest(&folder), &with_cargo()).unwrap();
    assert!(!folder.path().join("Cargo.lock").exists());
}

#[test]
fn manifests_name_the_packages_where_cargo_does_not() {
    let folder = workspace();
    let workspace = Workspace::load(&manifest(&folder), &without_cargo()).unwrap();
    check_shape(&workspace);
    assert_eq!(workspace.diagnostics.len(), 1);
    assert!(
        workspace.diagnostics[0].starts_with("no Cargo.lock lists my-app"),
        "{:?}",
        workspace.diagnostics
    );
}

#[test]
fn a_package_that_the_workspace_names_is_read_where_cargo_does_not_tell() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"app\", \"base\"]\n\
                 [workspace.dependencies]\nother = { package = \"base\", path = \"base\" }\n",
            ),
            (
                "app/Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\nother.workspace = true\n",
            ),
            ("app/src/lib.rs", ""),
            (
                "base/Cargo.toml",
                "[package]\nname = \"base\"\nversion = \"0.1.0\"\n",
            ),
            ("base/src/lib.rs", ""),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"base\"]\n\
                 [[package]]\nname = \"base\"\nversion = \"0.1.0\"\n",
            ),
        ],
    );
    for options in [with_cargo(), without_cargo()] {
        let reason = "error: a package is not there".to_owned();
        let found = fallback::load(&manifest(&folder), &options, reason).unwrap();
        assert_eq!(names(&found), ["app", "base"]);
        assert_eq!(externs(&found, TargetKind::Lib), ["other"]);
        assert_eq!(found.foreign, []);
        assert_eq!(found.diagnostics, Vec::<String>::new());
    }
}

#[test]
fn a_build_script_knows_the_roots_features_exactly() {
    let folder = workspace();
    let options = Options {
        script_features: Some(BTreeSet::from(["SLOW_ER".to_owned()])),
        ..with_cargo()
    };
    let workspace = Workspace::load(&manifest(&folder), &options).unwrap();
    assert_eq!(
        workspace.root_package().features,
        BTreeSet::from(["slow-er".to_owned()])
    );
    assert!(workspace.root_package().features_are_exact);
    let base = workspace
        .packages
        .iter()
        .find(|package| package.name == "base-lib")
        .unwrap();
    assert!(base.features.is_empty());
}

#[test]
fn a_broken_manifest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Cargo.toml");
    let error = |text: &str| {
        fs::write(&path, text).unwrap();
        Workspace::load(&path, &with_cargo())
            .unwrap_err()
            .to_string()
    };
    assert!(error("[package\n").contains(&path.display().to_string()));
    assert!(error("[workspace]\n").contains("not of a package"));
    fs::remove_file(&path).unwrap();
    assert!(
        Workspace::load(&path, &with_cargo())
            .unwrap_err()
            .to_string()
            .starts_with("can't read ")
    );
}

#[test]
fn packages_of_a_registry_are_known_by_version_and_checksum() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let workspace = metadata::load(&own, &with_cargo()).unwrap();
    let syn = workspace
        .foreign
        .iter()
        .position(|package| package.name == "syn" && package.version.starts_with("3."))
        .unwrap();
    let found = &workspace.foreign[syn];
    assert_eq!(found.identity.as_ref().map(String::len), Some(64));
    assert!(found.features.contains("full"));
    let below: Vec<&str> = found
        .dependencies
        .iter()
        .map(|reference| match reference {
            PackageRef::Foreign(index) => workspace.foreign[*index].name.as_str(),
            PackageRef::Local(_) => panic!("syn depends on nothing here"),
        })
        .collect();
    assert_eq!(below, ["proc-macro2", "quote", "unicode-ident"]);
    assert!(workspace.sources_below_foreign().is_empty());
    assert!(
        workspace
            .foreign
            .iter()
            .any(|package| package.name == "serde_derive" && package.is_proc_macro)
    );
}

/// `a` needs `b`; `c` stands alone.
fn foreign_three() -> Workspace {
    let foreign = |name: &str, dependencies: Vec<PackageRef>| ForeignPackage {
        crate_name: name.replace('-', "_"),
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        source: "registry".to_owned(),
        identity: Some("00".to_owned()),
        features: BTreeSet::new(),
        dependencies,
        is_proc_macro: false,
    };
    Workspace {
        root: 0,
        directory: PathBuf::new(),
        packages: Vec::new(),
        foreign: vec![
            foreign("a", vec![PackageRef::Foreign(1)]),
            foreign("b", vec![]),
            foreign("c", vec![]),
        ],
        lock_file: None,
        manifests: BTreeSet::new(),
        diagnostics: Vec::new(),
    }
}

#[test]
fn a_foreign_hash_covers_the_package_and_what_is_below_it() {
    let before = foreign_three();
    let changed = |change: fn(&mut ForeignPackage), at: usize, seen_by: usize| {
        let mut after = before.clone();
        change(&mut after.foreign[at]);
        before.foreign_hashes()[seen_by] != after.foreign_hashes()[seen_by]
    };
    let version: fn(&mut ForeignPackage) = |package| package.version = "1.0.1".to_owned();
    assert!(changed(version, 0, 0));
    assert!(changed(version, 1, 0));
    assert!(!changed(version, 2, 0));
    assert!(!changed(version, 0, 1));
    assert!(changed(
        |package| package.identity = Some("01".to_owned()),
        1,
        0
    ));
    assert!(changed(
        |package| package.features = BTreeSet::from(["x".to_owned()]),
        1,
        0
    ));
    assert!(!changed(
        |package| package.source = "mirror".to_owned(),
        1,
        0
    ));
    assert_ne!(before.foreign_hashes()[0], before.foreign_hashes()[1]);
}

#[test]
fn a_foreign_hash_covers_the_sources_of_a_patched_package_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("Cargo.toml", "[package]\nname = \"local\"\n"),
        ("src/lib.rs", "mod inner;"),
        ("src/inner.rs", "fn one() {}"),
        ("README.md", ""),
    ];
    write(folder.path(), &files);
    let mut found = foreign_three();
    found.packages.push(Package {
        name: "local".to_owned(),
        version: "1.0.0".to_owned(),
        manifest: folder.path().join("Cargo.toml"),
        directory: folder.path().to_owned(),
        targets: vec![Target {
            name: "local".to_owned(),
            crate_name: "local".to_owned(),
            kind: TargetKind::Lib,
            root: folder.path().join("src/lib.rs"),
            edition: 2024,
            required_features: Vec::new(),
        }],
        features: BTreeSet::new(),
        features_are_exact: true,
        dependencies: Vec::new(),
        settings: serde_json::Value::Null,
    });
    found.foreign[1].dependencies = vec![PackageRef::Local(0)];
    let before = found.foreign_hashes();
    write(folder.path(), &[("README.md", "more")]);
    assert_eq!(found.foreign_hashes(), before);
    write(folder.path(), &[("src/inner.rs", "fn two() {}")]);
    let after = found.foreign_hashes();
    assert_ne!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
    assert_eq!(after[2], before[2]);
    let watched = found.sources_below_foreign();
    assert!(watched.contains(&folder.path().join("src/inner.rs")));
}

#[test]
fn a_cached_answer_is_used_until_something_changes() {
    let folder = workspace();
    let cache = tempfile::tempdir().unwrap();
    let path = manifest(&folder);
    let first = Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap();
    assert_eq!(
        cache::read(cache.path(), &path, &with_cargo()),
        Some(first.clone())
    );
    assert_eq!(
        Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap(),
        first
    );
    assert_eq!(cache::read(cache.path(), &path, &without_cargo()), None);

    let changes: [fn(&Path); 6] = [
        |folder| {
            write(
                folder,
                &[(
                    "idle/Cargo.toml",
                    "[package]\nname = \"idle\"\nversion = \"0.1.0\"\n[features]\nnew = []\n",
                )],
            )
        },
        |folder| write(folder, &[("app/tests/new.rs", "")]),
        |folder| write(folder, &[("app/examples/new/main.rs", "fn main() {}")]),
        |folder| fs::remove_file(folder.join("app/src/main.rs")).unwrap(),
        |folder| write(folder, &[(".cargo/config.toml", "[net]\noffline = true\n")]),
        |folder| {
            write(
                folder,
                &[(
                    "base/Cargo.toml",
                    "[package]\nname = \"base-lib\"\nversion = \"0.2.0\"\n[lib]\npath = \"lib/root.rs\"\n[features]\nquick = []\n",
                )],
            )
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        change(folder.path());
        assert_eq!(
            cache::read(cache.path(), &path, &with_cargo()),
            None,
            "change {index}"
        );
        Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap();
        assert!(
            cache::read(cache.path(), &path, &with_cargo()).is_some(),
            "change {index}"
        );
    }
    write(folder.path(), &[("app/src/lib.rs", "fn more() {}")]);
    assert!(cache::read(cache.path(), &path, &with_cargo()).is_some());
}

#[test]
fn a_damaged_cache_is_as_good_as_none() {
    let folder = workspace();
    let cache = tempfile::tempdir().unwrap();
    let path = manifest(&folder);
    let first = Workspace::load_cached(cache.path(), &path, &without_cargo()).unwrap();
    let file = fs::read_dir(cache.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let good = fs::read(&file).unwrap();
    for position in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[position] ^= 1;
        fs::write(&file, bad).unwrap();
        assert_eq!(
            cache::read(cache.path(), &path, &without_cargo()),
            None,
            "byte {position}"
        );
    }
    fs::write(&file, &good[..good.len() / 2]).unwrap();
    assert_eq!(
        Workspace::load_cached(cache.path(), &path, &without_cargo()).unwrap(),
        first
    );
    assert!(cache::read(cache.path(), &path, &without_cargo()).is_some());
}

const LOCK: &str = "version = 4\n\
    [[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"dep 2.0.1\"]\n\
    [[package]]\nname = \"dep\"\nversion = \"1.5.0\"\nsource = \"registry+x\"\nchecksum = \"aa\"\n\
    [[package]]\nname = \"dep\"\nversion = \"2.0.1\"\nsource = \"registry+x\"\nchecksum = \"bb\"\ndependencies = [\"git-dep\"]\n\
    [[package]]\nname = \"git-dep\"\nversion = \"0.1.0\"\nsource = \"git+https://example.com/x?branch=y#abc123\"\n";

#[test]
fn a_published_archive_finds_the_lock_file_of_the_build_it_is_in() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "vendor/app/Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\ndep = \"2\"\nlost = \"3.1\"\n",
            ),
            ("vendor/app/src/lib.rs", ""),
            ("user/Cargo.lock", LOCK),
            ("user/target/debug/build/app-1/out/x", ""),
        ],
    );
    let options = Options {
        lock_hint: Some(folder.path().join("user/target/debug/build/app-1/out")),
        ..without_cargo()
    };
    let workspace =
        Workspace::load(&folder.path().join("vendor/app/Cargo.toml"), &options).unwrap();
    let of = |name: &str| {
        let found = workspace
            .root_package()
            .dependencies
            .iter()
            .find(|dependency| dependency.extern_name == name)
            .unwrap();
        match found.package {
            PackageRef::Foreign(index) => &workspace.foreign[index],
            PackageRef::Local(_) => panic!("{name} is foreign"),
        }
    };
    assert_eq!(
        (of("dep").version.as_str(), of("dep").identity.as_deref()),
        ("2.0.1", Some("bb"))
    );
    let PackageRef::Foreign(below) = of("dep").dependencies[0] else {
        panic!("git-dep is foreign")
    };
    assert_eq!(workspace.foreign[below].identity.as_deref(), Some("abc123"));
    assert_eq!(
        (of("lost").version.as_str(), of("lost").identity.as_deref()),
        ("3.1", None)
    );
    assert_eq!(
        workspace.lock_file,
        Some(folder.path().join("user/Cargo.lock"))
    );
    assert_eq!(workspace.diagnostics.len(), 1);
}

#[test]
fn features_of_this_build_are_those_that_cargo_builds_with() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for member in ["checkpointer-build", "cargo-checkpointer", "example-app"] {
        let printed = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "--edges", "normal,build"])
            .args([
                "--prefix",
                "none",
                "--format",
                "{p}|{f}",
                "--package",
                member,
            ])
            .current_dir(above)
            .output()
            .unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        let mut by_cargo: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for line in printed.lines() {
            let (package, features) = line.split_once('|').unwrap();
            let mut words = package.split(' ');
            let name = (words.next().unwrap(), words.next().unwrap());
            let features = features
                .split([',', ' '])
                .filter(|name| !["", "(*)"].contains(name));
            by_cargo.entry(name).or_default().extend(features);
        }
        let manifest = above.join(member).join("Cargo.toml");
        let options = Options {
            cfg: Some(host_cfg()),
            ..with_cargo()
        };
        let workspace = Workspace::load(&manifest, &options).unwrap();
        let mut compared = 0;
        for package in &workspace.foreign {
            let version = format!("v{}", package.version);
            let Some(expected) = by_cargo.get(&(package.name.as_str(), version.as_str())) else {
                continue;
            };
            let own = package.features.iter();
            let own: BTreeSet<&str> = own
                .map(|name| name.strip_suffix(" (host)").unwrap_or(name))
                .filter(|name| !name.is_empty() && !name.contains(' '))
                .collect();
            assert_eq!(own, *expected, "{} of {member}", package.name);
            compared += 1;
        }
        assert!(compared > 30, "{compared} of {member}");
    }
}

fn host_cfg() -> crate::cfg::CfgSet {
    let printed = std::process::Command::new("rustc")
        .args(["--print", "cfg"])
        .output()
        .unwrap();
    crate::cfg::CfgSet::from_rustc(&String::from_utf8(printed.stdout).unwrap(), [])
}

#[test]
fn manifests_on_the_disk_say_the_same_as_cargo() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for member in ["checkpointer-build", "cargo-checkpointer"] {
        let manifest = above.join(member).join("Cargo.toml");
        let options = Options {
            cfg: Some(host_cfg()),
            ..with_cargo()
        };
        let by_cargo = metadata::load(&manifest, &options).unwrap();
        let reason = "error: a package is not there".to_owned();
        let read = fallback::load(&manifest, &options, reason).unwrap();
        assert_eq!(read.diagnostics, Vec::<String>::new());
        assert_eq!(read.packages, by_cargo.packages);
        assert_eq!(read.foreign, by_cargo.foreign);
    }
}
