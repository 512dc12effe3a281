//! Types and traits that look alike: two of the same tokens in different places, which only their impls tell apart.
//!
//! What an impl is for, its header says by a name, so the impls of twins look alike as well, and two twins could exchange
//! their impls unseen. So the place of twins counts, unlike that of all other items.

use crate::map::{HashMap, HashSet};
use crate::ty::NodeId;
use crate::world::{Kind, World};

/// All twins. What only tests, examples and benches declare makes nothing else a twin.
pub(crate) fn twins(world: &World<'_>) -> HashSet<NodeId> {
    let mut alike: HashMap<(Kind, [u8; 32]), Vec<NodeId>> = HashMap::default();
    for id in world.ids() {
        let node = world.node(id);
        if node.is_type() || node.kind == Kind::Trait {
            alike
                .entry((node.kind, node.tokens()))
                .or_default()
                .push(id);
        }
    }
    let krate = |id: NodeId| world.node(id).krate;
    let is_library = |id: NodeId| world.krate(krate(id)).target == "lib";
    let mut twins = HashSet::default();
    for group in alike.values().filter(|group| group.len() > 1) {
        let has_twin = |id: &NodeId| {
            let mut others = group.iter().filter(|other| *other != id);
            others.any(|other| krate(*other) == krate(*id) || is_library(*other))
        };
        twins.extend(group.iter().copied().filter(has_twin));
    }
    twins
}
