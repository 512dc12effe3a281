//! Takes out of a syntax tree what `cfg` decides for this build: parts that are off go, and with
//! those that are on the attribute goes, so that an item's own tokens are those that are compiled.
//! What can't be decided before the build stays as it is written.

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};

use crate::cfg::{CfgSet, Predicate, Truth};

/// Strips one item, impl item or trait item.
pub(super) struct Strip<'c> {
    pub(super) set: &'c CfgSet,
}

impl Strip<'_> {
    fn truth(&self, attribute: &syn::Attribute) -> Option<Truth> {
        if !attribute.path().is_ident("cfg") {
            return None;
        }
        let syn::Meta::List(list) = &attribute.meta else {
            return None;
        };
        Some(
            Predicate::from_tokens(list.tokens.clone())
                .map_or(Truth::Undecided, |predicate| predicate.eval(self.set)),
        )
    }

    fn is_on(&self, attributes: &[syn::Attribute]) -> bool {
        attributes
            .iter()
            .all(|attribute| self.truth(attribute) != Some(Truth::False))
    }

    fn retain<T, P: Default>(
        &self,
        list: &mut Punctuated<T, P>,
        attributes: impl Fn(&T) -> &[syn::Attribute],
    ) {
        if list.iter().all(|part| self.is_on(attributes(part))) {
            return;
        }
        *list = std::mem::take(list)
            .into_iter()
            .filter(|part| self.is_on(attributes(part)))
            .collect();
    }

    /// The attributes behind a decided `cfg_attr`; `None`: it stays.
    fn conditional(&self, attribute: &syn::Attribute) -> Option<Vec<syn::Attribute>> {
        if !attribute.path().is_ident("cfg_attr") {
            return None;
        }
        let syn::Meta::List(list) = &attribute.meta else {
            return None;
        };
        let parser = |input: syn::parse::ParseStream<'_>| {
            let predicate = Predicate::parse(input)?;
            input.parse::<syn::Token![,]>()?;
            let metas = Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated(input)?;
            Ok((predicate, metas))
        };
        let (predicate, metas) = syn::parse::Parser::parse2(parser, list.tokens.clone()).ok()?;
        match predicate.eval(self.set) {
            Truth::False => Some(Vec::new()),
            Truth::Undecided => None,
            Truth::True => Some(
                metas
                    .into_iter()
                    .map(|meta| syn::Attribute {
                        meta,
                        ..attribute.clone()
                    })
                    .collect(),
            ),
        }
    }
}

impl VisitMut for Strip<'_> {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        if !attributes
            .iter()
            .any(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr"))
        {
            return;
        }
        let mut kept = Vec::with_capacity(attributes.len());
        for attribute in std::mem::take(attributes) {
            if self.truth(&attribute) == Some(Truth::True) {
                continue;
            }
            match self.conditional(&attribute) {
                Some(mut inner) => {
                    self.visit_attributes_mut(&mut inner);
                    kept.extend(inner);
                }
                None => kept.push(attribute),
            }
        }
        *attributes = kept;
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| match statement {
            syn::Stmt::Local(local) => self.is_on(&local.attrs),
            syn::Stmt::Macro(call) => self.is_on(&call.attrs),
            syn::Stmt::Expr(expr, _) => self.is_on(attributes_of(expr)),
            syn::Stmt::Item(_) => true,
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_match_mut(&mut self, expr: &mut syn::ExprMatch) {
        expr.arms.retain(|arm| self.is_on(&arm.attrs));
        visit_mut::visit_expr_match_mut(self, expr);
    }

    fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
        self.retain(&mut fields.named, |field| &field.attrs);
        visit_mut::visit_fields_named_mut(self, fields);
    }

    fn visit_fields_unnamed_mut(&mut self, fields: &mut syn::FieldsUnnamed) {
        self.retain(&mut fields.unnamed, |field| &field.attrs);
        visit_mut::visit_fields_unnamed_mut(self, fields);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        self.retain(&mut item.variants, |variant| &variant.attrs);
        visit_mut::visit_item_enum_mut(self, item);
    }

    fn visit_expr_struct_mut(&mut self, expr: &mut syn::ExprStruct) {
        self.retain(&mut expr.fields, |field| &field.attrs);
        visit_mut::visit_expr_struct_mut(self, expr);
    }

    fn visit_pat_struct_mut(&mut self, pattern: &mut syn::PatStruct) {
        self.retain(&mut pattern.fields, |field| &field.attrs);
        visit_mut::visit_pat_struct_mut(self, pattern);
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        self.retain(&mut signature.inputs, |input| match input {
            syn::FnArg::Receiver(receiver) => &receiver.attrs,
            syn::FnArg::Typed(typed) => &typed.attrs,
        });
        visit_mut::visit_signature_mut(self, signature);
    }

    fn visit_expr_array_mut(&mut self, expr: &mut syn::ExprArray) {
        self.retain(&mut expr.elems, attributes_of);
        visit_mut::visit_expr_array_mut(self, expr);
    }

    fn visit_expr_call_mut(&mut self, expr: &mut syn::ExprCall) {
        self.retain(&mut expr.args, attributes_of);
        visit_mut::visit_expr_call_mut(self, expr);
    }
}

fn attributes_of(expr: &syn::Expr) -> &[syn::Attribute] {
    match expr {
        syn::Expr::Array(e) => &e.attrs,
        syn::Expr::Assign(e) => &e.attrs,
        syn::Expr::Async(e) => &e.attrs,
        syn::Expr::Await(e) => &e.attrs,
        syn::Expr::Binary(e) => &e.attrs,
        syn::Expr::Block(e) => &e.attrs,
        syn::Expr::Break(e) => &e.attrs,
        syn::Expr::Call(e) => &e.attrs,
        syn::Expr::Cast(e) => &e.attrs,
        syn::Expr::Closure(e) => &e.attrs,
        syn::Expr::Const(e) => &e.attrs,
        syn::Expr::Continue(e) => &e.attrs,
        syn::Expr::Field(e) => &e.attrs,
        syn::Expr::ForLoop(e) => &e.attrs,
        syn::Expr::Group(e) => &e.attrs,
        syn::Expr::If(e) => &e.attrs,
        syn::Expr::Index(e) => &e.attrs,
        syn::Expr::Infer(e) => &e.attrs,
        syn::Expr::Let(e) => &e.attrs,
        syn::Expr::Lit(e) => &e.attrs,
        syn::Expr::Loop(e) => &e.attrs,
        syn::Expr::Macro(e) => &e.attrs,
        syn::Expr::Match(e) => &e.attrs,
        syn::Expr::MethodCall(e) => &e.attrs,
        syn::Expr::Paren(e) => &e.attrs,
        syn::Expr::Path(e) => &e.attrs,
        syn::Expr::Range(e) => &e.attrs,
        syn::Expr::RawAddr(e) => &e.attrs,
        syn::Expr::Reference(e) => &e.attrs,
        syn::Expr::Repeat(e) => &e.attrs,
        syn::Expr::Return(e) => &e.attrs,
        syn::Expr::Struct(e) => &e.attrs,
        syn::Expr::Try(e) => &e.attrs,
        syn::Expr::TryBlock(e) => &e.attrs,
        syn::Expr::Tuple(e) => &e.attrs,
        syn::Expr::Unary(e) => &e.attrs,
        syn::Expr::Unsafe(e) => &e.attrs,
        syn::Expr::While(e) => &e.attrs,
        syn::Expr::Yield(e) => &e.attrs,
        _ => &[],
    }
}
