//! Literals.

use super::tokens::Kind;
use super::{Form, Plain};
use crate::ir::{Expr, Literal};
use crate::symbol::Symbol;

impl Plain<'_> {
    pub(super) fn is_literal(&self) -> bool {
        matches!(self.peek().kind, Kind::Number | Kind::Text)
            || matches!(self.word(), "true" | "false")
    }

    pub(super) fn literal(&mut self) -> Option<(Expr, Form)> {
        let token = self.peek();
        let text = self.text_of(token);
        let (literal, form) = match token.kind {
            Kind::Word => (Literal::Bool, Form::Other),
            Kind::Number => number(text)?,
            _ => (quoted(text)?, Form::Other),
        };
        let kind = match token.kind {
            Kind::Word => b'i',
            _ => b'l',
        };
        self.next += 1;
        self.write_text(kind, text);
        Some((Expr::Literal(literal), form))
    }

    /// The number that an array's length is, whose tokens begin there; `None` if that is not for sure.
    pub(super) fn length(&self, start: usize, form: Form) -> Option<Option<u64>> {
        if form != Form::Integer {
            // In brackets it may be one all the same.
            let first = self.tokens[start];
            return (first.kind != Kind::Open).then_some(None);
        }
        let text = self.text_of(self.tokens[start]);
        let (digits, base) = match text.get(..2) {
            Some("0x") => (&text[2..], 16),
            Some("0o") => (&text[2..], 8),
            Some("0b") => (&text[2..], 2),
            _ => (text, 10),
        };
        let end = digits.find(|one: char| !(one == '_' || one.is_digit(base)));
        let digits = digits[..end.unwrap_or(digits.len())].replace('_', "");
        Some(u64::from_str_radix(&digits, base).ok())
    }
}

fn number(text: &str) -> Option<(Literal, Form)> {
    let is_digit: fn(u8) -> bool = match text.get(..2) {
        Some("0x") => |byte| byte.is_ascii_hexdigit(),
        Some("0o" | "0b") => |byte| byte.is_ascii_digit(),
        _ => |byte| byte.is_ascii_digit(),
    };
    let is_decimal = !matches!(text.get(..2), Some("0x" | "0o" | "0b"));
    let bytes = text.as_bytes();
    let mut at = if is_decimal { 0 } else { 2 };
    let digits = |at: &mut usize| {
        while *at < bytes.len() && (bytes[*at] == b'_' || is_digit(bytes[*at])) {
            *at += 1;
        }
    };
    digits(&mut at);
    let mut is_float = false;
    if is_decimal && bytes.get(at) == Some(&b'.') {
        is_float = true;
        at += 1;
        digits(&mut at);
    }
    if is_decimal && matches!(bytes.get(at), Some(b'e' | b'E')) {
        is_float = true;
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        digits(&mut at);
    }
    let suffix = match &text[at..] {
        "" => None,
        known @ ("u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64"
        | "i128" | "isize")
            if !is_float =>
        {
            Some(known)
        }
        known @ ("f32" | "f64") if is_decimal => {
            let suffix = Some(Symbol::new(known));
            return Some((
                Literal::Float(suffix),
                if is_float { Form::Other } else { Form::Integer },
            ));
        }
        _ => return None,
    };
    let suffix = suffix.map(Symbol::new);
    Some(match is_float {
        true => (Literal::Float(suffix), Form::Other),
        false => (Literal::Int(suffix), Form::Integer),
    })
}

fn quoted(text: &str) -> Option<Literal> {
    match text.as_bytes() {
        [b'"', ..] | [b'r', ..] => Some(Literal::Str),
        [b'\'', ..] => Some(Literal::Char),
        [b'b', b'\'', ..] => Some(Literal::Byte),
        [b'b', b'"', inner @ .., b'"'] => length_of_bytes(inner).map(Literal::ByteStr),
        _ => None,
    }
}

/// How many bytes stand there once escapes are read.
fn length_of_bytes(text: &[u8]) -> Option<u64> {
    let mut at = 0;
    let mut length = 0;
    while at < text.len() {
        at += match (text[at], text.get(at + 1)) {
            (b'\\', Some(b'x')) => 4,
            (b'\\', Some(b'n' | b'r' | b't' | b'0' | b'\\' | b'\'' | b'"')) => 2,
            (b'\\', _) => return None,
            _ => 1,
        };
        length += 1;
    }
    Some(length)
}
