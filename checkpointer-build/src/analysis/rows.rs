//! The rows of the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checkpointer_syntax::table::{Dependency, MISSING, Row};

use super::Writer;

use crate::fingerprint::hex;
use crate::graph::Outside;
use crate::ir::ItemKind;
use crate::reach::Closure;
use crate::ty::NodeId;
use crate::world::{Crate, CrateId, Extern, Script, Unseen};

impl Writer<'_, '_, '_, '_> {
    pub(super) fn row(&self, id: NodeId, closure: &Closure) -> Row {
        let node = self.world.node(id);
        let (hash, capture) = self.hashes.root(id, &closure.nodes);
        let statics = self.statics(closure);
        let kind = match node.parent.map(|parent| self.world.node(parent)) {
            None => "free",
            Some(parent) => match parent.item().map(|item| &item.kind) {
                Some(ItemKind::Impl(data)) if data.of_trait.is_none() => "inherent",
                _ => "trait",
            },
        };
        let mut names: Vec<String> = statics.iter().map(|id| self.id(*id)).collect();
        names.sort();
        let marked = |id: &&NodeId| {
            self.attributes(**id)
                .is_some_and(|a| a.capture == Some(true))
        };
        let silenced = |id: &&NodeId| {
            self.attributes(**id)
                .is_some_and(|a| a.capture == Some(false))
        };
        let mut released: Vec<String> = statics
            .iter()
            .filter(silenced)
            .map(|id| self.id(*id))
            .collect();
        released.sort();
        let mut captured: Vec<String> = statics
            .iter()
            .filter(marked)
            .map(|id| self.registered(*id))
            .collect();
        captured.sort();
        captured.dedup();
        let mut dependencies: Vec<Dependency> = self
            .direct(id)
            .iter()
            .map(|dep| self.dependency(*dep))
            .collect();
        dependencies.sort();
        let impure = closure
            .impure
            .iter()
            .map(|at| format!("{} at {}:{}", at.reason, at.file, at.line));
        Row {
            path: self.id(id),
            target: self.world.krate(node.krate).target.clone(),
            file: self.world.file(node.file).shown.clone(),
            line: node.start.line,
            name_at: (node.name_at.line, node.name_at.column),
            kind: kind.to_owned(),
            own_hash: node
                .function()
                .and_then(|function| function.own_hash.clone())
                .unwrap_or_default(),
            code_hash: hex(&hash),
            capture_hash: hex(&capture),
            capture_by_default: self.request.capture,
            statics: names,
            released,
            captured,
            switches: switches(closure),
            scripts: self.scripts(closure),
            externs: self.externs(node.krate, closure),
            variables: self.variables(closure),
            unresolved: closure.unseen.len() as u32,
            impure: impure.collect(),
            dependencies,
            clash: crate::clash::of(self.world, id),
            untrusted: self.untrusted(id, closure),
        }
    }

    /// The packages whose build scripts may have made code or settings of what is reached.
    pub(super) fn scripts(&self, closure: &Closure) -> Vec<String> {
        let inside = closure
            .nodes
            .iter()
            .filter(|id| self.graph.outside(**id).is_none());
        let crates: BTreeSet<_> = inside.map(|id| self.world.node(*id).krate).collect();
        let named = |krate: &Crate| {
            let package = krate.package.as_ref()?;
            match krate.script {
                Script::None => None,
                Script::Settings => Some(package.clone()),
                Script::Files => Some(format!("{package}/out")),
            }
        };
        let found: BTreeSet<String> = crates
            .into_iter()
            .filter_map(|krate| named(self.world.krate(krate)))
            .collect();
        found.into_iter().collect()
    }

    /// The names of the read crates that a root's crate depends on, if features of one may matter.
    pub(super) fn externs(&self, krate: CrateId, closure: &Closure) -> Vec<String> {
        if !closure.switches.features {
            return Vec::new();
        }
        let externs = &self.world.krate(krate).externs;
        let read = externs
            .iter()
            .filter(|(_, found)| matches!(found, Extern::Crate(of) if *of != krate && self.world.krate(*of).package.as_deref() != Some("checkpointer-runtime")));
        let mut names: Vec<String> = read.map(|(name, _)| name.as_str().to_owned()).collect();
        names.sort();
        names
    }

