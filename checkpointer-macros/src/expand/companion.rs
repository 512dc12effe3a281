//! The operations on a free function's companion: each is one line over the prepared call or the function's handle.
//!
//! Where the signature allows it, each is a constant that holds a function, which is one line of the expansion rather
//! than three. Generic parameters, `impl Trait` and futures have no such type, so there it is a function.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{FnArg, Signature, Type};

use crate::expand::parts::Parts;

/// All operations but `original` and `call`.
pub(crate) fn operations(parts: &Parts<'_>) -> TokenStream {
    let Parts { private, .. } = parts;
    let kept = parts.kept();
    let result = parts.result().to_token_stream();
    let checked = |ty: &TokenStream| quote!(#private::Try<#ty>);
    let (flag, nothing) = (checked(&quote!(bool)), checked(&quote!(())));
    let mut operations: TokenStream = ["rerun", "cached"]
        .map(|name| computing(parts, name, &result))
        .into_iter()
        .collect();
    for (name, value, output) in [
        ("get", None, checked(&kept)),
        ("get_or", Some(&kept), kept.clone()),
        ("set", Some(&kept), nothing.clone()),
        ("exists", None, flag.clone()),
        ("is_expired", None, flag),
        ("delete", None, nothing),
        ("call_hash", None, quote!(#private::Digest)),
    ] {
        operations.extend(immediate(parts, name, value, &output));
    }
    operations.extend(whole(parts));
    operations
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
    if !parts.is_generic() && !parts.is_async() {
        return constant(parts, &name, None, result);
    }
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
    if !parts.is_generic() {
        return constant(parts, &name, value, output);
    }
    let mut signature: Signature = parts.signature(&name);
    signature.asyncness = None;
    signature.output = syn::parse_quote!(-> #output);
    let argument = value.map(|ty| {
        let first: FnArg = syn::parse_quote!(__v: #ty);
        signature.inputs.insert(0, first);
        quote!(__v)
    });
    quote! {
        #visibility #signature {
            Self::call #turbofish (#(#passed)*).#name(#argument)
        }
    }
}

/// An operation as a constant that holds a function.
fn constant(
    parts: &Parts<'_>,
    name: &Ident,
    value: Option<&TokenStream>,
    output: &TokenStream,
) -> TokenStream {
    let Parts {
        visibility,
        idents,
        function,
        ..
    } = parts;
    let types = function
        .parameters
        .iter()
        .filter_map(|parameter| parameter.ty.as_ref())
        .map(Type::to_token_stream);
    let types = value.cloned().into_iter().chain(types);
    let argument = value.map(|_| quote!(__v));
    let patterns = argument.iter().cloned();
    let patterns = patterns.chain(idents.iter().map(ToTokens::to_token_stream));
    let lifetimes = &function.signature.generics.params;
    let bound = (!lifetimes.is_empty()).then(|| quote!(for<#lifetimes>));
    quote! {
        #visibility const #name: #bound fn(#(#types),*) -> #output = |#(#patterns),*| Self::call(#(#idents),*).#name(#argument);
    }
}

/// The operations on the function as a whole, which take no argument of the function.
fn whole(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        visibility,
        private,
        ..
    } = parts;
    let value = parts.handle_value();
    let function = named(parts, "function");
    let counted = quote!(#private::Try<u64>);
    let operations = [
        ("code_hash", quote!(#private::Digest)),
        ("depends", quote!(#private::Dependencies)),
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
        #visibility const #function: fn() -> #private::Function = || #value;
        #(#operations)*
        #visibility const #layer: fn(usize) -> #private::Function = |__n| Self::function().layer(__n);
    }
}

fn named(parts: &Parts<'_>, name: &str) -> Ident {
    format_ident!("{name}", span = parts.call_site())
}
