//! Whether a function's result is a `Result`: told by the user, known to the compiler, or guessed by its name.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit::Visit;
use syn::{Signature, Type};

use crate::ast::Function;
use crate::expand::parts::Kind;

/// How it is known whether a result is a `Result`, of which only `Ok` is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It is none: as `result = false` says, or by its name.
    Whole,
    /// It is one: as `result = true` says, or by its name.
    Fallible,
    /// The compiler knows, whatever the type is called.
    ByType,
}

impl Shape {
    pub(crate) fn of(function: &Function, kind: Kind) -> Self {
        let by_name = if function.is_fallible() {
            Self::Fallible
        } else {
            Self::Whole
        };
        let is_told = function.option(|options| options.result).is_some();
        match asked(function, kind) {
            Some(_) if !is_told => Self::ByType,
            _ => by_name,
        }
    }

    /// The marker for what is kept.
    pub(crate) fn keep(
        self,
        function: &Function,
        kind: Kind,
        private: &TokenStream,
    ) -> TokenStream {
        match (self, asked(function, kind)) {
            (Self::ByType, Some(ty)) => {
                // Around a companion's operations the trait is at hand that answers for what is no `Result`.
                let answers = (kind != Kind::Free).then(|| quote!(use #private::NotResult as _;));
                quote!(#private::By<{ #answers #private::Probe::<#ty>::IS_RESULT }>)
            }
            (Self::Fallible, _) => quote!(#private::Fallible),
            _ => quote!(#private::Whole),
        }
    }
}

/// The type to ask whether the result is a `Result`: itself, or with its arguments replaced, since a constant in a type can't
/// name type parameters, and a method doesn't know those of its impl. What is not called `Result` may want more of its
/// arguments than `()` can do.
fn asked(function: &Function, kind: Kind) -> Option<Type> {
    let result = function.result();
    let Type::Path(path) = &result else {
        return None;
    };
    if is_primitive(&path.path) {
        return None;
    }
    if kind == Kind::Free && !depends(&function.signature, &result) {
        return Some(result);
    }
    let mut path = path.clone();
    let is_self = path.path.segments.first()?.ident == "Self";
    let last = path.path.segments.last_mut()?;
    if path.qself.is_some() || is_self || last.ident != "Result" {
        return None;
    }
    if let syn::PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        for argument in &mut arguments.args {
            match argument {
                syn::GenericArgument::Type(ty) => *ty = syn::parse_quote!(()),
                syn::GenericArgument::Lifetime(lifetime) => {
                    *lifetime = syn::parse_quote!('static);
                }
                _ => return None,
            }
        }
    }
    Some(Type::Path(path))
}

pub(crate) fn is_primitive(path: &syn::Path) -> bool {
    const NAMES: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    path.get_ident()
        .is_some_and(|name| NAMES.contains(&&*name.to_string()))
}

/// Whether the type mentions a parameter of the function or a lifetime.
fn depends(signature: &Signature, ty: &Type) -> bool {
    struct Search<'a>(Vec<&'a Ident>, bool);
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.1 |= self.0.contains(&ident);
        }
        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.1 |= lifetime.ident != "static";
        }
    }
    let types = signature.generics.type_params();
    let constants = signature.generics.const_params();
    let types = types.map(|parameter| &parameter.ident);
    let constants = constants.map(|parameter| &parameter.ident);
    let mut search = Search(types.chain(constants).collect(), false);
    search.visit_type(ty);
    search.1
}
