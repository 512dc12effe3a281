//! Format strings: which variables they capture and which traits they ask for.

use proc_macro2::Span;
use syn::LitStr;

use super::Lower;
use crate::ir::{Expr, Path, Segment};
use crate::symbol::Symbol;

/// All traits by which a format string can print an argument.
pub(super) const TRAITS: &[&str] = &[
    "Display", "Debug", "LowerHex", "UpperHex", "Octal", "Binary", "LowerExp", "UpperExp",
    "Pointer",
];

/// What a format string asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Format<'f> {
    /// The names in `{name}`, `{:name$}` and `{:.name$}`, each once.
    pub(super) names: Vec<&'f str>,
    /// The traits, each once.
    pub(super) traits: Vec<&'static str>,
}

/// Reads a format string. What is malformed is passed over: the compiler reports it.
pub(super) fn read(text: &str) -> Format<'_> {
    let mut format = Format::default();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(end) = rest.find('}') else { break };
        placeholder(&rest[..end], &mut format);
        rest = &rest[end + 1..];
    }
    format
}

/// What stands between `{` and `}`.
fn placeholder<'f>(text: &'f str, format: &mut Format<'f>) {
    let (argument, spec) = text.split_once(':').unwrap_or((text, ""));
    name(argument.trim(), format);
    let spec = spec.trim_end();
    let of_trait = match spec {
        _ if spec.ends_with('?') => "Debug",
        _ if spec.ends_with('x') => "LowerHex",
        _ if spec.ends_with('X') => "UpperHex",
        _ if spec.ends_with('o') => "Octal",
        _ if spec.ends_with('b') => "Binary",
        _ if spec.ends_with('e') => "LowerExp",
        _ if spec.ends_with('E') => "UpperExp",
        _ if spec.ends_with('p') => "Pointer",
        _ => "Display",
    };
    if !format.traits.contains(&of_trait) {
        format.traits.push(of_trait);
    }
    // Fill characters may be anything, a dollar sign included: names end at one and begin after
    // what no name can contain.
    for part in spec.split('$').take(spec.matches('$').count()) {
        let start = part
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
            .last()
            .map_or(part.len(), |(at, _)| at);
        let digits = part[start..]
            .char_indices()
            .find(|(_, c)| !c.is_ascii_digit())
            .map_or(part.len(), |(at, _)| start + at);
        name(&part[digits..], format);
    }
}

fn name<'f>(text: &'f str, format: &mut Format<'f>) {
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text != "_";
    let text = text.strip_prefix("r#").unwrap_or(text);
    if is_name && !format.names.contains(&text) {
        format.names.push(text);
    }
}

impl Lower<'_> {
    /// The variables that a format string captures, as paths, but for the named arguments.
    pub(super) fn captures(
        &mut self,
        literal: &LitStr,
        named: &[Symbol],
        traits: &mut Vec<Symbol>,
        out: &mut Vec<Expr>,
    ) {
        let text = literal.value();
        let format = read(&text);
        for of_trait in &format.traits {
            ask(of_trait, traits);
        }
        for name in format.names {
            if !named.iter().any(|known| known == name) {
                out.push(self.variable(name, literal.span()));
            }
        }
    }

    fn variable(&mut self, name: &str, span: Span) -> Expr {
        Expr::Path(Path {
            qself: None,
            global: false,
            segments: vec![Segment {
                name: Symbol::new(name),
                args: None,
            }],
            at: self.pos(span),
        })
    }
}

/// Adds a trait once.
pub(super) fn ask(of_trait: &str, traits: &mut Vec<Symbol>) {
    let of_trait = Symbol::new(of_trait);
    if !traits.contains(&of_trait) {
        traits.push(of_trait);
    }
}
