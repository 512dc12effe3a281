//! The fixpoint over all imports: in each round imports are looked up in the tables that the round
//! before left, until nothing changes. Replacing rather than adding lets a name that became known
//! shadow a glob's; if it should ever go in circles, what was found is kept together.
//!
//! The first round looks up all imports, each later one those that read a name which has changed.

use std::cell::RefCell;

use super::lookup::{Names, Read};
use crate::map::{HashMap, HashSet};
use crate::symbol::Symbol;
use crate::world::{ALL_NS, Binding, Def, ModId, Ns, World};

/// Rounds after which names are only added, never taken away.
const SETTLE: usize = 20;

/// Resolves all imports of the program.
pub(crate) fn resolve_imports(world: &mut World<'_>) {
    let mut reads: Vec<Vec<Read>> = vec![Vec::new(); world.imports.len()];
    let mut changed: HashSet<Read> = HashSet::default();
    for round in 0..SETTLE * 3 {
        let mut results: Vec<(usize, Vec<(Ns, Def)>)> = Vec::new();
        for (at, read) in reads.iter_mut().enumerate() {
            if round == 0 || read.iter().any(|name| changed.contains(name)) {
                read.clear();
                let cell = RefCell::new(std::mem::take(read));
                results.push((at, targets(world, at, &cell)));
                *read = cell.into_inner();
            }
        }
        changed.clear();
        for (at, mut result) in results {
            let import = &mut world.imports[at];
            if round >= SETTLE {
                for old in &import.targets {
                    if !result.contains(old) {
                        result.push(*old);
                    }
                }
            }
            if import.targets != result {
                import.targets = result;
                changed.insert(match import.glob {
                    true => Read::Globs(import.module),
                    false => Read::Name(import.module, import.name),
                });
            }
        }
        rebuild(world, &changed);
        if changed.is_empty() {
            return;
        }
    }
}

fn targets(world: &World<'_>, at: usize, reads: &RefCell<Vec<Read>>) -> Vec<(Ns, Def)> {
    let import = &world.imports[at];
    let names = Names::for_import(world, at as u32, reads);
    let mut found = Vec::new();
    let edition = world.krate(world.module(import.module).krate).edition;
    for ns in ALL_NS {
        if (import.only_types || import.glob) && ns != Ns::Type {
            continue;
        }
        if ns == Ns::Macro
            && let [only] = import.path.as_slice()
            && let Some(node) = world.textual_macro(import.env, *only)
        {
            found.push((ns, Def::Node(node)));
            continue;
        }
        let mut resolution = if edition == 2015 {
            // Paths of `use` begin at the crate's root, or with a crate's name.
            names.path(import.module, &import.path, true, ns)
        } else {
            names.path(import.module, &import.path, import.global, ns)
        };
        if edition == 2015 && resolution.defs.is_empty() {
            resolution = names.path(import.module, &import.path, false, ns);
        }
        if resolution.consumed < import.path.len() {
            // `use Trait::CONST` and the like do not exist; what is left over means nothing.
            continue;
        }
        for def in resolution.defs {
            // An import that finds itself means nothing.
            // Of a package it is not known in which namespaces a name stands; one that a crate's name has, too
            // (`use anyhow::anyhow`), is no module.
            let phantom = ns == Ns::Type
                && matches!(def, Def::Foreign(..))
                && !import.only_types
                && import.path.len() > 1
                && world
                    .krate(world.module(import.module).krate)
                    .externs
                    .contains_key(&import.name);
            if !phantom && !found.contains(&(ns, def)) {
                found.push((ns, def));
            }
        }
    }
    found
}

/// Makes the tables of the modules anew in which a name has changed.
fn rebuild(world: &mut World<'_>, changed: &HashSet<Read>) {
    let mut modules: HashSet<ModId> = HashSet::default();
    for read in changed {
        if let Read::Name(module, _) = read {
            modules.insert(*module);
        }
    }
    for module in modules {
        let mut table: HashMap<(Ns, Symbol), Vec<Binding>> = HashMap::default();
        for at in &world.module(module).imports {
            let import = &world.imports[*at as usize];
            for (ns, def) in &import.targets {
                let bindings = table.entry((*ns, import.name)).or_default();
                let binding = Binding {
                    def: *def,
                    vis: import.vis,
                    import: Some(*at),
                };
                if !bindings.contains(&binding) {
                    bindings.push(binding);
                }
            }
        }
        world.modules[module.0 as usize].imported = table;
    }
}
