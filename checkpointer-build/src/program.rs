//! Facts about the linked program that every body is read with: what each impl implements and for
//! which types, which methods there are by name, and types as the inference sees them.

use std::cell::RefCell;
use std::rc::Rc;

use crate::expand::MacroDef;
use crate::ir::{self, ItemKind};
use crate::map::{HashMap, HashSet};
use crate::resolve::{Names, Resolution};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Def, Kind, ModId, Ns, PackageId, World};

/// An impl block.
#[derive(Debug, Default)]
pub(crate) struct ImplFacts {
    /// The traits it may implement: one, unless its name is ambiguous or unknown (then empty).
    pub(crate) of: Vec<TraitRef>,
    pub(crate) is_trait_impl: bool,
    /// Whether it holds for every choice of its type's parameters: no bounds, and nothing but parameters as arguments.
    pub(crate) unconditional: bool,
    pub(crate) self_ty: Ty,
    /// The arguments of the trait.
    pub(crate) arguments: Vec<Ty>,
    /// The types of the analysed crates that its header names outside of bounds: it applies when all of them are reachable.
    pub(crate) locals: Vec<NodeId>,
    /// Lengths of arrays in its header: they have to be there, too.
    pub(crate) lengths: Vec<u64>,
    pub(crate) members: HashMap<Symbol, Vec<NodeId>>,
    /// Macro calls among its members that stay closed: they may define any member.
    pub(crate) closed: Vec<NodeId>,
}

/// A trait.
#[derive(Debug, Default)]
pub(crate) struct TraitFacts {
    pub(crate) members: HashMap<Symbol, Vec<NodeId>>,
    pub(crate) supertraits: Vec<TraitRef>,
    pub(crate) impls: Vec<NodeId>,
    pub(crate) closed: Vec<NodeId>,
}

/// The shape of a self type: what a receiver's type is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Head {
    Adt(NodeId),
    /// `dyn Trait`.
    Dyn(NodeId),
    Std(Symbol),
    Prim(Symbol),
    Reference,
    Tuple,
    Slice,
    Array,
    Function,
    /// A type parameter, or something that is not known: fits everything.
    Any,
}

impl Head {
    pub(crate) fn of(ty: &Ty) -> Head {
        match ty {
            Ty::Adt(node, _) => Head::Adt(*node),
            Ty::Std(name, _) | Ty::Foreign(name) => Head::Std(*name),
            Ty::Prim(name) if name.starts_with('{') => Head::Any,
            Ty::Prim(name) => Head::Prim(*name),
            Ty::Ref(_) | Ty::Pointer(_) => Head::Reference,
            Ty::Tuple(_) => Head::Tuple,
            Ty::Slice(_) => Head::Slice,
            Ty::Array(_) => Head::Array,
            Ty::Function(..) => Head::Function,
            Ty::Traits(bounds) => match bounds.first() {
                Some(Bound {
                    of: TraitRef::Local(node),
                    ..
                }) => Head::Dyn(*node),
                _ => Head::Any,
            },
            Ty::Unknown | Ty::Outside | Ty::Never | Ty::Param(_) => Head::Any,
        }
    }

    /// Whether a value whose type has this head may use an impl for a self type with the other head.
    pub(crate) fn may_use(self, implemented_for: Head) -> bool {
        // A method call borrows its receiver where it must, so an impl for a reference fits everything.
        self == implemented_for
            || self == Head::Any
            || matches!(implemented_for, Head::Any | Head::Reference)
    }
}

/// A type's outline where no method call adjusts it: how many references, and what is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shape {
    refs: u8,
    head: Head,
}

impl Shape {
    pub(crate) fn of(ty: &Ty) -> Shape {
        let mut refs = 0;
        let mut inner = ty;
        while let Ty::Ref(next) = inner {
            refs += 1;
            inner = next;
        }
        let head = match inner {
            // Which integer is open, that it is one is not.
            Ty::Prim(name) => Head::Prim(*name),
            // What stands behind them may be anything that has the traits; a package's type has many paths.
            Ty::Traits(_) | Ty::Foreign(_) | Ty::Outside => Head::Any,
            other => Head::of(other),
        };
        Shape { refs, head }
    }

    /// Whether an impl for a type of the other outline may be meant.
    pub(crate) fn may_be(self, of_impl: Shape) -> bool {
        match (self.head, of_impl.head) {
            (_, Head::Any) => true,
            (Head::Any, _) => of_impl.refs >= self.refs,
            _ if self.refs != of_impl.refs => false,
            (Head::Prim(one), Head::Prim(other)) => {
                one == other || one.starts_with('{') || other.starts_with('{')
            }
            (one, other) => one == other,
        }
    }

