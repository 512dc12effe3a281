//! Functions whose bodies were left out of their file, and the reading of such a body later on.

use std::ops::Range;
use std::sync::Arc;

use proc_macro2::TokenStream;
use syn::parse::Parser as _;
use syn::{Expr as SynExpr, Lit, Stmt};

use super::plain::Header;
use super::skeleton::{Cut, Left, SUFFIX, Whole};
use super::strip::Strip;
use super::{Lower, ParseFailure, nesting, plain};
use crate::body::{Body, Home, Unread};
use crate::cfg::CfgSet;
use crate::ir::{Attributes, Block, Item, ItemKind, Pos};
use crate::normalize::{Nested, write_canonical};

/// A file's text, and what was left out of it.
pub(super) struct Cuts<'a> {
    pub(super) text: &'a str,
    pub(super) all: &'a mut [Cut],
    /// How many bodies were found again.
    pub(super) found: usize,
    /// The functions that were left out as a whole and are not put back yet, as they stand in the text.
    pub(super) functions: Vec<Item>,
    pub(super) home: &'a Arc<Home>,
}

/// A function that was left out as a whole.
pub(super) fn function(text: &str, whole: Whole, home: &Arc<Home>) -> Item {
    let Header {
        name,
        name_at,
        visibility,
        mut function,
        bytes,
    } = whole.header;
    let mut tokens = [0; 32];
    match whole.body {
        Left::Nothing => tokens = *blake3::hash(&[&bytes[..], b"p;"].concat()).as_bytes(),
        Left::Read(block, hash) => {
            function.body = Some(Body::packed(block));
            tokens = hash;
        }
        Left::Text(cut, at) => {
            let unread = Unread {
                text: text[cut.range].to_owned(),
                at,
                before: bytes,
                home: Arc::clone(home),
                known: Default::default(),
            };
            function.body = Some(Body::unread(cut.outline, unread));
        }
    }
    Item {
        name,
        cfg: Vec::new(),
        start: whole.start,
        name_at,
        end_line: whole.end_line,
        tokens,
        visibility,
        attributes: Attributes {
            test: whole.is_test,
            ..Attributes::default()
        },
        kind: ItemKind::Fn(Box::new(function)),
    }
}

impl Lower<'_> {
    /// Puts back the functions that were left out between the braces of a module, impl or trait, whose other items these are.
    pub(super) fn put_back(&mut self, items: &mut Vec<Item>, inside: Range<Pos>) {
        let Some(cuts) = &mut self.cuts else { return };
        let first = cuts
            .functions
            .partition_point(|item| item.start < inside.start);
        let last = cuts
            .functions
            .partition_point(|item| item.start < inside.end);
        if first == last {
            return;
        }
        let functions: Vec<Item> = cuts.functions.drain(first..last).collect();
        if items.is_empty() {
            *items = functions;
            return;
        }
        let mut others = std::mem::take(items).into_iter().peekable();
        items.reserve(functions.len() + others.len());
        for function in functions {
            while let Some(other) = others.next_if(|other| other.start < function.start) {
                items.push(other);
            }
            items.push(function);
        }
        items.extend(others);
    }

    /// The body whose number stands here, if it was left out; its number goes.
    pub(super) fn left_out(&mut self, block: &mut syn::Block) -> Option<Body> {
        let cuts = self.cuts.as_mut()?;
        let [Stmt::Expr(SynExpr::Lit(literal), None)] = block.stmts.as_slice() else {
            return None;
        };
        let Lit::Int(number) = &literal.lit else {
            return None;
        };
        if number.suffix() != SUFFIX {
            return None;
        }
        let at: usize = number.base10_parse().ok()?;
        let cut = cuts.all.get_mut(at)?;
        let unread = Unread {
            text: cuts.text.get(cut.range.clone())?.to_owned(),
            at: Pos::default(),
            before: Vec::new(),
            home: Arc::clone(cuts.home),
            known: Default::default(),
        };
        cuts.found += 1;
        let mut body = Body::unread(std::mem::take(&mut cut.outline), unread);
        let at = self.end(block.brace_token.span.open());
        if let Some(unread) = body.unread_mut() {
            unread.at = at;
        }
        block.stmts.clear();
        Some(body)
    }

    /// The hash of an item's own tokens; for a function without its body that is for later.
    pub(super) fn finish(
        &self,
        kind: &mut ItemKind,
        item: &mut (impl crate::normalize::Canonical + super::own::Strippable),
    ) -> [u8; 32] {
        if let ItemKind::Fn(function) = kind
            && let Some(unread) = function.body.as_mut().and_then(Body::unread_mut)
        {
            let mut bytes = self.bytes(item);
            // The braces, which come with the body.
            bytes.truncate(bytes.len().saturating_sub(2));
            unread.before = bytes;
            return [0; 32];
        }
        self.tokens(item)
    }
}

