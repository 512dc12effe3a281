//! Finding the rule that a call fits, and what its variables stand for.
//!
//! The compiler follows all ways through a pattern at once and refuses a call that two fragments could take; here one
//! way after the other is tried, the longest repetition first. For a call that compiles both find the same match.

use proc_macro2::{Delimiter, TokenStream};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{braced, bracketed, parenthesized};

use super::atom::{self, Atom};
use super::bindings::{Binding, Bindings};
use super::definition::{Count, MacroDef, Pattern, Rule};
use super::{ExpandError, STEP_LIMIT};

/// The first rule that fits the input.
pub(super) fn first_match(
    def: &MacroDef,
    input: TokenStream,
) -> Result<(&Rule, Bindings), ExpandError> {
    let mut matcher = Matcher { steps: 0 };
    let mut found = None;
    let try_rules = |input: ParseStream| {
        for rule in &def.rules {
            let ahead = input.fork();
            if let Some(bindings) =
                matcher.sequence(&rule.pattern, &ahead, Bindings::default(), End::OfInput)
            {
                found = Some((rule, bindings));
                break;
            }
        }
        // The parser insists on an empty rest.
        input.parse::<TokenStream>().map(drop)
    };
    // Its error could only be the one that the last attempt left; what counts is what was found.
    let _ = try_rules.parse2(input);
    if matcher.steps > STEP_LIMIT {
        return Err(ExpandError::TooLarge);
    }
    found.ok_or(ExpandError::NoRule)
}

struct Matcher {
    steps: usize,
}

/// Where a sequence may stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    OfInput,
    Anywhere,
}

impl Matcher {
    /// Matches all of a pattern and gives the bindings it started with plus its own. On failure the input is left
    /// somewhere: the caller tries on a fork.
    fn sequence(
        &mut self,
        patterns: &[Pattern],
        input: ParseStream,
        mut bindings: Bindings,
        end: End,
    ) -> Option<Bindings> {
        for (index, pattern) in patterns.iter().enumerate() {
            self.step()?;
            match pattern {
                Pattern::Atom(expected) => take_atom(input, expected)?,
                Pattern::Group(delimiter, inner) => {
                    bindings = self.group(*delimiter, inner, input, bindings)?;
                }
                Pattern::Variable(name, fragment) => {
                    bindings.insert(name, Binding::Tokens(fragment.take(input)?))
                }
                Pattern::Repetition { .. } => {
                    return self.repetition(pattern, &patterns[index + 1..], input, bindings, end);
                }
            }
        }
        (end == End::Anywhere || input.is_empty()).then_some(bindings)
    }

    fn group(
        &mut self,
        delimiter: Delimiter,
        inner: &[Pattern],
        input: ParseStream,
        bindings: Bindings,
    ) -> Option<Bindings> {
        if atom::is_sealed(input.cursor()) {
            return None;
        }
        let content = enter(delimiter, input)?;
        let ahead = content.fork();
        let bindings = self.sequence(inner, &ahead, bindings, End::OfInput)?;
        content.advance_to(&ahead);
        Some(bindings)
    }

    /// Takes as many turns as there are, then the patterns behind them; if those don't fit, one turn less.
    fn repetition(
        &mut self,
        repetition: &Pattern,
        after: &[Pattern],
        input: ParseStream,
        mut bindings: Bindings,
        end: End,
    ) -> Option<Bindings> {
        let Pattern::Repetition {
            elements,
            separator,
            count,
            names,
        } = repetition
        else {
            return None;
        };
        bindings.open(names);
        if after.is_empty() && end == End::OfInput {
            return self.all_that_is_left(elements, separator.as_ref(), *count, input, bindings);
        }
        let mut turns = Vec::new();
        let mut places = vec![input.fork()];
        while *count != Count::Optional || turns.is_empty() {
            let last = places
                .last()
                .expect("the first place stands before all turns");
            let ahead = last.fork();
            let Some(turn) = self.turn(
                elements,
                separator.as_ref().filter(|_| !turns.is_empty()),
                &ahead,
            ) else {
                break;
            };
            if ahead.cursor() == last.cursor() {
                break;
            }
            turns.push(turn);
            places.push(ahead);
        }
        let least = usize::from(*count == Count::Some);
        while turns.len() >= least {
            self.step()?;
            let place = places.pop()?;
            let mut filled = bindings.clone();
            turns
                .iter()
                .for_each(|turn: &Bindings| filled.push(turn.clone()));
            if let Some(found) = self.sequence(after, &place, filled, end) {
                input.advance_to(&place);
                return Some(found);
            }
            turns.pop()?;
        }
        None
    }

    /// A repetition at the end takes all or fails, so no place to return to is kept. Most repetitions are of this kind.
    fn all_that_is_left(
        &mut self,
        elements: &[Pattern],
        separator: Option<&Atom>,
        count: Count,
        input: ParseStream,
        mut bindings: Bindings,
    ) -> Option<Bindings> {
        let mut turns = 0;
        while !input.is_empty() {
            let begin = input.cursor();
            bindings.push(self.turn(elements, separator.filter(|_| turns > 0), input)?);
            turns += 1;
            if input.cursor() == begin || (count == Count::Optional && turns > 1) {
                return None;
            }
        }
        (turns > 0 || count != Count::Some).then_some(bindings)
    }

    fn turn(
        &mut self,
        elements: &[Pattern],
        separator: Option<&Atom>,
        ahead: ParseStream,
    ) -> Option<Bindings> {
        if let Some(separator) = separator {
            take_atom(ahead, separator)?;
        }
        self.sequence(elements, ahead, Bindings::default(), End::Anywhere)
    }

    fn step(&mut self) -> Option<()> {
        self.steps += 1;
        (self.steps <= STEP_LIMIT).then_some(())
    }
}

fn take_atom(input: ParseStream, expected: &Atom) -> Option<()> {
    let (found, _) = atom::read(input.cursor())?;
    if found != *expected {
        return None;
    }
    input
        .step(|cursor| atom::read(*cursor).ok_or_else(|| cursor.error("no token")))
        .ok()
        .map(drop)
}

fn enter<'a>(delimiter: Delimiter, input: &ParseBuffer<'a>) -> Option<ParseBuffer<'a>> {
    let parse = |input: &ParseBuffer<'a>| -> syn::Result<ParseBuffer<'a>> {
        let content;
        match delimiter {
            Delimiter::Parenthesis => drop(parenthesized!(content in input)),
            Delimiter::Brace => drop(braced!(content in input)),
            _ => drop(bracketed!(content in input)),
        }
        Ok(content)
    };
    parse(input).ok()
}
