//! What a function can reach: rapid type analysis by forward chaining from the function.
//!
//! An impl applies once all types of the analysed crates that its header names are reachable; its
//! members count once something reachable can call them. Because of such conjunctions what two
//! functions reach together is more than what each reaches, so every root is chained on its own.
//!
//! Source of the method: D. F. Bacon and P. F. Sweeney, "Fast Static Analysis of C++ Virtual
//! Function Calls", OOPSLA 1996.

mod shared;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::called::Called;
use crate::cfg::Switches;
use crate::edges::{Demand, Edges, Length};
use crate::graph::{Graph, Outside, last_segment};
use crate::map::{HashMap, HashSet};
use crate::numbered::Bits;
use crate::program::Head;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef};
use crate::world::{CrateId, Extern, Kind, Script, Unseen};

pub(crate) use shared::Closures;

/// What one root reaches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closure {
    /// All items, itself included, sorted by number.
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) switches: Switches,
    pub(crate) unseen: BTreeSet<Rc<Unseen>>,
    pub(crate) impure: BTreeSet<Rc<Unseen>>,
}

#[derive(Clone)]
struct Chain<'g, 'p, 'w, 'a> {
    graph: &'g Graph<'p, 'w, 'a>,
    is_argument: bool,
    reached: Bits,
    order: Vec<NodeId>,
    next: usize,
    /// Uses and demands that were taken in, by number.
    used: Bits,
    demanded: Bits,
    waits: Vec<u32>,
    applied: Vec<bool>,
    any: HashSet<Symbol>,
    members: HashMap<NodeId, Vec<(Symbol, Head)>>,
    foreign: HashMap<Symbol, Vec<Head>>,
    open: HashSet<NodeId>,
    /// Names of methods that are called on what code of packages gave.
    handed: BTreeSet<Symbol>,
    lengths: HashSet<Length>,
    called: Called,
    /// By foreign trait: applied impls that nothing has called yet.
    pending: Vec<Vec<u32>>,
    /// Impls that something has called.
    woken: Vec<bool>,
    /// Those of them whose results packages don't get, as far as is known.
    withheld: Vec<u32>,
    whole_crates: HashSet<CrateId>,
    generated: HashSet<CrateId>,
    /// What stands in the result already, by address.
    reported: HashSet<usize>,
    result: Closure,
    closure: OnceCell<Rc<Closure>>,
}

impl<'g, 'p, 'w, 'a> Chain<'g, 'p, 'w, 'a> {
    fn new(graph: &'g Graph<'p, 'w, 'a>, is_argument: bool) -> Self {
        let mut chain = Chain {
            graph,
            is_argument,
            reached: Bits::default(),
            order: Vec::new(),
            next: 0,
            used: Bits::default(),
            demanded: Bits::default(),
            waits: graph.waits.clone(),
            applied: graph.waits.iter().map(|waits| *waits == 0).collect(),
            any: HashSet::default(),
            members: HashMap::default(),
            foreign: HashMap::default(),
            open: HashSet::default(),
            handed: BTreeSet::new(),
            lengths: HashSet::default(),
            called: Called::new(&graph.traits),
            pending: graph.start.pending.clone(),
            woken: vec![false; graph.impls.len()],
            withheld: Vec::new(),
            whole_crates: HashSet::default(),
            generated: HashSet::default(),
            reported: HashSet::default(),
            result: Closure::default(),
            closure: OnceCell::new(),
        };
        for id in &graph.start.reached {
            chain.reach(*id);
        }
        chain
    }

    /// One that goes on from here.
    fn fork(&self) -> Self {
        Chain {
            closure: OnceCell::new(),
            ..self.clone()
        }
    }

    /// What was found.
    fn closure(&self) -> &Rc<Closure> {
        self.closure.get_or_init(|| {
            Rc::new(Closure {
                nodes: self.reached.sorted().into_iter().map(NodeId).collect(),
                ..self.result.clone()
            })
        })
    }
}

