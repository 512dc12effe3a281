//! Method calls: the receiver's type decides, by the steps of auto-dereferencing that the language
//! takes; where it is not known, every method of that name counts.

use std::rc::Rc;

use super::behind::STEPS;
use super::call::Args;
use super::item::Walker;
use super::{Demand, Length, On};
use crate::ir;
use crate::map::HashMap;
use crate::program::{Head, Methods};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// `receiver.name(args)`.
    pub(super) fn method_call(&mut self, call: &'a ir::MethodCall, expected: &Ty) -> Ty {
        let receiver = self.value(&call.receiver, &Ty::Unknown);
        call.turbofish.iter().for_each(|ty| self.type_or_const(ty));
        let turbofish = self.program.type_args(&call.turbofish, &self.scope);
        self.traits_in_scope(call.name);
        self.arrays_made_by(call.name);
        if super::converts(&call.name) {
            let into = match (&*call.name, expected) {
                ("into", expected) => expected.clone(),
                ("try_into", Ty::Std(of, args)) if &**of == "Result" => {
                    args.first().cloned().unwrap_or_default()
                }
                _ => Ty::Unknown,
            };
            self.conversion(&receiver, &into, call.name == "try_into");
        }
        let mut args = Args::new(&call.args);
        let result = self.steps(&receiver, call, &mut args, &turbofish, expected);
        if args.may_be_foreign {
            // A foreign trait's provided method may call the others on all that it is handed.
            // `collect` and its like make whatever is asked of them.
            let asked = (turbofish.is_empty() && std_facts::gives_what_is_asked(&call.name))
                .then_some(expected);
            let on = self.on(args
                .types()
                .chain(&turbofish)
                .chain(asked)
                .chain([&receiver]));
            self.edges.word_beside_conversion(call.name, on);
        }
        result
    }

    fn steps(
        &mut self,
        receiver: &Ty,
        call: &'a ir::MethodCall,
        args: &mut Args<'a>,
        turbofish: &[Ty],
        expected: &Ty,
    ) -> Ty {
        let mut ty = receiver.clone();
        for _ in 0..STEPS {
            match self.step(&ty, call, args, turbofish, expected) {
                Step::Found(result) => return result,
                Step::Unknown => {
                    self.edges.demand(Demand::Any(call.name));
                    self.edges.word_beside_conversion(call.name, On::any());
                    self.imported_packages();
                    let given = args.all(self);
                    self.hand_perhaps(call.name, &given, receiver);
                    return Ty::Unknown;
                }
                Step::Next(next) => ty = next,
                Step::End => break,
            }
        }
        // No method of ours that is seen: one that a derive, a closed macro call or a foreign trait gives.
        self.edges
            .demand(Demand::Foreign(call.name, Head::of(receiver.peeled())));
        args.may_be_foreign = true;
        let of_package = !std_facts::is_method(&call.name);
        if of_package {
            self.imported_packages();
            self.made_for_any(receiver, call.name);
        }
        if let Ty::Adt(node, _) = receiver.peeled()
            && !std_facts::is_method(&call.name)
        {
            // A closed call beside the type may hold the impl.
            let module = self.program.world.node(*node).module;
            let closed = self.program.world.module(module).generators.iter().copied();
            self.edges.nodes.extend(closed);
        }
        if let Ty::Adt(node, _) = receiver.peeled() {
            for id in self.program.inherent.get(node).into_iter().flatten() {
                let closed = self.program.impls.get(id).map(|facts| facts.closed.clone());
                self.edges.nodes.extend(closed.unwrap_or_default());
            }
        }
        let given = args.all(self);
        if of_package {
            self.edges
                .hands_perhaps
                .merge(self.on(given.iter().chain([receiver])));
        }
        std_facts::method(receiver, &call.name, turbofish, &given, expected).unwrap_or(Ty::Unknown)
    }

    /// Functions of std that give or take arrays whose length nothing else says.
    pub(super) fn arrays_made_by(&mut self, name: Symbol) {
        if std_facts::makes_arrays(&name) {
            self.edges.lengths.insert(Length::Any);
        }
    }

    /// Which traits with such a method are imported where the call stands is part of the meaning of its tokens.
    fn traits_in_scope(&mut self, name: Symbol) {
        let Some(traits) = self.program.traits_with.get(&name) else {
            return;
        };
        let imported = self.program.traits_imported(self.module);
        for of in traits {
            if imported.contains(of) {
                self.meanings
                    .note(Symbol::new(&format!(".{name}")), super::Meaning::Node(*of));
            }
        }
    }

    fn step(
        &mut self,
        ty: &Ty,
        call: &'a ir::MethodCall,
        args: &mut Args<'a>,
        turbofish: &[Ty],
        expected: &Ty,
    ) -> Step {
        match ty {
            Ty::Unknown => Step::Unknown,
            Ty::Outside => self.step_outside(call.name, args),
            Ty::Never => Step::End,
            Ty::Adt(node, _) => self.step_adt(*node, ty, call, args, turbofish, expected),
            Ty::Param(param) => {
                let bounds = self.program.bounds_of(&self.scope, *param).to_vec();
                let refs: Vec<TraitRef> = bounds.iter().map(|bound| bound.of).collect();
                self.step_bounds(&refs, ty, call, args, expected)
            }
            Ty::Traits(bounds) => {
                let refs: Vec<TraitRef> = bounds.iter().map(|bound| bound.of).collect();
                let mut found = Vec::new();
                for of in &refs {
                    if let TraitRef::Local(node) = of {
                        found.extend(self.inherent(*node, call.name));
                    }
                }
                self.edges.nodes.extend(found.iter().copied());
                match found.as_slice() {
                    [] => {}
                    [only] => {
                        let map = HashMap::default();
                        let result = self.call_function(*only, map, Some(ty), args, expected);
                        return Step::Found(result);
                    }
                    // `dyn A` and `dyn A + Send` are two types, with methods of their own.
                    _ => {
                        args.all(self);
                        return Step::Found(Ty::Unknown);
                    }
                }
                self.step_bounds(&refs, ty, call, args, expected)
            }
            _ => self.step_foreign(ty, call, args, turbofish, expected),
        }
    }

    fn step_adt(
        &mut self,
        node: NodeId,
        ty: &Ty,
        call: &'a ir::MethodCall,
        args: &mut Args<'a>,
        turbofish: &[Ty],
        expected: &Ty,
    ) -> Step {
        let name = call.name;
        let found = self.inherent(node, name);
        let by_reference = |id: &NodeId| {
            let function = self.program.world.node(*id).function();
            function.is_some_and(|f| matches!(f.receiver, Some(ir::Receiver::Reference)))
        };
        let mut inherent: Vec<NodeId> = found;
        inherent.retain(|id| {
            self.program
                .world
                .node(*id)
                .function()
                .is_some_and(|f| f.receiver.is_some())
        });
        let hides = !inherent.is_empty() && self.certainly(&inherent);
        let only_reference = inherent.iter().any(by_reference);
        let head = Head::Adt(node);
        let mut declared = Vec::new();
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            let by_value = self
                .program
                .traits
                .get(of)
                .and_then(|facts| facts.members.get(&name))
                .is_some_and(|members| {
                    members.iter().any(|id| {
                        let function = self.program.world.node(*id).function();
                        function.is_some_and(|f| {
                            !matches!(f.receiver, Some(ir::Receiver::Reference) | None)
                        })
                    })
                });
            // An inherent method hides a trait's, unless the trait's takes `self` and is met a step earlier.
            let reachable = !hides || (only_reference && by_value);
            if reachable && self.program.may_implement(*of, head) {
                declared.push(*of);
            }
        }
        for of in &declared {
            self.edges.demand(Demand::Member(*of, name, head));
        }
        if !inherent.is_empty() {
            self.edges.nodes.extend(inherent.iter().copied());
            if !hides {
                // For some choice of parameters it may be another one's: a foreign trait's, or one behind `Deref`.
                self.edges.demand(Demand::Foreign(name, head));
                if self.methods_behind(ty, name) {
                    args.all(self);
                    return Step::Found(Ty::Unknown);
                }
            }
            return match inherent.as_slice() {
                [only] if declared.is_empty() => {
                    Step::Found(self.call_member(*only, ty, turbofish, args, expected))
                }
                _ => {
                    args.all(self);
                    Step::Found(Ty::Unknown)
                }
            };
        }
        // A trait that is not imported gives nothing: another one's is meant, or one that is behind the type.
        let imported = self.program.traits_imported(self.module);
        let certain = declared
            .iter()
            .any(|of| imported.contains(of) && self.implements_plainly(*of, node));
        args.may_be_foreign |= !certain;
        self.edges.demand(Demand::Foreign(name, head));
        let foreign = self.foreign_member(node, name);
        let plain = foreign.is_some_and(|member| self.certainly(&[member]));
        if let (Some(member), true) = (foreign.filter(|_| plain), declared.is_empty()) {
            return Step::Found(self.call_member(member, ty, turbofish, args, expected));
        }
        if certain {
            return Step::Found(match declared.as_slice() {
                [of] if self.is_surely(*of, ty, name) => {
                    self.call_declared(*of, name, ty, args, expected)
                }
                _ => {
                    args.all(self);
                    Ty::Unknown
                }
            });
        }
        let made = self.made_for(ty, name);
        match self.deref_target(ty) {
            Some(_) if made => Step::Unknown,
            Some(next) => Step::Next(next),
            None if !declared.is_empty() => match declared.as_slice() {
                [of] if self.is_surely(*of, ty, name) => {
                    Step::Found(self.call_declared(*of, name, ty, args, expected))
                }
                _ => {
                    args.all(self);
                    Step::Found(Ty::Unknown)
                }
            },
            None => Step::End,
        }
    }

    /// A trait's method, called on a type whose impl may say more of the result than the declaration.
    fn call_declared(
        &mut self,
        of: NodeId,
        name: Symbol,
        ty: &Ty,
        args: &mut Args<'a>,
        expected: &Ty,
    ) -> Ty {
        let implemented = match ty {
            Ty::Adt(node, _) => self.impl_member(of, *node, name),
            _ => None,
        };
        if let Some(member) = implemented {
            return self.call_member_unmentioned(member, ty, &[], args, expected);
        }
        let declared = self
            .program
            .traits
            .get(&of)
            .and_then(|facts| facts.members.get(&name)?.first().copied());
        match declared {
            Some(id) => {
                let map = HashMap::from_iter([(Symbol::new("Self"), ty.clone())]);
                self.call_function(id, map, Some(ty), args, expected)
            }
            None => {
                args.all(self);
                Ty::Unknown
            }
        }
    }

    /// The member of the one impl of a trait for a type.
    fn impl_member(&self, of: NodeId, node: NodeId, name: Symbol) -> Option<NodeId> {
        let mut found = None;
        for id in self.program.impls_of_type.get(&node).into_iter().flatten() {
            let facts = self.program.impls.get(id)?;
            if facts.of != [TraitRef::Local(of)] {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some(facts.members.get(&name)?.first().copied()?);
        }
        found
    }

    /// Whether the trait has an impl for exactly this type, so that the search ends here.
    fn implements_plainly(&self, of: NodeId, node: NodeId) -> bool {
        self.program
            .impls_of_type
            .get(&node)
            .into_iter()
            .flatten()
            .any(|id| {
                self.program.impls.get(id).is_some_and(|facts| {
                    facts.of.contains(&TraitRef::Local(of)) && facts.unconditional
                })
            })
    }

    fn step_bounds(
        &mut self,
        bounds: &[TraitRef],
        ty: &Ty,
        call: &'a ir::MethodCall,
        args: &mut Args<'a>,
        expected: &Ty,
    ) -> Step {
        let name = call.name;
        let mut declared = Vec::new();
        for bound in bounds {
            for of in self.program.with_supertraits(*bound) {
                if self.declares(of, name) {
                    declared.push(of);
                }
            }
        }
        if declared.is_empty() {
            // A foreign bound's method, or one of a trait with a blanket impl.
            self.edges.demand(Demand::Foreign(name, Head::Any));
            self.edges.word_beside_conversion(name, On::any());
            self.imported_packages();
            let blanket = self.program.traits_with.get(&name);
            for of in blanket.into_iter().flatten() {
                self.edges.demand(Demand::Member(*of, name, Head::Any));
            }
            if let Some(next) = self.deref_target(ty)
                && blanket.is_none()
                && !std_facts::is_method(&name)
                && !bounds.iter().any(is_of_package)
            {
                return Step::Next(next);
            }
            let behind = self.methods_behind(ty, name);
            let given = args.all(self);
            if bounds.iter().any(is_of_package) {
                // Its supertraits are not read; `Deref` may be among them.
                self.edges.demand(Demand::Any(name));
                self.edges.hand(self.on(given.iter().chain([ty])));
            } else {
                self.hand_perhaps(name, &given, ty);
            }
            let known = std_facts::method(ty, &name, &[], &given, expected);
            return Step::Found(known.filter(|_| !behind).unwrap_or_default());
        }
        for of in &declared {
            self.member_of_bounds(bounds, *of, name);
        }
        // One of std's that takes `self` is met before one that takes a reference.
        let mut all = bounds
            .iter()
            .flat_map(|of| self.program.with_supertraits(*of));
        let gives = |of: TraitRef| match of {
            TraitRef::Foreign(of) => {
                std_facts::triggers(&of).is_some_and(|triggers| triggers.has_method(&name, None))
            }
            TraitRef::Local(_) => false,
        };
        if all.any(gives) {
            self.edges.demand(Demand::Foreign(name, Head::Any));
            self.edges.word_beside_conversion(name, On::any());
            args.all(self);
            return Step::Found(Ty::Unknown);
        }
        match declared.as_slice() {
            [TraitRef::Local(of)] => Step::Found(self.call_declared(*of, name, ty, args, expected)),
            _ => {
                args.all(self);
                Step::Found(Ty::Unknown)
            }
        }
    }

    fn step_foreign(
        &mut self,
        ty: &Ty,
        call: &'a ir::MethodCall,
        args: &mut Args<'a>,
        turbofish: &[Ty],
        expected: &Ty,
    ) -> Step {
        let name = call.name;
        let head = Head::of(ty);
        let mut local = false;
        for of in self.program.traits_with.get(&name).into_iter().flatten() {
            if self.program.may_implement(*of, head) {
                self.edges.demand(Demand::Member(*of, name, head));
                local = true;
            }
        }
        if let Ty::Foreign(_) = ty {
            // Of a package that is not read: it may dereference to what it was handed.
            return self.step_outside(name, args);
        }
        if let Ty::Ref(inner) = ty
            && !matches!(
                **inner,
                Ty::Std(..) | Ty::Prim(_) | Ty::Slice(_) | Ty::Tuple(_) | Ty::Array(_) | Ty::Ref(_)
            )
        {
            return Step::Next((**inner).clone());
        }
        if std_facts::is_method(&name) {
            // Closures get the parameter types that std's method gives them, so arguments are read in order.
            let mut given = Vec::new();
            for at in 0..args.len() {
                let wanted = std_facts::closure_params(ty, &name, at, &given);
                let wanted = if wanted.is_empty() {
                    Ty::Unknown
                } else {
                    Ty::Function(wanted, Box::default())
                };
                if wanted.is_unknown()
                    && std_facts::deref(ty).is_some()
                    && std_facts::method(ty, &name, turbofish, &given, expected).is_none()
                {
                    break;
                }
                given.push(args.value(at, &wanted, self));
            }
            if given.len() == args.len()
                && let Some(result) = std_facts::method(ty, &name, turbofish, &given, expected)
            {
                let on = match (ty, &*name) {
                    // Only what can't be unwrapped is shown.
                    (Ty::Std(of, args), "unwrap" | "expect") if &**of == "Result" => {
                        self.on(args.get(1))
                    }
                    (Ty::Std(of, args), "unwrap_err" | "expect_err") if &**of == "Result" => {
                        self.on(args.first())
                    }
                    _ => self.on(given.iter().chain(turbofish).chain([ty, &result])),
                };
                if on != On::default() {
                    self.std_calls(name, None, std_facts::calls(ty, &name), &on);
                }
                self.settle_std(&given, Some(ty), &result);
                let behind = self.methods_behind(ty, name);
                return Step::Found(if local || behind { Ty::Unknown } else { result });
            }
        }
        if let Some(member) = self.only_member(ty, name).filter(|_| local) {
            return Step::Found(
                self.call_member_unmentioned(member, ty, turbofish, args, expected),
            );
        }
        match std_facts::deref(ty) {
            Some(next) => Step::Next(next),
            None => Step::End,
        }
    }

    /// The method of a primitive type that no trait but the one of ours that is imported here gives it.
    fn only_member(&self, ty: &Ty, name: Symbol) -> Option<NodeId> {
        let is_literal = matches!(ty, Ty::Prim(of) if of.starts_with('{'));
        if !matches!(ty, Ty::Prim(_)) || is_literal || std_facts::calls(ty, &name).is_some() {
            return None;
        }
        if !self.program.packages_imported(self.module).is_empty() {
            return None;
        }
        let imported = self.program.traits_imported(self.module);
        let head = Head::of(ty);
        let mut candidates = self
            .program
            .traits_with
            .get(&name)?
            .iter()
            .filter(|of| imported.contains(of) && self.program.may_implement(**of, head));
        let (of, None) = (candidates.next()?, candidates.next()) else {
            return None;
        };
        let mut impls = self.program.traits.get(of)?.impls.iter().filter(|id| {
            let facts = self.program.impls.get(*id);
            facts.is_none_or(|facts| head.may_use(Head::of(&facts.self_ty)))
        });
        let (id, None) = (impls.next()?, impls.next()) else {
            return None;
        };
        let facts = self.program.impls.get(id)?;
        match facts.members.get(&name)?.as_slice() {
            [member] if facts.of.len() == 1 && facts.self_ty == *ty => Some(*member),
            _ => None,
        }
    }

    /// A method of a value that code of packages gave.
    fn step_outside(&mut self, name: Symbol, args: &mut Args<'a>) -> Step {
        self.edges.demand(Demand::Handed(name));
        let given = args.values(self);
        let on = self.on(&given);
        self.edges.word_beside_conversion(
            name,
            On {
                handed: true,
                ..on.clone()
            },
        );
        self.edges.hand(on);
        self.imported_packages();
        // It may be a method of ours, on a type that such code was handed.
        Step::Found(match self.methods_of_ours(name) {
            Some(methods) => {
                // What it takes and gives is in the same hands then.
                self.edges.settled.extend(methods.iter().cloned());
                Ty::Outside
            }
            None => {
                for ty in &given {
                    self.settle(ty, &Ty::Unknown);
                }
                Ty::Unknown
            }
        })
    }

    /// The types of ours that have a method of that name, and what those take and give; nothing if that is not known.
    pub(super) fn methods_of_ours(&self, name: Symbol) -> Option<Rc<Methods>> {
        self.program
            .methods_of_ours(name, || self.find_methods_of_ours(name))
    }

    fn find_methods_of_ours(&self, name: Symbol) -> Option<Methods> {
        let mut methods = Vec::new();
        let members = self.program.members_named.get(&name);
        for id in members.into_iter().flatten() {
            let node = self.program.world.node(*id);
            let function = node.function()?;
            let scope = self.program.scope(*id);
            let params = function.params.iter().map(|param| &param.ty);
            let types: Vec<Ty> = params
                .chain(&function.result)
                .map(|ty| self.program.ty(ty, &scope))
                .collect();
            let on = On::of(&types);
            if on == On::default() {
                continue;
            }
            let of_impl = node.parent.and_then(|id| self.program.impls.get(&id))?;
            let Ty::Adt(of, _) = of_impl.self_ty.peeled() else {
                return None;
            };
            methods.push((*of, on));
        }
        Some(methods)
    }

    /// A method of something unknown, or one that a package's trait may give to a type of ours: packages get its arguments,
    /// and where their traits are imported the receiver as well.
    fn hand_perhaps(&mut self, name: Symbol, given: &[Ty], receiver: &Ty) {
        // A name that neither std nor we have is of a package's trait, or of what its macros made.
        let unseen =
            !std_facts::is_method(&name) && !self.program.members_named.contains_key(&name);
        let imported = !self.program.packages_imported(self.module).is_empty();
        let receiver = (imported || unseen).then_some(receiver);
        self.edges
            .hands_perhaps
            .merge(self.on(given.iter().chain(receiver)));
    }

    pub(super) fn call_member(
        &mut self,
        id: NodeId,
        base: &Ty,
        turbofish: &[Ty],
        args: &mut Args<'a>,
        expected: &Ty,
    ) -> Ty {
        self.edges.nodes.insert(id);
        self.call_member_unmentioned(id, base, turbofish, args, expected)
    }

    fn call_member_unmentioned(
        &mut self,
        id: NodeId,
        base: &Ty,
        turbofish: &[Ty],
        args: &mut Args<'a>,
        expected: &Ty,
    ) -> Ty {
        match self.member_value(id, base, turbofish.to_vec(), expected) {
            super::path::Value::Function(id, map) => {
                self.call_function(id, map, Some(base), args, expected)
            }
            _ => {
                args.all(self);
                Ty::Unknown
            }
        }
    }
}

fn is_of_package(of: &TraitRef) -> bool {
    matches!(of, TraitRef::Foreign(of) if of.contains("::"))
}

enum Step {
    /// The method is of this type; the result.
    Found(Ty),
    /// Not of this type: the one behind it.
    Next(Ty),
    /// Nothing behind it.
    End,
    /// The type is not known.
    Unknown,
}
