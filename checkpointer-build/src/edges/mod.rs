//! What one item depends on by itself: the items that its names mean, and the demands that only
//! the closure can meet, because they hang on which types are reachable.
//!
//! An item's edges are found once, whoever reaches it.

mod body;
mod brought;
mod call;
mod item;
mod macros;
mod meaning;
mod method;
mod path;
mod pattern;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use crate::cfg::Switches;
use crate::program::Head;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};
use crate::world::{CrateId, Def, PackageId, Unseen};

pub(crate) use item::{brought_to, edges_of};

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

/// A use of std that may call back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Word {
    /// An operator, by the token that [`crate::std_facts::triggers()`] has for it.
    Operator(Symbol),
    /// A method or function, with the simple name of the type that it is known to belong to.
    Method(Symbol, Option<Symbol>),
    Macro(Symbol),
    /// A trait whose methods are certainly meant.
    Trait(Symbol),
}

/// The types of the analysed crates that values handed to foreign code may be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Any,
    Types(BTreeSet<NodeId>),
}

impl Default for On {
    fn default() -> Self {
        On::Types(BTreeSet::new())
    }
}

impl On {
    pub(crate) fn of<'t>(types: impl IntoIterator<Item = &'t Ty>) -> On {
        let mut on = On::default();
        for ty in types {
            on.add(ty);
        }
        on
    }

    pub(crate) fn merge(&mut self, other: On) {
        match (&mut *self, other) {
            (On::Types(mine), On::Types(others)) => mine.extend(others),
            (On::Any, _) => {}
            (_, On::Any) => *self = On::Any,
        }
    }

    fn add(&mut self, ty: &Ty) {
        match ty {
            Ty::Prim(_) | Ty::Never => {}
            Ty::Adt(node, args) => {
                if let On::Types(types) = self {
                    types.insert(*node);
                }
                args.iter().for_each(|arg| self.add(arg));
            }
            Ty::Std(_, args) | Ty::Tuple(args) => args.iter().for_each(|arg| self.add(arg)),
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.add(inner)
            }
            // What a closure is given comes from the value that it is called for.
            Ty::Function(_, output) => self.add(output),
            Ty::Unknown | Ty::Foreign(_) | Ty::Param(_) | Ty::Traits(_) => *self = On::Any,
        }
    }
}

/// What a name in an item's tokens means: part of the item's own hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Meaning {
    Node(NodeId),
    Variant(NodeId, u32),
    Foreign(Symbol, PackageId),
    /// What else the tokens leave open.
    Text(Symbol),
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
    /// What is used that may lead into std's code, and from there to an impl of one of std's traits.
    pub(crate) words: BTreeMap<Word, On>,
    /// Whether code of packages other than std may be handed a value of any type.
    pub(crate) calls_foreign: bool,
    /// Whether a method is called on something unknown: if packages are in play it may be one of theirs.
    pub(crate) calls_unknown: bool,
    /// Whether a map or set of std is named: operators on those call more than their own traits.
    pub(crate) collections: bool,
    pub(crate) packages: BTreeSet<PackageId>,
    pub(crate) files: BTreeSet<PathBuf>,
    /// Variables that are read at compile time, with their values.
    pub(crate) variables: BTreeSet<(String, Option<String>)>,
    pub(crate) whole_crates: BTreeSet<CrateId>,
    /// What the names in its tokens mean.
    pub(crate) meanings: BTreeSet<(Symbol, Meaning)>,
    pub(crate) switches: Switches,
    pub(crate) unseen: BTreeSet<Rc<Unseen>>,
    pub(crate) impure: BTreeSet<Rc<Unseen>>,
    /// Traits of which someone outside may bring any implementation: in a root's signature, in a static.
    pub(crate) brought_traits: BTreeSet<NodeId>,
    /// The same for traits of std and of packages, by name.
    pub(crate) brought_foreign: BTreeSet<Symbol>,
}

impl Edges {
    /// A use of std on values of these types.
    fn uses(&mut self, word: Word, on: On) {
        if on != On::default() {
            self.words.entry(word).or_default().merge(on);
        }
    }

    fn operator(&mut self, token: &str, on: On) {
        self.uses(Word::Operator(Symbol::new(token)), on);
    }

    fn word(&mut self, name: Symbol) {
        self.uses(Word::Method(name, None), On::Any);
    }

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
