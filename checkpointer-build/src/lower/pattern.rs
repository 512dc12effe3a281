//! Patterns.

use quote::ToTokens as _;

use super::Lower;
use crate::ir::{Expr, Pattern};
use crate::symbol::Symbol;

impl Lower<'_> {
    pub(super) fn pattern(&mut self, pattern: &mut syn::Pat) -> Pattern {
        match pattern {
            syn::Pat::Wild(_) => Pattern::Wild,
            syn::Pat::Rest(_) => Pattern::Rest,
            syn::Pat::Ident(ident) => self.binding(ident, true),
            syn::Pat::Path(path) => {
                Pattern::Path(self.qualified(path.qself.as_mut(), &mut path.path))
            }
            syn::Pat::TupleStruct(tuple) => Pattern::TupleStruct(
                self.qualified(tuple.qself.as_mut(), &mut tuple.path),
                self.patterns(&mut tuple.elems),
            ),
            syn::Pat::Struct(fields) => {
                let path = self.qualified(fields.qself.as_mut(), &mut fields.path);
                let fields = fields
                    .fields
                    .iter_mut()
                    .map(|field| (self.member(&field.member), self.field_pattern(field)))
                    .collect();
                Pattern::Struct(path, fields)
            }
            syn::Pat::Tuple(tuple) => Pattern::Tuple(self.patterns(&mut tuple.elems)),
            syn::Pat::Slice(slice) => Pattern::Slice(self.patterns(&mut slice.elems)),
            syn::Pat::Or(or) => Pattern::Or(self.patterns(&mut or.cases)),
            syn::Pat::Paren(inner) => self.pattern(&mut inner.pat),
            syn::Pat::Reference(inner) => {
                Pattern::Reference(Box::new(self.pattern(&mut inner.pat)))
            }
            syn::Pat::Lit(literal) => Pattern::Value(vec![self.literal(&literal.lit)]),
            syn::Pat::Range(range) => Pattern::Value(
                [&mut range.start, &mut range.end]
                    .into_iter()
                    .flatten()
                    .map(|bound| self.expr(bound))
                    .collect(),
            ),
            syn::Pat::Const(constant) => {
                Pattern::Value(vec![Expr::Block(Box::new(self.block(&mut constant.block)))])
            }
            syn::Pat::Type(typed) => Pattern::Typed(
                Box::new(self.pattern(&mut typed.pat)),
                Box::new(self.ty(&mut typed.ty)),
            ),
            syn::Pat::Macro(call) => Pattern::Macro(Box::new(self.macro_call(&mut call.mac))),
            // Guards of arms are taken off before; this one stands within a pattern.
            syn::Pat::Guard(guard) => Pattern::Or(vec![
                self.pattern(&mut guard.pat),
                Pattern::Value(vec![self.expr(&mut guard.guard)]),
            ]),
            other => Pattern::Verbatim(other.to_token_stream().to_string()),
        }
    }

    fn binding(&mut self, ident: &mut syn::PatIdent, may_be_path: bool) -> Pattern {
        Pattern::Ident {
            name: self.name(&ident.ident),
            by_ref: ident.by_ref.is_some(),
            can_be_path: may_be_path
                && ident.by_ref.is_none()
                && ident.mutability.is_none()
                && ident.subpat.is_none(),
            sub: ident
                .subpat
                .as_mut()
                .map(|(_, sub)| Box::new(self.pattern(sub))),
            at: self.pos(ident.ident.span()),
        }
    }

    /// `field: pattern`, or the shorthand `field`, which always binds.
    fn field_pattern(&mut self, field: &mut syn::FieldPat) -> Pattern {
        match &mut *field.pat {
            syn::Pat::Ident(ident) if field.colon_token.is_none() => self.binding(ident, false),
            pattern => self.pattern(pattern),
        }
    }

    fn patterns<'p>(
        &mut self,
        patterns: impl IntoIterator<Item = &'p mut syn::Pat>,
    ) -> Vec<Pattern> {
        patterns
            .into_iter()
            .map(|pattern| self.pattern(pattern))
            .collect()
    }

    /// A field's name; `0`, `1`, … in a tuple.
    pub(super) fn member(&mut self, member: &syn::Member) -> Symbol {
        match member {
            syn::Member::Named(ident) => self.name(ident),
            syn::Member::Unnamed(index) => tuple_field(index.index as usize),
        }
    }
}

/// How the fields of a tuple are called.
pub(super) fn tuple_field(index: usize) -> Symbol {
    const FIRST: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
    match FIRST.get(index) {
        Some(name) => Symbol::new(name),
        None => Symbol::new(&index.to_string()),
    }
}
