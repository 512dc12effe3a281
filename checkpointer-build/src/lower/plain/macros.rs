//! Macro calls, which syn and `normalize` read as they do elsewhere.

use super::tokens::Kind;
use super::{Form, Plain, is_keyword};
use crate::ir::Expr;
use crate::lower::Lower;
use crate::normalize::{Nested, write_canonical};

impl Plain<'_> {
    /// A call with braces where a statement stands, which ends there. `None` if there is none, `Some(None)` if it is left to
    /// others.
    pub(super) fn statement_macro(&mut self) -> Option<Option<(Expr, Form)>> {
        let mut at = self.next;
        let kind = |at: usize| self.tokens[at.min(self.tokens.len() - 1)];
        let is_colons = |at: usize| {
            let (first, second) = (kind(at), kind(at + 1));
            first.kind == Kind::Punct
                && second.kind == Kind::Punct
                && (first.byte, second.byte) == (b':', b':')
                && first.end == second.start
        };
        if is_colons(at) {
            at += 2;
        }
        loop {
            let token = kind(at);
            if token.kind != Kind::Word {
                return None;
            }
            let word = self.text_of(token);
            if is_keyword(word) && !matches!(word, "super" | "self" | "Self" | "crate") {
                return None;
            }
            at += 1;
            if !is_colons(at) {
                break;
            }
            at += 2;
        }
        let (bang, behind) = (kind(at), kind(at + 1));
        if bang.kind != Kind::Punct || bang.byte != b'!' {
            return None;
        }
        if behind.kind == Kind::Word {
            return Some(None);
        }
        if behind.kind != Kind::Open || behind.byte != b'{' {
            return None;
        }
        let Some(end) = self.closing(at + 1) else {
            return Some(None);
        };
        let (dot, second) = (kind(end + 1), kind(end + 2));
        let is_range = second.kind == Kind::Punct && second.byte == b'.' && dot.end == second.start;
        if dot.kind == Kind::Punct && (dot.byte == b'?' || (dot.byte == b'.' && !is_range)) {
            return None;
        }
        Some(self.macro_call(self.next, at))
    }

    /// The bracket that closes that one.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The call whose path and exclamation mark stand there.
    pub(super) fn macro_call(&mut self, start: usize, bang: usize) -> Option<(Expr, Form)> {
        let name = self.text_of(self.tokens[bang - 1]);
        if matches!(
            name,
            "thread_local" | "lazy_static" | "cfg_if" | "cfg_select" | "macro_rules"
        ) {
            return None;
        }
        let open = self.tokens[bang + 1];
        if open.kind != Kind::Open {
            return None;
        }
        let end = self.closing(bang + 1)?;
        let first = self.tokens[start];
        let text = &self.text[first.start..self.tokens[end].end];
        let mut call: syn::Macro = syn::parse_str(text).ok()?;
        let mut lower = Lower {
            source: Some(text),
            set: self.set,
            has_cfg: false,
            at: self.pos(first),
            relative: true,
            scopes: self.scopes,
            spelling: String::new(),
            cuts: None,
        };
        let lowered = Expr::Macro(Box::new(lower.macro_call(&mut call)));
        self.scopes = lower.scopes;
        write_canonical(&mut call, Nested::Keep, &mut self.out);
        self.next = end + 1;
        let form = match open.byte {
            b'{' => Form::BraceMacro,
            _ => Form::Macro,
        };
        Some((lowered, form))
    }
}
