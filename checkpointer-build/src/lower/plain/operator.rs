//! Binary operators, by the precedence that they have in syn, and what stands between them.

use super::{Form, Plain};
use crate::ir::Expr;
use crate::symbol::Symbol;

/// How tight operators bind.
pub(super) mod precedence {
    pub(in super::super) const LOWEST: u8 = 0;
    pub(in super::super) const ASSIGN: u8 = 1;
    pub(in super::super) const RANGE: u8 = 2;
    pub(in super::super) const COMPARE: u8 = 5;
    pub(in super::super) const CAST: u8 = 12;
}

use precedence::{ASSIGN, CAST, COMPARE, LOWEST, RANGE};

impl Plain<'_> {
    pub(super) fn expr(&mut self) -> Option<(Expr, Form)> {
        self.expr_in(true)
    }

    /// `structs`: whether a path before a brace may begin a struct.
    pub(super) fn expr_in(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let first = self.unary(structs)?;
        self.operators(first, structs, LOWEST)
    }

    /// Goes on behind an operand, as long as operators bind as tight as `base`.
    pub(super) fn operators(
        &mut self,
        (mut left, mut form): (Expr, Form),
        structs: bool,
        base: u8,
    ) -> Option<(Expr, Form)> {
        loop {
            if form == Form::Range {
                break;
            }
            if let Some((operator, precedence)) = self.binary() {
                if precedence < base {
                    break;
                }
                if precedence == COMPARE && form == Form::Comparison {
                    return None;
                }
                self.take(operator.as_bytes())?;
                let right = self.right(structs, precedence)?;
                left = Expr::Binary(Symbol::new(operator), Box::new(left), Box::new(right));
                form = match precedence {
                    COMPARE => Form::Comparison,
                    _ => Form::Other,
                };
                continue;
            }
            match self.puncts() {
                [b'=', after, _] if after != b'>' && ASSIGN >= base => {
                    self.take(b"=")?;
                    let right = self.right(structs, ASSIGN)?;
                    left = Expr::Assign(Box::new(left), Box::new(right));
                    form = Form::Other;
                }
                [b'.', b'.', _] if RANGE >= base => {
                    let (end, closed) = self.range_end(structs)?;
                    left = Expr::Range(Some(Box::new(left)), end, closed);
                    form = Form::Range;
                }
                [b'<', b'-', _] => return None,
                _ if self.is_word("as") && CAST >= base => {
                    self.take_word("as")?;
                    let ty = self.ty()?;
                    let follows = self.peek();
                    // What would be called, indexed or asked for a member is an error there.
                    if matches!(follows.byte, b'(' | b'[' | b'?')
                        || matches!(self.puncts(), [b'.', other, _] if other != b'.')
                    {
                        return None;
                    }
                    left = Expr::Cast(Box::new(left), Box::new(ty));
                    form = Form::Other;
                }
                _ => break,
            }
        }
        Some((left, form))
    }

    /// The right side of an operator.
    fn right(&mut self, structs: bool, precedence: u8) -> Option<Expr> {
        let (mut right, mut form) = self.unary(structs)?;
        loop {
            let next = self.next_precedence();
            if next > precedence || (next == precedence && precedence == ASSIGN) {
                let before = self.next;
                (right, form) = self.operators((right, form), structs, next)?;
                if before == self.next {
                    break;
                }
            } else {
                break;
            }
        }
        Some(right)
    }

    fn next_precedence(&self) -> u8 {
        if let Some((_, precedence)) = self.binary() {
            return precedence;
        }
        match self.puncts() {
            [b'=', after, _] if after != b'>' => ASSIGN,
            [b'.', b'.', _] => RANGE,
            _ if self.is_word("as") => CAST,
            _ => LOWEST,
        }
    }

    /// Takes `..` or `..=` and what follows.
    pub(super) fn range_end(&mut self, structs: bool) -> Option<(Option<Box<Expr>>, bool)> {
        let closed = match self.puncts() {
            [b'.', b'.', b'='] => true,
            [b'.', b'.', b'.'] => return None,
            _ => false,
        };
        self.take(if closed { b"..=" } else { b".." })?;
        if !closed && self.nothing_follows(structs) {
            return Some((None, false));
        }
        let end = self.right(structs, RANGE)?;
        Some((Some(Box::new(end)), closed))
    }

    /// Whether what follows `..` is not its end.
    fn nothing_follows(&self, structs: bool) -> bool {
        if self.is_close() || self.is_word("as") || (!structs && self.is_open(b'{')) {
            return true;
        }
        match self.puncts() {
            [b'.', after, _] => after != b'.',
            [
                b',' | b';' | b'?' | b'=' | b'+' | b'/' | b'%' | b'^' | b'>',
                ..,
            ] => true,
            [b'<' | b'!' | b'-' | b'*' | b'&' | b'|', b'=', _] => true,
            [b'<', b'<', b'='] => true,
            _ => false,
        }
    }

    /// The binary operator that stands next, and its precedence.
    fn binary(&self) -> Option<(&'static str, u8)> {
        Some(match self.puncts() {
            [b'+', b'=', _] => ("+=", ASSIGN),
            [b'-', b'=', _] => ("-=", ASSIGN),
            [b'*', b'=', _] => ("*=", ASSIGN),
            [b'/', b'=', _] => ("/=", ASSIGN),
            [b'%', b'=', _] => ("%=", ASSIGN),
            [b'^', b'=', _] => ("^=", ASSIGN),
            [b'&', b'=', _] => ("&=", ASSIGN),
            [b'|', b'=', _] => ("|=", ASSIGN),
            [b'<', b'<', b'='] => ("<<=", ASSIGN),
            [b'>', b'>', b'='] => (">>=", ASSIGN),
            [b'&', b'&', _] => ("&&", 4),
            [b'|', b'|', _] => ("||", 3),
            [b'<', b'<', _] => ("<<", 9),
            [b'>', b'>', _] => (">>", 9),
            [b'=', b'=', _] => ("==", COMPARE),
            [b'<', b'=', _] => ("<=", COMPARE),
            [b'!', b'=', _] => ("!=", COMPARE),
            [b'>', b'=', _] => (">=", COMPARE),
            [b'+', ..] => ("+", 10),
            [b'-', after, _] if after != b'>' => ("-", 10),
            [b'*', ..] => ("*", 11),
            [b'/', ..] => ("/", 11),
            [b'%', ..] => ("%", 11),
            [b'^', ..] => ("^", 7),
            [b'&', ..] => ("&", 8),
            [b'|', ..] => ("|", 6),
            [b'<', after, _] if after != b'-' => ("<", COMPARE),
            [b'>', ..] => (">", COMPARE),
            _ => return None,
        })
    }
}
