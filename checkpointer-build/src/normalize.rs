//! An item's own tokens in one canonical spelling, so that formatting, comments, lints and visibility leave no trace.
//!
//! Two stages: the syntax tree is rewritten in place (`rewrite`, with `attributes`, `macros` and `unwrap` for the parts
//! that need thought), then printed and written as bytes (`tokens`). Rewriting is by value of the syntax, never by
//! text: what rustfmt may add or drop is dropped, and nothing that a program could tell apart is.
//!
//! `lower/plain` writes the same bytes for functions without a tree: who changes a rule here changes it there, and adds a case to
//! its tests.

mod attributes;
mod macros;
mod rewrite;
mod tokens;
mod unwrap;

use quote::ToTokens;
use syn::visit_mut::VisitMut;

pub(crate) use attributes::is_silent;
pub(crate) use tokens::write_tokens;

/// What becomes of items that stand in a function's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nested {
    /// They are part of the function.
    Keep,
    /// They leave the body without a trace, because they are nodes of their own; the `use`s in the body too.
    Cut,
}

/// A piece of syntax that has a canonical spelling.
pub(crate) trait Canonical: ToTokens {
    /// Hands the piece to the visitor's method for it.
    fn accept(&mut self, visitor: &mut impl VisitMut);
}

macro_rules! canonical {
    ($($kind:ident => $visit:ident),* $(,)?) => {
        $(impl Canonical for syn::$kind {
            fn accept(&mut self, visitor: &mut impl VisitMut) {
                visitor.$visit(self);
            }
        })*
    };
}

canonical! {
    Block => visit_block_mut,
    Expr => visit_expr_mut,
    Field => visit_field_mut,
    Fields => visit_fields_mut,
    ForeignItem => visit_foreign_item_mut,
    Generics => visit_generics_mut,
    ImplItem => visit_impl_item_mut,
    ImplItemFn => visit_impl_item_fn_mut,
    Item => visit_item_mut,
    ItemFn => visit_item_fn_mut,
    ItemImpl => visit_item_impl_mut,
    ItemTrait => visit_item_trait_mut,
    Macro => visit_macro_mut,
    Pat => visit_pat_mut,
    Path => visit_path_mut,
    Signature => visit_signature_mut,
    TraitItem => visit_trait_item_mut,
    TraitItemFn => visit_trait_item_fn_mut,
    Type => visit_type_mut,
    UseTree => visit_use_tree_mut,
    Variant => visit_variant_mut,
    WhereClause => visit_where_clause_mut,
}

/// Rewrites a piece of syntax into its canonical form.
pub(crate) fn normalize(node: &mut impl Canonical, nested: Nested) {
    node.accept(&mut rewrite::Rewriter::new(nested));
}

/// Rewrites a piece of syntax and appends its canonical bytes.
pub(crate) fn write_canonical(node: &mut impl Canonical, nested: Nested, out: &mut Vec<u8>) {
    normalize(node, nested);
    write_tokens(node.to_token_stream(), out);
}

#[cfg(test)]
mod tests;
