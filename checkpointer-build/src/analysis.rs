//! One analysis from end to end: packages → files → linked program → graph → closures → hashes,
//! and what it found in a form that the table and the JSON are written from.

mod record;
mod rows;
mod statics;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use checkpointer_syntax::table::{Dependency, Table};

use crate::cfg::CfgSet;
use crate::fingerprint::{Digest, Hashes, hex};
use crate::graph::{Graph, Outside};
use crate::ids;
use crate::ir::Attributes;
use crate::link::{Targets, link};
use crate::map::HashMap;
use crate::numbered::Bits;
use crate::package::Workspace;
use crate::program::Program;
use crate::reach::{Closure, Closures};
use crate::report::{Ids, Item, Place, Report, Root};
use crate::source::{Bodies, Sources};
use crate::ty::NodeId;
use crate::type_arguments::TypeArguments;
use crate::world::{Arenas, Kind, Unseen, World};

use rows::switches;

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
    let mut all = Closures::new(&graph);
    let closures: Vec<(NodeId, Rc<Closure>)> =
        roots.iter().map(|root| (*root, all.of(*root))).collect();
    let types = TypeArguments::of(&world, &mut all);
    drop(all);
    let mut reached = Bits::default();
    for closure in closures
        .iter()
        .map(|(_, closure)| closure)
        .chain(types.closures())
    {
        closure.nodes.iter().for_each(|id| {
            reached.insert(id.0);
        });
    }
    let reached: Vec<NodeId> = reached.sorted().into_iter().map(NodeId).collect();
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
        closures: &[(NodeId, Rc<Closure>)],
        reached: &[NodeId],
        types: &TypeArguments,
    ) -> Analysis {
        let mut analysis = Analysis {
            record: self.record(closures, reached),
            ..Analysis::default()
        };
        let by_root: HashMap<NodeId, &Closure> = closures
            .iter()
            .map(|(root, closure)| (*root, &**closure))
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
}
