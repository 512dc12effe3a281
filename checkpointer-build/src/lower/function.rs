//! Functions and generics.

use proc_macro2::Span;
use syn::{FnArg, GenericParam, ReceiverKind, WherePredicate};

use super::Lower;
use super::item::{Head, Parts};
use crate::body::Body;
use crate::ir::{Function, Generics, ItemKind, Param, Receiver, Type, TypeParam};

/// A function's syntax, wherever it stands.
pub(super) struct Syntax<'s> {
    pub(super) attrs: &'s [syn::Attribute],
    pub(super) vis: Option<&'s syn::Visibility>,
    pub(super) modifier: Option<Span>,
    pub(super) signature: &'s mut syn::Signature,
    pub(super) block: Option<&'s mut syn::Block>,
    pub(super) semi: Option<Span>,
}

impl Lower<'_> {
    pub(super) fn function(&mut self, syntax: Syntax<'_>) -> (Head, ItemKind) {
        let signature = syntax.signature;
        let last = match (&syntax.block, syntax.semi) {
            (Some(block), _) => block.brace_token.span.close(),
            (None, Some(semi)) => semi,
            (None, None) => signature.paren_token.span.close(),
        };
        let mut head = self.head(&Parts {
            attrs: syntax.attrs,
            vis: syntax.vis,
            first: syntax.modifier.unwrap_or_else(|| first_token(signature)),
            name: Some(&signature.ident),
            last,
        });
        // Before the items in the body are taken out: the macro hashes the body as it is written.
        let own_hash = match &syntax.block {
            Some(block) if !head.attributes.checkpoint.is_empty() => {
                Some(checkpointer_syntax::tokens::own_hash(signature, block))
            }
            _ => None,
        };
        let mut generics = self.generics(&mut signature.generics);
        let mut params: Vec<Param> = Vec::with_capacity(signature.inputs.len());
        let mut receiver = None;
        let mut is_unsure = false;
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(this) => {
                    self.part_attributes(&this.attrs, &mut head.attributes);
                    receiver = Some(match &mut this.kind {
                        ReceiverKind::Value => Receiver::Value,
                        ReceiverKind::Typed(_, ty) => Receiver::Typed(self.ty(ty)),
                        _ => Receiver::Reference,
                    });
                }
                FnArg::Typed(param) => {
                    self.part_attributes(&param.attrs, &mut head.attributes);
                    is_unsure |= has_cfg(&param.attrs);
                    let pattern = self.pattern(&mut param.pat);
                    let mut ty = self.ty(&mut param.ty);
                    if is_unsure {
                        // Which argument is whose a `cfg` decides: all types count, and none is known.
                        let written = std::mem::replace(&mut ty, Type::Infer);
                        generics.wheres.push((written, Vec::new()));
                    }
                    params.push(Param { pattern, ty });
                }
            }
        }
        let function = Function {
            generics,
            params,
            receiver,
            result: self.result(&mut signature.output),
            is_async: signature.asyncness.is_some(),
            body: syntax.block.map(|block| {
                if let Some(body) = self.left_out(block) {
                    return body;
                }
                let block = self.block(block);
                // What a macro made is looked into at once.
                match self.source {
                    Some(_) => Body::packed(block),
                    None => Body::new(block),
                }
            }),
            own_hash,
        };
        (head, ItemKind::Fn(Box::new(function)))
    }

    pub(super) fn generics(&mut self, generics: &mut syn::Generics) -> Generics {
        let mut out = Generics::default();
        let mut alone = Vec::new();
        for param in &mut generics.params {
            match param {
                GenericParam::Lifetime(_) => {}
                GenericParam::Type(param) => {
                    let name = self.name(&param.ident);
                    let bounds = self.bounds(&mut param.bounds);
                    let default = param.default.as_mut().map(|(_, ty)| self.ty(ty));
                    let is_side = has_cfg(&param.attrs);
                    match out.types.last_mut() {
                        // The same one, as two sides of a `cfg` have it.
                        Some(last) if is_side && last.name == name => {
                            alone.retain(|side| *side != name);
                            last.bounds.extend(bounds);
                            let defaults = last.default.take().into_iter().chain(default);
                            out.wheres.extend(defaults.map(|ty| (ty, Vec::new())));
                        }
                        _ => {
                            alone.extend(is_side.then_some(name));
                            out.types.push(TypeParam {
                                name,
                                bounds,
                                default,
                            });
                        }
                    }
                }
                GenericParam::Const(param) => {
                    let name = self.name(&param.ident);
                    let ty = self.ty(&mut param.ty);
                    let default = param.default.as_mut().map(|(_, value)| self.expr(value));
                    out.consts.push((name, ty, default));
                }
            }
        }
        if let Some(clause) = &mut generics.where_clause {
            for predicate in &mut clause.predicates {
                if let WherePredicate::Type(predicate) = predicate {
                    let ty = self.ty(&mut predicate.bounded_ty);
                    let bounds = self.bounds(&mut predicate.bounds);
                    out.wheres.push((ty, bounds));
                }
            }
        }
        out.unsure = !alone.is_empty();
        out
    }
}

fn has_cfg(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| one.path().is_ident("cfg"))
}

/// The first token of a signature: `const`, `async`, `unsafe`, `extern` or `fn`.
fn first_token(signature: &syn::Signature) -> Span {
    if let Some(token) = &signature.constness {
        return token.span;
    }
    if let Some(token) = &signature.asyncness {
        return token.span;
    }
    match &signature.safety {
        syn::Safety::Safe(token) => return token.span,
        syn::Safety::Unsafe(token) => return token.span,
        syn::Safety::Default => {}
    }
    match &signature.abi {
        Some(abi) => abi.extern_token.span,
        None => signature.fn_token.span,
    }
}
