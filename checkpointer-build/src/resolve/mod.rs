//! What names mean: imports by a fixpoint over all modules, then paths of any namespace.
//!
//! A name may mean several items (both sides of an undecided `cfg`, say): all of them count.

mod imports;
mod lookup;

pub(crate) use imports::resolve_imports;
pub(crate) use lookup::{Known, Names, PRIMITIVES, Resolution};

use crate::ir;
use crate::symbol::Symbol;
use crate::world::{Def, Kind, ModId, NodeId, Ns, World};

/// The `macro_rules!` definitions of the analysed crates that a macro path means.
pub(crate) fn macro_nodes(world: &World<'_>, from: ModId, path: &ir::Path) -> Vec<NodeId> {
    let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
    let found = Names::new(world).path(from, &segments, path.global, Ns::Macro);
    match segments.as_slice() {
        [only] if found.defs.is_empty() && !path.global => inner_macros(world, *only),
        _ => definitions(world, &found.defs),
    }
}

fn definitions(world: &World<'_>, defs: &[Def]) -> Vec<NodeId> {
    let nodes = defs.iter().filter_map(|def| match def {
        Def::Node(node) if world.node(*node).kind == Kind::Macro => Some(*node),
        _ => None,
    });
    nodes.collect()
}

/// Macros that a name means nowhere but in what a macro with local inner macros has written, and may have passed on to others.
fn inner_macros(world: &World<'_>, name: Symbol) -> Vec<NodeId> {
    let mut found = Vec::new();
    for krate in &world.crates {
        let macros = |defs: &[crate::world::Binding]| -> Vec<NodeId> {
            let defs: Vec<Def> = defs.iter().map(|binding| binding.def).collect();
            definitions(world, &defs)
        };
        let defined = &world.module(krate.root).defined;
        let Some(of_name) = defined.get(&(Ns::Macro, name)) else {
            continue;
        };
        let has_local_inner = defined.iter().any(|((ns, _), defs)| {
            let is_local_inner = |node: &NodeId| {
                let item = world.node(*node).item();
                item.is_some_and(|item| item.attributes.local_inner_macros)
            };
            *ns == Ns::Macro && macros(defs).iter().any(is_local_inner)
        });
        if has_local_inner {
            found.extend(macros(of_name));
        }
    }
    found
}
