//! Where a companion's name is taken, that is one error on the attribute, and `handle` is the way out. The build script must
//! read such a crate, so each is written to a folder and checked by Cargo.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What `cargo check` says of a library with this code, and whether it compiles.
fn check(name: &str, code: &str) -> (bool, String) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().expect("the workspace is around this package");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |file: &str, text: &str| {
        fs::write(folder.path().join(file), text).expect("the temporary folder can be written");
    };
    fs::create_dir(folder.path().join("src")).expect("the temporary folder can be written");
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\ncheckpointer-runtime = {{ path = {:?} }}\n\n\
             [build-dependencies]\ncheckpointer-build = {{ path = {:?} }}\n",
            root.join("checkpointer-runtime"),
            root.join("checkpointer-build"),
        ),
    );
    write("build.rs", "fn main() { checkpointer_build::build(); }\n");
    write("src/lib.rs", code);
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock"))
        .expect("there is a lock file");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("it is in the target folder");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--lib", "--offline", "--quiet", "--color=never"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

const BESIDE: &str = "//! Docs.
mod parse {}
#[checkpointer_runtime::checkpoint]
pub fn parse(x: u8) -> u8 {
    x
}
";

#[test]
fn a_module_of_the_functions_name_is_one_error_on_the_attribute() {
    let (compiles, said) = check("checkpointer-clash-beside", BESIDE);
    assert!(!compiles);
    assert!(
        said.contains("the module `parse` stands beside it"),
        "{said}"
    );
    assert!(said.contains("handle = parse_cached"), "{said}");
    assert!(said.contains("src/lib.rs:3:1"), "{said}");
    assert_eq!(
        said.matches("\nerror").count() + usize::from(said.starts_with("error")),
        2,
        "{said}"
    );
}

#[test]
fn a_type_beside_an_import_of_the_function_is_an_error_and_names_the_import() {
    let (compiles, said) = check(
        "checkpointer-clash-import",
        "//! Docs.
mod parse {
    #[checkpointer_runtime::checkpoint]
    pub fn parse(x: u8) -> u8 {
        x
    }
}
pub use parse::parse;
",
    );
    assert!(!compiles);
    assert!(
        said.contains("the module `parse` stands beside the import at src/lib.rs:8"),
        "{said}"
    );
}

#[test]
fn with_a_handle_nothing_clashes() {
    let code = BESIDE.replace("checkpoint]", "checkpoint(handle = parsed)]");
    let (compiles, said) = check("checkpointer-clash-handle", &code);
    assert!(compiles, "{said}");
}
