//! An item's edges as what thousands of closures go through one after the other. What several items have in common has one
//! number, by which a closure knows that it has seen it; sets of types are rows of bits.

use std::cell::RefCell;
use std::rc::Rc;

use super::Graph;
use crate::called::Lead;
use crate::edges::{Demand, Edges, On};
use crate::map::HashMap;
use crate::numbered::{Bits, Numbered};
use crate::program::Program;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef};
use crate::world::Kind;

/// A use of std: the number of the traits that it leads to, and of the types that it is of.
type Use = (u32, u32);

/// What an item does to a closure. Types that values are made of are expanded.
pub(crate) struct Steps {
    /// All nodes that the item names, inside and outside of the code.
    pub(crate) targets: Vec<NodeId>,
    /// Its uses of std that lead anywhere.
    pub(crate) uses: Vec<u32>,
    pub(crate) demands: Vec<u32>,
    /// What it puts into the hands of packages, and what if packages are in play.
    pub(crate) hands: Option<u32>,
    pub(crate) hands_perhaps: Option<u32>,
    /// Of a type that packages can make: what it is made of.
    pub(crate) made: Option<u32>,
    /// What it puts there as soon as packages have a value of the type of the number before.
    pub(crate) settled: Vec<(Option<u32>, u32)>,
    /// Whether it has no lengths, whole crates or reports.
    pub(crate) is_plain: bool,
}

/// Types that values may be made of, by their numbers among types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Types {
    pub(crate) any: bool,
    /// Whatever code of packages was ever handed, or can make itself.
    pub(crate) handed: bool,
    all: Bits,
    /// Numbers of traits: any type, as far as it has one of them.
    traits: Bits,
    /// The same of certain types only.
    bounded: Vec<Rc<Bounded>>,
}

/// Types that implement a trait of ours: as far as they have one of these traits.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Bounded {
    /// Nothing if it may be any.
    traits: Option<Bits>,
    types: Bits,
}

impl Types {
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_open() && !self.handed && self.all.is_empty()
    }

    /// Whether it may be a type that is not listed.
    pub(crate) fn is_open(&self) -> bool {
        self.any || !self.traits.is_empty() || !self.bounded.is_empty()
    }

    /// Whether some trait may be called on any type: `any` is asked apart.
    pub(crate) fn has_any_trait(&self) -> bool {
        !self.traits.is_empty()
    }

    /// Whether one of these traits may be called on any type: `any` is asked apart.
    pub(crate) fn has_trait(&self, of: &[u32]) -> bool {
        of.iter().any(|of| self.traits.contains(*of))
    }

    /// Whether a type is among those that implement a trait of ours, and one of these traits may be called on it: of all traits
    /// where none are given.
    pub(crate) fn has_bounded(&self, number: Option<u32>, of: Option<&[u32]>) -> bool {
        let Some(number) = number else {
            return false;
        };
        self.bounded.iter().any(|bounded| {
            let asks = match (&bounded.traits, of) {
                (Some(traits), Some(of)) => of.iter().any(|of| traits.contains(*of)),
                _ => true,
            };
            asks && bounded.types.contains(number)
        })
    }

    /// Those that are listed, and nothing that is open.
    pub(crate) fn listed(&self) -> Types {
        Types {
            handed: self.handed,
            all: self.all.clone(),
            ..Types::default()
        }
    }

    pub(crate) fn take_in(&mut self, other: &Types) {
        self.any |= other.any;
        self.handed |= other.handed;
        self.all.extend(&other.all);
        self.traits.extend(&other.traits);
        for bounded in &other.bounded {
            if !self.bounded.contains(bounded) {
                self.bounded.push(Rc::clone(bounded));
            }
        }
    }

    /// Whether a type is listed: `any` is asked apart.
    pub(crate) fn has(&self, number: Option<u32>) -> bool {
        number.is_some_and(|number| self.all.contains(number))
    }
}

/// The numbers that a graph has given.
pub(crate) struct Numbers {
    /// Of structs, enums, unions and aliases, by node.
    of_types: Vec<Option<u32>>,
    expanded: RefCell<HashMap<On, u32>>,
    types: Numbered<Types>,
    traits: Numbered<TraitRef>,
    leads: Numbered<[Lead]>,
    uses: Numbered<Use>,
    demands: Numbered<Demand>,
}

