//! Type parameters and what they stand for.

use crate::map::HashMap;
use crate::symbol::Symbol;
use crate::ty::{Bound, Ty};

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
