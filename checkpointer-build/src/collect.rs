//! From files to a linked program: follows `mod` from a target's root, gives every item a node and
//! a place in its module's names, and expands `macro_rules!` calls in item, impl and trait position.
//!
//! Items are visited in source order, because that is how `macro_rules!` names are scoped. Calls
//! whose macro is named by a path are put off until the imports are resolved ([`Deferred`]).

mod bodies;
mod macros;
mod modules;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::body::Body;
use crate::cfg::{Predicate, Switches, Truth};
use crate::expand::{self, MacroDef};
use crate::ir::{self, Item, ItemKind, MacroCall, Pos};
use crate::map::HashMap;
use crate::source::Sources;
use crate::symbol::Symbol;
use crate::world::{
    Binding, CrateId, Def, EnvEntry, EnvId, FileId, InstanceId, Kind, ModId, NO_MACROS, Node,
    NodeId, Ns, Source, Vis, World,
};

pub(crate) use macros::{DOLLAR_CRATE, dollar_crate, parse_definition};

/// A macro call whose definition may be named by a path or import.
pub(crate) struct Deferred<'a> {
    call: &'a MacroCall,
    context: Context,
    /// `None` in a function's body.
    position: Option<Position>,
    item: Option<&'a Item>,
    env: EnvId,
}

/// A body to look into if a macro of one of the names turns up that may make items.
struct Waiting<'a> {
    body: &'a Body,
    context: Context,
    env: EnvId,
}

/// Where items stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Module,
    Member(NodeId),
    Extern,
}

#[derive(Clone)]
struct Context {
    krate: CrateId,
    module: ModId,
    /// The function in whose body the items stand.
    owner: Option<NodeId>,
    file: FileId,
    /// Where the files of child modules are looked for.
    dir: Rc<PathBuf>,
    /// Where `#[path]` starts from outside inline modules: the file's own folder.
    file_dir: Rc<PathBuf>,
    instance: InstanceId,
    switches: Switches,
    test_only: bool,
    /// The place that stands for the positions of expanded items.
    call_at: Option<(Pos, u32)>,
    made_by: Option<NodeId>,
    depth: u32,
    /// How many calls the outermost call has led to.
    expansions: Rc<Cell<u32>>,
}

impl Context {
    /// Counts an expansion; `None` once a call has led too deep or to too many.
    fn expanding(&self) -> Option<Rc<Cell<u32>>> {
        let count = if self.depth == 0 {
            Rc::default()
        } else {
            Rc::clone(&self.expansions)
        };
        count.set(count.get() + 1);
        let goes_on =
            self.depth < expand::RECURSION_LIMIT && count.get() <= expand::EXPANSION_LIMIT;
        goes_on.then_some(count)
    }
}

/// Fills a [`World`].
pub(crate) struct Collector<'w, 'a, 's> {
    pub(crate) world: &'w mut World<'a>,
    pub(crate) sources: &'s mut Sources<'a>,
    pub(crate) deferred: Vec<Deferred<'a>>,
    /// Bodies that call macros which may be named by a path or import.
    waiting: Vec<Waiting<'a>>,
    /// Calls in bodies of macros that are named like one of std's.
    of_std: Vec<Deferred<'a>>,
    env: EnvId,
    /// Which definitions may make items.
    making: HashMap<NodeId, bool>,
    /// Parsed definitions, by node.
    definitions: HashMap<NodeId, Option<Rc<MacroDef>>>,
    /// Files already on the path from the root, against `#[path]` cycles.
    open_files: Vec<PathBuf>,
    file_ids: HashMap<PathBuf, FileId>,
}

impl<'w, 'a, 's> Collector<'w, 'a, 's> {
    pub(crate) fn new(world: &'w mut World<'a>, sources: &'s mut Sources<'a>) -> Self {
        Collector {
            world,
            sources,
            deferred: Vec::new(),
            waiting: Vec::new(),
            of_std: Vec::new(),
            env: NO_MACROS,
            making: HashMap::default(),
            definitions: HashMap::default(),
            open_files: Vec::new(),
            file_ids: HashMap::default(),
        }
    }

    /// Reads a crate from its root file. The crate's entry must be there; its root module is filled.
    pub(crate) fn crate_root(&mut self, krate: CrateId, path: &Path) {
        self.env = NO_MACROS;
        let module = self.world.krate(krate).root;
        let file = self.file(krate, path);
        let dir: Rc<PathBuf> = Rc::new(path.parent().unwrap_or(Path::new("")).to_owned());
        let context = Context {
            krate,
            module,
            owner: None,
            file,
            dir: Rc::clone(&dir),
            file_dir: dir,
            instance: InstanceId(0),
            switches: Switches::default(),
            test_only: false,
            call_at: None,
            made_by: None,
            depth: 0,
            expansions: Rc::default(),
        };
        self.read_file(path, &context, None);
    }

