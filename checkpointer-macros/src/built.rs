//! What build scripts have made of the code: of this package after its sources were read, and of packages of the workspace
//! that a function reaches, whose scripts may run later than this package's. When the macro runs, all of them have.
//!
//! Cargo keeps what a script said in `output` beside its OUT_DIR, and the folders of all packages side by side.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use checkpointer_syntax::message;
use checkpointer_syntax::table::{FILE_NAME, MISSING, Row};

/// Wants each file in OUT_DIR to be the one that was read.
pub(crate) fn verify<'a>(
    out: &Path,
    read: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<(), String> {
    for (name, hash) in read {
        let now = std::fs::read(out.join(name)).map_or_else(
            |_| MISSING.to_owned(),
            |bytes| blake3::hash(&bytes).to_hex().to_string(),
        );
        if now != *hash {
            return Err(message::generated_later(name));
        }
    }
    Ok(())
}

/// The digits that stand for all that scripts have made of what a function reaches; nothing where there is nothing.
///
/// # Errors
/// What to say where a script's results are not found.
pub(crate) fn digits(row: &Row) -> Result<Option<String>, String> {
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else {
        return Ok(None);
    };
    let mut parts = BTreeSet::new();
    let own = settings(&out, &[]);
    if !own.is_empty() {
        parts.insert(format!("own\n{own}"));
    }
    for name in &row.variables {
        let value =
            std::env::var(name).map_or_else(|_| "unset".to_owned(), |value| format!("={value}"));
        parts.insert(format!("variable {name} {value}"));
    }
    for script in &row.scripts {
        let (package, takes_files) = match script.strip_suffix("/out") {
            Some(package) => (package, true),
            None => (script.as_str(), false),
        };
        let runs = runs(&out, package);
        if runs.is_empty() {
            return Err(message::no_output(package));
        }
        for run in runs {
            let files = if takes_files {
                files(&run)
            } else {
                String::new()
            };
            let settings = settings(&run, &row.variables);
            if !(files.is_empty() && settings.is_empty()) {
                parts.insert(format!("{package}\n{settings}{files}"));
            }
        }
    }
    for file in externs(std::env::args(), &row.externs) {
        parts.insert(format!("extern {file}"));
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    Ok(Some(hasher.finalize().to_hex().to_string()))
}

/// The names of the files that rustc is given for these crates. Cargo puts a hash into them that tells what features the
/// crate, and whatever it depends on, was built with. An editor's process is given none.
fn externs(arguments: impl Iterator<Item = String>, names: &[String]) -> BTreeSet<String> {
    let given = arguments.filter_map(|argument| {
        let (name, path) = argument.split_once('=')?;
        let name = match name.strip_prefix("--extern") {
            // `--extern=name=path`
            Some("") => {
                return path
                    .split_once('=')
                    .map(|(name, path)| (name.to_owned(), path.to_owned()));
            }
            _ => name,
        };
        Some((name.to_owned(), path.to_owned()))
    });
    given
        .filter(|(name, _)| {
            let name = name.rsplit(':').next().unwrap_or_default();
            names.iter().any(|wanted| wanted == name)
        })
        .filter_map(|(_, path)| Some(Path::new(&path).file_stem()?.to_string_lossy().into_owned()))
        .collect()
}

/// The OUT_DIRs of a package's script, one for each way in which it was built. Which of them belongs to this build can't be
/// told, so all count.
fn runs(out: &Path, package: &str) -> Vec<PathBuf> {
    // BUILD/PACKAGE-HASH/out, and in newer layouts BUILD/PACKAGE/HASH/out.
    let build = out.ancestors().nth(2);
    let newer = out.ancestors().nth(3).map(|build| build.join(package));
    let inside = |folder: Option<&Path>| {
        let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
        entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
    };
    let is_of_package = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.and_then(|name| Some(name.rsplit_once('-')?.0 == package)) == Some(true)
    };
    let mut found: Vec<PathBuf> = inside(build)
        .filter(is_of_package)
        .chain(inside(newer.as_deref()))
        .filter(|folder| folder.join("output").is_file())
        .map(|folder| folder.join("out"))
        .collect();
    found.sort();
    found
}

