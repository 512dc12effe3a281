//! Items of modules and blocks.

use proc_macro2::Span;
use syn::spanned::Spanned as _;

use super::Lower;
use crate::cfg::Predicate;
use crate::ir::{
    Attributes, Enum, Expr, Field, FieldStyle, Fields, Item, ItemKind, Pos, Struct, Trait, Type,
    TypeAlias, Value, Variant, Visibility,
};
use crate::symbol::Symbol;

/// What every item has: where it stands, its name and its attributes.
pub(super) struct Head {
    pub(super) name: Symbol,
    pub(super) cfg: Vec<Predicate>,
    pub(super) start: Pos,
    pub(super) name_at: Pos,
    pub(super) end_line: u32,
    pub(super) visibility: Visibility,
    pub(super) attributes: Attributes,
}

impl Head {
    pub(super) fn with(self, kind: ItemKind, tokens: [u8; 32]) -> Item {
        Item {
            name: self.name,
            cfg: self.cfg,
            start: self.start,
            name_at: self.name_at,
            end_line: self.end_line,
            tokens,
            visibility: self.visibility,
            attributes: self.attributes,
            kind,
        }
    }
}

/// The parts of an item's syntax that its head is made from.
pub(super) struct Parts<'s> {
    pub(super) attrs: &'s [syn::Attribute],
    pub(super) vis: Option<&'s syn::Visibility>,
    /// The first token behind attributes and visibility.
    pub(super) first: Span,
    pub(super) name: Option<&'s syn::Ident>,
    pub(super) last: Span,
}

