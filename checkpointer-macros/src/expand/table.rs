//! The static that carries a function's row into the program, with the options of its layers.

use checkpointer_syntax::options::{self, Options};
use checkpointer_syntax::table::Row;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

use crate::ast::Function;
use crate::row::Found;

/// The static, and what else an expansion registers. Users' expressions stand among these names, so they begin with `__`.
pub(crate) fn statics(
    function: &Function,
    found: &Found,
    path: &TokenStream,
    private: &TokenStream,
    linkme: &TokenStream,
) -> TokenStream {
    let refusal = found
        .refusal
        .as_ref()
        .map(|text| quote_spanned!(Span::call_site()=> const _: () = ::core::panic!("{}", #text);));
    let tracking = found.first.as_ref().map(|_| {
        let file = checkpointer_syntax::table::FILE_NAME;
        quote!(
            const _: &str =
                ::core::include_str!(::core::concat!(::core::env!("OUT_DIR"), "/", #file));
        )
    });
    let types = found
        .first
        .as_ref()
        .filter(|types| !types.is_empty())
        .map(|types| quote!(const __TYPES: &str = #types;));
    let state = super::state::embedded(found);
    let with_types = types.is_some().then(|| quote!(.types(__TYPES)));
    let with_state = state.is_some().then(|| quote!(.state_of_code(__STATE)));
    let text = match &found.row {
        Some(row) => {
            let text = text(row, found.built.as_deref(), may_capture_by_preset(function));
            quote!(#text)
        }
        None => quote!(""),
    };
    let path = found.row.is_none().then(|| quote!(.path(#path)));
    let switches: Vec<TokenStream> = found
        .row
        .iter()
        .flat_map(|row| &row.switches)
        .filter_map(|switch| match &**switch {
            "test" => Some(quote!(::core::cfg!(test))),
            "debug_assertions" => Some(quote!(::core::cfg!(debug_assertions))),
            _ => None,
        })
        .collect();
    let layers = function
        .layers
        .iter()
        .map(|options| layer(options, function, private));
    let captures_by_default = found.row.as_ref().is_some_and(|row| row.capture_by_default);
    let capture_default = captures_by_default.then(|| quote!(.capture_by_default()));
    let switches = (!switches.is_empty()).then(|| quote!(.switches(&[#(#switches),*])));
    quote! {
        #refusal
        #tracking
        #types
        #state
        const __ROW: &str = #text;
        #[#linkme::distributed_slice(#private::FUNCTIONS)]
        #[linkme(crate = #linkme)]
        static __FUNCTION: #private::Descriptor = #private::Descriptor::new(__ROW, &[#(|| #layers),*]) #path #capture_default #switches #with_types #with_state;
    }
}

/// One layer's options as a preset that extends `using`.
fn layer(options: &Options, function: &Function, private: &TokenStream) -> TokenStream {
    let start = match &options.using {
        Some(preset) => quote!(#private::Checkpointer::clone(&#preset)),
        None => quote!(#private::Checkpointer::new()),
    };
    let format = options
        .format
        .as_ref()
        .map(|value| match options::string(value) {
            Some(text) if options::SHARED_FORMATS.contains(&&*text.value()) => {
                // A function of this name, so that a missing feature is an error that says so, at the name.
                let name = syn::Ident::new(&text.value(), text.span());
                let here = quote_spanned!(text.span()=> ());
                quote!(.format(#private::formats::#name::<#here>(::core::option_env!("CHECKPOINTER_DEFAULT_REMOTE"))))
            }
            _ => quote!(.format(#value)),
        });
    let root = options
        .root_path
        .as_ref()
        .map(|value| quote!(.root_path(#value)));
    let when = options.when.as_ref().map(|value| match value {
        syn::Expr::Lit(_) => quote!(.when(#value)),
        _ => quote!(.when(|| #value)),
    });
    let verbosity = options.verbosity.as_ref().map(|value| match value {
        syn::Expr::Lit(_) => quote!(.verbosity(#value)),
        _ => quote!(.verbosity(|| #value)),
    });
    let should_expire = options
        .should_expire
        .as_ref()
        .map(|value| quote!(.should_expire(#value)));
    let expiry = options
        .expiry
        .as_ref()
        .map(|value| quote!(.expiry(|| #value)));
    let passed_on = options.passed_on.iter().map(|(name, value)| {
        let value = match options::string(value).map(syn::LitStr::value).as_deref() {
            Some("rename") if name == "durability" => quote!(#private::Durability::Rename),
            Some("fsync") if name == "durability" => quote!(#private::Durability::Fsync),
            _ => value.to_token_stream(),
        };
        quote!(.#name(#value))
    });
    let capture = function
        .option(|options| options.capture)
        .map(|value| quote!(.capture(#value)));
    let version = function
        .option(|options| options.version.as_ref())
        .map(|value| quote!(.version(&(#value))));
    quote!(#start #format #root #when #verbosity #should_expire #expiry #(#passed_on)* #capture #version)
}

/// Whether only the run time can tell if statics count, so that it must also warn of those that don't.
fn may_capture_by_preset(function: &Function) -> bool {
    let is_given = |has: fn(&Options) -> bool| function.layers.iter().any(has);
    is_given(|layer| layer.using.is_some())
        && !is_given(|layer| layer.capture.is_some() || layer.version.is_some())
}

/// The row as the run time reads it: one line a fact, fields between tabs.
fn text(row: &Row, built: Option<&str>, may_capture_by_preset: bool) -> String {
    let mut text = format!(
        "path\t{}\nat\t{}\t{}\ncode\t{}\ncapture\t{}",
        row.path, row.file, row.line, row.code_hash, row.capture_hash
    );
    if let Some(digits) = built {
        text.push_str("\nbuilt\t");
        text.push_str(digits);
    }
    if may_capture_by_preset {
        // Where the run time is a path dependency its own statics are read, too; no result depends on them.
        let counted =
            |id: &&String| !row.released.contains(id) && !id.starts_with("checkpointer_runtime::");
        for id in row.statics.iter().filter(counted) {
            text.push_str("\nstatic\t");
            text.push_str(id);
        }
    }
    for id in &row.captured {
        text.push_str("\ncaptured\t");
        text.push_str(id);
    }
    for d in &row.dependencies {
        let fields = [&*d.kind, &*d.path, &*d.file, &*d.line.to_string(), &*d.hash];
        text.push_str("\nuses\t");
        text.push_str(&fields.join("\t"));
    }
    text
}
