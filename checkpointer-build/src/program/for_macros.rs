//! What a library keeps for code that macros of packages write: names that begin with two underscores.

use super::Program;
use crate::map::HashSet;
use crate::symbol::Symbol;
use crate::ty::NodeId;
use crate::world::{CrateId, Def, Extern, Kind, ModId, World};

/// The modules of one library whose name begins with two underscores.
#[derive(Debug)]
struct Kept {
    krate: CrateId,
    /// What stands in them or is imported there.
    nodes: Vec<NodeId>,
}

/// All that libraries keep so.
#[derive(Debug, Default)]
pub(crate) struct ForMacros {
    /// Functions, wherever they stand.
    pub(crate) functions: Vec<NodeId>,
    modules: Vec<Kept>,
}

impl ForMacros {
    pub(super) fn of(world: &World<'_>) -> Self {
        let functions = world.ids().filter(|id| {
            let node = world.node(*id);
            node.name.starts_with("__") && node.kind == Kind::Fn && !node.test_only
        });
        let mut modules: Vec<Kept> = Vec::new();
        for (at, module) in world.modules.iter().enumerate() {
            if !module.name.starts_with("__") || world.krate(module.krate).target != "lib" {
                continue;
            }
            let mut nodes = HashSet::default();
            names_of(world, ModId(at as u32), &mut HashSet::default(), &mut nodes);
            let mut nodes: Vec<NodeId> = nodes.into_iter().collect();
            nodes.sort();
            modules.push(Kept {
                krate: module.krate,
                nodes,
            });
        }
        ForMacros {
            functions: functions.collect(),
            modules,
        }
    }

    /// What a derive or attribute may have written names of: the modules of libraries that depend on its package or crate.
    pub(crate) fn named_by<'s>(
        &'s self,
        world: &'s World<'_>,
        is_its: impl Fn(&Extern) -> bool + 's,
    ) -> impl Iterator<Item = NodeId> + 's {
        let depends = move |kept: &&Kept| {
            let krate = world.krate(kept.krate);
            krate.externs.iter().any(|(name, to)| {
                // A package that only tests ask for knows nothing of the library, unless it was made for it.
                let knows = || !krate.for_tests.contains(name) || name.contains(&*krate.id_name);
                is_its(to) && knows()
            })
        };
        let meant = self.modules.iter().filter(depends);
        meant.flat_map(|kept| kept.nodes.iter().copied())
    }
}

/// What a module's names mean, those of its own modules and of its globs included.
fn names_of(
    world: &World<'_>,
    module: ModId,
    seen: &mut HashSet<ModId>,
    nodes: &mut HashSet<NodeId>,
) {
    if !seen.insert(module) {
        return;
    }
    let data = world.module(module);
    let bindings = data.defined.values().chain(data.imported.values());
    let named = bindings.flatten().map(|binding| binding.def);
    let globs = data.globs.iter().map(|at| &world.imports[*at as usize]);
    let by_globs = globs.flat_map(|import| import.targets.iter().map(|(_, def)| *def));
    for def in named.chain(by_globs) {
        match def {
            Def::Node(node) | Def::Variant(node, _) => {
                nodes.insert(node);
            }
            Def::Mod(inner) => names_of(world, inner, seen, nodes),
            Def::Foreign(..) | Def::Prim(_) => {}
        }
    }
}

impl Program<'_, '_> {
    /// The members that whoever names an item may call: of a type its own ones, of a trait all.
    pub(crate) fn members_by_name(&self, id: NodeId) -> Vec<(NodeId, Option<Symbol>)> {
        let inherent = self.inherent.get(&id).into_iter().flatten();
        let facts = inherent.filter_map(|of| self.impls.get(of));
        let own = facts.flat_map(|facts| facts.members.values().flatten());
        let mut members: Vec<_> = own.map(|member| (*member, None)).collect();
        if let Some(facts) = self.traits.get(&id) {
            members.extend(facts.members.keys().map(|name| (id, Some(*name))));
        }
        members
    }
}
