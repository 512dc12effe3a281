//! Whose variable a name in a macro's expansion means: variables that a macro binds by a name of its own and those of its
//! caller never meet, even if they are called the same.
//!
//! Expansions are plain tokens here, without the marks that the compiler gives them. What tells the two apart is where the
//! name stands: in the macro's definition, among what the call hands over, or in both, and then it is not certain.

use super::item::Walker;
use crate::ir::{ItemKind, MacroCall};
use crate::symbol::Symbol;
use crate::ty::{NodeId, Ty};

/// A macro call that is being read.
pub(super) struct Expanding<'a> {
    id: u32,
    /// The definitions that it may be of.
    own: Vec<&'a str>,
    given: &'a str,
    /// It is defined in the body that is read, where the function's parameters are in scope.
    is_inner: bool,
}

/// Who wrote a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The function that is read.
    Caller,
    /// A macro, in one of its expansions.
    Macro(u32),
    /// One or the other.
    Unknown,
}

/// A variable that a name may mean.
pub(super) struct Variable {
    pub(super) ty: Ty,
    /// Whether the name may mean an item as well.
    pub(super) or_item: bool,
}

impl<'a> Walker<'_, '_, 'a> {
    /// Reads what a call of a macro expands to.
    pub(super) fn within_macro<R>(
        &mut self,
        call: &'a MacroCall,
        definitions: &[NodeId],
        read: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let world = self.program.world;
        let own: Vec<&'a str> = definitions
            .iter()
            .filter_map(|id| match &world.node(*id).item()?.kind {
                ItemKind::MacroRules(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        // What a file holds that is included reads like the code around.
        let is_macro = !definitions.is_empty();
        if is_macro {
            self.macro_calls += 1;
            let is_inner = definitions.iter().all(|id| self.is_of_body(*id));
            self.expanding.push(Expanding {
                id: self.macro_calls,
                own,
                given: &call.text,
                is_inner,
            });
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        if is_macro {
            self.expanding.pop();
        }
        result
    }

    /// Whether an item stands in a block around what is read, in the same body.
    fn is_of_body(&self, id: NodeId) -> bool {
        let world = self.program.world;
        let within = world.node(id).module;
        let outside = world.node(self.node).module;
        let blocks = std::iter::successors(Some(self.module), |at| world.module(*at).parent);
        blocks
            .take_while(|at| *at != outside)
            .any(|at| at == within)
    }

    /// Who wrote a name that is read now.
    pub(super) fn origin(&self, name: Symbol) -> Origin {
        for level in self.expanding.iter().rev() {
            let own = level.own.iter().any(|text| holds(text, &name));
            match (own, holds(level.given, &name)) {
                (true, false) => return Origin::Macro(level.id),
                (false, true) => {}
                _ => return Origin::Unknown,
            }
        }
        Origin::Caller
    }

    /// The local variable that a name means, if it may mean one.
    pub(super) fn local(&self, name: Symbol) -> Option<Variable> {
        let mut same = self
            .locals
            .iter()
            .rev()
            .filter(|(local, ..)| *local == name);
        let origin = self.origin(name);
        if name == "self" {
            let (_, ty, _) = same.next()?;
            let ty = ty.clone();
            return Some(Variable { ty, or_item: false });
        }
        let mut candidates: Vec<&Ty> = Vec::new();
        let mut others: Vec<&Ty> = Vec::new();
        for (_, ty, of) in same {
            match (origin, *of) {
                (Origin::Unknown, _) | (_, Origin::Unknown) => candidates.push(ty),
                (asked, of) if asked == of => {
                    let is_sure = candidates.is_empty();
                    candidates.push(ty);
                    if is_sure {
                        let ty = ty.clone();
                        return Some(Variable { ty, or_item: false });
                    }
                    break;
                }
                _ => others.push(ty),
            }
        }
        // A macro that is defined in a function names the function's variables.
        let mut or_item = true;
        if candidates.is_empty()
            && let Origin::Macro(id) = origin
        {
            candidates = others;
            let mut around = self.expanding.iter();
            let is_inner = around.any(|level| level.id == id && level.is_inner);
            let mut params = self.locals[..self.params].iter();
            or_item = !is_inner || !params.any(|(param, ..)| *param == name);
        }
        let first = *candidates.first()?;
        let is_one = candidates.iter().all(|ty| *ty == first);
        Some(Variable {
            ty: if is_one { first.clone() } else { Ty::Unknown },
            or_item,
        })
    }
}

/// Whether a text holds an identifier that is no metavariable.
fn holds(text: &str, name: &str) -> bool {
    words(text, name).any(|at| !text[..at].ends_with('$'))
}

/// The places in a text where a word stands by itself.
pub(super) fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let places = text.match_indices(word).map(|(at, _)| at);
    places.filter(move |at| {
        !text[..*at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_word_and_a_metavariable_are_no_names() {
        assert!(holds("let value = 1", "value"));
        assert!(holds("\"{value}\"", "value"));
        assert!(!holds("$value.go()", "value"));
        assert!(!holds("values.go()", "value"));
        assert!(!holds("my_value", "value"));
    }
}