    /// The same where a reference may be turned into another one.
    pub(crate) fn may_become(self, of_impl: Shape) -> bool {
        self.may_be(of_impl) || (self.refs > 0 && of_impl.refs > 0)
    }
}

/// Where a type is written: what names mean there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) module: Option<ModId>,
    /// Type parameters, innermost last, with their bounds.
    pub(crate) params: Vec<(Symbol, Vec<Bound>)>,
    /// What `Self` means.
    pub(crate) self_ty: Ty,
    /// The impl or trait around.
    pub(crate) parent: Option<NodeId>,
}

/// All facts.
pub(crate) struct Program<'w, 'a> {
    pub(crate) world: &'w World<'a>,
    pub(crate) impls: HashMap<NodeId, ImplFacts>,
    pub(crate) traits: HashMap<NodeId, TraitFacts>,
    /// Inherent impls by type, or by trait for `impl dyn Trait`.
    pub(crate) inherent: HashMap<NodeId, Vec<NodeId>>,
    /// Trait impls by the type that they are for; impls for anything else are in `open_impls`.
    pub(crate) impls_of_type: HashMap<NodeId, Vec<NodeId>>,
    /// Trait impls for type parameters, foreign types and unknown ones.
    pub(crate) open_impls: Vec<NodeId>,
    /// Local traits that have a member of a name.
    pub(crate) traits_with: HashMap<Symbol, Vec<NodeId>>,
    /// Functions of inherent impls by name.
    pub(crate) inherent_named: HashMap<Symbol, Vec<NodeId>>,
    /// All members of impls and traits by their name.
    pub(crate) members_named: HashMap<Symbol, Vec<NodeId>>,
    /// Functions of libraries whose name begins with two underscores.
    pub(crate) for_macros: Vec<NodeId>,
    /// All items by their last name, for names that can't be resolved.
    pub(crate) named: HashMap<Symbol, Vec<NodeId>>,
    /// Scopes of items' generics, made once.
    scopes: RefCell<HashMap<NodeId, Rc<Scope>>>,
    aliases: RefCell<HashSet<NodeId>>,
    definitions: RefCell<HashMap<NodeId, Option<Rc<MacroDef>>>>,
    imported: RefCell<HashMap<ModId, Rc<HashSet<NodeId>>>>,
    packages: RefCell<HashMap<ModId, Rc<Vec<PackageId>>>>,
}

impl<'w, 'a> Program<'w, 'a> {
    pub(crate) fn new(world: &'w World<'a>) -> Self {
        let mut program = Program {
            world,
            impls: HashMap::default(),
            traits: HashMap::default(),
            inherent: HashMap::default(),
            impls_of_type: HashMap::default(),
            open_impls: Vec::new(),
            traits_with: HashMap::default(),
            inherent_named: HashMap::default(),
            members_named: HashMap::default(),
            for_macros: Vec::new(),
            named: HashMap::default(),
            scopes: RefCell::default(),
            aliases: RefCell::default(),
            definitions: RefCell::default(),
            imported: RefCell::default(),
            packages: RefCell::default(),
        };
        program.index_traits();
        program.index_impls();
        program.free_lone_impls();
        let members = program.impls.values().map(|facts| &facts.members);
        let members = members.chain(program.traits.values().map(|facts| &facts.members));
        let mut named: HashMap<Symbol, Vec<NodeId>> = HashMap::default();
        for (name, nodes) in members.flatten() {
            named.entry(*name).or_default().extend(nodes);
        }
        program.members_named = named;
        for id in world.ids() {
            let node = world.node(id);
            if node.name.starts_with("__") && node.kind == Kind::Fn && !node.test_only {
                program.for_macros.push(id);
            }
            if node.parent.is_none()
                && !node.name.is_empty()
                && !matches!(node.kind, Kind::Call | Kind::Impl)
            {
                program.named.entry(node.name).or_default().push(id);
            }
        }
        program
    }

    pub(crate) fn names(&self) -> Names<'w, 'a> {
        Names::new(self.world)
    }

    fn members_of(&self, of: NodeId) -> (HashMap<Symbol, Vec<NodeId>>, Vec<NodeId>) {
        let mut members: HashMap<Symbol, Vec<NodeId>> = HashMap::default();
        let mut closed = Vec::new();
        for id in self.world.members(of) {
            let node = self.world.node(*id);
            if node.kind == Kind::Call {
                closed.push(*id);
            } else {
                members.entry(node.name).or_default().push(*id);
            }
        }
        (members, closed)
    }

