//! Statics that allocate for a whole program: no call names them.

use crate::ir::ItemKind;
use crate::program::Program;
use crate::ty::{NodeId, Ty};
use crate::world::{Extern, World};

/// The statics with `#[global_allocator]` whose type is ours: that of a package is no code of any function.
#[derive(Debug, Default)]
pub(crate) struct Allocators(Vec<NodeId>);

impl Allocators {
    pub(crate) fn of(program: &Program<'_, '_>) -> Self {
        let nodes = (0..program.world.nodes.len() as u32).map(NodeId);
        let ours = nodes.filter(|id| {
            let item = program.world.node(*id).item();
            let Some((ItemKind::Static(data), true)) =
                item.map(|item| (&item.kind, item.attributes.global_allocator))
            else {
                return false;
            };
            matches!(program.ty(&data.ty, &program.scope(*id)), Ty::Adt(..))
        });
        Allocators(ours.collect())
    }

    /// Those that all code of a root's program calls, in its crate and in the crates below. One of unit tests alone is for
    /// tests alone.
    pub(crate) fn called_by(&self, world: &World<'_>, root: NodeId) -> Vec<NodeId> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let root = world.node(root);
        let mut crates = vec![root.krate];
        let mut next = 0;
        while let Some(krate) = crates.get(next).copied() {
            next += 1;
            for named in world.krate(krate).externs.values() {
                if let Extern::Crate(below) = named
                    && !crates.contains(below)
                {
                    crates.push(*below);
                }
            }
        }
        let all = self.0.iter().copied();
        let meant = all.filter(|id| {
            let node = world.node(*id);
            crates.contains(&node.krate) && (root.test_only || !node.test_only)
        });
        meant.collect()
    }
}
