//! Result types of functions of std.

use crate::ty::Ty;

/// The result of a free function, tuple struct or variant of std by its path (`std::mem::take`,
/// `Some`). `None`: no such function is known.
pub(crate) fn function(_path: &str, _turbofish: &[Ty], _args: &[Ty], _expected: &Ty) -> Option<Ty> {
    None
}

/// The result of `Owner::name(args)` for a type of std or a primitive: `Vec::new`, `u32::from_str_radix`, and
/// methods called by path, with the receiver as the first argument (`Arc::clone(&x)`).
/// Type arguments of the owner that are not written are [`Ty::Unknown`] or missing.
pub(crate) fn associated(
    _owner: &Ty,
    _name: &str,
    _turbofish: &[Ty],
    _args: &[Ty],
    _expected: &Ty,
) -> Option<Ty> {
    None
}

/// The result of `Trait::name(args)` for a trait of std: `Default::default()`, `Iterator::map(i, f)`.
pub(crate) fn trait_function(
    _of: &str,
    _name: &str,
    _turbofish: &[Ty],
    _args: &[Ty],
    _expected: &Ty,
) -> Option<Ty> {
    None
}