    fn index_traits(&mut self) {
        for id in self.world.ids() {
            let node = self.world.node(id);
            if node.kind != Kind::Trait {
                continue;
            }
            let (members, closed) = self.members_of(id);
            for name in members.keys() {
                self.traits_with.entry(*name).or_default().push(id);
            }
            let scope = self.scope(id);
            let supertraits = match node.item().map(|item| &item.kind) {
                Some(ItemKind::Trait(data)) => data
                    .supertraits
                    .iter()
                    .flat_map(|path| self.trait_refs(path, &scope))
                    .collect(),
                _ => Vec::new(),
            };
            self.traits.insert(
                id,
                TraitFacts {
                    members,
                    supertraits,
                    impls: Vec::new(),
                    closed,
                },
            );
        }
        for list in self.traits_with.values_mut() {
            list.sort();
        }
    }

    fn index_impls(&mut self) {
        for id in self.world.impls.clone() {
            let node = self.world.node(id);
            let Some(ItemKind::Impl(data)) = node.item().map(|item| &item.kind) else {
                continue;
            };
            let scope = self.scope(id);
            let of = match &data.of_trait {
                Some(path) => self.trait_refs(path, &scope),
                None => Vec::new(),
            };
            let mut locals = Vec::new();
            collect_locals(&scope.self_ty, &mut locals);
            let mut lengths = Vec::new();
            lengths_in(&data.self_ty, &mut lengths);
            let mut arguments = Vec::new();
            for segment in data.of_trait.iter().flat_map(|path| &path.segments) {
                for ty in segment.args.iter().flat_map(|args| &args.types) {
                    lengths_in(ty, &mut lengths);
                    let ty = self.ty(ty, &scope);
                    collect_locals(&ty, &mut locals);
                    arguments.push(ty);
                }
            }
            lengths.sort_unstable();
            lengths.dedup();
            locals.sort();
            locals.dedup();
            let (members, closed) = self.members_of(id);
            let head = Head::of(&scope.self_ty);
            if data.of_trait.is_none() {
                match head {
                    Head::Adt(on) | Head::Dyn(on) => self.inherent.entry(on).or_default().push(id),
                    _ => {}
                }
                for (name, nodes) in &members {
                    self.inherent_named.entry(*name).or_default().extend(nodes);
                }
            } else {
                for of in &of {
                    if let TraitRef::Local(of) = of
                        && let Some(facts) = self.traits.get_mut(of)
                    {
                        facts.impls.push(id);
                    }
                }
                match head {
                    Head::Adt(on) | Head::Dyn(on) => {
                        self.impls_of_type.entry(on).or_default().push(id)
                    }
                    _ => self.open_impls.push(id),
                }
            }
            self.impls.insert(
                id,
                ImplFacts {
                    of,
                    is_trait_impl: data.of_trait.is_some(),
                    unconditional: self.unconditional(data, &scope),
                    self_ty: scope.self_ty.clone(),
                    arguments,
                    locals,
                    lengths,
                    members,
                    closed,
                },
            );
        }
    }

    /// Whether an impl asks no more of its type's parameters than the type itself does.
    fn unconditional(&self, data: &ir::Impl, scope: &Scope) -> bool {
        if !data.generics.consts.is_empty() {
            return false;
        }
        let free = data.generics.wheres.is_empty()
            && data
                .generics
                .types
                .iter()
                .all(|param| param.bounds.is_empty());
        let Ty::Adt(node, args) = &scope.self_ty else {
            return free;
        };
        let mut seen = HashSet::default();
        let open = args
            .iter()
            .all(|arg| matches!(arg, Ty::Param(name) if seen.insert(*name)));
        if free || !open {
            return free && open;
        }
        let is_plain = |ty: &ir::Type| matches!(ty, ir::Type::Path(path) if path.qself.is_none() && path.segments.len() == 1);
        let declared = self.scope(*node);
        data.generics.wheres.iter().all(|(ty, _)| is_plain(ty))
            && args.iter().zip(&declared.params).all(|(arg, (_, given))| {
                let Ty::Param(name) = arg else { return false };
                let asked = self.bounds_of(scope, *name);
                let written = data.generics.types.iter().filter(|param| param.name == *name);
                let wheres = data.generics.wheres.iter().filter(|(ty, _)| {
                    matches!(ty, ir::Type::Path(path) if path.segments.first().is_some_and(|s| s.name == *name))
                });
                let paths = written.map(|param| param.bounds.len()).sum::<usize>()
                    + wheres.map(|(_, bounds)| bounds.len()).sum::<usize>();
                // A bound that means no trait, or one with arguments, is not compared.
                asked.len() == paths
                    && asked.iter().all(|bound| {
                        let plain = match bound.of {
                            TraitRef::Local(of) => self.scope(of).params.len() == 1,
                            TraitRef::Foreign(of) => matches!(
                                &*of,
                                "Copy" | "Clone" | "Ord" | "Eq" | "Hash" | "Iterator" | "Read" | "Write" | "Sized" | "Send" | "Sync"
                            ),
                        };
                        plain
                            && bound.bindings.is_empty()
                            && given.iter().any(|other| other.of == bound.of)
                    })
            })
    }

