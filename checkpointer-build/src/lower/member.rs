//! Impls, traits and `extern` blocks with their members.

use std::ops::Range;

use syn::{ForeignItem, ImplItem, TraitItem};

use super::Lower;
use super::function::Syntax;
use super::item::{Head, Parts};
use super::spelled;
use crate::ir::{Impl, Item, ItemKind, Pos, Trait, TypeAlias, Value};

impl Lower<'_> {
    /// Lowers an impl, and leaves nothing but its header in the tree.
    pub(super) fn impl_block(&mut self, block: &mut syn::ItemImpl) -> (Head, ItemKind) {
        let first = block
            .modifiers
            .defaultness
            .map(|token| token.span)
            .or(block.unsafety.map(|token| token.span))
            .unwrap_or(block.impl_token.span);
        let head = self.head(&Parts {
            attrs: &block.attrs,
            vis: None,
            first,
            name: None,
            last: block.brace_token.span.close(),
        });
        let spelled = (
            spelled::ty(&block.self_ty),
            block.trait_.as_ref().map(|(path, _)| spelled::path(path)),
        );
        let mut items = Vec::new();
        for item in std::mem::take(&mut block.items) {
            self.impl_items(item, &mut items);
        }
        let inside = self.inside(&block.brace_token);
        self.put_back(&mut items, inside);
        let kind = Impl {
            generics: self.generics(&mut block.generics),
            of_trait: block.trait_.as_mut().map(|(path, _)| self.path(path)),
            negative: block.modifiers.polarity.is_some(),
            self_ty: self.ty(&mut block.self_ty),
            spelled,
            items,
        };
        (head, ItemKind::Impl(Box::new(kind)))
    }

    /// Lowers a trait, and leaves nothing but its header in the tree.
    pub(super) fn trait_definition(&mut self, item: &mut syn::ItemTrait) -> (Head, ItemKind) {
        let first = item
            .unsafety
            .map(|token| token.span)
            .or(item.modifiers.auto_token.map(|token| token.span))
            .unwrap_or(item.trait_token.span);
        let head = self.head(&Parts {
            attrs: &item.attrs,
            vis: Some(&item.vis),
            first,
            name: Some(&item.ident),
            last: item.brace_token.span.close(),
        });
        let mut items = Vec::new();
        for member in std::mem::take(&mut item.items) {
            self.trait_items(member, &mut items);
        }
        let inside = self.inside(&item.brace_token);
        self.put_back(&mut items, inside);
        let kind = Trait {
            generics: self.generics(&mut item.generics),
            supertraits: self.bounds(&mut item.supertraits),
            items,
        };
        (head, ItemKind::Trait(Box::new(kind)))
    }

    /// What stands between braces.
    pub(super) fn inside(&self, braces: &syn::token::Brace) -> Range<Pos> {
        self.pos(braces.span.open())..self.pos(braces.span.close())
    }

    /// Lowers an `extern` block, and leaves nothing but its header in the tree.
    pub(super) fn foreign_block(&mut self, block: &mut syn::ItemForeignMod) -> (Head, Vec<Item>) {
        let first = block
            .unsafety
            .map_or(block.abi.extern_token.span, |token| token.span);
        let head = self.head(&Parts {
            attrs: &block.attrs,
            vis: None,
            first,
            name: None,
            last: block.brace_token.span.close(),
        });
        let items = std::mem::take(&mut block.items)
            .into_iter()
            .map(|item| self.foreign_item(item))
            .collect();
        (head, items)
    }

    /// A member of an impl, or those in the branches of a call that picks one by `cfg`.
    pub(super) fn impl_items(&mut self, item: ImplItem, out: &mut Vec<Item>) {
        if let ImplItem::Macro(call) = &item
            && self.branch_items(&call.attrs, &call.mac, out, Self::impl_items)
        {
            return;
        }
        out.push(self.impl_item(item));
    }

    /// The same of a trait.
    pub(super) fn trait_items(&mut self, item: TraitItem, out: &mut Vec<Item>) {
        if let TraitItem::Macro(call) = &item
            && self.branch_items(&call.attrs, &call.mac, out, Self::trait_items)
        {
            return;
        }
        out.push(self.trait_item(item));
    }

    fn impl_item(&mut self, mut item: ImplItem) -> Item {
        // A function without body, say, which an attribute macro may complete.
        if let ImplItem::Verbatim(tokens) = &item
            && let Ok(declared) = syn::parse2::<TraitItem>(tokens.clone())
            && !matches!(declared, TraitItem::Verbatim(_))
        {
            return self.trait_item(declared);
        }
        let (head, mut kind) = match &mut item {
            ImplItem::Fn(item) => self.function(Syntax {
                attrs: &item.attrs,
                vis: Some(&item.vis),
                modifier: item.modifiers.defaultness.map(|token| token.span),
                signature: &mut item.sig,
                block: Some(&mut item.block),
                semi: None,
            }),
            ImplItem::Const(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item
                        .modifiers
                        .defaultness
                        .map_or(item.const_token.span, |token| token.span),
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let value = Value {
                    generics: self.generics(&mut item.generics),
                    ty: self.ty(&mut item.ty),
                    value: Some(self.expr(&mut item.expr)),
                };
                (head, ItemKind::Const(Box::new(value)))
            }
            ImplItem::Type(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item
                        .modifiers
                        .defaultness
                        .map_or(item.type_token.span, |token| token.span),
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let alias = TypeAlias {
                    generics: self.generics(&mut item.generics),
                    bounds: Vec::new(),
                    ty: Some(self.ty(&mut item.ty)),
                };
                (head, ItemKind::Type(Box::new(alias)))
            }
            ImplItem::Macro(item) => self.member_macro(&item.attrs, &mut item.mac, item.semi_token),
            ImplItem::Verbatim(tokens) => self.verbatim_member(tokens),
            other => {
                let tokens = quote::ToTokens::to_token_stream(other);
                self.verbatim_member(&tokens)
            }
        };
        let tokens = self.finish(&mut kind, &mut item);
        head.with(kind, tokens)
    }

    fn trait_item(&mut self, mut item: TraitItem) -> Item {
        let (head, mut kind) = match &mut item {
            TraitItem::Fn(item) => self.function(Syntax {
                attrs: &item.attrs,
                vis: None,
                modifier: item.modifiers.defaultness.map(|token| token.span),
                signature: &mut item.sig,
                block: item.default.as_mut(),
                semi: item.semi_token.map(|token| token.span),
            }),
            TraitItem::Const(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: None,
                    first: item.const_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let value = Value {
                    generics: self.generics(&mut item.generics),
                    ty: self.ty(&mut item.ty),
                    value: item.default.as_mut().map(|(_, value)| self.expr(value)),
                };
                (head, ItemKind::Const(Box::new(value)))
            }
            TraitItem::Type(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: None,
                    first: item.type_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let alias = TypeAlias {
                    generics: self.generics(&mut item.generics),
                    bounds: self.bounds(&mut item.bounds),
                    ty: item.default.as_mut().map(|(_, ty)| self.ty(ty)),
                };
                (head, ItemKind::Type(Box::new(alias)))
            }
            TraitItem::Macro(item) => {
                self.member_macro(&item.attrs, &mut item.mac, item.semi_token)
            }
            TraitItem::Verbatim(tokens) => self.verbatim_member(tokens),
            other => {
                let tokens = quote::ToTokens::to_token_stream(other);
                self.verbatim_member(&tokens)
            }
        };
        let tokens = self.finish(&mut kind, &mut item);
        head.with(kind, tokens)
    }

    pub(super) fn foreign_item(&mut self, mut item: ForeignItem) -> Item {
        let (head, kind) = match &mut item {
            ForeignItem::Fn(item) => self.function(Syntax {
                attrs: &item.attrs,
                vis: Some(&item.vis),
                modifier: None,
                signature: &mut item.sig,
                block: None,
                semi: Some(item.semi_token.span),
            }),
            ForeignItem::Static(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.static_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let value = Value {
                    generics: Default::default(),
                    ty: self.ty(&mut item.ty),
                    value: None,
                };
                (head, ItemKind::Static(Box::new(value)))
            }
            ForeignItem::Type(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.type_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let alias = TypeAlias {
                    generics: self.generics(&mut item.generics),
                    ..TypeAlias::default()
                };
                (head, ItemKind::Type(Box::new(alias)))
            }
            ForeignItem::Macro(item) => {
                self.member_macro(&item.attrs, &mut item.mac, item.semi_token)
            }
            ForeignItem::Verbatim(tokens) => self.verbatim_member(tokens),
            other => {
                let tokens = quote::ToTokens::to_token_stream(other);
                self.verbatim_member(&tokens)
            }
        };
        head.with(kind, self.tokens(&mut item))
    }

    fn member_macro(
        &mut self,
        attrs: &[syn::Attribute],
        mac: &mut syn::Macro,
        semi: Option<syn::Token![;]>,
    ) -> (Head, ItemKind) {
        let head = self.call_head(attrs, mac, semi);
        (head, ItemKind::Macro(Box::new(self.macro_call(mac))))
    }
}
