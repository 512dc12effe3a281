//! Stands in for the macros in fixtures: leaves the function as it is, without the attributes on parameters.
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Keeps the item and drops `#[no_hash]` and `#[hash_by(…)]` on its parameters.
#[proc_macro_attribute]
pub fn checkpoint(_: TokenStream, item: TokenStream) -> TokenStream {
    without_marks(item)
}

/// Keeps the static.
#[proc_macro_attribute]
pub fn capture(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Keeps the static.
#[proc_macro_attribute]
pub fn no_capture(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

fn without_marks(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_mark(&group) => {
                kept.pop();
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let inner = without_marks(group.stream());
                kept.push(Group::new(Delimiter::Parenthesis, inner).into());
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_mark(group: &Group) -> bool {
    let first = group.stream().into_iter().next().map(|token| token.to_string());
    group.delimiter() == Delimiter::Bracket
        && matches!(first.as_deref(), Some("no_hash" | "hash_by"))
}
