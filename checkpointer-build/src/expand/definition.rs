//! Reading a definition: rules, each with the pattern of a call and the template of its expansion.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use super::ExpandError;
use super::atom::{self, Atom};
use super::fragment::Fragment;
use super::inner::calls_of_the_crate;

/// A `macro_rules!` definition.
#[derive(Clone, Debug)]
pub(crate) struct MacroDef {
    pub(super) rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) pattern: Vec<Pattern>,
    pub(super) body: Vec<Template>,
}

/// An element of what a call may look like.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Atom(Atom),
    Group(Delimiter, Vec<Pattern>),
    Variable(String, Fragment),
    Repetition {
        elements: Vec<Pattern>,
        separator: Option<Atom>,
        count: Count,
        names: Vec<String>,
    },
}

/// An element of what a call becomes.
#[derive(Clone, Debug)]
pub(super) enum Template {
    Token(TokenTree),
    Group(Delimiter, Span, Vec<Template>),
    /// The sign, for a name that turns out to be no variable, and the name.
    Variable(Punct, Ident),
    Crate(Span),
    Repetition {
        elements: Vec<Template>,
        separator: Vec<TokenTree>,
        names: Vec<String>,
    },
    /// `${count(x)}` and its kin, which are unstable.
    Expression,
}

/// How often a repetition may turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Any,
    Some,
    Optional,
}

impl MacroDef {
    /// Reads what stands between the delimiters of `macro_rules! name { … }`. The edition of the crate that defines
    /// it decides what an `expr` and a `pat` may be.
    pub(crate) fn parse(rules: TokenStream, edition: u16) -> Result<MacroDef, ExpandError> {
        Self::parse_with(rules, edition, |body| body)
    }

    /// The same for `#[macro_export(local_inner_macros)]`.
    pub(crate) fn parse_local_inner(
        rules: TokenStream,
        edition: u16,
    ) -> Result<MacroDef, ExpandError> {
        Self::parse_with(rules, edition, calls_of_the_crate)
    }

    fn parse_with(
        rules: TokenStream,
        edition: u16,
        rewrite: fn(TokenStream) -> TokenStream,
    ) -> Result<MacroDef, ExpandError> {
        let tokens: Vec<TokenTree> = open_invisible(rules);
        let mut rest = tokens.as_slice();
        let mut rules = Vec::new();
        while let [first, others @ ..] = rest {
            let TokenTree::Group(pattern) = first else {
                return Err(unreadable("a rule must begin with a delimiter"));
            };
            let [
                TokenTree::Punct(equals),
                TokenTree::Punct(arrow),
                TokenTree::Group(body),
                others @ ..,
            ] = others
            else {
                return Err(unreadable("a rule must read `(…) => {…}`"));
            };
            if (equals.as_char(), arrow.as_char()) != ('=', '>') {
                return Err(unreadable("a rule must read `(…) => {…}`"));
            }
            rules.push(Rule {
                pattern: patterns(pattern.stream(), edition)?,
                body: templates(rewrite(body.stream())),
            });
            rest = match others {
                [] => others,
                [TokenTree::Punct(semicolon), others @ ..] if semicolon.as_char() == ';' => others,
                _ => return Err(unreadable("rules must be separated by `;`")),
            };
        }
        Ok(MacroDef { rules })
    }
}

/// A definition that a macro made may hold groups without delimiters; in a pattern they mean nothing.
fn open_invisible(stream: TokenStream) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                tokens.extend(open_invisible(group.stream()))
            }
            token => tokens.push(token),
        }
    }
    tokens
}

fn patterns(stream: TokenStream, edition: u16) -> Result<Vec<Pattern>, ExpandError> {
    let tokens = open_invisible(stream);
    let mut rest = tokens.as_slice();
    let mut found = Vec::new();
    while let Some(first) = rest.first() {
        match (first, rest.get(1)) {
            (TokenTree::Punct(dollar), Some(TokenTree::Ident(name))) if dollar.as_char() == '$' => {
                let [TokenTree::Punct(colon), TokenTree::Ident(kind), ..] = &rest[2..] else {
                    return Err(unreadable(&format!("`${name}` has no fragment specifier")));
                };
                let fragment = (colon.as_char() == ':')
                    .then(|| Fragment::named(&kind.to_string(), edition))
                    .flatten();
                let Some(fragment) = fragment else {
                    return Err(unreadable(&format!("`{kind}` is no fragment specifier")));
                };
                found.push(Pattern::Variable(name.to_string(), fragment));
                rest = &rest[4..];
            }
            (TokenTree::Punct(dollar), Some(TokenTree::Group(group)))
                if dollar.as_char() == '$' =>
            {
                let elements = patterns(group.stream(), edition)?;
                let (separator, count, taken) = repetition_end(&rest[2..])?;
                let separator = atom::read_tokens(&rest[2..2 + separator]).map(|(atom, _)| atom);
                let mut names = Vec::new();
                collect_names(&elements, &mut names);
                found.push(Pattern::Repetition {
                    elements,
                    separator,
                    count,
                    names,
                });
                rest = &rest[2 + taken..];
            }
            (TokenTree::Group(group), _) => {
                found.push(Pattern::Group(
                    group.delimiter(),
                    patterns(group.stream(), edition)?,
                ));
                rest = &rest[1..];
            }
            _ => {
                let (atom, taken) =
                    atom::read_tokens(rest).ok_or_else(|| unreadable("a pattern breaks off"))?;
                found.push(Pattern::Atom(atom));
                rest = &rest[taken..];
            }
        }
    }
    Ok(found)
}

