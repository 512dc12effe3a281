//! Every check of what may be checkpointed. Each refusal stands on the token that causes it and says what to do instead.

use checkpointer_syntax::message;
use checkpointer_syntax::options::Options;
use syn::visit::{self, Visit};
use syn::{Error, FnArg, Pat, ReceiverKind, Type};

use crate::ast::{Function, Hashing};
use crate::row::Found;

/// Gathers everything that keeps the function from being checkpointed.
pub(crate) fn check(function: &Function, errors: &mut Vec<Error>) {
    qualifiers(function, errors);
    parameters(function, errors);
    result(function, errors);
    options(function, errors);
}

fn qualifiers(function: &Function, errors: &mut Vec<Error>) {
    let signature = &function.signature;
    if let Some(token) = &signature.constness {
        errors.push(Error::new_spanned(token, message::CONST_FN));
    }
    if let syn::Safety::Unsafe(token) = &signature.safety {
        errors.push(Error::new_spanned(token, message::UNSAFE_FN));
    }
    if let Some(abi) = &signature.abi {
        errors.push(Error::new_spanned(abi, message::EXTERN_FN));
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(Error::new_spanned(variadic, message::VARIADIC));
    }
}

fn parameters(function: &Function, errors: &mut Vec<Error>) {
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let is_mutable = match &receiver.kind {
                    ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
                    ReceiverKind::Typed(_, ty) => is_mutable_reference(ty),
                    _ => false,
                };
                if is_mutable {
                    errors.push(Error::new_spanned(receiver, message::MUTABLE_RECEIVER));
                }
            }
            FnArg::Typed(typed) => {
                if is_mutable_reference(&typed.ty) {
                    errors.push(Error::new_spanned(&typed.ty, message::MUTABLE_PARAMETER));
                }
                if matches!(&*typed.pat, Pat::Verbatim(_)) {
                    errors.push(Error::new_spanned(typed, message::VARIADIC));
                }
            }
        }
    }
    let replaced = function.option(|options| options.hash_by.as_ref());
    for parameter in &function.parameters {
        if let Some(at) = parameter.cfg {
            errors.push(Error::new(at, message::CFG_PARAMETER));
        }
        if let (Some(_), Hashing::None(at) | Hashing::By(_, at)) = (replaced, &parameter.hashing) {
            errors.push(Error::new(*at, message::HASH_BY_TWICE));
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

fn result(function: &Function, errors: &mut Vec<Error>) {
    let syn::ReturnType::Type(_, ty) = &function.signature.output else {
        return;
    };
    let mut search = ResultSearch::default();
    search.visit_type(ty);
    errors.extend(search.borrowed.or(search.opaque).or(search.never));
}

/// What in a result's type can't be kept. Pointers to functions have their own inputs, which are none of the result.
#[derive(Default)]
struct ResultSearch {
    borrowed: Option<Error>,
    opaque: Option<Error>,
    never: Option<Error>,
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
                    self.borrowed.get_or_insert_with(|| {
                        Error::new_spanned(reference, message::BORROWED_RESULT)
                    });
                }
            }
            Type::ImplTrait(opaque) => {
                self.opaque
                    .get_or_insert_with(|| Error::new_spanned(opaque, message::IMPL_RESULT));
                return;
            }
            Type::Never(never) => {
                self.never
                    .get_or_insert_with(|| Error::new_spanned(never, message::NEVER_RESULT));
            }
            Type::FnPtr(_) => return,
            _ => {}
        }
        visit::visit_type(self, ty);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident != "static" {
            self.borrowed
                .get_or_insert_with(|| Error::new_spanned(lifetime, message::BORROWED_RESULT));
        }
    }
}

fn options(function: &Function, errors: &mut Vec<Error>) {
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
            errors.push(Error::new(at, message::ON_ONE_LAYER));
        }
    }
    let span = |name: &str| function.option(|options: &Options| options.span_of(name));
    if span("version").is_some() {
        if let Some(at) = span("depends_on") {
            errors.push(Error::new(at, message::VERSION_AND_DEPENDS_ON));
        }
        if let (Some(at), Some(true)) = (span("capture"), function.option(|o| o.capture)) {
            errors.push(Error::new(at, message::VERSION_AND_CAPTURE));
        }
    }
    if let (Some(at), true) = (span("handle"), function.has_receiver()) {
        errors.push(Error::new(at, message::HANDLE_ON_METHOD));
    }
    let companion = function
        .option(|options| options.handle.clone())
        .unwrap_or_else(|| function.signature.ident.clone());
    let name = companion.to_string();
    if !function.has_receiver() && PRIMITIVES.contains(&&*name) {
        errors.push(Error::new(companion.span(), message::primitive_name(&name)));
    }
}

/// What the build script knows to have the companion's name already. It stands on the attribute, since there the way out
/// is written.
pub(crate) fn clash(function: &Function, found: &Found) -> Option<Error> {
    let what = &found.row.as_ref()?.clash;
    let has_handle = function.option(|options| options.handle.as_ref()).is_some();
    if what.is_empty() || has_handle {
        return None;
    }
    let name = function.signature.ident.to_string();
    Some(Error::new(
        proc_macro2::Span::call_site(),
        message::name_taken(name.trim_start_matches("r#"), what),
    ))
}

const PRIMITIVES: &[&str] = &[
    "bool", "char", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "str",
    "u8", "u16", "u32", "u64", "u128", "usize",
];