    /// Whether no macro call waits for imports.
    pub(crate) fn is_done(&mut self) -> bool {
        self.look_into_waiting();
        self.deferred.is_empty()
    }

    /// What the predicates come to together, and the switches that leave them undecided.
    fn truth(&self, krate: CrateId, predicates: &[Predicate]) -> (Truth, Switches) {
        let set = &self.world.krate(krate).cfg;
        let mut truth = Truth::True;
        let mut switches = Switches::default();
        for predicate in predicates {
            truth = truth.and(predicate.eval(set));
            switches = switches.union(predicate.switches(set));
        }
        (truth, switches)
    }

    fn items(&mut self, items: &'a [Item], context: &Context, position: Position) {
        for item in items {
            self.item(item, context, position);
        }
    }

    fn item(&mut self, item: &'a Item, context: &Context, position: Position) {
        let (truth, switches) = self.truth(context.krate, &item.cfg);
        if truth == Truth::False {
            return;
        }
        let changed;
        let context = if truth == Truth::Undecided || item.attributes.test {
            let mut inner = context.clone();
            if truth == Truth::Undecided {
                inner.switches = inner.switches.union(switches);
                inner.test_only |= switches.test && mentions_test_positively(&item.cfg);
            }
            inner.test_only |= item.attributes.test;
            changed = inner;
            &changed
        } else {
            context
        };
        match &item.kind {
            ItemKind::Fn(function) => {
                let node = self.add(item, Kind::Fn, context, position);
                self.bind(node, item, Ns::Value, context, position);
                if let Some(name) = item.attributes.proc_macro {
                    let root = self.world.krate(context.krate).root;
                    self.define(root, Ns::Macro, name, Def::Node(node), Vis::Public);
                }
                if let Some(body) = &function.body {
                    self.function_body(body, node, context);
                }
            }
            ItemKind::Struct(data) => {
                let kind = if data.union {
                    Kind::Union
                } else {
                    Kind::Struct
                };
                let node = self.add(item, kind, context, position);
                self.bind(node, item, Ns::Type, context, position);
                if data.fields.style != ir::FieldStyle::Named {
                    self.bind(node, item, Ns::Value, context, position);
                }
                self.generator(node, item, context);
            }
            ItemKind::Enum(_) => {
                let node = self.add(item, Kind::Enum, context, position);
                self.bind(node, item, Ns::Type, context, position);
                self.generator(node, item, context);
            }
            ItemKind::Trait(data) => {
                let node = self.add(item, Kind::Trait, context, position);
                self.bind(node, item, Ns::Type, context, position);
                self.generator(node, item, context);
                self.items(&data.items, context, Position::Member(node));
            }
            ItemKind::Impl(data) => {
                if data.negative {
                    return;
                }
                let node = self.add(item, Kind::Impl, context, position);
                self.world.impls.push(node);
                self.items(&data.items, context, Position::Member(node));
            }
            ItemKind::Type(_) => {
                let node = self.add(item, Kind::Type, context, position);
                self.bind(node, item, Ns::Type, context, position);
            }
            ItemKind::Const(data) | ItemKind::Static(data) => {
                let is_static = matches!(item.kind, ItemKind::Static(_));
                let node = self.add(
                    item,
                    if is_static { Kind::Static } else { Kind::Const },
                    context,
                    position,
                );
                if item.name != "_" {
                    self.bind(node, item, Ns::Value, context, position);
                }
                if let Some(value) = &data.value {
                    let inner = Context {
                        owner: Some(node),
                        ..context.clone()
                    };
                    self.expression(value, &inner);
                }
            }
            ItemKind::Mod(content) => self.module(item, content.as_deref(), context),
            ItemKind::Use(tree) => self.import(item, tree, context),
            ItemKind::ExternCrate(name) => self.extern_crate(item, *name, context),
            ItemKind::MacroRules(_) => {
                let node = self.add(item, Kind::Macro, context, Position::Module);
                let before = self.env;
                self.world.envs.push(EnvEntry {
                    name: item.name,
                    node,
                    in_body: context.owner.is_some(),
                    before,
                });
                self.env = EnvId(self.world.envs.len() as u32 - 1);
                let (place, vis) = if item.attributes.macro_export {
                    (self.world.krate(context.krate).root, Vis::Public)
                } else if item.visibility == ir::Visibility::Inherited {
                    return;
                } else {
                    (
                        context.module,
                        self.visibility(&item.visibility, context.module),
                    )
                };
                self.define(place, Ns::Macro, item.name, Def::Node(node), vis);
            }
            ItemKind::Macro(call) => self.macro_call(call, Some(item), context, position, false),
            ItemKind::ForeignMod(items) => self.items(items, context, Position::Extern),
            ItemKind::Verbatim(_) => {
                let node = self.add(item, Kind::Call, context, position);
                self.world.modules[context.module.0 as usize]
                    .generators
                    .push(node);
                let unseen = self.world.unseen(
                    context.file,
                    item.start,
                    "syntax that the analysis does not know",
                );
                self.world.notes.push(unseen);
            }
        }
    }

