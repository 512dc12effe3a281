//! Quotes what a checked function becomes. There is nothing to decide here that the runtime could decide.
//!
//! A free function gets a companion of its own name in the type namespace, a method two more methods, and a method of a
//! trait impl, to which nothing can be added, a new body. All three rest on one prepared call: the arguments by value,
//! beside two closures without captures, one that hashes them and one that runs the function.

mod attributes;
mod companion;
mod parts;
mod shape;
mod signature;
mod state;
mod table;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::ast::Function;
use crate::receiver;
use crate::row::Found;
use parts::{Kind, Parts};
use shape::Shape;

/// The expansion of a function.
pub(crate) fn function(function: &Function, found: &Found) -> TokenStream {
    let parts = Parts::new(function, found);
    match parts.kind {
        Kind::Free => free(&parts),
        Kind::Inherent => inherent(&parts),
        Kind::Trait => in_trait_impl(&parts),
    }
}

fn free(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        visibility,
        handle,
        runtime,
        statics,
        ..
    } = parts;
    let plain = plain(parts, &quote!(#handle::call));
    let original = original(parts, &format_ident!("original", span = parts.call_site()));
    let call = prepared(
        parts,
        &format_ident!("call"),
        &parts.handle_value(),
        &format_ident!("original"),
    );
    let operations = companion::operations(parts);
    let asks = parts.shape == Shape::ByType;
    let shared = (!parts.is_memory()).then(|| quote!(NotShared as _,));
    let shaped = asks.then(|| quote!(NotResult as _,));
    // What is private is in nobody's documentation.
    let is_public = !matches!(visibility, syn::Visibility::Inherited);
    let hidden = is_public.then(|| quote!(#[doc(hidden)]));
    // The body stays out of the constant, where it could meet names of ours.
    quote! {
        #plain
        #hidden
        #visibility struct #handle {}
        #hidden
        impl #handle {
            #original
        }
        const _: () = {
            use #runtime::__private::{self as __p, #shared #shaped linkme as __l};
            #statics
            #hidden
            impl #handle {
                #call
                #operations
            }
        };
    }
}

fn inherent(parts: &Parts<'_>) -> TokenStream {
    let name = parts.bare_name();
    let call_name = format_ident!("{name}_call", span = parts.call_site());
    let function_name = format_ident!("{name}_function", span = parts.call_site());
    let original_name = format_ident!("__{name}_original", span = parts.call_site());
    let plain = plain(parts, &quote!(Self::#call_name));
    let original = original(parts, &original_name);
    let handle_function = handle_function(parts, &function_name);
    let call = prepared(
        parts,
        &call_name,
        &quote!(Self::#function_name()),
        &original_name,
    );
    // The compiler names unused methods of one level together, and is silent if one of them comes from a macro. At a
    // level of their own, these don't hide the user's.
    let ours = quote!(#[doc(hidden)] #[forbid(dead_code)]);
    quote! {
        #plain
        #[doc(hidden)]
        #original
        #ours
        #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
        #handle_function
        #ours
        #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
        #call
    }
}

/// The function under its own name: the same signature, and the prepared call in its body.
fn plain(parts: &Parts<'_>, call: &TokenStream) -> TokenStream {
    let Parts {
        plain_attributes,
        visibility,
        turbofish,
        passed,
        awaiting,
        ..
    } = parts;
    let signature = parts.signature(&parts.function.signature.ident);
    let passed = parts
        .has_receiver()
        .then(|| quote!(self,))
        .into_iter()
        .chain(passed.iter().cloned());
    // Between the user's own braces it is the user's function to the compiler, which then says if nobody uses it.
    let braces = parts.function.block.brace_token.span.join();
    let body = braced(
        quote!(#call #turbofish (#(#passed)*).run() #awaiting),
        braces,
    );
    // Lifetimes may be there for the body, which is elsewhere.
    let has_lifetimes = signature.generics.lifetimes().next().is_some();
    let lifetimes = has_lifetimes
        .then(|| quote!(#[allow(clippy::needless_lifetimes, clippy::extra_unused_lifetimes)]));
    quote! {
        #(#plain_attributes)*
        #lifetimes
        #visibility #signature #body
    }
}

/// The user's function as it was, under another name. The lints on it are the user's own.
fn original(parts: &Parts<'_>, name: &Ident) -> TokenStream {
    let Parts {
        body_attributes,
        visibility,
        ..
    } = parts;
    let mut signature = parts.function.signature.clone();
    signature.ident = name.clone();
    signature.fn_token.span = parts.call_site();
    let syn::Block { stmts, .. } = &*parts.function.block;
    let block = braced(quote!(#(#stmts)*), parts.call_site());
    quote! {
        #(#body_attributes)* #visibility #signature #block
    }
}

fn braced(content: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, content);
    group.set_span(span);
    group
}

/// The handle of a method as a whole, around the static that carries its row.
fn handle_function(parts: &Parts<'_>, name: &Ident) -> TokenStream {
    let Parts {
        visibility,
        private,
        statics,
        ..
    } = parts;
    let value = parts.handle_value();
    quote! {
        #[inline]
        #visibility fn #name() -> #private::Function {
            #statics
            #value
        }
    }
}

/// The prepared call of a free function or an inherent method.
fn prepared(
    parts: &Parts<'_>,
    name: &Ident,
    function: &TokenStream,
    original: &Ident,
) -> TokenStream {
    let Parts {
        visibility,
        private,
        mode,
        turbofish,
        idents,
        ..
    } = parts;
    let result = parts.result();
    let outcome = if parts.is_async() {
        quote!(impl ::core::future::Future<Output = #result>)
    } else {
        result.to_token_stream()
    };
    let values = parts.argument_values();
    let hash = parts.hash_closure();
    let kept = parts.values();
    let check = parts.check_result();
    let run = quote!(Self::#original #turbofish (#(#idents),*));
    let run = if parts.is_generic() {
        let path = parts.path_of_plain();
        quote! {{
            if false {
                let _ = #path #turbofish (#(#idents),*);
                loop {}
            }
            #run
        }}
    } else {
        run
    };
    let mut signature = parts.signature(name);
    signature.asyncness = None;
    signature.output = syn::parse_quote!(-> #private::Call<impl #private::Args, #outcome, #mode>);
    quote! {
        #visibility #signature {
            #check
            #private::call(#function, (#(#values,)*), #hash, |(#(#idents,)*)| #run, #kept)
        }
    }
}

/// A method of a trait impl: the body moves into the closure that runs it.
fn in_trait_impl(parts: &Parts<'_>) -> TokenStream {
    let Parts {
        function,
        plain_attributes,
        body_attributes,
        visibility,
        private,
        statics,
        mode,
        awaiting,
        ..
    } = parts;
    let signature = parts.signature(&function.signature.ident);
    let result = parts.result();
    let block = receiver::replace((*function.block).clone(), &format_ident!("__self"));
    let patterns = parts.patterns();
    let values = parts.argument_values();
    let hash = parts.hash_closure();
    let kept = parts.values();
    let check = parts.check_result();
    let (outcome, run) = if parts.is_async() {
        (quote!(_), quote!(async move #block))
    } else {
        (result.to_token_stream(), quote!(-> #result #block))
    };
    quote! {
        #(#plain_attributes)* #(#body_attributes)*
        #visibility #signature {
            #check
            let __function = { #statics __FUNCTION.function() };
            #private::call::<_, _, #outcome, #mode>(__function, (#(#values,)*), #hash, |(#(#patterns,)*)| #run, #kept).run() #awaiting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast;
    use checkpointer_syntax::table::Row;

    /// How many lines longer what linkme's two attributes become is, as `cargo expand` counts them.
    const LINKME: usize = 7;

    /// The lines of an expansion, as `cargo expand` lays them out.
    fn lines(item: TokenStream) -> usize {
        let (function, errors) =
            ast::Function::parse(TokenStream::new(), item).expect("a function");
        assert!(errors.is_empty());
        let found = Found {
            built: None,
            kind: None,
            row: Some(Row {
                kind: "free".to_owned(),
                code_hash: "0".repeat(64),
                ..Row::default()
            }),
            refusal: None,
            first: None,
        };
        let file = syn::parse2(super::function(&function, &found)).expect("items");
        prettyplease::unparse(&file).lines().count() + LINKME
    }

    #[test]
    fn a_one_line_function_expands_to_fewer_than_sixty_lines() {
        let private = lines(quote! { fn expensive(x: u64) -> u64 { x * x } });
        let public = lines(quote! { pub fn expensive(x: u64) -> u64 { x * x } });
        assert!(private < 60 && public < 60, "{private} and {public} lines");
    }
}
