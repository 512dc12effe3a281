//! A package in a temporary folder that a test builds, runs and edits.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

static ALONE: Mutex<()> = Mutex::new(());

/// What the environment of whoever runs the tests must not change.
const OWN_VARIABLES: [&str; 6] = [
    "CHECKPOINTER",
    "CHECKPOINTER_VERBOSITY",
    "CHECKPOINTER_VERIFY",
    "CHECKPOINTER_REMOTE",
    "CHECKPOINTER_REMOTE_KEY",
    "CARGO_ENCODED_RUSTFLAGS",
];

/// The folder of the workspace that is tested.
pub(crate) fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask
        .parent()
        .expect("xtask is in the workspace")
        .to_owned()
}

/// A folder with a package (or workspace), and beside it a store of results of its own. Both are removed when it is dropped.
pub(crate) struct Project {
    temporary: TempDir,
    /// All projects build into one target folder, where programs of one name replace each other: so there is one project at a time.
    _alone: MutexGuard<'static, ()>,
    /// Arguments for every cargo command.
    configuration: Vec<String>,
    /// Variables of every command that are not as for whoever runs the tests.
    variables: Vec<(String, OsString)>,
}

/// What a cargo command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// An empty one, whose versions of registry packages are those of the workspace. The project's own packages, which a user gets from
    /// the registry, come from the workspace.
    pub(crate) fn new() -> Project {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let project = Project {
            _alone: alone,
            temporary: TempDir::new().expect("cannot make a temporary folder"),
            configuration: ["runtime", "build"].map(patch).concat(),
            variables: Vec::new(),
        };
        fs::create_dir_all(project.path("")).expect("cannot make the project's folder");
        fs::copy(workspace().join("Cargo.lock"), project.path("Cargo.lock"))
            .expect("cannot copy the lock file");
        project
    }

    /// A copy of the example in a workspace of its own.
    pub(crate) fn copy_of_example() -> Project {
        let mut project = Project::new();
        project.configuration.clear();
        let manifest =
            fs::read_to_string(workspace().join("Cargo.toml")).expect("cannot read the manifest");
        project.write("Cargo.toml", &with_one_member(&manifest));
        copy_folder(
            &workspace().join("example-app"),
            &project.path("example-app"),
        );
        project
    }

    /// Gives every command from now on this variable.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// The folder of the project's results.
    pub(crate) fn store(&self) -> PathBuf {
        self.temporary.path().join("store")
    }

    /// A place in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.temporary.path().join("project").join(relative)
    }

    /// Writes a file, with the folders that it needs.
    pub(crate) fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("files have a folder"))
            .expect("cannot make a folder");
        fs::write(&path, text)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    /// Replaces a text that stands exactly once in a file, and gives back the file as it was.
    pub(crate) fn edit(&self, relative: &str, from: &str, to: &str) -> String {
        let path = self.path(relative);
        let before = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        assert_eq!(
            before.matches(from).count(),
            1,
            "`{from}` must stand once in {relative}:\n{before}"
        );
        self.write(relative, &before.replace(from, to));
        before
    }

    /// Runs cargo in the project, without network and standard input.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(&self.configuration)
            .args(arguments)
            .arg("--offline")
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_TERM_COLOR", "never")
            // The same for every project, so that their dependencies are compiled once.
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        self.start(command)
    }

    /// Runs a program that was built here.
    pub(crate) fn run_built(&self, program: &str) -> Said {
        self.start(Command::new(target().join("debug").join(program)))
    }

    /// Runs another program in the project, for which the project's target folder is Cargo's.
    pub(crate) fn run_program(&self, program: &Path, arguments: &[&str]) -> Said {
        let mut command = Command::new(program);
        command.args(arguments).env("CARGO_TARGET_DIR", target());
        self.start(command)
    }

    fn start(&self, mut command: Command) -> Said {
        for variable in OWN_VARIABLES {
            command.env_remove(variable);
        }
        let output = command
            .current_dir(self.path(""))
            .stdin(Stdio::null())
            .env("CHECKPOINTER_DIR", self.store())
            .envs(self.variables.iter().cloned())
            .output();
        output
            .map(Said::from)
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
    }

    /// Runs cargo, which must succeed.
    pub(crate) fn cargo_ok(&self, arguments: &[&str]) -> Said {
        let said = self.cargo(arguments);
        assert!(
            said.success,
            "cargo {arguments:?} failed:\n{}\n{}",
            said.stdout, said.stderr
        );
        said
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        Said {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("end-to-end")
}

fn patch(name: &str) -> Vec<String> {
    let folder = workspace().join(format!("checkpointer-{name}"));
    vec![
        "--config".into(),
        format!("patch.crates-io.checkpointer-{name}.path = {folder:?}"),
    ]
}

/// The workspace's manifest with the example as its only member, and the other packages where they are.
fn with_one_member(manifest: &str) -> String {
    let start = manifest
        .find("members = [")
        .expect("the manifest lists its members");
    let end = start
        + manifest[start..]
            .find(']')
            .expect("the list of members ends");
    let one = format!(
        "{}members = [\"example-app\"{}",
        &manifest[..start],
        &manifest[end..]
    );
    let prefix = format!("path = \"{}/checkpointer-", workspace().display());
    one.replace("path = \"checkpointer-", &prefix)
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("cannot make a folder");
    for entry in fs::read_dir(from).expect("cannot list a folder") {
        let entry = entry.expect("cannot list a folder");
        let target = to.join(entry.file_name());
        if entry
            .file_type()
            .expect("cannot tell what a file is")
            .is_dir()
        {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("cannot copy a file");
        }
    }
}
