//! From a path into std to a type.

use crate::ty::Ty;

/// The type that a path into std means; one whose facts are not known is [`Ty::Std`] with its last segment.
pub(crate) fn type_of_path(path: &str, args: Vec<Ty>) -> Ty {
    Ty::std(path.rsplit("::").next().unwrap_or(path), args)
}
