//! `#[capture]` on a static: registers its value under its path, for the functions whose rows name it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Item, Path, StaticMutability, Token};

/// When and by what a captured static is hashed.
#[derive(Default)]
struct Options {
    once: bool,
    hash_by: Option<Expr>,
    runtime: Option<Path>,
}

/// The static as it was, and its entry in the registry.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let options = Options::parse(arguments)?;
    let name = name(syn::parse2(item.clone())?)?;
    let runtime = options
        .runtime
        .map_or_else(|| quote!(::checkpointer_runtime), |path| quote!(#path));
    let private = quote!(#runtime::__private);
    let text = name.to_string();
    let once = options.once;
    let hash = match options.hash_by {
        Some(by) => quote!(__sink.value(#text, &#private::apply_1(&#name, #by))),
        None => quote!({
            use #private::{CaptureByDeref as _, CaptureBySerialize as _, CaptureByTrait as _};
            (&&&#private::Capture(&#name)).hash(#text, __sink);
        }),
    };
    Ok(quote! {
        #item
        const _: () = {
            #[#private::linkme::distributed_slice(#private::CHECKPOINTER_STATICS)]
            #[linkme(crate = #private::linkme)]
            static CAPTURED: #private::CapturedStatic =
                #private::CapturedStatic::new(::core::concat!(::core::module_path!(), "::", #text), #once, |__sink| #hash);
        };
    })
}

impl Options {
    fn parse(arguments: TokenStream) -> syn::Result<Self> {
        let mut options = Self::default();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let name: Ident = input.call(syn::ext::IdentExt::parse_any)?;
                match &*name.to_string() {
                    "once" => options.once = true,
                    "hash_by" => {
                        input.parse::<Token![=]>()?;
                        options.hash_by = Some(input.parse()?);
                    }
                    "crate" => {
                        input.parse::<Token![=]>()?;
                        options.runtime = Some(input.call(Path::parse_mod_style)?);
                    }
                    _ => {
                        return Err(syn::Error::new(
                            name.span(),
                            checkpointer_syntax::message::UNKNOWN_CAPTURE_OPTION,
                        ));
                    }
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        parser.parse2(arguments)?;
        Ok(options)
    }
}

/// The name of the static. `thread_local!` and `lazy_static!` pass our attribute on to the constant or struct that they
/// make of it.
fn name(item: Item) -> syn::Result<Ident> {
    match item {
        Item::Static(item) => match item.mutability {
            StaticMutability::None => Ok(item.ident),
            mutability => Err(syn::Error::new_spanned(
                mutability,
                checkpointer_syntax::message::CAPTURE_STATIC_MUT,
            )),
        },
        Item::Const(item) => Ok(item.ident),
        Item::Struct(item) => Ok(item.ident),
        other => Err(syn::Error::new_spanned(
            other,
            checkpointer_syntax::message::CAPTURE_NOT_A_STATIC,
        )),
    }
}
