//! The item under the attribute and the options of all its layers, as typed data.

use checkpointer_syntax::message;
use checkpointer_syntax::options::Options;
use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Block, Expr, FnArg, Ident, ItemFn, Pat, ReceiverKind, Signature, Type, Visibility,
};

/// A function under `#[checkpoint]`.
pub(crate) struct Function {
    /// The attributes that are not ours, in their order.
    pub(crate) attributes: Vec<Attribute>,
    /// Its visibility.
    pub(crate) visibility: Visibility,
    /// Its signature as the user wrote it, without our marks on parameters.
    pub(crate) signature: Signature,
    /// The signature with the marks: what the build script has hashed.
    pub(crate) hashed_signature: Signature,
    /// Its body.
    pub(crate) block: Box<Block>,
    /// The options of each layer, the outermost first.
    pub(crate) layers: Vec<Options>,
    /// Its parameters, the receiver included.
    pub(crate) parameters: Vec<Parameter>,
}

/// One parameter.
pub(crate) struct Parameter {
    /// What the expansion calls it.
    pub(crate) ident: Ident,
    /// How it is named in the key and in messages.
    pub(crate) name: String,
    /// Whether it is `self` in any form.
    pub(crate) is_receiver: bool,
    /// Its type; a receiver's where it is written.
    pub(crate) ty: Option<Type>,
    /// How it enters the call's hash.
    pub(crate) hashing: Hashing,
    /// Where it stands, for messages.
    pub(crate) span: Span,
    /// `#[cfg(…)]` on it.
    pub(crate) cfg: Option<Span>,
}

/// How a parameter enters the call's hash.
pub(crate) enum Hashing {
    /// By its value.
    Value,
    /// Not at all: `#[no_hash]`.
    None(Span),
    /// By what a closure gives: `#[hash_by(…)]`.
    By(Box<Expr>, Span),
}

impl Function {
    /// Reads the attribute's arguments and the item. The errors beside the function are those of options and marks.
    pub(crate) fn parse(
        arguments: TokenStream,
        item: TokenStream,
    ) -> syn::Result<(Self, Vec<syn::Error>)> {
        let item = parse_item(item)?;
        let (outermost, mut errors) = Options::parse(arguments);
        let mut layers = vec![outermost];
        let mut attributes = Vec::new();
        for attribute in item.attrs {
            if is_named(&attribute, "checkpoint") {
                let (options, more) = Options::of_attribute(&attribute);
                layers.push(options);
                errors.extend(more);
            } else {
                attributes.push(attribute);
            }
        }
        let hashed_signature = item.sig.clone();
        let mut signature = item.sig;
        let parameters = signature
            .inputs
            .iter_mut()
            .enumerate()
            .map(|(index, input)| Parameter::take(index, input, &mut errors))
            .collect();
        Ok((
            Self {
                attributes,
                visibility: item.vis,
                signature,
                hashed_signature,
                block: item.block,
                layers,
                parameters,
            },
            errors,
        ))
    }

    /// The option of whichever layer gives it; [`crate::valid`] sees to it that only one does.
    pub(crate) fn option<'a, T>(&'a self, pick: impl Fn(&'a Options) -> Option<T>) -> Option<T> {
        self.layers.iter().find_map(pick)
    }

    /// Whether the function takes `self` in any form.
    pub(crate) fn has_receiver(&self) -> bool {
        self.signature.receiver().is_some()
    }

    /// The result's type; `()` where none is written.
    pub(crate) fn result(&self) -> Type {
        match &self.signature.output {
            syn::ReturnType::Default => syn::parse_quote!(()),
            syn::ReturnType::Type(_, ty) => (**ty).clone(),
        }
    }

    /// Whether the result is taken for a `Result`: as `result = …` says, or by its name. A lone `Result` without arguments
    /// may be anything, and is asked about if it is one.
    pub(crate) fn is_fallible(&self) -> bool {
        self.option(|options| options.result)
            .unwrap_or_else(|| match self.result() {
                Type::Path(path) => path.path.segments.last().is_some_and(|segment| {
                    let is_told = !segment.arguments.is_empty() || path.path.segments.len() > 1;
                    segment.ident == "Result" && is_told
                }),
                _ => false,
            })
    }
}

impl Parameter {
    fn take(index: usize, input: &mut FnArg, errors: &mut Vec<syn::Error>) -> Self {
        let span = input.span();
        let attributes = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(typed) => &mut typed.attrs,
        };
        let mut hashing = Hashing::Value;
        let mut cfg = None;
        attributes.retain(|attribute| {
            if attribute.path().is_ident("cfg") {
                cfg = Some(attribute.span());
            }
            match mark(attribute) {
                Ok(None) => return true,
                Ok(Some(found)) => match (&hashing, &found) {
                    (Hashing::Value, _) => hashing = found,
                    _ => errors.push(syn::Error::new(
                        attribute.span(),
                        message::NO_HASH_AND_HASH_BY,
                    )),
                },
                Err(error) => errors.push(error),
            }
            false
        });
        let (ident, name, ty) = match input {
            FnArg::Receiver(receiver) => {
                let ty = match &receiver.kind {
                    ReceiverKind::Typed(_, ty) => Some((**ty).clone()),
                    _ => None,
                };
                (format_ident!("__self"), "self".to_owned(), ty)
            }
            FnArg::Typed(typed) => {
                let (ident, name) = match &*typed.pat {
                    Pat::Ident(pattern) if pattern.subpat.is_none() => {
                        let name = pattern.ident.to_string();
                        // The user's name, and yet the expansion's own: lints on user code leave it alone.
                        let mut ident = pattern.ident.clone();
                        ident.set_span(Span::call_site().located_at(ident.span()));
                        (ident, name.trim_start_matches("r#").to_owned())
                    }
                    _ => (format_ident!("__argument_{index}"), format!("#{index}")),
                };
                (ident, name, Some((*typed.ty).clone()))
            }
        };
        Self {
            ident,
            name,
            is_receiver: matches!(input, FnArg::Receiver(_)),
            ty,
            hashing,
            span,
            cfg,
        }
    }
}

/// `#[no_hash]` or `#[hash_by(…)]`, where the attribute is one of them.
fn mark(attribute: &Attribute) -> syn::Result<Option<Hashing>> {
    if is_named(attribute, "no_hash") {
        return match &attribute.meta {
            syn::Meta::Path(_) => Ok(Some(Hashing::None(attribute.span()))),
            _ => Err(syn::Error::new(attribute.span(), message::NO_HASH_VALUE)),
        };
    }
    if is_named(attribute, "hash_by") {
        return match &attribute.meta {
            syn::Meta::List(list) => match list.parse_args::<Expr>() {
                Ok(value) => Ok(Some(Hashing::By(Box::new(value), attribute.span()))),
                Err(_) => Err(syn::Error::new(attribute.span(), message::HASH_BY_EMPTY)),
            },
            _ => Err(syn::Error::new(attribute.span(), message::HASH_BY_EMPTY)),
        };
    }
    Ok(None)
}

/// Whether the attribute's path ends in this name.
fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}

fn parse_item(item: TokenStream) -> syn::Result<ItemFn> {
    let error = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(item) => return Ok(item),
        Err(error) => error,
    };
    if let Ok(declared) = syn::parse2::<syn::TraitItemFn>(item.clone()) {
        return Err(syn::Error::new_spanned(declared, message::NO_BODY));
    }
    match syn::parse2::<syn::Item>(item) {
        Ok(other) => Err(syn::Error::new_spanned(other, message::NOT_A_FUNCTION)),
        Err(_) => Err(error),
    }
}
