//! What code of packages that are not read has in its hands: the values that reachable code gives to it, what those give
//! when their traits are called, and what it can make by itself. Only their impls of foreign traits can it call.

use crate::edges::{Edges, On};
use crate::graph::{Graph, Handing};
use crate::program::Head;
use crate::ty::NodeId;

/// What is known of it, for one root, so far.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    called: bool,
    handed: On,
    /// Counts once packages are in play.
    perhaps: On,
    /// Reachable types that packages can make by themselves, and those inside of them.
    made: On,
    /// Whether something takes a made value without saying of which type it is.
    takes_any: bool,
    pub(crate) packages: bool,
}

impl Hands {
    /// Takes in what one reachable item does.
    pub(crate) fn visit(&mut self, edges: &Edges, uses: &Handing) {
        self.packages |= !edges.packages.is_empty();
        self.takes_any |= edges.takes_any;
        if let Some(on) = &uses.hands {
            self.called = true;
            self.handed.take_in(on);
        }
        self.perhaps.take_in(&uses.hands_perhaps);
        self.made.take_in(&uses.made);
    }

    /// Takes in what an impl that packages may call gives back to them.
    pub(crate) fn woke(&mut self, graph: &Graph<'_, '_, '_>, at: u32) {
        if self.may_call(&graph.facts[at as usize].locals) {
            self.handed.take_in(&graph.given_by(at));
        }
    }

    pub(crate) fn is_called(&self) -> bool {
        self.called || (self.packages && self.perhaps != On::default())
    }

    /// Whether values of any type may be there.
    pub(crate) fn has_any(&self) -> bool {
        self.handed.any
            || (self.packages && self.perhaps.any)
            || (self.takes_made() && self.made.any)
    }

    /// Whether values of this type may be there.
    pub(crate) fn has(&self, ty: NodeId) -> bool {
        self.has_any()
            || self.handed.types.contains(&ty)
            || (self.packages && self.perhaps.types.contains(&ty))
            || (self.takes_made() && self.made.types.contains(&ty))
    }

    /// Whether values of an impl's self type may be there: one that is not ours always is.
    pub(crate) fn has_self(&self, head: Head) -> bool {
        match head {
            Head::Adt(node) => self.has(node),
            _ => true,
        }
    }

    /// Whether code of packages may call an impl of a foreign trait, whose header names these types: no other code than what
    /// has them can mean it.
    pub(crate) fn may_call(&self, locals: &[NodeId]) -> bool {
        self.is_called() && locals.iter().all(|ty| self.has(*ty))
    }

    fn takes_made(&self) -> bool {
        self.takes_any && self.is_called()
    }
}
