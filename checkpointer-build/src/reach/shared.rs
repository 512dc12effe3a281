//! Closures of many roots without doing the common part again.
//!
//! What a chain finds is the least fixpoint of rules that only ever add, so it hangs on what the chain began with and not
//! on the order. Hence a chain that comes to an item whose own chain is known may go on from there: it takes that one's
//! state and adds to it what it has reached itself. And all items that lead to the root of a chain by names alone, and are
//! in its closure, have that same closure.

use std::rc::Rc;

use super::{Chain, Closure};
use crate::edges::{Demand, Edges, brought_to};
use crate::graph::Graph;
use crate::numbered::Bits;
use crate::ty::NodeId;

/// Chains that found less than that beside what others knew are made anew where they are met: keeping them costs more.
const WORTHWHILE: usize = 32;

/// How many items all chains that are kept may have, so that they stay small beside the summaries.
const KEPT: usize = 4_000_000;

/// What is known of closures by now.
pub(crate) struct Closures<'g, 'p, 'w, 'a> {
    graph: &'g Graph<'p, 'w, 'a>,
    functions: Known<'g, 'p, 'w, 'a>,
    arguments: Known<'g, 'p, 'w, 'a>,
    /// By item: the items that name it, as far as these were met.
    callers: Vec<Vec<NodeId>>,
    /// Whose names stand in there.
    met: Bits,
}

/// Chains of one kind, of roots that nothing is brought to.
#[derive(Default)]
struct Known<'g, 'p, 'w, 'a> {
    chains: Vec<Rc<Chain<'g, 'p, 'w, 'a>>>,
    /// By item: the number of its chain.
    by_item: Vec<Option<u32>>,
    kept: usize,
}

impl<'g, 'p, 'w, 'a> Known<'g, 'p, 'w, 'a> {
    fn of(&self, id: NodeId) -> Option<&Rc<Chain<'g, 'p, 'w, 'a>>> {
        let number = *self.by_item.get(id.0 as usize)?;
        number.map(|number| &self.chains[number as usize])
    }
}

impl<'g, 'p, 'w, 'a> Closures<'g, 'p, 'w, 'a> {
    pub(crate) fn new(graph: &'g Graph<'p, 'w, 'a>) -> Self {
        Closures {
            graph,
            functions: Known::default(),
            arguments: Known::default(),
            callers: Vec::new(),
            met: Bits::default(),
        }
    }

    /// Chains from one root.
    pub(crate) fn of(&mut self, root: NodeId) -> Rc<Closure> {
        self.chain_from(root, false)
    }

    /// Chains from a type, or a trait that stands for its objects, as a type argument of functions that can't be seen: crates
    /// above this one may call whatever their bounds name, of the type and of all that its impls hand out. So every impl of a
    /// trait for a reached type counts as a whole.
    pub(crate) fn of_argument(&mut self, ty: NodeId) -> Rc<Closure> {
        self.chain_from(ty, true)
    }

    fn chain_from(&mut self, root: NodeId, is_argument: bool) -> Rc<Closure> {
        let alone = self.alone(root, is_argument);
        let graph = self.graph;
        let own = graph.edges(root).map(|edges| &**edges);
        let brought = brought_to(graph.program, root);
        let opens = |edges: &Edges| {
            !edges.brought_traits.is_empty()
                || !edges.brought_foreign.is_empty()
                || !edges.argument_foreign.is_empty()
        };
        let allocators = graph.allocators.called_by(graph.program.world, root);
        let is_trait = is_argument && graph.program.traits.contains_key(&root);
        if !own.is_some_and(opens) && !opens(&brought) && allocators.is_empty() && !is_trait {
            return Rc::clone(alone.closure());
        }
        // Whoever calls the root may bring any implementation of the traits in its signature.
        let begin = |chain: &mut Chain<'_, '_, '_, '_>| {
            own.into_iter().for_each(|edges| chain.open_brought(edges));
            chain.open_brought(&brought);
            for id in &allocators {
                chain.reach(*id);
            }
            if is_trait {
                chain.demand(Demand::Open(root));
            }
        };
        let mut chain = alone.fork();
        begin(&mut chain);
        self.known(is_argument).finish(&mut chain, begin);
        Rc::clone(chain.closure())
    }