impl Numbers {
    pub(super) fn new(program: &Program<'_, '_>) -> Self {
        let mut next = 0;
        let mut number = |id| {
            let kind = program.world.node(id).kind;
            matches!(kind, Kind::Struct | Kind::Enum | Kind::Union | Kind::Type).then(|| {
                next += 1;
                next - 1
            })
        };
        Numbers {
            of_types: program.world.ids().map(&mut number).collect(),
            expanded: RefCell::default(),
            types: Numbered::default(),
            traits: Numbered::default(),
            leads: Numbered::default(),
            uses: Numbered::default(),
            demands: Numbered::default(),
        }
    }
}

impl Graph<'_, '_, '_> {
    /// What every closure does that reaches an item of these edges.
    pub(crate) fn steps(&self, id: NodeId, edges: &Edges) -> &Steps {
        self.steps[id.0 as usize].get_or_init(|| {
            let inside = edges.nodes.iter().copied();
            let mut uses: Vec<u32> = Vec::with_capacity(edges.words.len());
            for (word, on) in &edges.words {
                let leads = self.traits.leads(*word);
                if leads.is_empty() {
                    continue;
                }
                let leads = self.numbers.leads.number(leads);
                let number = self.numbers.uses.number((leads, self.expanded(on)));
                if !uses.contains(&number) {
                    uses.push(number);
                }
            }
            let demands = edges.demands.iter();
            let made = self.program.world.node(id).is_type() && self.can_be_made(id);
            let itself = || On {
                types: [id].into(),
                ..On::default()
            };
            let perhaps = &edges.hands_perhaps;
            Steps {
                targets: inside.chain(self.outside_of(edges)).collect(),
                uses,
                demands: demands.map(|demand| self.demand_number(*demand)).collect(),
                hands: edges.hands.as_ref().map(|on| self.expanded(on)),
                hands_perhaps: (*perhaps != On::default()).then(|| self.expanded(perhaps)),
                made: made.then(|| self.expanded(&itself())),
                settled: edges
                    .settled
                    .iter()
                    .map(|(id, on)| (self.type_number(*id), self.expanded(on)))
                    .collect(),
                is_plain: edges.lengths.is_empty()
                    && edges.whole_crates.is_empty()
                    && edges.unseen.is_empty()
                    && edges.impure.is_empty(),
            }
        })
    }

    /// The traits that a use of std leads to, and the number of the types that it is of.
    pub(crate) fn use_of_std(&self, number: u32) -> (Rc<[Lead]>, u32) {
        let (leads, types) = *self.numbers.uses.value(number);
        (self.numbers.leads.value(leads), types)
    }

    pub(crate) fn demand_number(&self, demand: Demand) -> u32 {
        self.numbers.demands.number(demand)
    }

    /// The demand of a number.
    pub(crate) fn demand(&self, number: u32) -> Demand {
        *self.numbers.demands.value(number)
    }

    /// The types of a number of [`Self::expanded`].
    pub(crate) fn types(&self, number: u32) -> Rc<Types> {
        self.numbers.types.value(number)
    }

    /// A type's number, by which [`Types`] knows it.
    pub(crate) fn type_number(&self, id: NodeId) -> Option<u32> {
        self.numbers.of_types.get(id.0 as usize).copied().flatten()
    }

    /// A trait's number, by which [`Types`] knows it.
    pub(crate) fn trait_number(&self, of: TraitRef) -> u32 {
        self.numbers.traits.number(of)
    }

    /// The number of these types and of those that their fields are made of: a derived impl hands on to them. Objects among
    /// them may be whatever has their traits.
    pub(crate) fn expanded(&self, on: &On) -> u32 {
        if let Some(known) = self.numbers.expanded.borrow().get(on) {
            return *known;
        }
        let number = self.numbers.types.number(self.expand(on));
        self.numbers
            .expanded
            .borrow_mut()
            .insert(on.clone(), number);
        number
    }

    fn expand(&self, on: &On) -> Types {
        let unknown = Types {
            any: true,
            handed: on.handed,
            ..Types::default()
        };
        if on.any {
            return unknown;
        }
        let mut types = Types {
            handed: on.handed,
            ..Types::default()
        };
        let mut open: Vec<NodeId> = on.types.iter().copied().collect();
        let mut asked: Vec<TraitRef> = on.traits.iter().copied().collect();
        for group in &on.bounded {
            match self.bounded(group, &mut open) {
                Some((bounded, others)) => {
                    types.take_in(&others);
                    types.bounded.push(Rc::new(bounded));
                }
                None => asked.extend(group),
            }
        }
        loop {
            while let Some(id) = open.pop() {
                if let Some(number) = self.type_number(id)
                    && types.all.insert(number)
                    && let Some(edges) = self.edges(id)
                {
                    self.open_inside(edges, &mut open);
                    asked.extend(&edges.objects);
                    for given in self.items_of(id) {
                        self.open_inside(given, &mut open);
                        asked.extend(&given.objects);
                    }
                }
            }
            let Some(of) = asked.pop() else {
                return types;
            };
            if !types.traits.insert(self.trait_number(of)) {
                continue;
            }
            if !self.ask_beside(of, &mut asked, &mut open) {
                return unknown;
            }
        }
    }

    /// What a type names as the items that it is iterated over: `max` compares them, `eq` and `cloned` ask more of them.
    fn items_of(&self, id: NodeId) -> impl Iterator<Item = &Edges> {
        let impls = self.program.impls_of_type.get(&id).into_iter().flatten();
        let iterated = impls.filter_map(|id| self.program.impls.get(id)).filter(|facts| {
            facts.of.iter().any(|of| {
                matches!(of, TraitRef::Foreign(name) if matches!(&**name, "Iterator" | "IntoIterator"))
            })
        });
        let members = iterated.flat_map(|facts| facts.members.values().flatten());
        members
            .filter(|member| self.program.world.node(**member).kind == Kind::Type)
            .filter_map(|member| self.edges(*member).map(|edges| &**edges))
    }

    /// What a value may be that has all of these traits, if those of ours tell: types of ours, and what else the objects in them
    /// may be.
    fn bounded(&self, group: &[TraitRef], open: &mut Vec<NodeId>) -> Option<(Bounded, Types)> {
        let inside = self.program.implementors(group).inside?;
        let inside = self.types(self.expanded(&On {
            types: inside,
            ..On::default()
        }));
        if inside.any {
            return None;
        }
        let mut traits = Some(Bits::default());
        let mut asked = group.to_vec();
        while let (Some(of), Some(known)) = (asked.pop(), &mut traits) {
            if !known.insert(self.trait_number(of)) {
                continue;
            }
            if !self.ask_beside(of, &mut asked, open) {
                traits = None;
            }
        }
        let bounded = Bounded {
            traits,
            types: inside.all.clone(),
        };
        let others = Types {
            all: Bits::default(),
            ..Types::clone(&inside)
        };
        Some((bounded, others))
    }

    /// What may be asked of a value because it has a trait. Whether that is known: the supertraits of a package's are not read.
    fn ask_beside(&self, of: TraitRef, asked: &mut Vec<TraitRef>, open: &mut Vec<NodeId>) -> bool {
        match of {
            TraitRef::Local(id) => {
                let facts = self.program.traits.get(&id);
                asked.extend(facts.into_iter().flat_map(|facts| &facts.supertraits));
                // Who has a value of it may get what its supertraits are bound to.
                if let Some(edges) = self.edges(id) {
                    self.open_inside(edges, open);
                }
            }
            TraitRef::Foreign(name) if name.contains("::") => return false,
            TraitRef::Foreign(name) => {
                let beside = std_facts::asked_beside(&name);
                asked.extend(beside.map(|name| TraitRef::Foreign(Symbol::new(name))));
            }
        }
        true
    }

    /// The items among what an item names.
    fn open_inside(&self, edges: &Edges, open: &mut Vec<NodeId>) {
        for node in &edges.nodes {
            if (node.0 as usize) < self.program.world.nodes.len() {
                open.push(*node);
            }
        }
    }
}
