//! What one item depends on by itself: the items that its names mean, and the demands that only
//! the closure can meet, because they hang on which types are reachable.
//!
//! An item's edges are found once, whoever reaches it.

mod behind;
mod body;
mod brought;
mod call;
mod hygiene;
mod item;
mod macros;
mod meaning;
mod member;
mod mention;
mod method;
mod on;
mod operator;
mod path;
mod pattern;
mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use crate::cfg::Switches;
use crate::program::{Head, Shape};
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};
use crate::world::{CrateId, Def, PackageId, Unseen};

pub(crate) use item::{brought_to, edges_of};
pub(crate) use on::On;

/// Something that is met by whichever impls apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Demand {
    /// A method or associated item of this name, of any type and trait: nothing is known of the receiver.
    Any(Symbol),
    /// A member of a local trait, for a receiver of this shape.
    Member(NodeId, Symbol, Head),
    /// A member of this name in an impl of any foreign trait, for a receiver of this shape.
    Foreign(Symbol, Head),
    /// A method of this name on a value that code of packages gave.
    Handed(Symbol),
    /// Every member of every impl of the trait, whether the types are reachable or not.
    Open(NodeId),
}

/// How long an array is that an item names or makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Length {
    Of(u64),
    /// Not known.
    Any,
}

impl From<Option<u64>> for Length {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Length::Any, Length::Of)
    }
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
    /// An operator on operands of these types.
    Operands(Symbol, Shape, Shape),
    /// A conversion from one type into another, and whether it may fail.
    Conversion(Shape, Shape, bool),
}

/// Whether a function of this name is a conversion.
pub(crate) fn converts(name: &str) -> bool {
    matches!(name, "from" | "into" | "try_from" | "try_into")
}

/// In the place of a function's owner: what it converts stands in a [`Word::Conversion`].
pub(crate) const NOTED: &str = "=";

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
    /// What code of packages other than std is handed, if it is called.
    pub(crate) hands: Option<On>,
    /// What it is handed if packages are in play: a method of something unknown may be one of theirs.
    pub(crate) hands_perhaps: On,
    /// Whether a value that such code made is used where nothing says of which type it is.
    pub(crate) takes_any: bool,
    /// What such values become if packages have a value of the type that stands before.
    pub(crate) settled: Vec<(NodeId, On)>,
    /// Whether a map or set of std is named: operators on those call more than their own traits.
    pub(crate) collections: bool,
    /// Of a type: the objects that its fields may hold.
    pub(crate) objects: BTreeSet<TraitRef>,
    /// Functions that it uses as values.
    pub(crate) functions: BTreeSet<NodeId>,
    /// Lengths of the arrays that there may be because of it.
    pub(crate) lengths: BTreeSet<Length>,
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
    /// Those among them whose implementation comes as an object, so that nothing tells of its type arguments.
    pub(crate) brought_objects: BTreeSet<NodeId>,
    /// The same for traits of std and of packages, by name.
    pub(crate) brought_foreign: BTreeSet<Symbol>,
    /// Foreign traits that this function's type arguments have: which types they are is part of the call.
    pub(crate) argument_foreign: BTreeSet<Symbol>,
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

    /// A binary operator on values of these types.
    fn operands(&mut self, token: Symbol, left: &Ty, right: &Ty, on: On) {
        if on != On::default() {
            let word = Word::Operands(token, Shape::of(left), Shape::of(right));
            self.words.entry(word).or_default().merge(on.clone());
        }
        self.uses(Word::Operator(token), on);
    }

    /// A conversion of a value of one type into another.
    fn conversion(&mut self, from: &Ty, into: &Ty, on: On, may_fail: bool) {
        if on != On::default() {
            let word = Word::Conversion(Shape::of(from), Shape::of(into), may_fail);
            self.words.entry(word).or_default().merge(on);
        }
    }

    /// Code of a package is called with values that are made of this.
    fn hand(&mut self, on: On) {
        self.hands.get_or_insert_default().merge(on);
    }

    fn word(&mut self, name: Symbol) {
        self.uses(Word::Method(name, None), On::any());
    }

    /// A method or function of that name whose conversion, if it is one, is noted beside it.
    fn word_beside_conversion(&mut self, name: Symbol, on: On) {
        let noted = converts(&name).then(|| Symbol::new(NOTED));
        self.uses(Word::Method(name, noted), on);
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
