//! What can't be seen, and what reads the outside world, is said with its place: never swallowed, never guessed.

use serde_json::Value;

use crate::package::Package;

/// What `analyze` says of `golden::root` in one of its lists: `line:column reason`.
fn said(source: &str, list: &str) -> Vec<String> {
    let report: Value =
        serde_json::from_str(&Package::of(source).analyzed()).expect("analyze prints JSON");
    let items = report["items"].as_array().expect("items are a list");
    let root = items
        .iter()
        .find(|item| item["id"] == "golden::root")
        .expect("the package has a function root");
    let entries = root[list].as_array().expect("the list is there");
    entries
        .iter()
        .map(|entry| {
            assert_eq!(entry["file"], "src/lib.rs");
            let reason = entry["reason"].as_str().expect("a reason is text");
            format!("{}:{} {reason}", entry["line"], entry["column"])
        })
        .collect()
}

/// Wants one entry, at this place, whose reason holds this text.
fn says(source: &str, list: &str, place: &str, text: &str) {
    let found = said(source, list);
    assert!(
        found.len() == 1 && found[0].starts_with(&format!("{place} ")) && found[0].contains(text),
        "wanted {place} {text}, got {found:#?} for\n{source}"
    );
}

#[test]
fn what_is_plain_is_not_reported() {
    let source = "static TABLE: [fn() -> u32; 1] = [one];\nfn one() -> u32 { 1 }\npub fn root() -> u32 { TABLE[0]() }\n";
    assert_eq!(said(source, "unresolved"), Vec::<String>::new());
    assert_eq!(said(source, "impure"), Vec::<String>::new());
}

#[test]
fn a_name_that_is_not_found_is_unresolved() {
    says(
        "pub fn root() -> u32 {\n    nowhere::at_all()\n}\n",
        "unresolved",
        "2:5",
        "nowhere::at_all",
    );
}

#[test]
fn a_macro_that_is_not_found_is_unresolved() {
    says(
        "pub fn root() -> u32 {\n    let x = 1;\n    nobodys!(x)\n}\n",
        "unresolved",
        "3:5",
        "nobodys",
    );
}

#[test]
fn a_file_that_only_the_build_knows_is_unresolved() {
    says(
        "macro_rules! name { () => { \"a.txt\" } }\npub fn root() -> &'static str {\n    include_str!(name!())\n}\n",
        "unresolved",
        "3:5",
        "include_str!",
    );
}

#[test]
fn functions_that_a_static_is_given_while_the_program_runs_are_unresolved() {
    for kind in [
        "std::sync::RwLock<fn() -> u32>",
        "std::sync::OnceLock<Box<dyn Fn() -> u32 + Send + Sync>>",
        "std::sync::Mutex<Option<Hook>>",
    ] {
        says(
            &format!(
                "pub struct Hook {{ pub run: fn() -> u32 }}\npub fn one() -> u32 {{ 1 }}\npub static HOOK: {kind} = todo!();\n\
                 pub fn root() {{ let _ = &HOOK; }}\n"
            ),
            "unresolved",
            "3:12",
            "set while the program runs",
        );
    }
}

#[test]
fn a_static_that_the_user_leaves_out_is_not_reported() {
    let source = "use checkpointer_runtime::no_capture;\n#[no_capture]\npub static HOOK: std::sync::OnceLock<fn() -> u32> = std::sync::OnceLock::new();\n\
                  pub fn root() { let _ = &HOOK; }\n";
    let found = said(source, "unresolved");
    assert!(
        !found
            .iter()
            .any(|entry| entry.contains("while the program runs")),
        "{found:#?}"
    );
}

#[test]
fn reads_of_the_outside_world_are_impure() {
    for (read, text) in [
        ("std::env::var(\"HOME\").is_ok() as u32", "std::env"),
        ("std::fs::read(\"a\").is_ok() as u32", "std::fs"),
        (
            "std::time::Instant::now().elapsed().as_secs() as u32",
            "std::time",
        ),
        (
            "std::net::TcpStream::connect(\"a:1\").is_ok() as u32",
            "std::net",
        ),
        ("std::process::id()", "std::process"),
    ] {
        says(
            &format!("pub fn root() -> u32 {{\n    {read}\n}}\n"),
            "impure",
            "2:5",
            text,
        );
    }
}

#[test]
fn what_other_languages_do_is_impure() {
    says(
        "unsafe extern \"C\" {\n    fn strange() -> u32;\n}\npub fn root() -> u32 {\n    unsafe { strange() }\n}\n",
        "impure",
        "2:8",
        "another language",
    );
}

#[test]
fn a_kept_function_of_a_library_that_takes_trait_objects_is_unresolved() {
    let source = "use checkpointer_runtime::checkpoint;\npub trait Go { fn go(&self) -> u32; }\npub struct Deep { pub it: Box<dyn Go> }\n\
                  #[checkpoint]\npub fn root(deep: &Deep) -> u32 { deep.it.go() }\n";
    let found = said(source, "unresolved");
    let wanted = found
        .iter()
        .filter(|entry| entry.starts_with("5:8 ") && entry.contains("trait objects"));
    assert_eq!(wanted.count(), 1, "{found:#?}");
    let not_kept = source.replace("#[checkpoint]\n", "\n");
    let generic = source
        .replace("deep: &Deep", "go: &impl Go")
        .replace("deep.it", "go");
    for source in [not_kept, generic] {
        let found = said(&source, "unresolved");
        assert!(
            !found.iter().any(|entry| entry.contains("trait objects")),
            "{found:#?}"
        );
    }
}
