//! Types as the inference sees them: as much as is needed to tell whose method a call means.

use crate::symbol::Symbol;

/// An item's number in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub u32);

/// A type. [`Ty::Unknown`] is always a right answer; every other one must be certain.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) enum Ty {
    /// Not known.
    #[default]
    Unknown,
    /// `!`.
    Never,
    /// A primitive: `u8`, `str`, `bool`, …, and `{integer}` and `{float}` for literals without suffix.
    Prim(Symbol),
    /// A struct, enum or union of the analysed crates, with its type arguments.
    Adt(NodeId, Vec<Ty>),
    /// A type of std, core or alloc by its simple name (`Vec`, `HashMap`, `Arc`); every iterator type of std is
    /// `Iterator` with the item type as its one argument.
    Std(Symbol, Vec<Ty>),
    /// A type of another package that is not analysed, by its full path.
    Foreign(Symbol),
    /// What code of packages gave: a type of theirs, or one that they were handed or can make.
    Outside,
    /// `&T`, `&mut T`.
    Ref(Box<Ty>),
    /// `*const T`, `*mut T`.
    Pointer(Box<Ty>),
    /// `[T]`.
    Slice(Box<Ty>),
    /// `[T; N]`.
    Array(Box<Ty>),
    /// A tuple; the unit type is the empty one.
    Tuple(Vec<Ty>),
    /// A type parameter in scope.
    Param(Symbol),
    /// `dyn A + B` or `impl A + B`: the traits, with associated types that are bound (`Item = T`).
    Traits(Vec<Bound>),
    /// A function pointer, `fn` item or closure: its result (and parameter types where they are known).
    Function(Vec<Ty>, Box<Ty>),
}

/// One trait of a `dyn` or `impl` type, or of a type parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The trait.
    pub(crate) of: TraitRef,
    /// `Item = T` and the like; of `Fn(A) -> B` the result is `Output`. What else its arguments name has no name.
    pub(crate) bindings: Vec<(Symbol, Ty)>,
}

/// A trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TraitRef {
    /// One of the analysed crates.
    Local(NodeId),
    /// One of std, by its simple name (`Iterator`, `Clone`), or of another package by its full path.
    Foreign(Symbol),
}

impl Ty {
    /// The unit type.
    #[must_use]
    pub(crate) fn unit() -> Self {
        Self::Tuple(Vec::new())
    }

    /// A reference to this type.
    #[must_use]
    pub(crate) fn referenced(self) -> Self {
        Self::Ref(Box::new(self))
    }

    /// A type of std with arguments.
    #[must_use]
    pub(crate) fn std(name: &str, args: Vec<Ty>) -> Self {
        Self::Std(Symbol::new(name), args)
    }

    /// A primitive.
    #[must_use]
    pub(crate) fn prim(name: &str) -> Self {
        Self::Prim(Symbol::new(name))
    }

    /// The type behind any number of references.
    #[must_use]
    pub(crate) fn peeled(&self) -> &Self {
        let mut ty = self;
        while let Self::Ref(inner) = ty {
            ty = inner;
        }
        ty
    }

    /// Whether a part of it came from code of packages, and its type with it.
    #[must_use]
    pub(crate) fn has_outside(&self) -> bool {
        match self {
            Self::Outside => true,
            Self::Adt(_, args) | Self::Std(_, args) | Self::Tuple(args) => {
                args.iter().any(Self::has_outside)
            }
            Self::Ref(inner) | Self::Pointer(inner) | Self::Slice(inner) | Self::Array(inner) => {
                inner.has_outside()
            }
            Self::Function(_, output) => output.has_outside(),
            Self::Traits(bounds) => bounds
                .iter()
                .flat_map(|bound| &bound.bindings)
                .any(|(_, ty)| ty.has_outside()),
            _ => false,
        }
    }

    /// Whether nothing is known of it.
    #[must_use]
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}
