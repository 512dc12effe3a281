//! The dependency graph: every item's edges, found on demand and once, and the impls by what has
//! to be reachable for them to apply. Packages, files and variables are nodes of it too.

mod steps;
mod used;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::allocators::Allocators;
use crate::called::{Target, Traits};
use crate::edges::{Edges, On, edges_of};
use crate::ir::ItemKind;
use crate::map::HashMap;
use crate::memo::Memo;
use crate::program::{Head, ImplFacts, Program, substitute};
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};
use crate::world::{CrateId, Kind, PackageId};

use steps::Numbers;
pub(crate) use steps::{Steps, Types};
use used::Used;

/// Something that is no item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outside {
    Package(PackageId),
    File(PathBuf),
    Variable(String, Option<String>),
}

/// The graph.
pub(crate) struct Graph<'p, 'w, 'a> {
    pub(crate) program: &'p Program<'w, 'a>,
    edges: Vec<OnceCell<Rc<Edges>>>,
    steps: Vec<OnceCell<Steps>>,
    pub(crate) numbers: Numbers,
    outside: RefCell<(Vec<Outside>, HashMap<Outside, NodeId>)>,
    /// Impls in the order of their node, with what they wait for.
    pub(crate) impls: Vec<NodeId>,
    /// What is known of each.
    pub(crate) facts: Vec<&'p ImplFacts>,
    /// The shape of each one's self type.
    pub(crate) heads: Vec<Head>,
    /// What each one is for.
    pub(crate) targets: Vec<Target>,
    /// The numbers of each one's traits.
    pub(crate) trait_numbers: Vec<Vec<u32>>,
    /// Each one's associated types.
    pub(crate) associated: Vec<Vec<NodeId>>,
    /// How many types each impl waits for.
    pub(crate) waits: Vec<u32>,
    /// By type: the impls that wait for it.
    pub(crate) waiting: HashMap<NodeId, Vec<u32>>,
    /// By an array's length: the impls that wait for it.
    pub(crate) waiting_length: HashMap<u64, Vec<u32>>,
    /// By member name: the impl and the member.
    pub(crate) members: HashMap<Symbol, Vec<(u32, NodeId)>>,
    /// By local trait: its impls.
    pub(crate) of_trait: HashMap<NodeId, Vec<u32>>,
    /// By the last segment of a foreign trait's path: its impls, and the types that derive it.
    pub(crate) of_foreign: HashMap<Symbol, Vec<u32>>,
    pub(crate) deriving: HashMap<Symbol, Vec<NodeId>>,
    /// By type: the impls of foreign traits for types that are not ours whose header names it.
    naming: HashMap<NodeId, Vec<u32>>,
    pub(crate) traits: Traits,
    pub(crate) start: Start,
    pub(crate) allocators: Allocators,
    crate_nodes: RefCell<HashMap<CrateId, Rc<Vec<NodeId>>>>,
    functions: OnceCell<BTreeSet<NodeId>>,
    used: RefCell<Option<Used>>,
    given: Memo<u32, Rc<Types>>,
}

/// What holds before any root is reached, by impls that wait for no type.
#[derive(Default)]
pub(crate) struct Start {
    /// By foreign trait.
    pub(crate) pending: Vec<Vec<u32>>,
    pub(crate) reached: Vec<NodeId>,
}

impl<'p, 'w, 'a> Graph<'p, 'w, 'a> {
    pub(crate) fn new(program: &'p Program<'w, 'a>) -> Self {
        let mut impls: Vec<NodeId> = program.impls.keys().copied().collect();
        impls.sort();
        let facts: Vec<&'p ImplFacts> = impls.iter().map(|id| &program.impls[id]).collect();
        let nodes = program.world.nodes.len();
        let mut graph = Graph {
            program,
            edges: (0..nodes).map(|_| OnceCell::new()).collect(),
            steps: (0..nodes).map(|_| OnceCell::new()).collect(),
            numbers: Numbers::new(program),
            outside: RefCell::default(),
            heads: facts.iter().map(|facts| Head::of(&facts.self_ty)).collect(),
            waits: facts
                .iter()
                .map(|facts| (facts.locals.len() + facts.lengths.len()) as u32)
                .collect(),
            targets: facts.iter().map(|facts| Target::of(facts)).collect(),
            trait_numbers: Vec::new(),
            associated: facts
                .iter()
                .map(|facts| types_among(program, facts))
                .collect(),
            impls,
            facts,
            waiting: HashMap::default(),
            waiting_length: HashMap::default(),
            members: HashMap::default(),
            of_trait: HashMap::default(),
            of_foreign: HashMap::default(),
            deriving: deriving(program),
            naming: HashMap::default(),
            traits: Traits::default(),
            start: Start::default(),
            allocators: Allocators::of(program),
            crate_nodes: RefCell::default(),
            functions: OnceCell::new(),
            used: RefCell::default(),
            given: Memo::default(),
        };
        for at in 0..graph.impls.len() {
            graph.index(at as u32);
            let of = graph.facts[at].of.iter();
            let numbers = of.map(|of| graph.trait_number(*of)).collect();
            graph.trait_numbers.push(numbers);
        }
        graph
    }

