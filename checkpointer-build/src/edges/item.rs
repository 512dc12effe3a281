//! The edges of an item by its kind, and the walker that the other files of this folder extend.

use super::hygiene::{Expanding, Origin};
use super::meaning::Meanings;
use super::{Demand, Edges, Meaning};
use crate::ir::{self, ItemKind};
use crate::map::{HashMap, HashSet};
use crate::program::{Head, Program, Scope};
use crate::symbol::Symbol;
use crate::ty::{NodeId, Ty};
use crate::world::{CrateId, Def, EnvId, Extern, InstanceId, Kind, ModId, Source};

/// Walks one item and gathers its edges.
pub(super) struct Walker<'p, 'w, 'a> {
    pub(super) program: &'p Program<'w, 'a>,
    pub(super) edges: Edges,
    pub(super) meanings: Meanings,
    pub(super) node: NodeId,
    pub(super) krate: CrateId,
    pub(super) scope: Scope,
    pub(super) module: ModId,
    pub(super) instance: InstanceId,
    /// Local variables, innermost last: name, type, and who wrote the name.
    pub(super) locals: Vec<(Symbol, Ty, Origin)>,
    /// How many of them are the function's parameters.
    pub(super) params: usize,
    /// Macro calls that are being read, innermost last.
    pub(super) expanding: Vec<Expanding<'a>>,
    /// How many were read so far.
    pub(super) macro_calls: u32,
    /// Those that have neither type nor value so far, by their place among all.
    pub(super) undecided: HashSet<usize>,
    /// What the function around returns, for `return` and `?`.
    pub(super) result: Ty,
    pub(super) depth: u32,
    /// The textual scope of macros around what is read anew of a call, in the call's module.
    pub(super) env_around: Option<(ModId, EnvId)>,
    /// How many macro calls were expanded: those that make more calls than they are end somewhere.
    pub(super) expansions: u32,
    /// Inside of a macro call that is not expanded: names that mean nothing are no news.
    pub(super) lenient: bool,
    /// Definitions that were scanned for names because a call could not be expanded.
    pub(super) scanned: HashSet<NodeId>,
}

/// The edges of a node.
pub(crate) fn edges_of(program: &Program<'_, '_>, id: NodeId) -> Edges {
    let node = program.world.node(id);
    let mut walker = Walker::of(program, id);
    walker.edges.switches = node.switches;
    match node.made_by.map(|id| (id, program.world.node(id).source)) {
        // What stands in a call as it would outside of it is its own; what the macro does with it is the package's.
        Some((_, Source::Call(call))) => {
            walker.macro_path(call);
            walker.hand_signature();
        }
        Some((definition, _)) => {
            walker.edges.nodes.insert(definition);
        }
        None => {}
    }
    if let Some(around) = program.world.module(node.module).attributed {
        walker.edges.nodes.insert(around);
        walker.hand_signature();
    }
    walker.edges.nodes.extend(node.parent);
    match node.source {
        Source::Item(item) => walker.item(item),
        Source::Call(call) => walker.closed_call(call),
    }
    walker.edges.nodes.remove(&id);
    walker.edges.meanings.extend(walker.meanings.finish());
    if walker.edges.switches.features
        && let Some(features) = program.world.krate(node.krate).cfg.likely_features()
    {
        let features = features.collect::<Vec<_>>().join(" ");
        let meaning = Meaning::Text(Symbol::new(&features));
        walker
            .edges
            .meanings
            .insert((Symbol::new("features"), meaning));
    }
    walker.edges
}

