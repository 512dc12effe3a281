//! Patterns.

use super::path::Style;
use super::tokens::Kind;
use super::{Plain, is_keyword};
use crate::ir::{Expr, Pattern};
use crate::symbol::Symbol;

impl Plain<'_> {
    /// A pattern that may have several cases, and a bar before the first, which says nothing.
    pub(super) fn pattern_with_cases(&mut self) -> Option<Pattern> {
        let is_bar =
            |found: [u8; 3]| matches!(found, [b'|', after, _] if !matches!(after, b'|' | b'='));
        let leads = self.is_punct(b'|');
        if leads {
            self.next += 1;
        }
        let first = self.pattern()?;
        if !leads && !is_bar(self.puncts()) {
            return Some(first);
        }
        let mut cases = vec![first];
        while is_bar(self.puncts()) {
            self.take(b"|")?;
            cases.push(self.pattern()?);
        }
        Some(Pattern::Or(cases))
    }

    pub(super) fn pattern(&mut self) -> Option<Pattern> {
        self.deeper(Self::pattern_inside)
    }

    fn pattern_inside(&mut self) -> Option<Pattern> {
        let token = self.peek();
        match (token.kind, token.byte) {
            (Kind::Number | Kind::Text, _) | (Kind::Punct, b'-') => self.value_pattern(),
            (Kind::Punct, b'&') => {
                self.take(b"&")?;
                if self.is_word("mut") {
                    self.take_word("mut")?;
                }
                Some(Pattern::Reference(Box::new(self.pattern()?)))
            }
            (Kind::Punct, b'.') => match self.puncts() {
                [b'.', b'.', b'=' | b'.'] => None,
                [b'.', b'.', _] => {
                    self.take(b"..")?;
                    let ends = self.is_close()
                        || self.is_word("if")
                        || matches!(self.puncts(), [b'|' | b'=' | b',' | b';', ..])
                        || (self.is_punct(b':') && !self.is_colons());
                    // Else it has an upper bound.
                    ends.then_some(Pattern::Rest)
                }
                _ => None,
            },
            (Kind::Punct, b'<' | b':') => self.path_pattern(),
            (Kind::Open, b'(') => self.parenthesized_pattern(),
            (Kind::Open, b'[') => {
                self.open(b'[')?;
                let parts = self.patterns()?;
                self.close(b']')?;
                Some(Pattern::Slice(parts))
            }
            (Kind::Word, _) => self.word_pattern(),
            _ => None,
        }
    }

    fn word_pattern(&mut self) -> Option<Pattern> {
        let word = self.word();
        match word {
            "_" => {
                self.take_word("_")?;
                Some(Pattern::Wild)
            }
            "true" | "false" => self.value_pattern(),
            "ref" | "mut" => self.binding(),
            "Self" | "super" | "crate" => self.path_pattern(),
            _ if is_keyword(word) => None,
            _ => {
                let behind = self.ahead(1);
                let last = self.ahead(2);
                let is_pair = |byte: u8| {
                    behind.kind == Kind::Punct
                        && behind.byte == byte
                        && last.kind == Kind::Punct
                        && last.byte == byte
                        && behind.end == last.start
                };
                if (behind.kind == Kind::Open && behind.byte != b'[')
                    || (behind.kind == Kind::Punct && behind.byte == b'!')
                    || is_pair(b':')
                    || is_pair(b'.')
                {
                    return self.path_pattern();
                }
                self.binding()
            }
        }
    }

    fn binding(&mut self) -> Option<Pattern> {
        let mut is_plain = true;
        let mut by_ref = false;
        for word in ["ref", "mut"] {
            if self.is_word(word) {
                self.take_word(word)?;
                is_plain = false;
                by_ref |= word == "ref";
            }
        }
        let name = self.word();
        if name.is_empty() || is_keyword(name) {
            return None;
        }
        let at = self.here();
        self.take_word(name)?;
        let sub = if self.is_punct(b'@') {
            self.take(b"@")?;
            Some(Box::new(self.pattern()?))
        } else {
            None
        };
        Some(Pattern::Ident {
            name: Symbol::new(name),
            by_ref,
            can_be_path: is_plain && sub.is_none(),
            sub,
            at,
        })
    }

    fn path_pattern(&mut self) -> Option<Pattern> {
        let (path, _) = self.qualified(Style::Value)?;
        if self.is_open(b'(') {
            self.open(b'(')?;
            let parts = self.patterns()?;
            self.close(b')')?;
            return Some(Pattern::TupleStruct(path, parts));
        }
        if self.is_open(b'{') {
            return self.struct_pattern(path);
        }
        match self.puncts() {
            [b'.', b'.', _] => self.range_pattern(Expr::Path(path)),
            // A macro's call.
            [b'!', ..] => None,
            _ => Some(Pattern::Path(path)),
        }
    }

    fn struct_pattern(&mut self, path: crate::ir::Path) -> Option<Pattern> {
        self.open(b'{')?;
        let mut fields = Vec::new();
        while !self.is_close() {
            if matches!(self.puncts(), [b'.', b'.', _]) {
                self.take(b"..")?;
                break;
            }
            if matches!(self.word(), "ref" | "mut") {
                let pattern = self.binding()?;
                let Pattern::Ident {
                    name, sub: None, ..
                } = &pattern
                else {
                    return None;
                };
                fields.push((*name, pattern));
            } else {
                let at = self.here();
                let name = self.field_name()?;
                if self.is_punct(b':') && !self.is_colons() {
                    self.take(b":")?;
                    fields.push((name, self.pattern_with_cases()?));
                } else if name
                    .as_str()
                    .starts_with(|first: char| first.is_ascii_digit())
                {
                    return None;
                } else {
                    fields.push((
                        name,
                        Pattern::Ident {
                            name,
                            by_ref: false,
                            can_be_path: false,
                            sub: None,
                            at,
                        },
                    ));
                }
            }
            if self.is_close() {
                break;
            }
            self.comma()?;
        }
        self.close(b'}')?;
        Some(Pattern::Struct(path, fields))
    }

    fn patterns(&mut self) -> Option<Vec<Pattern>> {
        let mut parts = Vec::new();
        while !self.is_close() {
            parts.push(self.pattern_with_cases()?);
            if self.is_close() {
                break;
            }
            self.comma()?;
        }
        Some(parts)
    }

    fn parenthesized_pattern(&mut self) -> Option<Pattern> {
        self.open(b'(')?;
        let mut parts = Vec::new();
        let mut has_comma = false;
        while !self.is_close() {
            parts.push(self.pattern_with_cases()?);
            if self.is_close() {
                break;
            }
            self.comma()?;
            has_comma = true;
        }
        let is_rest = matches!(parts.as_slice(), [Pattern::Rest]);
        if parts.len() == 1 && has_comma && !is_rest {
            self.write_operator(b",");
        }
        self.close(b')')?;
        if parts.len() == 1 && !has_comma && !is_rest {
            return parts.pop();
        }
        Some(Pattern::Tuple(parts))
    }

    fn value_pattern(&mut self) -> Option<Pattern> {
        let value = self.bound_literal()?;
        match self.puncts() {
            [b'.', b'.', _] => self.range_pattern(value),
            _ => Some(Pattern::Value(vec![value])),
        }
    }

    fn bound_literal(&mut self) -> Option<Expr> {
        if self.is_punct(b'-') {
            self.take(b"-")?;
            if self.peek().kind != Kind::Number {
                return None;
            }
        }
        Some(self.literal()?.0)
    }

    fn range_pattern(&mut self, start: Expr) -> Option<Pattern> {
        let closed = match self.puncts() {
            [b'.', b'.', b'='] => true,
            [b'.', b'.', b'.'] => return None,
            _ => false,
        };
        self.take(if closed { b"..=" } else { b".." })?;
        let nothing = self.is_close()
            || self.is_word("if")
            || matches!(self.puncts(), [b'|' | b'=' | b',' | b';', ..])
            || (self.is_punct(b':') && !self.is_colons());
        if nothing {
            return (!closed).then(|| Pattern::Value(vec![start]));
        }
        let end = if self.is_literal() || self.is_punct(b'-') {
            self.bound_literal()?
        } else {
            Expr::Path(self.qualified(Style::Value)?.0)
        };
        Some(Pattern::Value(vec![start, end]))
    }
}
