//! For generic roots: the hashes of whatever may become a type argument. A generic function's code hash can't know the
//! types that it will be called with, so the run time adds these to the call's.

use std::collections::{BTreeMap, BTreeSet};

use checkpointer_syntax::table::{AMBIGUOUS, EVERY_PACKAGE, package_types};

use crate::fingerprint::{Hashes, hex};
use crate::graph::Graph;
use crate::ir::{self, ItemKind, Type};
use crate::reach::{Closure, closure};
use crate::ty::NodeId;
use crate::world::{Kind, PackageInfo, World};

/// The types of the analysed crates with what they reach; nothing if no root is generic.
#[derive(Default)]
pub(crate) struct TypeArguments {
    is_needed: bool,
    types: Vec<(String, NodeId, Closure)>,
}

impl TypeArguments {
    /// Whatever the generic ones among the checkpointed roots may be called with.
    pub(crate) fn of(world: &World<'_>, roots: &[NodeId], graph: &Graph<'_, '_, '_>) -> Self {
        let is_checkpointed = |id: &NodeId| {
            world
                .node(*id)
                .item()
                .is_some_and(|item| !item.attributes.checkpoint.is_empty())
        };
        if !roots
            .iter()
            .any(|id| is_checkpointed(id) && is_generic(world, *id))
        {
            return Self::default();
        }
        let types = world
            .ids()
            .filter(|id| world.node(*id).is_type() || world.node(*id).kind == Kind::Trait)
            .map(|id| (type_name(world, id), id, closure(graph, id)))
            .collect();
        Self {
            is_needed: true,
            types,
        }
    }

    /// All that any of them reaches.
    pub(crate) fn reached(&self) -> impl Iterator<Item = NodeId> {
        self.types
            .iter()
            .flat_map(|(_, _, closure)| closure.nodes.iter().copied())
    }

    /// Names as the compiler spells them, and hashes.
    pub(crate) fn hashes(&self, world: &World<'_>, hashes: &Hashes) -> BTreeMap<String, String> {
        if !self.is_needed {
            return BTreeMap::new();
        }
        let mut found = packages(&world.packages);
        for (name, id, closure) in &self.types {
            let hash = hex(&hashes.root(*id, &closure.nodes).0);
            found
                .entry(name.clone())
                .and_modify(|known| AMBIGUOUS.clone_into(known))
                .or_insert(hash);
        }
        found
    }
}

/// A hash for the types of each package that is not read, and one over all for types whose crate has another name than
/// its package.
fn packages(all: &[PackageInfo]) -> BTreeMap<String, String> {
    let mut by_crate: BTreeMap<String, BTreeSet<[u8; 32]>> = BTreeMap::new();
    for package in all {
        for name in [package_types(&package.name), EVERY_PACKAGE.to_owned()] {
            by_crate.entry(name).or_default().insert(package.hash);
        }
    }
    let over = |digests: &BTreeSet<[u8; 32]>| {
        let mut hasher = blake3::Hasher::new();
        for digest in digests {
            hasher.update(digest);
        }
        hex(hasher.finalize().as_bytes())
    };
    by_crate
        .iter()
        .map(|(name, digests)| (name.clone(), over(digests)))
        .collect()
}

fn is_generic(world: &World<'_>, id: NodeId) -> bool {
    let node = world.node(id);
    let own = node.function().is_some_and(|function| {
        !function.generics.types.is_empty()
            || function
                .params
                .iter()
                .any(|param| names_impl_trait(&param.ty))
    });
    let around = node.parent.and_then(|parent| world.node(parent).item());
    own || around.is_some_and(|item| match &item.kind {
        ItemKind::Impl(data) => !data.generics.types.is_empty(),
        ItemKind::Trait(_) => true,
        _ => false,
    })
}

/// Whether `impl Trait` stands anywhere in a parameter's type: a type argument without a name.
fn names_impl_trait(ty: &Type) -> bool {
    match ty {
        Type::Impl(_) => true,
        Type::Reference(inner)
        | Type::Pointer(inner)
        | Type::Slice(inner)
        | Type::Array(inner, _) => names_impl_trait(inner),
        Type::Tuple(parts) => parts.iter().any(names_impl_trait),
        Type::Path(path) => path
            .segments
            .iter()
            .filter_map(|segment: &ir::Segment| segment.args.as_ref())
            .any(|args| args.types.iter().any(names_impl_trait)),
        _ => false,
    }
}

/// The name that `std::any::type_name` gives a type, its generics left out.
fn type_name(world: &World<'_>, id: NodeId) -> String {
    let node = world.node(id);
    let mut parts = vec![node.name.as_str()];
    let mut module = node.module;
    loop {
        let data = world.module(module);
        if data.is_block {
            if let Some(owner) = data.owner {
                parts.push(world.node(owner).name.as_str());
            }
        } else {
            parts.push(data.name.as_str());
        }
        match data.parent {
            Some(parent) => module = parent,
            None => break,
        }
    }
    parts.reverse();
    parts.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, hash: u8) -> PackageInfo {
        PackageInfo {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            hash: [hash; 32],
        }
    }

    #[test]
    fn an_update_of_a_package_changes_the_hash_of_its_types_and_of_no_other_packages() {
        let before = packages(&[package("some-hub", 1), package("other", 2)]);
        let after = packages(&[package("some-hub", 3), package("other", 2)]);
        assert_ne!(before["some_hub::*"], after["some_hub::*"]);
        assert_ne!(before["*"], after["*"]);
        assert_eq!(before["other::*"], after["other::*"]);
    }

    #[test]
    fn two_versions_of_a_package_count_in_any_order() {
        let both = [package("hub", 1), package("hub", 2)];
        let turned = [package("hub", 2), package("hub", 1)];
        assert_eq!(packages(&both), packages(&turned));
        assert_ne!(packages(&both), packages(&both[..1]));
    }
}
