//! What a function can reach: rapid type analysis by forward chaining from the function.
//!
//! An impl applies once all types of the analysed crates that its header names are reachable; its
//! members count once something reachable can call them. Because of such conjunctions what two
//! functions reach together is more than what each reaches, so every root is chained on its own.
//!
//! Source of the method: D. F. Bacon and P. F. Sweeney, "Fast Static Analysis of C++ Virtual
//! Function Calls", OOPSLA 1996.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::cfg::Switches;
use crate::edges::{Demand, Edges, On, Word};
use crate::graph::{Graph, Outside};
use crate::program::Head;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef};
use crate::world::{CrateId, Extern, Kind, Script, Unseen};

/// What one root reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closure {
    /// All items, itself included, sorted by number.
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) switches: Switches,
    pub(crate) unseen: BTreeSet<Rc<Unseen>>,
    pub(crate) impure: BTreeSet<Rc<Unseen>>,
}

/// Chains from one root.
pub(crate) fn closure(graph: &Graph<'_, '_, '_>, root: NodeId) -> Closure {
    chain_from(graph, root, false)
}

/// Chains from a type, or a trait that stands for its objects, as a type argument of functions that can't be seen: crates
/// above this one may call whatever their bounds name, of the type and of all that its impls hand out. So every impl of a
/// trait for a reached type counts as a whole.
pub(crate) fn closure_of_argument(graph: &Graph<'_, '_, '_>, ty: NodeId) -> Closure {
    chain_from(graph, ty, true)
}

fn chain_from(graph: &Graph<'_, '_, '_>, root: NodeId, is_argument: bool) -> Closure {
    let mut chain = Chain {
        graph,
        is_argument,
        reached: vec![false; graph.len()],
        order: Vec::new(),
        next: 0,
        waits: graph.waits.clone(),
        applied: vec![false; graph.impls.len()],
        any: HashSet::new(),
        members: HashMap::new(),
        foreign: HashSet::new(),
        open: HashSet::new(),
        words: HashMap::new(),
        calls_foreign: false,
        calls_unknown: false,
        packages: false,
        collections: false,
        pending: HashSet::new(),
        whole_crates: HashSet::new(),
        generated: HashSet::new(),
        result: Closure::default(),
    };
    for at in 0..graph.impls.len() {
        if graph.waits[at] == 0 {
            chain.apply(at as u32);
        }
    }
    chain.reach(root);
    if let Some(edges) = graph.edges(root) {
        // Whoever calls the root may bring any implementation of the traits in its signature.
        chain.open_brought(edges);
    }
    if is_argument && graph.program.traits.contains_key(&root) {
        chain.demand(Demand::Open(root));
    }
    chain.run();
    let mut result = chain.result;
    result.nodes = chain.order;
    result.nodes.sort();
    result
}

struct Chain<'g, 'p, 'w, 'a> {
    graph: &'g Graph<'p, 'w, 'a>,
    is_argument: bool,
    reached: Vec<bool>,
    order: Vec<NodeId>,
    next: usize,
    waits: Vec<u32>,
    applied: Vec<bool>,
    any: HashSet<Symbol>,
    members: HashMap<NodeId, HashSet<(Symbol, Head)>>,
    foreign: HashSet<(Symbol, Head)>,
    open: HashSet<NodeId>,
    words: HashMap<Word, On>,
    calls_foreign: bool,
    calls_unknown: bool,
    packages: bool,
    collections: bool,
    /// Applied impls of foreign traits that nothing has called yet.
    pending: HashSet<u32>,
    whole_crates: HashSet<CrateId>,
    generated: HashSet<CrateId>,
    result: Closure,
}

impl Chain<'_, '_, '_, '_> {
    fn reach(&mut self, id: NodeId) {
        let at = id.0 as usize;
        if at >= self.reached.len() {
            self.reached.resize(at + 1, false);
        }
        if !std::mem::replace(&mut self.reached[at], true) {
            self.order.push(id);
        }
    }

    /// Sources that another package's build script makes aren't known here: they may name anything of their crate and of those
    /// that it depends on.
    fn reach_generated(&mut self, krate: CrateId) {
        if !self.generated.insert(krate) {
            return;
        }
        let graph = self.graph;
        let mut crates = vec![krate];
        for named in graph.program.world.krate(krate).externs.values() {
            match named {
                Extern::Crate(krate) => crates.push(*krate),
                Extern::Package(package, _) => {
                    self.reach(graph.outside_node(Outside::Package(*package)))
                }
            }
        }
        for krate in crates {
            if self.whole_crates.insert(krate) {
                for node in graph.nodes_of_crate(krate).iter() {
                    self.reach(*node);
                }
            }
        }
    }

