//! Small workspaces on disk, and this package itself as one with dependencies from a registry.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

mod cached;
mod features;
mod foreign;
mod without_cargo;

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
