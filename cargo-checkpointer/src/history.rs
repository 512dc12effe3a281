//! What code was: states of earlier builds, from the store and from the builds' own folders, and the texts of their
//! sources, from the same folders and from git.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use checkpointer_build::{OutDir, State};
use checkpointer_runtime::Digest;
use checkpointer_syntax::state::{Root, content_digest};

use crate::store::{Store, list};
use crate::workspace::{Analysed, Workspace};

/// How many commits are searched for a file's text.
const COMMITS: &str = "--max-count=500";

/// Where states and sources are looked for.
pub(crate) struct History {
    states: Vec<State>,
    /// Files of states that are read when they are needed.
    unread: Vec<PathBuf>,
    out_dirs: Vec<OutDir>,
    /// The folders of the packages, by name.
    folders: HashMap<String, PathBuf>,
    root: PathBuf,
    texts: RefCell<HashMap<[u8; 16], Option<String>>>,
}

/// What is known of a function's code under one of its hashes.
pub(crate) struct Past<'h> {
    /// The build's state.
    pub(crate) state: &'h State,
    /// The function in it.
    pub(crate) root: &'h Root,
    /// Whether the hash is the one that counts statics.
    pub(crate) captures: bool,
}

impl History {
    /// What is at hand for these packages.
    pub(crate) fn open(workspace: &Workspace, analysed: &[Analysed], store: &Store) -> Self {
        let out_dirs: Vec<OutDir> = analysed
            .iter()
            .flat_map(|one| one.out_dirs.iter().cloned())
            .collect();
        let states = out_dirs.iter().flat_map(OutDir::states).collect();
        let folders = store.state_folders();
        let unread = folders.iter().flat_map(|folder| list(folder)).collect();
        Self {
            states,
            unread,
            out_dirs,
            folders: analysed
                .iter()
                .map(|one| (one.package.name.clone(), one.package.folder.clone()))
                .collect(),
            root: workspace.root.clone(),
            texts: RefCell::default(),
        }
    }

    /// Reads the states of the store that know one of these hashes.
    pub(crate) fn load(&mut self, hashes: &[Digest]) {
        let wanted = |(code, capture): &([u8; 8], [u8; 8])| {
            hashes
                .iter()
                .any(|hash| hash.as_bytes()[..8] == *code || hash.as_bytes()[..8] == *capture)
        };
        let known: Vec<Digest> = hashes
            .iter()
            .copied()
            .filter(|hash| self.states.iter().any(|state| has(state, hash)))
            .collect();
        if known.len() == hashes.len() {
            return;
        }
        let mut rest = Vec::new();
        for path in std::mem::take(&mut self.unread) {
            let read = std::fs::read(&path).ok();
            let found = read
                .filter(|bytes| State::hashes(bytes).is_ok_and(|all| all.iter().any(wanted)))
                .and_then(|bytes| State::read(&bytes).ok());
            match found {
                Some(state) => self.states.push(state),
                None => rest.push(path),
            }
        }
        self.unread = rest;
    }

    /// What a function's code was under a hash.
    pub(crate) fn past(&self, function: &str, hash: &Digest) -> Option<Past<'_>> {
        let start = &hash.as_bytes()[..8];
        self.states.iter().find_map(|state| {
            let root = state
                .roots_of(function)
                .find(|root| root.code_hash == *start || root.capture_hash == *start)?;
            Some(Past {
                state,
                root,
                captures: root.code_hash != *start,
            })
        })
    }

    /// The lines of an item as they were, and the number of the first.
    pub(crate) fn lines(&self, state: &State, id: &str) -> Option<(Vec<String>, u32)> {
        let item = state.item(state.find(id)?);
        let file = state.file(item)?;
        let package = file.package.as_deref().unwrap_or(&state.package);
        let text = self.text(package, &file.path, &file.digest)?;
        let lines = text.lines().skip(item.line.checked_sub(1)? as usize);
        let count = (item.end_line - item.line + 1) as usize;
        Some((lines.take(count).map(str::to_owned).collect(), item.line))
    }

    fn text(&self, package: &str, path: &str, digest: &[u8; 16]) -> Option<String> {
        if let Some(known) = self.texts.borrow().get(digest) {
            return known.clone();
        }
        let folder = self
            .folders
            .get(package)
            .cloned()
            .unwrap_or_else(|| self.root.clone());
        let file = folder.join(path);
        let on_disk = std::fs::read_to_string(&file).ok();
        let text = on_disk
            .filter(|text| content_digest(text.as_bytes()) == *digest)
            .or_else(|| self.out_dirs.iter().find_map(|dir| dir.source(digest)))
            .or_else(|| from_git(&file, digest));
        self.texts.borrow_mut().insert(*digest, text.clone());
        text
    }
}

fn has(state: &State, hash: &Digest) -> bool {
    let start = &hash.as_bytes()[..8];
    state
        .roots
        .iter()
        .any(|root| root.code_hash == *start || root.capture_hash == *start)
}

/// The text of a file as one of the last commits had it, of any branch.
fn from_git(file: &Path, digest: &[u8; 16]) -> Option<String> {
    let folder = file.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let relative = file.strip_prefix(folder).ok()?.to_str()?.replace('\\', "/");
    let name = format!("./{relative}");
    let commits = git(
        folder,
        &["log", "--all", COMMITS, "--format=%H", "--", &name],
    )?;
    let commits = String::from_utf8(commits).ok()?;
    commits.lines().find_map(|commit| {
        let text = git(folder, &["show", &format!("{commit}:{name}")])?;
        (content_digest(&text) == *digest).then(|| String::from_utf8(text).ok())?
    })
}

/// What a git command prints, if it succeeds.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout)
}
