//! What expansions name. Not for users: it changes without notice.

use std::ops::Deref;

use serde::Serialize;

pub use linkme;

pub use crate::call::values::{NotResult, NotShared, Probe, shared, stored};
pub use crate::call::{Arguments as Args, Async, By, Call, Fallible, Keep, Sync, Whole, call};
pub use crate::capture::{CHECKPOINTER_STATICS, CapturedStatic};
pub use crate::checkpoint::{
    CHECKPOINTER_FUNCTIONS as FUNCTIONS, Descriptor, Function, path_around,
};
pub use crate::config::Checkpointer;
pub use crate::formats;
pub use crate::hashing::Sink;
pub use crate::key::{Digest, Durability};
pub use crate::traits::{Argument, Outcome, Shareable, Storable};
pub use crate::types::CHECKPOINTER_TYPES;

/// What an operation on a store gives.
pub type Try<T> = Result<T, crate::CheckpointError>;

/// What a function depends on directly.
pub type Dependencies = &'static [crate::Dependency];

/// What is stored of a result.
pub type Kept<K, R> = <K as Keep<R>>::Kept;

/// A captured static, to be asked how it is hashed: by its own trait, by serde, or by what it points to.
#[derive(Debug)]
pub struct Capture<T: ?Sized + 'static>(pub &'static T);

/// The first choice: the type says itself how it is captured.
pub trait CaptureByTrait {
    /// Adds the value to the hash.
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>);
}

impl<T: crate::CaptureValue + ?Sized> CaptureByTrait for &&Capture<T> {
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>) {
        self.0.capture(&mut |value| value.hash(name, sink));
    }
}

/// The second choice: serde.
pub trait CaptureBySerialize {
    /// Adds the value to the hash.
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>);
}

impl<T: Serialize + ?Sized> CaptureBySerialize for &Capture<T> {
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>) {
        sink.value(name, self.0);
    }
}

/// The last choice: what it points to, as with the types that `lazy_static!` makes.
pub trait CaptureByDeref {
    /// Adds the value to the hash.
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>);
}

impl<T: Deref + ?Sized> CaptureByDeref for Capture<T>
where
    T::Target: Serialize,
{
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>) {
        sink.value(name, &**self.0);
    }
}

macro_rules! apply {
    ($($name:ident: $($value:ident $ty:ident),*;)*) => {$(
        /// Applies a closure to parameters; its bounds let the compiler infer the closure's types.
        #[inline]
        #[allow(clippy::too_many_arguments)]
        pub fn $name<'a, $($ty: ?Sized,)* R>($($value: &'a $ty,)* by: impl FnOnce($(&'a $ty),*) -> R) -> R {
            by($($value),*)
        }
    )*};
}

apply! {
    apply_1: a A;
    apply_2: a A, b B;
    apply_3: a A, b B, c C;
    apply_4: a A, b B, c C, d D;
    apply_5: a A, b B, c C, d D, e E;
    apply_6: a A, b B, c C, d D, e E, f F;
    apply_7: a A, b B, c C, d D, e E, f F, g G;
    apply_8: a A, b B, c C, d D, e E, f F, g G, h H;
    apply_9: a A, b B, c C, d D, e E, f F, g G, h H, i I;
    apply_10: a A, b B, c C, d D, e E, f F, g G, h H, i I, j J;
    apply_11: a A, b B, c C, d D, e E, f F, g G, h H, i I, j J, k K;
    apply_12: a A, b B, c C, d D, e E, f F, g G, h H, i I, j J, k K, l L;
}

/// A closure of no parameters, which the macro calls the same way.
#[inline]
pub fn apply_0<R>(by: impl FnOnce() -> R) -> R {
    by()
}