    /// The variables that are read at compile time, but for Cargo's own.
    pub(super) fn variables(&self, closure: &Closure) -> Vec<String> {
        let found: BTreeSet<String> = closure
            .nodes
            .iter()
            .filter_map(|id| match self.graph.outside(*id) {
                Some(Outside::Variable(name, _)) => Some(name),
                _ => None,
            })
            .filter(|name| !name.starts_with("CARGO") && name != "OUT_DIR")
            .collect();
        found.into_iter().collect()
    }

    /// The files in this package's OUT_DIR that were read.
    pub(super) fn outputs(&self, reached: &[NodeId]) -> BTreeMap<String, String> {
        let out = self
            .world
            .crates
            .iter()
            .find_map(|krate| krate.env.get("OUT_DIR"));
        let Some(out) = out.map(Path::new) else {
            return BTreeMap::new();
        };
        let sources = self.world.files.iter().map(|file| file.path.clone());
        let others = reached
            .iter()
            .filter_map(|id| match self.graph.outside(*id) {
                Some(Outside::File(path)) => Some(path),
                _ => None,
            });
        sources
            .chain(others)
            .chain(self.world.not_read.iter().cloned())
            .filter_map(|path| {
                let name = path
                    .strip_prefix(out)
                    .ok()?
                    .to_string_lossy()
                    .replace('\\', "/");
                let hash = std::fs::read(&path).map_or_else(
                    |_| MISSING.to_owned(),
                    |bytes| blake3::hash(&bytes).to_hex().to_string(),
                );
                Some((name, hash))
            })
            .collect()
    }

    /// Why the body of a function can't be read, if it can't.
    pub(super) fn unreadable(&self, id: NodeId) -> Option<Unseen> {
        if self.graph.outside(id).is_some() {
            return None;
        }
        let node = self.world.node(id);
        let failure = node.function()?.body.as_ref()?.failure()?;
        Some(Unseen {
            file: self.world.file(node.file).shown.clone(),
            line: failure.at.line,
            column: failure.at.column,
            reason: format!("the file does not parse: {}", failure.message),
        })
    }

    /// Files that do not parse, in a crate that the function reaches, or bodies that it reaches: what it means is not known.
    pub(super) fn untrusted(&self, _root: NodeId, closure: &Closure) -> String {
        let crates: BTreeSet<_> = closure
            .nodes
            .iter()
            .filter(|id| self.graph.outside(**id).is_none())
            .map(|id| self.world.node(*id).krate)
            .collect();
        let broken = self
            .world
            .broken
            .iter()
            .find(|(module, _)| crates.contains(&self.world.module(*module).krate));
        let body = || closure.nodes.iter().find_map(|id| self.unreadable(*id));
        broken
            .map(|(_, at)| at.clone())
            .or_else(body)
            .map(|at| format!("{}:{}: {}", at.file, at.line, at.reason))
            .unwrap_or_default()
    }

    /// How a marked static registers itself: by `module_path!()`, which leaves functions out.
    pub(super) fn registered(&self, id: NodeId) -> String {
        let node = self.world.node(id);
        let mut parts = Vec::new();
        let mut module = self.world.named_module(node.module);
        loop {
            let data = self.world.module(module);
            parts.push(data.name.as_str());
            match data.parent {
                Some(parent) => module = self.world.named_module(parent),
                None => break,
            }
        }
        parts.reverse();
        checkpointer_syntax::path::registered_static(&parts.join("::"), &node.name)
    }
}

pub(super) fn switches(closure: &Closure) -> Vec<String> {
    let mut names = Vec::new();
    if closure.switches.debug_assertions {
        names.push("debug_assertions".to_owned());
    }
    if closure.switches.features {
        names.push("features".to_owned());
    }
    if closure.switches.test {
        names.push("test".to_owned());
    }
    names
}
