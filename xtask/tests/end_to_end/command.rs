//! `cargo checkpointer` on a program that was built and run: what the build recorded, the expansion embedded, and the run time kept.

use std::path::PathBuf;

use crate::project::{Project, Said, workspace};

const MAIN: &str = "use checkpointer_runtime::checkpoint;

#[checkpoint]
fn compute(x: u64) -> u64 {
    multiply(x)
}

fn multiply(x: u64) -> u64 {
    x * 1
}

fn main() {
    println!(\"{}\", compute(20) + compute(21));
}
";

fn project() -> Project {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"commanded\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ncheckpointer-runtime = \"0.1\"\n\n\
         [build-dependencies]\ncheckpointer-build = \"0.1\"\n",
    );
    project.write(
        "build.rs",
        "fn main() {\n    checkpointer_build::build();\n}\n",
    );
    project.write("src/main.rs", MAIN);
    // The command asks Cargo for the packages, too.
    let patch = |name: &str| {
        let folder = workspace().join(format!("checkpointer-{name}"));
        format!("checkpointer-{name} = {{ path = {folder:?} }}\n")
    };
    let configuration = format!("[patch.crates-io]\n{}{}", patch("runtime"), patch("build"));
    project.write(".cargo/config.toml", &configuration);
    project
}

/// The command as the tests of its own package have it built, beside this test.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("tests lie in target/<profile>/deps");
    let program = profile.join(format!(
        "cargo-checkpointer{}",
        std::env::consts::EXE_SUFFIX
    ));
    assert!(
        program.is_file(),
        "{} is not there: `cargo build -p cargo-checkpointer` first",
        program.display()
    );
    program
}

fn command(project: &Project, arguments: &[&str]) -> Said {
    let said = project.run_program(&program(), &[&["checkpointer"], arguments].concat());
    assert!(
        said.success,
        "{arguments:?}: {}\n{}",
        said.stdout, said.stderr
    );
    said
}

#[test]
fn the_command_tells_what_was_edited_between_two_runs() {
    let project = project();
    assert_eq!(project.cargo_ok(&["run"]).stdout, "41\n");
    let why = command(&project, &["why", "compute"]).stdout;
    assert!(why.contains("up to date: 2 results"), "{why}");

    project.edit("src/main.rs", "x * 1", "x * 2");
    let why = command(&project, &["why", "compute"]).stdout;
    assert!(
        why.contains("fn `commanded::multiply`, by compute → multiply"),
        "{why}"
    );
    assert!(why.contains("- x * 1") && why.contains("+ x * 2"), "{why}");

    // What the build recorded is the analysis that the command makes.
    assert_eq!(project.cargo_ok(&["run"]).stdout, "82\n");
    let list: serde_json::Value =
        serde_json::from_str(&command(&project, &["list", "--format", "json"]).stdout)
            .expect("it is JSON");
    assert_eq!(list["functions"][0]["entries"], 2, "{list}");
    assert_eq!(list["functions"][0]["stale_entries"], 2, "{list}");

    let stats: serde_json::Value =
        serde_json::from_str(&command(&project, &["stats", "--format", "json"]).stdout)
            .expect("it is JSON");
    let counted = &stats["functions"][0];
    assert_eq!(counted["misses"], 4, "{stats}");
    assert_eq!(counted["misses_of_edited_code"], 2, "{stats}");
    assert_eq!(counted["misses_of_new_arguments"], 2, "{stats}");
}
