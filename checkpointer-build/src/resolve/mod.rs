//! What names mean: imports by a fixpoint over all modules, then paths of any namespace.
//!
//! A name may mean several items (both sides of an undecided `cfg`, say): all of them count.

mod imports;
mod lookup;

pub(crate) use imports::resolve_imports;
pub(crate) use lookup::{Names, Resolution};

use crate::ir;
use crate::symbol::Symbol;
use crate::world::{Def, Kind, ModId, NodeId, Ns, World};

/// The `macro_rules!` definitions of the analysed crates that a macro path means.
pub(crate) fn macro_nodes(world: &World<'_>, from: ModId, path: &ir::Path) -> Vec<NodeId> {
    let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
    let found = Names::new(world).path(from, &segments, path.global, Ns::Macro);
    let nodes = found.defs.iter().filter_map(|def| match def {
        Def::Node(node) if world.node(*node).kind == Kind::Macro => Some(*node),
        _ => None,
    });
    nodes.collect()
}
