//! Members by name: of a type, of its traits, of anything.

use super::call::close;
use super::item::Walker;
use super::path::Value;
use super::{Demand, On, Word};

use crate::ir::{self, ItemKind};
use crate::map::HashMap;
use crate::program::Head;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};
use crate::world::Def;

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    pub(super) fn any_member(&mut self, name: Symbol) -> Value {
        self.edges.demand(Demand::Any(name));
        self.edges.word(name);
        self.imported_packages();
        Value::Member
    }

    /// A trait's member of a value that has all of these traits.
    pub(super) fn member_of_bounds(&mut self, bounds: &[TraitRef], of: TraitRef, name: Symbol) {
        for head in self.program.narrower(bounds, of) {
            self.edges.trait_member(of, name, head);
        }
    }

    /// `<Base as Trait>::name`.
    pub(super) fn trait_member(&mut self, of: &[TraitRef], name: Symbol, base: &Ty) -> Value {
        if !of.iter().all(|of| matches!(of, TraitRef::Local(_))) {
            match &*name {
                "from" | "try_from" => self.conversion(&Ty::Unknown, base, name == "try_from"),
                "into" | "try_into" => self.conversion(base, &Ty::Unknown, name == "try_into"),
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
        let bounds: Vec<TraitRef> = match base {
            Ty::Param(param) => {
                let bounds = self.program.bounds_of(&self.scope, *param).iter();
                bounds.map(|bound| bound.of).collect()
            }
            _ => Vec::new(),
        };
        for of in &all {
            match base {
                Ty::Param(_) => self.member_of_bounds(&bounds, *of, name),
                _ => self.edges.trait_member(*of, name, Head::of(base)),
            }
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
                let all = refs
                    .iter()
                    .flat_map(|of| self.program.with_supertraits(*of));
                if !all.into_iter().any(|of| self.declares(of, name)) {
                    // One that another trait of ours gives to the object's type.
                    let others = self.program.traits_with.get(&name);
                    for of in others.into_iter().flatten() {
                        self.edges.demand(Demand::Member(*of, name, Head::Any));
                    }
                }
                self.trait_member(&refs, name, base)
            }
            Ty::Unknown => self.any_member(name),
            _ => self.trait_members_for(base, name, expected),
        }
    }

    /// `Owner::name` by a path into std: a trait of ours may give it to a type of std, unless std has one that hides it.
    pub(super) fn member_of_std(
        &mut self,
        path: Symbol,
        owner: Option<Ty>,
        expected: &Ty,
    ) -> Value {
        let mut segments = path.rsplit("::");
        let name = Symbol::new(segments.next().unwrap_or(&path));
        let base = match (&owner, segments.next()) {
            (Some(Ty::Traits(_)), _) | (None, None) => return Value::Foreign(path, owner),
            (Some(owner), _) => owner.clone(),
            // A module of std hides the primitive type of its name only where it has such a function, and some types begin with
            // a small letter, as modules do (`__m128i`).
            (None, Some(_)) => {
                let of = path
                    .strip_suffix(&*name)
                    .and_then(|of| of.strip_suffix("::"));
                std_facts::type_of_path(of.unwrap_or(&path), Vec::new())
            }
        };
        if std_facts::hides(&base, &name) {
            return Value::Foreign(path, owner);
        }
        let head = Head::of(&base);
        let traits = self.program.traits_with.get(&name);
        let declared: Vec<NodeId> = traits
            .into_iter()
            .flatten()
            .copied()
            .filter(|of| self.program.may_implement(*of, head))
            .collect();
        if declared.is_empty() {
            return Value::Foreign(path, owner);
        }
        if std_facts::is_method(&name) {
            for of in declared {
                self.edges.demand(Demand::Member(of, name, head));
            }
            return Value::Foreign(path, Some(Ty::Unknown));
        }
        self.trait_members_for(&base, name, expected)
    }

    /// `Owner::name` for a type of a package: a trait of ours may give it to that type. The type of the value, or of what
    /// the function gives.
    pub(super) fn member_outside(&mut self, name: Symbol) -> Ty {
        let traits = self.program.traits_with.get(&name);
        let declared = traits
            .into_iter()
            .flatten()
            .any(|of| self.program.may_implement(*of, Head::Foreign));
        if !declared {
            return Ty::Outside;
        }
        self.edges.demand(Demand::Handed(name));
        match self.methods_of_ours(name) {
            Some(methods) if methods.is_empty() => Ty::Outside,
            _ => Ty::Unknown,
        }
    }

    /// A member that some trait gives to a type.
    pub(super) fn trait_members_for(&mut self, base: &Ty, name: Symbol, expected: &Ty) -> Value {
        let head = Head::of(base);
        let mut declared = Vec::new();
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            if self.program.may_implement(*of, head) {
                declared.push(TraitRef::Local(*of));
            }
        }
        for of in &declared {
            self.edges.trait_member(*of, name, head);
        }
        self.made_for(base, name);
        // What only a certain type of std has is not meant on a type of ours.
        let owner = matches!(base, Ty::Adt(..)).then(|| Symbol::new("_"));
        let by_conversion = declared.is_empty() && matches!(&*name, "from" | "try_from");
        if by_conversion {
            // Which one is meant its argument decides, or nothing known does.
            if let Ty::Adt(node, _) = base
                && let Some(member) = self.foreign_member(*node, name)
            {
                self.conversion(&Ty::Unknown, base, name == "try_from");
                self.edges.demand(Demand::Foreign(name, head));
                return self.member_value(member, base, Vec::new(), expected);
            }
        } else {
            self.edges.uses(Word::Method(name, owner), self.on([base]));
            self.edges.demand(Demand::Foreign(name, head));
        }
        if declared.is_empty() {
            if let Ty::Adt(node, _) = base
                && let Some(member) = self.foreign_member(*node, name)
            {
                return self.member_value(member, base, Vec::new(), expected);
            }
            if matches!(base, Ty::Foreign(_) | Ty::Outside) && !super::converts(&name) {
                self.edges.hand(On::default());
                return Value::Outside(Ty::Outside);
            }
            return Value::Foreign(
                Symbol::new(&format!("{}::{name}", spelled(base))),
                Some(base.clone()),
            );
        }
        if matches!(base, Ty::Prim(_)) && std_facts::is_method(&name) {
            // Without such a trait in scope it is std's.
            let imported = self.program.traits_imported(self.module);
            let is_theirs = !declared
                .iter()
                .any(|of| matches!(of, TraitRef::Local(of) if imported.contains(of)));
            let owner = if is_theirs && !self.may_import_unseen() {
                base.clone()
            } else {
                Ty::Unknown
            };
            let path = Symbol::new(&format!("{}::{name}", spelled(base)));
            return Value::Foreign(path, Some(owner));
        }
        if let [TraitRef::Local(of)] = declared.as_slice()
            && self.is_surely(*of, base, name)
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

    /// Whether a name that a trait of ours gives to a type can mean no other trait's: it is imported, and none of std's that the
    /// type has may give it, too.
    pub(super) fn is_surely(&self, of: NodeId, ty: &Ty, name: Symbol) -> bool {
        self.program.traits_imported(self.module).contains(&of) && !self.std_may_give(ty, name)
    }

    /// Whether a closed call may import something where the code stands.
    fn may_import_unseen(&self) -> bool {
        let mut at = Some(self.module);
        while let Some(module) = at {
            let data = self.program.world.module(module);
            if !data.generators.is_empty() {
                return true;
            }
            at = if data.is_block { data.parent } else { None };
        }
        false
    }

    fn std_may_give(&self, ty: &Ty, name: Symbol) -> bool {
        // Those that std gives to every type, or to one because of another one's impl.
        let by_all = ["into", "try_into", "borrow", "borrow_mut", "type_id"];
        let Ty::Adt(node, _) = ty else {
            return std_facts::is_method(&name);
        };
        let gives = |of: &str| {
            std_facts::triggers(of).is_some_and(|triggers| triggers.has_method(&name, None))
        };
        let impls = self.program.impls_of_type.get(node).into_iter().flatten();
        let mut of_impls = impls
            .filter_map(|id| self.program.impls.get(id))
            .flat_map(|facts| &facts.of);
        let attributes = self.program.world.node(*node).item();
        let mut derives = attributes
            .into_iter()
            .flat_map(|item| &item.attributes.derives);
        by_all.contains(&&*name)
            || of_impls.any(|of| matches!(of, TraitRef::Foreign(of) if gives(of)))
            || derives.any(|path| path.segments.last().is_some_and(|last| gives(&last.name)))
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

    /// Members of traits that a macro's code may implement for a type of ours, seen by nobody: a package's derive or attribute
    /// stands on the type or the trait. Whether there are any.
    pub(super) fn made_for(&mut self, base: &Ty, name: Symbol) -> bool {
        let Ty::Adt(node, _) = base else { return false };
        let mut any = false;
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            let may_be_made = self.is_in_a_macros_hands(*node) || self.is_in_a_macros_hands(*of);
            if may_be_made && !self.program.names_in_an_impl(*of, *node) {
                self.edges.demand(Demand::Member(*of, name, Head::Any));
                any = true;
            }
        }
        any
    }

    /// The same for a receiver of any kind that is not seen to have the method.
    pub(super) fn made_for_any(&mut self, receiver: &Ty, name: Symbol) {
        let heads = [Head::of(receiver), Head::of(receiver.peeled())];
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            let is_seen = heads
                .iter()
                .any(|head| self.program.may_implement(*of, *head));
            if !is_seen || self.is_in_a_macros_hands(*of) {
                self.edges.demand(Demand::Member(*of, name, Head::Any));
            }
        }
    }

    fn is_in_a_macros_hands(&self, id: NodeId) -> bool {
        let module = self.program.world.node(id).module;
        self.program.world.module(module).generators.contains(&id)
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
    /// type's parameters, and the members are visible here.
    pub(super) fn certainly(&self, members: &[NodeId]) -> bool {
        members.iter().any(|member| {
            let parent = self.program.world.node(*member).parent;
            let facts = parent.and_then(|parent| self.program.impls.get(&parent));
            facts.is_none_or(|facts| {
                facts.unconditional && (facts.is_trait_impl || self.sees(*member))
            })
        })
    }

    /// Whether an inherent member is visible here for sure: one that is not hides nothing.
    fn sees(&self, member: NodeId) -> bool {
        let world = self.program.world;
        let node = world.node(member);
        match node.item().map(|item| &item.visibility) {
            Some(ir::Visibility::Public) => true,
            Some(ir::Visibility::Crate) => node.krate == self.krate,
            Some(ir::Visibility::Inherited) => {
                let around =
                    std::iter::successors(Some(self.module), |at| world.module(*at).parent);
                around.into_iter().any(|at| at == node.module)
            }
            _ => false,
        }
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
                let scope = self.program.scope(id);
                let ty = self.program.ty(&data.ty, &scope);
                Value::Plain(close(&ty, &scope, &map))
            }
            _ => Value::Plain(Ty::Unknown),
        }
    }
}

fn spelled(ty: &Ty) -> &'static str {
    match ty {
        Ty::Std(name, _) | Ty::Foreign(name) | Ty::Prim(name) => name.as_str(),
        _ => "_",
    }
}
