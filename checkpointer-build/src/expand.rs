//! Expansion of `macro_rules!` macros, so that what a call makes can be analysed like written code.
//!
//! Text in, text out: a definition is read into rules (`definition`), a call is matched against them (`matching`, with
//! `fragment` for `$x:expr` and its kin and `atom` for plain tokens), and the rule's body is written out
//! (`transcribe`). One step at a time: calls in the result are the caller's to expand, up to [`RECURSION_LIMIT`].
//! Hygiene is ignored, which can only make two names one.

mod atom;
mod bindings;
mod definition;
mod fragment;
mod inner;
mod matching;
mod sealed;
mod transcribe;

use std::fmt;

use proc_macro2::{Ident, TokenStream};

pub(crate) use definition::MacroDef;
pub(crate) use sealed::{input, marked};

/// How deep the calls in an expansion may lead, as rustc has it unless a crate says otherwise.
pub(crate) const RECURSION_LIMIT: u32 = 128;

/// How many calls may be expanded for one item, or for one call in item position.
pub(crate) const EXPANSION_LIMIT: u32 = 1 << 12;

/// Tokens that one expansion may make.
const TOKEN_LIMIT: usize = 1 << 20;

/// Pattern elements that may be tried in matching one call.
const STEP_LIMIT: usize = 1 << 20;

/// Why a call could not be expanded. The caller falls back to what any of the tokens could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExpandError {
    /// The definition is none, or uses a feature that this expander does not know.
    Definition(String),
    /// The call fits no rule.
    NoRule,
    /// A repetition's variables don't agree in number, or stand at another depth than they were matched at.
    Depth(String),
    /// Matching or writing it out would take too long.
    TooLarge,
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpandError::Definition(what) => {
                write!(f, "the macro's definition can't be read: {what}")
            }
            ExpandError::NoRule => f.write_str("the call matches no rule of the macro"),
            ExpandError::Depth(name) => write!(
                f,
                "the macro's variable `{name}` is repeated in another way than it was matched"
            ),
            ExpandError::TooLarge => f.write_str("the macro's expansion is too large to follow"),
        }
    }
}

impl std::error::Error for ExpandError {}

/// Expands one call: `input` is what stands between its delimiters, and `dollar_crate` what `$crate` becomes.
///
/// Tokens of the call keep their spans. An expression, type, pattern, path or literal stands in the result as a group
/// without delimiters, as rustc has it, so that it binds as a whole.
pub(crate) fn expand(
    def: &MacroDef,
    input: TokenStream,
    dollar_crate: &Ident,
) -> Result<TokenStream, ExpandError> {
    let (rule, bindings) = matching::first_match(def, input)?;
    transcribe::transcribe(&rule.body, &bindings, dollar_crate)
}

#[cfg(test)]
mod tests;
