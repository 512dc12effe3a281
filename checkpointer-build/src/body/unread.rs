//! A body that is still text: lexed, parsed and lowered when something first looks into it, or when
//! the hash of its function is wanted. What comes of it is kept in the summaries' cache on its own,
//! by its content, so that neither an edit beside it nor one that moves it makes it be read again.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::cfg::CfgSet;
use crate::ir::{Block, Pos};
use crate::lower::{self, ParseFailure, ReadBody};
use crate::pack::{self, Pack, Reader, Writer};
use crate::summaries::Summaries;

/// What all files of a crate are read with.
#[derive(Debug, Default)]
pub(crate) struct Home {
    /// What is set in this build.
    pub(crate) set: CfgSet,
    /// The cache.
    pub(crate) summaries: Option<Arc<Summaries>>,
}

/// The text of a body, and what stands before it.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    /// Without the braces.
    pub(crate) text: String,
    /// The place behind the opening brace.
    pub(crate) at: Pos,
    /// The canonical bytes of the function's tokens before the body.
    pub(crate) before: Vec<u8>,
    pub(crate) home: Arc<Home>,
    /// Known when it is read.
    pub(crate) known: OnceCell<Known>,
}

/// What comes out of reading beside the tree.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The hash of the function's own tokens.
    pub(super) tokens: [u8; 32],
    /// Why it could not be read.
    pub(super) failure: Option<ParseFailure>,
}

impl Pack for Unread {
    fn pack(&self, out: &mut Writer) {
        self.text.pack(out);
        self.at.pack(out);
        out.text(&self.before);
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        Some(Unread {
            text: Pack::unpack(from)?,
            at: Pack::unpack(from)?,
            before: from.text()?.to_vec(),
            home: Arc::clone(from.home()),
            known: OnceCell::new(),
        })
    }
}

impl Unread {
    /// Reads it, or takes what was kept of it.
    pub(super) fn read(&self) -> Block {
        let summaries = self.home.summaries.as_deref();
        let key = summaries.map(|summaries| (summaries, self.key()));
        if let Some((summaries, key)) = &key
            && let Some(kept) = summaries.get(key)
            && let Some((tokens, rest)) = kept.split_first_chunk::<32>()
            && let Some(block) = pack::unpack(rest, self.at.line, &self.home)
        {
            summaries.keep(*key, None);
            self.know(*tokens, None);
            return block;
        }
        let ReadBody {
            block,
            tokens,
            failure,
        } = self.lower();
        if let Some((summaries, key)) = key
            && failure.is_none()
        {
            let packed = pack::pack(&block, self.at.line);
            summaries.keep(key, Some([&tokens[..], &packed].concat()));
        }
        self.know(tokens, failure);
        block
    }

    fn know(&self, tokens: [u8; 32], failure: Option<ParseFailure>) {
        // Whoever comes second has read the same text.
        let _ = self.known.set(Known { tokens, failure });
    }

    /// Its tree, and what comes out beside it.
    pub(super) fn lower(&self) -> ReadBody {
        lower::unread(&self.text, self.at, &self.before, &self.home.set)
    }

    /// All that decides what is read, but for the line that it stands in.
    fn key(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"body");
        hasher.update(&(self.before.len() as u64).to_le_bytes());
        hasher.update(&self.before);
        hasher.update(&self.at.column.to_le_bytes());
        hasher.update(&(self.text.len() as u64).to_le_bytes());
        hasher.update(self.text.as_bytes());
        if self.text.contains("cfg") {
            // Only then does anything hang on what is set; plain data always serializes.
            hasher.update(&rmp_serde::to_vec(&self.home.set).unwrap_or_default());
        }
        *hasher.finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_was_moved_by_lines_is_kept_under_the_same_bytes_and_comes_back_where_it_is() {
        let text = " a.b();\n  m!( x,\n y );\n c::d(\"{e}\") ";
        let lowered =
            |line| lower::unread(text, Pos { line, column: 9 }, b"", &CfgSet::default()).block;
        let (here, there) = (lowered(3), lowered(70));
        assert_ne!(format!("{here:?}"), format!("{there:?}"));
        let kept = pack::pack(&here, 3);
        assert_eq!(kept, pack::pack(&there, 70));
        let back: Block = pack::unpack(&kept, 70, &Arc::default()).expect("it is a block");
        assert_eq!(format!("{back:?}"), format!("{there:?}"));
    }

    #[test]
    fn all_that_may_change_the_tree_or_the_hash_but_the_line_is_in_the_key() {
        let key = |text: &str, before: &[u8], column, line, flags: &str| {
            let set = CfgSet::from_rustc(flags, []);
            let (text, before) = (text.to_owned(), before.to_vec());
            let home = Arc::new(Home {
                set,
                summaries: None,
            });
            let at = Pos { line, column };
            let known = OnceCell::new();
            Unread {
                text,
                at,
                before,
                home,
                known,
            }
            .key()
        };
        let one = key("#[cfg(a)] x", b"f", 1, 1, "a");
        assert_eq!(one, key("#[cfg(a)] x", b"f", 1, 2, "a"));
        assert_ne!(one, key("#[cfg(a)] y", b"f", 1, 1, "a"));
        assert_ne!(one, key("#[cfg(a)] x", b"g", 1, 1, "a"));
        assert_ne!(one, key("#[cfg(a)] x", b"f", 2, 1, "a"));
        assert_ne!(one, key("#[cfg(a)] x", b"f", 1, 1, "b"));
        assert_eq!(key("x", b"f", 1, 1, "a"), key("x", b"f", 1, 1, "b"));
    }
}
