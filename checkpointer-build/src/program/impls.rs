//! What each impl and trait of the program says, indexed.

use super::{Head, ImplFacts, Program, Scope, TraitFacts};

use crate::ir::{self, ItemKind};
use crate::map::{HashMap, HashSet};
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};
use crate::world::Kind;

impl Program<'_, '_> {
    pub(super) fn members_of(&self, of: NodeId) -> (HashMap<Symbol, Vec<NodeId>>, Vec<NodeId>) {
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

    pub(super) fn index_traits(&mut self) {
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

    pub(super) fn index_impls(&mut self) {
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
    pub(super) fn unconditional(&self, data: &ir::Impl, scope: &Scope) -> bool {
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
    pub(super) fn free_lone_impls(&mut self) {
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