/// Reads all bodies that were left for later; `false` if one does not parse.
pub(super) fn read_all(items: &mut [Item]) -> bool {
    items.iter_mut().all(|item| match &mut item.kind {
        ItemKind::Fn(function) => match function.body.as_mut().map(Body::pack) {
            Some(Some(tokens)) => {
                item.tokens = tokens;
                true
            }
            _ => !function.body.as_ref().is_some_and(Body::is_unread),
        },
        ItemKind::Impl(data) => read_all(&mut data.items),
        ItemKind::Trait(data) => read_all(&mut data.items),
        ItemKind::Mod(Some(inner)) => read_all(inner),
        _ => true,
    })
}

/// What a body's text came to.
pub(crate) struct ReadBody {
    pub(crate) block: Block,
    /// The hash of the tokens of the whole function.
    pub(crate) tokens: [u8; 32],
    /// Why the text could not be read: then nothing that rests on it can be trusted.
    pub(crate) failure: Option<ParseFailure>,
}

/// Reads a body's text, of the function whose tokens begin with `before`.
///
/// The positions of all tokens on this thread are forgotten at the end, as by [`super::file_and_bodies`].
pub(crate) fn unread(text: &str, at: Pos, before: &[u8], set: &CfgSet) -> ReadBody {
    let mut bytes = before.to_vec();
    let (block, failure) = match read(text, at, set, &mut bytes) {
        Ok(block) => (block, None),
        Err(error) => {
            bytes.truncate(before.len());
            bytes.extend_from_slice(text.as_bytes());
            let lower = Lower {
                relative: true,
                at,
                ..Lower::of_file(text, set)
            };
            let failure = ParseFailure {
                message: error.to_string(),
                at: lower.pos(error.span()),
            };
            (Block::default(), Some(failure))
        }
    };
    proc_macro2::extra::invalidate_current_thread_spans();
    ReadBody {
        block,
        tokens: *blake3::hash(&bytes).as_bytes(),
        failure,
    }
}

fn read(text: &str, at: Pos, set: &CfgSet, bytes: &mut Vec<u8>) -> syn::Result<Block> {
    if let Some(block) = plain::read(text, at, set, bytes) {
        return Ok(block);
    }
    read_with_syn(text, at, set, bytes)
}

/// The same for any Rust: what the short way must agree with.
pub(super) fn read_with_syn(
    text: &str,
    at: Pos,
    set: &CfgSet,
    bytes: &mut Vec<u8>,
) -> syn::Result<Block> {
    let tokens: TokenStream = text.parse()?;
    if let Some(span) = nesting::too_deep(text, &tokens) {
        return Err(syn::Error::new(span, nesting::MESSAGE));
    }
    let stmts = syn::Block::parse_within.parse2(tokens)?;
    let mut tree = syn::Block {
        brace_token: Default::default(),
        stmts,
    };
    let mut lower = Lower {
        relative: true,
        at,
        ..Lower::of_file(text, set)
    };
    let block = lower.block(&mut tree);
    if lower.has_cfg {
        syn::visit_mut::VisitMut::visit_block_mut(&mut Strip { set }, &mut tree);
    }
    write_canonical(&mut tree, Nested::Keep, bytes);
    Ok(block)
}
