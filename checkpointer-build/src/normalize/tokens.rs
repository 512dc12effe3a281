//! Canonical bytes of a token stream: kind, length and text of each token, and nothing about its position.

use std::fmt::{self, Write};

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

/// Pairs of punctuation that mean something else together than apart. Other neighbours (`,*` in a macro) may be
/// moved apart by a formatter, so their spacing is left out.
const JOINED: &[&[u8; 2]] = &[
    b"&&", b"||", b"<<", b">>", b"==", b"!=", b"<=", b">=", b"=>", b"->", b"<-", b"::", b"..",
    b".=", b"+=", b"-=", b"*=", b"/=", b"%=", b"^=", b"&=", b"|=",
];

/// Appends the canonical bytes of a stream. Doc attributes are left out; groups without delimiters are opened where
/// they hold a single token, and marked otherwise, since they bind like parentheses.
pub(crate) fn write_tokens(stream: TokenStream, out: &mut Vec<u8>) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                if punct.as_char() == '#'
                    && matches!(tokens.peek(), Some(TokenTree::Group(group)) if is_doc(group))
                {
                    tokens.next();
                    continue;
                }
                write_punct(&punct, tokens.peek(), out);
            }
            TokenTree::Ident(ident) => write_text(b'i', &ident, out),
            TokenTree::Literal(literal) => write_text(b'l', &literal, out),
            TokenTree::Group(group) => write_group(&group, out),
        }
    }
}

fn write_group(group: &Group, out: &mut Vec<u8>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => (b'(', b')'),
        Delimiter::Brace => (b'{', b'}'),
        Delimiter::Bracket => (b'[', b']'),
        Delimiter::None if group.stream().into_iter().nth(1).is_none() => {
            write_tokens(group.stream(), out);
            return;
        }
        Delimiter::None => (b'<', b'>'),
    };
    out.push(open);
    write_tokens(group.stream(), out);
    out.push(close);
}

fn write_punct(punct: &Punct, next: Option<&TokenTree>, out: &mut Vec<u8>) {
    let joined = punct.spacing() == Spacing::Joint
        && matches!(next, Some(TokenTree::Punct(second)) if is_operator(punct.as_char(), second.as_char()));
    out.push(if joined { b'P' } else { b'p' });
    let mut buffer = [0; 4];
    out.extend_from_slice(punct.as_char().encode_utf8(&mut buffer).as_bytes());
}

fn is_operator(first: char, second: char) -> bool {
    first.is_ascii() && second.is_ascii() && JOINED.contains(&&[first as u8, second as u8])
}

/// Line ends inside a string literal are one character to the compiler, however the file spells them.
fn write_text(kind: u8, text: &impl fmt::Display, out: &mut Vec<u8>) {
    out.push(kind);
    let start = out.len() + 4;
    out.extend_from_slice(&[0; 4]);
    write!(Sink(out), "{text}").expect("a vector takes every write");
    if kind == b'l' && out[start..].contains(&b'\r') {
        let unified = String::from_utf8_lossy(&out[start..]).replace("\r\n", "\n");
        out.truncate(start);
        out.extend_from_slice(unified.as_bytes());
    }
    let length = u32::try_from(out.len() - start).expect("a token is shorter than 4 GiB");
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
}

/// Formats into a vector with less machinery than `io::Write` has: this runs unoptimized, once a token.
struct Sink<'a>(&'a mut Vec<u8>);

impl Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// `[doc = …]` and `[doc(…)]`, as comments arrive in the input of a macro.
fn is_doc(group: &Group) -> bool {
    if group.delimiter() != Delimiter::Bracket {
        return false;
    }
    let mut inside = group.stream().into_iter();
    matches!(inside.next(), Some(TokenTree::Ident(name)) if name == "doc")
        && matches!(inside.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
}
