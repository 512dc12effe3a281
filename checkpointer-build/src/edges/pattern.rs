//! Patterns: the items that they name, and the variables that they bind with their types.

use super::call::close;
use super::item::Walker;
use super::path::{Value, names_of};
use crate::ir::{self, Pattern};
use crate::map::HashMap;
use crate::program::substitute;
use crate::symbol::Symbol;
use crate::ty::Ty;
use crate::world::{Def, Kind, Ns};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// Reads a pattern against the type of the value that it takes apart.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, ty: &Ty) {
        match pattern {
            Pattern::Wild | Pattern::Rest => {}
            Pattern::Ident {
                name,
                by_ref,
                can_be_path,
                sub,
                at,
            } => {
                if *can_be_path && sub.is_none() {
                    let found = self
                        .program
                        .names()
                        .path(self.module, &[*name], false, Ns::Value);
                    let mut constant = false;
                    for def in &found.defs {
                        if self.is_constant(*def) {
                            self.mention(&[*name], *def, *at);
                            constant = true;
                        }
                    }
                    if constant {
                        return;
                    }
                }
                let ty = if *by_ref {
                    ty.clone().referenced()
                } else {
                    ty.clone()
                };
                self.bind(*name, ty.clone());
                if let Some(sub) = sub {
                    self.pattern(sub, &ty);
                }
            }
            Pattern::Path(path) => {
                let value = self.value_path(path, ty);
                if let Value::Constructor(_, found) | Value::Plain(found) = &value {
                    self.settle(ty, found);
                }
            }
            Pattern::TupleStruct(path, parts) => {
                let fields = self.pattern_fields(path, ty);
                let types: Option<Vec<Ty>> =
                    fields.map(|fields| fields.into_iter().map(|(_, ty)| ty).collect());
                self.sequence(parts, types.as_deref());
            }
            Pattern::Struct(path, parts) => {
                let fields = self.pattern_fields(path, ty).unwrap_or_default();
                let by_name: HashMap<Symbol, Ty> = fields.into_iter().collect();
                for (name, part) in parts {
                    self.pattern(part, by_name.get(name).unwrap_or(&Ty::Unknown));
                }
            }
            Pattern::Tuple(parts) => {
                let types = match ty.peeled() {
                    Ty::Tuple(types) => Some(
                        types
                            .iter()
                            .map(|part| rewrap(part, ty))
                            .collect::<Vec<_>>(),
                    ),
                    Ty::Outside => Some(vec![Ty::Outside; parts.len()]),
                    _ => None,
                };
                self.sequence(parts, types.as_deref());
            }
            Pattern::Slice(parts) => {
                let item = match ty.peeled() {
                    Ty::Slice(inner) | Ty::Array(inner) => rewrap(inner, ty),
                    _ => Ty::Unknown,
                };
                for part in parts {
                    let whole = matches!(part, Pattern::Ident { sub: Some(sub), .. } if matches!(**sub, Pattern::Rest));
                    self.pattern(part, if whole { ty } else { &item });
                }
            }
            Pattern::Or(parts) => {
                for part in parts {
                    self.pattern(part, ty);
                }
            }
            Pattern::Reference(inner) => {
                let ty = match ty {
                    Ty::Ref(inner) => (**inner).clone(),
                    _ => Ty::Unknown,
                };
                self.pattern(inner, &ty);
            }
            Pattern::Value(exprs) => {
                for expr in exprs {
                    let found = self.expr(expr, ty);
                    self.settle(ty, &found);
                }
                // A constant of a local type is compared by its own `PartialEq`.
                self.edges.operator("==", self.on([ty]));
            }
            Pattern::Typed(inner, written) => {
                self.mention_type(written);
                let ty = self.program.ty(written, &self.scope);
                self.pattern(inner, &ty);
            }
            Pattern::Macro(call) => self.pattern_macro(call, ty),
            Pattern::Verbatim(text) => self.scan(text, ir::Pos::default()),
        }
    }

    fn is_constant(&self, def: Def) -> bool {
        match def {
            Def::Variant(..) => true,
            Def::Node(node) => match self.program.world.node(node).kind {
                Kind::Const | Kind::Static => true,
                Kind::Struct => self
                    .fields_of(def)
                    .is_some_and(|fields| fields.style == ir::FieldStyle::Unit),
                _ => false,
            },
            // `None` and its like: only what begins like a constant or variant.
            Def::Foreign(path, _) => path
                .rsplit("::")
                .next()
                .is_some_and(|last| last.starts_with(char::is_uppercase)),
            Def::Mod(_) | Def::Prim(_) => false,
        }
    }

    /// The parts of a tuple-like pattern, around a `..` if there is one.
    fn sequence(&mut self, parts: &'a [Pattern], types: Option<&[Ty]>) {
        let rest = parts.iter().position(|part| matches!(part, Pattern::Rest));
        for (at, part) in parts.iter().enumerate() {
            let ty = types.and_then(|types| match rest {
                Some(rest) if at > rest => (types.len() + at)
                    .checked_sub(parts.len())
                    .and_then(|at| types.get(at)),
                _ => types.get(at),
            });
            self.pattern(part, ty.unwrap_or(&Ty::Unknown));
        }
    }

    /// The fields that a struct or variant pattern takes apart, with their types behind the value's references.
    fn pattern_fields(&mut self, path: &'a ir::Path, ty: &Ty) -> Option<Vec<(Symbol, Ty)>> {
        let names = names_of(path);
        let last = names.last().copied();
        let value = self.struct_path(path, ty.peeled());
        if let Some((_, found)) = &value {
            self.settle(ty, found);
        }
        let (def, struct_ty) = match value {
            Some(found) => found,
            None => {
                // `Some(x)`, `Ok(x)`, `Err(x)`: std's variants.
                let item = match (ty.peeled(), last.as_deref()) {
                    (Ty::Outside | Ty::Foreign(_), _) => Some(Ty::Outside),
                    (Ty::Std(name, args), Some("Some")) if &**name == "Option" => {
                        args.first().cloned()
                    }
                    (Ty::Std(name, args), Some("Ok")) if &**name == "Result" => {
                        args.first().cloned()
                    }
                    (Ty::Std(name, args), Some("Err")) if &**name == "Result" => {
                        args.get(1).cloned()
                    }
                    (Ty::Std(name, args), Some("Borrowed")) if &**name == "Cow" => {
                        args.first().map(|ty| ty.clone().referenced())
                    }
                    _ => None,
                }?;
                return Some(vec![(Symbol::new("0"), rewrap(&item, ty))]);
            }
        };
        let Ty::Adt(node, args) = &struct_ty else {
            return None;
        };
        let fields = self.fields_of(def)?;
        let scope = self.program.scope(*node);
        let args = match ty.peeled() {
            Ty::Adt(other, args) if other == node => args,
            _ => args,
        };
        let map = self.adt_map(*node, args);
        let mut found = Vec::new();
        for field in &fields.fields {
            let declared = self.program.ty(&field.ty, &scope);
            found.push((
                field.name,
                rewrap(&close(&substitute(&declared, &map), &scope, &map), ty),
            ));
        }
        Some(found)
    }

    /// The struct, union or variant that a pattern's or literal's path means; mentions it.
    pub(super) fn struct_path(&mut self, path: &'a ir::Path, expected: &Ty) -> Option<(Def, Ty)> {
        let names = names_of(path);
        let value_ns = self
            .program
            .names()
            .path(self.module, &names, path.global, Ns::Type);
        let is_self = names.first().is_some_and(|name| *name == "Self");
        if path.qself.is_none()
            && !is_self
            && value_ns.consumed == names.len()
            && !value_ns.defs.is_empty()
        {
            let mut found = None;
            for def in &value_ns.defs {
                self.mention(&names, *def, path.at);
                let args: Vec<Ty> = {
                    let at = if matches!(def, Def::Variant(..)) && names.len() > 1 {
                        names.len() - 2
                    } else {
                        names.len() - 1
                    };
                    let args = path.segments[at]
                        .args
                        .as_deref()
                        .map(|args| args.types.as_slice())
                        .unwrap_or_default();
                    self.program.type_args(args, &self.scope)
                };
                path.segments
                    .iter()
                    .filter_map(|s| s.args.as_deref())
                    .flat_map(|args| &args.types)
                    .for_each(|ty| {
                        self.mention_type(ty);
                    });
                let ty = self.program.def_ty(*def, args);
                let def = match (&ty, def) {
                    (Ty::Adt(node, _), Def::Node(_)) => Def::Node(*node),
                    _ => *def,
                };
                self.mention_ty(&ty);
                if matches!(ty, Ty::Adt(..)) {
                    found = Some((def, ty));
                }
            }
            return if value_ns.defs.len() == 1 {
                found
            } else {
                None
            };
        }
        match self.value_path(path, expected) {
            super::path::Value::Constructor(def, ty) => Some((def, ty)),
            _ => None,
        }
    }
}

/// A part's type as a pattern binds it: through a reference to the whole, a reference to the part.
fn rewrap(part: &Ty, whole: &Ty) -> Ty {
    match whole {
        Ty::Ref(_) if part.is_unknown() => Ty::Unknown,
        Ty::Ref(_) => part.clone().referenced(),
        _ => part.clone(),
    }
}