/// The flags that a script has set, and of its variables the given ones, sorted; its own folder's path left out.
fn settings(out: &Path, variables: &[String]) -> String {
    let said = out
        .parent()
        .and_then(|folder| std::fs::read(folder.join("output")).ok())
        .unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let folder = out.to_string_lossy();
    let counted = |line: &&str| {
        let said = line
            .strip_prefix("cargo::")
            .or_else(|| line.strip_prefix("cargo:"));
        said.is_some_and(|said| {
            let variable = said
                .strip_prefix("rustc-env=")
                .and_then(|said| said.split_once('='));
            said.starts_with("rustc-cfg=")
                || variable.is_some_and(|(name, _)| variables.iter().any(|wanted| wanted == name))
        })
    };
    let lines: BTreeSet<String> = said
        .lines()
        .filter(counted)
        .map(|line| line.replace(&*folder, "OUT_DIR"))
        .collect();
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Names and hashes of the files that a script has made; those of this library are no code.
fn files(out: &Path) -> String {
    let mut found = BTreeSet::new();
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_ours = folder == out && is_ours(&entry.file_name().to_string_lossy());
            if path.is_dir() {
                if !is_ours {
                    folders.push(path);
                }
            } else if !is_ours {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let name = path.strip_prefix(out).unwrap_or(&path).to_string_lossy();
                found.insert(format!(
                    "{} {}",
                    name.replace('\\', "/"),
                    blake3::hash(&bytes)
                ));
            }
        }
    }
    found.into_iter().map(|line| line + "\n").collect()
}

/// Whether a file in OUT_DIR is one that `checkpointer_build` keeps there.
fn is_ours(name: &str) -> bool {
    let stem = FILE_NAME.trim_end_matches(".rs");
    name.starts_with(stem) || (name.starts_with("packages-") && name.ends_with(".bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(folder: &Path, package: &str, output: &str) -> PathBuf {
        let out = folder.join(package).join("out");
        std::fs::create_dir_all(&out).expect("folders can be made");
        std::fs::write(folder.join(package).join("output"), output).expect("a file can be written");
        out
    }

    #[test]
    fn of_what_a_script_says_flags_count_and_the_variables_that_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let said = "cargo::rustc-env=SHA=1\ncargo:rustc-cfg=fast\ncargo::rustc-env=OTHER=2\ncargo::rerun-if-changed=x\n";
        let out = script(folder.path(), "gen-0123456789abcdef", said);
        assert_eq!(settings(&out, &[]), "cargo:rustc-cfg=fast\n");
        assert_eq!(
            settings(&out, &["SHA".to_owned()]),
            "cargo::rustc-env=SHA=1\ncargo:rustc-cfg=fast\n"
        );
    }

    #[test]
    fn crates_of_the_workspace_are_known_by_their_files() {
        let arguments = [
            "rustc",
            "--extern",
            "made=/t/libmade-1.rmeta",
            "--extern=priv:own=/t/libown-2.rlib",
            "--extern",
            "serde=/t/libserde-3.rmeta",
            "--cfg",
            "made=\"x\"",
        ];
        let names = ["made".to_owned(), "own".to_owned()];
        let found = externs(
            arguments.iter().take(6).map(|text| (*text).to_owned()),
            &names,
        );
        assert_eq!(Vec::from_iter(found), ["libmade-1", "libown-2"]);
    }

    #[test]
    fn the_runs_of_a_package_are_found_beside_this_one_whatever_others_are_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = script(folder.path(), "app-0123456789abcdef", "");
        let one = script(folder.path(), "gen-0123456789abcdef", "");
        script(folder.path(), "gen-more-0123456789abcdef", "");
        assert_eq!(runs(&own, "gen"), [one]);
        assert_eq!(runs(&own, "missing"), Vec::<PathBuf>::new());
    }

    #[test]
    fn files_count_by_name_and_content_and_ours_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = script(folder.path(), "gen-0123456789abcdef", "");
        let write = |name: &str, text: &str| {
            let path = out.join(name);
            std::fs::create_dir_all(path.parent().expect("it has one"))
                .expect("folders can be made");
            std::fs::write(path, text).expect("a file can be written");
        };
        write("checkpointer.json", "a");
        assert_eq!(files(&out), "");
        write("deep/made.rs", "a");
        let before = files(&out);
        assert!(before.starts_with("deep/made.rs "), "{before}");
        write("deep/made.rs", "b");
        assert_ne!(files(&out), before);
    }

    #[test]
    fn a_file_that_was_written_after_it_was_read_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("made.rs"), "1").expect("a file can be written");
        let read = [(
            "made.rs".to_owned(),
            blake3::hash(b"1").to_hex().to_string(),
        )];
        let read = || read.iter().map(|(name, hash)| (name, hash));
        assert_eq!(verify(folder.path(), read()), Ok(()));
        std::fs::write(folder.path().join("made.rs"), "2").expect("a file can be written");
        let refused = verify(folder.path(), read()).expect_err("it is another file");
        assert!(refused.contains("made.rs"), "{refused}");
    }
}
