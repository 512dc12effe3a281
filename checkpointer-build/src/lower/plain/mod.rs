//! Bodies of plain Rust, read without syn: from text to the tree and to the canonical bytes in one pass.
//!
//! A build script runs unoptimized, where syn takes some ten times as long. What is read here comes out as it would by way of
//! syn, `lower` and `normalize`, byte for byte; whatever is not certain to be (attributes, items, rare syntax, anything that does
//! not parse) gives `None`, and the body is read that way. Macro calls always are.

mod closure;
mod expression;
mod function;
mod generics;
mod literal;
mod macros;
mod operator;
mod path;
mod pattern;
mod statement;
mod tokens;
mod trailer;
mod types;

use crate::cfg::CfgSet;
use crate::ir::{Block, Pos};

pub(super) use function::{Header, WORDS, header};
use tokens::{Kind, Token};

/// Reads a body's text, which begins at that place, and appends its canonical bytes, braces included.
pub(super) fn read(text: &str, at: Pos, set: &CfgSet, bytes: &mut Vec<u8>) -> Option<Block> {
    if text.contains("cfg") {
        return None;
    }
    let mut plain = Plain::new(text, at, set)?;
    plain.out.push(b'{');
    let (block, _) = plain.statements()?;
    plain.out.push(b'}');
    if plain.peek().kind != Kind::End {
        return None;
    }
    bytes.extend_from_slice(&plain.out);
    Some(block)
}

/// The state of reading one body.
struct Plain<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// The number of the next token.
    next: usize,
    /// Canonical bytes.
    out: Vec<u8>,
    at: Pos,
    set: &'t CfgSet,
    /// As in [`super::Lower`].
    scopes: u32,
    depth: u32,
}

/// What sort of expression was read, as far as that decides how to go on behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Braces without a label, and how many of them hold nothing but one expression.
    Block(u32),
    /// Other expressions that end in a block, so that a statement may end with them.
    BlockLike,
    /// `return`, `break`, `continue`.
    Jump,
    Paren,
    Range,
    /// `==` and its kin, which don't stand in a row.
    Comparison,
    /// A call with braces, and with others.
    BraceMacro,
    Macro,
    /// A number without point.
    Integer,
    Other,
}

impl Form {
    /// Whether a statement or arm may end with it.
    fn ends(self) -> bool {
        matches!(self, Form::Block(_) | Form::BlockLike)
    }
}

/// Brackets and operators nested deeper are for those who count.
const DEEPEST: u32 = 200;

impl<'t> Plain<'t> {
    fn new(text: &'t str, at: Pos, set: &'t CfgSet) -> Option<Self> {
        Some(Plain {
            text,
            tokens: tokens::tokens(text)?,
            next: 0,
            out: Vec::with_capacity(text.len() * 2),
            at,
            set,
            scopes: 0,
            depth: 0,
        })
    }

    /// Reads what stands one level deeper.
    fn deeper<R>(&mut self, read: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn peek(&self) -> Token {
        self.tokens[self.next]
    }

    /// The token so many behind the next one.
    fn ahead(&self, by: usize) -> Token {
        self.tokens[(self.next + by).min(self.tokens.len() - 1)]
    }

    fn text_of(&self, token: Token) -> &'t str {
        &self.text[token.start..token.end]
    }

