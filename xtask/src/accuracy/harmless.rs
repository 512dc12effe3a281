//! Part (d): edits of the subjects that can't matter, and the share of hashes that stay.

mod rewrite;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::analysis::{Analysis, Analyzer};
use super::subject::Copy;

/// An edit of every source file, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Nothing but the folder.
    MovedFolder,
    /// Every line ends with a carriage return, too.
    LineEndings,
    /// A comment after every semicolon and opening brace.
    Comments,
    /// A doc comment on every function.
    Docs,
    /// A lint attribute on every function and type.
    Lints,
    /// Lines of another width.
    Format,
    /// Items in the other order.
    Order,
    /// A new function that calls nothing.
    Function,
    /// A new type with common method names and impls of std's traits.
    Type,
}

/// All edits, and their names in reports.
pub(crate) const EDITS: [(Edit, &str); 9] = [
    (Edit::MovedFolder, "folder"),
    (Edit::LineEndings, "CRLF"),
    (Edit::Comments, "comments"),
    (Edit::Docs, "docs"),
    (Edit::Lints, "lints"),
    (Edit::Format, "rustfmt"),
    (Edit::Order, "order"),
    (Edit::Function, "new fn"),
    (Edit::Type, "new type"),
];

impl Edit {
    /// The least share of hashes that must stay: rustfmt may rewrite what no normal form undoes, and a new type may stand for
    /// the type parameter of a generic function.
    pub(crate) fn floor(self) -> f64 {
        match self {
            Edit::Format | Edit::Type => 0.99,
            _ => 1.0,
        }
    }
}

/// How many functions kept their hash under an edit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// Functions before the edit.
    pub(crate) all: usize,
    /// Those whose hash changed or that are gone.
    pub(crate) changed: Vec<String>,
}

impl Kept {
    /// The share that stayed.
    pub(crate) fn share(&self) -> f64 {
        1.0 - self.changed.len() as f64 / self.all.max(1) as f64
    }
}

/// The hashes of all functions of a copy's packages.
pub(crate) type Hashes = BTreeMap<String, String>;

/// Collects the hashes from analyses of the packages of one copy.
pub(crate) fn hashes<'a>(analyses: impl IntoIterator<Item = &'a Analysis>) -> Hashes {
    let mut hashes = Hashes::new();
    for analysis in analyses {
        let own = analysis.functions().filter(|item| item.package.is_none());
        hashes.extend(own.map(|item| (item.id.clone(), item.hash.clone())));
    }
    hashes
}

/// Makes an edit in a fresh copy and compares the hashes with those before.
pub(crate) fn judge(edit: Edit, copy: &Copy, before: &Hashes, analyzer: &Analyzer) -> Result<Kept> {
    for (_, folder) in &copy.packages {
        make(edit, copy, folder).with_context(|| format!("{edit:?} in {}", folder.display()))?;
    }
    let after = analyzer.hashes(copy)?;
    let changed = before
        .iter()
        .filter(|(id, hash)| after.get(*id) != Some(hash))
        .map(|(id, _)| id.clone());
    Ok(Kept {
        all: before.len(),
        changed: changed.collect(),
    })
}

fn make(edit: Edit, copy: &Copy, folder: &Path) -> Result<()> {
    let root = folder.join("src/lib.rs");
    match edit {
        Edit::MovedFolder => Ok(()),
        Edit::Format => format(copy, folder),
        Edit::Function => super::subject::append(&root, include_str!("harmless/function.txt")),
        Edit::Type => super::subject::append(&root, include_str!("harmless/type.txt")),
        Edit::LineEndings => each(copy, folder, |text| {
            Some(text.replace("\r\n", "\n").replace('\n', "\r\n"))
        }),
        Edit::Comments => each(copy, folder, rewrite::comments),
        Edit::Docs => each(copy, folder, |text| {
            rewrite::before_items(text, rewrite::DOC)
        }),
        Edit::Lints => each(copy, folder, |text| {
            rewrite::before_items(text, rewrite::LINT)
        }),
        Edit::Order => each(copy, folder, rewrite::reorder),
    }
}

/// Rewrites every source file; one that does not parse is left alone.
fn each(copy: &Copy, folder: &Path, rewrite: impl Fn(&str) -> Option<String>) -> Result<()> {
    for file in copy.sources(folder) {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path)?;
        if let Some(text) = rewrite(&text) {
            std::fs::write(&path, text)?;
        }
    }
    Ok(())
}

fn format(copy: &Copy, folder: &Path) -> Result<()> {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml"))?;
    let edition = manifest
        .lines()
        .find_map(|line| line.strip_prefix("edition = "))
        .map_or("2015", |edition| edition.trim().trim_matches('"'));
    for file in copy.sources(folder) {
        // A file that rustfmt refuses stays as it is; modules are visited with their parents, too, which does no harm.
        std::process::Command::new("rustfmt")
            .args(["--edition", edition, "--config", "max_width=64"])
            .arg(folder.join(file))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()?;
    }
    Ok(())
}
