//! Result types of methods of std.

use crate::ty::Ty;

/// The result of a std method on a type of std, a primitive, tuple, slice, array, pointer or reference, after
/// auto-deref and auto-ref. `None`: std has no such method there.
pub(crate) fn method(
    _receiver: &Ty,
    _name: &str,
    _turbofish: &[Ty],
    _args: &[Ty],
    _expected: &Ty,
) -> Option<Ty> {
    None
}