    fn open_brought(&mut self, edges: &Edges) {
        for of in &edges.brought_traits {
            self.demand(Demand::Open(*of));
        }
        for of in &edges.brought_foreign {
            self.open_foreign(of);
        }
    }

    fn run(&mut self) {
        loop {
            while let Some(id) = self.order.get(self.next).copied() {
                self.next += 1;
                self.visit(id);
            }
            // What foreign code may call depends on all names that are mentioned so far.
            if !self.wake_foreign() {
                return;
            }
        }
    }

    fn visit(&mut self, id: NodeId) {
        let Some(edges) = self.graph.edges(id) else {
            return;
        };
        let edges = std::rc::Rc::clone(edges);
        for node in &edges.nodes {
            self.reach(*node);
        }
        for node in self.graph.outside_of(&edges) {
            self.reach(node);
        }
        for (word, on) in &edges.words {
            let on = self.graph.expanded(on);
            self.words.entry(*word).or_default().merge(on);
        }
        self.calls_foreign |= edges.calls_foreign;
        self.calls_unknown |= edges.calls_unknown;
        self.packages |= !edges.packages.is_empty();
        self.collections |= edges.collections;
        for demand in &edges.demands {
            self.demand(*demand);
        }
        for krate in &edges.whole_crates {
            if self.whole_crates.insert(*krate) {
                for node in self.graph.nodes_of_crate(*krate).iter() {
                    self.reach(*node);
                }
            }
        }
        self.result.switches = self.result.switches.union(edges.switches);
        self.result.unseen.extend(edges.unseen.iter().cloned());
        self.result.impure.extend(edges.impure.iter().cloned());
        let node = self.graph.program.world.node(id);
        let kind = node.kind;
        if self.graph.program.world.krate(node.krate).script == Script::Files {
            self.reach_generated(node.krate);
        }
        if kind == Kind::Static {
            self.open_brought(&edges);
        }
        if matches!(kind, Kind::Struct | Kind::Enum | Kind::Union) {
            for at in self.graph.waiting.get(&id).into_iter().flatten() {
                self.waits[*at as usize] -= 1;
                if self.waits[*at as usize] == 0 {
                    self.apply(*at);
                }
            }
        }
    }

    /// All types of an impl's header are reachable.
    fn apply(&mut self, at: u32) {
        if std::mem::replace(&mut self.applied[at as usize], true) {
            return;
        }
        let graph = self.graph;
        let id = graph.impls[at as usize];
        let facts = &graph.program.impls[&id];
        for (name, nodes) in &facts.members {
            if self.any.contains(name) {
                nodes.iter().for_each(|node| self.reach(*node));
            }
        }
        if !facts.is_trait_impl {
            return;
        }
        if self.is_argument && graph.waits[at as usize] > 0 {
            let local = facts.of.iter().find_map(|of| match of {
                TraitRef::Local(of) => Some(*of),
                TraitRef::Foreign(_) => None,
            });
            self.reach_whole(id, local);
        }
        let head = Head::of(&facts.self_ty);
        for of in &facts.of {
            match of {
                TraitRef::Local(of) => {
                    if self.open.contains(of) {
                        self.reach_whole(id, Some(*of));
                    }
                    let wanted: Vec<(Symbol, Head)> = self
                        .members
                        .get(of)
                        .into_iter()
                        .flatten()
                        .copied()
                        .collect();
                    for (name, receiver) in wanted {
                        if receiver.may_use(head) {
                            self.reach_member(id, *of, name);
                        }
                    }
                }
                TraitRef::Foreign(_) => {
                    let wanted: Vec<Symbol> = self
                        .foreign
                        .iter()
                        .filter(|(_, receiver)| receiver.may_use(head))
                        .map(|(name, _)| *name)
                        .collect();
                    for name in wanted {
                        facts
                            .members
                            .get(&name)
                            .into_iter()
                            .flatten()
                            .for_each(|node| self.reach(*node));
                    }
                    self.pending.insert(at);
                }
            }
        }
        if facts.of.is_empty() {
            // A trait that is not known: foreign code may call all of it.
            self.reach_whole(id, None);
        }
    }

