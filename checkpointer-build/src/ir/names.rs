//! Paths and types as they are written.

use super::{Expr, MacroCall, Pos};
use crate::symbol::Symbol;

/// A path in an expression, pattern, type or bound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    /// `<Type>::…` or `<Type as Trait>::…`.
    pub(crate) qself: Option<Box<QSelf>>,
    /// Whether it begins with `::`.
    pub(crate) global: bool,
    /// Its segments; of `<X as a::Trait>::name`, those after `>::`.
    pub(crate) segments: Vec<Segment>,
    /// Where it stands.
    pub(crate) at: Pos,
}

/// The part of a qualified path between `<` and `>`.
#[derive(Clone, Debug)]
pub(crate) struct QSelf {
    /// The type.
    pub(crate) ty: Type,
    /// The trait behind `as`.
    pub(crate) as_trait: Option<Path>,
}

/// One segment of a path.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The name, without `r#`. `$crate` is spelled `$crate::NAME`, see [`crate::expand`].
    pub(crate) name: Symbol,
    /// Generic arguments.
    pub(crate) args: Option<Box<GenericArgs>>,
}

/// Generic arguments of a segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct GenericArgs {
    /// Type arguments; a const argument that is a plain name is among them too, as a path.
    pub(crate) types: Vec<Type>,
    /// Const arguments that are literals or blocks.
    pub(crate) consts: Vec<Expr>,
    /// `Item = Type`.
    pub(crate) bindings: Vec<(Symbol, Type)>,
    /// `Item: Bounds`.
    pub(crate) constraints: Vec<(Symbol, Vec<Path>)>,
    /// `Fn(A, B) -> C`: inputs and output; the output of `Fn()` is the empty tuple.
    pub(crate) parenthesized: Option<(Vec<Type>, Box<Type>)>,
}

/// A type.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    /// A path.
    Path(Path),
    /// `&T`, `&mut T`.
    Reference(Box<Type>),
    /// `*const T`, `*mut T`.
    Pointer(Box<Type>),
    /// `[T]`.
    Slice(Box<Type>),
    /// `[T; N]`, and N where it is a number.
    Array(Box<Type>, Box<Expr>, Option<u64>),
    /// `(A, B)`; the unit type is the empty tuple.
    Tuple(Vec<Type>),
    /// `fn(A) -> B`.
    Function(Vec<Type>, Box<Type>),
    /// `dyn A + B`.
    Dyn(Vec<Path>),
    /// `impl A + B`.
    Impl(Vec<Path>),
    /// `!`.
    Never,
    /// `_`.
    Infer,
    /// A macro call in type position.
    Macro(Box<MacroCall>),
    /// Tokens that syn does not understand.
    Verbatim(String),
}
