//! What the build knew of its code, embedded once in a crate, for the run time to put beside the results that it stores.

use checkpointer_syntax::state::FILE_NAME;
use proc_macro2::TokenStream;
use quote::quote;

use crate::row::Found;

/// The constant with the state's bytes, in a crate's first expansion. A build script of an older version writes none.
pub(crate) fn embedded(found: &Found) -> Option<TokenStream> {
    found.first.as_ref()?;
    let folder = std::env::var_os("OUT_DIR")?;
    let is_there = std::path::Path::new(&folder).join(FILE_NAME).is_file();
    is_there.then(|| {
        quote! {
            const __STATE: &[u8] =
                ::core::include_bytes!(::core::concat!(::core::env!("OUT_DIR"), "/", #FILE_NAME));
        }
    })
}
