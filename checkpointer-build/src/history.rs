//! What `cargo checkpointer` needs to know of this build and the last ones, in OUT_DIR: the state
//! that the expansion embeds, the states and sources of the last builds, and how the build was
//! asked for, so that the command can analyse the package in the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use checkpointer_syntax::state::{FILE_NAME, HISTORY_FOLDER, State};
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Record};
use crate::emit::replace;

/// How the build was asked for.
pub(crate) const ASKED_NAME: &str = "checkpointer-asked.json";

/// How many builds' states are kept.
const KEPT: usize = 5;

/// What a build script was told, by the builder and by Cargo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The builder's options, as it has them before it reads the manifest.
    pub(crate) builder: crate::build::Told,
    /// The variables that decide what is compiled and what `env!` gives.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Asked {
    /// Of all variables those that count; `used` are the ones that the code reads.
    pub(crate) fn new(
        builder: crate::build::Told,
        variables: &[(String, String)],
        used: &BTreeSet<String>,
    ) -> Self {
        let counts = |name: &str| {
            ["CARGO_CFG_", "CARGO_FEATURE_"]
                .iter()
                .any(|start| name.starts_with(start))
                || ["TARGET", "HOST", "OUT_DIR", "RUSTC"].contains(&name)
                || used.contains(name)
        };
        let variables = variables.iter().filter(|(name, _)| counts(name));
        Asked {
            builder,
            variables: variables.cloned().collect(),
        }
    }

    /// What the build script of this OUT_DIR was told, if it has run.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(ASKED_NAME)).ok()?).ok()
    }
}

/// Writes all of it, if the table changed or something of it is missing.
pub(crate) fn write(analysis: &mut Analysis, asked: &Asked, folder: &Path) -> Result<(), String> {
    let text = serde_json::to_vec(asked).unwrap_or_default();
    replace(&folder.join(ASKED_NAME), &text)?;
    let contents = analysis.record.read_files();
    let bytes = analysis.record.state.write();
    replace(&folder.join(FILE_NAME), &bytes)?;
    let history = folder.join(HISTORY_FOLDER);
    let name = format!("{}.state", State::name_of(&bytes));
    if history.join(&name).is_file() {
        return Ok(());
    }
    std::fs::create_dir_all(&history).map_err(|error| {
        format!(
            "can't make {}: {error}; make the folder writable, or run `cargo clean`",
            history.display()
        )
    })?;
    keep_sources(&analysis.record, &contents, &history)?;
    replace(&history.join(name), &bytes)?;
    drop_old(&history);
    Ok(())
}

fn keep_sources(
    record: &Record,
    contents: &[Option<Vec<u8>>],
    history: &Path,
) -> Result<(), String> {
    for (file, text) in record.state.files.iter().zip(contents) {
        let path = history.join(source_name(&file.digest));
        if let Some(text) = text
            && !path.is_file()
        {
            replace(&path, text)?;
        }
    }
    Ok(())
}

/// The name under which a source file's text is kept.
pub(crate) fn source_name(digest: &[u8; 16]) -> String {
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}.rs")
}

/// The states of a history, the newest first.
pub(crate) fn states(history: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(history) else {
        return Vec::new();
    };
    let mut states: Vec<_> = files
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|e| e == "state"))
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
        .collect();
    states.sort_unstable();
    states.into_iter().rev().map(|(_, path)| path).collect()
}

/// Leaves the newest states, and the sources that they name. What can't be removed stays, to no harm.
fn drop_old(history: &Path) {
    let mut states = states(history);
    for path in states.drain(states.len().min(KEPT)..) {
        let _ = std::fs::remove_file(path);
    }
    let named: BTreeSet<String> = states
        .iter()
        .filter_map(|path| State::read(&std::fs::read(path).ok()?).ok())
        .flat_map(|state| state.files)
        .map(|file| source_name(&file.digest))
        .collect();
    let files = std::fs::read_dir(history).into_iter().flatten().flatten();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rs") && !named.contains(&name) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkpointer_syntax::state::{File, content_digest};

    fn build(folder: &Path, text: &str) {
        let source = folder.join("lib.rs");
        std::fs::write(&source, text).expect("the folder is writable");
        let mut analysis = Analysis::default();
        analysis.record.state.files.push(File {
            path: "src/lib.rs".into(),
            ..File::default()
        });
        analysis.record.paths.push(source);
        write(&mut analysis, &Asked::default(), folder).expect("the folder is writable");
    }

    #[test]
    fn the_last_five_builds_and_their_sources_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        for round in 0..8 {
            build(folder.path(), &format!("fn f() -> u32 {{ {round} }}"));
        }
        let history = folder.path().join(HISTORY_FOLDER);
        assert_eq!(states(&history).len(), KEPT);
        let sources = std::fs::read_dir(&history).expect("it is there").flatten();
        let sources = sources.filter(|file| file.path().extension().is_some_and(|e| e == "rs"));
        assert_eq!(sources.count(), KEPT);
        let newest = content_digest(b"fn f() -> u32 { 7 }");
        assert!(history.join(source_name(&newest)).is_file());
    }

    #[test]
    fn the_same_build_again_writes_nothing_new() {
        let folder = tempfile::tempdir().expect("a folder");
        build(folder.path(), "fn f() {}");
        let history = folder.path().join(HISTORY_FOLDER);
        let before = states(&history);
        build(folder.path(), "fn f() {}");
        assert_eq!(states(&history), before);
    }

    #[test]
    fn variables_that_nothing_reads_are_not_written_down() {
        let variables = [
            ("CARGO_CFG_UNIX", ""),
            ("CARGO_REGISTRY_TOKEN", "secret"),
            ("LIMIT", "3"),
            ("HOME", "/home"),
        ];
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let used = BTreeSet::from(["LIMIT".to_owned()]);
        let asked = Asked::new(Default::default(), &variables, &used);
        let names: Vec<&str> = asked.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["CARGO_CFG_UNIX", "LIMIT"]);
    }
}
