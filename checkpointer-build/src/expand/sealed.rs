//! What a macro hands on to another one stays whole: in memory as a group without delimiters, and as text, which has none, as a
//! group behind a mark.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::ir::MacroCall;

/// Nobody else's identifier.
const MARK: &str = "__checkpointer_sealed";

/// The tokens between a call's delimiters, as the macro that is called gets them.
pub(crate) fn input(call: &MacroCall) -> Option<TokenStream> {
    match &call.sealed {
        Some(text) => Some(restore(text.parse().ok()?)),
        None => call.text.parse().ok(),
    }
}

/// The tokens' text with marks; nothing if no group of them is without delimiters.
pub(crate) fn marked(tokens: &TokenStream) -> Option<String> {
    has_seal(tokens).then(|| mark(tokens.clone()).to_string())
}

/// The tokens with groups in the place of marks.
fn restore(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            out.push(token);
            continue;
        };
        let is_marked = matches!(out.last(), Some(TokenTree::Ident(word)) if word == MARK);
        let delimiter = if is_marked {
            out.pop();
            Delimiter::None
        } else {
            group.delimiter()
        };
        out.push(regrouped(&group, delimiter, restore(group.stream())));
    }
    out.into_iter().collect()
}

fn mark(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            out.push(token);
            continue;
        };
        let delimiter = match group.delimiter() {
            Delimiter::None => {
                out.push(Ident::new(MARK, Span::call_site()).into());
                Delimiter::Brace
            }
            other => other,
        };
        out.push(regrouped(&group, delimiter, mark(group.stream())));
    }
    out.into_iter().collect()
}

fn has_seal(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_seal(&group.stream())
        }
        _ => false,
    })
}

fn regrouped(group: &Group, delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    let mut new = Group::new(delimiter, tokens);
    new.set_span(group.span());
    new.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_survives_as_text() {
        let inner: TokenStream = "a + b".parse().unwrap();
        let sealed = TokenTree::Group(Group::new(Delimiter::None, inner));
        let outer = TokenTree::Group(Group::new(Delimiter::Bracket, sealed.into()));
        let tokens: TokenStream = [TokenTree::Ident(Ident::new("x", Span::call_site())), outer]
            .into_iter()
            .collect();
        let text = marked(&tokens).unwrap();
        let restored = restore(text.parse().unwrap());
        assert!(has_seal(&restored));
        assert_eq!(restored.to_string(), tokens.to_string());
    }

    #[test]
    fn plain_tokens_have_no_marks() {
        assert_eq!(marked(&"a [b] { (c) }".parse().unwrap()), None);
    }
}
