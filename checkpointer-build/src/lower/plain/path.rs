//! Paths, and what begins with one: macro calls and structs.

use super::tokens::Kind;
use super::{Form, Plain, is_keyword};
use crate::ir::{Expr, GenericArgs, Path, QSelf, Segment, Type};
use crate::symbol::Symbol;

/// Where a path stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `<` is an operator unless `::` stands before it.
    Value,
    /// Two colons before arguments say nothing.
    Type,
    /// A trait behind `as` in an expression.
    Trait,
}

impl<'t> Plain<'t> {
    pub(super) fn path_expr(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let (start, written) = (self.next, self.out.len());
        let (path, is_plain) = self.qualified(Style::Value)?;
        if is_plain && matches!(self.puncts(), [b'!', after, _] if after != b'=') {
            self.out.truncate(written);
            return self.macro_call(start, self.next);
        }
        if structs && self.is_open(b'{') {
            return self.struct_literal(path);
        }
        Some((Expr::Path(path), Form::Other))
    }

    fn struct_literal(&mut self, path: Path) -> Option<(Expr, Form)> {
        self.open(b'{')?;
        let mut fields = Vec::new();
        let mut rest = None;
        while !self.is_close() {
            if matches!(self.puncts(), [b'.', b'.', after] if after != b'=') {
                self.take(b"..")?;
                if !self.is_close() {
                    rest = Some(Box::new(self.expr()?.0));
                }
                break;
            }
            let at = self.here();
            let name = self.field_name()?;
            let value = if self.is_punct(b':') && !self.is_colons() {
                self.take(b":")?;
                self.expr()?.0
            } else if name
                .as_str()
                .starts_with(|first: char| first.is_ascii_digit())
            {
                return None;
            } else {
                Expr::Path(Path {
                    qself: None,
                    global: false,
                    segments: vec![Segment { name, args: None }],
                    at,
                })
            };
            fields.push((name, value));
            if self.is_close() {
                break;
            }
            if !self.is_punct(b',') {
                return None;
            }
            self.next += 1;
            // None stands before `..` either.
            if !self.is_close() && !matches!(self.puncts(), [b'.', b'.', _]) {
                self.write_operator(b",");
            }
        }
        self.close(b'}')?;
        Some((Expr::Struct(path, fields, rest), Form::Other))
    }

    /// The name of a field, written as a word or number.
    pub(super) fn field_name(&mut self) -> Option<Symbol> {
        let token = self.peek();
        let text = self.text_of(token);
        match token.kind {
            Kind::Word if !is_keyword(text) => {
                self.take_word(text)?;
                Some(Symbol::new(text))
            }
            Kind::Number
                if text.bytes().all(|byte| byte.is_ascii_digit())
                    && (text.len() == 1 || !text.starts_with('0')) =>
            {
                self.next += 1;
                self.write_text(b'l', text);
                Some(crate::lower::pattern::tuple_field(text.parse().ok()?))
            }
            _ => None,
        }
    }

    /// A path, and whether it is one of names alone.
    pub(super) fn qualified(&mut self, style: Style) -> Option<(Path, bool)> {
        if !self.is_punct(b'<') {
            return self.path(style);
        }
        let at = self.here();
        self.take(b"<")?;
        let ty = self.ty()?;
        let as_trait = if self.is_word("as") {
            self.take_word("as")?;
            let (path, _) = self.path(match style {
                Style::Value => Style::Trait,
                other => other,
            })?;
            Some(Path { at, ..path })
        } else {
            None
        };
        self.take(b">")?;
        self.take(b"::")?;
        let (path, _) = self.segments(style)?;
        Some((
            Path {
                qself: Some(Box::new(QSelf { ty, as_trait })),
                at,
                ..path
            },
            false,
        ))
    }

    fn path(&mut self, style: Style) -> Option<(Path, bool)> {
        let global = self.is_colons();
        if global {
            self.take(b"::")?;
        }
        let (path, is_plain) = self.segments(style)?;
        Some((Path { global, ..path }, is_plain))
    }

