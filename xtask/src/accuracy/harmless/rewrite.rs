//! Edits of one file's text that change no meaning.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A doc comment on a line of its own.
pub(super) const DOC: &str = "/// Edited.\n";
/// A lint attribute.
pub(super) const LINT: &str = "#[allow(unused_variables)]\n";

/// Puts a comment after every semicolon and opening brace.
pub(super) fn comments(text: &str) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut places = Vec::new();
    after_tokens(tokens, &mut places);
    Some(insert(text, places, " /* edited */"))
}

fn after_tokens(tokens: TokenStream, places: &mut Vec<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace {
                    places.push(group.span_open().byte_range().end);
                }
                after_tokens(group.stream(), places);
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                places.push(punct.span().byte_range().end);
            }
            _ => {}
        }
    }
}

/// Puts a text before every function, struct and enum that no macro makes.
pub(super) fn before_items(text: &str, line: &str) -> Option<String> {
    struct Starts(Vec<usize>);
    impl<'ast> Visit<'ast> for Starts {
        fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
            self.0.push(item.span().byte_range().start);
            visit::visit_item_fn(self, item);
        }
        fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
            self.0.push(item.span().byte_range().start);
            visit::visit_impl_item_fn(self, item);
        }
        fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
            self.0.push(item.span().byte_range().start);
        }
        fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
            self.0.push(item.span().byte_range().start);
        }
    }
    let mut starts = Starts(Vec::new());
    starts.visit_file(&parse(text)?);
    Some(insert(text, starts.0, line))
}

/// Reverses every run of functions, types and impls, so that none crosses a macro, module or import.
pub(super) fn reorder(text: &str) -> Option<String> {
    let file = parse(text)?;
    let mut runs: Vec<Vec<Range<usize>>> = vec![Vec::new()];
    for item in &file.items {
        let movable = matches!(
            item,
            syn::Item::Fn(_) | syn::Item::Struct(_) | syn::Item::Enum(_) | syn::Item::Impl(_)
        );
        match runs.last_mut() {
            Some(run) if movable => run.push(item.span().byte_range()),
            _ => runs.push(Vec::new()),
        }
    }
    let mut result = String::with_capacity(text.len());
    let mut last = 0;
    for run in runs {
        for (place, moved) in run.iter().zip(run.iter().rev()) {
            result.push_str(&text[last..place.start]);
            result.push_str(&text[moved.clone()]);
            last = place.end;
        }
    }
    result.push_str(&text[last..]);
    Some(result)
}

/// Parses a file whose bytes are counted from its first; others are left alone.
fn parse(text: &str) -> Option<syn::File> {
    let plain =
        !text.starts_with('\u{feff}') && (!text.starts_with("#!") || text.starts_with("#!["));
    plain.then(|| syn::parse_file(text).ok())?
}

fn insert(text: &str, mut places: Vec<usize>, inserted: &str) -> String {
    places.sort_unstable();
    let mut result = String::with_capacity(text.len() * 2);
    let mut last = 0;
    for place in places {
        result.push_str(&text[last..place]);
        result.push_str(inserted);
        last = place;
    }
    result.push_str(&text[last..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_items_is_reversed_and_an_import_ends_it() {
        let text = "fn a() {}\n\n/// B\nfn b() {}\nuse x;\nfn c() {}\n";
        let expected = "/// B\nfn b() {}\n\nfn a() {}\nuse x;\nfn c() {}\n";
        assert_eq!(reorder(text).as_deref(), Some(expected));
    }

    #[test]
    fn comments_follow_semicolons_and_braces() {
        let text = "fn a() { b(); }";
        let expected = "fn a() { /* edited */ b(); /* edited */ }";
        assert_eq!(comments(text).as_deref(), Some(expected));
    }

    #[test]
    fn attributes_stand_before_documentation() {
        let text = "/// A\nfn a() {}\n";
        assert_eq!(
            before_items(text, LINT).as_deref(),
            Some("#[allow(unused_variables)]\n/// A\nfn a() {}\n")
        );
    }
}