/// What may be brought to a function that is called from outside, where that is not among its edges: it takes a look into
/// all types of the signature, and most functions are no roots.
pub(crate) fn brought_to(program: &Program<'_, '_>, id: NodeId) -> Edges {
    let mut walker = Walker::of(program, id);
    if let Some(function) = program.world.node(id).function()
        && !walker.is_checkpointed()
    {
        walker.signature_traits(function);
    }
    walker.edges
}

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    fn of(program: &'p Program<'w, 'a>, id: NodeId) -> Self {
        let node = program.world.node(id);
        Walker {
            program,
            edges: Edges::default(),
            meanings: Meanings::default(),
            node: id,
            krate: node.krate,
            scope: Scope::clone(&program.scope(id)),
            module: node.module,
            instance: node.instance,
            locals: Vec::new(),
            params: 0,
            expanding: Vec::new(),
            macro_calls: 0,
            undecided: HashSet::default(),
            result: Ty::Unknown,
            depth: 0,
            env_around: None,
            expansions: 0,
            lenient: false,
            scanned: HashSet::default(),
        }
    }

    fn is_checkpointed(&self) -> bool {
        let item = self.program.world.node(self.node).item();
        item.is_some_and(|item| !item.attributes.checkpoint.is_empty())
    }

    fn item(&mut self, item: &'a ir::Item) {
        self.attributes(item);
        match &item.kind {
            ItemKind::Fn(function) => self.function(function),
            ItemKind::Struct(data) => {
                self.generics(&data.generics);
                self.fields(&data.fields);
            }
            ItemKind::Enum(data) => {
                self.generics(&data.generics);
                for variant in &data.variants {
                    if !self.cfg(&variant.cfg) {
                        continue;
                    }
                    self.fields(&variant.fields);
                    if let Some(value) = &variant.discriminant {
                        self.expr(value, &Ty::prim("{integer}"));
                    }
                }
            }
            ItemKind::Trait(data) => {
                self.generics(&data.generics);
                for path in &data.supertraits {
                    self.bound(path);
                }
            }
            ItemKind::Impl(data) => {
                self.generics(&data.generics);
                self.mention_type(&data.self_ty);
                if let Some(path) = &data.of_trait {
                    self.bound(path);
                }
                let closed = self
                    .program
                    .impls
                    .get(&self.node)
                    .map(|facts| facts.closed.clone());
                self.edges.nodes.extend(closed.unwrap_or_default());
            }
            ItemKind::Type(data) => {
                self.generics(&data.generics);
                data.bounds.iter().for_each(|path| self.bound(path));
                if let Some(ty) = &data.ty {
                    self.mention_type(ty);
                    self.objects_of(ty);
                }
            }
            ItemKind::Const(data) | ItemKind::Static(data) => {
                self.generics(&data.generics);
                self.mention_type(&data.ty);
                let ty = self.program.ty(&data.ty, &self.scope);
                if matches!(item.kind, ItemKind::Static(_)) {
                    self.contents_of_static(&data.ty, item);
                }
                if let Some(value) = &data.value {
                    self.expr(value, &ty);
                } else if self.program.world.node(self.node).parent.is_none() {
                    self.impure_at(item.name_at, "a static of another language");
                }
            }
            ItemKind::Verbatim(text) => self.scan(text, item.start),
            // Whatever is in it, the macro may make anything of it.
            ItemKind::Mod(_) => {
                let world = self.program.world;
                let inside = |id: &NodeId| {
                    let node = world.node(*id);
                    world.module(node.module).attributed == Some(self.node) && !node.test_only
                };
                self.edges.nodes.extend(world.ids().filter(inside));
            }
            ItemKind::MacroRules(_)
            | ItemKind::Macro(_)
            | ItemKind::Use(_)
            | ItemKind::ExternCrate(_)
            | ItemKind::ForeignMod(_) => {}
        }
    }

    fn attributes(&mut self, item: &'a ir::Item) {
        for path in item
            .attributes
            .derives
            .iter()
            .chain(&item.attributes.foreign)
        {
            self.attribute_macro(path);
        }
        // Option words of unknown attributes look like names too.
        self.lenient = true;
        for mention in &item.attributes.mentions {
            if let ir::Expr::Path(path) = mention
                && self.whole_module(path)
            {
                continue;
            }
            self.expr(mention, &Ty::Unknown);
        }
        self.lenient = false;
        for layer in &item.attributes.checkpoint {
            for pattern in &layer.files {
                self.edges.files.extend(crate::track::matching(
                    &self.program.world.krate(self.krate).dir,
                    pattern,
                ));
            }
        }
    }

    /// `serde(with = "module")`: whatever stands in the module may be called. Whether the path means a module.
    fn whole_module(&mut self, path: &'a ir::Path) -> bool {
        let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
        let found =
            self.program
                .names()
                .path(self.module, &segments, path.global, crate::world::Ns::Type);
        let mut any = false;
        for def in found.defs {
            let Def::Mod(module) = def else { continue };
            any = true;
            for bindings in self.program.world.module(module).defined.values() {
                for binding in bindings {
                    if let Def::Node(node) = binding.def {
                        self.edges.nodes.insert(node);
                        self.meaning(&segments, binding.def);
                    }
                }
            }
        }
        any
    }

    /// A derive or attribute macro: of the analysed crates the whole macro crate counts, of others the package.
    fn attribute_macro(&mut self, path: &'a ir::Path) {
        let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
        let names = self.program.names();
        let mut may_be_std = false;
        for ns in [crate::world::Ns::Macro, crate::world::Ns::Type] {
            let found = names.path(self.module, &segments, path.global, ns);
            let is_std = |def: &Def| matches!(def, Def::Foreign(_, crate::world::STD));
            may_be_std |= found.defs.iter().any(is_std);
            // What needs no import says nothing of what the name means here.
            let of_prelude = ns == crate::world::Ns::Macro && segments.len() == 1;
            for def in found.defs {
                if of_prelude && is_std(&def) {
                    continue;
                }
                match def {
                    Def::Foreign(_, package) => {
                        self.package(package);
                        self.meaning(&segments, def);
                        // A package's glob may bring a derive of the same name, but none that is made for a library.
                        if may_be_std {
                            continue;
                        }
                        // An attribute on a function may wrap its body in anything; a derive only adds impls.
                        self.hand_signature();
                        self.written_by(
                            |named| matches!(named, Extern::Package(id, _) if *id == package),
                        );
                    }
                    Def::Node(node) if self.program.world.node(node).kind == Kind::Fn => {
                        let krate = self.program.world.node(node).krate;
                        self.edges.whole_crates.insert(krate);
                        self.written_by(|named| matches!(named, Extern::Crate(id) if *id == krate));
                    }
                    _ => {}
                }
            }
        }
    }

    /// What a macro writes may name all that libraries which depend on it keep for it.
    fn written_by(&mut self, is_its: impl Fn(&Extern) -> bool) {
        let program = self.program;
        for node in program.for_macros.named_by(program.world, is_its) {
            self.edges.nodes.insert(node);
            for (member, of_trait) in program.members_by_name(node) {
                match of_trait {
                    Some(name) => self.edges.demand(Demand::Member(member, name, Head::Any)),
                    None => {
                        self.edges.nodes.insert(member);
                    }
                }
            }
        }
    }

    /// Code of a package calls the function around, or is called around its body.
    fn hand_signature(&mut self) {
        let Some(function) = self.program.world.node(self.node).function() else {
            return;
        };
        let written = function
            .params
            .iter()
            .map(|param| &param.ty)
            .chain(&function.result);
        let types: Vec<Ty> = written.map(|ty| self.program.ty(ty, &self.scope)).collect();
        let own = function.receiver.as_ref().map(|_| &self.scope.self_ty);
        self.edges.hand(self.on(types.iter().chain(own)));
    }

    pub(super) fn meaning(&mut self, segments: &[Symbol], def: Def) {
        if let Some(meaning) = Meaning::of(def) {
            let spelled = match segments {
                [only] => *only,
                _ => Symbol::new(
                    &segments
                        .iter()
                        .map(|s| s.as_str())
                        .collect::<Vec<_>>()
                        .join("::"),
                ),
            };
            self.meanings.note(spelled, meaning);
        }
    }

    fn function(&mut self, function: &'a ir::Function) {
        self.generics(&function.generics);
        if self.is_checkpointed() {
            self.signature_traits(function);
        }
        for param in &function.params {
            self.mention_type(&param.ty);
        }
        match &function.receiver {
            Some(ir::Receiver::Typed(ty)) => {
                self.mention_type(ty);
                let ty = self.program.ty(ty, &self.scope);
                self.bind(Symbol::new("self"), ty);
            }
            Some(ir::Receiver::Reference) => {
                self.bind(Symbol::new("self"), self.scope.self_ty.clone().referenced())
            }
            Some(ir::Receiver::Value) => self.bind(Symbol::new("self"), self.scope.self_ty.clone()),
            None => {}
        }
        let result = match &function.result {
            Some(ty) => {
                self.mention_type(ty);
                self.program.ty(ty, &self.scope)
            }
            None => Ty::unit(),
        };
        self.result = result.clone();
        for param in &function.params {
            let ty = self.program.ty(&param.ty, &self.scope);
            self.pattern(&param.pattern, &ty);
        }
        self.params = self.locals.len();
        match &function.body {
            Some(body) => {
                let found = self.block(body, &result);
                self.settle(&found, &result);
            }
            None if self.program.world.node(self.node).parent.is_none() => {
                let at = self.program.world.node(self.node).name_at;
                self.impure_at(at, "a function of another language");
            }
            None => {}
        }
    }

    fn fields(&mut self, fields: &'a ir::Fields) {
        for field in &fields.fields {
            if self.cfg(&field.cfg) {
                self.mention_type(&field.ty);
                self.objects_of(&field.ty);
            }
        }
    }

    fn objects_of(&mut self, ty: &'a ir::Type) {
        let ty = self.program.ty(ty, &self.scope);
        self.edges.objects.extend(super::On::objects(&ty));
    }

    pub(super) fn generics(&mut self, generics: &'a ir::Generics) {
        for param in &generics.types {
            param.bounds.iter().for_each(|path| self.bound(path));
            if let Some(ty) = &param.default {
                self.mention_type(ty);
            }
        }
        for (_, ty, default) in &generics.consts {
            self.mention_type(ty);
            if let Some(default) = default {
                self.expr(default, &Ty::prim("{integer}"));
            }
        }
        for (ty, bounds) in &generics.wheres {
            self.mention_type(ty);
            bounds.iter().for_each(|path| self.bound(path));
        }
    }

    /// Whether a part under these predicates may be compiled; undecided ones leave their switches.
    pub(super) fn cfg(&mut self, predicates: &[crate::cfg::Predicate]) -> bool {
        let set = &self.program.world.krate(self.krate).cfg;
        for predicate in predicates {
            if predicate.eval(set) == crate::cfg::Truth::False {
                return false;
            }
            self.edges.switches = self.edges.switches.union(predicate.switches(set));
        }
        true
    }

    pub(super) fn bind(&mut self, name: Symbol, ty: Ty) {
        self.undecided.remove(&self.locals.len());
        self.locals.push((name, ty, self.origin(name)));
    }

    /// The substitutions for the generics of an ADT value.
    pub(super) fn adt_map(&self, node: NodeId, args: &[Ty]) -> HashMap<Symbol, Ty> {
        self.program.adt_map(node, args)
    }
}
