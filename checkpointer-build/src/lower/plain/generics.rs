//! Type parameters, bounds and where clauses.

use super::path::Style;
use super::tokens::Kind;
use super::{Plain, is_keyword};
use crate::ir::{Expr, Generics, Path, Segment, TypeParam};
use crate::symbol::Symbol;

impl Plain<'_> {
    /// `<'a, T: Bound, const N: usize>`, if it stands there.
    pub(super) fn generics(&mut self) -> Option<Generics> {
        let mut found = Generics::default();
        if !self.is_punct(b'<') {
            return Some(found);
        }
        let start = self.out.len();
        self.take(b"<")?;
        let mut any = false;
        while !self.is_punct(b'>') {
            any = true;
            if self.peek().kind == Kind::Lifetime {
                // Those come first in what is printed.
                if !found.types.is_empty() || !found.consts.is_empty() {
                    return None;
                }
                self.write_lifetime();
                self.bounds_behind_colon()?;
            } else if self.is_word("const") {
                self.take_word("const")?;
                let name = self.new_name()?;
                self.take(b":")?;
                let ty = self.ty()?;
                let default = if self.is_punct(b'=') {
                    self.take_lone_equals()?;
                    Some(self.const_argument()?)
                } else {
                    None
                };
                found.consts.push((name, ty, default));
            } else {
                let name = self.new_name()?;
                let bounds = self.bounds_behind_colon()?;
                let default = if self.is_punct(b'=') {
                    self.take_lone_equals()?;
                    Some(self.ty()?)
                } else {
                    None
                };
                found.types.push(TypeParam {
                    name,
                    bounds,
                    default,
                });
            }
            if self.is_punct(b'>') {
                break;
            }
            self.comma_unless(|plain| plain.is_punct(b'>'))?;
        }
        self.take(b">")?;
        if !any {
            self.out.truncate(start);
        }
        Some(found)
    }

    fn const_argument(&mut self) -> Option<Expr> {
        if self.is_literal() {
            return Some(self.literal()?.0);
        }
        let at = self.here();
        let name = self.new_name()?;
        Some(Expr::Path(Path {
            qself: None,
            global: false,
            segments: vec![Segment { name, args: None }],
            at,
        }))
    }

    /// A name that is defined here.
    pub(super) fn new_name(&mut self) -> Option<Symbol> {
        let word = self.word();
        if word.is_empty() || is_keyword(word) {
            return None;
        }
        self.take_word(word)?;
        Some(Symbol::new(word))
    }

    /// `: A + B`; a colon with nothing behind it goes.
    fn bounds_behind_colon(&mut self) -> Option<Vec<Path>> {
        if !self.is_punct(b':') || self.is_colons() {
            return Some(Vec::new());
        }
        let start = self.out.len();
        self.take(b":")?;
        let written = self.out.len();
        let bounds = self.bounds()?;
        if self.out.len() == written {
            self.out.truncate(start);
        }
        Some(bounds)
    }

    fn begins_bound(&self) -> bool {
        match self.peek().kind {
            Kind::Lifetime => true,
            Kind::Word => !self.is_word("where"),
            Kind::Punct => self.is_punct(b'?') || self.is_colons(),
            _ => false,
        }
    }

    /// `A + 'a + ?Sized`: the traits that a type certainly has.
    pub(super) fn bounds(&mut self) -> Option<Vec<Path>> {
        let mut found = Vec::new();
        while self.begins_bound() {
            if self.peek().kind == Kind::Lifetime {
                self.write_lifetime();
            } else if self.is_punct(b'?') {
                self.take(b"?")?;
                self.qualified(Style::Type)?;
            } else {
                self.bound_lifetimes()?;
                found.push(self.qualified(Style::Type)?.0);
            }
            if !self.is_punct(b'+') {
                break;
            }
            self.next += 1;
            if self.begins_bound() {
                self.write_operator(b"+");
            }
        }
        // In parentheses, or in a spelling that is not stable.
        if self.is_open(b'(') || self.is_open(b'[') || self.is_punct(b'<') {
            return None;
        }
        Some(found)
    }

    /// `for<'a>`, if it stands there.
    pub(super) fn bound_lifetimes(&mut self) -> Option<()> {
        if !self.is_word("for") {
            return Some(());
        }
        self.take_word("for")?;
        self.take(b"<")?;
        loop {
            if self.peek().kind != Kind::Lifetime {
                return None;
            }
            self.write_lifetime();
            if self.is_punct(b'>') {
                break;
            }
            self.comma_unless(|plain| plain.is_punct(b'>'))?;
            if self.is_punct(b'>') {
                break;
            }
        }
        self.take(b">")
    }

    /// `where A: B, C: D`, if it stands there, up to a body or semicolon.
    pub(super) fn where_clause(&mut self, generics: &mut Generics) -> Option<()> {
        if !self.is_word("where") {
            return Some(());
        }
        let start = self.out.len();
        self.take_word("where")?;
        let ends = |plain: &Self| {
            plain.peek().kind == Kind::End || plain.is_open(b'{') || plain.is_punct(b';')
        };
        let mut any = false;
        while !ends(self) {
            any = true;
            if self.peek().kind == Kind::Lifetime {
                self.write_lifetime();
                self.take(b":")?;
                self.bounds()?;
            } else {
                self.bound_lifetimes()?;
                let ty = self.ty()?;
                if self.is_colons() {
                    return None;
                }
                self.take(b":")?;
                let bounds = self.bounds()?;
                generics.wheres.push((ty, bounds));
            }
            if ends(self) {
                break;
            }
            self.comma_unless(ends)?;
        }
        if !any {
            self.out.truncate(start);
        }
        Some(())
    }
}
