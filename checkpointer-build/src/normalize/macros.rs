//! Macro calls and definitions: formatters reach into them too, so their input is read where it can be.
//!
//! Input between parentheses or brackets that reads as a list of expressions is rewritten like any other; rustfmt does
//! the same to it. All other input keeps its tokens, because to a macro everything may mean something.

use std::mem;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, format_ident};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ItemMacro, Macro, MacroDelimiter, StmtMacro, Token, token};

use super::Nested;
use super::rewrite::Rewriter;

/// Macros of the standard library to which a comma at the end of their input means nothing.
const TOLERANT: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "matches",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Brings a call's input into one spelling.
pub(super) fn normalize(mac: &mut Macro, visitor: &mut impl VisitMut) {
    let is_vec = is_named(mac, &["vec"]);
    if is_vec {
        mac.delimiter = MacroDelimiter::Bracket(token::Bracket::default());
    }
    if matches!(mac.delimiter, MacroDelimiter::Brace(_)) || mac.tokens.is_empty() {
        return;
    }
    if !is_plain(&mac.tokens) {
        if let Ok(mut list) =
            Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone())
        {
            for expr in &mut list {
                visitor.visit_expr_mut(expr);
            }
            mac.tokens = list.to_token_stream();
        } else if is_vec
            && let Ok((mut value, mut length)) = parse_repeat.parse2(mac.tokens.clone())
        {
            visitor.visit_expr_mut(&mut value);
            visitor.visit_expr_mut(&mut length);
            mac.tokens = quote::quote!(#value; #length);
        }
    }
    if is_named(mac, TOLERANT) {
        drop_trailing_comma(&mut mac.tokens);
    }
}

/// A definition's rules stand in braces, one after the other, however they were written. Other macros in the place of
/// an item are calls.
pub(super) fn normalize_item(item: &mut ItemMacro, visitor: &mut impl VisitMut) {
    if item.ident.is_none() || !is_named(&item.mac, &["macro_rules"]) {
        visitor.visit_macro_mut(&mut item.mac);
        return;
    }
    item.mac.delimiter = MacroDelimiter::Brace(token::Brace::default());
    item.semi_token = None;
    item.mac.tokens = normalize_rules(mem::take(&mut item.mac.tokens));
}

/// `vec!{…}` in the place of a statement has become `vec![…]`, which needs no more than other expressions do.
pub(super) fn settle_statement(call: &mut StmtMacro) {
    if call.semi_token.is_none() && is_named(&call.mac, &["vec"]) {
        call.mac.delimiter = MacroDelimiter::Bracket(token::Bracket::default());
    }
}

fn is_named(mac: &Macro, names: &[&str]) -> bool {
    mac.path
        .segments
        .last()
        .is_some_and(|segment| names.iter().any(|name| segment.ident == name))
}

fn parse_repeat(input: ParseStream) -> syn::Result<(Expr, Expr)> {
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok((value, input.parse()?))
}

/// Whether the input is so simple that reading it as expressions would give back the same tokens. A shortcut: most
/// calls are a format string and some names.
fn is_plain(tokens: &TokenStream) -> bool {
    let mut last = ' ';
    let mut count = 0_usize;
    let mut groups = 0_usize;
    for token in tokens.clone() {
        count += 1;
        last = match token {
            TokenTree::Ident(_) | TokenTree::Literal(_) => ' ',
            TokenTree::Punct(punct)
                if matches!(
                    punct.as_char(),
                    '.' | ',' | ':' | '+' | '-' | '/' | '!' | '='
                ) =>
            {
                punct.as_char()
            }
            TokenTree::Punct(_) => return false,
            TokenTree::Group(group) => {
                if group.delimiter() != Delimiter::Parenthesis || !is_plain(&group.stream()) {
                    return false;
                }
                groups += 1;
                ' '
            }
        };
    }
    last != ',' && !(count == 1 && groups == 1)
}

fn drop_trailing_comma(tokens: &mut TokenStream) {
    let mut list: Vec<TokenTree> = mem::take(tokens).into_iter().collect();
    if matches!(list.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        list.pop();
    }
    *tokens = list.into_iter().collect();
}

/// Each rule is `(matcher) => {body}`, with `;` between them.
fn normalize_rules(tokens: TokenStream) -> TokenStream {
    let mut rules: Vec<TokenTree> = tokens.into_iter().collect();
    for index in 0..rules.len() {
        let follows_arrow =
            index >= 2 && is_punct(&rules[index - 2], '=') && is_punct(&rules[index - 1], '>');
        if follows_arrow && let TokenTree::Group(body) = &rules[index] {
            rules[index] = Group::new(Delimiter::Brace, normalize_body(body.stream())).into();
        }
    }
    if rules.last().is_some_and(|last| is_punct(last, ';')) {
        rules.pop();
    }
    rules.into_iter().collect()
}

/// A rule's body that reads as statements once each `$x` is taken for a name is rewritten as such. One with repetitions
/// is left alone, by rustfmt too.
fn normalize_body(body: TokenStream) -> TokenStream {
    let Some(named) = name_variables(body.clone()) else {
        return body;
    };
    let Ok(stmts) = Block::parse_within.parse2(named) else {
        return body;
    };
    let mut block = Block {
        brace_token: token::Brace::default(),
        stmts,
    };
    // What a body declares is the definition's own, also where the caller's nested items are cut.
    Rewriter::new(Nested::Keep).visit_block_mut(&mut block);
    let mut tokens = TokenStream::new();
    tokens.append_all(block.stmts);
    tokens
}

fn name_variables(tokens: TokenStream) -> Option<TokenStream> {
    let mut named = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        named.push(match token {
            token if is_punct(&token, '$') => match tokens.next()? {
                TokenTree::Ident(name) => format_ident!("__checkpointer_variable_{name}").into(),
                _ => return None,
            },
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), name_variables(group.stream())?).into()
            }
            token => token,
        });
    }
    Some(named.into_iter().collect())
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}
