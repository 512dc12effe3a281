//! What the variables of a rule stand for in one call.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;

/// The value of one variable: tokens, or as many values as its repetition had turns.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Tokens(TokenStream),
    Turns(Vec<Binding>),
}

/// The values of all variables, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings {
    values: BTreeMap<String, Binding>,
}

impl Bindings {
    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.values.get(name)
    }

    pub(super) fn insert(&mut self, name: &str, binding: Binding) {
        self.values.insert(name.to_owned(), binding);
    }

    /// Starts a repetition: its variables exist even if it has no turn.
    pub(super) fn open(&mut self, names: &[String]) {
        for name in names {
            self.insert(name, Binding::Turns(Vec::new()));
        }
    }

    /// Adds one turn of a repetition that was opened.
    pub(super) fn push(&mut self, turn: Bindings) {
        for (name, binding) in turn.values {
            if let Some(Binding::Turns(turns)) = self.values.get_mut(&name) {
                turns.push(binding);
            }
        }
    }

    /// The view of one turn: variables of the repetition have their value of this turn, others keep theirs.
    pub(super) fn turn(&self, names: &[&str], index: usize) -> Bindings {
        let mut view = Bindings::default();
        for name in names {
            match self.get(name) {
                Some(Binding::Turns(turns)) => {
                    if let Some(binding) = turns.get(index) {
                        view.insert(name, binding.clone());
                    }
                }
                Some(binding) => view.insert(name, binding.clone()),
                None => {}
            }
        }
        view
    }
}