    fn index(&mut self, at: u32) {
        let facts = self.facts[at as usize];
        for ty in &facts.locals {
            self.waiting.entry(*ty).or_default().push(at);
        }
        for length in &facts.lengths {
            self.waiting_length.entry(*length).or_default().push(at);
        }
        for (name, nodes) in &facts.members {
            let known = self.members.entry(*name).or_default();
            known.extend(nodes.iter().map(|node| (at, *node)));
        }
        let foreign = facts.of.iter().any(|of| matches!(of, TraitRef::Foreign(_)));
        if foreign && !matches!(self.heads[at as usize], Head::Adt(_)) {
            for ty in &facts.locals {
                self.naming.entry(*ty).or_default().push(at);
            }
        }
        let starts = self.waits[at as usize] == 0 && facts.is_trait_impl;
        for of in &facts.of {
            match of {
                TraitRef::Local(of) => self.of_trait.entry(*of).or_default().push(at),
                TraitRef::Foreign(of) => {
                    let last = Symbol::new(last_segment(of));
                    self.of_foreign.entry(last).or_default().push(at);
                    let number = self.traits.number(*of);
                    self.start.pending.resize_with(self.traits.len(), Vec::new);
                    if starts {
                        self.start.pending[number].push(at);
                    }
                }
            }
        }
        if starts && facts.of.is_empty() {
            // A trait that is not known: foreign code may call all of it.
            self.start.reached.push(self.impls[at as usize]);
            self.start.reached.extend(facts.members.values().flatten());
        }
    }

    /// The number of a foreign trait that something implements.
    pub(crate) fn foreign_number(&self, of: Symbol) -> usize {
        self.traits.known(of)
    }

    /// How many nodes there are, those outside of the code included.
    pub(crate) fn len(&self) -> usize {
        self.edges.len() + self.outside.borrow().0.len()
    }

    /// An item's edges; nothing for what is outside.
    pub(crate) fn edges(&self, id: NodeId) -> Option<&Rc<Edges>> {
        let cell = self.edges.get(id.0 as usize)?;
        Some(cell.get_or_init(|| Rc::new(edges_of(self.program, id))))
    }

    /// Whether an item's edges were asked for.
    fn is_read(&self, id: NodeId) -> bool {
        self.edges[id.0 as usize].get().is_some()
    }

    /// All functions that some item uses as values.
    pub(crate) fn function_values(&self) -> &BTreeSet<NodeId> {
        self.functions.get_or_init(|| {
            let ids = self.program.world.ids();
            let edges = ids.filter_map(|id| self.edges(id));
            edges.flat_map(|edges| &edges.functions).copied().collect()
        })
    }

    /// Whether code of packages can make values of a type by itself: by a function without receiver of a trait that it knows.
    fn can_be_made(&self, id: NodeId) -> bool {
        let world = self.program.world;
        let node = world.node(id);
        let attributes = node.item().map(|item| &item.attributes);
        let by_derive = attributes.is_some_and(|attributes| {
            let plain = [
                "Clone",
                "Copy",
                "Debug",
                "PartialEq",
                "Eq",
                "PartialOrd",
                "Ord",
                "Hash",
            ];
            !attributes.foreign.is_empty()
                || attributes.derives.iter().any(|path| {
                    let last = path.segments.last();
                    !last.is_some_and(|last| plain.contains(&last.name.as_str()))
                })
        });
        // A closed call beside the type may hold any impl.
        by_derive
            || !world.module(node.module).generators.is_empty()
            || self
                .program
                .impls_of_type
                .get(&id)
                .into_iter()
                .flatten()
                .any(|id| {
                    let facts = &self.program.impls[id];
                    let foreign = facts.of.iter().any(|of| matches!(of, TraitRef::Foreign(_)));
                    let makes = |member: &NodeId| {
                        let function = world.node(*member).function();
                        function.is_some_and(|function| function.receiver.is_none())
                    };
                    (foreign || facts.of.is_empty())
                        && (!facts.closed.is_empty() || facts.members.values().flatten().any(makes))
                })
            || self.is_given_by_foreign(id)
    }

    /// Whether an impl for a type that is not ours gives values of a type: `impl Distribution<Ours> for Standard`.
    fn is_given_by_foreign(&self, id: NodeId) -> bool {
        let impls = self.naming.get(&id).into_iter().flatten();
        impls.copied().any(|at| {
            let given = self.given_by(at);
            let closed = &self.facts[at as usize].closed;
            !closed.is_empty() || given.any || given.has(self.type_number(id))
        })
    }

    /// What an impl of a foreign trait gives to whoever calls it: results and associated types. What its parameters stand
    /// for was handed over with the type.
    pub(crate) fn given_by(&self, at: u32) -> Rc<Types> {
        self.given
            .get(at, || self.find_given_by(self.facts[at as usize]))
    }

