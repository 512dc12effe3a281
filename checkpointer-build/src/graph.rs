//! The dependency graph: every item's edges, found on demand and once, and the impls by what has
//! to be reachable for them to apply. Packages, files and variables are nodes of it too.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::rc::Rc;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::edges::{Edges, On, edges_of};
use crate::program::Program;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef};
use crate::world::{CrateId, Kind, PackageId};

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
    outside: RefCell<(Vec<Outside>, HashMap<Outside, NodeId>)>,
    /// Impls in the order of their node, with what they wait for.
    pub(crate) impls: Vec<NodeId>,
    /// How many types each impl waits for.
    pub(crate) waits: Vec<u32>,
    /// By type: the impls that wait for it.
    pub(crate) waiting: HashMap<NodeId, Vec<u32>>,
    /// By member name: the impl and the member.
    pub(crate) members: HashMap<Symbol, Vec<(u32, NodeId)>>,
    /// By local trait: its impls.
    pub(crate) of_trait: HashMap<NodeId, Vec<u32>>,
    crate_nodes: RefCell<HashMap<CrateId, Rc<Vec<NodeId>>>>,
}

impl<'p, 'w, 'a> Graph<'p, 'w, 'a> {
    pub(crate) fn new(program: &'p Program<'w, 'a>) -> Self {
        let mut impls: Vec<NodeId> = program.impls.keys().copied().collect();
        impls.sort();
        let mut waits = Vec::with_capacity(impls.len());
        let mut waiting: HashMap<NodeId, Vec<u32>> = HashMap::new();
        let mut members: HashMap<Symbol, Vec<(u32, NodeId)>> = HashMap::new();
        let mut of_trait: HashMap<NodeId, Vec<u32>> = HashMap::new();
        for (at, id) in impls.iter().enumerate() {
            let facts = &program.impls[id];
            waits.push(facts.locals.len() as u32);
            for ty in &facts.locals {
                waiting.entry(*ty).or_default().push(at as u32);
            }
            for (name, nodes) in &facts.members {
                members
                    .entry(*name)
                    .or_default()
                    .extend(nodes.iter().map(|node| (at as u32, *node)));
            }
            for of in &facts.of {
                if let TraitRef::Local(of) = of {
                    of_trait.entry(*of).or_default().push(at as u32);
                }
            }
        }
        let edges = (0..program.world.nodes.len())
            .map(|_| OnceCell::new())
            .collect();
        Graph {
            program,
            edges,
            outside: RefCell::default(),
            impls,
            waits,
            waiting,
            members,
            of_trait,
            crate_nodes: RefCell::default(),
        }
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

    /// The types, and those that their fields are made of: a derived impl hands on to them. A trait object among them may be
    /// anything.
    pub(crate) fn expanded(&self, on: &On) -> On {
        let On::Types(types) = on else { return On::Any };
        let world = self.program.world;
        let mut all: BTreeSet<NodeId> = BTreeSet::new();
        let mut open: Vec<NodeId> = types.iter().copied().collect();
        while let Some(id) = open.pop() {
            let kind = world.node(id).kind;
            match kind {
                Kind::Struct | Kind::Enum | Kind::Union | Kind::Type => {}
                Kind::Trait => return On::Any,
                _ => continue,
            }
            if !all.insert(id) {
                continue;
            }
            if let Some(edges) = self.edges(id) {
                open.extend(
                    edges
                        .nodes
                        .iter()
                        .filter(|node| (node.0 as usize) < world.nodes.len()),
                );
            }
        }
        On::Types(all)
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
        let mut index: HashMap<NodeId, NodeIndex> = HashMap::with_capacity(nodes.len());
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