    /// Where one impl alone fits a half known type, the compiler takes the other half from its header: types and lengths that
    /// nothing else has to name. So such an impl waits for the head of its self type only.
    fn free_lone_impls(&mut self) {
        let mut by_head: HashMap<(TraitRef, Head), Vec<NodeId>> = HashMap::default();
        for (id, facts) in &self.impls {
            for of in &facts.of {
                let head = Head::of(&facts.self_ty);
                by_head.entry((*of, head)).or_default().push(*id);
            }
        }
        let mut lone = Vec::new();
        for ((of, head), ids) in &by_head {
            // For foreign types and traits there are impls that are not seen.
            if matches!(of, TraitRef::Foreign(_)) && !matches!(head, Head::Adt(_)) {
                continue;
            }
            lone.extend(ids.iter().filter(|id| {
                let facts = &self.impls[id];
                !ids.iter().any(|other| {
                    let other_facts = &self.impls[other];
                    let outlines = match (&facts.self_ty, &other_facts.self_ty) {
                        (Ty::Adt(_, left), Ty::Adt(_, right)) => all_alike(left, right),
                        (left, right) => alike(left, right),
                    };
                    other != *id && outlines && all_alike(&facts.arguments, &other_facts.arguments)
                })
            }));
        }
        for id in lone {
            if let Some(facts) = self.impls.get_mut(&id) {
                facts.lengths.clear();
                match &facts.self_ty {
                    Ty::Adt(node, _) => facts.locals.retain(|local| local == node),
                    _ => facts.locals.clear(),
                }
            }
        }
    }

    /// What names mean inside of an item: its generics and those around it, and `Self`.
    pub(crate) fn scope(&self, id: NodeId) -> Rc<Scope> {
        if let Some(known) = self.scopes.borrow().get(&id) {
            return Rc::clone(known);
        }
        let node = self.world.node(id);
        let mut scope = match node.parent {
            Some(parent) => Scope::clone(&self.scope(parent)),
            None => Scope {
                module: Some(node.module),
                ..Scope::default()
            },
        };
        scope.module = Some(node.module);
        let generics = node.item().and_then(|item| match &item.kind {
            ItemKind::Fn(data) => Some(&data.generics),
            ItemKind::Struct(data) => Some(&data.generics),
            ItemKind::Enum(data) => Some(&data.generics),
            ItemKind::Trait(data) => Some(&data.generics),
            ItemKind::Impl(data) => Some(&data.generics),
            ItemKind::Type(data) => Some(&data.generics),
            ItemKind::Const(data) | ItemKind::Static(data) => Some(&data.generics),
            _ => None,
        });
        match node.kind {
            Kind::Trait => {
                scope.self_ty = Ty::Param(Symbol::new("Self"));
                scope.parent = Some(id);
                let own = Bound {
                    of: TraitRef::Local(id),
                    bindings: Vec::new(),
                };
                scope.params.push((Symbol::new("Self"), vec![own]));
            }
            Kind::Impl => scope.parent = Some(id),
            Kind::Struct | Kind::Enum | Kind::Union => {
                let args = generics
                    .into_iter()
                    .flat_map(|g| &g.types)
                    .map(|param| Ty::Param(param.name));
                scope.self_ty = Ty::Adt(id, args.collect());
            }
            _ => {}
        }
        if let Some(generics) = generics {
            self.add_generics(generics, &mut scope);
        }
        if let Some(ItemKind::Impl(data)) = node.item().map(|item| &item.kind) {
            scope.self_ty = self.ty(&data.self_ty, &scope);
        }
        let scope = Rc::new(scope);
        self.scopes.borrow_mut().insert(id, Rc::clone(&scope));
        scope
    }

    fn add_generics(&self, generics: &ir::Generics, scope: &mut Scope) {
        for param in &generics.types {
            scope.params.push((param.name, Vec::new()));
        }
        let base = scope.params.len() - generics.types.len();
        for (at, param) in generics.types.iter().enumerate() {
            let bounds: Vec<Bound> = param
                .bounds
                .iter()
                .flat_map(|path| self.bounds(path, scope))
                .collect();
            scope.params[base + at].1.extend(bounds);
        }
        for (ty, bounds) in &generics.wheres {
            if let ir::Type::Path(path) = ty
                && path.qself.is_none()
                && let [only] = path.segments.as_slice()
            {
                let bounds: Vec<Bound> = bounds
                    .iter()
                    .flat_map(|path| self.bounds(path, scope))
                    .collect();
                if let Some((_, known)) = scope
                    .params
                    .iter_mut()
                    .rev()
                    .find(|(name, _)| *name == only.name)
                {
                    known.extend(bounds);
                }
            }
        }
    }

