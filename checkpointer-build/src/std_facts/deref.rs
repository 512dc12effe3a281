//! What a type of std dereferences to, and what a `for` loop over it yields.

use crate::ty::Ty;

/// One step of auto-deref, unsizing of arrays included.
pub(crate) fn deref(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Ref(inner) => Some((**inner).clone()),
        _ => None,
    }
}

/// What a `for` over a value of this type yields.
pub(crate) fn item_of(_ty: &Ty) -> Ty {
    Ty::Unknown
}