    /// The next token's text, if it is a word.
    fn word(&self) -> &'t str {
        let token = self.peek();
        match token.kind {
            Kind::Word => self.text_of(token),
            _ => "",
        }
    }

    fn is_word(&self, word: &str) -> bool {
        self.word() == word
    }

    /// The next three bytes of punctuation, as far as they stand side by side; 0 for others.
    fn puncts(&self) -> [u8; 3] {
        let mut found = [0; 3];
        let mut end = self.peek().start;
        for (by, place) in found.iter_mut().enumerate() {
            let token = self.ahead(by);
            if token.kind != Kind::Punct || token.start != end {
                break;
            }
            *place = token.byte;
            end = token.end;
        }
        found
    }

    fn is_punct(&self, byte: u8) -> bool {
        let token = self.peek();
        token.kind == Kind::Punct && token.byte == byte
    }

    fn is_open(&self, byte: u8) -> bool {
        let token = self.peek();
        token.kind == Kind::Open && token.byte == byte
    }

    fn is_close(&self) -> bool {
        matches!(self.peek().kind, Kind::Close | Kind::End)
    }

    fn is_colons(&self) -> bool {
        matches!(self.puncts(), [b':', b':', _])
    }

    /// Takes a word and writes it.
    fn take_word(&mut self, word: &str) -> Option<()> {
        if !self.is_word(word) {
            return None;
        }
        self.next += 1;
        self.write_text(b'i', word);
        Some(())
    }

    /// Takes punctuation and writes it as one operator.
    fn take(&mut self, operator: &[u8]) -> Option<()> {
        let found = self.puncts();
        if !found.starts_with(operator) {
            return None;
        }
        self.next += operator.len();
        self.write_operator(operator);
        Some(())
    }

    fn open(&mut self, byte: u8) -> Option<()> {
        if !self.is_open(byte) {
            return None;
        }
        self.next += 1;
        self.out.push(byte);
        Some(())
    }

    fn close(&mut self, byte: u8) -> Option<()> {
        let token = self.peek();
        if token.kind != Kind::Close || token.byte != byte {
            return None;
        }
        self.next += 1;
        self.out.push(byte);
        Some(())
    }

    /// Goes over a comma; it is written if something follows it.
    fn comma(&mut self) -> Option<()> {
        self.comma_unless(Self::is_close)
    }

    /// The same in a list that ends in another way.
    fn comma_unless(&mut self, ends: impl FnOnce(&Self) -> bool) -> Option<()> {
        if !self.is_punct(b',') {
            return None;
        }
        self.next += 1;
        if !ends(self) {
            self.write_operator(b",");
        }
        Some(())
    }

    fn write_text(&mut self, kind: u8, text: &str) {
        self.out.push(kind);
        self.out
            .extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.out.extend_from_slice(text.as_bytes());
    }

    fn write_operator(&mut self, operator: &[u8]) {
        let last = operator.len() - 1;
        for byte in &operator[..last] {
            // All operators of several characters are joined pair by pair.
            self.out.push(b'P');
            self.out.push(*byte);
        }
        self.out.push(b'p');
        self.out.push(operator[last]);
    }

    fn write_lifetime(&mut self) {
        let name = &self.text_of(self.peek())[1..];
        self.next += 1;
        self.out.extend_from_slice(b"p'");
        self.write_text(b'i', name);
    }

    /// Takes off so many braces or parentheses around what was written from there on.
    fn unwrap(&mut self, from: usize, count: usize) {
        let end = self.out.len() - count;
        self.out.truncate(end);
        self.out.drain(from..from + count);
    }

    fn pos(&self, token: Token) -> Pos {
        let before = &self.text.as_bytes()[token.line_start..token.start];
        // Characters, not bytes.
        let column = before
            .iter()
            .filter(|byte| !matches!(byte, 0x80..=0xbf))
            .count() as u32;
        match token.line {
            0 => Pos {
                line: self.at.line,
                column: self.at.column + column,
            },
            line => Pos {
                line: self.at.line + line,
                column: column + 1,
            },
        }
    }

    fn here(&self) -> Pos {
        self.pos(self.peek())
    }
}

/// What can't be a name.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "abstract"
            | "as"
            | "async"
            | "await"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "crate"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "final"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "override"
            | "priv"
            | "pub"
            | "ref"
            | "return"
            | "Self"
            | "self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "try"
            | "type"
            | "typeof"
            | "unsafe"
            | "unsized"
            | "use"
            | "virtual"
            | "where"
            | "while"
            | "yield"
            | "_"
    )
}

#[cfg(test)]
mod tests;