    fn reach_whole(&mut self, id: NodeId, of: Option<NodeId>) {
        let graph = self.graph;
        self.reach(id);
        let facts = &graph.program.impls[&id];
        facts
            .members
            .values()
            .flatten()
            .for_each(|node| self.reach(*node));
        if let Some(of) = of {
            for (name, nodes) in graph
                .program
                .traits
                .get(&of)
                .into_iter()
                .flat_map(|facts| &facts.members)
            {
                if !facts.members.contains_key(name) {
                    nodes.iter().for_each(|node| self.reach(*node));
                }
            }
        }
    }

    /// A member of a local trait in one impl: the impl's own, else the trait's default.
    fn reach_member(&mut self, id: NodeId, of: NodeId, name: Symbol) {
        let graph = self.graph;
        let facts = &graph.program.impls[&id];
        match facts.members.get(&name) {
            Some(nodes) => nodes.iter().for_each(|node| self.reach(*node)),
            None => {
                // Which impls lack the member decides too.
                self.reach(id);
                let declared = graph
                    .program
                    .traits
                    .get(&of)
                    .and_then(|facts| facts.members.get(&name));
                declared
                    .into_iter()
                    .flatten()
                    .for_each(|node| self.reach(*node));
            }
        }
        // What the impl says of associated types and constants may decide what the member means.
        for member in facts.members.values().flatten() {
            if graph.program.world.node(*member).kind == Kind::Type {
                self.reach(*member);
            }
        }
        facts.closed.iter().for_each(|node| self.reach(*node));
    }

    fn demand(&mut self, demand: Demand) {
        let graph = self.graph;
        match demand {
            Demand::Any(name) => {
                if !self.any.insert(name) {
                    return;
                }
                for (at, node) in graph.members.get(&name).into_iter().flatten() {
                    if self.applied[*at as usize] {
                        self.reach(*node);
                    }
                }
                for of in graph.program.traits_with.get(&name).into_iter().flatten() {
                    self.demand(Demand::Member(*of, name, Head::Any));
                }
            }
            Demand::Member(of, name, receiver) => {
                if !self.members.entry(of).or_default().insert((name, receiver)) {
                    return;
                }
                self.reach(of);
                if let Some(facts) = graph.program.traits.get(&of) {
                    // The declaration counts: its signature decides what is inferred.
                    for node in facts.members.get(&name).into_iter().flatten() {
                        let declared_only = graph
                            .program
                            .world
                            .node(*node)
                            .function()
                            .is_none_or(|f| f.body.is_none());
                        if declared_only {
                            self.reach(*node);
                        }
                    }
                    facts.closed.iter().for_each(|node| self.reach(*node));
                }
                for at in graph.of_trait.get(&of).into_iter().flatten() {
                    let id = graph.impls[*at as usize];
                    let head = Head::of(&graph.program.impls[&id].self_ty);
                    if self.applied[*at as usize] && receiver.may_use(head) {
                        self.reach_member(id, of, name);
                    }
                }
            }
            Demand::Foreign(name, receiver) => {
                if !self.foreign.insert((name, receiver)) {
                    return;
                }
                for (at, node) in graph.members.get(&name).into_iter().flatten() {
                    let facts = &graph.program.impls[&graph.impls[*at as usize]];
                    let foreign = facts.of.iter().any(|of| matches!(of, TraitRef::Foreign(_)));
                    if self.applied[*at as usize]
                        && foreign
                        && receiver.may_use(Head::of(&facts.self_ty))
                    {
                        self.reach(*node);
                    }
                }
            }
            Demand::Open(of) => {
                if !self.open.insert(of) {
                    return;
                }
                self.reach(of);
                if let Some(facts) = graph.program.traits.get(&of) {
                    facts
                        .members
                        .values()
                        .flatten()
                        .for_each(|node| self.reach(*node));
                    for at in graph.of_trait.get(&of).into_iter().flatten() {
                        self.reach_whole(graph.impls[*at as usize], Some(of));
                    }
                }
            }
        }
    }

