//! A type's outline: what receivers, operands and impls are compared by.

use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};

/// The shape of a self type: what a receiver's type is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Head {
    Adt(NodeId),
    /// `dyn Trait`.
    Dyn(NodeId),
    Std(Symbol),
    /// Of a package that is not read: it may have several paths, and be an alias of anything that is not ours.
    Foreign,
    Prim(Symbol),
    Reference,
    Tuple,
    Slice,
    Array,
    Function,
    /// A type parameter, or something that is not known: fits everything.
    Any,
}

impl Head {
    pub(crate) fn of(ty: &Ty) -> Head {
        match ty {
            Ty::Adt(node, _) => Head::Adt(*node),
            Ty::Std(name, _) => Head::Std(*name),
            Ty::Foreign(_) => Head::Foreign,
            Ty::Prim(name) if name.starts_with('{') => Head::Any,
            Ty::Prim(name) => Head::Prim(*name),
            Ty::Ref(_) | Ty::Pointer(_) => Head::Reference,
            Ty::Tuple(_) => Head::Tuple,
            Ty::Slice(_) => Head::Slice,
            Ty::Array(_) => Head::Array,
            Ty::Function(..) => Head::Function,
            // Markers may stand on either side of it.
            Ty::Traits(bounds) => bounds
                .iter()
                .find_map(|bound| match bound.of {
                    TraitRef::Local(node) => Some(Head::Dyn(node)),
                    TraitRef::Foreign(_) => None,
                })
                .unwrap_or(Head::Any),
            Ty::Unknown | Ty::Outside | Ty::Never | Ty::Param(_) => Head::Any,
        }
    }

    /// Whether a value whose type has this head may use an impl for a self type with the other head.
    pub(crate) fn may_use(self, implemented_for: Head) -> bool {
        // A method call borrows its receiver where it must, so an impl for a reference fits everything.
        self == implemented_for
            || self == Head::Any
            || matches!(implemented_for, Head::Any | Head::Reference)
            || (self == Head::Foreign && !implemented_for.is_ours())
            || (implemented_for == Head::Foreign && !self.is_ours())
    }

    /// Whether it is a type that the read crates declare.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Head::Adt(_) | Head::Dyn(_))
    }
}

/// A type's outline where no method call adjusts it: how many references, and what is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shape {
    refs: u8,
    head: Head,
}

impl Shape {
    pub(crate) fn of(ty: &Ty) -> Shape {
        let mut refs = 0;
        let mut inner = ty;
        while let Ty::Ref(next) = inner {
            refs += 1;
            inner = next;
        }
        let head = match inner {
            // Which integer is open, that it is one is not.
            Ty::Prim(name) => Head::Prim(*name),
            // What stands behind them may be anything that has the traits; a package's type has many paths.
            Ty::Traits(_) | Ty::Foreign(_) | Ty::Outside => Head::Any,
            other => Head::of(other),
        };
        Shape { refs, head }
    }

    /// Whether an impl for a type of the other outline may be meant.
    pub(crate) fn may_be(self, of_impl: Shape) -> bool {
        match (self.head, of_impl.head) {
            (_, Head::Any) => true,
            (Head::Any, _) => of_impl.refs >= self.refs,
            _ if self.refs != of_impl.refs => false,
            (Head::Prim(one), Head::Prim(other)) => {
                one == other || one.starts_with('{') || other.starts_with('{')
            }
            (one, other) => one == other,
        }
    }

    /// The same where a reference may be turned into another one.
    pub(crate) fn may_become(self, of_impl: Shape) -> bool {
        self.may_be(of_impl) || self.may_be_turned(of_impl)
    }

    /// Whether a reference of this outline may be turned into one of the other.
    pub(crate) fn may_be_turned(self, of_impl: Shape) -> bool {
        self.refs > 0 && of_impl.refs > 0
    }
}
