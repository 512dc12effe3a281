//! Where a function stands of which there is no row: in an impl or not, as the file says that it is in.
//!
//! An attribute sees its item alone, and a function without `self` and `Self` looks the same in either place.

use checkpointer_syntax::tokens;
use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ItemImpl, Signature};

use crate::ast::Function;

/// The places in which a function can be attributed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A module or a block.
    Free,
    /// An impl of a type's own.
    Inherent,
    /// The impl of a trait.
    Trait,
}

/// The place of the function, if its file has one function of these tokens, or several in the same kind of place.
pub(crate) fn of(function: &Function) -> Option<Place> {
    let file = Span::call_site().unwrap().local_file()?;
    find(function, &std::fs::read_to_string(file).ok()?)
}

fn find(function: &Function, text: &str) -> Option<Place> {
    let file = syn::parse_file(text).ok()?;
    let mut search = Search {
        own_hash: tokens::own_hash(&function.hashed_signature, &function.block),
        around: Place::Free,
        found: Vec::new(),
    };
    search.visit_file(&file);
    let first = *search.found.first()?;
    search
        .found
        .iter()
        .all(|place| *place == first)
        .then_some(first)
}

struct Search {
    own_hash: String,
    around: Place,
    found: Vec<Place>,
}

impl Search {
    fn meet(&mut self, signature: &Signature, block: &Block, place: Place) {
        if tokens::own_hash(signature, block) == self.own_hash {
            self.found.push(place);
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.meet(&item.sig, &item.block, Place::Free);
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let place = match item.trait_ {
            Some(_) => Place::Trait,
            None => Place::Inherent,
        };
        let outer = std::mem::replace(&mut self.around, place);
        visit::visit_item_impl(self, item);
        self.around = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.meet(&item.sig, &item.block, self.around);
        visit::visit_impl_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn check(text: &str, expected: Option<Place>) {
        let item = quote!(
            fn of(x: u8) -> u8 {
                x
            }
        );
        let (function, _) = Function::parse(quote!(), item).expect("the function parses");
        assert!(find(&function, text) == expected, "{text}");
    }

    #[test]
    fn a_function_is_found_by_its_tokens_in_modules_and_impls() {
        let of = "#[checkpoint(version = 1)] fn of(x: u8) -> u8 { x }";
        check(of, Some(Place::Free));
        check(&format!("mod m {{ fn f() {{ {of} }} }}"), Some(Place::Free));
        check(&format!("impl M {{ {of} }}"), Some(Place::Inherent));
        check(&format!("impl T for M {{ {of} }}"), Some(Place::Trait));
    }

    #[test]
    fn where_places_differ_nothing_is_said() {
        let of = "fn of(x: u8) -> u8 { x }";
        check(&format!("{of} impl M {{ {of} }}"), None);
        check("fn of(x: u8) -> u8 { x + 1 }", None);
        check("fn of(", None);
    }
}