    fn known(&self, is_argument: bool) -> &Known<'g, 'p, 'w, 'a> {
        if is_argument {
            &self.arguments
        } else {
            &self.functions
        }
    }

    /// The chain of a root that nothing is brought to.
    fn alone(&mut self, root: NodeId, is_argument: bool) -> Rc<Chain<'g, 'p, 'w, 'a>> {
        let known = self.known(is_argument);
        if let Some(chain) = known.of(root) {
            return Rc::clone(chain);
        }
        let mut chain = Chain::new(self.graph, is_argument);
        chain.reach(root);
        let taken = known.finish(&mut chain, |_| {});
        let before = taken.as_ref().map_or(0, |taken| taken.order.len());
        let new = chain.order[before..].to_vec();
        self.meet(&new);
        if let Some(taken) = taken
            && new.is_empty()
        {
            self.keep(root, &taken, is_argument);
            return taken;
        }
        let chain = Rc::new(chain);
        if new.len() >= WORTHWHILE && self.known(is_argument).kept < KEPT {
            self.keep(root, &chain, is_argument);
        }
        chain
    }

    /// Notes who names whom.
    fn meet(&mut self, items: &[NodeId]) {
        self.callers.resize_with(self.graph.len(), Vec::new);
        for id in items {
            if let Some(edges) = self.graph.edges(*id)
                && self.met.insert(id.0)
            {
                for target in &self.graph.steps(*id, edges).targets {
                    self.callers[target.0 as usize].push(*id);
                }
            }
        }
    }

    /// Keeps a chain for its root and for all items that are in it and lead to the root.
    fn keep(&mut self, root: NodeId, chain: &Rc<Chain<'g, 'p, 'w, 'a>>, is_argument: bool) {
        let known = if is_argument {
            &mut self.arguments
        } else {
            &mut self.functions
        };
        let last = known.chains.iter().position(|kept| Rc::ptr_eq(kept, chain));
        let number = last.unwrap_or_else(|| {
            known.kept += self.graph.len();
            known.chains.push(Rc::clone(chain));
            known.chains.len() - 1
        });
        known.by_item.resize(self.graph.len(), None);
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let place = &mut known.by_item[id.0 as usize];
            if place.is_none() && chain.reached.contains(id.0) {
                *place = Some(number as u32);
                open.extend(&self.callers[id.0 as usize]);
            }
        }
    }
}

impl<'g, 'p, 'w, 'a> Known<'g, 'p, 'w, 'a> {
    /// Runs a chain to its end, with the help of those that are known; `begin` is what it began with beside what it has
    /// reached. Returns the one that it has taken last.
    fn finish(
        &self,
        chain: &mut Chain<'g, 'p, 'w, 'a>,
        begin: impl Fn(&mut Chain<'g, 'p, 'w, 'a>),
    ) -> Option<Rc<Chain<'g, 'p, 'w, 'a>>> {
        let mut taken: Option<Rc<Chain<'g, 'p, 'w, 'a>>> = None;
        loop {
            while let Some(id) = chain.order.get(chain.next).copied() {
                chain.next += 1;
                match self.of(id) {
                    Some(other) if other.order.len() > chain.order.len() => {
                        let mut next = other.fork();
                        for id in &chain.order {
                            next.reach(*id);
                        }
                        begin(&mut next);
                        *chain = next;
                        taken = Some(Rc::clone(other));
                    }
                    _ => chain.visit(id),
                }
            }
            if chain.is_settled() {
                return taken;
            }
        }
    }
}
