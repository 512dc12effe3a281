//! A function up to its body.

use super::Plain;
use super::tokens::Kind;
use crate::cfg::CfgSet;
use crate::ir::{Function, Param, Pos, Receiver, Visibility};
use crate::symbol::Symbol;

/// What stands before a body.
pub(in super::super) struct Header {
    pub(in super::super) name: Symbol,
    pub(in super::super) name_at: Pos,
    pub(in super::super) visibility: Visibility,
    /// Without its body.
    pub(in super::super) function: Function,
    /// Canonical bytes.
    pub(in super::super) bytes: Vec<u8>,
}

/// Attributes that are a word, and are part of a function's own tokens.
pub(in super::super) const WORDS: &[&str] = &["test", "track_caller", "should_panic", "ignore"];

/// Reads a function's header, from its visibility to the brace or semicolon, which are not in the text; `attributes` are some
/// of [`WORDS`].
pub(in super::super) fn header(
    text: &str,
    at: Pos,
    attributes: &[&str],
    set: &CfgSet,
) -> Option<Header> {
    let mut plain = Plain::new(text, at, set)?;
    for attribute in attributes {
        plain.out.extend_from_slice(b"p#[");
        plain.write_text(b'i', attribute);
        plain.out.push(b']');
    }
    let header = plain.header()?;
    // They are kept as long as the body is not read.
    plain.out.shrink_to_fit();
    // Closures and blocks in an array's length would be numbered, and macros expanded, with the file.
    (plain.scopes == 0 && plain.peek().kind == Kind::End).then_some(Header {
        bytes: plain.out,
        ..header
    })
}

impl Plain<'_> {
    fn header(&mut self) -> Option<Header> {
        let visibility = self.visibility()?;
        let mut is_async = false;
        for word in ["const", "async", "unsafe"] {
            if self.is_word(word) {
                self.take_word(word)?;
                is_async |= word == "async";
            }
        }
        if self.is_word("extern") {
            self.take_word("extern")?;
            let token = self.peek();
            match token.kind {
                Kind::Text if token.byte == b'"' => {
                    self.literal()?;
                }
                _ => self.write_text(b'l', "\"C\""),
            }
        }
        self.take_word("fn")?;
        let name_at = self.here();
        let name = self.new_name()?;
        let mut generics = self.generics()?;
        self.open(b'(')?;
        let mut params = Vec::new();
        let mut receiver = None;
        while !self.is_close() {
            if params.is_empty() && receiver.is_none() && self.is_receiver() {
                receiver = Some(self.receiver()?);
            } else {
                let pattern = self.pattern()?;
                if self.is_colons() {
                    return None;
                }
                self.take(b":")?;
                let ty = self.ty()?;
                params.push(Param { pattern, ty });
            }
            if self.is_close() {
                break;
            }
            self.comma()?;
        }
        self.close(b')')?;
        let result = self.result()?;
        self.where_clause(&mut generics)?;
        Some(Header {
            name,
            name_at,
            visibility,
            function: Function {
                generics,
                params,
                receiver,
                result,
                is_async,
                body: None,
                own_hash: None,
            },
            bytes: Vec::new(),
        })
    }

    /// It counts for names, not for hashes.
    fn visibility(&mut self) -> Option<Visibility> {
        if !self.is_word("pub") {
            return Some(Visibility::Inherited);
        }
        self.next += 1;
        if !self.is_open(b'(') {
            return Some(Visibility::Public);
        }
        let name = self.text_of(self.ahead(1));
        let behind = self.ahead(2);
        if behind.kind != Kind::Close || behind.byte != b')' {
            return None;
        }
        self.next += 3;
        match name {
            "crate" => Some(Visibility::Crate),
            "self" => Some(Visibility::Inherited),
            "super" => Some(Visibility::Restricted(vec![Symbol::new("super")])),
            _ => None,
        }
    }

    fn is_receiver(&self) -> bool {
        let is_self = |by: usize| {
            let token = self.ahead(by);
            token.kind == Kind::Word && self.text_of(token) == "self"
        };
        let mut by = 0;
        if self.is_punct(b'&') {
            by += 1;
            if self.ahead(by).kind == Kind::Lifetime {
                by += 1;
            }
        }
        let token = self.ahead(by);
        if token.kind == Kind::Word && self.text_of(token) == "mut" {
            by += 1;
        }
        is_self(by)
    }

    fn receiver(&mut self) -> Option<Receiver> {
        let is_reference = self.is_punct(b'&');
        if is_reference {
            self.take(b"&")?;
            if self.peek().kind == Kind::Lifetime {
                self.write_lifetime();
            }
        }
        if self.is_word("mut") {
            self.take_word("mut")?;
        }
        self.take_word("self")?;
        if self.is_colons() || (is_reference && self.is_punct(b':')) {
            return None;
        }
        if self.is_punct(b':') {
            self.take(b":")?;
            return Some(Receiver::Typed(self.ty()?));
        }
        Some(match is_reference {
            true => Receiver::Reference,
            false => Receiver::Value,
        })
    }
}
