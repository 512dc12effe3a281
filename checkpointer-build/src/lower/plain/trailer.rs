//! What stands behind an operand: calls, members, indices, `?`.

use super::tokens::Kind;
use super::{Form, Plain, is_keyword};
use crate::ir::{Expr, GenericArgs, MethodCall};
use crate::lower::expression::also;
use crate::lower::pattern::tuple_field;
use crate::symbol::Symbol;

impl Plain<'_> {
    pub(super) fn trailers(&mut self, (mut found, mut form): (Expr, Form)) -> Option<(Expr, Form)> {
        loop {
            let token = self.peek();
            match (token.kind, token.byte) {
                (Kind::Open, b'(') => {
                    let args = self.arguments()?;
                    found = Expr::Call(Box::new(found), args);
                }
                (Kind::Open, b'[') => {
                    self.open(b'[')?;
                    let (index, _) = self.expr()?;
                    self.close(b']')?;
                    found = Expr::Index(Box::new(found), Box::new(index));
                }
                (Kind::Punct, b'?') if form != Form::Range => {
                    self.take(b"?")?;
                    found = Expr::Try(Box::new(found));
                }
                (Kind::Punct, b'.') if form != Form::Range => {
                    if matches!(self.puncts(), [b'.', b'.', _]) {
                        return Some((found, form));
                    }
                    found = self.member(found)?;
                }
                _ => return Some((found, form)),
            }
            form = Form::Other;
        }
    }

    fn arguments(&mut self) -> Option<Vec<Expr>> {
        self.open(b'(')?;
        let mut args = Vec::new();
        while !self.is_close() {
            args.push(self.expr()?.0);
            if self.is_close() {
                break;
            }
            self.comma()?;
        }
        self.close(b')')?;
        Some(args)
    }

    fn member(&mut self, base: Expr) -> Option<Expr> {
        self.take(b".")?;
        let token = self.peek();
        match token.kind {
            Kind::Number => {
                let mut base = base;
                // `x.0.1` reads like a float.
                for (at, part) in self.text_of(token).split('.').enumerate() {
                    let plain = part.bytes().all(|byte| byte.is_ascii_digit());
                    if !plain || part.is_empty() || (part.len() > 1 && part.starts_with('0')) {
                        return None;
                    }
                    if at > 0 {
                        self.write_operator(b".");
                    }
                    self.write_text(b'l', part);
                    base = Expr::Field(Box::new(base), tuple_field(part.parse().ok()?));
                }
                self.next += 1;
                Some(base)
            }
            Kind::Word if self.is_word("await") => {
                self.take_word("await")?;
                Some(Expr::Await(Box::new(base)))
            }
            Kind::Word if !is_keyword(self.word()) => {
                let name = self.word();
                let at = self.here();
                self.take_word(name)?;
                let args = if self.is_colons() {
                    self.take(b"::")?;
                    Some(self.generic_args()?)
                } else {
                    None
                };
                if args.is_none() && !self.is_open(b'(') {
                    return Some(Expr::Field(Box::new(base), Symbol::new(name)));
                }
                let GenericArgs { types, consts, .. } = args.unwrap_or_default();
                Some(Expr::Method(Box::new(MethodCall {
                    receiver: if consts.is_empty() {
                        base
                    } else {
                        also(consts, base)
                    },
                    name: Symbol::new(name),
                    turbofish: types,
                    args: self.arguments()?,
                    at,
                })))
            }
            _ => None,
        }
    }
}
