//! Keeps the user's item beside an error, so that one mistake is one error and not a cascade of unknown names.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Function;

/// The function without our marks, and the errors.
pub(crate) fn function(function: Function, errors: &[syn::Error]) -> TokenStream {
    let errors = errors.iter().map(syn::Error::to_compile_error);
    let Function {
        attributes,
        visibility,
        signature,
        block,
        ..
    } = function;
    // Inside the body, where an error stands in modules, blocks and impls alike.
    quote! {
        #(#attributes)* #visibility #signature {
            #(#errors)*
            #block
        }
    }
}

/// Any item as it is, and the errors.
pub(crate) fn item(item: TokenStream, errors: &[syn::Error]) -> TokenStream {
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote!(#item #(#errors)*)
}
