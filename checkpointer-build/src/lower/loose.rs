//! Tokens of which nobody knows what they become: the arguments of foreign macros and attributes.
//!
//! They are read as expressions where that goes, part by part; of the rest every name counts as a
//! path and as a method, so that nothing that is mentioned is lost.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr as SynExpr, Token};

use super::Lower;
use crate::cfg::CfgSet;
use crate::ir::{Expr, MethodCall, Path, Pos, Segment, Type};
use crate::symbol::Symbol;

/// How often the reading of one sequence may begin anew before only its names are taken.
const RESTARTS: usize = 200;

/// Words that name nothing, as far as they can be told without an edition.
const KEYWORDS: &[&str] = &[
    "_", "as", "break", "const", "continue", "dyn", "else", "enum", "extern", "false", "fn", "for",
    "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "static", "struct", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// What strings may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// `{x}` in them is the variable `x`.
    Format,
    /// They may spell a path, type or expression.
    Path,
}

/// Reads the text of a call whose macro is not known.
pub(crate) fn macro_args(text: &str, at: Pos) -> Vec<Expr> {
    let mut out = Vec::new();
    if let Ok(tokens) = text.parse::<TokenStream>() {
        read(
            &mut Lower::of_expansion(at, 0, &CfgSet::default()),
            tokens,
            Strings::Format,
            &mut out,
        );
    }
    out
}

/// Adds every expression and every name in the tokens.
pub(super) fn read(
    lower: &mut Lower<'_>,
    tokens: TokenStream,
    strings: Strings,
    out: &mut Vec<Expr>,
) {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                parts.push(std::mem::take(&mut part));
            }
            TokenTree::Punct(punct)
                if punct.as_char() == '='
                    && matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>') =>
            {
                tokens.next();
                parts.push(std::mem::take(&mut part));
            }
            _ => part.push(token),
        }
    }
    parts.push(part);
    for part in parts {
        if !part.is_empty() {
            read_part(lower, part, strings, out);
        }
    }
}

fn read_part(lower: &mut Lower<'_>, part: Vec<TokenTree>, strings: Strings, out: &mut Vec<Expr>) {
    let key = match part.first() {
        Some(TokenTree::Ident(key)) => lower.name(key),
        _ => Symbol::new(""),
    };
    for token in &part {
        if let TokenTree::Literal(literal) = token
            && let syn::Lit::Str(text) = syn::Lit::new(literal.clone())
        {
            match strings {
                Strings::Format if text.value().contains('{') => {
                    lower.captures(&text, &[], &mut Vec::new(), out);
                }
                Strings::Format => {}
                Strings::Path => lower.string(&key, &text, out),
            }
        }
    }
    if let [TokenTree::Literal(_)] = part.as_slice() {
        return;
    }
    let stream: TokenStream = part.iter().cloned().collect();
    if let Ok(mut value) = syn::parse2::<SynExpr>(stream.clone())
        && !matches!(value, SynExpr::Verbatim(_))
    {
        let value = lower.expr(&mut value);
        out.push(value);
        return;
    }
    if let Ok(mut ty) = syn::parse2::<syn::Type>(stream.clone())
        && !matches!(
            ty,
            syn::Type::Verbatim(_) | syn::Type::Tuple(_) | syn::Type::Macro(_)
        )
    {
        let ty: Type = lower.ty(&mut ty);
        out.push(Expr::Cast(Box::new(Expr::Infer), Box::new(ty)));
        return;
    }
    let mut restarts = 0;
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if restarts < RESTARTS && starts_expression(input) {
                restarts += 1;
                let ahead = input.fork();
                if let Ok(mut value) = ahead.parse::<SynExpr>()
                    && !matches!(value, SynExpr::Verbatim(_) | SynExpr::Lit(_))
                {
                    input.advance_to(&ahead);
                    if let SynExpr::Path(path) = &value
                        && let Some(ident) = path.path.get_ident()
                    {
                        let ident = ident.clone();
                        name(lower, &ident, out);
                        continue;
                    }
                    let value = lower.expr(&mut value);
                    out.push(value);
                    continue;
                }
            }
            match input.parse::<TokenTree>()? {
                TokenTree::Ident(ident) => name(lower, &ident, out),
                TokenTree::Group(group) => read(lower, group.stream(), strings, out),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        Ok(())
    };
    // The parser takes any token, so it comes to the end.
    let _: syn::Result<()> = parser.parse2(stream);
}

/// Whether trying to read an expression is worth it: at a name or an opening bracket. A brace may
/// hold anything, so it is looked into part by part.
fn starts_expression(input: ParseStream<'_>) -> bool {
    let is_name = input.peek(syn::Ident)
        || input.peek(Token![self])
        || input.peek(Token![Self])
        || input.peek(Token![crate])
        || input.peek(Token![super]);
    is_name
        || input.peek(Token![|])
        || input.peek(Token![move])
        || input.peek(Token![async])
        || input.peek(Token![if])
        || input.peek(Token![match])
        || input.peek(Token![::])
        || input.peek(Token![<])
}

/// A name that may be anything: a path and a method.
fn name(lower: &mut Lower<'_>, ident: &syn::Ident, out: &mut Vec<Expr>) {
    let at = lower.pos(ident.span());
    let name = lower.name(ident);
    if KEYWORDS.contains(&name.as_str()) {
        return;
    }
    out.push(Expr::Path(Path {
        qself: None,
        global: false,
        segments: vec![Segment { name, args: None }],
        at,
    }));
    out.push(Expr::Method(Box::new(MethodCall {
        receiver: Expr::Infer,
        name,
        turbofish: Vec::new(),
        args: Vec::new(),
        at,
    })));
}
