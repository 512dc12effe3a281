//! From files to a linked program: follows `mod` from a target's root, gives every item a node and
//! a place in its module's names, and expands `macro_rules!` calls in item, impl and trait position.
//!
//! Items are visited in source order, because that is how `macro_rules!` names are scoped. Calls
//! whose macro is named by a path are put off until the imports are resolved ([`Deferred`]).

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::body::Called;
use crate::cfg::{Predicate, Switches, Truth};
use crate::expand::{self, MacroDef};
use crate::ir::{self, Item, ItemKind, MacroCall, Pos};
use crate::lower;
use crate::map::HashMap;
use crate::source::{Loaded, Sources};
use crate::symbol::Symbol;
use crate::world::{
    Binding, CrateId, Def, EnvEntry, EnvId, Extern, FileId, FileInfo, Import, InstanceId, Kind,
    ModId, Module, NO_MACROS, Node, NodeId, Ns, Source, Vis, World,
};

/// A macro call whose definition may be named by a path or import.
pub(crate) struct Deferred<'a> {
    call: &'a MacroCall,
    context: Context,
    /// `None` in a function's body.
    position: Option<Position>,
    item: Option<&'a Item>,
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
    env: EnvId,
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
            env: NO_MACROS,
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

    fn file(&mut self, krate: CrateId, path: &Path) -> FileId {
        if let Some(known) = self.file_ids.get(path) {
            return *known;
        }
        let shown = path
            .strip_prefix(&self.world.krate(krate).dir)
            .unwrap_or(path);
        let shown = shown.to_string_lossy().replace('\\', "/");
        self.world.files.push(FileInfo {
            path: path.to_owned(),
            shown,
        });
        let id = FileId(self.world.files.len() as u32 - 1);
        self.file_ids.insert(path.to_owned(), id);
        id
    }

    fn read_file(&mut self, path: &Path, context: &Context, declared: Option<(FileId, Pos)>) {
        let (declared_in, declared_at) = declared.unwrap_or((context.file, Pos::default()));
        if self.open_files.iter().any(|open| open == path) {
            let shown = &self.world.file(context.file).shown;
            let reason =
                format!("the file {shown} is a module of itself: give #[path] another file");
            let unseen = self.world.unseen(declared_in, declared_at, reason);
            self.world.broken.push((context.module, unseen));
            return;
        }
        match self
            .sources
            .get(path, self.world.krate(context.krate).cfg_id)
        {
            Loaded::File(file) => {
                let truth = self.truth(context.krate, &file.cfg);
                if truth.0 == Truth::False {
                    return;
                }
                let mut context = context.clone();
                context.switches = context.switches.union(truth.1);
                context.test_only |= truth.1.test
                    && truth.0 == Truth::Undecided
                    && mentions_test_positively(&file.cfg);
                context.instance = self.world.new_instance();
                self.open_files.push(path.to_owned());
                self.items(&file.items, &context, Position::Module);
                self.open_files.pop();
            }
            Loaded::Broken(failure) => {
                let unseen = crate::world::Unseen {
                    file: self.world.file(context.file).shown.clone(),
                    line: failure.at.line,
                    column: failure.at.column,
                    reason: format!("the file does not parse: {}", failure.message),
                };
                self.world.broken.push((context.module, unseen));
            }
            Loaded::Missing => {
                let shown = &self.world.file(context.file).shown;
                let reason = format!(
                    "the file {shown} of a module is missing or can't be read: write it, or take the `mod` line away"
                );
                let unseen = self.world.unseen(declared_in, declared_at, reason);
                self.world.broken.push((context.module, unseen));
            }
        }
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
        let mut context = context.clone();
        if truth == Truth::Undecided {
            context.switches = context.switches.union(switches);
            context.test_only |= switches.test && mentions_test_positively(&item.cfg);
        }
        context.test_only |= item.attributes.test;
        let context = &context;
        match &item.kind {
            ItemKind::Fn(function) => {
                let node = self.add(item, Kind::Fn, context, position);
                self.bind(node, item, Ns::Value, context, position);
                if let Some(name) = item.attributes.proc_macro {
                    let root = self.world.krate(context.krate).root;
                    self.define(root, Ns::Macro, name, Def::Node(node), Vis::Public);
                }
                if let Some(body) = &function.body
                    && body.may_define_items(|called| self.may_expand(called))
                {
                    self.body(
                        body,
                        &Context {
                            owner: Some(node),
                            ..context.clone()
                        },
                    );
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
            tokens: item.tokens,
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

    fn new_module(&mut self, context: &Context, name: Symbol, is_block: bool) -> ModId {
        self.world.push_module(Module {
            krate: context.krate,
            parent: Some(context.module),
            name,
            is_block,
            owner: context.owner,
            defined: HashMap::default(),
            imported: HashMap::default(),
            imports: Vec::new(),
            globs: Vec::new(),
            generators: Vec::new(),
            env: self.env,
            anonymous: Vec::new(),
        })
    }

    fn module(&mut self, item: &'a Item, content: Option<&'a [Item]>, context: &Context) {
        let module = self.new_module(context, item.name, false);
        let vis = self.visibility(&item.visibility, context.module);
        self.define(context.module, Ns::Type, item.name, Def::Mod(module), vis);
        let before = self.env;
        let mut inner = Context {
            module,
            ..context.clone()
        };
        let paths: Vec<&str> = item
            .attributes
            .paths
            .iter()
            .filter(|(predicate, _)| match predicate {
                Some(predicate) => {
                    predicate.eval(&self.world.krate(context.krate).cfg) != Truth::False
                }
                None => true,
            })
            .map(|(_, path)| path.as_str())
            .collect();
        if let Some(items) = content {
            let dir = match paths.first() {
                Some(path) => join(&context.dir, path),
                None => context.dir.join(&*item.name),
            };
            inner.dir = Rc::new(dir.clone());
            inner.file_dir = Rc::new(dir);
            self.items(items, &inner, Position::Module);
        } else {
            let mut candidates: Vec<(PathBuf, bool)> = paths
                .iter()
                .map(|path| (join(&context.file_dir, path), true))
                .collect();
            if candidates.is_empty()
                || item
                    .attributes
                    .paths
                    .iter()
                    .all(|(predicate, _)| predicate.is_some())
            {
                candidates.push((context.dir.join(format!("{}.rs", item.name)), false));
                candidates.push((context.dir.join(&*item.name).join("mod.rs"), true));
            }
            let found: Vec<_> = candidates
                .iter()
                .filter(|(path, _)| self.sources.exists(path))
                .collect();
            let chosen: Vec<&(PathBuf, bool)> = if found.is_empty() {
                candidates.iter().take(1).collect()
            } else {
                found
            };
            for (path, owns_folder) in chosen {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                inner.file = self.file(context.krate, path);
                inner.file_dir = Rc::new(folder.clone());
                inner.dir = Rc::new(if *owns_folder {
                    folder
                } else {
                    folder.join(path.file_stem().unwrap_or_default())
                });
                inner.call_at = None;
                self.read_file(path, &inner, Some((context.file, item.start)));
            }
        }
        self.world.modules[module.0 as usize].env = self.env;
        if !item.attributes.macro_use {
            self.env = before;
        }
    }

    fn import(&mut self, item: &Item, tree: &ir::Use, context: &Context) {
        let index = self.world.imports.len() as u32;
        let vis = self.visibility(&item.visibility, context.module);
        self.world.imports.push(Import {
            module: context.module,
            path: tree.path.clone(),
            global: tree.global,
            glob: tree.glob,
            only_types: tree.is_self,
            name: item.name,
            vis,
            env: self.env,
            targets: Vec::new(),
            at: (context.file, item.start),
        });
        let module = &mut self.world.modules[context.module.0 as usize];
        if tree.glob {
            module.globs.push(index);
        } else if item.name == "_" {
            module.anonymous.push(index);
            module.imports.push(index);
        } else {
            module.imports.push(index);
        }
    }

    fn extern_crate(&mut self, item: &Item, name: Symbol, context: &Context) {
        let krate = self.world.krate(context.krate);
        let target = if name == "self" {
            Some(Extern::Crate(context.krate))
        } else {
            krate.externs.get(&name).copied()
        };
        let Some(target) = target else {
            let unseen = self.world.unseen(
                context.file,
                item.start,
                format!("extern crate {name} is not known"),
            );
            self.world.notes.push(unseen);
            return;
        };
        let def = match target {
            Extern::Crate(id) => Def::Mod(self.world.krate(id).root),
            Extern::Package(id, name) => Def::Foreign(name, id),
        };
        if item.name != "_" {
            let vis = self.visibility(&item.visibility, context.module);
            self.define(context.module, Ns::Type, item.name, def, vis);
            // At a crate's root it enters the extern prelude too.
            if context.module == self.world.krate(context.krate).root {
                self.world.crates[context.krate.0 as usize]
                    .externs
                    .insert(item.name, target);
            }
        }
        if item.attributes.macro_use {
            self.world.crates[context.krate.0 as usize]
                .macro_use
                .push(target);
        }
    }

    fn definition(&mut self, node: NodeId) -> Option<Rc<MacroDef>> {
        if let Some(known) = self.definitions.get(&node) {
            return known.clone();
        }
        let parsed = parse_definition(self.world, node).map(Rc::new);
        self.definitions.insert(node, parsed.clone());
        parsed
    }

    /// Takes up the calls that were put off, now that imports are resolved: those whose macro is found are expanded; with
    /// `last`, or if none was found, the others stay closed. Returns whether anything was expanded.
    pub(crate) fn resume(&mut self, last: bool) -> bool {
        let calls = std::mem::take(&mut self.deferred);
        let found = |world: &World<'_>, call: &Deferred<'_>| {
            crate::resolve::macro_nodes(world, call.context.module, &call.call.path).len() == 1
        };
        let (ready, rest): (Vec<_>, Vec<_>) =
            calls.into_iter().partition(|call| found(self.world, call));
        let progress = !ready.is_empty();
        let close_rest = last || !progress;
        for call in ready {
            self.take_up(call);
        }
        if close_rest {
            for call in rest {
                self.take_up(call);
            }
        } else {
            self.deferred.extend(rest);
        }
        progress
    }

    fn take_up(&mut self, call: Deferred<'a>) {
        self.env = call.env;
        match call.position {
            Some(position) => self.macro_call(call.call, call.item, &call.context, position, true),
            None => self.body_macro(call.call, &call.context, true),
        }
    }

    fn macro_call(
        &mut self,
        call: &'a MacroCall,
        item: Option<&'a Item>,
        context: &Context,
        position: Position,
        resumed: bool,
    ) {
        let textual = match call.path.segments.as_slice() {
            [only] if !call.path.global => self.world.textual_macro(self.env, only.name),
            _ => None,
        };
        let found = match textual {
            Some(node) => Some(node),
            None if resumed => {
                match crate::resolve::macro_nodes(self.world, context.module, &call.path).as_slice()
                {
                    [only] => Some(*only),
                    _ => None,
                }
            }
            None => None,
        };
        if let Some(node) = found {
            if self.expand_items(node, call, context, position).is_none() {
                self.hub(call, item, context, position);
            }
            return;
        }
        if call
            .path
            .segments
            .last()
            .is_some_and(|last| last.name == "include")
            && self.include(call, context, position)
        {
            return;
        }
        if resumed {
            self.hub(call, item, context, position);
        } else {
            let env = self.env;
            self.deferred.push(Deferred {
                call,
                context: context.clone(),
                position: Some(position),
                item,
                env,
            });
        }
    }

    /// A call that stays closed: a node that whatever it mentions hangs on, and that may define any name.
    fn hub(
        &mut self,
        call: &'a MacroCall,
        item: Option<&'a Item>,
        context: &Context,
        position: Position,
    ) {
        let start = item.map_or(call.path.at, |item| item.start);
        let parent = match position {
            Position::Member(node) => Some(node),
            _ => None,
        };
        let name = call
            .path
            .segments
            .last()
            .map_or(Symbol::new(""), |segment| segment.name);
        let tokens = item.map_or_else(|| canonical_hash(&call.text), |item| item.tokens);
        let node = self.world.push_node(Node {
            kind: Kind::Call,
            name,
            krate: context.krate,
            module: context.module,
            parent,
            file: context.file,
            start,
            name_at: start,
            end_line: item.map_or(start.line, |item| item.end_line),
            source: Source::Call(call),
            tokens,
            switches: context.switches,
            env: self.env,
            instance: context.instance,
            made_by: context.made_by,
            test_only: context.test_only,
        });
        if let Some(parent) = parent {
            self.world.members.entry(parent).or_default().push(node);
        }
        self.world.modules[context.module.0 as usize]
            .generators
            .push(node);
        // Items that stand in the call as they would outside of it (`quickcheck! { fn … }`, `pin_project! { struct … }`) are
        // items all the same.
        if position == Position::Module {
            let set = &self.world.krate(context.krate).cfg;
            let items = match context.call_at {
                None => lower::items_in_place(&call.text, call.text_at, set),
                Some((at, _)) => call.text.parse().ok().and_then(|tokens| {
                    let made = lower::items(tokens, lower::ItemPosition::Module, at, 0, set);
                    made.ok().map(|(items, _)| items)
                }),
            };
            let Some(items) = items else { return };
            let items: &'a [Item] = self.world.arenas.items.alloc(items);
            let inner = Context {
                instance: self.world.new_instance(),
                made_by: Some(node),
                ..context.clone()
            };
            self.items(items, &inner, position);
        }
    }

    fn expand_items(
        &mut self,
        node: NodeId,
        call: &'a MacroCall,
        context: &Context,
        position: Position,
    ) -> Option<()> {
        let expansions = context.expanding()?;
        let definition = self.definition(node)?;
        let tokens = call.text.parse::<proc_macro2::TokenStream>().ok()?;
        let marker = dollar_crate(self.world, node);
        let expanded = expand::expand(&definition, tokens, &marker).ok()?;
        let end = context.call_at.map_or(call.end_line, |(_, end)| end);
        let at = context.call_at.map_or(call.path.at, |(at, _)| at);
        let shape = match position {
            Position::Module => lower::ItemPosition::Module,
            Position::Extern => lower::ItemPosition::Extern,
            Position::Member(parent) if self.world.node(parent).kind == Kind::Impl => {
                lower::ItemPosition::Impl
            }
            Position::Member(_) => lower::ItemPosition::Trait,
        };
        let (items, _) =
            lower::items(expanded, shape, at, 0, &self.world.krate(context.krate).cfg).ok()?;
        let items: &'a [Item] = self.world.arenas.items.alloc(items);
        let instance = self.world.new_instance();
        let inner = Context {
            instance,
            call_at: Some((at, end)),
            made_by: Some(node),
            depth: context.depth + 1,
            expansions,
            ..context.clone()
        };
        self.items(items, &inner, position);
        Some(())
    }

    /// `include!("file.rs")` in item position.
    fn include(&mut self, call: &'a MacroCall, context: &Context, position: Position) -> bool {
        let krate = self.world.krate(context.krate);
        let Some(text) = crate::files::string_value(&call.text, &krate.env) else {
            return false;
        };
        let base = self
            .world
            .file(context.file)
            .path
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default();
        let path = join(&base, &text);
        // A file that includes itself stays a closed call.
        if self.open_files.contains(&path) {
            return false;
        }
        let Loaded::File(file) = self
            .sources
            .get(&path, self.world.krate(context.krate).cfg_id)
        else {
            self.world.not_read.insert(path);
            return false;
        };
        let mut inner = context.clone();
        inner.file = self.file(context.krate, &path);
        inner.instance = self.world.new_instance();
        inner.call_at = None;
        self.open_files.push(path);
        self.items(&file.items, &inner, position);
        self.open_files.pop();
        true
    }

    /// Finds the blocks with items in a body, and the statement macros that define items.
    fn body(&mut self, block: &'a ir::Block, context: &Context) {
        let before = self.env;
        let mut context = context.clone();
        if let Some(scope) = block.scope {
            let module = self.new_module(&context, Symbol::new("{}"), true);
            self.world.scopes.insert((context.instance, scope), module);
            context.module = module;
            self.items(&block.items, &context, Position::Module);
            self.world.modules[module.0 as usize].env = self.env;
        }
        for statement in &block.statements {
            self.statement(statement, &context);
        }
        self.env = before;
    }

    fn statement(&mut self, statement: &'a ir::Statement, context: &Context) {
        match statement {
            ir::Statement::Let(found) => {
                for part in [&found.value, &found.otherwise].into_iter().flatten() {
                    self.expression(part, context);
                }
            }
            ir::Statement::Expr(expr, _) => self.expression(expr, context),
            ir::Statement::Cfg(_, inner) => self.statement(inner, context),
        }
    }

    fn expression(&mut self, expr: &'a ir::Expr, context: &Context) {
        match expr {
            ir::Expr::Block(block) | ir::Expr::Async(block) | ir::Expr::Loop(block) => {
                self.body(block, context)
            }
            ir::Expr::If(_, block, _) | ir::Expr::While(_, block) | ir::Expr::For(_, _, block) => {
                self.body(block, context);
            }
            ir::Expr::Macro(call) => self.body_macro(call, context, false),
            _ => {}
        }
        ir::children(expr, &mut |child| self.expression(child, context));
    }

    /// A macro call in a body is expanded here only if it may define items: impls in it count for the whole crate.
    fn body_macro(&mut self, call: &'a MacroCall, context: &Context, resumed: bool) {
        let [.., last] = call.path.segments.as_slice() else {
            return;
        };
        let textual = match call.path.segments.as_slice() {
            [only] if !call.path.global => self.world.textual_macro(self.env, only.name),
            _ => None,
        };
        let node = match textual {
            Some(node) => node,
            None if resumed => {
                match crate::resolve::macro_nodes(self.world, context.module, &call.path).as_slice()
                {
                    [only] => *only,
                    _ => return,
                }
            }
            None => {
                if call.args.is_none() && !crate::std_facts::std_macro(&last.name) {
                    let env = self.env;
                    self.deferred.push(Deferred {
                        call,
                        context: context.clone(),
                        position: None,
                        item: None,
                        env,
                    });
                }
                return;
            }
        };
        if !self.defines_items(node, call) {
            return;
        }
        let Some(expansions) = context.expanding() else {
            return;
        };
        let Some(definition) = self.definition(node) else {
            return;
        };
        let Ok(tokens) = call.text.parse() else {
            return;
        };
        let Ok(expanded) = expand::expand(&definition, tokens, &dollar_crate(self.world, node))
        else {
            return;
        };
        let Ok((block, scopes)) = lower::block(
            expanded,
            call.path.at,
            0,
            &self.world.krate(context.krate).cfg,
        ) else {
            return;
        };
        let block: &'a ir::Block = self.world.arenas.blocks.alloc(block);
        let instance = self.world.new_instance();
        let at = context.call_at.map_or(call.path.at, |(at, _)| at);
        let end = context.call_at.map_or(call.end_line, |(_, end)| end);
        let inner = Context {
            instance,
            call_at: Some((at, end)),
            made_by: Some(node),
            depth: context.depth + 1,
            expansions,
            ..context.clone()
        };
        self.world.expansions.insert(
            (context.instance, std::ptr::from_ref(call) as usize),
            (block, instance),
        );
        if scopes > 0 || !block.items.is_empty() {
            // Items of a statement macro belong to the block around the call.
            self.items(&block.items, &inner, Position::Module);
            if let Some(scope) = block.scope {
                self.world.scopes.insert((instance, scope), context.module);
            }
        }
        for statement in &block.statements {
            self.statement(statement, &inner);
        }
    }

    /// Whether [`Self::body_macro`] would do anything with such a call.
    fn may_expand(&self, called: &Called) -> bool {
        let textual = called.plain && self.world.textual_macro(self.env, called.name).is_some();
        textual || !(called.read || crate::std_facts::std_macro(&called.name))
    }

    /// Whether an expansion may hold items: some item keyword stands in the definition or in the call.
    fn defines_items(&self, node: NodeId, call: &MacroCall) -> bool {
        let Some(ItemKind::MacroRules(text)) = self.world.node(node).item().map(|item| &item.kind)
        else {
            return false;
        };
        [text.as_str(), call.text.as_str()].iter().any(|text| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| {
                    matches!(
                        word,
                        "fn" | "impl"
                            | "struct"
                            | "enum"
                            | "trait"
                            | "mod"
                            | "const"
                            | "static"
                            | "use"
                            | "type"
                            | "union"
                            | "macro_rules"
                            | "item"
                            | "extern"
                    )
                })
        })
    }
}

/// The definition of a `macro_rules!` node.
pub(crate) fn parse_definition(world: &World<'_>, node: NodeId) -> Option<MacroDef> {
    let ItemKind::MacroRules(text) = &world.node(node).item()?.kind else {
        return None;
    };
    let edition = world.krate(world.node(node).krate).edition;
    MacroDef::parse(text.parse().ok()?, edition).ok()
}

/// The identifier that stands for `$crate` in what a macro expands to.
pub(crate) fn dollar_crate(world: &World<'_>, node: NodeId) -> proc_macro2::Ident {
    let krate = world.node(node).krate;
    proc_macro2::Ident::new(
        &format!("{DOLLAR_CRATE}{}", krate.0),
        proc_macro2::Span::call_site(),
    )
}

/// What that identifier begins with; the crate's number follows.
pub(crate) const DOLLAR_CRATE: &str = "__checkpointer_crate_";

/// The hash of a text's tokens, comments and white space left out.
fn canonical_hash(text: &str) -> [u8; 32] {
    let mut bytes = Vec::new();
    match text.parse() {
        Ok(tokens) => crate::normalize::write_tokens(tokens, &mut bytes),
        Err(_) => bytes.extend_from_slice(text.as_bytes()),
    }
    *blake3::hash(&bytes).as_bytes()
}

fn join(dir: &Path, path: &str) -> PathBuf {
    let mut joined = dir.to_owned();
    for part in Path::new(path).components() {
        match part {
            std::path::Component::ParentDir
                if joined.file_name().is_some_and(|name| name != "..") =>
            {
                joined.pop();
            }
            std::path::Component::CurDir => {}
            part => joined.push(part),
        }
    }
    joined
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
    path.segments.last().is_some_and(|last| {
        matches!(
            &*last.name,
            "Clone"
                | "Copy"
                | "Debug"
                | "Default"
                | "Eq"
                | "Hash"
                | "Ord"
                | "PartialEq"
                | "PartialOrd"
        )
    })
}