    fn segments(&mut self, style: Style) -> Option<(Path, bool)> {
        let at = self.here();
        let mut segments = Vec::with_capacity(2);
        let mut is_plain = true;
        loop {
            let name = self.word();
            let is_special = matches!(name, "super" | "self" | "crate" | "Self");
            if name.is_empty() || (is_keyword(name) && !is_special) {
                return None;
            }
            self.take_word(name)?;
            let args = match (is_special && name != "Self").then_some(()) {
                Some(()) => None,
                None => self.segment_args(style)?,
            };
            is_plain &= args.is_none();
            segments.push(Segment {
                name: Symbol::new(name),
                args,
            });
            if !self.is_colons() {
                break;
            }
            let behind = self.ahead(2);
            if behind.kind != Kind::Word {
                return None;
            }
            self.take(b"::")?;
        }
        Some((
            Path {
                qself: None,
                global: false,
                segments,
                at,
            },
            is_plain,
        ))
    }

    fn segment_args(&mut self, style: Style) -> Option<Option<Box<GenericArgs>>> {
        if style != Style::Value && self.is_open(b'(') {
            return Some(Some(Box::new(self.inputs_and_result()?)));
        }
        if self.is_colons() {
            let behind = self.ahead(2);
            if behind.kind != Kind::Punct || behind.byte != b'<' {
                return Some(None);
            }
            match style {
                Style::Type => self.next += 2,
                Style::Value | Style::Trait => self.take(b"::")?,
            }
        } else if style == Style::Value
            || !self.is_punct(b'<')
            || matches!(self.puncts(), [b'<', b'=', _] | [b'<', b'<', b'='])
        {
            return Some(None);
        }
        Some(Some(Box::new(self.generic_args()?)))
    }

    /// `(A, B) -> C`.
    fn inputs_and_result(&mut self) -> Option<GenericArgs> {
        self.open(b'(')?;
        let mut inputs = Vec::new();
        while !self.is_close() {
            inputs.push(self.ty()?);
            if self.is_close() {
                break;
            }
            self.comma()?;
        }
        self.close(b')')?;
        let result = self.result()?.unwrap_or(Type::Tuple(Vec::new()));
        Some(GenericArgs {
            parenthesized: Some((inputs, Box::new(result))),
            ..GenericArgs::default()
        })
    }

    /// The name of `Item = T` (`false`) or `Item: T` (`true`), if one of them stands there.
    fn named_argument(&self) -> Option<(bool, &'t str)> {
        let (word, sign, behind) = (self.peek(), self.ahead(1), self.ahead(2));
        if word.kind != Kind::Word || sign.kind != Kind::Punct || is_keyword(self.word()) {
            return None;
        }
        let is_joined = behind.kind == Kind::Punct && behind.start == sign.end;
        match sign.byte {
            b'=' if !(is_joined && matches!(behind.byte, b'=' | b'>')) => {}
            b':' if !(is_joined && behind.byte == b':') => {}
            _ => return None,
        }
        Some((sign.byte == b':', self.word()))
    }

    /// `<A, B>`.
    pub(super) fn generic_args(&mut self) -> Option<GenericArgs> {
        let mut found = GenericArgs::default();
        self.take(b"<")?;
        if self.is_punct(b'>') {
            return None;
        }
        loop {
            // Lifetimes are printed first, named ones last.
            let has_names = !found.bindings.is_empty() || !found.constraints.is_empty();
            if self.peek().kind == Kind::Lifetime {
                self.write_lifetime();
                if self.is_punct(b'+')
                    || has_names
                    || !found.types.is_empty()
                    || !found.consts.is_empty()
                {
                    return None;
                }
            } else if has_names && self.named_argument().is_none() {
                return None;
            } else if self.is_literal() {
                found.consts.push(self.literal()?.0);
            } else if let Some((is_bound, name)) = self.named_argument() {
                self.next += 2;
                self.write_text(b'i', name);
                self.write_operator(if is_bound { b":" } else { b"=" });
                let name = Symbol::new(name);
                if is_bound {
                    let bounds = self.bounds()?;
                    found.constraints.push((name, bounds));
                } else if self.is_literal() || self.is_open(b'{') {
                    return None;
                } else {
                    let ty = self.ty()?;
                    found.bindings.push((name, ty));
                }
            } else {
                found.types.push(self.ty()?);
            }
            if self.is_punct(b'>') {
                break;
            }
            // A binding, bound or block.
            self.comma_unless(|plain| plain.is_punct(b'>'))?;
            if self.is_punct(b'>') {
                break;
            }
        }
        self.take(b">")?;
        Some(found)
    }
}
