//! Facts about the linked program that every body is read with: what each impl implements and for
//! which types, which methods there are by name, and types as the inference sees them.

mod for_macros;
mod head;
mod implementors;
mod impls;
mod imported;
mod operators;
mod substitute;
mod types;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::edges::On;
use crate::expand::MacroDef;
use crate::ir::{self, ItemKind};
use crate::map::{HashMap, HashSet};
use crate::memo::Memo;
use crate::resolve::{Known, Names};
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Def, Kind, ModId, Ns, PackageId, World};

pub(crate) use for_macros::ForMacros;
pub(crate) use head::{Head, Shape};
pub(crate) use substitute::{substitute, unify, unify_into};

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

/// Where a type is written: what names mean there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) module: Option<ModId>,
    /// Type parameters, innermost last, with their bounds.
    pub(crate) params: Vec<(Symbol, Vec<Bound>)>,
    /// Const parameters.
    pub(crate) consts: Vec<Symbol>,
    /// What bounds types that are no plain parameters: `&T: Add`.
    pub(crate) around: Vec<Bound>,
    /// Some bound is of a trait that is not known.
    pub(crate) has_unknown_bounds: bool,
    /// Parameters that a caller outside of the analysed code chooses: their associated types are that caller's.
    pub(crate) supplied: Vec<Symbol>,
    /// What `Self` means.
    pub(crate) self_ty: Ty,
    /// The impl or trait around.
    pub(crate) parent: Option<NodeId>,
}

/// Types that have a method of some name, and what it takes and gives.
pub(crate) type Methods = Vec<(NodeId, On)>;

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
    /// What libraries keep for code that macros write.
    pub(crate) for_macros: ForMacros,
    /// All items by their last name, for names that can't be resolved.
    pub(crate) named: HashMap<Symbol, Vec<NodeId>>,
    /// Scopes of items' generics, made once.
    scopes: Memo<NodeId, Rc<Scope>>,
    aliases: RefCell<HashSet<NodeId>>,
    implementors: OnceCell<implementors::All>,
    /// Impls of operators, by token; which of them an operation may mean.
    of_operator: HashMap<Symbol, Vec<NodeId>>,
    operations: Memo<operators::Operation, Rc<Vec<NodeId>>>,
    known_names: Known,
    methods_of_ours: Memo<Symbol, Option<Rc<Methods>>>,
    definitions: Memo<NodeId, Option<Rc<MacroDef>>>,
    imported: Memo<ModId, Rc<HashSet<NodeId>>>,
    packages: Memo<ModId, Rc<Vec<PackageId>>>,
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
            for_macros: ForMacros::of(world),
            named: HashMap::default(),
            scopes: Memo::default(),
            aliases: RefCell::default(),
            implementors: OnceCell::new(),
            of_operator: HashMap::default(),
            operations: Memo::default(),
            known_names: Known::default(),
            methods_of_ours: Memo::default(),
            definitions: Memo::default(),
            imported: Memo::default(),
            packages: Memo::default(),
        };
        program.index_traits();
        program.index_impls();
        program.free_lone_impls();
        program.index_operators();
        let members = program.impls.values().map(|facts| &facts.members);
        let members = members.chain(program.traits.values().map(|facts| &facts.members));
        let mut named: HashMap<Symbol, Vec<NodeId>> = HashMap::default();
        for (name, nodes) in members.flatten() {
            named.entry(*name).or_default().extend(nodes);
        }
        program.members_named = named;
        for id in world.ids() {
            let node = world.node(id);
            if node.parent.is_none()
                && !node.name.is_empty()
                && !matches!(node.kind, Kind::Call | Kind::Impl | Kind::Mod)
            {
                program.named.entry(node.name).or_default().push(id);
            }
        }
        program
    }

    pub(crate) fn names(&self) -> Names<'_, 'a> {
        Names::keeping(self.world, &self.known_names)
    }

    /// What names mean inside of an item: its generics and those around it, and `Self`.
    pub(crate) fn scope(&self, id: NodeId) -> Rc<Scope> {
        self.scopes.get(id, || Rc::new(self.find_scope(id)))
    }

    fn find_scope(&self, id: NodeId) -> Scope {
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
        scope
    }

    fn add_generics(&self, generics: &ir::Generics, scope: &mut Scope) {
        for param in &generics.types {
            scope.params.push((param.name, Vec::new()));
        }
        let consts = generics.consts.iter().map(|(name, ..)| *name);
        scope.consts.extend(consts);
        let base = scope.params.len() - generics.types.len();
        for (at, param) in generics.types.iter().enumerate() {
            let bounds = self.bounds_in(&param.bounds, scope);
            scope.params[base + at].1.extend(bounds);
        }
        for (ty, bounds) in &generics.wheres {
            let bounds = self.bounds_in(bounds, scope);
            let plain = match ty {
                ir::Type::Path(path) if path.qself.is_none() => match path.segments.as_slice() {
                    [only] => Some(only.name),
                    _ => None,
                },
                _ => None,
            };
            let mut params = scope.params.iter_mut().rev();
            match params.find(|(name, _)| Some(*name) == plain) {
                Some((_, known)) => known.extend(bounds),
                None => scope.around.extend(bounds),
            }
        }
    }

    fn bounds_in(&self, paths: &[ir::Path], scope: &mut Scope) -> Vec<Bound> {
        let mut all = Vec::new();
        for path in paths {
            let bounds = self.bounds(path, scope);
            scope.has_unknown_bounds |= bounds.is_empty();
            all.extend(bounds);
        }
        all
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
            let nameless = Symbol::new("");
            for ty in self.type_args(&args.types, scope) {
                bindings.push((nameless, ty));
            }
            for (_, bounds) in &args.constraints {
                let bounds = bounds.iter().flat_map(|path| self.bounds(path, scope));
                bindings.push((nameless, Ty::Traits(bounds.collect())));
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

    /// What members of a name take and give, which is found once.
    pub(crate) fn methods_of_ours(
        &self,
        name: Symbol,
        find: impl FnOnce() -> Option<Methods>,
    ) -> Option<Rc<Methods>> {
        self.methods_of_ours.get(name, || find().map(Rc::new))
    }

    /// The bounds of a type parameter.
    pub(crate) fn bounds_of<'s>(&self, scope: &'s Scope, name: Symbol) -> &'s [Bound] {
        let found = scope.params.iter().rev().find(|(param, _)| *param == name);
        found.map_or(&[], |(_, bounds)| bounds.as_slice())
    }

    fn impl_members(&self, id: NodeId) -> Option<&HashMap<Symbol, Vec<NodeId>>> {
        self.impls.get(&id).map(|facts| &facts.members)
    }

    /// Whether some impl of the trait may be for a type of this shape, or the trait's name hides closed calls.
    pub(crate) fn may_implement(&self, of: NodeId, head: Head) -> bool {
        let Some(facts) = self.traits.get(&of) else {
            return true;
        };
        let mut impls = facts.impls.iter().map(|id| self.impls.get(id));
        impls.any(|facts| facts.is_none_or(|facts| head.may_use(Head::of(&facts.self_ty))))
    }

    /// Whether an impl of the trait is seen for this very type.
    pub(crate) fn names_in_an_impl(&self, of: NodeId, ty: NodeId) -> bool {
        let impls = self.impls_of_type.get(&ty).into_iter().flatten();
        let mut facts = impls.filter_map(|id| self.impls.get(id));
        facts.any(|facts| facts.of.contains(&TraitRef::Local(of)))
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
        self.definitions.get(node, || parse().map(Rc::new))
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
