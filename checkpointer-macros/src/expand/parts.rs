//! The pieces that the expansions of all kinds of functions are put together from.

use checkpointer_syntax::message;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{FnArg, GenericParam, ReceiverKind, Signature, Type, Visibility};

use crate::ast::{Function, Hashing, Parameter};
use crate::expand::attributes::divide;
use crate::expand::shape::{Shape, is_primitive};
use crate::expand::signature::{
    is_array, is_reference, may_be_unsized, mentions_impl, mentions_self, pattern, turbofish,
};
use crate::expand::table;
use crate::place::{self, Place};
use crate::row::Found;

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In a module or a block.
    Free,
    /// In an inherent impl.
    Inherent,
    /// In the impl of a trait.
    Trait,
}

/// Pieces of an expansion.
pub(crate) struct Parts<'a> {
    pub(crate) function: &'a Function,
    pub(crate) kind: Kind,
    pub(crate) visibility: &'a Visibility,
    /// The companion's name.
    pub(crate) handle: Ident,
    /// The path of the runtime.
    pub(crate) runtime: TokenStream,
    /// The path of what the expansion names of the runtime: a short one where it stands in a constant of its own.
    pub(crate) private: TokenStream,
    /// The user's attributes that stay with the function's name.
    pub(crate) plain_attributes: Vec<TokenStream>,
    /// The user's attributes that go with the body.
    pub(crate) body_attributes: Vec<TokenStream>,
    /// `::<T, N>`, or nothing.
    pub(crate) turbofish: TokenStream,
    /// The parameters' names, as patterns.
    pub(crate) idents: Vec<&'a Ident>,
    /// The parameters but for the receiver, each with a comma, as arguments of a call.
    pub(crate) passed: Vec<TokenStream>,
    /// `.await`, or nothing.
    pub(crate) awaiting: TokenStream,
    /// The marker for sync or async, whole result or `Ok` alone.
    pub(crate) mode: TokenStream,
    /// How it is known what of a result is kept.
    pub(crate) shape: Shape,
    /// The marker for that.
    keep: TokenStream,
    /// The static `__FUNCTION` that carries the row, and what else the crate registers.
    pub(crate) statics: TokenStream,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(function: &'a Function, found: &Found) -> Self {
        let runtime = match function.option(|options| options.runtime.as_ref()) {
            Some(path) => path.to_token_stream(),
            None => quote!(::checkpointer_runtime),
        };
        let kind = kind(function, found);
        let (private, linkme) = match kind {
            Kind::Free => (quote!(__p), quote!(__l)),
            _ => (
                quote!(#runtime::__private),
                quote!(#runtime::__private::linkme),
            ),
        };
        let name = &function.signature.ident;
        let chosen = function.option(|options| options.handle.clone());
        let chosen = chosen.unwrap_or_else(|| name.clone());
        // At the user's name, and yet the expansion's own: lints on user code leave it alone.
        let mut handle = chosen.clone();
        handle.set_span(Span::call_site().located_at(chosen.span()));
        // Without a row nothing names the function but the compiler: by its companion, or by an item in its body.
        let path = match kind {
            Kind::Free => quote!(::core::any::type_name::<#handle>),
            _ => quote!(|| {
                fn __here() {}
                #private::path_around(&__here)
            }),
        };
        let (plain_attributes, body_attributes) = divide(&function.attributes);
        let idents: Vec<&Ident> = function
            .parameters
            .iter()
            .map(|parameter| &parameter.ident)
            .collect();
        let passed = function
            .parameters
            .iter()
            .filter(|parameter| !parameter.is_receiver);
        let is_async = function.signature.asyncness.is_some();
        let shape = Shape::of(function, kind);
        let keep = shape.keep(function, kind, &private);
        let schedule = if is_async {
            quote!(Async)
        } else {
            quote!(Sync)
        };
        Self {
            function,
            kind,
            visibility: &function.visibility,
            handle,
            plain_attributes,
            body_attributes,
            turbofish: turbofish(&function.signature),
            idents,
            passed: passed
                .map(|parameter| {
                    let ident = &parameter.ident;
                    quote!(#ident,)
                })
                .collect(),
            awaiting: if is_async {
                quote!(.await)
            } else {
                TokenStream::new()
            },
            mode: quote!(#private::#schedule<#keep>),
            keep,
            shape,
            statics: table::statics(function, found, &path, &private, &linkme),
            runtime,
            private,
        }
    }

    /// The function's name without `r#`.
    pub(crate) fn bare_name(&self) -> String {
        let name = self.function.signature.ident.to_string();
        name.trim_start_matches("r#").to_owned()
    }

    /// The span of names that the expansion adds: shown at the function's name, and exempt from lints on user code.
    pub(crate) fn call_site(&self) -> Span {
        Span::call_site().located_at(self.function.signature.ident.span())
    }

    pub(crate) fn has_receiver(&self) -> bool {
        self.function.has_receiver()
    }

    /// Whether naming the function is not enough to know which one is meant.
    pub(crate) fn is_generic(&self) -> bool {
        let signature = &self.function.signature;
        let mut parameters = signature.generics.params.iter();
        parameters.any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
            || self
                .function
                .parameters
                .iter()
                .any(|parameter| parameter.ty.as_ref().is_some_and(mentions_impl))
    }

    /// The handle on the function as a whole. Whoever asks for it uses the function; of a generic one only a call says so.
    pub(crate) fn handle_value(&self) -> TokenStream {
        if self.is_generic() {
            return quote!(__FUNCTION.function());
        }
        let path = self.path_of_plain();
        quote!(__FUNCTION.used_by(#path))
    }

    /// The function under its own name, as its companion sees it.
    pub(crate) fn path_of_plain(&self) -> TokenStream {
        let name = &self.function.signature.ident;
        if self.kind == Kind::Free {
            quote!(#name)
        } else {
            quote!(Self::#name)
        }
    }

    pub(crate) fn is_async(&self) -> bool {
        self.function.signature.asyncness.is_some()
    }

    pub(crate) fn result(&self) -> Type {
        self.function.result()
    }

    /// What is stored of a result.
    pub(crate) fn kept(&self) -> TokenStream {
        let Self { private, keep, .. } = self;
        let result = self.result();
        match self.shape {
            Shape::Whole => result.to_token_stream(),
            Shape::Fallible | Shape::ByType => quote!(#private::Kept<#keep, #result>),
        }
    }

    /// The function's signature under this name, each pattern replaced by one identifier.
    pub(crate) fn signature(&self, name: &Ident) -> Signature {
        let mut signature = self.function.signature.clone();
        signature.ident = name.clone();
        for (input, parameter) in signature.inputs.iter_mut().zip(&self.function.parameters) {
            match input {
                FnArg::Receiver(receiver) => {
                    if !matches!(receiver.kind, ReceiverKind::Reference(..)) {
                        receiver.mutability = None;
                    }
                }
                FnArg::Typed(typed) => {
                    let ident = &parameter.ident;
                    *typed.pat = syn::parse_quote!(#ident);
                    typed.attrs.clear();
                }
            }
        }
        signature
    }

    /// The parameters' patterns as the user wrote them.
    pub(crate) fn patterns(&self) -> Vec<TokenStream> {
        let inputs = self.function.signature.inputs.iter();
        inputs
            .zip(&self.idents)
            .map(|(input, ident)| match input {
                FnArg::Receiver(receiver) if matches!(receiver.kind, ReceiverKind::Value) => {
                    let mutability = &receiver.mutability;
                    quote!(#mutability #ident)
                }
                FnArg::Receiver(_) => ident.to_token_stream(),
                FnArg::Typed(typed) => pattern(&typed.pat),
            })
            .collect()
    }

    /// The arguments as values of the tuple that the prepared call owns.
    pub(crate) fn argument_values(&self) -> Vec<TokenStream> {
        self.function
            .parameters
            .iter()
            .map(|parameter| {
                if parameter.is_receiver {
                    quote!(self)
                } else {
                    parameter.ident.to_token_stream()
                }
            })
            .collect()
    }

    /// The closure that hashes the arguments.
    pub(crate) fn hash_closure(&self) -> TokenStream {
        let types = self.type_arguments();
        if let Some(by) = self.function.option(|options| options.hash_by.as_ref()) {
            let idents = &self.idents;
            let applied = self.apply(&self.function.parameters.iter().collect::<Vec<_>>(), by);
            let value = quote!(__sink.value("hash_by", &#applied));
            let statements = types.into_iter().chain([value]).collect();
            return hashing(&quote!(#(#idents,)*), statements);
        }
        let patterns = self
            .function
            .parameters
            .iter()
            .map(|parameter| match parameter.hashing {
                // The type of an `impl Trait` counts even where the value does not.
                Hashing::None(_) if !parameter.ty.as_ref().is_some_and(mentions_impl) => quote!(_),
                _ => parameter.ident.to_token_stream(),
            });
        let values = self.function.parameters.iter().filter_map(|parameter| {
            let (ident, name) = (&parameter.ident, &parameter.name);
            match &parameter.hashing {
                Hashing::None(_) => None,
                Hashing::Value => {
                    let span = parameter.ty.as_ref().map_or(parameter.span, |ty| ty.span());
                    // serde knows arrays of up to 32 elements only, and none whose length is a parameter.
                    let value = if parameter.ty.as_ref().is_some_and(is_array) {
                        quote_spanned!(span=> #ident.as_slice())
                    } else {
                        quote_spanned!(span=> ::core::convert::identity(#ident))
                    };
                    Some(quote_spanned!(span=> __sink.value(#name, #value)))
                }
                Hashing::By(by, _) => {
                    let applied = self.apply(&[parameter], by);
                    Some(quote!(__sink.value(#name, &#applied)))
                }
            }
        });
        let statements = types.into_iter().chain(values).collect();
        hashing(&quote!(#(#patterns,)*), statements)
    }

    /// A closure applied to parameters; the function in between lets the compiler infer the closure's types.
    fn apply(&self, parameters: &[&Parameter], by: &syn::Expr) -> TokenStream {
        let Self { private, .. } = self;
        let apply = format_ident!("apply_{}", parameters.len());
        let references = parameters.iter().map(|parameter| {
            let ident = &parameter.ident;
            match parameter.ty.as_ref().map(is_reference) {
                Some(true) => quote!(*#ident),
                None if self.receiver_is_reference() => quote!(*#ident),
                _ => quote!(#ident),
            }
        });
        quote!(#private::#apply(#(#references,)* #by))
    }

    fn receiver_is_reference(&self) -> bool {
        let receiver = self.function.signature.receiver();
        receiver.is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(..)))
    }

    /// What of the type arguments enters the call's hash.
    fn type_arguments(&self) -> Vec<TokenStream> {
        let mut statements = Vec::new();
        if self.kind != Kind::Free {
            statements.push(quote!(__sink.self_type::<Self>()));
        }
        let generics = &self.function.signature.generics;
        for parameter in &generics.params {
            match parameter {
                GenericParam::Type(parameter) => {
                    let ident = &parameter.ident;
                    statements.push(if may_be_unsized(generics, ident) {
                        quote!(__sink.unsized_argument::<#ident>())
                    } else {
                        quote!(__sink.type_argument::<#ident>())
                    });
                }
                GenericParam::Const(parameter) => {
                    let (ident, name) = (&parameter.ident, parameter.ident.to_string());
                    statements.push(quote!(__sink.value(#name, &#ident)));
                }
                GenericParam::Lifetime(_) => {}
            }
        }
        for parameter in &self.function.parameters {
            if parameter.ty.as_ref().is_some_and(mentions_impl) {
                let ident = &parameter.ident;
                statements.push(quote!(__sink.type_of(#ident)));
            }
        }
        statements
    }

    /// How results are kept: by cloning alone where every layer is memory, else as bytes, too.
    pub(crate) fn values(&self) -> TokenStream {
        let Self { private, .. } = self;
        let span = match &self.function.signature.output {
            syn::ReturnType::Default => self.function.signature.ident.span(),
            syn::ReturnType::Type(_, ty) => ty.span(),
        };
        // What can't be kept is told of at the result's type.
        let at = match self.kind {
            Kind::Free => span,
            // There is an import in it, which the lints on user code shall leave alone.
            _ => Span::call_site().located_at(span),
        };
        let kept = located(self.kept(), at);
        if self.is_memory() {
            return quote_spanned!(span=> #private::shared::<#kept>());
        }
        let stored =
            quote_spanned!(span=> #private::stored::<#kept>(#private::Probe::<#kept>::CLONE));
        match self.kind {
            // The constant around it has the trait at hand.
            Kind::Free => stored,
            _ => quote!({
                use #private::NotShared as _;
                #stored
            }),
        }
    }

    /// Whether every layer is memory.
    pub(crate) fn is_memory(&self) -> bool {
        let mut layers = self.function.layers.iter();
        layers.all(|layer| layer.has_format("memory"))
    }

    /// Verifies that the result is no `Result`, where that is a guess that a name could belie.
    pub(crate) fn check_result(&self) -> TokenStream {
        let Self { private, .. } = self;
        let result = self.result();
        let is_decided = self.function.option(|options| options.result).is_some();
        let may_hide = matches!(&result, Type::Path(path) if !is_primitive(&path.path));
        if is_decided || !may_hide || self.shape != Shape::Whole {
            return TokenStream::new();
        }
        let text = message::HIDDEN_RESULT;
        quote_spanned!(result.span()=> const {
            use #private::NotResult as _;
            ::core::assert!(!#private::Probe::<#result>::IS_RESULT, #text);
        })
    }
}

/// The closure that hashes arguments of these patterns.
fn hashing(patterns: &TokenStream, statements: Vec<TokenStream>) -> TokenStream {
    match &statements[..] {
        [only] => quote!(|(#patterns), __sink| #only),
        _ => quote!(|(#patterns), __sink| { #(#statements;)* }),
    }
}

/// The kind that the row says; without one what the file says, or the best guess.
fn kind(function: &Function, found: &Found) -> Kind {
    let known = found.row.as_ref().map(|row| &*row.kind);
    match known.or(found.kind.as_deref()) {
        Some("free") => Kind::Free,
        Some("inherent") => Kind::Inherent,
        Some("trait") => Kind::Trait,
        _ => match place::of(function) {
            Some(Place::Free) => Kind::Free,
            Some(Place::Inherent) => Kind::Inherent,
            Some(Place::Trait) => Kind::Trait,
            None if function.has_receiver() || mentions_self(&function.signature) => Kind::Inherent,
            None => Kind::Free,
        },
    }
}

/// The tokens, all shown at one place.
fn located(tokens: TokenStream, at: Span) -> TokenStream {
    let located = |token: TokenTree| {
        let mut token = match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), located(group.stream(), at)).into()
            }
            other => other,
        };
        token.set_span(at);
        token
    };
    tokens.into_iter().map(located).collect()
}
