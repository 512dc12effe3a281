//! Closures.

use super::{Form, Plain};
use crate::ir::{Closure, Expr};

impl Plain<'_> {
    pub(super) fn closure(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let is_async = self.is_word("async");
        for word in ["async", "move"] {
            if self.is_word(word) {
                self.take_word(word)?;
            }
        }
        self.take(b"|")?;
        let mut params = Vec::new();
        while !self.is_punct(b'|') {
            let pattern = self.pattern()?;
            let ty = if self.is_punct(b':') && !self.is_colons() {
                self.take(b":")?;
                Some(self.ty()?)
            } else {
                None
            };
            params.push((pattern, ty));
            if self.is_punct(b'|') {
                break;
            }
            if !self.is_punct(b',') {
                return None;
            }
            self.next += 1;
            if !self.is_punct(b'|') {
                self.write_operator(b",");
            }
        }
        self.take(b"|")?;
        let (result, body) = if matches!(self.puncts(), [b'-', b'>', _]) {
            self.take(b"->")?;
            let ty = self.ty()?;
            let (block, _) = self.block()?;
            (Some(ty), Expr::Block(Box::new(block)))
        } else {
            let start = self.out.len();
            let (body, form) = self.expr_in(structs)?;
            if let Form::Block(alone) = form {
                // Without its braces it might need parentheses there.
                if !structs && alone > 0 {
                    return None;
                }
                self.unwrap(start, alone as usize);
            }
            (None, body)
        };
        Some((
            Expr::Closure(Box::new(Closure {
                params,
                result,
                body,
                is_async,
            })),
            Form::Other,
        ))
    }
}
