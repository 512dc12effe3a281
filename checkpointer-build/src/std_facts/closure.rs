//! The parameters of closures that are passed to std.

use crate::ty::Ty;

/// The parameter types of a closure that is passed as argument `arg` (from 0, without the receiver)
/// of a std method, given the arguments before it; empty if they are not known.
pub(crate) fn closure_params(
    _receiver: &Ty,
    _name: &str,
    _arg: usize,
    _args_so_far: &[Ty],
) -> Vec<Ty> {
    Vec::new()
}
