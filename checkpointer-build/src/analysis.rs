//! One analysis from end to end: packages → files → linked program → graph → closures → hashes,
//! and what it found in a form that the table and the JSON are written from.

mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use checkpointer_syntax::table::{Dependency, MISSING, Row, Table};

use crate::cfg::CfgSet;
use crate::fingerprint::{Digest, Hashes, hex};
use crate::graph::{Graph, Outside};
use crate::ids;
use crate::ir::{Attributes, ItemKind};
use crate::link::{Targets, link};
use crate::map::HashMap;
use crate::package::Workspace;
use crate::program::Program;
use crate::reach::{Closure, closure};
use crate::report::{Ids, Item, Place, Report, Root};
use crate::source::{Bodies, Sources};
use crate::ty::{NodeId, Ty};
use crate::type_arguments::TypeArguments;
use crate::world::{Arenas, Crate, CrateId, Extern, Kind, Script, Unseen, World};
pub(crate) use record::Record;

/// What an analysis is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// Every function is a root; else only those with `#[checkpoint]`.
    pub(crate) all: bool,
    pub(crate) salts: Vec<String>,
    /// Patterns of files that count for every function.
    pub(crate) tracked: Vec<String>,
    pub(crate) capture: bool,
    /// Where summaries of files are kept between runs.
    pub(crate) cache: Option<PathBuf>,
    /// Variables that the code's `env!` may read.
    pub(crate) env: HashMap<String, String>,
}

/// What an analysis found.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    pub(crate) table: Table,
    pub(crate) report: Report,
    /// What `cargo checkpointer` compares with what other builds knew.
    pub(crate) record: Record,
    /// Statics that count by nothing, by function: path, file, line, names, whether a preset may capture.
    pub(crate) uncaptured: Vec<Uncaptured>,
    /// Files that do not parse or are missing.
    pub(crate) broken: Vec<Unseen>,
    /// What could not be seen in anything that a row reaches.
    pub(crate) unseen: BTreeSet<Unseen>,
    pub(crate) impure: BTreeSet<Unseen>,
    /// The same two of each row, by its path and code hash.
    pub(crate) places: BTreeMap<(String, String), (Vec<Unseen>, Vec<Unseen>)>,
    /// Files outside of `src` that rows depend on, and folders that patterns searched.
    pub(crate) watched: BTreeSet<PathBuf>,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) notes: Vec<String>,
}

/// A function that reaches statics which count by nothing.
#[derive(Debug)]
pub(crate) struct Uncaptured {
    pub(crate) function: String,
    pub(crate) place: String,
    pub(crate) statics: Vec<String>,
    /// It captures, but these statics may change at run time and are not marked.
    pub(crate) unmarked: bool,
}

/// Runs the pipeline.
pub(crate) fn analyse(workspace: &Workspace, cfg: &CfgSet, request: &Request) -> Analysis {
    let arenas = Arenas::default();
    let (targets, bodies) = match request.all {
        true => (Targets::All, Bodies::AtOnce),
        false => (Targets::Checkpointed, Bodies::Later),
    };
    let mut sources = Sources::new(&arenas, request.cache.as_deref(), bodies);
    let world = link(&arenas, workspace, &mut sources, cfg, &request.env, targets);
    let program = Program::new(&world);
    let graph = Graph::new(&program);
    let roots = roots(&world, request.all);
    let closures: Vec<(NodeId, Closure)> = roots
        .iter()
        .map(|root| (*root, closure(&graph, *root)))
        .collect();
    let types = TypeArguments::of(&world, &graph);
    let mut reached: BTreeSet<NodeId> = closures
        .iter()
        .flat_map(|(_, closure)| closure.nodes.iter().copied())
        .collect();
    reached.extend(types.reached());
    let reached: Vec<NodeId> = reached.into_iter().collect();
    let ids = ids::ids(&world);
    let salts = salts(workspace, request);
    let salt_record = record::salts(&salts, request);
    let hashes = Hashes::of(&graph, &reached, &ids, salts);
    let writer = Writer {
        world: &world,
        graph: &graph,
        hashes: &hashes,
        ids,
        root: &workspace.root_package().directory,
        request,
    };
    let mut analysis = writer.write(&closures, &reached, &types);
    analysis.record.state.salts = salt_record;
    analysis.record.state.package = workspace.root_package().name.clone();
    analysis
        .variables
        .extend(reached.iter().filter_map(|id| match graph.outside(*id) {
            Some(Outside::Variable(name, _)) => Some(name),
            _ => None,
        }));
    analysis.notes = workspace.diagnostics.clone();
    analysis.watched.extend(
        request
            .tracked
            .iter()
            .map(|pattern| crate::track::searched(&workspace.root_package().directory, pattern)),
    );
    sources.save();
    analysis
}

