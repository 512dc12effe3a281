//! Names in types, bounds and values.

use std::rc::Rc;

use super::item::Walker;
use super::{Demand, Length, On, Word};
use crate::impure;
use crate::ir::{self, ItemKind, Pos};
use crate::map::HashMap;
use crate::program::Head;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Def, Kind, ModId, Ns, PackageId, STD, Unseen};

/// What a path in value position means.
pub(super) enum Value {
    /// A value of this type.
    Plain(Ty),
    /// A function of the analysed crates, with what is known of its generics.
    Function(NodeId, HashMap<Symbol, Ty>),
    /// A tuple struct or variant as a function: its type, whose fields the arguments are.
    Constructor(Def, Ty),
    /// A function or value of a package.
    Outside,
    /// A function of std, by path; with the type it is associated with.
    Foreign(Symbol, Option<Ty>),
}

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
    }

    fn generic_args(&mut self, path: &'a ir::Path) {
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
    fn type_or_const(&mut self, ty: &'a ir::Type) {
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
    fn mention_path(&mut self, path: &'a ir::Path) {
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
    fn qualified_type(&mut self, qself: &'a ir::QSelf, name: Symbol) {
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
    fn hand_arguments(&mut self, path: &'a ir::Path) {
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
            .map(|ty| self.program.ty(ty, &self.scope))
            .collect();
        if !types.is_empty() {
            self.edges.hand(On::of(&types));
        }
    }

    /// Packages whose traits or types may give a method to a receiver that is not ours or not known.
    pub(super) fn imported_packages(&mut self) {
        let packages = self.program.packages_imported(self.module);
        self.edges.packages.extend(packages.iter().copied());
    }

    /// Whoever made a map or set that is named here has ordered or hashed its keys.
    fn keys_of(&mut self, name: &str, path: &'a ir::Path) {
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
        let mut on = On::of(&types);
        if on.any {
            // A type parameter is whatever the caller's is, which is named there.
            let known: Vec<Ty> = types
                .into_iter()
                .filter(|ty| !matches!(ty, Ty::Param(_)))
                .collect();
            on = On::of(&known);
        }
        for of in traits {
            self.edges.uses(Word::Trait(Symbol::new(of)), on.clone());
        }
    }

    /// `Base::Name` as a type: the associated types that it may mean.
    fn associated_type_name(&mut self, base: &Ty, name: Symbol) {
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
                let bounds = self.program.bounds_of(&self.scope, *param).to_vec();
                let mut any = false;
                for bound in bounds {
                    for of in self.program.with_supertraits(bound.of) {
                        any |= self.declares(of, name);
                        self.edges.trait_member(of, name, Head::Any);
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

    fn seen_at(&self, at: Pos, reason: &str) -> Unseen {
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

    /// A path in value position.
    pub(super) fn value_path(&mut self, path: &'a ir::Path, expected: &Ty) -> Value {
        self.generic_args(path);
        let segments = names_of(path);
        let turbofish = self.turbofish(path);
        for name in &segments {
            self.arrays_made_by(*name);
        }
        if let Some(qself) = &path.qself {
            let base = self.program.ty(&qself.ty, &self.scope);
            let Some(name) = segments.last().copied() else {
                return Value::Plain(Ty::Unknown);
            };
            if let [inner, _] = segments.as_slice() {
                // `<T as A>::B::name`: what the associated type may be counts, and what it has of that name.
                self.qualified_type(qself, *inner);
                let ty = self.program.associated_type(&base, *inner, &self.scope);
                return self.member_of(&ty, name, turbofish, expected);
            }
            if let Some(of) = &qself.as_trait {
                let refs = self.program.trait_refs(of, &self.scope);
                return self.trait_member(&refs, name, &base);
            }
            return self.member_of(&base, name, turbofish, expected);
        }
        let Some(first) = segments.first().copied() else {
            return Value::Plain(Ty::Unknown);
        };
        if !path.global {
            if segments.len() == 1
                && let Some(found) = self.local(first)
            {
                let (ty, hygienic) = found;
                if !hygienic {
                    return Value::Plain(ty);
                }
                // A macro's own variable: the caller's name may mean an item instead.
                let found = self
                    .program
                    .names()
                    .path(self.module, &segments, false, Ns::Value);
                found
                    .defs
                    .iter()
                    .for_each(|def| self.mention(&segments, *def, path.at));
                return Value::Plain(if found.defs.is_empty() {
                    ty
                } else {
                    Ty::Unknown
                });
            }
            let base = if first == "Self" {
                Some(self.scope.self_ty.clone())
            } else if self.scope.params.iter().any(|(name, _)| *name == first) {
                Some(Ty::Param(first))
            } else {
                None
            };
            if let Some(base) = base {
                self.mention_ty(&base);
                return match segments.as_slice() {
                    [_] => match &base {
                        Ty::Adt(node, _) => Value::Constructor(Def::Node(*node), base),
                        _ => Value::Plain(Ty::Unknown),
                    },
                    [_, name] => self.member_of(&base, *name, turbofish, expected),
                    [_, inner, name] => {
                        self.associated_type_name(&base, *inner);
                        let ty = self.program.associated_type(&base, *inner, &self.scope);
                        self.member_of(&ty, *name, turbofish, expected)
                    }
                    _ => self.any_member(*segments.last().unwrap_or(&first)),
                };
            }
        }
        let found = self
            .program
            .names()
            .path(self.module, &segments, path.global, Ns::Value);
        if found.defs.is_empty() {
            // A struct literal or unit struct in the type namespace, or nothing at all.
            self.unresolved(&segments, path.at, found.failed_in);
            return Value::Plain(Ty::Unknown);
        }
        if found.failed_in.is_some() {
            self.generators(found.failed_in);
        }
        for def in &found.defs {
            self.mention(&segments[..found.consumed], *def, path.at);
            if matches!(def, Def::Foreign(_, package) if *package != STD) {
                self.hand_arguments(path);
            }
        }
        let rest = &segments[found.consumed..];
        if let [def] = found.defs.as_slice() {
            return self.single_value(*def, path, found.consumed, rest, turbofish, expected);
        }
        // Globs of several packages may bring the name: whichever does, it is theirs.
        if found.defs.iter().all(Def::is_of_package) {
            return self.single_value(
                found.defs[0],
                path,
                found.consumed,
                rest,
                turbofish,
                expected,
            );
        }
        for def in &found.defs {
            if !rest.is_empty() {
                let _ = self.single_value(
                    *def,
                    path,
                    found.consumed,
                    rest,
                    turbofish.clone(),
                    expected,
                );
            }
        }
        Value::Plain(Ty::Unknown)
    }

    fn single_value(
        &mut self,
        def: Def,
        path: &'a ir::Path,
        consumed: usize,
        rest: &[Symbol],
        turbofish: Vec<Ty>,
        expected: &Ty,
    ) -> Value {
        let args = |segment: Option<&ir::Segment>| -> Vec<Ty> {
            let types = segment
                .and_then(|s| s.args.as_deref())
                .map(|args| args.types.as_slice())
                .unwrap_or_default();
            types
                .iter()
                .map(|ty| self.program.ty(ty, &self.scope))
                .collect()
        };
        match (def, rest) {
            (Def::Foreign(name, package), []) => {
                if package == STD {
                    // `Vec::new`: the type is the segment before the last.
                    let owner = path.segments.len().checked_sub(2).and_then(|at| {
                        let (head, _) = name.rsplit_once("::")?;
                        let last = head.rsplit("::").next()?;
                        if crate::std_facts::triggers(last).is_some() {
                            let of = TraitRef::Foreign(Symbol::new(last));
                            return Some(Ty::Traits(vec![Bound {
                                of,
                                bindings: Vec::new(),
                            }]));
                        }
                        last.starts_with(char::is_uppercase).then(|| {
                            crate::std_facts::type_of_path(head, args(path.segments.get(at)))
                        })
                    });
                    return Value::Foreign(name, owner);
                }
                self.edges.hand(On::default());
                Value::Outside
            }
            (Def::Foreign(_, package), _) if package != STD => {
                self.edges.hand(On::default());
                Value::Outside
            }
            (Def::Foreign(..), _) => Value::Plain(Ty::Unknown),
            (Def::Node(node), []) => self.node_value(node, turbofish, expected),
            (Def::Variant(node, _), []) => {
                let mut given = args(
                    path.segments
                        .get(consumed.saturating_sub(2))
                        .filter(|_| consumed > 1),
                );
                given.extend(turbofish);
                let ty = match expected {
                    Ty::Adt(other, _) if *other == node && given.is_empty() => expected.clone(),
                    _ => self.program.def_ty(Def::Node(node), given),
                };
                Value::Constructor(def, ty)
            }
            (Def::Prim(name), [member]) => {
                self.member_of(&Ty::Prim(name), *member, turbofish, expected)
            }
            (Def::Node(node), [member]) => {
                if self.program.world.node(node).kind == Kind::Trait {
                    return self.trait_member(&[TraitRef::Local(node)], *member, &Ty::Unknown);
                }
                let given = args(path.segments.get(consumed.saturating_sub(1)));
                let base = self.program.def_ty(def, given);
                self.mention_ty(&base);
                self.member_of(&base, *member, turbofish, expected)
            }
            (Def::Node(_), [inner, member]) => {
                let base = self.program.def_ty(def, Vec::new());
                self.associated_type_name(&base, *inner);
                let ty = self.program.associated_type(&base, *inner, &self.scope);
                self.member_of(&ty, *member, turbofish, expected)
            }
            (_, [.., last]) => self.any_member(*last),
            (Def::Mod(_) | Def::Prim(_), []) => Value::Plain(Ty::Unknown),
        }
    }

    fn node_value(&mut self, id: NodeId, turbofish: Vec<Ty>, expected: &Ty) -> Value {
        let node = self.program.world.node(id);
        match node.item().map(|item| &item.kind) {
            Some(ItemKind::Fn(function)) => {
                let names = function.generics.types.iter().map(|param| param.name);
                let known = names
                    .zip(turbofish)
                    .filter(|(_, ty)| !ty.is_unknown())
                    .collect();
                Value::Function(id, known)
            }
            Some(ItemKind::Struct(_)) => {
                let ty = match expected {
                    Ty::Adt(other, _) if *other == id && turbofish.is_empty() => expected.clone(),
                    _ => self.program.def_ty(Def::Node(id), turbofish),
                };
                Value::Constructor(Def::Node(id), ty)
            }
            Some(ItemKind::Const(data) | ItemKind::Static(data)) => {
                Value::Plain(self.program.ty(&data.ty, &self.program.scope(id)))
            }
            _ => Value::Plain(Ty::Unknown),
        }
    }

    pub(super) fn turbofish(&self, path: &'a ir::Path) -> Vec<Ty> {
        let args = path
            .segments
            .last()
            .and_then(|segment| segment.args.as_deref());
        let types = args.map(|args| args.types.as_slice()).unwrap_or_default();
        types
            .iter()
            .map(|ty| self.program.ty(ty, &self.scope))
            .collect()
    }

    /// A local variable: its type, and whether it was bound deeper in macro expansions than here.
    fn local(&self, name: Symbol) -> Option<(Ty, bool)> {
        let (_, ty, depth) = self
            .locals
            .iter()
            .rev()
            .find(|(local, ..)| *local == name)?;
        Some((ty.clone(), *depth > 0 && name != "self"))
    }

    pub(super) fn any_member(&mut self, name: Symbol) -> Value {
        self.edges.demand(Demand::Any(name));
        self.edges.word(name);
        self.edges.hands_perhaps.merge(On::any());
        self.imported_packages();
        Value::Plain(Ty::Unknown)
    }

    /// `<Base as Trait>::name`.
    pub(super) fn trait_member(&mut self, of: &[TraitRef], name: Symbol, base: &Ty) -> Value {
        if !of.iter().all(|of| matches!(of, TraitRef::Local(_))) {
            match &*name {
                "from" | "try_from" => {
                    self.edges
                        .conversion(&Ty::Unknown, base, name == "try_from")
                }
                "into" | "try_into" => {
                    self.edges
                        .conversion(base, &Ty::Unknown, name == "try_into")
                }
                _ => {}
            }
            self.edges.word_beside_conversion(name, On::any());
        }
        if of.is_empty() {
            return self.any_member(name);
        }
        let mut all = Vec::new();
        for of in of {
            for of in self.program.with_supertraits(*of) {
                all.push(of);
            }
        }
        for of in &all {
            self.edges.trait_member(*of, name, Head::of(base));
        }
        let declared = all.iter().find_map(|of| match of {
            TraitRef::Local(node) => self
                .program
                .traits
                .get(node)?
                .members
                .get(&name)?
                .first()
                .copied(),
            TraitRef::Foreign(_) => None,
        });
        match declared {
            Some(node) if self.program.world.node(node).function().is_some() => {
                let mut map = HashMap::default();
                if !base.is_unknown() {
                    map.insert(Symbol::new("Self"), base.clone());
                }
                Value::Function(node, map)
            }
            _ => match of {
                [TraitRef::Foreign(of)] => {
                    Value::Foreign(Symbol::new(&format!("{of}::{name}")), Some(base.clone()))
                }
                _ => Value::Plain(Ty::Unknown),
            },
        }
    }

    /// `Base::name` in value position.
    pub(super) fn member_of(
        &mut self,
        base: &Ty,
        name: Symbol,
        turbofish: Vec<Ty>,
        expected: &Ty,
    ) -> Value {
        match base {
            Ty::Adt(node, args) => {
                if let Some(ItemKind::Enum(data)) =
                    self.program.world.node(*node).item().map(|item| &item.kind)
                    && let Some(at) = data
                        .variants
                        .iter()
                        .position(|variant| variant.name == name)
                {
                    return Value::Constructor(Def::Variant(*node, at as u32), base.clone());
                }
                let found = self.inherent(*node, name);
                if !found.is_empty() {
                    self.edges.nodes.extend(found.iter().copied());
                    if !self.certainly(&found) {
                        self.trait_members_for(base, name, expected);
                    }
                    return match found.as_slice() {
                        [only] => self.member_value(*only, base, turbofish, expected),
                        _ => Value::Plain(Ty::Unknown),
                    };
                }
                let args = args.clone();
                self.trait_members_for(&Ty::Adt(*node, args), name, expected)
            }
            Ty::Param(param) => {
                let bounds = self.program.bounds_of(&self.scope, *param).to_vec();
                let mut declared = Vec::new();
                for bound in &bounds {
                    for of in self.program.with_supertraits(bound.of) {
                        if self.declares(of, name) {
                            declared.push(of);
                        }
                    }
                }
                if declared.is_empty() {
                    return self.trait_members_for(base, name, expected);
                }
                self.trait_member(&declared, name, base)
            }
            Ty::Traits(bounds) => {
                let refs: Vec<TraitRef> = bounds.iter().map(|bound| bound.of).collect();
                for bound in &refs {
                    if let TraitRef::Local(node) = bound {
                        let found = self.inherent(*node, name);
                        self.edges.nodes.extend(found);
                    }
                }
                self.trait_member(&refs, name, base)
            }
            Ty::Unknown => self.any_member(name),
            _ => self.trait_members_for(base, name, expected),
        }
    }

    /// A member that some trait gives to a type.
    fn trait_members_for(&mut self, base: &Ty, name: Symbol, expected: &Ty) -> Value {
        let head = Head::of(base);
        let mut declared = Vec::new();
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            if self.may_implement(*of, head) {
                declared.push(TraitRef::Local(*of));
            }
        }
        for of in &declared {
            self.edges.trait_member(*of, name, head);
        }
        // What only a certain type of std has is not meant on a type of ours.
        let owner = matches!(base, Ty::Adt(..)).then(|| Symbol::new("_"));
        let by_conversion = declared.is_empty() && matches!(&*name, "from" | "try_from");
        if by_conversion {
            // Which one is meant its argument decides, or nothing known does.
            if let Ty::Adt(node, _) = base
                && let Some(member) = self.foreign_member(*node, name)
            {
                self.edges
                    .conversion(&Ty::Unknown, base, name == "try_from");
                self.edges.demand(Demand::Foreign(name, head));
                return self.member_value(member, base, Vec::new(), expected);
            }
        } else {
            self.edges.uses(Word::Method(name, owner), On::of([base]));
            self.edges.demand(Demand::Foreign(name, head));
        }
        if declared.is_empty() {
            if let Ty::Adt(node, _) = base
                && let Some(member) = self.foreign_member(*node, name)
            {
                return self.member_value(member, base, Vec::new(), expected);
            }
            return Value::Foreign(
                Symbol::new(&format!("{}::{name}", spelled(base))),
                Some(base.clone()),
            );
        }
        if let [TraitRef::Local(of)] = declared.as_slice()
            && let Some(node) = self
                .program
                .traits
                .get(of)
                .and_then(|facts| facts.members.get(&name)?.first().copied())
            && self.program.world.node(node).function().is_some()
        {
            return Value::Function(
                node,
                HashMap::from_iter([(Symbol::new("Self"), base.clone())]),
            );
        }
        Value::Plain(Ty::Unknown)
    }

    /// The one function of that name in the impls of foreign traits for a type.
    pub(super) fn foreign_member(&self, node: NodeId, name: Symbol) -> Option<NodeId> {
        let mut found = None;
        for id in self.program.impls_of_type.get(&node).into_iter().flatten() {
            let facts = self.program.impls.get(id)?;
            if facts.of.iter().all(|of| matches!(of, TraitRef::Local(_))) {
                continue;
            }
            for member in facts.members.get(&name).into_iter().flatten() {
                if found.replace(*member).is_some() {
                    return None;
                }
            }
        }
        found
    }

    /// Whether some impl of the trait may be for a type of this shape, or the trait's name hides closed calls.
    pub(super) fn may_implement(&self, of: NodeId, head: Head) -> bool {
        let Some(facts) = self.program.traits.get(&of) else {
            return true;
        };
        facts.impls.iter().any(|id| {
            self.program
                .impls
                .get(id)
                .is_none_or(|facts| head.may_use(Head::of(&facts.self_ty)))
        })
    }

    /// Inherent members of a type, or of `dyn Trait`, by name.
    pub(super) fn inherent(&self, node: NodeId, name: Symbol) -> Vec<NodeId> {
        let mut found = Vec::new();
        for id in self.program.inherent.get(&node).into_iter().flatten() {
            if let Some(facts) = self.program.impls.get(id) {
                found.extend(facts.members.get(&name).into_iter().flatten().copied());
            }
        }
        found
    }

    /// Whether inherent members hide all others of their name: some impl that has them holds for every choice of the
    /// type's parameters.
    pub(super) fn certainly(&self, members: &[NodeId]) -> bool {
        members.iter().any(|member| {
            let parent = self.program.world.node(*member).parent;
            parent
                .and_then(|parent| self.program.impls.get(&parent))
                .is_none_or(|facts| facts.unconditional)
        })
    }

    /// A member as a value: a function, or a constant of its type.
    pub(super) fn member_value(
        &mut self,
        id: NodeId,
        base: &Ty,
        turbofish: Vec<Ty>,
        expected: &Ty,
    ) -> Value {
        let node = self.program.world.node(id);
        let mut map = HashMap::default();
        if let Some(parent) = node.parent {
            let scope = self.program.scope(parent);
            crate::program::unify_into(&scope.self_ty, base, &mut map);
            map.insert(Symbol::new("Self"), base.clone());
        }
        match node.item().map(|item| &item.kind) {
            Some(ItemKind::Fn(function)) => {
                let names = function.generics.types.iter().map(|param| param.name);
                map.extend(names.zip(turbofish));
                let _ = expected;
                Value::Function(id, map)
            }
            Some(ItemKind::Const(data)) => {
                let ty = self.program.ty(&data.ty, &self.program.scope(id));
                Value::Plain(crate::program::substitute(&ty, &map))
            }
            _ => Value::Plain(Ty::Unknown),
        }
    }
}

pub(super) fn names_of(path: &ir::Path) -> Vec<Symbol> {
    path.segments.iter().map(|segment| segment.name).collect()
}

fn spelled(ty: &Ty) -> &'static str {
    match ty {
        Ty::Std(name, _) | Ty::Foreign(name) | Ty::Prim(name) => name.as_str(),
        _ => "_",
    }
}
