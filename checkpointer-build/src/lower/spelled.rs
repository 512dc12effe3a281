//! How a self type and a trait are spelled in ids: as in the source, without lifetimes.

use std::fmt::Write as _;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, Token, Type, TypeParamBound};

/// A type's spelling.
pub(super) fn ty(ty: &Type) -> String {
    let mut out = String::new();
    write_type(ty, &mut out);
    out
}

/// A path's spelling.
pub(super) fn path(path: &syn::Path) -> String {
    let mut out = String::new();
    write_path(path, 0, &mut out);
    out
}

fn write_type(ty: &Type, out: &mut String) {
    match ty {
        Type::Path(path) => {
            let Some(qself) = &path.qself else {
                return write_path(&path.path, 0, out);
            };
            out.push('<');
            write_type(&qself.ty, out);
            if qself.position > 0 {
                let mut of_trait = path.path.clone();
                while of_trait.segments.len() > qself.position {
                    of_trait.segments.pop();
                }
                out.push_str(" as ");
                write_path(&of_trait, 0, out);
            }
            out.push_str(">::");
            write_path(&path.path, qself.position, out);
        }
        Type::Reference(inner) => {
            out.push_str(if inner.mutability.is_some() {
                "&mut "
            } else {
                "&"
            });
            write_type(&inner.elem, out);
        }
        Type::Ptr(inner) => {
            out.push_str(match inner.mutability {
                syn::PointerMutability::Mut(_) => "*mut ",
                syn::PointerMutability::Const(_) => "*const ",
            });
            write_type(&inner.elem, out);
        }
        Type::Slice(inner) => {
            out.push('[');
            write_type(&inner.elem, out);
            out.push(']');
        }
        Type::Array(array) => {
            out.push('[');
            write_type(&array.elem, out);
            out.push_str("; ");
            write_tokens(&array.len, out);
            out.push(']');
        }
        Type::Tuple(tuple) => {
            out.push('(');
            list(tuple.elems.iter(), ", ", write_type, out);
            out.push_str(if tuple.elems.len() == 1 { ",)" } else { ")" });
        }
        Type::Group(inner) => write_type(&inner.elem, out),
        Type::Paren(inner) => write_type(&inner.elem, out),
        Type::FnPtr(pointer) => {
            if pointer.unsafety.is_some() {
                out.push_str("unsafe ");
            }
            if let Some(abi) = &pointer.abi {
                out.push_str("extern ");
                if let Some(name) = &abi.name {
                    let _ = write!(out, "{:?} ", name.value());
                }
            }
            out.push_str("fn(");
            list(
                pointer.inputs.iter().map(|input| &input.ty),
                ", ",
                write_type,
                out,
            );
            out.push(')');
            write_result(&pointer.output, out);
        }
        Type::TraitObject(object) => {
            out.push_str("dyn ");
            write_bounds(&object.bounds, out);
        }
        Type::ImplTrait(opaque) => {
            out.push_str("impl ");
            write_bounds(&opaque.bounds, out);
        }
        Type::Never(_) => out.push('!'),
        Type::Infer(_) => out.push('_'),
        other => write_tokens(other, out),
    }
}

fn write_path(path: &syn::Path, skip: usize, out: &mut String) {
    list(
        path.segments.iter().skip(skip),
        "::",
        |segment, out| {
            let name = segment.ident.to_string();
            out.push_str(name.strip_prefix("r#").unwrap_or(&name));
            match &segment.arguments {
                PathArguments::None => {}
                PathArguments::AngleBracketed(args) => {
                    let counted = || {
                        args.args
                            .iter()
                            .filter(|arg| !matches!(arg, GenericArgument::Lifetime(_)))
                    };
                    if counted().next().is_some() {
                        out.push('<');
                        list(counted(), ", ", write_argument, out);
                        out.push('>');
                    }
                }
                PathArguments::Parenthesized(args) => {
                    out.push('(');
                    list(
                        args.inputs.iter().map(|input| &input.ty),
                        ", ",
                        write_type,
                        out,
                    );
                    out.push(')');
                    write_result(&args.output, out);
                }
            }
        },
        out,
    );
}

fn write_argument(argument: &GenericArgument, out: &mut String) {
    match argument {
        GenericArgument::Type(ty) => write_type(ty, out),
        GenericArgument::AssocType(binding) => {
            let _ = write!(out, "{} = ", binding.ident);
            write_type(&binding.ty, out);
        }
        other => write_tokens(other, out),
    }
}

fn write_bounds(bounds: &Punctuated<TypeParamBound, Token![+]>, out: &mut String) {
    let traits = bounds
        .iter()
        .filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_)));
    list(
        traits,
        " + ",
        |bound, out| match bound {
            TypeParamBound::Trait(bound) => {
                if bound.maybe.is_some() {
                    out.push('?');
                }
                write_path(&bound.path, 0, out);
            }
            other => write_tokens(other, out),
        },
        out,
    );
}

fn write_result(output: &syn::ReturnType, out: &mut String) {
    if let syn::ReturnType::Type(_, ty) = output {
        out.push_str(" -> ");
        write_type(ty, out);
    }
}

fn write_tokens(syntax: &impl ToTokens, out: &mut String) {
    let _ = write!(out, "{}", syntax.to_token_stream());
}

fn list<T>(
    items: impl Iterator<Item = T>,
    separator: &str,
    mut write: impl FnMut(T, &mut String),
    out: &mut String,
) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        write(item, out);
    }
}