impl Chain<'_, '_, '_, '_> {
    fn reach(&mut self, id: NodeId) {
        if self.reached.insert(id.0) {
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

    /// What a root is given, from above.
    fn open_brought(&mut self, edges: &Edges) {
        let graph = self.graph;
        self.open_local(edges);
        // A type that nothing names can only come from above: then the call's type arguments tell of it, or it is an object's,
        // and that one may come is reported.
        for of in edges.argument_foreign.union(&edges.brought_foreign) {
            self.open_foreign(of, |ty| graph.is_used(ty));
        }
        self.open_objects(edges, |ty| graph.is_used(ty));
    }

    /// What a static may hold, by whatever code.
    fn open_static(&mut self, edges: &Edges) {
        self.open_local(edges);
        for of in &edges.brought_foreign {
            self.open_foreign(of, |_| true);
        }
        self.open_objects(edges, |_| true);
    }

    /// An object may be of any type with an impl, and that type's arguments whatever the impl's bounds allow: those are open,
    /// too.
    fn open_objects(&mut self, edges: &Edges, may_come: impl Fn(NodeId) -> bool) {
        let graph = self.graph;
        let local = edges.brought_objects.iter().map(|of| TraitRef::Local(*of));
        let foreign = edges.brought_foreign.iter().copied().map(TraitRef::Foreign);
        let mut open: Vec<TraitRef> = local.chain(foreign).collect();
        let mut seen: BTreeSet<TraitRef> = open.iter().copied().collect();
        while let Some(of) = open.pop() {
            let impls = match of {
                TraitRef::Local(of) => graph.of_trait.get(&of),
                TraitRef::Foreign(of) => graph.of_foreign.get(&Symbol::new(last_segment(&of))),
            };
            for at in impls.into_iter().flatten() {
                let scope = graph.program.scope(graph.impls[*at as usize]);
                let bounds = scope.params.iter().flat_map(|(_, bounds)| bounds);
                for bound in bounds.flat_map(|bound| graph.program.with_supertraits(bound.of)) {
                    if !seen.insert(bound) {
                        continue;
                    }
                    open.push(bound);
                    match bound {
                        TraitRef::Local(of) => self.demand(Demand::Open(of)),
                        TraitRef::Foreign(of) => self.open_foreign(&of, &may_come),
                    }
                }
            }
        }
    }

    fn open_local(&mut self, edges: &Edges) {
        for of in &edges.brought_traits {
            self.demand(Demand::Open(*of));
        }
    }

    /// Whether everything is found, once all that was reached has been visited.
    fn is_settled(&mut self) -> bool {
        // What foreign code may call depends on all names that are mentioned so far.
        let settled = self.called.hands.settle(self.graph);
        let woken = self.wake_foreign();
        self.meet_handed();
        !settled && !woken && self.next == self.order.len()
    }

    fn visit(&mut self, id: NodeId) {
        let Some(edges) = self.graph.edges(id) else {
            return;
        };
        let graph = self.graph;
        let steps = graph.steps(id, edges);
        for node in &steps.targets {
            self.reach(*node);
        }
        for number in &steps.uses {
            if self.used.insert(*number) {
                let (leads, types) = graph.use_of_std(*number);
                self.called.add(graph, &leads, types);
            }
        }
        self.called.hands.visit(graph, edges, steps);
        self.called.collections |= edges.collections;
        if !steps.is_plain {
            for length in &edges.lengths {
                self.length(*length);
            }
        }
        // Code that is not read may make arrays of any length.
        if self.called.hands.is_called() {
            self.length(Length::Any);
        }
        for number in &steps.demands {
            self.demand_once(*number);
        }
        self.result.switches = self.result.switches.union(edges.switches);
        if !steps.is_plain {
            self.visit_rare(edges);
        }
        let node = graph.program.world.node(id);
        if graph.program.world.krate(node.krate).script == Script::Files {
            self.reach_generated(node.krate);
        }
        if node.kind == Kind::Static {
            self.open_static(edges);
        }
        if matches!(node.kind, Kind::Struct | Kind::Enum | Kind::Union) {
            for at in graph.waiting.get(&id).into_iter().flatten() {
                self.waits[*at as usize] -= 1;
                if self.waits[*at as usize] == 0 {
                    self.apply(*at);
                }
            }
        }
    }

    /// What few items have.
    fn visit_rare(&mut self, edges: &Edges) {
        for krate in &edges.whole_crates {
            if self.whole_crates.insert(*krate) {
                for node in self.graph.nodes_of_crate(*krate).iter() {
                    self.reach(*node);
                }
            }
        }
        for at in &edges.unseen {
            if self.reported.insert(Rc::as_ptr(at) as usize) {
                self.result.unseen.insert(Rc::clone(at));
            }
        }
        for at in &edges.impure {
            if self.reported.insert(Rc::as_ptr(at) as usize) {
                self.result.impure.insert(Rc::clone(at));
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
        let facts = graph.facts[at as usize];
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
        let head = graph.heads[at as usize];
        for of in &facts.of {
            match of {
                TraitRef::Local(of) => {
                    if self.open.contains(of) {
                        self.reach_whole(id, Some(*of));
                    }
                    let wanted = self.members.get(of).cloned();
                    for (name, receiver) in wanted.unwrap_or_default() {
                        if receiver.may_use(head) {
                            self.reach_member(at, *of, name);
                        }
                    }
                }
                TraitRef::Foreign(of) => {
                    for (name, nodes) in &facts.members {
                        let mut wanted = self.foreign.get(name).into_iter().flatten();
                        if wanted.any(|receiver| receiver.may_use(head)) {
                            nodes.iter().for_each(|node| self.reach(*node));
                        }
                    }
                    self.pending[graph.foreign_number(*of)].push(at);
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
    fn reach_member(&mut self, at: u32, of: NodeId, name: Symbol) {
        let graph = self.graph;
        let facts = graph.facts[at as usize];
        match facts.members.get(&name) {
            Some(nodes) => nodes.iter().for_each(|node| self.reach(*node)),
            None => {
                // Which impls lack the member decides too.
                self.reach(graph.impls[at as usize]);
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
        for member in &graph.associated[at as usize] {
            self.reach(*member);
        }
        facts.closed.iter().for_each(|node| self.reach(*node));
    }

    fn demand(&mut self, demand: Demand) {
        self.demand_once(self.graph.demand_number(demand));
    }

    fn demand_once(&mut self, number: u32) {
        if !self.demanded.insert(number) {
            return;
        }
        let graph = self.graph;
        match graph.demand(number) {
            Demand::Any(name) => {
                self.any.insert(name);
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
                // An impl that nobody sees is some macro's, and may call those for other types.
                let receiver = match receiver {
                    Head::Dyn(_) => receiver,
                    _ if graph.program.may_implement(of, receiver) => receiver,
                    _ => Head::Any,
                };
                self.members.entry(of).or_default().push((name, receiver));
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
                    let head = graph.heads[*at as usize];
                    if self.applied[*at as usize] && receiver.may_use(head) {
                        self.reach_member(*at, of, name);
                    }
                }
            }
            Demand::Foreign(name, receiver) => {
                self.foreign.entry(name).or_default().push(receiver);
                for (at, node) in graph.members.get(&name).into_iter().flatten() {
                    let of = &graph.facts[*at as usize].of;
                    if self.applied[*at as usize]
                        && of.iter().any(|of| matches!(of, TraitRef::Foreign(_)))
                        && receiver.may_use(graph.heads[*at as usize])
                    {
                        self.reach(*node);
                    }
                }
            }
            Demand::Handed(name) => {
                self.handed.insert(name);
            }
            Demand::Open(of) => {
                self.open.insert(of);
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
    fn open_foreign(&mut self, name: &str, may_come: impl Fn(NodeId) -> bool) {
        let graph = self.graph;
        let may_all_come = |at: u32| {
            graph.facts[at as usize]
                .locals
                .iter()
                .all(|ty| may_come(*ty))
        };
        if std_facts::is_call(name) {
            self.open_functions();
            return;
        }
        let led_to = std_facts::led_to(name).iter().copied();
        for name in std::iter::once(name)
            .chain(led_to)
            .chain(std_facts::turned_into(name))
        {
            self.called.add_trait(graph, Symbol::new(name));
            // One trait of a package may be named by several paths.
            let last = Symbol::new(last_segment(name));
            let impls = graph.of_foreign.get(&last).into_iter().flatten();
            for at in impls.filter(|at| may_all_come(**at)) {
                self.reach_whole(graph.impls[*at as usize], None);
            }
            let deriving = graph.deriving.get(&last).into_iter().flatten();
            for id in deriving.filter(|id| may_come(**id)) {
                self.reach(*id);
            }
        }
        // A package's trait may be had through others of packages.
        if name.contains("::") {
            for (at, facts) in graph.facts.iter().enumerate() {
                let of_package =
                    |of: &TraitRef| matches!(of, TraitRef::Foreign(of) if of.contains("::"));
                if facts.of.iter().any(of_package) && may_all_come(at as u32) {
                    self.reach_whole(graph.impls[at], None);
                }
            }
        }
    }

    /// Whoever calls a root that takes something callable may bring any function that is used as a value.
    fn open_functions(&mut self) {
        let graph = self.graph;
        for id in graph.function_values() {
            self.reach(*id);
            let node = graph.program.world.node(*id);
            if let Some(parent) = node.parent
                && graph.program.traits.contains_key(&parent)
            {
                self.demand(Demand::Member(parent, node.name, Head::Any));
            }
        }
    }

    /// Methods on what code of packages gave: of the types that it has, and of those that are not ours.
    fn meet_handed(&mut self) {
        let graph = self.graph;
        for name in self.handed.clone() {
            if self.called.hands.has_any() {
                self.demand(Demand::Any(name));
                continue;
            }
            for (at, node) in graph.members.get(&name).into_iter().flatten() {
                let head = graph.heads[*at as usize];
                let of = &graph.trait_numbers[*at as usize];
                if self.applied[*at as usize] && self.called.hands.has_self(graph, head, of) {
                    self.reach(*node);
                }
            }
            for of in graph.program.traits_with.get(&name).into_iter().flatten() {
                let number = [graph.trait_number(TraitRef::Local(*of))];
                for at in graph.of_trait.get(of).into_iter().flatten() {
                    let head = graph.heads[*at as usize];
                    let is_there = self.called.hands.has_self(graph, head, &number);
                    if self.applied[*at as usize] && is_there {
                        self.reach(*of);
                        self.reach_member(*at, *of, name);
                    }
                }
            }
        }
    }

    /// Arrays of this length may be there.
    fn length(&mut self, length: Length) {
        if self.lengths.contains(&Length::Any) || !self.lengths.insert(length) {
            return;
        }
        let graph = self.graph;
        let met: Vec<u32> = match length {
            Length::Of(number) => graph
                .waiting_length
                .get(&number)
                .cloned()
                .unwrap_or_default(),
            Length::Any => {
                let others = graph.waiting_length.iter();
                let others =
                    others.filter(|(number, _)| !self.lengths.contains(&Length::Of(**number)));
                others.flat_map(|(_, all)| all).copied().collect()
            }
        };
        for at in met {
            self.waits[at as usize] -= 1;
            if self.waits[at as usize] == 0 {
                self.apply(at);
            }
        }
    }

    /// Impls of foreign traits that foreign code may call by now. Returns whether any woke.
    fn wake_foreign(&mut self) -> bool {
        let graph = self.graph;
        let mut any = false;
        for of in 0..self.pending.len() {
            for at in std::mem::take(&mut self.pending[of]) {
                if !self.called.may_be(graph, of, at) {
                    self.pending[of].push(at);
                } else if !std::mem::replace(&mut self.woken[at as usize], true) {
                    // An impl of a trait whose name is ambiguous waits for several.
                    any = true;
                    self.withheld.push(at);
                    self.reach_whole(graph.impls[at as usize], None);
                }
            }
        }
        // Packages may come by the types of an impl that something else has called before.
        for at in std::mem::take(&mut self.withheld) {
            if self.called.hands.woke(graph, at) {
                any = true;
            } else {
                self.withheld.push(at);
            }
        }
        any
    }
}