    fn add(&mut self, item: &'a Item, kind: Kind, context: &Context, position: Position) -> NodeId {
        let parent = match position {
            Position::Member(node) => Some(node),
            _ => None,
        };
        let (start, name_at, end_line) = match context.call_at {
            Some((at, end)) => (at, at, end),
            None => (item.start, item.name_at, item.end_line),
        };
        let id = self.world.push_node(Node {
            kind,
            name: item.name,
            krate: context.krate,
            module: context.module,
            parent,
            file: context.file,
            start,
            name_at,
            end_line,
            source: Source::Item(item),
            call_tokens: [0; 32],
            switches: context.switches,
            env: self.env,
            instance: context.instance,
            made_by: context.made_by,
            test_only: context.test_only,
        });
        if let Some(parent) = parent {
            self.world.members.entry(parent).or_default().push(id);
        }
        id
    }

    fn bind(&mut self, node: NodeId, item: &Item, ns: Ns, context: &Context, position: Position) {
        if matches!(position, Position::Member(_)) {
            return;
        }
        let vis = self.visibility(&item.visibility, context.module);
        self.define(context.module, ns, item.name, Def::Node(node), vis);
    }

    fn define(&mut self, module: ModId, ns: Ns, name: Symbol, def: Def, vis: Vis) {
        let bindings = self.world.modules[module.0 as usize]
            .defined
            .entry((ns, name))
            .or_default();
        let binding = Binding {
            def,
            vis,
            import: None,
        };
        if !bindings.contains(&binding) {
            bindings.push(binding);
        }
    }

    fn visibility(&self, written: &ir::Visibility, module: ModId) -> Vis {
        match written {
            ir::Visibility::Public => Vis::Public,
            ir::Visibility::Crate => {
                Vis::In(self.world.krate(self.world.module(module).krate).root)
            }
            ir::Visibility::Inherited => Vis::In(self.world.named_module(module)),
            ir::Visibility::Restricted(path) => {
                // `in path` must name an ancestor; the widest reading of `super` chains is exact.
                let mut at = self.world.named_module(module);
                for segment in path {
                    match &**segment {
                        "crate" => at = self.world.krate(self.world.module(module).krate).root,
                        "super" => {
                            if let Some(parent) = self.world.module(at).parent {
                                at = self.world.named_module(parent);
                            }
                        }
                        "self" => {}
                        _ => {
                            return Vis::In(self.world.krate(self.world.module(module).krate).root);
                        }
                    }
                }
                Vis::In(at)
            }
        }
    }

    /// Notes an item whose derives or attributes may define names that nobody can see.
    fn generator(&mut self, node: NodeId, item: &Item, context: &Context) {
        let foreign_derive = item
            .attributes
            .derives
            .iter()
            .any(|path| !is_std_derive(path));
        if foreign_derive || !item.attributes.foreign.is_empty() {
            self.world.modules[context.module.0 as usize]
                .generators
                .push(node);
        }
    }
}

/// Whether the predicates can only hold in a test build: `test`, `all(test, …)`.
fn mentions_test_positively(predicates: &[Predicate]) -> bool {
    predicates.iter().any(|predicate| match predicate {
        Predicate::Flag(name) => name == "test",
        Predicate::All(parts) => mentions_test_positively(parts),
        Predicate::Any(parts) => {
            !parts.is_empty()
                && parts
                    .iter()
                    .all(|part| mentions_test_positively(std::slice::from_ref(part)))
        }
        _ => false,
    })
}

fn is_std_derive(path: &ir::Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| crate::std_facts::is_derive(&last.name))
}
