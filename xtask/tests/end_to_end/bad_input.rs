//! What goes wrong in a user's package is told with the file and the way out, by the real cargo.

use std::collections::BTreeSet;

use crate::project::{Project, Said};

const MANIFEST: &str = "[package]
name = \"faulty\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
checkpointer-runtime = \"0.1\"

[build-dependencies]
checkpointer-build = \"0.1\"
";

const BUILD: &str = "fn main() {\n    checkpointer_build::build();\n}\n";

const MAIN: &str = "//! One remembered function.
use checkpointer_runtime::checkpoint;

#[checkpoint]
fn double(x: u64) -> u64 {
    x * 2
}

fn main() {
    println!(\"{}\", double(4));
}
";

/// A package that builds; each test breaks one thing in it.
fn sound() -> Project {
    let project = Project::new();
    project.write("Cargo.toml", MANIFEST);
    project.write("build.rs", BUILD);
    project.write("src/main.rs", MAIN);
    project
}

/// Builds a package that must not build, and wants each of the texts among what cargo said.
fn refused(project: &Project, texts: &[&str]) -> Said {
    let said = project.cargo(&["build"]);
    assert!(
        !said.success,
        "this package must not build:\n{}",
        said.stderr
    );
    for text in texts {
        assert!(
            said.stderr.contains(text),
            "`{text}` is not in:\n{}",
            said.stderr
        );
    }
    said
}

#[test]
fn a_source_file_that_does_not_parse_is_rustcs_error_and_one_warning_of_ours() {
    let project = sound();
    project.write("src/main.rs", &format!("{MAIN}\nmod broken;\n"));
    project.write("src/broken.rs", "pub fn half( -> u64 {}\n");
    let said = refused(&project, &["src/broken.rs"]);
    let warnings = said
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning: faulty"));
    // Cargo says a build script's warnings twice if the build fails.
    let distinct: BTreeSet<&str> = warnings
        .filter(|line| line.contains("src/broken.rs"))
        .collect();
    assert_eq!(
        distinct.len(),
        1,
        "one warning of ours names the file:\n{}",
        said.stderr
    );
    assert!(
        said.stderr.contains("error: "),
        "rustc reports the error itself:\n{}",
        said.stderr
    );
}

#[test]
fn a_file_that_stops_parsing_never_leaves_a_stale_row_to_compile_with() {
    let project = sound();
    project.cargo_ok(&["build"]);
    project.write("src/main.rs", &MAIN.replace("x * 2", "x * "));
    refused(&project, &["src/main.rs"]);
    project.write("src/main.rs", &MAIN.replace("x * 2", "x * 3"));
    let said = project.cargo_ok(&["run", "--quiet"]);
    assert_eq!(said.stdout, "12\n");
}

#[test]
fn a_module_without_a_file_is_named() {
    let project = sound();
    project.write("src/main.rs", &format!("{MAIN}\nmod nowhere;\n"));
    refused(&project, &["nowhere"]);
}

#[test]
fn a_package_without_a_build_script_is_told_to_add_one() {
    let project = sound();
    std::fs::remove_file(project.path("build.rs")).expect("cannot remove the build script");
    refused(&project, &["build.rs", "checkpointer_build::build()"]);
}

#[test]
fn a_build_script_that_does_not_call_us_is_told_to() {
    let project = sound();
    // A name of its own: projects of one name share an OUT_DIR in the shared target folder, and a table with it.
    project.write("Cargo.toml", &MANIFEST.replace("faulty", "silent"));
    project.write("build.rs", "fn main() {}\n");
    refused(&project, &["checkpointer_build::build()"]);
}

#[test]
fn the_table_of_a_build_script_that_no_longer_calls_us_is_not_used() {
    let project = sound();
    project.write("Cargo.toml", &MANIFEST.replace("faulty", "deserted"));
    project.cargo_ok(&["build"]);
    project.write("build.rs", "fn main() {}\n");
    refused(
        &project,
        &["not from the last run", "checkpointer_build::build()"],
    );
    project.write("build.rs", BUILD);
    project.cargo_ok(&["build"]);
}

#[test]
fn a_build_that_denies_it_refuses_what_the_analysis_cannot_see_and_names_the_place() {
    let project = sound();
    project.write(
        "build.rs",
        &BUILD.replace("build()", "Builder::new().deny_unresolved(true).build()"),
    );
    project.cargo_ok(&["build"]);
    let hook = "static HOOK: std::sync::OnceLock<fn(u64) -> u64> = std::sync::OnceLock::new();\n";
    let main = MAIN.replace("x * 2", "HOOK.get().map_or(x * 2, |f| f(x))");
    project.write("src/main.rs", &format!("{main}{hook}"));
    let line = main.lines().count() + 1;
    refused(
        &project,
        &[&format!("src/main.rs:{line}:8"), "deny_unresolved"],
    );
}

#[test]
fn a_build_that_denies_it_refuses_reads_of_the_outside_world_and_names_the_place() {
    let project = sound();
    project.write(
        "build.rs",
        &BUILD.replace("build()", "Builder::new().deny_impure(true).build()"),
    );
    project.cargo_ok(&["build"]);
    project.write(
        "src/main.rs",
        &MAIN.replace("x * 2", "x * u64::from(std::process::id())"),
    );
    refused(&project, &["src/main.rs:6:", "deny_impure"]);
}

#[test]
fn an_option_whose_feature_is_missing_names_the_feature() {
    let project = sound();
    let with = |option: &str| MAIN.replace("#[checkpoint]", &format!("#[checkpoint({option})]"));
    let json = "\nstruct Json;\n";
    project.write("src/main.rs", &(with("codec = Json") + json));
    refused(
        &project,
        &["`codec = …` needs the feature `codec`", "src/main.rs"],
    );
    project.write("src/main.rs", &with("compression = ()"));
    refused(
        &project,
        &["`compression = …` needs the feature `lz4` or `zstd`"],
    );
    let lz4 = "compression = checkpointer_runtime::codec::Compression::lz4()";
    project.write("src/main.rs", &with(lz4));
    refused(&project, &["Compression", "feature = \"lz4\""]);
}

#[test]
fn an_output_folder_that_cannot_be_written_is_named() {
    let project = sound();
    // A folder below a file can't be made by anyone, root included, to whom permissions are no obstacle.
    project.write(
        "build.rs",
        "fn main() {
    // Sound: the build script has one thread.
    unsafe { std::env::set_var(\"OUT_DIR\", concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/build.rs/out\")) };
    checkpointer_build::build();
}
",
    );
    refused(&project, &["build.rs/out"]);
}
