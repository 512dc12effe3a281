//! Which of the user's attributes stay with the function's name, and which go with its body.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Attribute;

/// The attributes for the function's name, and those for its body.
///
/// Lints go with the body; `allow` stays with the name, too, for what a signature alone can trigger. What other macros
/// made of attributes means is theirs to say: they decorate the body, as a decorator below this one would.
pub(crate) fn divide(attributes: &[Attribute]) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let mut plain = Vec::new();
    let mut body = Vec::new();
    for attribute in attributes {
        let name = attribute
            .path()
            .segments
            .last()
            .map(|segment| segment.ident.to_string());
        match name.as_deref() {
            // What is expected shows on the signature or in the body, which are apart now: neither may ask for it.
            Some("expect") => {
                if let syn::Meta::List(list) = &attribute.meta {
                    let lints = &list.tokens;
                    body.push(quote!(#[allow(#lints)]));
                    plain.push(quote!(#[allow(#lints)]));
                }
            }
            Some("allow") => {
                body.push(attribute.to_token_stream());
                plain.push(attribute.to_token_stream());
            }
            Some("warn" | "deny" | "forbid") => body.push(attribute.to_token_stream()),
            Some("doc" | "must_use" | "deprecated" | "inline" | "cold" | "track_caller") => {
                plain.push(attribute.to_token_stream());
            }
            _ => body.push(attribute.to_token_stream()),
        }
    }
    (plain, body)
}
