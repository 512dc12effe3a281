//! Which attributes count, and in what spelling.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, Ident, Meta, Path, Token, token};

/// Attributes that steer lints, documentation and the optimizer, never a result; the frequent ones first.
const SILENT: &[&str] = &[
    "doc",
    "inline",
    "allow",
    "must_use",
    "automatically_derived",
    "cold",
    "deny",
    "deprecated",
    "expect",
    "forbid",
    "warn",
];

/// Tools whose attributes the compiler doesn't act upon.
const SILENT_TOOLS: &[&str] = &["clippy", "diagnostic", "rustdoc", "rustfmt"];

/// Drops the attributes that don't count and brings the others into one spelling.
pub(super) fn normalize(attrs: &mut Vec<Attribute>, visitor: &mut impl VisitMut) {
    attrs.retain_mut(|attr| keep(attr, visitor));
    merge_derives(attrs);
}

fn keep(attr: &mut Attribute, visitor: &mut impl VisitMut) -> bool {
    let path = attr.path();
    if is_silent_path(path) {
        return false;
    }
    if path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "checkpoint")
    {
        return keep_what_counts(attr, visitor);
    }
    let conditional = path.is_ident("cfg_attr");
    let hashing = path.is_ident("hash_by");
    let Meta::List(list) = &mut attr.meta else {
        return true;
    };
    if conditional {
        return keep_conditional(&mut list.tokens);
    }
    if hashing && let Ok(mut closure) = syn::parse2::<Expr>(list.tokens.clone()) {
        visitor.visit_expr_mut(&mut closure);
        list.tokens = closure.to_token_stream();
        return true;
    }
    list.tokens = without_trailing_commas(std::mem::take(&mut list.tokens));
    true
}

fn is_silent_path(path: &Path) -> bool {
    let Some(first) = path.segments.first() else {
        return false;
    };
    let names = silent(path.segments.len() > 1);
    names.iter().any(|name| first.ident == name)
}

/// Whether an attribute whose path begins with that name, and goes on or not, counts for nothing.
pub(crate) fn is_silent(first: &str, goes_on: bool) -> bool {
    silent(goes_on).contains(&first)
}

fn silent(goes_on: bool) -> &'static [&'static str] {
    if goes_on { SILENT_TOOLS } else { SILENT }
}

/// Of `#[checkpoint(…)]` only `hash_by` and `depends_on` count; without them it leaves no trace. Arguments that can't
/// be read stay as they are: the macro will refuse them, and no hash matters then.
fn keep_what_counts(attr: &mut Attribute, visitor: &mut impl VisitMut) -> bool {
    let Meta::List(list) = &mut attr.meta else {
        return false;
    };
    let Ok(mut options) = parse_options.parse2(list.tokens.clone()) else {
        return true;
    };
    options.retain(|option| option.name == "hash_by" || option.name == "depends_on");
    if options.is_empty() {
        return false;
    }
    options.sort_by(|a, b| b.name.cmp(&a.name));
    let options = options
        .into_iter()
        .map(|CountedOption { name, mut value }| {
            visitor.visit_expr_mut(&mut value);
            quote!(#name = #value)
        });
    list.tokens = quote!(#(#options),*);
    list.path = Ident::new("checkpoint", proc_macro2::Span::call_site()).into();
    true
}

struct CountedOption {
    name: Ident,
    value: Expr,
}

/// Options are `name`, `name = value` or `name(values)`; the last is read as a tuple.
fn parse_options(input: ParseStream) -> syn::Result<Vec<CountedOption>> {
    let mut options = Vec::new();
    while !input.is_empty() {
        let name = Ident::parse_any(input)?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            options.push(CountedOption {
                name,
                value: input.parse()?,
            });
        } else if input.peek(token::Paren) {
            options.push(CountedOption {
                name,
                value: input.parse()?,
            });
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(options)
}

/// `cfg_attr(condition, a, b)` keeps those of its attributes that count.
fn keep_conditional(tokens: &mut TokenStream) -> bool {
    let mut parts = split_at_commas(std::mem::take(tokens)).into_iter();
    let condition = parts.next().unwrap_or_default();
    let kept: Vec<TokenStream> = parts.filter(|part| !is_silent_meta(part)).collect();
    let any = !kept.is_empty();
    *tokens = without_trailing_commas(quote!(#condition #(, #kept)*));
    any
}

fn is_silent_meta(tokens: &TokenStream) -> bool {
    let parse_path = |input: ParseStream| {
        let path = Path::parse_mod_style(input)?;
        input.parse::<TokenStream>()?;
        Ok(path)
    };
    tokens.is_empty()
        || parse_path
            .parse2(tokens.clone())
            .is_ok_and(|path| is_silent_path(&path))
}

fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            token => parts
                .last_mut()
                .expect("one part stands from the start")
                .extend([token]),
        }
    }
    parts
}

/// Drops the comma at the end of the list and of the lists in it that belong to a name, as in `any(unix, windows,)`.
/// Parentheses without a name may be a tuple, where the comma counts.
fn without_trailing_commas(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let token = match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis
                    && matches!(kept.last(), Some(TokenTree::Ident(_))) =>
            {
                let mut inside = Group::new(
                    Delimiter::Parenthesis,
                    without_trailing_commas(group.stream()),
                );
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            token => token,
        };
        kept.push(token);
    }
    if matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        kept.pop();
    }
    kept.into_iter().collect()
}

/// `#[derive(A)] #[derive(B)]` is `#[derive(A, B)]`.
fn merge_derives(attrs: &mut Vec<Attribute>) {
    attrs.dedup_by(|next, first| {
        let (Meta::List(next), Meta::List(first)) = (&next.meta, &mut first.meta) else {
            return false;
        };
        if !next.path.is_ident("derive") || !first.path.is_ident("derive") {
            return false;
        }
        let (before, after) = (std::mem::take(&mut first.tokens), &next.tokens);
        first.tokens = match (before.is_empty(), after.is_empty()) {
            (true, _) => after.clone(),
            (_, true) => before,
            _ => quote!(#before, #after),
        };
        true
    });
}
