//! Items that well-known macros make: `thread_local!` and `lazy_static!` declare statics.

use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident, ItemStatic, StaticMutability, Token};

use super::Lower;
use crate::ir::{Closure, Expr, GenericArgs, Item, ItemKind, MacroCall, Path, Pos, Segment, Type};
use crate::symbol::Symbol;

/// Whether a call is one of those that declare statics.
pub(super) fn makes_items(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "thread_local" || last.ident == "lazy_static")
}

impl Lower<'_> {
    /// Adds the statics that a call declares; `false` if it is another macro or does not fit.
    pub(super) fn made_items(
        &mut self,
        attrs: &[Attribute],
        mac: &syn::Macro,
        out: &mut Vec<Item>,
    ) -> bool {
        if !makes_items(&mac.path) {
            return false;
        }
        let Ok(statics) = statics.parse2(mac.tokens.clone()) else {
            return false;
        };
        let lazy = mac
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "lazy_static");
        let wrapper: &[&str] = if lazy {
            &["std", "sync", "LazyLock"]
        } else {
            &["std", "thread", "LocalKey"]
        };
        let cfg = self.cfg(attrs);
        let path = self.path(&mut mac.path.clone());
        for item in statics {
            let (mut head, mut value) = self.static_item(&mut { item.clone() });
            let mut counted = syn::Item::Static(item);
            head.cfg.splice(0..0, cfg.iter().cloned());
            // The macro itself, or the package that it comes from, counts.
            head.attributes
                .mentions
                .push(Expr::Macro(Box::new(MacroCall {
                    path: path.clone(),
                    args: Some(Vec::new()),
                    ..MacroCall::default()
                })));
            value.ty = Type::Path(wrapped(wrapper, value.ty, head.name_at));
            value.value = value.value.map(|body| {
                Expr::Closure(Box::new(Closure {
                    params: Vec::new(),
                    result: None,
                    body,
                    is_async: false,
                }))
            });
            let tokens = self.tokens(&mut counted);
            out.push(head.with(ItemKind::Static(Box::new(value)), tokens));
        }
        true
    }
}

/// `static NAME: Type = value;`, any number of them, with `ref` in `lazy_static!`; the last may do
/// without semicolon.
fn statics(input: ParseStream<'_>) -> syn::Result<Vec<ItemStatic>> {
    let mut all = Vec::new();
    while !input.is_empty() {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let static_token = input.parse()?;
        input.parse::<Option<Token![ref]>>()?;
        let ident: Ident = input.parse()?;
        let colon_token = input.parse()?;
        let ty = input.parse()?;
        let eq_token = input.parse()?;
        let expr = input.parse()?;
        let semi_token = input
            .parse::<Option<Token![;]>>()?
            .unwrap_or_else(|| Token![;](ident.span()));
        all.push(ItemStatic {
            attrs,
            vis,
            static_token,
            mutability: StaticMutability::None,
            ident,
            colon_token,
            ty,
            eq_token,
            expr,
            semi_token,
        });
    }
    Ok(all)
}

fn wrapped(wrapper: &[&str], inner: Type, at: Pos) -> Path {
    let mut segments: Vec<Segment> = wrapper
        .iter()
        .map(|name| Segment {
            name: Symbol::new(name),
            args: None,
        })
        .collect();
    if let Some(last) = segments.last_mut() {
        last.args = Some(Box::new(GenericArgs {
            types: vec![inner],
            ..GenericArgs::default()
        }));
    }
    Path {
        qself: None,
        global: true,
        segments,
        at,
    }
}
