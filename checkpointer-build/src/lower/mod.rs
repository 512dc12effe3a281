//! From a file's text, or from the tokens that a macro expands to, to the [`crate::ir`].
//!
//! This is the only stage that knows syn's syntax tree. It keeps no state between files, so files
//! can be lowered in parallel. Items in bodies are taken out of the tree on the way, so that a
//! function's own tokens, hashed last, are without them.

mod attribute;
mod block;
mod branch;
mod expression;
mod format;
mod function;
mod helper;
mod import;
mod in_place;
mod item;
mod loose;
mod made;
mod member;
mod nesting;
mod own;
mod path;
mod pattern;
mod plain;
mod scan;
mod skeleton;
mod spelled;
mod std_macro;
mod strip;
mod types;
mod unread;
mod unusual;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use proc_macro2::{Ident, Span, TokenStream};
use syn::Block as SynBlock;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};

use crate::body::Home;
use crate::cfg::CfgSet;
use crate::ir::{Block, File, Item, Pattern, Pos, Type};
use crate::symbol::Symbol;

pub(crate) use in_place::{items_in_made_call, items_in_place};
pub(crate) use loose::macro_args;
use unread::Cuts;
pub(crate) use unread::{ReadBody, unread};

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseFailure {
    /// The parser's message.
    pub(crate) message: String,
    /// Where it stopped.
    pub(crate) at: Pos,
}

/// Where the items stand that a macro expands to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemPosition {
    /// In a module or block.
    Module,
    /// In an impl block.
    Impl,
    /// In a trait.
    Trait,
    /// In an `extern` block.
    Extern,
}

/// Parses a file's text and lowers it: a skeleton and bodies, as it comes to be where bodies are left for later.
///
/// The positions of all tokens on this thread are forgotten at the end: a caller that holds tokens
/// across this call must not ask for their spans.
pub(crate) fn file_and_bodies(text: &str, home: &Arc<Home>) -> Result<File, ParseFailure> {
    let mut file = file_without_bodies(text, home)?;
    if unread::read_all(&mut file.items) {
        return Ok(file);
    }
    // Some body does not parse; the whole says best where.
    whole(text, &home.set)
}

/// Parses a file's text and lowers it without leaving anything out: what the other ways must agree with.
pub(crate) fn whole(text: &str, set: &CfgSet) -> Result<File, ParseFailure> {
    let text = without_carriage_returns(text);
    let text = without_shebang(&text);
    let result = lower_file(text, set);
    proc_macro2::extra::invalidate_current_thread_spans();
    result
}

/// The same, but leaves bodies for later where that can be done.
pub(crate) fn file_without_bodies(text: &str, home: &Arc<Home>) -> Result<File, ParseFailure> {
    let text = without_carriage_returns(text);
    let text = without_shebang(&text);
    let result = match lower_skeleton(text, home) {
        Some(file) => Ok(file),
        None => lower_file(text, &home.set),
    };
    // The lexer keeps every text that it has read on a thread, so that its spans can be resolved.
    proc_macro2::extra::invalidate_current_thread_spans();
    result
}

/// Lowers the items that a macro expands to, and gives the number of the next scope.
pub(crate) fn items(
    tokens: TokenStream,
    position: ItemPosition,
    at: Pos,
    first_scope: u32,
    set: &CfgSet,
) -> syn::Result<(Vec<Item>, u32)> {
    let mut lower = Lower::of_expansion(at, first_scope, set);
    let mut out = Vec::new();
    match position {
        ItemPosition::Module => {
            for item in parse_all::<syn::Item>.parse2(tokens)? {
                lower.item(item, &mut out);
            }
        }
        ItemPosition::Impl => {
            for item in parse_all::<syn::ImplItem>.parse2(tokens)? {
                lower.impl_items(item, &mut out);
            }
        }
        ItemPosition::Trait => {
            for item in parse_all::<syn::TraitItem>.parse2(tokens)? {
                lower.trait_items(item, &mut out);
            }
        }
        ItemPosition::Extern => {
            for item in parse_all::<syn::ForeignItem>.parse2(tokens)? {
                out.push(lower.foreign_item(item));
            }
        }
    }
    Ok((out, lower.scopes))
}

