//! Types of values where two of them meet: a value and its place, the branches of an expression.

use super::On;
use super::item::Walker;

use crate::ty::Ty;

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// A value that code of packages made becomes what its place expects: that type may be one of ours.
    pub(super) fn settle(&mut self, ty: &Ty, expected: &Ty) {
        if !ty.has_outside() {
            return;
        }
        // Part by part: what is not known of one says nothing of the others.
        let parts = match (ty, expected) {
            (Ty::Tuple(given), Ty::Tuple(wanted)) => Some((given, wanted)),
            (Ty::Std(name, given), Ty::Std(other, wanted)) if name == other => {
                Some((given, wanted))
            }
            (Ty::Adt(node, given), Ty::Adt(other, wanted)) if node == other => {
                Some((given, wanted))
            }
            _ => None,
        };
        match parts {
            Some((given, wanted)) if given.len() == wanted.len() => {
                for (given, wanted) in given.iter().zip(wanted) {
                    self.settle(given, wanted);
                }
            }
            _ => self.settle_somewhere(ty, expected),
        }
    }

    /// The same where a value may become any part of what is expected.
    pub(super) fn settle_somewhere(&mut self, ty: &Ty, expected: &Ty) {
        match expected {
            Ty::Prim(_) | Ty::Never => {}
            // It stays theirs.
            Ty::Outside | Ty::Foreign(_) => {}
            Ty::Traits(bounds) => {
                for (_, bound) in bounds.iter().flat_map(|bound| &bound.bindings) {
                    self.settle(ty, bound);
                }
            }
            _ => {
                let on = self.on([expected]);
                self.edges.takes_any |= on.is_open();
                self.edges.hand(On {
                    types: on.types,
                    handed: on.handed,
                    ..On::default()
                });
            }
        }
    }

    /// The type of two branches; what came from code of packages becomes of the other one's type.
    pub(super) fn branches(&mut self, left: Ty, right: Ty) -> Ty {
        if left != right && right != Ty::Never && left != Ty::Never {
            self.settle(&left, &right);
            self.settle(&right, &left);
        }
        common(left, right)
    }
}

/// A declared type, completed by the one that was found where the declaration leaves parts open.
pub(super) fn merge(declared: Ty, found: Ty) -> Ty {
    match (&declared, &found) {
        (Ty::Unknown, _) => found,
        (Ty::Std(a, left), Ty::Std(b, right)) if a == b && left.len() == right.len() => Ty::Std(
            *a,
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Adt(a, left), Ty::Adt(b, right)) if a == b && left.len() == right.len() => Ty::Adt(
            *a,
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Tuple(left), Ty::Tuple(right)) if left.len() == right.len() => Ty::Tuple(
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Ref(left), Ty::Ref(right)) => merge((**left).clone(), (**right).clone()).referenced(),
        _ => declared,
    }
}

pub(super) fn merge_first(known: Ty, next: Ty) -> Ty {
    if matches!(known, Ty::Unknown | Ty::Outside | Ty::Never) {
        next
    } else {
        known
    }
}

pub(super) fn merge_numbers(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        (Ty::Prim(name), _) if name.starts_with('{') => right,
        (Ty::Unknown, _) => right,
        _ => left,
    }
}

/// The type of two branches: certain only if they agree, or one never ends.
pub(super) fn common(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        (Ty::Never, _) => right,
        (_, Ty::Never) => left,
        _ if left == right => left,
        (Ty::Prim(a), Ty::Prim(b)) if a.starts_with('{') && !b.starts_with('{') => right,
        (Ty::Prim(a), Ty::Prim(b)) if b.starts_with('{') && !a.starts_with('{') => left,
        _ => alike(&left, &right).unwrap_or_default(),
    }
}

/// Two types of one shape, part by part.
fn alike(left: &Ty, right: &Ty) -> Option<Ty> {
    let parts = |left: &[Ty], right: &[Ty]| -> Option<Vec<Ty>> {
        let pairs = left.iter().cloned().zip(right.iter().cloned());
        (left.len() == right.len()).then(|| pairs.map(|(l, r)| known_of(l, r)).collect())
    };
    match (left, right) {
        (Ty::Std(a, left), Ty::Std(b, right)) if a == b => Some(Ty::Std(*a, parts(left, right)?)),
        (Ty::Adt(a, left), Ty::Adt(b, right)) if a == b => Some(Ty::Adt(*a, parts(left, right)?)),
        (Ty::Tuple(left), Ty::Tuple(right)) => Some(Ty::Tuple(parts(left, right)?)),
        _ => None,
    }
}

/// A type argument that two branches share, where one leaves it open (`Err(e)` beside `Ok(x)`). What could be a
/// coercion's source (a pointer to one type beside a pointer to a trait object) is not certain.
pub(super) fn known_of(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        _ if left == right => left,
        (Ty::Unknown, _) if !may_coerce(&right) => right,
        (_, Ty::Unknown) if !may_coerce(&left) => left,
        _ => alike(&left, &right).unwrap_or_default(),
    }
}

pub(super) fn may_coerce(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(_)
        | Ty::Pointer(_)
        | Ty::Function(..)
        | Ty::Never
        | Ty::Unknown
        | Ty::Outside
        | Ty::Param(_)
        | Ty::Foreign(_) => true,
        Ty::Std(name, args) => {
            matches!(&**name, "Box" | "Rc" | "Arc" | "Pin") || args.iter().any(may_coerce)
        }
        Ty::Adt(_, args) | Ty::Tuple(args) => args.iter().any(may_coerce),
        Ty::Slice(inner) | Ty::Array(inner) => may_coerce(inner),
        Ty::Prim(_) | Ty::Traits(_) => false,
    }
}