impl Lower<'_> {
    pub(super) fn head(&mut self, parts: &Parts<'_>) -> Head {
        let (cfg, mut attributes) = self.attributes(parts.attrs);
        let name = match parts.name {
            Some(name) => self.name(name),
            None => Symbol::new(""),
        };
        if attributes.proc_macro.is_some_and(str_is_empty) {
            attributes.proc_macro = Some(name);
        }
        let first_attribute = parts
            .attrs
            .iter()
            .find(|attribute| {
                matches!(attribute.style, syn::AttrStyle::Outer)
                    && !attribute.path().is_ident("doc")
            })
            .map(|attribute| attribute.pound_token.span);
        let keyword = match parts.vis {
            Some(syn::Visibility::Public(token)) => token.span,
            Some(syn::Visibility::Restricted(restricted)) => restricted.pub_token.span,
            _ => parts.first,
        };
        let start = self.pos(first_attribute.unwrap_or(keyword));
        Head {
            name,
            cfg,
            start,
            name_at: match parts.name {
                Some(name) => self.pos(name.span()),
                None => self.pos(parts.first),
            },
            end_line: self.end(parts.last).line,
            visibility: match parts.vis {
                Some(vis) => self.visibility(vis),
                None => Visibility::Inherited,
            },
            attributes,
        }
    }

    fn visibility(&mut self, vis: &syn::Visibility) -> Visibility {
        match vis {
            syn::Visibility::Public(_) => Visibility::Public,
            syn::Visibility::Inherited => Visibility::Inherited,
            syn::Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => {
                Visibility::Crate
            }
            syn::Visibility::Restricted(restricted) if restricted.path.is_ident("self") => {
                Visibility::Inherited
            }
            syn::Visibility::Restricted(restricted) => Visibility::Restricted(
                restricted
                    .path
                    .segments
                    .iter()
                    .map(|segment| self.name(&segment.ident))
                    .collect(),
            ),
        }
    }

    /// Lowers an item: a `use` into one for each leaf, a macro such as `thread_local!` into the
    /// items that it makes.
    pub(super) fn item(&mut self, mut item: syn::Item, out: &mut Vec<Item>) {
        let (head, mut kind) = match &mut item {
            syn::Item::Use(import) => return self.import(import, out),
            syn::Item::Macro(call) if call.ident.is_none() => {
                if self.made_items(&call.attrs, &call.mac, out)
                    || self.branch_items(&call.attrs, &call.mac, out, Self::item)
                {
                    return;
                }
                self.item_macro(call)
            }
            syn::Item::Mod(module) => {
                let (head, kind) = self.module(module);
                // Its items count by themselves, and so does a macro that is given all of them.
                let tokens = if head.attributes.foreign.is_empty() {
                    [0; 32]
                } else {
                    self.tokens(&mut item)
                };
                return out.push(head.with(kind, tokens));
            }
            syn::Item::Fn(function) => {
                let function = syn_fn(function);
                self.function(function)
            }
            syn::Item::Macro(definition) => self.macro_definition(definition),
            syn::Item::Verbatim(tokens) => {
                let tokens = std::mem::take(tokens);
                return self.unusual_item(tokens, out);
            }
            syn::Item::Impl(block) => self.impl_block(block),
            syn::Item::Trait(definition) => self.trait_definition(definition),
            syn::Item::ForeignMod(block) => {
                let (head, mut items) = self.foreign_block(block);
                // Without its items: the language and the attributes, which are those of each item.
                let around = self.bytes(&mut item);
                for item in &mut items {
                    item.tokens = *blake3::hash(&[&item.tokens, &*around].concat()).as_bytes();
                    let attributes = &mut item.attributes;
                    attributes
                        .foreign
                        .extend(head.attributes.foreign.iter().cloned());
                    attributes
                        .mentions
                        .extend(head.attributes.mentions.iter().cloned());
                }
                return out.push(head.with(ItemKind::ForeignMod(items), [0; 32]));
            }
            other => self.simple_item(other),
        };
        let tokens = self.finish(&mut kind, &mut item);
        out.push(head.with(kind, tokens));
    }

    fn simple_item(&mut self, item: &mut syn::Item) -> (Head, ItemKind) {
        match item {
            syn::Item::Struct(item) => {
                let last = match (&item.fields, &item.semi_token) {
                    (_, Some(semi)) => semi.span,
                    (syn::Fields::Named(fields), _) => fields.brace_token.span.close(),
                    _ => item.ident.span(),
                };
                let mut head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.struct_token.span,
                    name: Some(&item.ident),
                    last,
                });
                let kind = Struct {
                    generics: self.generics(&mut item.generics),
                    fields: self.fields(&mut item.fields, &mut head.attributes),
                    union: false,
                };
                (head, ItemKind::Struct(Box::new(kind)))
            }
            syn::Item::Union(item) => {
                let mut head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.union_token.span,
                    name: Some(&item.ident),
                    last: item.fields.brace_token.span.close(),
                });
                let kind = Struct {
                    generics: self.generics(&mut item.generics),
                    fields: Fields {
                        fields: self.field_list(&mut item.fields.named, &mut head.attributes),
                        style: FieldStyle::Named,
                    },
                    union: true,
                };
                (head, ItemKind::Struct(Box::new(kind)))
            }
            syn::Item::Enum(item) => {
                let mut head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.enum_token.span,
                    name: Some(&item.ident),
                    last: item.brace_token.span.close(),
                });
                let generics = self.generics(&mut item.generics);
                let variants = item
                    .variants
                    .iter_mut()
                    .map(|variant| self.variant(variant, &mut head.attributes))
                    .collect();
                (head, ItemKind::Enum(Box::new(Enum { generics, variants })))
            }
            syn::Item::TraitAlias(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.trait_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let kind = Trait {
                    generics: self.generics(&mut item.generics),
                    supertraits: self.bounds(&mut item.bounds),
                    items: Vec::new(),
                };
                (head, ItemKind::Trait(Box::new(kind)))
            }
            syn::Item::Type(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.type_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let kind = TypeAlias {
                    generics: self.generics(&mut item.generics),
                    bounds: Vec::new(),
                    ty: Some(self.ty(&mut item.ty)),
                };
                (head, ItemKind::Type(Box::new(kind)))
            }
            syn::Item::Const(item) => {
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.const_token.span,
                    name: Some(&item.ident),
                    last: item.semi_token.span,
                });
                let kind = Value {
                    generics: self.generics(&mut item.generics),
                    ty: self.ty(&mut item.ty),
                    value: Some(self.expr(&mut item.expr)),
                };
                (head, ItemKind::Const(Box::new(kind)))
            }
            syn::Item::Static(item) => {
                let (head, value) = self.static_item(item);
                (head, ItemKind::Static(Box::new(value)))
            }
            syn::Item::ExternCrate(item) => {
                let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let head = self.head(&Parts {
                    attrs: &item.attrs,
                    vis: Some(&item.vis),
                    first: item.extern_token.span,
                    name: Some(name),
                    last: item.semi_token.span,
                });
                (head, ItemKind::ExternCrate(self.name(&item.ident)))
            }
            other => {
                // A kind of item that this version of syn did not have when this was written.
                let span = other.span();
                let head = self.head(&Parts {
                    attrs: &[],
                    vis: None,
                    first: span,
                    name: None,
                    last: span,
                });
                let text = quote::ToTokens::to_token_stream(other).to_string();
                (head, ItemKind::Verbatim(text))
            }
        }
    }

    pub(super) fn static_item(&mut self, item: &mut syn::ItemStatic) -> (Head, Value) {
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
            value: Some(self.expr(&mut item.expr)),
        };
        (head, value)
    }

    fn module(&mut self, module: &mut syn::ItemMod) -> (Head, ItemKind) {
        let last = match (&module.content, &module.semi) {
            (Some((brace, _)), _) => brace.span.close(),
            (None, Some(semi)) => semi.span,
            (None, None) => module.ident.span(),
        };
        let first = match &module.unsafety {
            Some(token) => token.span,
            None => module.mod_token.span,
        };
        let head = self.head(&Parts {
            attrs: &module.attrs,
            vis: Some(&module.vis),
            first,
            name: Some(&module.ident),
            last,
        });
        let items = module.content.take().map(|(braces, items)| {
            let mut out = Vec::with_capacity(items.len());
            for item in items {
                self.item(item, &mut out);
            }
            let inside = self.inside(&braces);
            self.put_back(&mut out, inside);
            out
        });
        (head, ItemKind::Mod(items))
    }

    fn fields(&mut self, fields: &mut syn::Fields, owner: &mut Attributes) -> Fields {
        match fields {
            syn::Fields::Unit => Fields::default(),
            syn::Fields::Named(named) => Fields {
                fields: self.field_list(&mut named.named, owner),
                style: FieldStyle::Named,
            },
            syn::Fields::Unnamed(unnamed) => Fields {
                fields: self.field_list(&mut unnamed.unnamed, owner),
                style: FieldStyle::Tuple,
            },
        }
    }

    fn field_list<'f>(
        &mut self,
        fields: impl IntoIterator<Item = &'f mut syn::Field>,
        owner: &mut Attributes,
    ) -> Vec<Field> {
        let mut is_unsure = false;
        fields
            .into_iter()
            .enumerate()
            .map(|(index, field)| {
                let cfg = self.part_attributes(&field.attrs, owner);
                if let Some((_, default)) = &mut field.default {
                    let default = self.expr(default);
                    owner.mentions.push(default);
                }
                let mut ty = self.ty(&mut field.ty);
                is_unsure |= field.ident.is_none() && !cfg.is_empty();
                if is_unsure {
                    // Which number a field has a `cfg` decides: its type counts, and is not known.
                    let written = std::mem::replace(&mut ty, Type::Infer);
                    let mention = Expr::Cast(Box::new(Expr::Infer), Box::new(written));
                    owner.mentions.push(mention);
                }
                Field {
                    name: match &field.ident {
                        Some(name) => self.name(name),
                        None => super::pattern::tuple_field(index),
                    },
                    ty,
                    cfg,
                }
            })
            .collect()
    }

    fn variant(&mut self, variant: &mut syn::Variant, owner: &mut Attributes) -> Variant {
        Variant {
            name: self.name(&variant.ident),
            cfg: self.part_attributes(&variant.attrs, owner),
            fields: self.fields(&mut variant.fields, owner),
            discriminant: variant
                .discriminant
                .as_mut()
                .map(|(_, value)| self.expr(value)),
        }
    }
}

fn str_is_empty(name: Symbol) -> bool {
    name.is_empty()
}

fn syn_fn(item: &mut syn::ItemFn) -> super::function::Syntax<'_> {
    super::function::Syntax {
        attrs: &item.attrs,
        vis: Some(&item.vis),
        modifier: item.modifiers.defaultness.map(|token| token.span),
        signature: &mut item.sig,
        block: Some(&mut item.block),
        semi: None,
    }
}
