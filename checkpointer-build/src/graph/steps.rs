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
use crate::ty::NodeId;
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
}

impl Types {
    pub(crate) fn is_empty(&self) -> bool {
        !self.any && !self.handed && self.all.is_empty()
    }

    pub(crate) fn take_in(&mut self, other: &Types) {
        self.any |= other.any;
        self.handed |= other.handed;
        self.all.extend(&other.all);
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

    /// The number of these types and of those that their fields are made of: a derived impl hands on to them. A trait object
    /// among them may be anything.
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
        let mut types = Types {
            any: on.any,
            handed: on.handed,
            all: Bits::default(),
        };
        if on.any {
            return types;
        }
        let world = self.program.world;
        let mut open: Vec<NodeId> = on.types.iter().copied().collect();
        while let Some(id) = open.pop() {
            let Some(number) = self.type_number(id) else {
                if world.node(id).kind == Kind::Trait {
                    return Types {
                        any: true,
                        ..Types::default()
                    };
                }
                continue;
            };
            if !types.all.insert(number) {
                continue;
            }
            if let Some(edges) = self.edges(id) {
                for node in &edges.nodes {
                    if (node.0 as usize) < world.nodes.len() {
                        open.push(*node);
                    }
                }
            }
        }
        types
    }
}
