//! Types.

use super::Plain;
use super::path::Style;
use super::tokens::Kind;
use crate::ir::Type;

impl Plain<'_> {
    pub(super) fn ty(&mut self) -> Option<Type> {
        self.deeper(Self::ty_inside)
    }

    /// `: A`, if it stands there.
    pub(super) fn annotation(&mut self) -> Option<Option<Type>> {
        if !self.is_punct(b':') || self.is_colons() {
            return Some(None);
        }
        self.take(b":")?;
        self.ty().map(Some)
    }

    /// `-> A`, if it stands there.
    pub(super) fn result(&mut self) -> Option<Option<Type>> {
        if !matches!(self.puncts(), [b'-', b'>', _]) {
            return Some(None);
        }
        self.take(b"->")?;
        self.ty().map(Some)
    }

    fn ty_inside(&mut self) -> Option<Type> {
        let token = self.peek();
        match (token.kind, token.byte) {
            (Kind::Punct, b'&') => {
                self.take(b"&")?;
                if self.peek().kind == Kind::Lifetime {
                    self.write_lifetime();
                }
                if self.is_word("mut") {
                    self.take_word("mut")?;
                }
                Some(Type::Reference(Box::new(self.ty()?)))
            }
            (Kind::Punct, b'*') => {
                self.take(b"*")?;
                let word = self.word();
                if !matches!(word, "const" | "mut") {
                    return None;
                }
                self.take_word(word)?;
                Some(Type::Pointer(Box::new(self.ty()?)))
            }
            (Kind::Punct, b'!') => {
                self.take(b"!")?;
                Some(Type::Never)
            }
            (Kind::Open, b'(') => self.tuple_type(),
            (Kind::Open, b'[') => {
                self.open(b'[')?;
                let item = Box::new(self.ty()?);
                if self.is_close() {
                    self.close(b']')?;
                    return Some(Type::Slice(item));
                }
                self.take(b";")?;
                let start = self.next;
                let (length, form) = self.expr()?;
                let number = self.length(start, form)?;
                self.close(b']')?;
                Some(Type::Array(item, Box::new(length), number))
            }
            (Kind::Punct, b'<' | b':') => self.path_type(),
            (Kind::Word, _) => match self.word() {
                "_" => {
                    self.take_word("_")?;
                    Some(Type::Infer)
                }
                "dyn" => {
                    self.take_word("dyn")?;
                    Some(Type::Dyn(self.bounds()?))
                }
                "impl" => {
                    self.take_word("impl")?;
                    Some(Type::Impl(self.bounds()?))
                }
                _ => self.path_type(),
            },
            _ => None,
        }
    }

    fn path_type(&mut self) -> Option<Type> {
        let (path, _) = self.qualified(Style::Type)?;
        match self.puncts() {
            // A macro's call, or an object in the old spelling.
            [b'!', after, _] if after != b'=' => None,
            _ => Some(Type::Path(path)),
        }
    }

    fn tuple_type(&mut self) -> Option<Type> {
        self.open(b'(')?;
        if self.is_close() {
            self.close(b')')?;
            return Some(Type::Tuple(Vec::new()));
        }
        let first = self.ty()?;
        if self.is_close() {
            self.close(b')')?;
            return Some(first);
        }
        let mut parts = vec![first];
        while !self.is_close() {
            self.comma()?;
            if self.is_close() {
                break;
            }
            parts.push(self.ty()?);
        }
        if parts.len() == 1 {
            self.write_operator(b",");
        }
        self.close(b')')?;
        Some(Type::Tuple(parts))
    }
}
