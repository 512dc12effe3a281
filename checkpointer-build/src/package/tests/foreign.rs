//! Packages that count as a whole.

use super::*;

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
