//! Written types as the inference sees them.

use super::{Program, Scope, substitute, unify};

use crate::ir::{self, ItemKind};
use crate::map::HashMap;
use crate::resolve::Resolution;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Def, Ns};

impl Program<'_, '_> {
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
            ir::Type::Dyn(bounds) | ir::Type::Impl(bounds) => {
                let mut all = Vec::new();
                for path in bounds {
                    let found = self.bounds(path, scope);
                    if found.is_empty() {
                        return Ty::Unknown;
                    }
                    all.extend(found);
                }
                Ty::Traits(all)
            }
            ir::Type::Never => Ty::Never,
            ir::Type::Infer | ir::Type::Macro(_) | ir::Type::Verbatim(_) => Ty::Unknown,
        }
    }

    pub(super) fn args(&self, segment: Option<&ir::Segment>, scope: &Scope) -> Vec<Ty> {
        let types = segment
            .and_then(|segment| segment.args.as_deref())
            .map(|args| args.types.as_slice());
        self.type_args(types.unwrap_or_default(), scope)
    }

    /// Generic arguments that are types: a plain name among them may be that of a constant.
    pub(crate) fn type_args(&self, args: &[ir::Type], scope: &Scope) -> Vec<Ty> {
        let types = args.iter().filter(|arg| !self.is_const(arg, scope));
        types.map(|ty| self.ty(ty, scope)).collect()
    }

    /// Whether a generic argument is a constant's name: types of that name come first.
    pub(crate) fn is_const(&self, arg: &ir::Type, scope: &Scope) -> bool {
        let ir::Type::Path(path) = arg else {
            return false;
        };
        let (None, false, [only]) = (&path.qself, path.global, path.segments.as_slice()) else {
            return false;
        };
        let Some(module) = scope.module.filter(|_| only.args.is_none()) else {
            return false;
        };
        let names = [only.name];
        let is_type = only.name == "Self"
            || scope.params.iter().any(|(name, _)| *name == only.name)
            || !self
                .names()
                .path(module, &names, false, Ns::Type)
                .defs
                .is_empty();
        let is_value = || {
            scope.consts.contains(&only.name)
                || !self
                    .names()
                    .path(module, &names, false, Ns::Value)
                    .defs
                    .is_empty()
        };
        !is_type && is_value()
    }

    pub(super) fn path_ty(&self, path: &ir::Path, scope: &Scope) -> Ty {
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
                        if data.generics.unsure {
                            args.fill(Ty::Unknown);
                        }
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

    pub(super) fn adt(&self, id: NodeId, generics: &ir::Generics, mut args: Vec<Ty>) -> Ty {
        for param in generics.types.iter().skip(args.len()) {
            let default = match &param.default {
                Some(ty) => self.ty(ty, &self.scope(id)),
                None => Ty::Unknown,
            };
            args.push(default);
        }
        args.truncate(generics.types.len());
        if generics.unsure {
            args.fill(Ty::Unknown);
        }
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
                if scope.supplied.contains(param) {
                    return Ty::unit();
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
                        let mut map = unify(&inner.self_ty, &Ty::Adt(*node, args.clone()));
                        // Another impl's parameters must not be taken for those around.
                        for (name, _) in &inner.params {
                            map.entry(*name).or_default();
                        }
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
