//! The hash of an item's own tokens, taken when its members and nested items have left the tree.

use super::Lower;
use super::strip::Strip;
use crate::normalize::{Canonical, Nested, write_canonical};

impl Lower<'_> {
    /// Hashes what is left of an item and compiled in this build, normalized.
    pub(super) fn tokens(&self, item: &mut (impl Canonical + Strippable)) -> [u8; 32] {
        *blake3::hash(&self.bytes(item)).as_bytes()
    }

    /// The canonical bytes of what is left of an item.
    pub(super) fn bytes(&self, item: &mut (impl Canonical + Strippable)) -> Vec<u8> {
        if self.has_cfg {
            item.strip(&mut Strip { set: self.set });
        }
        let mut bytes = Vec::with_capacity(512);
        write_canonical(item, Nested::Keep, &mut bytes);
        bytes
    }
}

/// An item, wherever it stands.
pub(super) trait Strippable {
    fn strip(&mut self, strip: &mut Strip<'_>);
}

macro_rules! strippable {
    ($($kind:ty => $visit:ident),* $(,)?) => {
        $(impl Strippable for $kind {
            fn strip(&mut self, strip: &mut Strip<'_>) {
                syn::visit_mut::VisitMut::$visit(strip, self);
            }
        })*
    };
}

strippable! {
    syn::Item => visit_item_mut,
    syn::ImplItem => visit_impl_item_mut,
    syn::TraitItem => visit_trait_item_mut,
    syn::ForeignItem => visit_foreign_item_mut,
    syn::ItemStatic => visit_item_static_mut,
}
