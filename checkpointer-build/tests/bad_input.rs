//! Sources and folders that are not as they should be: nothing panics or hangs, and every message
//! names the file and what to do.

use std::path::Path;
use std::process::Command;

use checkpointer_build::{AnalyzeOptions, analyze};
use serde_json::Value;
use tempfile::TempDir;

const MANIFEST: &str =
    "[package]\nname = \"bad\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

/// A package on disk, its files by path and content.
fn package(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "Cargo.toml", MANIFEST.as_bytes());
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    folder
}

fn write(folder: &Path, path: &str, content: &[u8]) {
    let path = folder.join(path);
    let parent = path.parent().expect("a file stands in a folder");
    std::fs::create_dir_all(parent).expect("folders can be made");
    std::fs::write(path, content).expect("a file can be written");
}

/// The analysis of a package whose functions are all roots.
fn report(folder: &TempDir) -> Value {
    let options = AnalyzeOptions {
        all: true,
        ..AnalyzeOptions::default()
    };
    let json = analyze(&folder.path().join("Cargo.toml"), &options).expect("it is analysed");
    serde_json::from_str(&json).expect("it is JSON")
}

/// The hash of a function, by its id.
fn hash(report: &Value, id: &str) -> String {
    let items = report["items"].as_array().expect("items are a list");
    let item = items.iter().find(|item| item["id"] == id);
    let hash = item.unwrap_or_else(|| panic!("{id} is listed"))["hash"].as_str();
    hash.expect("a function has a hash").to_owned()
}

/// What a build script says in a folder. The test of this name runs once more as that script, in a process of its own
/// with Cargo's variables, and then finds none here.
fn build_script(test: &str, folder: &Path, out: &Path) -> Option<String> {
    if std::env::var_os("BAD_INPUT_CHILD").is_some() {
        checkpointer_build::build();
        return None;
    }
    let output = Command::new(std::env::current_exe().expect("the test has a file"))
        .args(["--exact", test, "--nocapture"])
        .env("BAD_INPUT_CHILD", "1")
        .env("CARGO_MANIFEST_DIR", folder)
        .env("OUT_DIR", out)
        .output()
        .expect("the test starts");
    assert!(output.status.success(), "the build script ends well");
    Some(String::from_utf8(output.stdout).expect("Cargo's lines are text"))
}

#[test]
fn a_file_that_does_not_parse_leaves_the_others_readable() {
    let folder = package(&[
        ("src/lib.rs", b"mod broken; pub fn whole() -> u8 { 1 }"),
        ("src/broken.rs", b"fn half( {"),
    ]);
    assert_eq!(hash(&report(&folder), "bad::whole").len(), 64);
}

#[test]
fn a_file_that_does_not_parse_is_a_warning_and_no_row_is_trusted() {
    let folder = package(&[
        (
            "src/lib.rs",
            b"mod broken;\n#[checkpoint]\npub fn whole() -> u8 { broken::part() }",
        ),
        ("src/broken.rs", b"\nfn half() { let = ; }"),
    ]);
    let out = tempfile::tempdir().expect("a folder");
    let name = "a_file_that_does_not_parse_is_a_warning_and_no_row_is_trusted";
    let Some(said) = build_script(name, folder.path(), out.path()) else {
        return;
    };
    let warning = said
        .lines()
        .find(|line| line.starts_with("cargo::warning="))
        .expect("it warns");
    assert!(
        warning.contains("src/broken.rs:2: the file does not parse"),
        "{warning}"
    );
    assert!(warning.contains("until it is mended"), "{warning}");
    assert!(!said.contains("cargo::error"), "{said}");
    let table = std::fs::read_to_string(out.path().join("checkpointer.rs")).expect("a table");
    assert!(
        table.contains("src/broken.rs:2: the file does not parse"),
        "{table}"
    );
}

