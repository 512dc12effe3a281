//! What a build knew of its code, in few bytes: every item that checkpointed functions reach, with
//! hashes, places and edges, but no source text. `cargo checkpointer why` compares two of them.
//!
//! The build script writes it, the first expansion embeds it, and the run time puts it beside the
//! results that it stores. The layout is written down in `docs/why.md`.

mod read;
mod write;

pub use read::Prefixes;

use std::fmt;

/// The version of the layout. A reader takes no other.
pub const FORMAT_VERSION: u32 = 1;

/// How every state begins.
pub const MAGIC: [u8; 8] = *b"\x9Cckst\r\n\x1A";

/// The file in OUT_DIR that the expansion embeds.
pub const FILE_NAME: &str = "checkpointer.state";

/// The folder in OUT_DIR that holds the states and sources of the last builds.
pub const HISTORY_FOLDER: &str = "checkpointer-history";

/// Half of a 128-bit hash is enough to tell two versions of one item apart.
pub type Short = u64;

/// A build's knowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The version of the hash's definition.
    pub hash_version: u32,
    /// The package that was built.
    pub package: String,
    /// What counts for every function: texts of `Builder::salt`, tracked files, toolchain and target.
    pub salts: Vec<Salt>,
    /// The source files of the items.
    pub files: Vec<File>,
    /// Sorted by id.
    pub items: Vec<Item>,
    /// Sorted by item.
    pub roots: Vec<Root>,
}

/// Something that counts for every function.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Salt {
    /// What it is: `salt`, `target`, `toolchain`, or a tracked file's path.
    pub name: String,
    /// Its value's hash.
    pub hash: Short,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Its package, where it is not the one that was built.
    pub package: Option<String>,
    /// Its path relative to its package's root.
    pub path: String,
    /// [`content_digest`] of its text; zeros if it could not be read.
    pub digest: [u8; 16],
}

/// One item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// The hash of its own tokens.
    pub tokens: Short,
    /// The hash of its tokens and of what its names mean.
    pub meaning: Short,
    /// Its file, by place in [`State::files`].
    pub file: Option<u32>,
    /// Its first line, from 1; 0 without a file.
    pub line: u32,
    /// Its last line.
    pub end_line: u32,
    /// The items that it depends on directly, by place, sorted.
    pub deps: Vec<u32>,
}

/// A function whose hash was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// Its item, by place.
    pub item: u32,
    /// The target that it is compiled in.
    pub target: String,
    /// The first eight bytes of its code hash.
    pub code_hash: [u8; 8],
    /// The same of its capture hash.
    pub capture_hash: [u8; 8],
    /// All that it reaches, itself included, by place, sorted.
    pub closure: Vec<u32>,
}

/// The kinds of items, in the order of their codes.
pub const KINDS: [&str; 14] = [
    "fn", "struct", "enum", "union", "trait", "impl", "type", "const", "static", "macro", "mod",
    "package", "file", "env",
];

/// Why bytes are no state that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    /// They begin otherwise.
    NotOne,
    /// Another version wrote them.
    Version(u32),
    /// They end too early, or contradict themselves.
    Damaged,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne => f.write_str("this is no record of a build's code"),
            Self::Version(found) => write!(
                f,
                "the record of the code is of format {found}, and this version reads {FORMAT_VERSION}: \
                 install the cargo-checkpointer of the same version as checkpointer-build"
            ),
            Self::Damaged => f.write_str(
                "the record of the code is damaged: it is written anew by the next build",
            ),
        }
    }
}

impl std::error::Error for StateError {}

/// What tells one content of a source file from another, whatever line endings a checkout has.
#[must_use]
pub fn content_digest(text: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    if text.contains(&b'\r') {
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                hasher.update(b"\n");
            }
            hasher.update(line.strip_suffix(b"\r").unwrap_or(line));
        }
    } else {
        hasher.update(text);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    digest
}

impl State {
    /// The place of an item.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<u32> {
        let found = self.items.binary_search_by(|item| item.id.as_str().cmp(id));
        found.ok().map(|at| at as u32)
    }

    /// An item by its place.
    #[must_use]
    pub fn item(&self, at: u32) -> &Item {
        &self.items[at as usize]
    }

    /// The file of an item.
    #[must_use]
    pub fn file(&self, item: &Item) -> Option<&File> {
        self.files.get(item.file? as usize)
    }

    /// The functions of this id: several where several targets define one.
    pub fn roots_of<'s>(&'s self, id: &str) -> impl Iterator<Item = &'s Root> {
        let item = self.find(id);
        self.roots
            .iter()
            .filter(move |root| Some(root.item) == item)
    }

    /// The name under which a state is kept: it depends on nothing but its bytes.
    #[must_use]
    pub fn name_of(bytes: &[u8]) -> String {
        blake3::hash(bytes).to_hex()[..32].to_owned()
    }
}

#[cfg(test)]
mod tests;
