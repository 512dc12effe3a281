//! Every fault that `doctor` knows, put into a package that is fine, and found by name with its fix.

mod support;

use std::path::Path;

use checkpointer_syntax::state::FILE_NAME as STATE_NAME;
use checkpointer_syntax::table::FILE_NAME;
use support::Project;

/// A package as it is after a build.
fn built() -> Project {
    let project = Project::new();
    let found = project.inspect();
    project.write(&out(FILE_NAME), &found.table().write());
    std::fs::write(project.root().join(out(STATE_NAME)), found.state.write())
        .expect("the folder is there");
    project.write("Cargo.lock", &lock(&["0.1.0"]));
    project
}

fn out(name: &str) -> String {
    format!("target/debug/build/demo-0123456789abcdef/out/{name}")
}

fn lock(versions: &[&str]) -> String {
    let package = |version: &&str| {
        format!("[[package]]\nname = \"checkpointer-runtime\"\nversion = \"{version}\"\n\n")
    };
    "version = 4\n\n".to_owned() + &versions.iter().map(package).collect::<String>()
}

/// Whatever is no fault and no notice.
fn complaints(project: &Project, variables: &[(&str, &str)]) -> String {
    let shown = project.shown_with(&["doctor"], variables);
    let mut lines: Vec<&str> = shown.lines().collect();
    lines.retain(|line| !line.starts_with("fine"));
    lines.join("\n")
}

/// Breaks the package, and looks whether the only complaint is this one.
#[track_caller]
fn finds(break_it: impl FnOnce(&Project), check: &str, found: &str, fix: &str) {
    let project = built();
    std::fs::create_dir(project.store()).expect("it is not there yet");
    break_it(&project);
    is_the_only_one(&complaints(&project, &[]), check, found, fix);
}

#[track_caller]
fn finds_with(variables: &[(&str, &str)], check: &str, found: &str, fix: &str) {
    let project = built();
    std::fs::create_dir(project.store()).expect("it is not there yet");
    is_the_only_one(&complaints(&project, variables), check, found, fix);
}

#[track_caller]
fn is_the_only_one(complaints: &str, check: &str, found: &str, fix: &str) {
    for text in [check, found, fix] {
        assert!(complaints.contains(text), "no `{text}` in:\n{complaints}");
    }
    let number = |word: &str| {
        complaints
            .lines()
            .filter(|line| line.starts_with(word))
            .count()
    };
    assert_eq!(number("fault") + number("notice"), 1, "{complaints}");
    assert_eq!(
        complaints.contains("exit code 1"),
        number("fault") == 1,
        "{complaints}"
    );
}

#[test]
fn a_package_that_is_fine_has_no_complaints() {
    let project = built();
    std::fs::create_dir(project.store()).expect("it is not there yet");
    assert_eq!(complaints(&project, &[]), "");
}

#[test]
fn faults_of_the_manifest_are_found() {
    finds(
        |project| project.edit("Cargo.toml", "[workspace]", "nonsense"),
        "workspace",
        "can't find a Cargo workspace here",
        "--manifest-path",
    );
    finds(
        |project| {
            project.edit(
                "Cargo.toml",
                "checkpointer-build = { path = \"stubs/build\" }",
                "",
            );
        },
        "build script of demo",
        "checkpointer-build is no build dependency",
        "cargo add --build checkpointer-build",
    );
    finds(
        |project| {
            project.edit(
                "Cargo.toml",
                "[workspace]",
                "[package.metadata.checkpointer]\ncaptur = true\n\n[workspace]",
            );
        },
        "manifest of demo",
        "did you mean `capture`",
        "mend the key",
    );
    finds(
        |project| project.write("Cargo.lock", &lock(&["0.1.0", "0.2.0"])),
        "versions",
        "checkpointer-runtime 0.1.0, checkpointer-runtime 0.2.0",
        "cargo update -p",
    );
    finds(
        |project| project.write("Cargo.lock", &lock(&["7.0.0"])),
        "versions",
        "all 7.0.0, and this command is",
        "install the cargo-checkpointer of the same version",
    );
}

#[test]
fn a_package_without_this_library_is_told_how_to_begin() {
    finds(
        |project| {
            let manifest = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
            project.write("Cargo.toml", manifest);
        },
        "dependencies",
        "no package here depends on checkpointer-runtime",
        "cargo add checkpointer-runtime",
    );
}

#[test]
fn faults_of_the_build_script_are_found() {
    finds(
        |project| {
            std::fs::remove_file(project.root().join("build.rs")).expect("it is there");
        },
        "build script of demo",
        "there is none",
        "write a build.rs",
    );
    finds(
        |project| project.write("build.rs", "// checkpointer_build::build()\nfn main() {}\n"),
        "build script of demo",
        "never names checkpointer_build",
        "in its `main`",
    );
}

#[test]
fn faults_of_the_table_are_found() {
    finds(
        |project| {
            std::fs::remove_dir_all(project.root().join("target")).expect("it is there");
        },
        "table of demo",
        "no build has written one yet",
        "cargo build",
    );
    finds(
        |project| project.edit(&out(FILE_NAME), "demo::compute", "demo::compuet"),
        "table of demo",
        "checksum",
        "cargo clean -p",
    );
    finds(
        |project| project.edit("src/numbers.rs", "x * 1", "x * 2"),
        "table of demo",
        "sources changed since the last build",
        "writes it anew",
    );
    finds(
        |project| {
            let more =
                "#[checkpointer_runtime::checkpoint]\npub fn more(x: u8) -> u8 {\n    x\n}\n";
            project.write("src/more.rs", more);
        },
        "table of demo",
        "it does not know more",
        "touch build.rs",
    );
}

#[test]
fn faults_of_the_environment_are_found() {
    finds_with(
        &[("CHECKPOINTER_DRI", "x")],
        "environment",
        "did you mean `CHECKPOINTER_DIR`",
        "mend the variable's name",
    );
    finds_with(
        &[("CHECKPOINTER", "of")],
        "environment",
        "CHECKPOINTER=of is not understood",
        "on, off, readonly or refresh",
    );
    finds_with(
        &[("CHECKPOINTER", "off")],
        "environment",
        "nothing is remembered",
        "unset it",
    );
}

#[test]
fn faults_of_the_store_are_found() {
    let without_folder = built();
    without_folder.write("store", "no folder");
    is_the_only_one(
        &complaints(&without_folder, &[]),
        "store",
        "is no folder",
        "CHECKPOINTER_DIR",
    );
    finds(
        |project| {
            for number in 0..30 {
                project.write(&format!("store/.tmp/{number}.part"), "");
            }
        },
        "leftovers",
        "30 temporary files",
        "sweeps them",
    );
}

#[cfg(unix)]
#[test]
fn a_store_that_everyone_may_write_is_a_fault() {
    use std::os::unix::fs::PermissionsExt as _;
    finds(
        |project| {
            let everyone = std::fs::Permissions::from_mode(0o777);
            std::fs::set_permissions(project.store(), everyone).expect("it is ours");
        },
        "folder rights",
        "everyone may write",
        "chmod o-w",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_where_nothing_can_be_written_is_a_fault() {
    // Root may write wherever there is a disk, so there must be none.
    let nowhere = "/proc/self/fd";
    assert!(Path::new(nowhere).is_dir());
    finds_with(
        &[("CHECKPOINTER_DIR", nowhere)],
        "folder rights",
        "nothing can be written",
        "right to write",
    );
}
