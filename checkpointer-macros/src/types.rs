//! `register_types!()`: a crate without a generic checkpointed function of its own tells those of other crates what the
//! types are made of that it calls them with.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;
use syn::parse::{ParseStream, Parser as _};

use crate::row;

/// The registration, or a refusal where there is no table.
pub(crate) fn expand(arguments: TokenStream) -> syn::Result<TokenStream> {
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            return Ok(None);
        }
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        input.call(Path::parse_mod_style).map(Some)
    };
    let runtime = parser
        .parse2(arguments)?
        .map_or_else(|| quote!(::checkpointer_runtime), |path| quote!(#path));
    let file = checkpointer_syntax::table::FILE_NAME;
    Ok(match row::types() {
        Err(refusal) => quote!(
            const _: () = ::core::panic!("{}", #refusal);
        ),
        Ok(types) => quote! {
            const _: () = {
                // Makes rustc notice a changed table.
                const _: &str = ::core::include_str!(::core::concat!(::core::env!("OUT_DIR"), "/", #file));
                #[#runtime::__private::linkme::distributed_slice(#runtime::__private::CHECKPOINTER_TYPES)]
                #[linkme(crate = #runtime::__private::linkme)]
                static TYPES: &str = #types;
            };
        },
    })
}
