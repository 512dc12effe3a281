//! Which types code hands values of to a function that may be called with any: found one by one, because each asks only
//! for the items up to the first that settles it.

use super::Graph;
use crate::map::{HashMap, HashSet};
use crate::numbered::Bits;
use crate::program::{Head, Program};
use crate::ty::NodeId;
use crate::world::{Kind, ModId};

/// What is known of types' uses by now.
pub(super) struct Used {
    types: HashSet<NodeId>,
    /// Items whose edges were looked at.
    seen: Bits,
    /// All items before this one were.
    next: u32,
    /// What is left of each module's items, the first last.
    by_module: HashMap<ModId, Vec<NodeId>>,
}

impl Used {
    fn new(program: &Program<'_, '_>) -> Self {
        let mut by_module: HashMap<ModId, Vec<NodeId>> = HashMap::default();
        for at in (0..program.world.nodes.len() as u32).rev() {
            let id = NodeId(at);
            let module = program.world.node(id).module;
            by_module.entry(module).or_default().push(id);
        }
        Used {
            types: HashSet::default(),
            seen: Bits::default(),
            next: 0,
            by_module,
        }
    }
}

impl Graph<'_, '_, '_> {
    /// Whether code beside a type's own names it, or its own code names anything else that may call a function: only then
    /// can code that is read hand a value of it to one.
    pub(crate) fn is_used(&self, ty: NodeId) -> bool {
        let mut used = self.used.borrow_mut();
        let used = used.get_or_insert_with(|| Used::new(self.program));
        let world = self.program.world;
        // Most types are used where they stand.
        let module = world.node(ty).module;
        while !used.types.contains(&ty)
            && let Some(id) = used.by_module.get_mut(&module).and_then(Vec::pop)
        {
            self.note_uses(id, used);
        }
        // Of a type in a body, the function around it.
        if let Some(owner) = world.module(module).owner
            && !used.types.contains(&ty)
        {
            self.note_uses(owner, used);
        }
        // What was read anyway costs nothing.
        if !used.types.contains(&ty) {
            for id in world.ids().filter(|id| self.is_read(*id)) {
                self.note_uses(id, used);
            }
        }
        while !used.types.contains(&ty) {
            if used.next as usize == world.nodes.len() {
                return false;
            }
            used.next += 1;
            self.note_uses(NodeId(used.next - 1), used);
        }
        true
    }

    fn note_uses(&self, id: NodeId, used: &mut Used) {
        if !used.seen.insert(id.0) {
            return;
        }
        let own = self.owner(id);
        for node in self.edges(id).into_iter().flat_map(|edges| &edges.nodes) {
            if own.is_some() && own == self.owner(*node) {
                continue;
            }
            match self.program.world.node(*node).kind {
                Kind::Struct | Kind::Enum | Kind::Union => {
                    used.types.insert(*node);
                }
                // What they name calls nothing.
                Kind::Type | Kind::Trait => {}
                _ => used.types.extend(own),
            }
        }
    }

    /// The type that an item belongs to: itself, or the one whose impl it stands in.
    fn owner(&self, id: NodeId) -> Option<NodeId> {
        let world = self.program.world;
        let node = world.node(id);
        if node.is_type() {
            return Some(id);
        }
        let around = if node.kind == Kind::Impl {
            Some(id)
        } else {
            node.parent
        };
        match Head::of(&self.program.impls.get(&around?)?.self_ty) {
            Head::Adt(ty) => Some(ty),
            _ => None,
        }
    }
}
