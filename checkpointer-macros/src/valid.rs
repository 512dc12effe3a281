//! Every check of what may be checkpointed. Each refusal stands on the token that causes it and says what to do instead.

use checkpointer_syntax::message;
use checkpointer_syntax::options::Options;
use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{FnArg, Pat, ReceiverKind, Type};

use crate::ast::{Function, Hashing};

/// Gathers everything that keeps the function from being checkpointed.
pub(crate) fn check(function: &Function, errors: &mut Vec<syn::Error>) {
    let mut report = |at: Span, text: &str| errors.push(syn::Error::new(at, text));
    qualifiers(function, &mut report);
    parameters(function, &mut report);
    result(function, &mut report);
    options(function, &mut report);
}

fn qualifiers(function: &Function, report: &mut impl FnMut(Span, &str)) {
    let signature = &function.signature;
    if let Some(token) = &signature.constness {
        report(token.span(), message::CONST_FN);
    }
    if let syn::Safety::Unsafe(token) = &signature.safety {
        report(token.span(), message::UNSAFE_FN);
    }
    if let Some(abi) = &signature.abi {
        report(abi.span(), message::EXTERN_FN);
    }
    if let Some(variadic) = &signature.variadic {
        report(variadic.span(), message::VARIADIC);
    }
}

fn parameters(function: &Function, report: &mut impl FnMut(Span, &str)) {
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let is_mutable = match &receiver.kind {
                    ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
                    ReceiverKind::Typed(_, ty) => is_mutable_reference(ty),
                    _ => false,
                };
                if is_mutable {
                    report(receiver.span(), message::MUTABLE_RECEIVER);
                }
            }
            FnArg::Typed(typed) => {
                if is_mutable_reference(&typed.ty) {
                    report(typed.ty.span(), message::MUTABLE_PARAMETER);
                }
                if matches!(&*typed.pat, Pat::Verbatim(_)) {
                    report(typed.span(), message::VARIADIC);
                }
            }
        }
    }
    let replaced = function.option(|options| options.hash_by.as_ref());
    for parameter in &function.parameters {
        if let Some(at) = parameter.cfg {
            report(at, message::CFG_PARAMETER);
        }
        if let (Some(_), Hashing::None(at) | Hashing::By(_, at)) = (replaced, &parameter.hashing) {
            report(*at, message::HASH_BY_TWICE);
        }
    }
}

fn is_mutable_reference(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Group(group) => is_mutable_reference(&group.elem),
        Type::Paren(paren) => is_mutable_reference(&paren.elem),
        _ => false,
    }
}

fn result(function: &Function, report: &mut impl FnMut(Span, &str)) {
    let syn::ReturnType::Type(_, ty) = &function.signature.output else {
        return;
    };
    let mut search = ResultSearch::default();
    search.visit_type(ty);
    if let Some(at) = search.borrowed {
        report(at, message::BORROWED_RESULT);
    } else if let Some(at) = search.opaque {
        report(at, message::IMPL_RESULT);
    } else if let Some(at) = search.never {
        report(at, message::NEVER_RESULT);
    }
}

/// What in a result's type can't be kept. Pointers to functions have their own inputs, which are none of the result.
#[derive(Default)]
struct ResultSearch {
    borrowed: Option<Span>,
    opaque: Option<Span>,
    never: Option<Span>,
}

impl<'ast> Visit<'ast> for ResultSearch {
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            Type::Reference(reference) => {
                let is_static = reference
                    .lifetime
                    .as_ref()
                    .is_some_and(|lifetime| lifetime.ident == "static");
                if !is_static {
                    self.borrowed.get_or_insert(reference.span());
                }
            }
            Type::ImplTrait(opaque) => {
                self.opaque.get_or_insert(opaque.span());
                return;
            }
            Type::Never(never) => {
                self.never.get_or_insert(never.span());
            }
            Type::FnPtr(_) => return,
            _ => {}
        }
        visit::visit_type(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident != "static" {
            self.borrowed.get_or_insert(lifetime.span());
        }
    }
}

fn options(function: &Function, report: &mut impl FnMut(Span, &str)) {
    const WHOLE_FUNCTION: &[&str] = &[
        "capture",
        "crate",
        "depends_on",
        "handle",
        "hash_by",
        "result",
        "version",
    ];
    for name in WHOLE_FUNCTION {
        let given = function
            .layers
            .iter()
            .filter_map(|layer| layer.span_of(name));
        for at in given.skip(1) {
            report(at, message::ON_ONE_LAYER);
        }
    }
    let span = |name: &str| function.option(|options: &Options| options.span_of(name));
    if span("version").is_some() {
        if let Some(at) = span("depends_on") {
            report(at, message::VERSION_AND_DEPENDS_ON);
        }
        if let (Some(at), Some(true)) = (span("capture"), function.option(|o| o.capture)) {
            report(at, message::VERSION_AND_CAPTURE);
        }
    }
    if let (Some(at), true) = (span("handle"), function.has_receiver()) {
        report(at, message::HANDLE_ON_METHOD);
    }
    let companion = function
        .option(|options| options.handle.clone())
        .unwrap_or_else(|| function.signature.ident.clone());
    let name = companion.to_string();
    if !function.has_receiver() && PRIMITIVES.contains(&&*name) {
        report(companion.span(), &message::primitive_name(&name));
    }
}

const PRIMITIVES: &[&str] = &[
    "bool", "char", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "str",
    "u8", "u16", "u32", "u64", "u128", "usize",
];