fn roots(world: &World<'_>, all: bool) -> Vec<NodeId> {
    let own = |id: &NodeId| {
        let node = world.node(*id);
        let krate = world.krate(node.krate);
        krate.package.is_none()
            && node
                .function()
                .is_some_and(|function| function.body.is_some())
            && (all
                || node
                    .item()
                    .is_some_and(|item| !item.attributes.checkpoint.is_empty()))
    };
    world.ids().filter(own).collect()
}

/// The contents of tracked files count for every function, as salts do.
fn salts(workspace: &Workspace, request: &Request) -> Vec<String> {
    let mut salts = request.salts.clone();
    let base = &workspace.root_package().directory;
    for pattern in &request.tracked {
        for file in crate::track::matching(base, pattern) {
            let name = file
                .strip_prefix(base)
                .unwrap_or(&file)
                .to_string_lossy()
                .replace('\\', "/");
            let content =
                std::fs::read(&file).map(|bytes| blake3::hash(&bytes).to_hex().to_string());
            salts.push(format!("{name} {}", content.unwrap_or_default()));
        }
    }
    salts
}

struct Writer<'x, 'p, 'w, 'a> {
    world: &'x World<'a>,
    graph: &'x Graph<'p, 'w, 'a>,
    hashes: &'x Hashes,
    ids: Vec<String>,
    root: &'x Path,
    request: &'x Request,
}

impl Writer<'_, '_, '_, '_> {
    fn write(
        &self,
        closures: &[(NodeId, Closure)],
        reached: &[NodeId],
        types: &TypeArguments,
    ) -> Analysis {
        let mut analysis = Analysis {
            record: self.record(closures, reached),
            ..Analysis::default()
        };
        let by_root: HashMap<NodeId, &Closure> = closures
            .iter()
            .map(|(root, closure)| (*root, closure))
            .collect();
        let direct: Vec<BTreeSet<NodeId>> = reached.iter().map(|id| self.direct(*id)).collect();
        let mut named: BTreeSet<NodeId> = direct.iter().flatten().copied().collect();
        named.extend(reached);
        let ids = Ids::new(named.into_iter().map(|id| (id, self.id(id))));
        for (id, direct) in reached.iter().zip(&direct) {
            let closure = by_root.get(id).copied();
            analysis
                .report
                .items
                .push(self.item(*id, direct, closure, &ids));
            if let Some(Outside::File(path)) = self.graph.outside(*id) {
                analysis.watched.insert(path);
            }
        }
        analysis.report.items.sort_by_key(|item| item.id);
        analysis.report.ids = ids;
        let broken = self.world.broken.iter();
        analysis.broken = broken.map(|(_, unseen)| unseen.clone()).collect();
        let bodies = reached.iter().filter_map(|id| self.unreadable(*id));
        analysis.broken.extend(bodies);
        let mut listed: BTreeSet<NodeId> = BTreeSet::new();
        for (root, closure) in closures {
            let Some(attributes) = self.attributes(*root) else {
                continue;
            };
            if attributes.checkpoint.is_empty() {
                continue;
            }
            analysis
                .unseen
                .extend(closure.unseen.iter().map(|at| (**at).clone()));
            analysis
                .impure
                .extend(closure.impure.iter().map(|at| (**at).clone()));
            let row = self.row(*root, closure);
            let list =
                |found: &BTreeSet<Rc<Unseen>>| found.iter().map(|at| (**at).clone()).collect();
            analysis.places.insert(
                (row.path.clone(), row.code_hash.clone()),
                (list(&closure.unseen), list(&closure.impure)),
            );
            analysis.table.rows.push(row);
            analysis
                .uncaptured
                .extend(self.uncaptured(*root, closure, attributes));
            listed.extend(&closure.nodes);
            for layer in &attributes.checkpoint {
                let base = &self.world.krate(self.world.node(*root).krate).dir;
                analysis.watched.extend(
                    layer
                        .files
                        .iter()
                        .map(|pattern| crate::track::searched(base, pattern)),
                );
            }
        }
        analysis
            .table
            .rows
            .sort_by(|a, b| (&a.path, &a.target, a.name_at).cmp(&(&b.path, &b.target, b.name_at)));
        let listed: BTreeSet<Dependency> =
            listed.into_iter().map(|id| self.dependency(id)).collect();
        analysis.table.items = listed.into_iter().collect();
        analysis.table.types = types.hashes(self.world, self.hashes);
        analysis.table.outputs = self.outputs(reached);
        analysis
    }