    /// Whoever calls a root that is generic over a foreign trait may bring any type that has it.
    fn open_foreign(&mut self, name: &str) {
        let graph = self.graph;
        let world = graph.program.world;
        let names: Vec<&str> = std::iter::once(name)
            .chain(std_facts::led_to(name).iter().copied())
            .collect();
        for of in &names {
            self.words.insert(Word::Trait(Symbol::new(of)), On::Any);
        }
        for id in &graph.impls {
            let facts = &graph.program.impls[id];
            let fits = |of: &TraitRef| {
                // One trait of a package may be named by several paths.
                let last = |name: &str| name.rsplit("::").next().unwrap_or_default().to_owned();
                matches!(of, TraitRef::Foreign(of) if names.iter().any(|name| last(name) == last(of)))
            };
            if facts.of.iter().any(fits) {
                self.reach_whole(*id, None);
            }
        }
        for id in world.ids().filter(|id| world.node(*id).is_type()) {
            let derives = world
                .node(id)
                .item()
                .map(|item| item.attributes.derives.as_slice())
                .unwrap_or_default();
            let derived = derives.iter().filter_map(|path| path.segments.last());
            if derived.clone().any(|last| {
                names
                    .iter()
                    .any(|name| name.rsplit("::").next() == Some(&*last.name))
            }) {
                self.reach(id);
            }
        }
    }

    /// Impls of foreign traits that foreign code may call by now. Returns whether any woke.
    fn wake_foreign(&mut self) -> bool {
        let graph = self.graph;
        let mut pending: Vec<u32> = self.pending.iter().copied().collect();
        pending.sort_unstable();
        let mut any = false;
        for at in pending {
            let id = graph.impls[at as usize];
            let facts = &graph.program.impls[&id];
            let woken = facts.of.iter().any(|of| match of {
                TraitRef::Foreign(name) => self.may_be_called(name, Head::of(&facts.self_ty)),
                TraitRef::Local(_) => false,
            });
            if woken {
                self.pending.remove(&at);
                any = true;
                self.reach_whole(id, None);
            }
        }
        any
    }

    /// Whether foreign code may call an implementation of a foreign trait, by all that is mentioned.
    fn may_be_called(&self, name: &str, head: Head) -> bool {
        if self.calls_foreign || (self.calls_unknown && self.packages) {
            return true;
        }
        let Some(triggers) = std_facts::triggers(name) else {
            // A trait of a package is called by packages; one of std that is not known by anything.
            return !name.contains("::");
        };
        if triggers.always {
            return true;
        }
        let fits = |on: &On| match (on, head) {
            (On::Types(types), Head::Adt(node)) => types.contains(&node),
            _ => true,
        };
        self.words.iter().any(|(word, on)| {
            fits(on)
                && match word {
                    Word::Operator(token) => {
                        triggers.operators.contains(token.as_str())
                            && (self.collections || self.packages || is_own_operator(token, name))
                    }
                    Word::Method(method, owner) => {
                        triggers.has_method(method, owner.as_deref())
                            && (self.collections || self.packages || !only_by_hashing(method, name))
                    }
                    Word::Macro(name) => triggers.macros.contains(name.as_str()),
                    Word::Trait(of) => &**of == name,
                }
        })
    }
}

/// Whether a trait is an operator's own: `==` on a map leads to `Hash` as well, but only where there are maps.
fn is_own_operator(token: &str, name: &str) -> bool {
    match token {
        "==" | "!=" => name == "PartialEq",
        "<" | ">" | "<=" | ">=" => matches!(name, "PartialOrd" | "PartialEq" | "Ord"),
        "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" => !matches!(
            name,
            "Hash"
                | "Hasher"
                | "BuildHasher"
                | "Default"
                | "Ord"
                | "PartialOrd"
                | "Clone"
                | "PartialEq"
        ),
        "index" => !matches!(
            name,
            "Hash" | "Hasher" | "BuildHasher" | "Default" | "Ord" | "PartialOrd" | "PartialEq"
        ),
        _ => true,
    }
}

/// Whether a method leads to a trait only through the hashing of a map's or set's keys.
fn only_by_hashing(method: &str, name: &str) -> bool {
    match name {
        "Hash" | "Hasher" | "BuildHasher" => !method.contains("hash"),
        "Default" => {
            let natural =
                method.contains("default") || matches!(method, "take" | "unzip" | "partition");
            !natural
                && std_facts::triggers("Hash").is_some_and(|hash| hash.has_method(method, None))
        }
        _ => false,
    }
}
