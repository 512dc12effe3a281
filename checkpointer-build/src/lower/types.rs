//! Types.

use quote::ToTokens as _;

use super::Lower;
use crate::ir::Type;

impl Lower<'_> {
    pub(super) fn ty(&mut self, ty: &mut syn::Type) -> Type {
        match ty {
            syn::Type::Path(path) => {
                Type::Path(self.qualified(path.qself.as_mut(), &mut path.path))
            }
            syn::Type::Reference(inner) => Type::Reference(Box::new(self.ty(&mut inner.elem))),
            syn::Type::Ptr(inner) => Type::Pointer(Box::new(self.ty(&mut inner.elem))),
            syn::Type::Slice(inner) => Type::Slice(Box::new(self.ty(&mut inner.elem))),
            syn::Type::Array(array) => {
                let length = length(&array.len);
                let item = Box::new(self.ty(&mut array.elem));
                Type::Array(item, Box::new(self.expr(&mut array.len)), length)
            }
            syn::Type::Tuple(tuple) => {
                Type::Tuple(tuple.elems.iter_mut().map(|ty| self.ty(ty)).collect())
            }
            syn::Type::Group(inner) => self.ty(&mut inner.elem),
            syn::Type::Paren(inner) => self.ty(&mut inner.elem),
            syn::Type::FnPtr(pointer) => Type::Function(
                pointer
                    .inputs
                    .iter_mut()
                    .map(|input| self.ty(&mut input.ty))
                    .collect(),
                Box::new(self.result_or_unit(&mut pointer.output)),
            ),
            syn::Type::TraitObject(object) => Type::Dyn(self.bounds(&mut object.bounds)),
            syn::Type::ImplTrait(opaque) => Type::Impl(self.bounds(&mut opaque.bounds)),
            syn::Type::Never(_) => Type::Never,
            syn::Type::Infer(_) => Type::Infer,
            syn::Type::Macro(call) => Type::Macro(Box::new(self.macro_call(&mut call.mac))),
            other => Type::Verbatim(other.to_token_stream().to_string()),
        }
    }

    /// The declared result of a function or closure; `None` where nothing is written.
    pub(super) fn result(&mut self, output: &mut syn::ReturnType) -> Option<Type> {
        match output {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
        }
    }
}

/// An array's length, where it is written as a number.
pub(super) fn length(written: &syn::Expr) -> Option<u64> {
    match written {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        syn::Expr::Group(inner) => length(&inner.expr),
        syn::Expr::Paren(inner) => length(&inner.expr),
        syn::Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, None)] if block.label.is_none() => length(only),
            _ => None,
        },
        _ => None,
    }
}