    fn attributes(&self, id: NodeId) -> Option<&Attributes> {
        self.world.node(id).item().map(|item| &item.attributes)
    }

    fn id(&self, id: NodeId) -> String {
        match self.graph.outside(id) {
            Some(what) => ids::outside_id(self.graph, &what, self.root),
            None => self.ids[id.0 as usize].clone(),
        }
    }

    fn own(&self, id: NodeId) -> String {
        self.hashes
            .own
            .get(&id)
            .map(|digest: &Digest| hex(digest))
            .unwrap_or_default()
    }

    fn dependency(&self, id: NodeId) -> Dependency {
        let (kind, file, line) = self.place(id);
        Dependency {
            path: self.id(id),
            kind: kind.name().to_owned(),
            file,
            line,
            hash: self.own(id),
        }
    }

    fn place(&self, id: NodeId) -> (Kind, String, u32) {
        match self.graph.outside(id) {
            Some(Outside::Package(_)) => (Kind::Package, String::new(), 0),
            Some(Outside::Variable(..)) => (Kind::Env, String::new(), 0),
            Some(Outside::File(path)) => {
                let shown = path
                    .strip_prefix(self.root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                (Kind::File, shown, 1)
            }
            None => {
                let node = self.world.node(id);
                (
                    node.kind,
                    self.world.file(node.file).shown.clone(),
                    node.start.line,
                )
            }
        }
    }

    fn direct(&self, id: NodeId) -> BTreeSet<NodeId> {
        let Some(edges) = self.graph.edges(id) else {
            return BTreeSet::new();
        };
        let mut direct = edges.nodes.clone();
        direct.extend(self.graph.outside_of(edges));
        direct.remove(&id);
        direct
    }

    fn statics(&self, closure: &Closure) -> Vec<NodeId> {
        let is_static = |id: &&NodeId| {
            self.graph.outside(**id).is_none() && self.world.node(**id).kind == Kind::Static
        };
        closure.nodes.iter().filter(is_static).copied().collect()
    }

    fn item(
        &self,
        id: NodeId,
        direct: &BTreeSet<NodeId>,
        closure: Option<&Closure>,
        ids: &Ids,
    ) -> Item {
        let (kind, file, line) = self.place(id);
        let mut item = Item {
            id: ids.rank(id),
            kind: kind.name(),
            file,
            line,
            own_hash: self.own(id),
            deps: ids.ranks(direct),
            ..Item::default()
        };
        match self.graph.outside(id) {
            Some(Outside::Package(package)) => {
                item.package = self
                    .world
                    .packages
                    .get(package.0 as usize)
                    .map(|info| info.name.clone());
            }
            Some(_) => {}
            None => {
                let node = self.world.node(id);
                item.end_line = node.end_line.max(node.start.line);
                item.package = self.world.krate(node.krate).package.clone();
                item.target = Some(self.world.krate(node.krate).target.clone());
            }
        }
        if let Some(closure) = closure {
            let (hash, capture) = self.hashes.root(id, &closure.nodes);
            item.root = Some(Root {
                hash: hex(&hash),
                capture_hash: hex(&capture),
                statics: ids.ranks(&self.statics(closure)),
                closure: ids.ranks(&closure.nodes),
                unresolved: closure.unseen.iter().map(|at| Place::of(at)).collect(),
                impure: closure.impure.iter().map(|at| Place::of(at)).collect(),
                switches: switches(closure),
            });
        }
        item
    }

    fn row(&self, id: NodeId, closure: &Closure) -> Row {
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
    fn scripts(&self, closure: &Closure) -> Vec<String> {
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
    fn externs(&self, krate: CrateId, closure: &Closure) -> Vec<String> {
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
    fn variables(&self, closure: &Closure) -> Vec<String> {
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
    fn outputs(&self, reached: &[NodeId]) -> BTreeMap<String, String> {
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
    fn unreadable(&self, id: NodeId) -> Option<Unseen> {
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
    fn untrusted(&self, _root: NodeId, closure: &Closure) -> String {
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
    fn registered(&self, id: NodeId) -> String {
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

    fn uncaptured(
        &self,
        root: NodeId,
        closure: &Closure,
        attributes: &Attributes,
    ) -> Option<Uncaptured> {
        let chosen = attributes.checkpoint.iter().find_map(|layer| layer.capture);
        let captures = chosen.unwrap_or(self.request.capture);
        let replaced = attributes.checkpoint.iter().all(|layer| layer.version);
        let by_preset = attributes.checkpoint.iter().any(|layer| layer.using) && chosen.is_none();
        if replaced || by_preset {
            return None;
        }
        let mut names: Vec<String> = self
            .statics(closure)
            .into_iter()
            .filter(|id| match self.attributes(*id).and_then(|a| a.capture) {
                Some(false) => false,
                Some(true) => !captures,
                None => !captures || !self.is_plain_static(*id),
            })
            .map(|id| self.id(id))
            // Where the run time is a path dependency its own statics are read, too; no result depends on them.
            .filter(|id| !id.starts_with("checkpointer_runtime::"))
            .collect();
        names.sort();
        if names.is_empty() {
            return None;
        }
        let node = self.world.node(root);
        Some(Uncaptured {
            function: self.id(root),
            place: format!("{}:{}", self.world.file(node.file).shown, node.start.line),
            statics: names,
            unmarked: captures,
        })
    }

    fn is_plain_static(&self, id: NodeId) -> bool {
        let Some(item) = self.world.node(id).item() else {
            return false;
        };
        let ItemKind::Static(data) = &item.kind else {
            return false;
        };
        let scope = self.graph.program.scope(id);
        self.is_plain(&self.graph.program.ty(&data.ty, &scope), 0)
    }

    /// Whether a value of this type can't change behind a shared reference.
    fn is_plain(&self, ty: &Ty, depth: u32) -> bool {
        if depth > 8 {
            return false;
        }
        match ty {
            Ty::Prim(_) | Ty::Function(..) => true,
            Ty::Ref(inner) | Ty::Slice(inner) | Ty::Array(inner) => self.is_plain(inner, depth + 1),
            Ty::Tuple(parts) => parts.iter().all(|part| self.is_plain(part, depth + 1)),
            Ty::Std(name, args) => {
                matches!(
                    &**name,
                    "Option" | "Result" | "Duration" | "String" | "Vec" | "CStr" | "Ordering"
                ) && args.iter().all(|arg| self.is_plain(arg, depth + 1))
            }
            Ty::Adt(node, _) => {
                let scope = self.graph.program.scope(*node);
                let fields: Vec<&crate::ir::Field> =
                    match self.world.node(*node).item().map(|item| &item.kind) {
                        Some(ItemKind::Struct(data)) => data.fields.fields.iter().collect(),
                        Some(ItemKind::Enum(data)) => data
                            .variants
                            .iter()
                            .flat_map(|v| &v.fields.fields)
                            .collect(),
                        _ => return false,
                    };
                fields.iter().all(|field| {
                    self.is_plain(&self.graph.program.ty(&field.ty, &scope), depth + 1)
                })
            }
            _ => false,
        }
    }
}

fn switches(closure: &Closure) -> Vec<String> {
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
