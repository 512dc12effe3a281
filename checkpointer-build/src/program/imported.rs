//! Which traits and packages are imported where.

use std::rc::Rc;

use super::Program;

use crate::map::HashSet;
use crate::ty::NodeId;
use crate::world::{Def, Kind, ModId, Ns, PackageId};

impl Program<'_, '_> {
    /// The local traits whose methods may be called in a module because they are imported or defined there.
    pub(crate) fn traits_imported(&self, module: ModId) -> Rc<HashSet<NodeId>> {
        self.imported
            .get(module, || Rc::new(self.find_traits_imported(module)))
    }

    fn find_traits_imported(&self, module: ModId) -> HashSet<NodeId> {
        let mut found = HashSet::default();
        let mut at = Some(module);
        while let Some(module) = at {
            let mut seen = HashSet::default();
            self.traits_of_module(module, &mut seen, &mut found);
            let data = self.world.module(module);
            at = if data.is_block { data.parent } else { None };
        }
        found
    }

    /// Packages of which something with a type's or trait's name, or everything, is imported where a module's code stands.
    pub(crate) fn packages_imported(&self, module: ModId) -> Rc<Vec<PackageId>> {
        self.packages
            .get(module, || Rc::new(self.find_packages_imported(module)))
    }

    fn find_packages_imported(&self, module: ModId) -> Vec<PackageId> {
        let mut found: Vec<PackageId> = Vec::new();
        let mut seen = HashSet::default();
        let mut at = Some(module);
        while let Some(module) = at {
            self.packages_of_module(module, &mut seen, &mut found);
            let data = self.world.module(module);
            at = if data.is_block { data.parent } else { None };
        }
        found.sort();
        found.dedup();
        found
    }

    pub(super) fn packages_of_module(
        &self,
        module: ModId,
        seen: &mut HashSet<ModId>,
        found: &mut Vec<PackageId>,
    ) {
        if !seen.insert(module) {
            return;
        }
        let data = self.world.module(module);
        for at in data
            .imports
            .iter()
            .chain(&data.globs)
            .chain(&data.anonymous)
        {
            let import = &self.world.imports[*at as usize];
            for (ns, def) in &import.targets {
                match def {
                    Def::Foreign(path, package)
                        if *package != crate::world::STD && *ns == Ns::Type =>
                    {
                        let last = path.rsplit("::").next().unwrap_or(path);
                        if import.glob || last.starts_with(char::is_uppercase) {
                            found.push(*package);
                        }
                    }
                    Def::Mod(inner) if import.glob => self.packages_of_module(*inner, seen, found),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn traits_of_module(
        &self,
        module: ModId,
        seen: &mut HashSet<ModId>,
        found: &mut HashSet<NodeId>,
    ) {
        if !seen.insert(module) {
            return;
        }
        let data = self.world.module(module);
        for ((ns, _), bindings) in data.defined.iter().chain(&data.imported) {
            if *ns != Ns::Type {
                continue;
            }
            for binding in bindings {
                if let Def::Node(node) = binding.def
                    && self.world.node(node).kind == Kind::Trait
                {
                    found.insert(node);
                }
            }
        }
        for glob in &data.globs {
            for (_, def) in &self.world.imports[*glob as usize].targets {
                if let Def::Mod(inner) = def {
                    self.traits_of_module(*inner, seen, found);
                }
            }
        }
    }
}
