//! What manifests and lock files say where Cargo does not answer.

use super::*;

const LOCK: &str = "version = 4\n\
    [[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"dep 2.0.1\"]\n\
    [[package]]\nname = \"dep\"\nversion = \"1.5.0\"\nsource = \"registry+x\"\nchecksum = \"aa\"\n\
    [[package]]\nname = \"dep\"\nversion = \"2.0.1\"\nsource = \"registry+x\"\nchecksum = \"bb\"\ndependencies = [\"git-dep\"]\n\
    [[package]]\nname = \"git-dep\"\nversion = \"0.1.0\"\nsource = \"git+https://example.com/x?branch=y#abc123\"\n";

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
