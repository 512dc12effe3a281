//! `#[macro_export(local_inner_macros)]`: in the bodies of such a definition a macro's plain name means that of the crate.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// Writes `$crate::` before the macros that a body calls by their name alone.
pub(super) fn calls_of_the_crate(body: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut out = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if is_call(&tokens[..at], &tokens[at + 1..]) => {
                out.extend(dollar_crate(name.span()));
                out.push(token.clone());
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), calls_of_the_crate(group.stream()));
                inner.set_span(group.span());
                out.push(inner.into());
            }
            other => out.push(other.clone()),
        }
    }
    out.into_iter().collect()
}

/// Whether a name between these tokens is called as a macro, and is neither a variable nor the end of a path.
fn is_call(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let is_bang = matches!(after.first(), Some(TokenTree::Punct(bang)) if bang.as_char() == '!');
    let has_input = matches!(after.get(1), Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::None);
    // `else: name!(…)` has one colon, a path two.
    let is_path = matches!(before, [.., TokenTree::Punct(first), TokenTree::Punct(second)] if first.as_char() == ':' && second.as_char() == ':');
    let is_variable =
        matches!(before.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '$');
    is_bang && has_input && !is_path && !is_variable
}

fn dollar_crate(at: Span) -> [TokenTree; 4] {
    let name = Ident::new("crate", at);
    let punct = |character, spacing| {
        let mut punct = Punct::new(character, spacing);
        punct.set_span(at);
        TokenTree::from(punct)
    };
    [
        punct('$', Spacing::Alone),
        name.into(),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
    ]
}
