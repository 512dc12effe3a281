//! Names in types, bounds and values.

use super::On;
use super::hygiene::Variable;
use super::item::Walker;
use crate::ir::{self, ItemKind};
use crate::map::HashMap;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Def, Kind, Ns, STD};

/// What a path in value position means.
pub(super) enum Value {
    /// A value of this type.
    Plain(Ty),
    /// A function of the analysed crates, with what is known of its generics.
    Function(NodeId, HashMap<Symbol, Ty>),
    /// A tuple struct or variant as a function: its type, whose fields the arguments are.
    Constructor(Def, Ty),
    /// A function or value of a package, and what calling or reading it gives.
    Outside(Ty),
    /// A member of something that is not known.
    Member,
    /// A function of std, by path; with the type it is associated with.
    Foreign(Symbol, Option<Ty>),
}

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
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
                let Variable { ty, or_item } = found;
                if !or_item {
                    return Value::Plain(ty);
                }
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
            if def.is_of_package() {
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
        if let Some(last) = rest.last() {
            // An impl for a type that a name may mean, or not, is for an unknown one.
            self.any_member(*last);
        }
        let (mut of_std, mut of_package) = (None, false);
        for def in &found.defs {
            let value = self.single_value(
                *def,
                path,
                found.consumed,
                rest,
                turbofish.clone(),
                expected,
            );
            match value {
                Value::Foreign(name, _) => of_std = Some(name),
                Value::Outside(_) => of_package = true,
                _ => {}
            }
        }
        // Each may be meant; what it gives is known of one alone.
        match of_std {
            Some(name) if !of_package => Value::Foreign(name, Some(Ty::Unknown)),
            Some(name) => {
                let name = Symbol::new(name.rsplit("::").next().unwrap_or(&name));
                if super::converts(&name) {
                    let tries = name.starts_with("try");
                    self.conversion(&Ty::Unknown, &Ty::Unknown, tries);
                }
                self.edges.word_beside_conversion(name, On::any());
                Value::Outside(Ty::Unknown)
            }
            None if of_package => Value::Outside(Ty::Unknown),
            None => Value::Plain(Ty::Unknown),
        }
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
            self.program.type_args(types, &self.scope)
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
                    return self.member_of_std(name, owner, expected);
                }
                self.edges.hand(On::default());
                Value::Outside(match path.segments.as_slice() {
                    [.., _, member] => self.member_outside(member.name),
                    _ => Ty::Outside,
                })
            }
            (Def::Foreign(start, package), [next, rest @ ..]) => {
                // Beside a type of ours, as the other side of a `cfg`.
                let longer = Def::Foreign(Symbol::new(&format!("{start}::{next}")), package);
                self.single_value(longer, path, consumed + 1, rest, turbofish, expected)
            }
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
        self.program.type_args(types, &self.scope)
    }
}

pub(super) fn names_of(path: &ir::Path) -> Vec<Symbol> {
    path.segments.iter().map(|segment| segment.name).collect()
}
