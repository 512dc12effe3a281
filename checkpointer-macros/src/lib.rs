//! The attribute macros of checkpointer, in stages: `ast` reads the item and its options, `valid` holds every
//! check, `row` finds what the build script wrote, `expand` only quotes, and `fallback` keeps the user's item
//! beside an error, so that one mistake is one error.
//!
//! Users reach these macros through `checkpointer-runtime`, whose documentation explains them.

#![forbid(unsafe_code)]

mod ast;
mod built;
mod capture;
mod expand;
mod fallback;
mod place;
mod receiver;
mod row;
mod types;
mod valid;

use proc_macro::TokenStream;

/// Makes a function's results survive. See the documentation of `checkpointer_runtime`.
#[proc_macro_attribute]
pub fn checkpoint(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (function, mut errors) = match ast::Function::parse(arguments.into(), item.clone().into()) {
        Ok(parsed) => parsed,
        Err(error) => return fallback::item(item.into(), &[error]).into(),
    };
    valid::check(&function, &mut errors);
    if !errors.is_empty() {
        return fallback::function(function, &errors).into();
    }
    let found = row::find(&function);
    if let Some(error) = valid::clash(&function, &found) {
        return fallback::function(function, &[error]).into();
    }
    expand::function(&function, &found).into()
}

/// Makes a static's value count for the functions that capture it. See the documentation of `checkpointer_runtime`.
#[proc_macro_attribute]
pub fn capture(arguments: TokenStream, item: TokenStream) -> TokenStream {
    capture::expand(arguments.into(), item.clone().into())
        .unwrap_or_else(|error| fallback::item(item.into(), &[error]))
        .into()
}

/// Leaves a static out of the functions that capture it. See the documentation of `checkpointer_runtime`.
#[proc_macro_attribute]
pub fn no_capture(arguments: TokenStream, item: TokenStream) -> TokenStream {
    // The build script reads the mark; there is nothing left to do for the compiler.
    match syn::parse::<syn::parse::Nothing>(arguments) {
        Ok(_) => item,
        Err(error) => fallback::item(item.into(), &[error]).into(),
    }
}

/// Makes the code of a crate's types known to generic functions of other crates. See the documentation of
/// `checkpointer_runtime`.
#[proc_macro]
pub fn register_types(arguments: TokenStream) -> TokenStream {
    types::expand(arguments.into())
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
