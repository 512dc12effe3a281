//! The ids of items: their path, and for several of one path what tells them apart by content, so
//! that an id survives moved lines, reordered items and another folder.

use std::collections::BTreeMap;

use checkpointer_syntax::path;

use crate::graph::{Graph, Outside};
use crate::ir::ItemKind;
use crate::ty::NodeId;
use crate::world::{Kind, ModId, World};

/// All ids of a program's items, by node.
pub(crate) fn ids(world: &World<'_>) -> Vec<String> {
    let mut names: Names<'_, '_> = Names {
        world,
        nodes: vec![None; world.nodes.len()],
    };
    let plain: Vec<String> = world.ids().map(|id| names.of(id)).collect();
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, name) in plain.iter().enumerate() {
        groups.entry(name).or_default().push(at);
    }
    let mut unique = plain.clone();
    for (name, mut places) in groups {
        if places.len() < 2 {
            continue;
        }
        // Items of one path, kind and content are alike, so that counting them tells nothing of their order.
        places.sort_by_cached_key(|at| (world.nodes[*at].kind, world.nodes[*at].tokens(), *at));
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for at in places {
            let node = &world.nodes[at];
            let digest = blake3::Hash::from_bytes(node.tokens()).to_hex();
            let suffix = format!("{}{}", node.kind.name(), &digest[..8]);
            let count = seen.entry(suffix.clone()).or_default();
            *count += 1;
            unique[at] = if *count == 1 {
                format!("{name}#{suffix}")
            } else {
                format!("{name}#{suffix}.{count}")
            };
        }
    }
    unique
}

/// The id of a node outside of the code.
pub(crate) fn outside_id(
    graph: &Graph<'_, '_, '_>,
    what: &Outside,
    root: &std::path::Path,
) -> String {
    match what {
        Outside::Package(package) => match graph.program.world.packages.get(package.0 as usize) {
            Some(info) => format!("{} {}", info.name, info.version),
            None => "std".to_owned(),
        },
        Outside::File(path) => {
            let shown = path
                .strip_prefix(root)
                .unwrap_or(path)
                .to_string_lossy()
                .replace('\\', "/");
            format!("file {shown}")
        }
        Outside::Variable(name, _) => format!("env {name}"),
    }
}

struct Names<'w, 'a> {
    world: &'w World<'a>,
    nodes: Vec<Option<String>>,
}

impl Names<'_, '_> {
    fn of(&mut self, id: NodeId) -> String {
        if let Some(known) = &self.nodes[id.0 as usize] {
            return known.clone();
        }
        let name = self.make(id);
        self.nodes[id.0 as usize] = Some(name.clone());
        name
    }

    fn module(&mut self, id: ModId) -> String {
        let module = self.world.module(id);
        let Some(parent) = module.parent else {
            return self.world.krate(module.krate).id_name.clone();
        };
        if module.is_block {
            return match module.owner {
                Some(owner) => self.of(owner),
                None => self.module(parent),
            };
        }
        let around = self.module(parent);
        path::child(&around, &module.name)
    }

    fn make(&mut self, id: NodeId) -> String {
        let node = self.world.node(id);
        let module = self.module(node.module);
        let spelled = |id: NodeId| match self.world.node(id).item().map(|item| &item.kind) {
            Some(ItemKind::Impl(data)) => Some(data.spelled.clone()),
            _ => None,
        };
        if let Some(parent) = node.parent {
            let name = if node.kind == Kind::Call {
                format!("{}!", node.name)
            } else {
                node.name.to_string()
            };
            return match spelled(parent) {
                Some((ty, Some(of))) => path::in_trait_impl(&module, &ty, &of, &name),
                Some((ty, None)) => path::inherent(&module, &ty, &name),
                None => {
                    let parent = self.of(parent);
                    path::child(&parent, &name)
                }
            };
        }
        match (node.kind, spelled(id)) {
            (Kind::Impl, Some((ty, of))) => path::impl_block(&module, &ty, of.as_deref()),
            (Kind::Macro | Kind::Call, _) => format!("{module}::{}!", node.name),
            _ => path::child(&module, &node.name),
        }
    }
}
