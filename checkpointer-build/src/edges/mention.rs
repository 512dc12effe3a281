//! What the paths and types that are written in an item name.

use std::rc::Rc;

use super::item::Walker;
use super::path::names_of;
use super::{Demand, Length, Word};

use crate::impure;
use crate::ir::{self, Pos};
use crate::program::Head;
use crate::symbol::Symbol;
use crate::ty::{TraitRef, Ty};
use crate::world::{Def, Kind, ModId, Ns, PackageId, STD, Unseen};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// Mentions everything that a type names.
    pub(super) fn mention_type(&mut self, ty: &'a ir::Type) {
        match ty {
            ir::Type::Path(path) => self.mention_path(path),
            ir::Type::Reference(inner) | ir::Type::Pointer(inner) | ir::Type::Slice(inner) => {
                self.mention_type(inner)
            }
            ir::Type::Array(inner, length, number) => {
                self.edges.lengths.insert(Length::from(*number));
                self.mention_type(inner);
                self.expr(length, &Ty::prim("usize"));
            }
            ir::Type::Tuple(parts) => parts.iter().for_each(|part| self.mention_type(part)),
            ir::Type::Function(inputs, output) => {
                inputs.iter().for_each(|part| self.mention_type(part));
                self.mention_type(output);
            }
            ir::Type::Dyn(bounds) | ir::Type::Impl(bounds) => {
                bounds.iter().for_each(|path| self.bound(path))
            }
            ir::Type::Macro(call) => self.type_macro(call),
            ir::Type::Verbatim(text) => self.scan(text, Pos::default()),
            ir::Type::Never | ir::Type::Infer => {}
        }
    }

    pub(super) fn bound(&mut self, path: &'a ir::Path) {
        self.mention_path(path);
        self.bound_parameters(path);
    }

    /// `T: Area<Unit = K>`: what `K` stands for is written nowhere but in the impls of the trait.
    fn bound_parameters(&mut self, path: &'a ir::Path) {
        let args = path.segments.iter().filter_map(|part| part.args.as_deref());
        for (name, ty) in args.flat_map(|args| &args.bindings) {
            let Ty::Param(param) = self.program.ty(ty, &self.scope).peeled().clone() else {
                continue;
            };
            let bounds = self.program.bounds_of(&self.scope, param);
            let ours = bounds
                .iter()
                .any(|bound| matches!(bound.of, TraitRef::Local(_)));
            for of in self.program.trait_refs(path, &self.scope) {
                match of {
                    TraitRef::Local(of) => {
                        self.edges.demand(Demand::Member(of, *name, Head::Any));
                    }
                    TraitRef::Foreign(_) if ours => {
                        self.edges.demand(Demand::Foreign(*name, Head::Any));
                    }
                    TraitRef::Foreign(_) => {}
                }
            }
        }
    }

    pub(super) fn generic_args(&mut self, path: &'a ir::Path) {
        if let Some(qself) = &path.qself {
            self.mention_type(&qself.ty);
            if let Some(of) = &qself.as_trait {
                self.mention_path(of);
            }
        }
        for args in path
            .segments
            .iter()
            .filter_map(|segment| segment.args.as_deref())
        {
            args.types.iter().for_each(|ty| self.type_or_const(ty));
            args.consts.iter().for_each(|value| {
                // What it becomes the length of is not followed.
                self.edges.lengths.insert(Length::Any);
                // Const generics are numbers, `bool`s and `char`s.
                self.expr(value, &Ty::prim("{integer}"));
            });
            args.bindings
                .iter()
                .for_each(|(_, ty)| self.mention_type(ty));
            for (_, bounds) in &args.constraints {
                bounds.iter().for_each(|path| self.bound(path));
            }
            if let Some((inputs, output)) = &args.parenthesized {
                inputs.iter().for_each(|ty| self.mention_type(ty));
                self.mention_type(output);
            }
        }
    }

    /// A generic argument that is a plain name may mean a constant as well.
    pub(super) fn type_or_const(&mut self, ty: &'a ir::Type) {
        if let ir::Type::Path(path) = ty
            && path.qself.is_none()
            && let [only] = path.segments.as_slice()
            && only.args.is_none()
        {
            let found =
                self.program
                    .names()
                    .path(self.module, &[only.name], path.global, Ns::Value);
            for def in found.defs {
                if let Def::Node(node) = def
                    && matches!(
                        self.program.world.node(node).kind,
                        Kind::Const | Kind::Fn | Kind::Static
                    )
                {
                    self.edges.lengths.insert(Length::Any);
                    self.mention(&[only.name], def, path.at);
                    if self
                        .program
                        .names()
                        .lexical(self.module, only.name, Ns::Type)
                        .is_empty()
                    {
                        return;
                    }
                }
            }
        }
        self.mention_type(ty);
    }

    /// A path in the type namespace: a type, a trait, or an associated type.
    pub(super) fn mention_path(&mut self, path: &'a ir::Path) {
        self.generic_args(path);
        if let Some(qself) = &path.qself {
            if let Some(first) = path.segments.first() {
                self.qualified_type(qself, first.name);
            }
            return;
        }
        let segments = names_of(path);
        let Some(first) = segments.first() else {
            return;
        };
        if !path.global {
            if *first == "Self" {
                if segments.len() > 1 {
                    self.associated_type_name(&self.scope.self_ty.clone(), segments[1]);
                }
                self.mention_ty(&self.scope.self_ty.clone());
                return;
            }
            if self.scope.params.iter().any(|(name, _)| name == first) {
                if segments.len() > 1 {
                    self.associated_type_name(&Ty::Param(*first), segments[1]);
                }
                return;
            }
        }
        let found = self
            .program
            .names()
            .path(self.module, &segments, path.global, Ns::Type);
        if found.defs.is_empty() {
            self.unresolved(&segments, path.at, found.failed_in);
            return;
        }
        for def in &found.defs {
            self.mention(&segments[..found.consumed], *def, path.at);
            match def {
                Def::Foreign(name, package) if *package == STD => self.keys_of(name, path),
                Def::Foreign(..) => self.hand_arguments(path),
                _ => {}
            }
            if found.consumed < segments.len() {
                let ty = self.program.def_ty(*def, Vec::new());
                self.associated_type_name(&ty, segments[found.consumed]);
            }
        }
        if found.failed_in.is_some() {
            self.generators(found.failed_in);
        }
    }

    /// `<Type as Trait>::Name` as a type.
    pub(super) fn qualified_type(&mut self, qself: &'a ir::QSelf, name: Symbol) {
        let base = self.program.ty(&qself.ty, &self.scope);
        match &qself.as_trait {
            Some(of) => {
                for of in self.program.trait_refs(of, &self.scope) {
                    self.edges.trait_member(of, name, Head::of(&base));
                }
            }
            None => self.associated_type_name(&base, name),
        }
    }

    /// The type arguments of a package's type or function: its code may be handed values of them.
    pub(super) fn hand_arguments(&mut self, path: &'a ir::Path) {
        let args = path
            .segments
            .iter()
            .filter_map(|segment| segment.args.as_deref());
        let types: Vec<Ty> = args
            .flat_map(|args| {
                args.types
                    .iter()
                    .chain(args.bindings.iter().map(|(_, ty)| ty))
            })
            // What `_` stands for is handed over by a call, or made.
            .filter(|ty| !matches!(ty, ir::Type::Infer))
            .filter(|ty| !self.program.is_const(ty, &self.scope))
            .map(|ty| self.program.ty(ty, &self.scope))
            .collect();
        if !types.is_empty() {
            self.edges.hand(self.on(&types));
        }
    }

    /// Packages whose traits or types may give a method to a receiver that is not ours or not known.
    pub(super) fn imported_packages(&mut self) {
        let packages = self.program.packages_imported(self.module);
        self.edges.packages.extend(packages.iter().copied());
    }

    /// Whoever made a map or set that is named here has ordered or hashed its keys.
    pub(super) fn keys_of(&mut self, name: &str, path: &'a ir::Path) {
        let traits: &[&str] = match name.rsplit("::").next() {
            Some("BTreeMap" | "BTreeSet" | "BinaryHeap") => &["Ord", "PartialOrd"],
            Some("HashMap" | "HashSet") => &["Hash", "PartialEq", "BuildHasher", "Hasher"],
            _ => return,
        };
        let args = path
            .segments
            .last()
            .and_then(|segment| segment.args.as_deref());
        let types: Vec<Ty> = args
            .into_iter()
            .flat_map(|args| &args.types)
            .map(|ty| self.program.ty(ty, &self.scope))
            .collect();
        for ty in &types {
            // Hashers that std makes itself.
            if let Ty::Std(name, hasher) = ty
                && &**name == "BuildHasherDefault"
            {
                let default = Word::Trait(Symbol::new("Default"));
                let on = self.on(hasher);
                self.edges.uses(default, on);
            }
        }
        // A type parameter is whatever the caller's is, which is named there.
        let known = types.iter().filter(|ty| !matches!(ty, Ty::Param(_)));
        let on = self.on(known);
        for of in traits {
            self.edges.uses(Word::Trait(Symbol::new(of)), on.clone());
        }
    }

    /// `Base::Name` as a type: the associated types that it may mean.
    pub(super) fn associated_type_name(&mut self, base: &Ty, name: Symbol) {
        match base {
            Ty::Adt(node, _) => {
                for id in self.program.impls_of_type.get(node).into_iter().flatten() {
                    let members = self
                        .program
                        .impls
                        .get(id)
                        .and_then(|facts| facts.members.get(&name));
                    self.edges
                        .nodes
                        .extend(members.into_iter().flatten().copied());
                }
                for of in self.program.traits_with.get(&name).into_iter().flatten() {
                    self.edges
                        .demand(Demand::Member(*of, name, Head::Adt(*node)));
                }
            }
            Ty::Param(param) => {
                let bounds = self.program.bounds_of(&self.scope, *param).iter();
                let bounds: Vec<TraitRef> = bounds.map(|bound| bound.of).collect();
                let mut any = false;
                for bound in &bounds {
                    for of in self.program.with_supertraits(*bound) {
                        any |= self.declares(of, name);
                        self.member_of_bounds(&bounds, of, name);
                    }
                }
                if !any {
                    for of in self.program.traits_with.get(&name).into_iter().flatten() {
                        self.edges.demand(Demand::Member(*of, name, Head::Any));
                    }
                }
            }
            _ => {
                for of in self.program.traits_with.get(&name).into_iter().flatten() {
                    self.edges.demand(Demand::Member(*of, name, Head::of(base)));
                }
            }
        }
    }

    pub(super) fn declares(&self, of: TraitRef, name: Symbol) -> bool {
        match of {
            TraitRef::Local(node) => self
                .program
                .traits
                .get(&node)
                .is_some_and(|facts| facts.members.contains_key(&name)),
            TraitRef::Foreign(_) => false,
        }
    }

    /// Mentions the types that an inferred type is made of.
    pub(super) fn mention_ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Adt(node, args) => {
                self.edges.nodes.insert(*node);
                args.iter().for_each(|arg| self.mention_ty(arg));
            }
            Ty::Std(_, args) | Ty::Tuple(args) => args.iter().for_each(|arg| self.mention_ty(arg)),
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.mention_ty(inner)
            }
            _ => {}
        }
    }

    /// A definition that a name of this item means.
    pub(super) fn mention(&mut self, segments: &[Symbol], def: Def, at: Pos) {
        self.meaning(segments, def);
        match def {
            Def::Node(node) | Def::Variant(node, _) => {
                self.edges.nodes.insert(node);
            }
            Def::Foreign(path, package) => {
                self.package(package);
                let parts: Vec<&str> = path.split("::").collect();
                self.edges.collections |= parts.iter().any(|part| {
                    matches!(
                        *part,
                        "HashMap" | "HashSet" | "BTreeMap" | "BTreeSet" | "collections"
                    )
                });
                if let Some(reason) = impure::reason(&parts) {
                    self.impure_at(at, &format!("{path}: {reason}"));
                }
            }
            Def::Mod(_) | Def::Prim(_) => {}
        }
    }

    pub(super) fn package(&mut self, package: PackageId) {
        if package != STD {
            self.edges.packages.insert(package);
        }
    }

    pub(super) fn impure_at(&mut self, at: Pos, reason: &str) {
        let unseen = self.seen_at(at, reason);
        self.edges.impure.insert(Rc::new(unseen));
    }

    pub(super) fn unseen_at(&mut self, at: Pos, reason: &str) {
        let unseen = self.seen_at(at, reason);
        self.edges.unseen.insert(Rc::new(unseen));
    }

    pub(super) fn seen_at(&self, at: Pos, reason: &str) -> Unseen {
        let node = self.program.world.node(self.node);
        let at = if at.line == 0 { node.start } else { at };
        self.program.world.unseen(node.file, at, reason)
    }

    /// A name that means nothing: every item of its last segment counts, and whatever may have defined it unseen.
    pub(super) fn unresolved(&mut self, segments: &[Symbol], at: Pos, failed_in: Option<ModId>) {
        let Some(last) = segments.last() else { return };
        let candidates = self.program.named.get(last).cloned().unwrap_or_default();
        if self.lenient && candidates.is_empty() {
            return;
        }
        self.edges.nodes.extend(candidates);
        if self.lenient {
            return;
        }
        self.generators(failed_in);
        let spelled = segments
            .iter()
            .map(|s| s.as_str())
            .collect::<Vec<_>>()
            .join("::");
        self.unseen_at(
            at,
            &format!("{spelled} is not found: every item named {last} counts"),
        );
    }

    /// Macro calls that stay closed and items with foreign derives, in the modules where a name was looked for.
    pub(super) fn generators(&mut self, failed_in: Option<ModId>) {
        let mut module = failed_in.unwrap_or(self.module);
        loop {
            let data = self.program.world.module(module);
            self.edges.nodes.extend(data.generators.iter().copied());
            match data.parent {
                Some(parent) if data.is_block || failed_in.is_none() => module = parent,
                _ => break,
            }
        }
        // Names may come from a glob of a module with closed calls as well.
        for glob in &self.program.world.module(module).globs {
            for (_, def) in &self.program.world.imports[*glob as usize].targets {
                if let Def::Mod(inner) = def {
                    self.edges
                        .nodes
                        .extend(self.program.world.module(*inner).generators.iter().copied());
                }
            }
        }
    }
}
