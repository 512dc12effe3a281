//! A generic function in one crate, types in another: the code of their impls counts although the function's crate can't see it.

use crate::project::{Project, Said};

const GENERIC: &str = "//! A generic function.
use checkpointer_runtime::checkpoint;

pub trait Go {
    fn go(&self) -> u32;
}

#[checkpoint]
pub fn run<T: Go + serde::Serialize>(t: &T) -> u32 {
    t.go()
}
";

const MAIN: &str = "//! Its caller, with a type of its own.
checkpointer_runtime::register_types!();

#[derive(serde::Serialize)]
struct Model(u32);

impl generic::Go for Model {
    fn go(&self) -> u32 {
        self.0 + helper()
    }
}

fn helper() -> u32 {
    1
}

fn main() {
    println!(\"{}\", generic::run(&Model(7)));
}
";

fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ncheckpointer-runtime = \"0.1\"\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n{more}\n[build-dependencies]\ncheckpointer-build = \"0.1\"\n"
    )
}

/// Projects of one name share what is built of them, so each test has a name of its own.
fn two_crates(caller: &str) -> Project {
    const BUILD: &str = "fn main() {\n    checkpointer_build::build();\n}\n";
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"generic\", \"caller\"]\nresolver = \"3\"\n",
    );
    project.write("generic/Cargo.toml", &manifest("generic", ""));
    project.write("generic/build.rs", BUILD);
    project.write("generic/src/lib.rs", GENERIC);
    project.write(
        "caller/Cargo.toml",
        &manifest(caller, "generic = { path = \"../generic\" }\n"),
    );
    project.write("caller/build.rs", BUILD);
    project.write("caller/src/main.rs", MAIN);
    project
}

fn run(project: &Project) -> Said {
    project.cargo_ok(&["run", "--quiet"])
}

#[test]
fn an_edit_of_what_a_type_arguments_impl_calls_recomputes() {
    let project = two_crates("teller");
    assert_eq!(run(&project).stdout, "8\n");
    let again = run(&project);
    assert_eq!(again.stdout, "8\n");
    assert!(!again.stderr.contains("MEMORIZING"), "{}", again.stderr);
    project.write("caller/src/main.rs", &MAIN.replace("    1\n", "    2\n"));
    assert_eq!(run(&project).stdout, "9\n");
}

#[test]
fn a_type_whose_crate_registers_nothing_is_named_and_its_calls_are_not_kept() {
    let project = two_crates("stranger");
    let silent = MAIN.replace("checkpointer_runtime::register_types!();\n", "");
    for factor in ["    1\n", "    2\n"] {
        project.write("caller/src/main.rs", &silent.replace("    1\n", factor));
        let said = run(&project);
        let sum = if factor.contains('1') { "8\n" } else { "9\n" };
        assert_eq!(said.stdout, sum);
        for text in ["stranger::Model", "register_types!"] {
            assert!(
                said.stderr.contains(text),
                "`{text}` is not in:\n{}",
                said.stderr
            );
        }
    }
}
