//! A new crate outside of the workspace, set up by nothing but what the README says, with the example of how results become invalid.

use std::fs;

use crate::project::{Project, Said, workspace};

/// Two remembered functions, of which one calls the other, and what they use.
const MAIN: &str = "//! Two remembered functions.
use checkpointer_runtime::checkpoint;

fn multiply(a: u64, b: u64) -> u64 {
    a * b
}

fn unrelated(x: u64) -> u64 {
    x + 1
}

#[checkpoint]
fn helper(x: u64) -> u64 {
    multiply(x + 1, 2)
}

#[checkpoint]
fn compute(a: u64, b: u64) -> u64 {
    helper(a) + helper(b)
}

fn main() {
    println!(\"compute {}\", compute(3, 4));
    println!(\"helper {}\", helper(5));
    println!(\"unrelated {}\", unrelated(6));
}
";

/// The code blocks of one language in a text, in order.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let starts = text.match_indices(&fence).map(|(at, _)| at + fence.len());
    starts
        .filter_map(|start| Some(&text[start..start + text[start..].find("```")?]))
        .collect()
}

/// A crate as `cargo new` makes it, then set up as the README's first TOML block and its `build.rs` block say.
fn crate_set_up_by_the_readme() -> Project {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("cannot read the README");
    let dependencies = blocks(&readme, "toml")
        .into_iter()
        .find(|block| block.contains("[build-dependencies]"))
        .expect("the README shows the dependencies");
    let build = blocks(&readme, "rust")
        .into_iter()
        .find(|block| block.contains("// build.rs"))
        .expect("the README shows the build script");
    let import = "use checkpointer_runtime::checkpoint;";
    assert!(
        blocks(&readme, "rust")
            .iter()
            .any(|block| block.contains(import)),
        "the README shows the import"
    );
    let project = Project::new();
    project.write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"newcomer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}"
        ),
    );
    project.write("build.rs", build);
    project.write("src/main.rs", MAIN);
    project
}

fn run(project: &Project) -> Said {
    project.cargo_ok(&["run", "--quiet"])
}

/// The functions that were computed, as the lines on standard error tell, sorted and without repetition.
fn computed(said: &Said) -> Vec<String> {
    let mut names: Vec<String> = said
        .stderr
        .lines()
        .filter(|line| line.contains("MEMORIZING"))
        .flat_map(|line| {
            ["compute", "helper"]
                .into_iter()
                .filter(|name| line.contains(&format!("newcomer::{name}")))
        })
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_new_crate_set_up_by_the_readme_recomputes_exactly_what_an_edit_reaches() {
    let project = crate_set_up_by_the_readme();

    let first = run(&project);
    assert_eq!(computed(&first), ["compute", "helper"], "{}", first.stderr);
    assert_eq!(first.stdout, "compute 18\nhelper 12\nunrelated 7\n");
    let again = run(&project);
    assert_eq!(
        computed(&again),
        [] as [&str; 0],
        "a second run computes nothing: {}",
        again.stderr
    );
    assert_eq!(again.stdout, first.stdout);

    let original = project.edit("src/main.rs", "a * b", "a * b + 1");
    let edited = run(&project);
    assert_eq!(
        computed(&edited),
        ["compute", "helper"],
        "multiply is used by both: {}",
        edited.stderr
    );
    assert_eq!(edited.stdout, "compute 20\nhelper 13\nunrelated 7\n");

    project.write("src/main.rs", &original);
    let undone = run(&project);
    assert_eq!(
        computed(&undone),
        [] as [&str; 0],
        "undoing finds the old results: {}",
        undone.stderr
    );
    assert_eq!(undone.stdout, first.stdout);

    project.edit("src/main.rs", "x + 1\n", "x + 2\n");
    let elsewhere = run(&project);
    assert_eq!(
        computed(&elsewhere),
        [] as [&str; 0],
        "no remembered function uses it: {}",
        elsewhere.stderr
    );
    assert_eq!(elsewhere.stdout, "compute 18\nhelper 12\nunrelated 8\n");

    project.write(
        "src/main.rs",
        &original.replace("    a * b", "    // the product\n    a * b"),
    );
    assert_eq!(
        computed(&run(&project)),
        [] as [&str; 0],
        "a comment is no code"
    );

    project.write(
        "src/main.rs",
        &original.replace(
            "(a: u64, b: u64) -> u64 {\n    a * b\n}",
            "(\n  a: u64,\n  b: u64,\n) -> u64 { a*b }",
        ),
    );
    assert_eq!(
        computed(&run(&project)),
        [] as [&str; 0],
        "formatting is no code"
    );
}

#[test]
fn editing_the_caller_alone_keeps_the_results_of_what_it_calls() {
    let project = crate_set_up_by_the_readme();
    run(&project);
    project.edit(
        "src/main.rs",
        "helper(a) + helper(b)",
        "helper(a) * helper(b)",
    );
    let edited = run(&project);
    assert_eq!(computed(&edited), ["compute"], "{}", edited.stderr);
    assert_eq!(edited.stdout, "compute 80\nhelper 12\nunrelated 7\n");
}
