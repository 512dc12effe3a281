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
            let ty = self.annotation()?;
            params.push((pattern, ty));
            if self.is_punct(b'|') {
                break;
            }
            self.comma_unless(|plain| plain.is_punct(b'|'))?;
        }
        self.take(b"|")?;
        let result = self.result()?;
        let body = if result.is_some() {
            Expr::Block(Box::new(self.block()?.0))
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
            body
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