/// Lowers what a macro in statement or expression position expands to: an expression, or any sequence
/// of statements, the last of which may be one.
pub(crate) fn block(
    tokens: TokenStream,
    at: Pos,
    first_scope: u32,
    set: &CfgSet,
) -> syn::Result<(Block, u32)> {
    let mut lower = Lower::of_expansion(at, first_scope, set);
    let mut statements = expanded_statements.parse2(tokens)?;
    let block = lower.statements(&mut statements);
    Ok((block, lower.scopes))
}

/// Lowers a pattern that a macro expands to.
pub(crate) fn pattern(
    tokens: TokenStream,
    at: Pos,
    first_scope: u32,
    set: &CfgSet,
) -> syn::Result<(Pattern, u32)> {
    let mut lower = Lower::of_expansion(at, first_scope, set);
    let mut pattern = syn::Pat::parse_multi_with_leading_vert.parse2(tokens)?;
    let pattern = lower.pattern(&mut pattern);
    Ok((pattern, lower.scopes))
}

/// Lowers a type that a macro expands to.
pub(crate) fn ty(
    tokens: TokenStream,
    at: Pos,
    first_scope: u32,
    set: &CfgSet,
) -> syn::Result<(Type, u32)> {
    let mut lower = Lower::of_expansion(at, first_scope, set);
    let ty = lower.ty(&mut syn::parse2(tokens)?);
    Ok((ty, lower.scopes))
}

/// The state of one lowering.
struct Lower<'a> {
    /// The text that the spans point into; `None` for an expansion, whose spans mean nothing.
    source: Option<&'a str>,
    /// What is set in this build, for the parts of items that it switches off.
    set: &'a CfgSet,
    /// Whether anything can be switched at all.
    has_cfg: bool,
    /// The place of everything in an expansion.
    at: Pos,
    /// Instead, spans are relative to that place.
    relative: bool,
    /// The number of the next block with items of its own.
    scopes: u32,
    /// Where identifiers are spelled out, to spare an allocation each.
    spelling: String,
    /// The bodies that are left out.
    cuts: Option<Cuts<'a>>,
}

impl<'a> Lower<'a> {
    fn of_file(source: &'a str, set: &'a CfgSet) -> Self {
        Self {
            source: Some(source),
            set,
            has_cfg: source.contains("cfg"),
            at: Pos::default(),
            relative: false,
            scopes: 0,
            spelling: String::new(),
            cuts: None,
        }
    }

    fn of_expansion(at: Pos, first_scope: u32, set: &'a CfgSet) -> Self {
        Self {
            source: None,
            set,
            has_cfg: true,
            at,
            relative: false,
            scopes: first_scope,
            spelling: String::new(),
            cuts: None,
        }
    }

    fn tree(&mut self, tree: syn::File, file: &mut File) {
        file.items.reserve(tree.items.len());
        for item in tree.items {
            self.item(item, &mut file.items);
        }
        file.cfg = self.cfg(&tree.attrs);
        let mut attributes = tree.attrs.iter();
        file.no_implicit_prelude =
            attributes.any(|attribute| attribute.path().is_ident("no_implicit_prelude"));
        file.scopes = self.scopes;
    }

    /// A name without `r#`.
    fn name(&mut self, ident: &Ident) -> Symbol {
        self.spelling.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.spelling, "{ident}");
        Symbol::new(self.spelling.strip_prefix("r#").unwrap_or(&self.spelling))
    }

    fn pos(&self, span: Span) -> Pos {
        self.place(span, Span::start)
    }

    /// The place behind a token.
    fn end(&self, span: Span) -> Pos {
        self.place(span, Span::end)
    }

    /// An expansion's tokens are not asked: the text that they come from may be forgotten.
    fn place(&self, span: Span, side: fn(&Span) -> proc_macro2::LineColumn) -> Pos {
        if self.source.is_none() && !self.relative {
            return self.at;
        }
        let found = side(&span);
        let (line, column) = (found.line as u32, found.column as u32 + 1);
        match self.relative {
            false => Pos { line, column },
            true if line == 1 => Pos {
                line: self.at.line,
                column: self.at.column + column - 1,
            },
            true => Pos {
                line: self.at.line + line - 1,
                column,
            },
        }
    }

    /// The source between two delimiters, as it is written where that is known.
    fn text_between(&self, delimiter: &syn::MacroDelimiter, tokens: &TokenStream) -> String {
        let span = delimiter.span();
        self.source
            .and_then(|source| {
                let open = span.open().byte_range();
                let close = span.close().byte_range();
                // Tokens out of a string literal carry the literal's span.
                let opens = matches!(source.get(open.clone())?, "(" | "[" | "{");
                let closes = matches!(source.get(close.clone())?, ")" | "]" | "}");
                (opens && closes).then(|| source.get(open.end..close.start))?
            })
            .map_or_else(|| tokens.to_string(), str::to_owned)
    }
}

