//! For generic roots: the hashes of whatever may become a type argument. A generic function's code hash can't know the
//! types that it will be called with, so the run time adds these to the call's.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use checkpointer_syntax::table::{AMBIGUOUS, crate_types};

use crate::fingerprint::{Hashes, hex};
use crate::ir::{self, ItemKind, Type};
use crate::reach::{Closure, Closures};
use crate::ty::NodeId;
use crate::world::{Kind, PackageInfo, World};

/// The types of the analysed crates with what they reach; nothing if no root is generic.
#[derive(Default)]
pub(crate) struct TypeArguments {
    is_needed: bool,
    types: Vec<(String, NodeId, Rc<Closure>)>,
}

impl TypeArguments {
    /// Whatever generic checkpointed functions, of this package or of those below it, may be called with.
    pub(crate) fn of(world: &World<'_>, closures: &mut Closures<'_, '_, '_, '_>) -> Self {
        let is_checkpointed = |id: &NodeId| {
            world
                .node(*id)
                .item()
                .is_some_and(|item| !item.attributes.checkpoint.is_empty())
        };
        let is_generic = |id: NodeId| is_checkpointed(&id) && is_generic(world, id);
        let is_called_below = world
            .packages
            .iter()
            .any(|package| package.may_be_checkpointed);
        if !is_called_below && !world.ids().any(is_generic) {
            return Self::default();
        }
        let types = world
            .ids()
            .filter(|id| world.node(*id).is_type() || world.node(*id).kind == Kind::Trait)
            .map(|id| (type_name(world, id), id, closures.of_argument(id)))
            .collect();
        Self {
            is_needed: true,
            types,
        }
    }

    /// What each of them reaches.
    pub(crate) fn closures(&self) -> impl Iterator<Item = &Rc<Closure>> {
        self.types.iter().map(|(_, _, closure)| closure)
    }

    /// Names as the compiler spells them, and hashes.
    pub(crate) fn hashes(&self, world: &World<'_>, hashes: &Hashes) -> BTreeMap<String, String> {
        if !self.is_needed {
            return BTreeMap::new();
        }
        let mut found = packages(&world.packages);
        found.extend(crates(world));
        for (name, id, closure) in &self.types {
            let krate = world.krate(world.node(*id).krate);
            let env = |name: &str| krate.env.get(name).map_or("", String::as_str);
            let hash = format!(
                "{} {} {} {}",
                hex(&hashes.code(*id, closure)),
                env("CARGO_PKG_NAME"),
                env("CARGO_PKG_VERSION"),
                krate.target
            );
            found
                .entry(name.clone())
                .and_modify(|known| AMBIGUOUS.clone_into(known))
                .or_insert(hash);
        }
        found
    }
}

/// For types of the analysed crates that the analysis hasn't found, as procedural macros make them: all that is read, and
/// all packages.
fn crates(world: &World<'_>) -> BTreeMap<String, String> {
    let mut digests: BTreeSet<[u8; 32]> = world.packages.iter().map(|one| one.hash).collect();
    for file in &world.files {
        let mut bytes = std::fs::read(&file.path).unwrap_or_default();
        if bytes.contains(&b'\r') {
            bytes.retain(|byte| *byte != b'\r');
        }
        digests.insert(*blake3::hash(&bytes).as_bytes());
    }
    let all = over(&digests);
    world
        .crates
        .iter()
        .map(|krate| (crate_types(&world.module(krate.root).name), all.clone()))
        .collect()
}

/// A hash for the types of each package that is not read.
fn packages(all: &[PackageInfo]) -> BTreeMap<String, String> {
    let mut by_crate: BTreeMap<String, BTreeSet<[u8; 32]>> = BTreeMap::new();
    for package in all.iter().filter(|package| package.is_fixed) {
        let of_crate = by_crate.entry(crate_types(&package.crate_name));
        of_crate.or_default().insert(package.hash);
    }
    by_crate
        .iter()
        .map(|(name, digests)| (name.clone(), over(digests)))
        .collect()
}

fn over(digests: &BTreeSet<[u8; 32]>) -> String {
    let mut hasher = blake3::Hasher::new();
    for digest in digests {
        hasher.update(digest);
    }
    hex(hasher.finalize().as_bytes())
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
pub(crate) fn names_impl_trait(ty: &Type) -> bool {
    match ty {
        Type::Impl(_) => true,
        Type::Reference(inner)
        | Type::Pointer(inner)
        | Type::Slice(inner)
        | Type::Array(inner, ..) => names_impl_trait(inner),
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
            crate_name: name.replace('-', "_"),
            is_fixed: true,
            may_be_checkpointed: false,
            version: "1.0.0".to_owned(),
            hash: [hash; 32],
        }
    }

    #[test]
    fn an_update_of_a_package_changes_the_hash_of_its_types_and_of_no_other_packages() {
        let before = packages(&[package("some-hub", 1), package("other", 2)]);
        let after = packages(&[package("some-hub", 3), package("other", 2)]);
        assert_ne!(before["some_hub::*"], after["some_hub::*"]);
        assert_eq!(before["other::*"], after["other::*"]);
    }

    #[test]
    fn a_local_package_that_only_a_lock_file_names_has_no_hash() {
        let mut local = package("hub", 1);
        local.is_fixed = false;
        assert!(packages(&[local]).is_empty());
    }

    #[test]
    fn two_versions_of_a_package_count_in_any_order() {
        let both = [package("hub", 1), package("hub", 2)];
        let turned = [package("hub", 2), package("hub", 1)];
        assert_eq!(packages(&both), packages(&turned));
        assert_ne!(packages(&both), packages(&both[..1]));
    }
}
