//! The operations on a free function's companion: each is one line over the prepared call or the function's handle.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{FnArg, Signature};

use crate::expand::parts::Parts;

/// All operations but `original`, `call` and `function`.
pub(crate) fn operations(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        runtime, private, ..
    } = parts;
    let kept = parts.kept();
    let result = parts.result().to_token_stream();
    let fallible = |ty: TokenStream| quote!(#private::Checked<#ty>);
    let runs = ["rerun", "cached"].map(|name| computing(parts, name, &result));
    let reads = [
        ("get", fallible(kept.clone())),
        ("exists", fallible(quote!(bool))),
        ("is_expired", fallible(quote!(bool))),
        ("delete", fallible(quote!(()))),
        ("call_hash", quote!(#runtime::Digest)),
    ]
    .map(|(name, output)| immediate(parts, name, None, &output));
    let with_value = [("get_or", kept.clone()), ("set", fallible(quote!(())))]
        .map(|(name, output)| immediate(parts, name, Some(&kept), &output));
    let whole = whole(parts);
    quote!(#(#runs)* #(#reads)* #(#with_value)* #whole)
}

/// An operation that may run the function, and so is async where the function is.
fn computing(parts: &Parts<'_>, name: &str, result: &TokenStream) -> TokenStream {
    let Parts {
        visibility,
        turbofish,
        passed,
        awaiting,
        ..
    } = parts;
    let name = named(parts, name);
    let mut signature = parts.signature(&name);
    signature.output = syn::parse_quote!(-> #result);
    quote! {
        #visibility #signature {
            Self::call #turbofish (#(#passed)*).#name() #awaiting
        }
    }
}

/// An operation on the store alone.
fn immediate(
    parts: &Parts<'_>,
    name: &str,
    value: Option<&TokenStream>,
    output: &TokenStream,
) -> TokenStream {
    let Parts {
        visibility,
        turbofish,
        passed,
        ..
    } = parts;
    let name = named(parts, name);
    let mut signature: Signature = parts.signature(&name);
    signature.asyncness = None;
    signature.output = syn::parse_quote!(-> #output);
    let argument = value.map(|ty| {
        let first: FnArg = syn::parse_quote!(__value: #ty);
        signature.inputs.insert(0, first);
        quote!(__value)
    });
    quote! {
        #visibility #signature {
            Self::call #turbofish (#(#passed)*).#name(#argument)
        }
    }
}

/// The operations on the function as a whole. They take no argument of the function, so each is a constant that can be
/// called, which keeps the expansion short.
fn whole(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        visibility,
        runtime,
        private,
        ..
    } = parts;
    let counted = quote!(#private::Checked<u64>);
    let operations = [
        ("code_hash", quote!(#runtime::Digest)),
        ("depends", quote!(&'static [#runtime::Dependency])),
        ("reinit", quote!(())),
        ("cleanup", counted.clone()),
        ("clear", counted),
    ]
    .map(|(name, output)| {
        let name = named(parts, name);
        quote!(#visibility const #name: fn() -> #output = || Self::function().#name();)
    });
    let layer = named(parts, "layer");
    quote! {
        #(#operations)*
        #visibility const #layer: fn(usize) -> #runtime::Function = |index| Self::function().layer(index);
    }
}

fn named(parts: &Parts<'_>, name: &str) -> Ident {
    format_ident!("{name}", span = parts.call_site())
}