    /// The traits that a path in a bound means.
    pub(crate) fn trait_refs(&self, path: &ir::Path, scope: &Scope) -> Vec<TraitRef> {
        let Some(module) = scope.module else {
            return Vec::new();
        };
        let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
        let found = self.names().path(module, &segments, path.global, Ns::Type);
        found
            .defs
            .iter()
            .filter_map(|def| self.trait_of(*def))
            .collect()
    }

    fn trait_of(&self, def: Def) -> Option<TraitRef> {
        match def {
            Def::Node(node) if self.world.node(node).kind == Kind::Trait => {
                Some(TraitRef::Local(node))
            }
            Def::Foreign(path, package) => Some(TraitRef::Foreign(foreign_name(path, package))),
            _ => None,
        }
    }

    /// A bound, with the associated types that it binds.
    pub(crate) fn bounds(&self, path: &ir::Path, scope: &Scope) -> Vec<Bound> {
        let mut bindings = Vec::new();
        if let Some(args) = path
            .segments
            .last()
            .and_then(|segment| segment.args.as_deref())
        {
            for (name, ty) in &args.bindings {
                bindings.push((*name, self.ty(ty, scope)));
            }
            if let Some((inputs, output)) = &args.parenthesized {
                bindings.push((Symbol::new("Output"), self.ty(output, scope)));
                let inputs = inputs.iter().map(|ty| self.ty(ty, scope)).collect();
                bindings.push((Symbol::new("Args"), Ty::Tuple(inputs)));
            }
        }
        let refs = self.trait_refs(path, scope);
        refs.into_iter()
            .map(|of| Bound {
                of,
                bindings: bindings.clone(),
            })
            .collect()
    }

