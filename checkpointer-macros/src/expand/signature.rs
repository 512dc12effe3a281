//! What a signature and its types say of themselves.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::visit::{self, Visit};
use syn::{GenericParam, Pat, Signature, Type};

/// Whether a `?Sized` stands anywhere in the bounds of a type parameter.
pub(crate) fn may_be_unsized(generics: &syn::Generics, name: &Ident) -> bool {
    let relaxed = |bounds: &syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>| {
        bounds
            .to_token_stream()
            .into_iter()
            .any(|token| token.to_string() == "?")
    };
    let in_parameters = generics
        .type_params()
        .any(|parameter| parameter.ident == *name && relaxed(&parameter.bounds));
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    in_parameters
        || predicates.into_iter().any(|predicate| match predicate {
            syn::WherePredicate::Type(predicate) => {
                let is_named =
                    matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(name));
                is_named && relaxed(&predicate.bounds)
            }
            _ => false,
        })
}

pub(crate) fn turbofish(signature: &Signature) -> TokenStream {
    let arguments: Vec<&Ident> = signature
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    if arguments.is_empty() {
        TokenStream::new()
    } else {
        quote!(::<#(#arguments),*>)
    }
}

pub(crate) fn pattern(pattern: &Pat) -> TokenStream {
    pattern.to_token_stream()
}

pub(crate) fn is_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) => true,
        Type::Group(group) => is_reference(&group.elem),
        Type::Paren(paren) => is_reference(&paren.elem),
        _ => false,
    }
}

/// Whether the type is an array, or a reference to one.
pub(crate) fn is_array(ty: &Type) -> bool {
    match ty {
        Type::Array(_) => true,
        Type::Reference(reference) => is_array(&reference.elem),
        Type::Group(group) => is_array(&group.elem),
        Type::Paren(paren) => is_array(&paren.elem),
        _ => false,
    }
}

pub(crate) fn mentions_impl(ty: &Type) -> bool {
    struct Search(bool);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_type(ty);
    search.0
}

pub(crate) fn mentions_self(signature: &Signature) -> bool {
    struct Search(bool);
    impl<'ast> Visit<'ast> for Search {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            self.0 |= path
                .segments
                .first()
                .is_some_and(|segment| segment.ident == "Self");
            visit::visit_path(self, path);
        }
    }
    let mut search = Search(false);
    search.visit_signature(signature);
    search.0
}