/// What follows `$(…)`: the length of the separator, the count, and the length of both.
fn repetition_end(tokens: &[TokenTree]) -> Result<(usize, Count, usize), ExpandError> {
    if let Some(count) = count(tokens.first()) {
        return Ok((0, count, 1));
    }
    let separator = match atom::read_tokens(tokens) {
        Some((_, length)) => length,
        None => return Err(unreadable("a repetition lacks its `*`, `+` or `?`")),
    };
    match count(tokens.get(separator)) {
        Some(count) => Ok((separator, count, separator + 1)),
        None => Err(unreadable("a repetition lacks its `*`, `+` or `?`")),
    }
}

fn count(token: Option<&TokenTree>) -> Option<Count> {
    match token? {
        TokenTree::Punct(punct) => match punct.as_char() {
            '*' => Some(Count::Any),
            '+' => Some(Count::Some),
            '?' => Some(Count::Optional),
            _ => None,
        },
        _ => None,
    }
}

fn collect_names(patterns: &[Pattern], names: &mut Vec<String>) {
    for pattern in patterns {
        match pattern {
            Pattern::Atom(_) => {}
            Pattern::Group(_, inner) => collect_names(inner, names),
            Pattern::Variable(name, _) => names.push(name.clone()),
            Pattern::Repetition { names: inner, .. } => names.extend(inner.iter().cloned()),
        }
    }
}

fn templates(stream: TokenStream) -> Vec<Template> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut found = Vec::new();
    while let Some(first) = rest.first() {
        let (template, taken) = match (first, rest.get(1)) {
            (TokenTree::Punct(dollar), Some(TokenTree::Ident(name))) if dollar.as_char() == '$' => {
                if name == "crate" {
                    (Template::Crate(name.span()), 2)
                } else {
                    (Template::Variable(dollar.clone(), name.clone()), 2)
                }
            }
            (TokenTree::Punct(dollar), Some(TokenTree::Punct(second)))
                if is_doubled(dollar, second) =>
            {
                (Template::Token(alone(dollar)), 2)
            }
            (TokenTree::Punct(dollar), Some(TokenTree::Group(group)))
                if dollar.as_char() == '$' =>
            {
                match (group.delimiter(), repetition_end(&rest[2..])) {
                    (Delimiter::Parenthesis, Ok((separator, _, taken))) => {
                        (repetition(group, &rest[2..2 + separator]), 2 + taken)
                    }
                    (Delimiter::Brace, _) => (Template::Expression, 2),
                    _ => (Template::Token(first.clone()), 1),
                }
            }
            (TokenTree::Group(group), _) => (
                Template::Group(group.delimiter(), group.span(), templates(group.stream())),
                1,
            ),
            // What a variable stands for must not melt with the operator before it.
            (TokenTree::Punct(punct), Some(TokenTree::Punct(next))) if next.as_char() == '$' => {
                (Template::Token(alone(punct)), 1)
            }
            _ => (Template::Token(first.clone()), 1),
        };
        found.push(template);
        rest = &rest[taken..];
    }
    found
}

fn repetition(group: &Group, separator: &[TokenTree]) -> Template {
    let elements = templates(group.stream());
    let mut names = Vec::new();
    collect_used(&elements, &mut names);
    let mut separator = separator.to_vec();
    if let Some(TokenTree::Punct(last)) = separator.last() {
        let last = alone(last);
        separator.pop();
        separator.push(last);
    }
    Template::Repetition {
        elements,
        separator,
        names,
    }
}

fn collect_used(templates: &[Template], names: &mut Vec<String>) {
    for template in templates {
        match template {
            Template::Variable(_, name) => names.push(name.to_string()),
            Template::Group(_, _, inner) => collect_used(inner, names),
            Template::Repetition { names: inner, .. } => names.extend(inner.iter().cloned()),
            Template::Token(_) | Template::Crate(_) | Template::Expression => {}
        }
    }
}

fn is_doubled(first: &Punct, second: &Punct) -> bool {
    first.as_char() == '$' && second.as_char() == '$' && first.spacing() == Spacing::Joint
}

fn alone(punct: &Punct) -> TokenTree {
    let mut alone = Punct::new(punct.as_char(), Spacing::Alone);
    alone.set_span(punct.span());
    alone.into()
}

fn unreadable(what: &str) -> ExpandError {
    ExpandError::Definition(what.to_owned())
}