    /// The bounds of a type parameter.
    pub(crate) fn bounds_of<'s>(&self, scope: &'s Scope, name: Symbol) -> &'s [Bound] {
        let found = scope.params.iter().rev().find(|(param, _)| *param == name);
        found.map_or(&[], |(_, bounds)| bounds.as_slice())
    }

    /// A type as it is written, as the inference sees it.
    pub(crate) fn ty(&self, ty: &ir::Type, scope: &Scope) -> Ty {
        match ty {
            ir::Type::Path(path) => self.path_ty(path, scope),
            ir::Type::Reference(inner) => self.ty(inner, scope).referenced(),
            ir::Type::Pointer(inner) => Ty::Pointer(Box::new(self.ty(inner, scope))),
            ir::Type::Slice(inner) => Ty::Slice(Box::new(self.ty(inner, scope))),
            ir::Type::Array(inner, ..) => Ty::Array(Box::new(self.ty(inner, scope))),
            ir::Type::Tuple(parts) => {
                Ty::Tuple(parts.iter().map(|part| self.ty(part, scope)).collect())
            }
            ir::Type::Function(inputs, output) => Ty::Function(
                inputs.iter().map(|ty| self.ty(ty, scope)).collect(),
                Box::new(self.ty(output, scope)),
            ),
            ir::Type::Dyn(bounds) | ir::Type::Impl(bounds) => Ty::Traits(
                bounds
                    .iter()
                    .flat_map(|path| self.bounds(path, scope))
                    .collect(),
            ),
            ir::Type::Never => Ty::Never,
            ir::Type::Infer | ir::Type::Macro(_) | ir::Type::Verbatim(_) => Ty::Unknown,
        }
    }

    fn args(&self, segment: Option<&ir::Segment>, scope: &Scope) -> Vec<Ty> {
        let types = segment
            .and_then(|segment| segment.args.as_deref())
            .map(|args| args.types.as_slice());
        types
            .unwrap_or_default()
            .iter()
            .map(|ty| self.ty(ty, scope))
            .collect()
    }

    fn path_ty(&self, path: &ir::Path, scope: &Scope) -> Ty {
        let Some(module) = scope.module else {
            return Ty::Unknown;
        };
        if let Some(qself) = &path.qself {
            let [only] = path.segments.as_slice() else {
                return Ty::Unknown;
            };
            let base = self.ty(&qself.ty, scope);
            return self.associated_type(&base, only.name, scope);
        }
        let first = path.segments.first().map(|segment| segment.name);
        if let Some(first) = first
            && !path.global
        {
            let base = if first == "Self" {
                Some(scope.self_ty.clone())
            } else {
                scope
                    .params
                    .iter()
                    .rev()
                    .find(|(name, _)| *name == first)
                    .map(|(name, _)| Ty::Param(*name))
            };
            if let Some(base) = base {
                return match path.segments.as_slice() {
                    [_] => base,
                    [_, name] => self.associated_type(&base, name.name, scope),
                    _ => Ty::Unknown,
                };
            }
        }
        let segments: Vec<Symbol> = path.segments.iter().map(|segment| segment.name).collect();
        let Resolution { defs, consumed, .. } =
            self.names().path(module, &segments, path.global, Ns::Type);
        let def = match defs.as_slice() {
            [def] => def,
            // Globs of several packages may bring the name: whichever does, it is theirs.
            [_, ..] if defs.iter().all(Def::is_of_package) => return Ty::Outside,
            _ => return Ty::Unknown,
        };
        let args = self.args(path.segments.get(consumed.saturating_sub(1)), scope);
        let base = self.def_ty(*def, args);
        match path.segments.get(consumed..) {
            Some([]) => base,
            Some([name]) => self.associated_type(&base, name.name, scope),
            _ => Ty::Unknown,
        }
    }

    /// The type that a definition means with these arguments.
    pub(crate) fn def_ty(&self, def: Def, mut args: Vec<Ty>) -> Ty {
        match def {
            Def::Prim(name) => Ty::Prim(name),
            Def::Foreign(path, package) => {
                if package == crate::world::STD {
                    std_facts::type_of_path(&path, args)
                } else {
                    Ty::Foreign(path)
                }
            }
            Def::Variant(node, _) => self.def_ty(Def::Node(node), args),
            Def::Node(id) => {
                let node = self.world.node(id);
                match node.item().map(|item| &item.kind) {
                    Some(ItemKind::Struct(data)) => self.adt(id, &data.generics, args),
                    Some(ItemKind::Enum(data)) => self.adt(id, &data.generics, args),
                    Some(ItemKind::Trait(_)) => Ty::Traits(vec![Bound {
                        of: TraitRef::Local(id),
                        bindings: Vec::new(),
                    }]),
                    Some(ItemKind::Type(data)) => {
                        let Some(ty) = &data.ty else {
                            return Ty::Unknown;
                        };
                        // An alias of itself through others would never end.
                        if !self.aliases.borrow_mut().insert(id) {
                            return Ty::Unknown;
                        }
                        let scope = self.scope(id);
                        let expanded = self.ty(ty, &scope);
                        self.aliases.borrow_mut().remove(&id);
                        args.resize(data.generics.types.len(), Ty::Unknown);
                        let map = data
                            .generics
                            .types
                            .iter()
                            .map(|param| param.name)
                            .zip(args)
                            .collect();
                        substitute(&expanded, &map)
                    }
                    _ => Ty::Unknown,
                }
            }
            Def::Mod(_) => Ty::Unknown,
        }
    }

    fn adt(&self, id: NodeId, generics: &ir::Generics, mut args: Vec<Ty>) -> Ty {
        for param in generics.types.iter().skip(args.len()) {
            let default = match &param.default {
                Some(ty) => self.ty(ty, &self.scope(id)),
                None => Ty::Unknown,
            };
            args.push(default);
        }
        args.truncate(generics.types.len());
        Ty::Adt(id, args)
    }

    /// `Base::Name` as a type, where exactly one impl says what it is.
    pub(crate) fn associated_type(&self, base: &Ty, name: Symbol, scope: &Scope) -> Ty {
        match base {
            Ty::Param(param) => {
                // Inside of an impl of the very trait, `Self::Name` is the impl's; a parameter's is open.
                for bound in self.bounds_of(scope, *param) {
                    if let Some((_, ty)) = bound.bindings.iter().find(|(bound, _)| *bound == name) {
                        return ty.clone();
                    }
                }
                Ty::Unknown
            }
            Ty::Adt(node, args) => {
                let mut found: Vec<Ty> = Vec::new();
                for id in self.impls_of_type.get(node).into_iter().flatten() {
                    let Some(members) = self.impl_members(*id) else {
                        continue;
                    };
                    for member in members.get(&name).into_iter().flatten() {
                        let Some(ItemKind::Type(data)) =
                            self.world.node(*member).item().map(|item| &item.kind)
                        else {
                            continue;
                        };
                        let Some(ty) = &data.ty else { continue };
                        if !self.aliases.borrow_mut().insert(*member) {
                            return Ty::Unknown;
                        }
                        let inner = self.scope(*id);
                        let ty = self.ty(ty, &inner);
                        self.aliases.borrow_mut().remove(member);
                        let map = unify(&inner.self_ty, &Ty::Adt(*node, args.clone()));
                        found.push(substitute(&ty, &map));
                    }
                }
                found.dedup();
                match found.as_slice() {
                    [only] => only.clone(),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }

    fn impl_members(&self, id: NodeId) -> Option<&HashMap<Symbol, Vec<NodeId>>> {
        self.impls.get(&id).map(|facts| &facts.members)
    }

    /// A trait and all its supertraits.
    pub(crate) fn with_supertraits(&self, of: TraitRef) -> Vec<TraitRef> {
        let mut all = vec![of];
        let mut at = 0;
        while at < all.len() {
            if let TraitRef::Local(node) = all[at]
                && let Some(facts) = self.traits.get(&node)
            {
                for next in &facts.supertraits {
                    if !all.contains(next) {
                        all.push(*next);
                    }
                }
            }
            at += 1;
        }
        all
    }

    /// A macro's parsed definition.
    pub(crate) fn definition(
        &self,
        node: NodeId,
        parse: impl FnOnce() -> Option<MacroDef>,
    ) -> Option<Rc<MacroDef>> {
        if let Some(known) = self.definitions.borrow().get(&node) {
            return known.clone();
        }
        let parsed = parse().map(Rc::new);
        self.definitions.borrow_mut().insert(node, parsed.clone());
        parsed
    }

    /// The local traits whose methods may be called in a module because they are imported or defined there.
    pub(crate) fn traits_imported(&self, module: ModId) -> Rc<HashSet<NodeId>> {
        if let Some(known) = self.imported.borrow().get(&module) {
            return Rc::clone(known);
        }
        let mut found = HashSet::default();
        let mut at = Some(module);
        while let Some(module) = at {
            let mut seen = HashSet::default();
            self.traits_of_module(module, &mut seen, &mut found);
            let data = self.world.module(module);
            at = if data.is_block { data.parent } else { None };
        }
        let found = Rc::new(found);
        self.imported.borrow_mut().insert(module, Rc::clone(&found));
        found
    }

    /// Packages of which something with a type's or trait's name, or everything, is imported where a module's code stands.
    pub(crate) fn packages_imported(&self, module: ModId) -> Rc<Vec<PackageId>> {
        if let Some(known) = self.packages.borrow().get(&module) {
            return Rc::clone(known);
        }
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
        let found = Rc::new(found);
        self.packages.borrow_mut().insert(module, Rc::clone(&found));
        found
    }

    fn packages_of_module(
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

    fn traits_of_module(
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

    /// The generics that a type's parameters stand for, by name.
    pub(crate) fn adt_map(&self, node: NodeId, args: &[Ty]) -> HashMap<Symbol, Ty> {
        let generics = match self.world.node(node).item().map(|item| &item.kind) {
            Some(ItemKind::Struct(data)) => &data.generics,
            Some(ItemKind::Enum(data)) => &data.generics,
            _ => return HashMap::default(),
        };
        let names = generics.types.iter().map(|param| param.name);
        names
            .zip(args.iter().cloned().chain(std::iter::repeat(Ty::Unknown)))
            .collect()
    }
}

/// Facts about std go by simple names; everything else by its full path.
pub(crate) fn foreign_name(path: Symbol, package: crate::world::PackageId) -> Symbol {
    if package == crate::world::STD {
        Symbol::new(path.rsplit("::").next().unwrap_or(&path))
    } else {
        path
    }
}

/// Lengths of arrays that a type is written with; those that are no plain numbers fit any.
fn lengths_in(ty: &ir::Type, found: &mut Vec<u64>) {
    match ty {
        ir::Type::Array(inner, _, number) => {
            found.extend(*number);
            lengths_in(inner, found);
        }
        ir::Type::Reference(inner) | ir::Type::Pointer(inner) | ir::Type::Slice(inner) => {
            lengths_in(inner, found);
        }
        ir::Type::Tuple(parts) => parts.iter().for_each(|part| lengths_in(part, found)),
        ir::Type::Path(path) => {
            let args = path.segments.iter().filter_map(|s| s.args.as_deref());
            args.flat_map(|args| &args.types)
                .for_each(|ty| lengths_in(ty, found));
        }
        _ => {}
    }
}

/// Whether a type that is the left one, but for the types of the analysed crates in it, may be the right one as well.
fn alike(left: &Ty, right: &Ty) -> bool {
    match (left, right) {
        (Ty::Adt(..), _) => true,
        (Ty::Prim(a), Ty::Prim(b)) => a == b,
        (Ty::Std(a, left), Ty::Std(b, right)) => a == b && all_alike(left, right),
        (Ty::Tuple(left), Ty::Tuple(right)) => left.len() == right.len() && all_alike(left, right),
        (Ty::Ref(left), Ty::Ref(right))
        | (Ty::Pointer(left), Ty::Pointer(right))
        | (Ty::Slice(left), Ty::Slice(right))
        | (Ty::Array(left), Ty::Array(right)) => alike(left, right),
        (Ty::Unknown | Ty::Param(_), _) | (_, Ty::Unknown | Ty::Param(_)) => true,
        _ => false,
    }
}

fn all_alike(left: &[Ty], right: &[Ty]) -> bool {
    left.iter()
        .zip(right)
        .all(|(left, right)| alike(left, right))
}

fn collect_locals(ty: &Ty, found: &mut Vec<NodeId>) {
    match ty {
        Ty::Adt(node, args) => {
            found.push(*node);
            args.iter().for_each(|arg| collect_locals(arg, found));
        }
        Ty::Std(_, args) | Ty::Tuple(args) => {
            args.iter().for_each(|arg| collect_locals(arg, found))
        }
        Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
            collect_locals(inner, found)
        }
        Ty::Function(inputs, output) => {
            inputs.iter().for_each(|input| collect_locals(input, found));
            collect_locals(output, found);
        }
        _ => {}
    }
}

/// Replaces type parameters; those without a value become unknown.
pub(crate) fn substitute(ty: &Ty, map: &HashMap<Symbol, Ty>) -> Ty {
    let all = |types: &[Ty]| types.iter().map(|ty| substitute(ty, map)).collect();
    match ty {
        Ty::Param(name) => map.get(name).cloned().unwrap_or_else(|| ty.clone()),
        Ty::Adt(node, args) => Ty::Adt(*node, all(args)),
        Ty::Std(name, args) => Ty::Std(*name, all(args)),
        Ty::Tuple(parts) => Ty::Tuple(all(parts)),
        Ty::Ref(inner) => substitute(inner, map).referenced(),
        Ty::Pointer(inner) => Ty::Pointer(Box::new(substitute(inner, map))),
        Ty::Slice(inner) => Ty::Slice(Box::new(substitute(inner, map))),
        Ty::Array(inner) => Ty::Array(Box::new(substitute(inner, map))),
        Ty::Function(inputs, output) => {
            Ty::Function(all(inputs), Box::new(substitute(output, map)))
        }
        Ty::Traits(bounds) => Ty::Traits(
            bounds
                .iter()
                .map(|bound| Bound {
                    of: bound.of,
                    bindings: bound
                        .bindings
                        .iter()
                        .map(|(name, ty)| (*name, substitute(ty, map)))
                        .collect(),
                })
                .collect(),
        ),
        Ty::Unknown | Ty::Outside | Ty::Never | Ty::Prim(_) | Ty::Foreign(_) => ty.clone(),
    }
}

/// What the parameters of a written type stand for, given the type that it met.
pub(crate) fn unify(written: &Ty, met: &Ty) -> HashMap<Symbol, Ty> {
    let mut map = HashMap::default();
    unify_into(written, met, &mut map);
    map
}

pub(crate) fn unify_into(written: &Ty, met: &Ty, map: &mut HashMap<Symbol, Ty>) {
    match (written, met) {
        (Ty::Param(name), met) => {
            // The first meeting decides, even if it tells nothing: a later one may have been coerced to it.
            map.entry(*name).or_insert_with(|| met.clone());
        }
        (Ty::Adt(a, left), Ty::Adt(b, right)) if a == b => unify_all(left, right, map),
        (Ty::Std(a, left), Ty::Std(b, right)) if a == b => unify_all(left, right, map),
        (Ty::Tuple(left), Ty::Tuple(right)) => unify_all(left, right, map),
        (Ty::Ref(left), Ty::Ref(right))
        | (Ty::Pointer(left), Ty::Pointer(right))
        | (Ty::Slice(left) | Ty::Array(left), Ty::Slice(right) | Ty::Array(right)) => {
            unify_into(left, right, map)
        }
        (Ty::Function(_, left), Ty::Function(_, right)) => unify_into(left, right, map),
        (Ty::Traits(bounds), Ty::Function(_, output)) => {
            for (name, ty) in bounds.iter().flat_map(|bound| &bound.bindings) {
                if name == "Output" {
                    unify_into(ty, output, map);
                }
            }
        }
        _ => {}
    }
}

fn unify_all(left: &[Ty], right: &[Ty], map: &mut HashMap<Symbol, Ty>) {
    for (left, right) in left.iter().zip(right) {
        unify_into(left, right, map);
    }
}
