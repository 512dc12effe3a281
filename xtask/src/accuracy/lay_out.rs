//! Writes a fixture's state out as a package on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::fixture::{Fixture, State};

/// A fixture's state as it lies on disk.
#[derive(Debug)]
pub(crate) struct Package {
    /// The package's root.
    pub(crate) folder: PathBuf,
    /// A digest of all its files, edition and environment.
    pub(crate) digest: String,
    /// Whether it needs Cargo to be compiled: it has dependencies, features or several targets.
    pub(crate) needs_cargo: bool,
    /// Environment variables for the compiler and the analysis.
    pub(crate) env: Vec<(String, String)>,
    /// Features to switch on.
    pub(crate) features: Option<String>,
}

/// The stand-in for the runtime that fixtures with `#[checkpoint]` compile against.
const STAND_IN: [(&str, &str); 4] = [
    (
        "checkpointer-runtime/Cargo.toml",
        "[package]\nname = \"checkpointer-runtime\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [dependencies]\ncheckpointer-macros = { path = \"../checkpointer-macros\" }\n",
    ),
    (
        "checkpointer-runtime/src/lib.rs",
        include_str!("stand_in/runtime.rs"),
    ),
    (
        "checkpointer-macros/Cargo.toml",
        "[package]\nname = \"checkpointer-macros\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [lib]\nproc-macro = true\n",
    ),
    (
        "checkpointer-macros/src/lib.rs",
        include_str!("stand_in/macros.rs"),
    ),
];

/// Writes the files of one state below `root` and says what they make.
pub(crate) fn lay_out(root: &Path, fixture: &Fixture, state: State) -> Result<Package> {
    let mut files = fixture.files(state);
    let needs_cargo = files.keys().any(|path| needs_cargo(path)) || uses_runtime(&files);
    complete(&mut files, fixture.edition());
    let side = match state {
        State::Before => "before",
        State::After => "after",
    };
    let folder = root.join(slug(&fixture.name)).join(side);
    let env: Vec<(String, String)> = fixture
        .option("env", state)
        .iter()
        .flat_map(|line| line.split_whitespace())
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let features = fixture.option("features", state);
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{env:?}{features:?}{needs_cargo}").as_bytes());
    for (path, text) in &files {
        hasher.update(format!("{path}\0{}\0{text}", text.len()).as_bytes());
    }
    write(&folder, &files)?;
    Ok(Package {
        folder,
        digest: hasher.finalize().to_hex().to_string(),
        needs_cargo,
        env,
        features,
    })
}

fn needs_cargo(path: &str) -> bool {
    path.ends_with("Cargo.toml") || path == "build.rs" || path.starts_with("tests/")
}

fn uses_runtime(files: &BTreeMap<String, String>) -> bool {
    files
        .values()
        .any(|text| text.contains("checkpointer_runtime"))
}

/// Adds what a fixture need not write: manifests, and the stand-in runtime where it is named.
fn complete(files: &mut BTreeMap<String, String>, edition: &str) {
    let own = files.remove("Cargo.toml").unwrap_or_default();
    let mut manifest = format!(
        "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n{own}\n"
    );
    if !own.contains("[workspace") {
        manifest.push_str("[workspace]\n");
    }
    if uses_runtime(files) {
        manifest.push_str("[dependencies.checkpointer-runtime]\npath = \"checkpointer-runtime\"\n");
        files.extend(STAND_IN.map(|(path, text)| (path.to_owned(), text.to_owned())));
    }
    files.insert("Cargo.toml".to_owned(), manifest);
    let neighbours: BTreeSet<String> = files
        .keys()
        .filter_map(|path| path.strip_suffix("/src/lib.rs").map(str::to_owned))
        .collect();
    for folder in neighbours {
        let name = folder.rsplit('/').next().unwrap_or(&folder).to_owned();
        files
            .entry(format!("{folder}/Cargo.toml"))
            .or_insert_with(|| {
                format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
            });
        if folder.starts_with("vendor/") {
            let text = files
                .iter()
                .filter(|(path, _)| path.starts_with(&folder))
                .map(|(_, text)| text.as_str())
                .collect::<String>();
            let digest = blake3::hash(text.as_bytes()).to_hex();
            files.insert(
                format!("{folder}/.cargo-checksum.json"),
                format!("{{\"files\":{{}},\"package\":\"{digest}\"}}"),
            );
            files.insert(
                ".cargo/config.toml".to_owned(),
                "[source.crates-io]\nreplace-with = \"beside\"\n\
                 [source.beside]\ndirectory = \"vendor\"\n"
                    .to_owned(),
            );
        }
    }
}

/// Writes a folder so that it holds these files and no others.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().context("a file without a folder")?;
        std::fs::create_dir_all(parent)?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A folder's name made from a sentence.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let digest = blake3::hash(name.as_bytes()).to_hex();
    slug.truncate(60);
    format!("{}-{}", slug.trim_matches('-'), &digest[..6])
}
