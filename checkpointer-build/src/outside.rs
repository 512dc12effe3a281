//! What code of packages that are not read has in its hands: the values that reachable code gives to it, what those give
//! when their traits are called, and what it can make by itself. Only their impls of foreign traits can it call.

use crate::edges::Edges;
use crate::graph::{Graph, Steps, Types};
use crate::numbered::Bits;
use crate::program::Head;

/// Types of values, as many items hand them over.
#[derive(Clone, Debug, Default)]
struct Held {
    types: Types,
    /// What was taken in, by number.
    seen: Bits,
}

impl Held {
    fn take_in(&mut self, graph: &Graph<'_, '_, '_>, number: Option<u32>) {
        if let Some(number) = number
            && self.seen.insert(number)
        {
            self.types.take_in(&graph.types(number));
        }
    }
}

/// What is known of it, for one root, so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    called: bool,
    handed: Held,
    /// Counts once packages are in play.
    perhaps: Held,
    /// Reachable types that packages can make by themselves, and those inside of them.
    made: Held,
    /// What is handed over as soon as a value of the type of the number before is there.
    settled: Vec<(Option<u32>, u32)>,
    /// Whether something takes a made value without saying of which type it is.
    takes_any: bool,
    pub(crate) packages: bool,
}

impl Hands {
    /// Takes in what one reachable item does.
    pub(crate) fn visit(&mut self, graph: &Graph<'_, '_, '_>, edges: &Edges, steps: &Steps) {
        self.packages |= !edges.packages.is_empty();
        self.takes_any |= edges.takes_any;
        self.called |= steps.hands.is_some();
        self.handed.take_in(graph, steps.hands);
        self.perhaps.take_in(graph, steps.hands_perhaps);
        self.made.take_in(graph, steps.made);
        self.settled.extend(&steps.settled);
    }

    /// Takes in what is handed over because of what is there. Returns whether anything was.
    pub(crate) fn settle(&mut self, graph: &Graph<'_, '_, '_>) -> bool {
        let waiting = std::mem::take(&mut self.settled);
        let count = waiting.len();
        for (ty, number) in waiting {
            if self.has(ty, &[]) {
                let types = graph.types(number);
                self.takes_any |= types.is_open();
                self.handed.types.take_in(&types.listed());
            } else {
                self.settled.push((ty, number));
            }
        }
        self.settled.len() < count
    }

    /// Takes in what an impl gives back to whoever calls it, if packages may. Returns whether they may.
    pub(crate) fn woke(&mut self, graph: &Graph<'_, '_, '_>, at: u32) -> bool {
        let may_call = self.may_call(graph, at);
        if may_call {
            self.handed.types.take_in(&graph.given_by(at));
        }
        may_call
    }

    pub(crate) fn is_called(&self) -> bool {
        self.called || (self.packages && !self.perhaps.types.is_empty())
    }

    /// All that is there, as far as it counts.
    fn all(&self) -> [Option<&Types>; 3] {
        [
            Some(&self.handed.types),
            self.packages.then_some(&self.perhaps.types),
            self.takes_made().then_some(&self.made.types),
        ]
    }

    /// Whether values of any type may be there.
    pub(crate) fn has_any(&self) -> bool {
        self.all().iter().flatten().any(|types| types.any)
    }

    /// Whether values of the type of this number may be there, or of any type that has one of these traits.
    pub(crate) fn has(&self, ty: Option<u32>, of: &[u32]) -> bool {
        let is_there = |types: &&Types| {
            types.any || types.has(ty) || types.has_trait(of) || types.has_bounded(ty, Some(of))
        };
        self.all().iter().flatten().any(is_there)
    }

    /// Whether values of the self type of an impl of these traits may be there: one that is not ours always is.
    pub(crate) fn has_self(&self, graph: &Graph<'_, '_, '_>, head: Head, of: &[u32]) -> bool {
        match head {
            Head::Adt(node) => self.has(graph.type_number(node), of),
            _ => true,
        }
    }

    /// Whether code of packages may call an impl of a foreign trait: no other code than what has the types that its header
    /// names can mean it.
    pub(crate) fn may_call(&self, graph: &Graph<'_, '_, '_>, at: u32) -> bool {
        let of = &graph.trait_numbers[at as usize];
        let mut locals = graph.facts[at as usize].locals.iter();
        self.is_called() && locals.all(|ty| self.has(graph.type_number(*ty), of))
    }

    fn takes_made(&self) -> bool {
        self.takes_any && self.is_called()
    }
}
