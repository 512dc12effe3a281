//! Types of operators, literals, `?` and `.await` on types of std.

use crate::ty::Ty;

/// The type of `left op right` (`+`, `==`, `&&`, `<<`, and assignments such as `+=`).
pub(crate) fn binary(_op: &str, _left: &Ty, _right: &Ty) -> Ty {
    Ty::Unknown
}

/// The type of `-x`, `!x` and `*x`.
pub(crate) fn unary(_op: &str, _operand: &Ty) -> Ty {
    Ty::Unknown
}

/// The type of `base[index]`.
pub(crate) fn index(_base: &Ty, _index: &Ty) -> Ty {
    Ty::Unknown
}

/// The type of a literal as it is written: `1`, `1u8`, `2.5`, `'c'`, `"text"`, `b"bytes"`, `true`.
pub(crate) fn literal(_text: &str) -> Ty {
    Ty::Unknown
}

/// What `?` yields on a value of this type.
pub(crate) fn try_value(_ty: &Ty) -> Ty {
    Ty::Unknown
}

/// What `.await` yields on a future of std.
pub(crate) fn await_value(_ty: &Ty) -> Ty {
    Ty::Unknown
}