    fn find_given_by(&self, facts: &ImplFacts) -> Rc<Types> {
        let program = self.program;
        let mut types = Vec::new();
        for member in facts.members.values().flatten() {
            let node = program.world.node(*member);
            let mut scope = (*program.scope(*member)).clone();
            if let Some(function) = node.function() {
                let names = function.generics.types.iter().map(|param| param.name);
                scope.supplied.extend(names);
            }
            let written = match node.item().map(|item| &item.kind) {
                Some(ItemKind::Fn(function)) => function.result.as_ref(),
                Some(ItemKind::Type(data)) => data.ty.as_ref(),
                _ => None,
            };
            let Some(ty) = written.map(|ty| program.ty(ty, &scope)) else {
                continue;
            };
            let handed = scope.params.iter().map(|(name, _)| (*name, Ty::unit()));
            types.push((node.kind, substitute(&ty, &handed.collect())));
        }
        let named = types.iter().any(|(kind, _)| *kind == Kind::Type);
        let mut on = On::default();
        for (kind, ty) in &types {
            let given = On::of([ty]);
            // `Self::Item` in a result is the associated type beside it.
            let covered = *kind != Kind::Type && named;
            on.merge(On {
                any: given.any && !covered,
                ..given
            });
        }
        self.types(self.expanded(&on))
    }

    /// The node of a package, file or variable.
    pub(crate) fn outside_node(&self, what: Outside) -> NodeId {
        let mut outside = self.outside.borrow_mut();
        if let Some(known) = outside.1.get(&what) {
            return *known;
        }
        let id = NodeId((self.edges.len() + outside.0.len()) as u32);
        outside.0.push(what.clone());
        outside.1.insert(what, id);
        id
    }

    /// What a node outside of the code is.
    pub(crate) fn outside(&self, id: NodeId) -> Option<Outside> {
        let at = (id.0 as usize).checked_sub(self.edges.len())?;
        self.outside.borrow().0.get(at).cloned()
    }

    /// The nodes of packages, files and variables that an item names.
    pub(crate) fn outside_of(&self, edges: &Edges) -> Vec<NodeId> {
        let packages = edges
            .packages
            .iter()
            .map(|package| Outside::Package(*package));
        let files = edges.files.iter().map(|file| Outside::File(file.clone()));
        let variables = edges
            .variables
            .iter()
            .map(|(name, value)| Outside::Variable(name.clone(), value.clone()));
        packages
            .chain(files)
            .chain(variables)
            .map(|what| self.outside_node(what))
            .collect()
    }

    /// All items of a crate.
    pub(crate) fn nodes_of_crate(&self, krate: CrateId) -> Rc<Vec<NodeId>> {
        if let Some(known) = self.crate_nodes.borrow().get(&krate) {
            return Rc::clone(known);
        }
        let world = self.program.world;
        let nodes = world
            .ids()
            .filter(|id| world.node(*id).krate == krate && !world.node(*id).test_only);
        let nodes = Rc::new(nodes.collect::<Vec<_>>());
        self.crate_nodes
            .borrow_mut()
            .insert(krate, Rc::clone(&nodes));
        nodes
    }

    /// The strongly connected components of some nodes under the given edges, callees before callers.
    pub(crate) fn components(
        nodes: &[NodeId],
        targets: impl Fn(NodeId) -> Vec<NodeId>,
    ) -> Vec<Vec<NodeId>> {
        let mut graph: DiGraph<NodeId, ()> = DiGraph::with_capacity(nodes.len(), nodes.len() * 4);
        let mut index: HashMap<NodeId, NodeIndex> = HashMap::default();
        for node in nodes {
            index.insert(*node, graph.add_node(*node));
        }
        for node in nodes {
            for target in targets(*node) {
                if let Some(to) = index.get(&target) {
                    graph.add_edge(index[node], *to, ());
                }
            }
        }
        let components = tarjan_scc(&graph);
        components
            .into_iter()
            .map(|component| component.into_iter().map(|at| graph[at]).collect())
            .collect()
    }
}

fn types_among(program: &Program<'_, '_>, facts: &ImplFacts) -> Vec<NodeId> {
    let members = facts.members.values().flatten().copied();
    members
        .filter(|member| program.world.node(*member).kind == Kind::Type)
        .collect()
}

fn deriving(program: &Program<'_, '_>) -> HashMap<Symbol, Vec<NodeId>> {
    let world = program.world;
    let mut deriving: HashMap<Symbol, Vec<NodeId>> = HashMap::default();
    for id in world.ids().filter(|id| world.node(*id).is_type()) {
        let derives = world.node(id).item().map(|item| &item.attributes.derives);
        for last in derives
            .into_iter()
            .flatten()
            .filter_map(|path| path.segments.last())
        {
            deriving.entry(last.name).or_default().push(id);
        }
    }
    deriving
}

/// The simple name of a trait.
pub(crate) fn last_segment(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
