//! A body that is still text: lexed, parsed and lowered when something first looks into it, or when
//! the hash of its function is wanted. What comes of it is kept in the summaries' cache on its own,
//! by its content, so that neither an edit beside it nor one that moves it makes it be read again.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Bytes, OwnedBytes, decode};
use crate::cfg::CfgSet;
use crate::ir::{self, Block, Pos};
use crate::lower;
use crate::summaries::Summaries;

/// What all files of a crate are read with.
#[derive(Debug, Default)]
pub(crate) struct Home {
    /// What is set in this build.
    pub(crate) set: CfgSet,
    /// The cache.
    pub(crate) summaries: Option<Arc<Summaries>>,
}

thread_local! {
    // Where what is being decoded belongs to.
    static HOME: RefCell<Arc<Home>> = RefCell::default();
}

/// Decodes a file whose unread bodies will be read with this.
pub(crate) fn decode_at_home<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
    home: &Arc<Home>,
) -> Result<T, rmp_serde::decode::Error> {
    HOME.set(Arc::clone(home));
    decode(bytes)
}

/// The text of a body, and what stands before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unread {
    /// Without the braces.
    pub(crate) text: String,
    /// The place behind the opening brace.
    pub(crate) at: Pos,
    /// The canonical bytes of the function's tokens before the body.
    #[serde(serialize_with = "bytes", deserialize_with = "owned_bytes")]
    pub(crate) before: Vec<u8>,
    #[serde(skip, default = "home")]
    pub(crate) home: Arc<Home>,
    #[serde(skip)]
    pub(crate) tokens: OnceCell<[u8; 32]>,
}

fn bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    Bytes(bytes).serialize(serializer)
}

fn owned_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    OwnedBytes::deserialize(deserializer).map(|OwnedBytes(bytes)| bytes)
}

fn home() -> Arc<Home> {
    HOME.with_borrow(Arc::clone)
}

impl Unread {
    /// The hash of the function's own tokens, if the body was read.
    pub(super) fn tokens(&self) -> Option<[u8; 32]> {
        self.tokens.get().copied()
    }

    /// Reads it, or takes what was kept of it.
    pub(super) fn read(&self) -> Block {
        let summaries = self.home.summaries.as_deref();
        let key = summaries.map(|summaries| (summaries, self.key()));
        if let Some((summaries, key)) = &key
            && let Some(kept) = summaries.get(key)
            && let Some((tokens, rest)) = kept.split_first_chunk::<32>()
            && let Ok(block) = ir::at_line(self.at.line, || decode(rest))
        {
            summaries.keep(*key, None);
            let _ = self.tokens.set(*tokens);
            return block;
        }
        let (block, tokens) = self.lower();
        let _ = self.tokens.set(tokens);
        if let Some((summaries, key)) = key
            && let Ok(encoded) = ir::at_line(self.at.line, || rmp_serde::to_vec(&block))
        {
            summaries.keep(key, Some([&tokens[..], &encoded].concat()));
        }
        block
    }

    /// Its tree, and the hash of the function's own tokens.
    pub(super) fn lower(&self) -> (Block, [u8; 32]) {
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
