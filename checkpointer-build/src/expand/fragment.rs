//! What the fragment specifiers take: `$x:expr`, `$t:ty` and so on.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Block, Expr, Item, Lit, Meta, Pat, Token, Type, TypePath, Visibility, token};

use super::atom::{self, Atom};

/// The kind of syntax that a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    Block,
    /// Also `_` and `const { … }`, since the 2024 edition.
    Expr,
    Expr2021,
    Ident,
    Item,
    Lifetime,
    Literal,
    Meta,
    /// With alternatives at the top, since the 2021 edition.
    Pat,
    PatParam,
    Path,
    Stmt,
    Tt,
    Ty,
    Vis,
}

impl Fragment {
    /// The fragment of a specifier, as the edition has it.
    pub(super) fn named(specifier: &str, edition: u16) -> Option<Fragment> {
        Some(match specifier {
            "block" => Fragment::Block,
            "expr" if edition >= 2024 => Fragment::Expr,
            "expr" | "expr_2021" => Fragment::Expr2021,
            "ident" => Fragment::Ident,
            "item" => Fragment::Item,
            "lifetime" => Fragment::Lifetime,
            "literal" => Fragment::Literal,
            "meta" => Fragment::Meta,
            "pat" if edition >= 2021 => Fragment::Pat,
            "pat" | "pat_param" => Fragment::PatParam,
            "path" => Fragment::Path,
            "stmt" => Fragment::Stmt,
            "tt" => Fragment::Tt,
            "ty" => Fragment::Ty,
            "vis" => Fragment::Vis,
            _ => return None,
        })
    }

    /// Takes one such fragment off the input, or nothing if there is none.
    pub(super) fn take(self, input: ParseStream) -> Option<TokenStream> {
        let begin = input.cursor();
        if !self.may_begin(begin) {
            return None;
        }
        match self {
            Fragment::Tt => take_tree(input)?,
            Fragment::Vis => drop(input.parse::<Visibility>().ok()?),
            Fragment::Ident | Fragment::Lifetime => take_atom(input)?,
            Fragment::Literal => take_literal(input)?,
            Fragment::Block => drop(input.parse::<Block>().ok()?),
            Fragment::Expr | Fragment::Expr2021 => drop(input.parse::<Expr>().ok()?),
            Fragment::Ty => drop(input.parse::<Type>().ok()?),
            Fragment::Pat => drop(Pat::parse_multi_with_leading_vert(input).ok()?),
            Fragment::PatParam => drop(Pat::parse_single(input).ok()?),
            Fragment::Path => drop(input.parse::<TypePath>().ok()?),
            Fragment::Meta => drop(input.parse::<Meta>().ok()?),
            Fragment::Item => drop(input.parse::<Item>().ok()?),
            Fragment::Stmt => take_statement(input)?,
        }
        Some(self.seal(between(begin, input.cursor())))
    }

    /// The compiler looks at one token before it commits itself to a fragment.
    fn may_begin(self, cursor: Cursor) -> bool {
        if atom::is_sealed(cursor) {
            return !matches!(self, Fragment::Ident | Fragment::Lifetime);
        }
        let atom = atom::read(cursor).map(|(atom, _)| atom);
        match self {
            Fragment::Ident => matches!(atom, Some(Atom::Ident(name)) if name != "_"),
            Fragment::Lifetime => matches!(atom, Some(Atom::Lifetime(_))),
            Fragment::Expr2021 => {
                !matches!(atom, Some(Atom::Ident(name)) if name == "_" || begins_const_block(&name, cursor))
            }
            Fragment::Block => cursor.group(Delimiter::Brace).is_some(),
            Fragment::Vis => match atom {
                Some(Atom::Ident(_) | Atom::Lifetime(_)) => true,
                Some(Atom::Operator(operator)) => {
                    matches!(
                        operator.as_str(),
                        "," | "!" | "*" | "&" | "&&" | "?" | "<" | "<<" | "::" | "#"
                    )
                }
                Some(Atom::Literal(_)) => false,
                None => {
                    cursor.group(Delimiter::Parenthesis).is_some()
                        || cursor.group(Delimiter::Bracket).is_some()
                }
            },
            _ => !cursor.eof(),
        }
    }

