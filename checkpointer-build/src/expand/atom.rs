//! Tokens as the compiler counts them: an operator of several characters is one, and so is a lifetime.

use proc_macro2::{Delimiter, Spacing, TokenTree};
use syn::buffer::Cursor;

/// A token that is not a delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// With `r#`, if it is spelled so; `_` too.
    Ident(String),
    Operator(String),
    Literal(String),
    Lifetime(String),
}

/// Longest first, so that the first that fits is the one that the lexer sees.
const OPERATORS: &[&str] = &[
    "<<=", ">>=", "...", "..=", "&&", "||", "<<", ">>", "==", "!=", "<=", ">=", "=>", "->", "<-",
    "::", "..", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=",
];

/// The atom at a place, and the place behind it. None at the end, at a group, and at what an earlier expansion has
/// sealed in a group without delimiters.
pub(super) fn read<'a>(cursor: Cursor<'a>) -> Option<(Atom, Cursor<'a>)> {
    if is_sealed(cursor) {
        return None;
    }
    if let Some((lifetime, rest)) = cursor.lifetime() {
        return Some((Atom::Lifetime(lifetime.to_string()), rest));
    }
    if let Some((ident, rest)) = cursor.ident() {
        return Some((Atom::Ident(ident.to_string()), rest));
    }
    if let Some((literal, rest)) = cursor.literal() {
        return Some((Atom::Literal(literal.to_string()), rest));
    }
    operator(cursor).map(|(operator, rest)| (Atom::Operator(operator), rest))
}

/// Whether a group without delimiters stands here.
pub(super) fn is_sealed(cursor: Cursor) -> bool {
    cursor.group(Delimiter::None).is_some()
}

/// The atom at the head of a list of tokens, and how many of them it takes.
pub(super) fn read_tokens(tokens: &[TokenTree]) -> Option<(Atom, usize)> {
    match tokens.first()? {
        TokenTree::Group(_) => None,
        TokenTree::Ident(ident) => Some((Atom::Ident(ident.to_string()), 1)),
        TokenTree::Literal(literal) => Some((Atom::Literal(literal.to_string()), 1)),
        TokenTree::Punct(punct) => {
            if punct.as_char() == '\''
                && let Some(TokenTree::Ident(name)) = tokens.get(1)
            {
                return Some((Atom::Lifetime(format!("'{name}")), 2));
            }
            let operator = longest(joined(tokens.iter().map_while(|token| match token {
                TokenTree::Punct(punct) => Some((punct.as_char(), punct.spacing())),
                _ => None,
            })));
            let count = operator.chars().count();
            Some((Atom::Operator(operator), count))
        }
    }
}

fn operator(cursor: Cursor) -> Option<(String, Cursor)> {
    let mut places = vec![cursor];
    let mut characters = Vec::new();
    while characters.len() < 3
        && let Some((punct, rest)) = places[places.len() - 1].punct()
    {
        characters.push((punct.as_char(), punct.spacing()));
        places.push(rest);
        if punct.spacing() == Spacing::Alone {
            break;
        }
    }
    if characters.is_empty() {
        return None;
    }
    let operator = longest(joined(characters.into_iter()));
    let rest = places[operator.chars().count()];
    Some((operator, rest))
}

/// The run of at most three characters that stand without a gap.
fn joined(characters: impl Iterator<Item = (char, Spacing)>) -> String {
    let mut run = String::new();
    for (character, spacing) in characters.take(3) {
        run.push(character);
        if spacing == Spacing::Alone {
            break;
        }
    }
    run
}

fn longest(run: String) -> String {
    match OPERATORS
        .iter()
        .find(|operator| run.starts_with(**operator))
    {
        Some(operator) => (*operator).to_owned(),
        None => run.chars().take(1).collect(),
    }
}
