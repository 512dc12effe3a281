//! A small package with stored results, made anew for each test, and the command run on it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use checkpointer_build::{InspectOptions, Inspection, inspect};
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::storage::Storage;
use checkpointer_runtime::{Digest, DiskStorage, Key, PackedStorage, StorageOptions, codec};
use chrono::{DateTime, Utc};

/// When all results were stored.
pub(crate) const STORED: &str = "2020-02-03T04:05:06Z";

const LIB: &str = "//! A package of two functions.

mod numbers;

use checkpointer_runtime::checkpoint;

/// Multiplies.
#[checkpoint]
pub fn compute(x: u64) -> u64 {
    helper(x)
}

fn helper(x: u64) -> u64 {
    numbers::multiply(x) + 1
}

#[checkpoint(expiry = std::time::Duration::from_days(30))]
pub fn report(name: &str) -> String {
    let text = std::fs::read_to_string(name).unwrap_or_default();
    format!(\"{name}: {text}\")
}

#[checkpoint(format = \"memory\")]
pub fn quick(x: u64) -> u64 {
    x + 1
}
";

const NUMBERS: &str = "pub fn multiply(x: u64) -> u64 {\n    x * 1\n}\n";

/// A package in a folder of its own, with a store beside it.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// The package as it is at first, committed to git.
    pub(crate) fn new() -> Self {
        let project = Self::without_sources();
        project.write("src/lib.rs", LIB);
        project.write("src/numbers.rs", NUMBERS);
        project.init();
        project
    }

    /// A package of the same name with no source yet, and not in git.
    pub(crate) fn without_sources() -> Self {
        let project = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        project.write(
            "Cargo.toml",
            "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             checkpointer-runtime = { path = \"stubs/runtime\" }\n\n[build-dependencies]\n\
             checkpointer-build = { path = \"stubs/build\" }\n\n[workspace]\n",
        );
        project.write(
            "build.rs",
            "fn main() {\n    checkpointer_build::build();\n}\n",
        );
        // The analysis does not look into this library's own crates; so that nothing is fetched, they are empty.
        for name in ["runtime", "build"] {
            let manifest = format!(
                "[package]\nname = \"checkpointer-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
            );
            project.write(&format!("stubs/{name}/Cargo.toml"), &manifest);
            project.write(&format!("stubs/{name}/src/lib.rs"), "");
        }
        project.write(".gitignore", "/store\n/target\n");
        project
    }

    /// Puts the package into git.
    pub(crate) fn init(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.commit();
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.root().join("store")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in a folder"))
            .expect("the folder is writable");
        std::fs::write(path, text).expect("the folder is writable");
    }

    /// Replaces a text in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).expect("it is there");
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replacen(from, to, 1));
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "work"]);
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.root())
            .args([
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .output()
            .expect("git is needed for these tests: install it");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub(crate) fn inspect(&self) -> Inspection {
        inspect(&self.root().join("Cargo.toml"), &InspectOptions::default())
            .expect("the package can be analysed")
    }

    /// Stores results of a function as a program would, with what its code is now.
    pub(crate) fn run(&self, function: &str, calls: u8) {
        self.store_results(&self.inspect(), &DiskStorage, function, calls);
    }

    /// The same in a packed file.
    pub(crate) fn run_packed(&self, function: &str, calls: u8) {
        self.store_results(&self.inspect(), &PackedStorage, function, calls);
    }

    /// A result of every function of a package that was inspected.
    pub(crate) fn run_all(&self, found: &Inspection) {
        for function in &found.functions {
            self.store_results(found, &DiskStorage, &function.row.path, 1);
        }
    }

    fn store_results(&self, found: &Inspection, storage: &dyn Storage, function: &str, calls: u8) {
        let known = found
            .functions
            .iter()
            .find(|known| known.row.path == function);
        let row = &known.expect("the function is checkpointed").row;
        let code_hash = Digest::from_hex(&row.code_hash).expect("it is a hash");
        let options = Arc::new(StorageOptions::new(self.store()));
        let state = found.state.write();
        for call in 0..calls {
            let call_hash = match function {
                // As the program hashes `x`.
                "demo::compute" => argument_hash(u64::from(call)),
                _ => Digest::new([call; 32]),
            };
            let key = Key::new(
                function.to_owned(),
                code_hash,
                call_hash,
                Arc::clone(&options),
            );
            let header = Header {
                codec: codec::MSGPACK,
                stored: STORED.parse::<DateTime<Utc>>().expect("it is a time"),
                computation: Duration::from_secs(90),
            };
            let frame = entry::encode(&key, &header, |out| {
                out.extend_from_slice(&[0x92, call, 0xA1, b'x']);
                Ok(())
            });
            let frame = frame.expect("it is small");
            storage.store(&key, &frame).expect("the store is writable");
            storage
                .describe(&key, &state)
                .expect("the store is writable");
        }
    }

    /// Runs the command on the package and its store.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        self.command_with(arguments, &[])
    }

    /// The same with these variables.
    pub(crate) fn command_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_cargo-checkpointer"))
            .arg("checkpointer")
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| {
                let name = name.to_string_lossy();
                ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP"]
                    .contains(&name.as_ref())
                    || name.starts_with("RUSTUP")
                    || name == "CARGO"
                    || name == "CARGO_HOME"
            }))
            .env("CHECKPOINTER_DIR", self.store())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("USER", "ada")
            .envs(variables.iter().copied())
            .output()
            .expect("the command starts")
    }

    /// What the command prints, with its exit code where that is not 0, and without what differs from run to run.
    pub(crate) fn shown(&self, arguments: &[&str]) -> String {
        self.shown_with(arguments, &[])
    }

    /// The same with these variables.
    pub(crate) fn shown_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let output = self.command_with(arguments, variables);
        let mut text = String::from_utf8(output.stdout).expect("it prints text");
        let error = String::from_utf8(output.stderr).expect("it prints text");
        if !error.is_empty() {
            text += &format!("--- stderr\n{error}");
        }
        if let Some(code) = output.status.code().filter(|code| *code != 0) {
            text += &format!("--- exit code {code}\n");
        }
        self.redacted(&text)
    }

    fn redacted(&self, text: &str) -> String {
        let real = self.root().canonicalize().expect("it is there");
        let text = text
            .replace(&real.display().to_string(), "[ROOT]")
            .replace(&self.root().display().to_string(), "[ROOT]")
            .replace('\u{1b}', "␛");
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        let mut out = String::new();
        let mut at = 0;
        while at < words.len() {
            let is_age = words
                .get(at + 1)
                .is_some_and(|word| word.trim_end() == "days")
                && words
                    .get(at + 2)
                    .is_some_and(|word| word.starts_with("ago"));
            out += if is_age { "[AGE] " } else { words[at] };
            at += 1;
        }
        without_hashes(&out)
    }
}

/// A text without hashes, whole or shortened: what goes into them is tested elsewhere.
fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut word = String::new();
    let mut is_escape = false;
    for c in text.chars().chain(['\0']) {
        if c.is_alphanumeric() && !is_escape {
            word.push(c);
            continue;
        }
        // A colour ends with an `m`, right before what is coloured.
        is_escape = c == '␛' || is_escape && c != 'm';
        let is_hash = matches!(word.len(), 8 | 16 | 64) && word.chars().all(is_digit);
        out += if is_hash { "[HASH]" } else { &word };
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// The hash of a call with one argument `x`.
pub(crate) fn argument_hash(x: u64) -> Digest {
    let mut hasher = checkpointer_runtime::arguments::ArgumentHasher::stored();
    hasher.parameter("x", &x).expect("a number can be hashed");
    hasher.finish()
}
