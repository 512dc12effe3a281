//! Items that stand in the call of a macro that can't be expanded.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parser as _;

use super::{Lower, parse_all};
use crate::cfg::CfgSet;
use crate::ir::{Item, Path, Pos};

/// Lowers the items that stand in the call of a macro that can't be expanded, where they stand.
pub(crate) fn items_in_place(text: &str, of: &Path, base: Pos, set: &CfgSet) -> Option<Vec<Item>> {
    let mut lower = Lower::of_expansion(base, 0, set);
    lower.relative = true;
    items(text, of, lower)
}

/// The same of a call that a macro has written, whose items stand where that macro is called.
pub(crate) fn items_in_made_call(
    text: &str,
    of: &Path,
    at: Pos,
    set: &CfgSet,
) -> Option<Vec<Item>> {
    items(text, of, Lower::of_expansion(at, 0, set))
}

fn items(text: &str, of: &Path, mut lower: Lower<'_>) -> Option<Vec<Item>> {
    let tokens: TokenStream = text.parse().ok()?;
    let parsed = parse_all::<syn::Item>.parse2(tokens.clone());
    let parsed = parsed
        .or_else(|_| parse_all::<syn::Item>.parse2(with_plain_parameters(tokens, of)))
        .ok()?;
    let mut out = Vec::new();
    for item in parsed {
        lower.item(item, &mut out);
    }
    Some(out)
}

/// Functions whose parameters are drawn from something, `fn f(x in source) { … }`, as ones that take anything, and whose body
/// begins with calls of the same macro on the sources. Attributes of the whole call go.
fn with_plain_parameters(tokens: TokenStream, of: &Path) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut sources: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_inner = |next: Option<&TokenTree>| is_punct(next, '!');
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_inner(tokens.peek()) => {
                tokens.nth(1);
            }
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis && names_function(&out) =>
            {
                let plain = parameters(group.stream(), of, &mut sources);
                out.push(regrouped(&group, plain));
            }
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && !sources.is_empty() =>
            {
                let body = sources.drain(..).chain(group.stream()).collect();
                out.push(regrouped(&group, body));
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// Whether `fn name` stands at the end.
fn names_function(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., TokenTree::Ident(word), TokenTree::Ident(_)] if word == "fn")
}

/// The parameters with `_` for a type where they had a source; to the sources a statement is added.
fn parameters(tokens: TokenStream, of: &Path, sources: &mut Vec<TokenTree>) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut source: Option<Vec<TokenTree>> = None;
    for token in tokens {
        match (&mut source, token) {
            (Some(found), TokenTree::Punct(comma)) if comma.as_char() == ',' => {
                sources.extend(call(of, std::mem::take(found)));
                source = None;
                out.push(comma.into());
            }
            (Some(found), token) => found.push(token),
            (None, TokenTree::Ident(word)) if word == "in" => {
                let at = word.span();
                out.push(punct(':', at));
                out.push(Ident::new("_", at).into());
                source = Some(Vec::new());
            }
            (None, token) => out.push(token),
        }
    }
    sources.extend(source.into_iter().flat_map(|found| call(of, found)));
    out.into_iter().collect()
}

/// `path!(input);`
fn call(of: &Path, input: Vec<TokenTree>) -> Vec<TokenTree> {
    let at = input.first().map_or_else(Span::call_site, TokenTree::span);
    let mut out = Vec::new();
    for (count, segment) in of.segments.iter().enumerate() {
        if count > 0 || of.global {
            let mut first = Punct::new(':', Spacing::Joint);
            first.set_span(at);
            out.extend([first.into(), punct(':', at)]);
        }
        out.push(Ident::new(segment.name.trim_start_matches("r#"), at).into());
    }
    let mut input = Group::new(Delimiter::Parenthesis, input.into_iter().collect());
    input.set_span(at);
    out.extend([punct('!', at), input.into(), punct(';', at)]);
    out
}

fn punct(character: char, at: Span) -> TokenTree {
    let mut punct = Punct::new(character, Spacing::Alone);
    punct.set_span(at);
    punct.into()
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn regrouped(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut new = Group::new(group.delimiter(), tokens);
    new.set_span(group.span());
    new.into()
}
