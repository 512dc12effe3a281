//! Where the companion of a checkpointed function would share its name with something else: the
//! companion stands in the type namespace beside the function, and goes wherever the function is imported.

use crate::symbol::Symbol;
use crate::world::{Def, Kind, ModId, NodeId, Ns, World};

/// What has the companion's name already, in words; empty where nothing has.
pub(crate) fn of(world: &World<'_>, id: NodeId) -> String {
    let node = world.node(id);
    if node.parent.is_some() {
        return String::new();
    }
    if let Some(found) = taken(world, node.module, node.name) {
        return format!("{found} stands beside it");
    }
    for import in &world.imports {
        let brings = !import.glob && import.targets.contains(&(Ns::Value, Def::Node(id)));
        if brings && let Some(found) = taken(world, import.module, import.name) {
            let (file, at) = import.at;
            return format!(
                "{found} stands beside the import at {}:{}",
                world.file(file).shown,
                at.line
            );
        }
    }
    String::new()
}

/// What a module defines under a name in the type namespace.
fn taken(world: &World<'_>, module: ModId, name: Symbol) -> Option<String> {
    let module = world.module(module);
    let bindings = [&module.defined, &module.imported]
        .into_iter()
        .filter_map(|names| names.get(&(Ns::Type, name)))
        .flatten();
    for binding in bindings {
        let what = match binding.def {
            Def::Mod(_) => "the module",
            Def::Node(node) => match world.node(node).kind {
                Kind::Struct => "the struct",
                Kind::Enum => "the enum",
                Kind::Union => "the union",
                Kind::Trait => "the trait",
                Kind::Type => "the type",
                _ => continue,
            },
            // A name of a package may stand in any namespace; the compiler will tell.
            Def::Variant(..) | Def::Foreign(..) | Def::Prim(_) => continue,
        };
        return Some(format!("{what} `{name}`"));
    }
    None
}