    /// Wraps what must stay whole. The others end where they end by themselves, but that a visibility is there at all shows in
    /// no other way.
    fn seal(self, tokens: TokenStream) -> TokenStream {
        let mut only = tokens.clone().into_iter();
        if let (Some(TokenTree::Group(group)), None) = (only.next(), only.next())
            && group.delimiter() == Delimiter::None
        {
            return tokens;
        }
        match self {
            // A statement in such a group would be no statement to syn.
            Fragment::Ident | Fragment::Lifetime | Fragment::Tt | Fragment::Stmt => tokens,
            _ => TokenTree::Group(Group::new(Delimiter::None, tokens)).into(),
        }
    }
}

fn begins_const_block(name: &str, cursor: Cursor) -> bool {
    name == "const"
        && cursor
            .ident()
            .is_some_and(|(_, rest)| rest.group(Delimiter::Brace).is_some())
}

fn take_atom(input: ParseStream) -> Option<()> {
    input
        .step(|cursor| atom::read(*cursor).ok_or_else(|| cursor.error("no token")))
        .ok()
        .map(drop)
}

/// One token, as the compiler counts them, or one group.
fn take_tree(input: ParseStream) -> Option<()> {
    if take_atom(input).is_some() {
        return Some(());
    }
    input
        .step(|cursor| match cursor.token_tree() {
            Some((TokenTree::Group(_), rest)) => Ok(((), rest)),
            _ => Err(cursor.error("no token")),
        })
        .ok()
}

fn take_literal(input: ParseStream) -> Option<()> {
    if input.peek(Token![-]) {
        input.parse::<Token![-]>().ok()?;
        return matches!(input.parse::<Lit>().ok()?, Lit::Int(_) | Lit::Float(_)).then_some(());
    }
    input.parse::<Lit>().ok().map(drop)
}

/// A statement without the semicolon behind it.
fn take_statement(input: ParseStream) -> Option<()> {
    let ahead = input.fork();
    if let Ok(item) = ahead.parse::<Item>()
        && !matches!(item, Item::Macro(_) | Item::Verbatim(_))
    {
        advance(input, &ahead);
        return Some(());
    }
    input.call(syn::Attribute::parse_outer).ok()?;
    if !input.peek(Token![let]) {
        return Expr::parse_with_earlier_boundary_rule(input).ok().map(drop);
    }
    input.parse::<Token![let]>().ok()?;
    Pat::parse_multi_with_leading_vert(input).ok()?;
    if input.peek(Token![:]) {
        input.parse::<Token![:]>().ok()?;
        input.parse::<Type>().ok()?;
    }
    if input.peek(Token![=]) {
        input.parse::<Token![=]>().ok()?;
        input.parse::<Expr>().ok()?;
        if input.peek(Token![else]) && input.peek2(token::Brace) {
            input.parse::<Token![else]>().ok()?;
            input.parse::<Block>().ok()?;
        }
    }
    Some(())
}

fn advance<'a>(input: &ParseBuffer<'a>, ahead: &ParseBuffer<'a>) {
    syn::parse::discouraged::Speculative::advance_to(input, ahead);
}

/// The tokens between two places. The last one's spacing is cut: what follows it in the call doesn't follow it in the
/// expansion.
fn between(begin: Cursor, end: Cursor) -> TokenStream {
    let mut tokens = Vec::new();
    let mut cursor = begin;
    while cursor < end {
        let Some((token, next)) = cursor.token_tree() else {
            break;
        };
        if next > end {
            // The fragment ends within a group without delimiters.
            let Some((inside, _, _)) = cursor.group(Delimiter::None) else {
                break;
            };
            cursor = inside;
            continue;
        }
        tokens.push(token);
        cursor = next;
    }
    if let Some(TokenTree::Punct(last)) = tokens.last_mut() {
        let mut alone = Punct::new(last.as_char(), Spacing::Alone);
        alone.set_span(last.span());
        *last = alone;
    }
    tokens.into_iter().collect()
}
