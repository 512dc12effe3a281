//! What one item depends on by itself: the items that its names mean, and the demands that only
//! the closure can meet, because they hang on which types are reachable.
//!
//! An item's edges are found once, whoever reaches it.

mod body;
mod call;
mod item;
mod macros;
mod method;
mod path;
mod pattern;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cfg::Switches;
use crate::program::Head;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef};
use crate::world::{CrateId, Def, PackageId, Unseen};

pub(crate) use item::edges_of;

/// Something that is met by whichever impls apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Demand {
    /// A method or associated item of this name, of any type and trait: nothing is known of the receiver.
    Any(Symbol),
    /// A member of a local trait, for a receiver of this shape.
    Member(NodeId, Symbol, Head),
    /// A member of this name in an impl of any foreign trait, for a receiver of this shape.
    Foreign(Symbol, Head),
    /// Every member of every impl of the trait, whether the types are reachable or not.
    Open(NodeId),
}

/// What a name in an item's tokens means: part of the item's own hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Meaning {
    Node(NodeId),
    Variant(NodeId, u32),
    Foreign(Symbol, PackageId),
}

impl Meaning {
    pub(crate) fn of(def: Def) -> Option<Meaning> {
        match def {
            Def::Node(node) => Some(Meaning::Node(node)),
            Def::Variant(node, at) => Some(Meaning::Variant(node, at)),
            Def::Foreign(path, package) => Some(Meaning::Foreign(path, package)),
            Def::Mod(_) | Def::Prim(_) => None,
        }
    }
}

/// What one item depends on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges {
    pub(crate) nodes: BTreeSet<NodeId>,
    pub(crate) demands: BTreeSet<Demand>,
    /// Names of methods, functions, macros and operators used: what may lead into foreign code that calls back.
    pub(crate) words: BTreeSet<Symbol>,
    /// Whether code of packages other than std may be handed a value of any type.
    pub(crate) calls_foreign: bool,
    pub(crate) packages: BTreeSet<PackageId>,
    pub(crate) files: BTreeSet<PathBuf>,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) whole_crates: BTreeSet<CrateId>,
    /// What the names in its tokens mean.
    pub(crate) meanings: BTreeSet<(Symbol, Meaning)>,
    pub(crate) switches: Switches,
    pub(crate) unseen: BTreeSet<Unseen>,
    pub(crate) impure: BTreeSet<Unseen>,
    /// Traits that a root with this signature is open to.
    pub(crate) signature_traits: BTreeSet<NodeId>,
}

impl Edges {
    fn demand(&mut self, demand: Demand) {
        self.demands.insert(demand);
    }

    fn trait_member(&mut self, of: TraitRef, name: Symbol, head: Head) {
        match of {
            TraitRef::Local(node) => self.demand(Demand::Member(node, name, head)),
            TraitRef::Foreign(_) => self.demand(Demand::Foreign(name, head)),
        }
    }
}