#[test]
fn a_body_that_does_not_parse_leaves_those_trusted_who_do_not_reach_it() {
    let folder = package(&[(
        "src/lib.rs",
        b"#[checkpoint]\npub fn reaches() -> u8 { half() }\n#[checkpoint]\npub fn does_not() -> u8 { whole() }\n\
          fn half() -> u8 { let = some_value_of_some_length; 1 }\nfn whole() -> u8 { 1 }",
    )]);
    let out = tempfile::tempdir().expect("a folder");
    let name = "a_body_that_does_not_parse_leaves_those_trusted_who_do_not_reach_it";
    let Some(said) = build_script(name, folder.path(), out.path()) else {
        return;
    };
    assert!(
        said.contains("src/lib.rs:5: the file does not parse"),
        "{said}"
    );
    let table = std::fs::read_to_string(out.path().join("checkpointer.rs")).expect("a table");
    let refused = table.matches("NOT TRUSTED: src/lib.rs:5").count();
    assert_eq!(refused, 1, "{table}");
}

#[test]
fn a_missing_module_is_named_with_the_line_that_declares_it() {
    let folder = package(&[(
        "src/lib.rs",
        b"\nmod gone;\n#[checkpoint]\npub fn whole() -> u8 { gone::part() }",
    )]);
    let out = tempfile::tempdir().expect("a folder");
    let name = "a_missing_module_is_named_with_the_line_that_declares_it";
    let Some(said) = build_script(name, folder.path(), out.path()) else {
        return;
    };
    let place =
        "src/lib.rs:2: the file src/gone.rs of a module is missing or can't be read: write it";
    assert!(said.contains(place), "{said}");
    // Cargo would run the script for ever if it watched a file that is not there.
    assert!(!said.contains("rerun-if-changed=src/gone.rs"), "{said}");
}

#[test]
fn an_unreadable_manifest_is_an_error_with_its_path() {
    let cases: [&[u8]; 4] = [
        b"[package\nname = 1",
        b"\xff\xfe not text",
        b"",
        b"[workspace]\nmembers = []\n",
    ];
    for content in cases {
        let folder = package(&[("src/lib.rs", b"")]);
        write(folder.path(), "Cargo.toml", content);
        let path = folder.path().join("Cargo.toml");
        let error = analyze(&path, &AnalyzeOptions::default()).expect_err("it is refused");
        let message = error.to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains("manifest of a"), "{message}");
    }
}

#[test]
fn a_manifest_that_is_not_there_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Cargo.toml");
    let error = analyze(&path, &AnalyzeOptions::default()).expect_err("it is refused");
    assert!(
        error.to_string().contains(&path.display().to_string()),
        "{error}"
    );
}

#[test]
fn an_out_dir_that_takes_no_file_is_an_error_with_its_path() {
    let folder = package(&[("src/lib.rs", b"#[checkpoint] pub fn f() -> u8 { 1 }")]);
    // A file in the folder's place refuses everyone, the administrator too.
    let out = folder.path().join("out");
    write(folder.path(), "out", b"");
    let name = "an_out_dir_that_takes_no_file_is_an_error_with_its_path";
    let Some(said) = build_script(name, folder.path(), &out) else {
        return;
    };
    let error = said
        .lines()
        .find(|line| line.starts_with("cargo::error="))
        .expect("it is an error");
    let path = out.join("checkpointer.rs").display().to_string();
    assert!(error.contains(&format!("can't write {path}")), "{error}");
    assert!(error.contains("make the folder writable"), "{error}");
}

#[test]
fn a_file_that_is_no_text_is_a_warning() {
    let folder = package(&[
        (
            "src/lib.rs",
            b"mod latin;\n#[checkpoint]\npub fn f() -> u8 { 1 }",
        ),
        ("src/latin.rs", b"pub const NAME: &str = \"caf\xe9\";"),
    ]);
    let out = tempfile::tempdir().expect("a folder");
    let Some(said) = build_script(
        "a_file_that_is_no_text_is_a_warning",
        folder.path(),
        out.path(),
    ) else {
        return;
    };
    assert!(
        said.contains("src/latin.rs:1: the file does not parse: it is not UTF-8"),
        "{said}"
    );
}