fn lower_file(text: &str, set: &CfgSet) -> Result<File, ParseFailure> {
    let failure = |message: String, span: Span| {
        let start = span.start();
        ParseFailure {
            message,
            at: Pos {
                line: start.line as u32,
                column: start.column as u32 + 1,
            },
        }
    };
    let tokens: TokenStream = text
        .parse()
        .map_err(|error: proc_macro2::LexError| failure(error.to_string(), error.span()))?;
    if let Some(span) = nesting::too_deep(text, &tokens) {
        return Err(failure(nesting::MESSAGE.to_owned(), span));
    }
    let tree: syn::File =
        syn::parse2(tokens).map_err(|error| failure(error.to_string(), error.span()))?;
    let mut file = File::default();
    Lower::of_file(text, set).tree(tree, &mut file);
    Ok(file)
}

/// Lowers a file of which the bodies are left out; `None` if some of them can't be told from the rest.
fn lower_skeleton(text: &str, home: &Arc<Home>) -> Option<File> {
    if !nesting::looks_shallow(text) {
        return None;
    }
    let mut skeleton = skeleton::skeleton(text, &home.set)?;
    let tree: syn::File = syn::parse2(skeleton.text.parse().ok()?).ok()?;
    let functions = std::mem::take(&mut skeleton.functions);
    let functions = functions
        .into_iter()
        .map(|function| unread::function(text, function, home))
        .collect();
    let count = skeleton.cuts.len();
    let mut lower = Lower {
        cuts: Some(Cuts {
            text,
            all: &mut skeleton.cuts,
            found: 0,
            functions,
            home,
        }),
        ..Lower::of_file(&skeleton.text, &home.set)
    };
    let mut file = File::default();
    lower.tree(tree, &mut file);
    let all = Pos::default()..Pos {
        line: u32::MAX,
        column: 0,
    };
    lower.put_back(&mut file.items, all);
    // One that was not found again stands in tokens that nobody took for a function.
    lower
        .cuts
        .is_some_and(|cuts| cuts.found == count && cuts.functions.is_empty())
        .then_some(file)
}

/// The compiler reads `\r\n` as `\n` everywhere, string literals included.
fn without_carriage_returns(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Cuts off the byte order mark and the line that names an interpreter, but leaves its line break,
/// so that lines keep their numbers.
fn without_shebang(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_shebang = text
        .strip_prefix("#!")
        .is_some_and(|rest| !rest.trim_start().starts_with('['));
    match (is_shebang, text.find('\n')) {
        (false, _) => text,
        (true, Some(end)) => &text[end..],
        (true, None) => "",
    }
}

/// `if a { b } else { c } - 1` is one expression where a value is wanted, and two statements where
/// none is: the whole is tried first. A call that may make items is a statement.
fn expanded_statements(input: ParseStream<'_>) -> syn::Result<Vec<syn::Stmt>> {
    let ahead = input.fork();
    if let Ok(expr) = ahead.parse::<syn::Expr>()
        && ahead.is_empty()
        && !matches!(expr, syn::Expr::Macro(_) | syn::Expr::Let(_))
    {
        input.advance_to(&ahead);
        return Ok(vec![syn::Stmt::Expr(expr, None)]);
    }
    SynBlock::parse_within(input)
}

fn parse_all<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut all = Vec::new();
    while !input.is_empty() {
        all.push(input.parse()?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
