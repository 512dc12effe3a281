//! Writing out the body of the rule that was found.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

use super::bindings::{Binding, Bindings};
use super::definition::Template;
use super::{ExpandError, TOKEN_LIMIT};

/// Replaces the variables of a body by what they stand for.
pub(super) fn transcribe(
    body: &[Template],
    bindings: &Bindings,
    dollar_crate: &Ident,
) -> Result<TokenStream, ExpandError> {
    let mut writer = Writer {
        dollar_crate,
        written: 0,
    };
    Ok(writer.write(body, bindings)?.into_iter().collect())
}

struct Writer<'a> {
    dollar_crate: &'a Ident,
    written: usize,
}

impl Writer<'_> {
    fn write(
        &mut self,
        body: &[Template],
        bindings: &Bindings,
    ) -> Result<Vec<TokenTree>, ExpandError> {
        let mut out = Vec::new();
        for template in body {
            let before = out.len();
            match template {
                Template::Token(token) => out.push(token.clone()),
                Template::Crate(span) => {
                    let mut name = self.dollar_crate.clone();
                    name.set_span(*span);
                    out.push(name.into());
                }
                Template::Group(delimiter, span, inner) => {
                    let mut group = Group::new(
                        *delimiter,
                        self.write(inner, bindings)?.into_iter().collect(),
                    );
                    group.set_span(*span);
                    out.push(group.into());
                }
                Template::Variable(dollar, name) => match bindings.get(&name.to_string()) {
                    Some(Binding::Tokens(tokens)) => out.extend(tokens.clone()),
                    Some(Binding::Turns(_)) => return Err(ExpandError::Depth(name.to_string())),
                    // Belongs to a macro that this one defines.
                    None => out.extend([TokenTree::from(dollar.clone()), name.clone().into()]),
                },
                Template::Repetition {
                    elements,
                    separator,
                    names,
                } => {
                    self.repeat(elements, separator, names, bindings, &mut out)?;
                    continue;
                }
                Template::Expression => {
                    return Err(ExpandError::Definition(
                        "expressions as `${count(x)}` are unstable".to_owned(),
                    ));
                }
            }
            self.count(out.len() - before)?;
        }
        Ok(out)
    }

    fn repeat(
        &mut self,
        elements: &[Template],
        separator: &[TokenTree],
        names: &[String],
        bindings: &Bindings,
        out: &mut Vec<TokenTree>,
    ) -> Result<(), ExpandError> {
        let used: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| bindings.get(name).is_some())
            .collect();
        for index in 0..turns(&used, names, bindings)? {
            if index > 0 {
                out.extend(separator.iter().cloned());
            }
            out.extend(self.write(elements, &bindings.turn(&used, index))?);
            self.count(separator.len() + 1)?;
        }
        Ok(())
    }

    fn count(&mut self, tokens: usize) -> Result<(), ExpandError> {
        self.written += tokens;
        if self.written > TOKEN_LIMIT {
            Err(ExpandError::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// How often a repetition turns: as often as each of its variables did in the call.
fn turns(used: &[&str], names: &[String], bindings: &Bindings) -> Result<usize, ExpandError> {
    let mut turns = None;
    for name in used {
        let Some(Binding::Turns(found)) = bindings.get(name) else {
            continue;
        };
        match turns {
            Some(known) if known != found.len() => {
                return Err(ExpandError::Depth((*name).to_owned()));
            }
            _ => turns = Some(found.len()),
        }
    }
    turns.ok_or_else(|| {
        ExpandError::Depth(names.first().cloned().unwrap_or_else(|| "$(…)".to_owned()))
    })
}