#[test]
fn a_hundred_thousand_parentheses_are_refused() {
    let deep = format!(
        "fn deep() -> u8 {{ {}1{} }}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    let folder = package(&[
        (
            "src/lib.rs",
            b"mod deep;\n#[checkpoint]\npub fn f() -> u8 { 1 }",
        ),
        ("src/deep.rs", deep.as_bytes()),
    ]);
    let out = tempfile::tempdir().expect("a folder");
    let name = "a_hundred_thousand_parentheses_are_refused";
    let Some(said) = build_script(name, folder.path(), out.path()) else {
        return;
    };
    assert!(
        said.contains("src/deep.rs:1: the file does not parse: it is nested too deeply"),
        "{said}"
    );
}

#[test]
fn modules_that_are_modules_of_themselves_end() {
    let folder = package(&[
        (
            "src/lib.rs",
            b"#[path = \"a.rs\"] mod a;\n#[checkpoint]\npub fn f() -> u8 { 1 }",
        ),
        ("src/a.rs", b"#[path = \"b.rs\"] mod b;"),
        ("src/b.rs", b"\n#[path = \"./a.rs\"] mod again;"),
    ]);
    let out = tempfile::tempdir().expect("a folder");
    let name = "modules_that_are_modules_of_themselves_end";
    let Some(said) = build_script(name, folder.path(), out.path()) else {
        return;
    };
    assert!(
        said.contains("src/b.rs:2: the file src/a.rs is a module of itself"),
        "{said}"
    );
}

#[test]
fn a_file_that_includes_itself_ends() {
    let folder = package(&[
        (
            "src/lib.rs",
            b"include!(\"parts.rs\"); pub fn whole() -> u8 { part() }",
        ),
        (
            "src/parts.rs",
            b"include!(\"parts.rs\"); fn part() -> u8 { 1 }",
        ),
    ]);
    let before = hash(&report(&folder), "bad::whole");
    write(
        folder.path(),
        "src/parts.rs",
        b"include!(\"parts.rs\"); fn part() -> u8 { 2 }",
    );
    assert_ne!(hash(&report(&folder), "bad::whole"), before);
}

#[test]
fn macros_that_never_end_are_given_up() {
    let definitions = [
        // One more call a step, as an item, statement, expression, type and pattern.
        "macro_rules! m { () => { m!(); } } m!(); pub fn whole() -> u8 { 1 }",
        "macro_rules! m { () => { m!() } } pub fn whole() -> u8 { m!(); m!() }",
        "macro_rules! m { () => { m!() } } pub fn whole() -> m!() { 1 }",
        "macro_rules! m { () => { m!() } } pub fn whole(m!(): u8) -> u8 { 1 }",
        // Two calls a step.
        "macro_rules! m { () => { m!(); m!(); } } m!(); pub fn whole() -> u8 { 1 }",
        "macro_rules! m { () => { m!() + m!() } } pub fn whole() -> u8 { m!() }",
        "macro_rules! m { () => { { fn g() {} m!(); m!() } } } pub fn whole() -> u8 { m!() }",
        "macro_rules! m { () => { impl S { m!(); m!(); } } } struct S; m!(); pub fn whole() -> u8 { 1 }",
        // Longer and longer arguments.
        "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*); } } m!(a b); pub fn whole() -> u8 { 1 }",
        "macro_rules! m { ($($t:tt)*) => { m!(($($t)*) x) } } pub fn whole() -> u8 { m!(a) }",
    ];
    for text in definitions {
        let folder = package(&[("src/lib.rs", text.as_bytes())]);
        assert_eq!(hash(&report(&folder), "bad::whole").len(), 64, "{text}");
    }
}
