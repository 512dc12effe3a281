//! The prepared call: a function with its arguments, on which every operation hangs.
//!
//! [`session`] is the state machine that sync and async calls share; [`values`] is how results are kept.

mod immediate;
mod jobs;
mod running;
pub(crate) mod session;
pub(crate) mod values;

use std::future::Future;
use std::marker::PhantomData;

use crate::checkpoint::Function;
use crate::error::CheckpointError;
use crate::hashing::{self, Sink};
use crate::key::Digest;
use crate::traits::Outcome;
use values::Values;

/// A call of a checkpointed function that is yet to be made: `expensive::call(4)`, `model.fit_call(&data)`.
///
/// It owns the arguments, and each operation consumes it. [`Call::run`] is what calling the function by its name does.
#[must_use = "a prepared call does nothing until one of its operations is called"]
pub struct Call<S: Arguments, X, M: Mode<X>> {
    pub(crate) function: Function,
    pub(crate) arguments: S,
    run: fn(S::Values) -> X,
    pub(crate) values: Values<M::Kept>,
    mode: PhantomData<fn() -> M>,
}

impl<S: Arguments, X, M: Mode<X>> std::fmt::Debug for Call<S, X, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("function", &self.function.path())
            .finish_non_exhaustive()
    }
}

/// The arguments of a call: a tuple of values, and how to hash it.
pub trait Arguments {
    /// The tuple.
    type Values;
    /// Adds all to the hash.
    fn hash(&self, sink: &mut Sink<'_>);
    /// The tuple itself, for the function to take.
    fn into_values(self) -> Self::Values;
}

/// A tuple of arguments beside the closure that hashes it.
#[derive(Debug)]
pub struct Bound<A, H> {
    values: A,
    hash: H,
}

impl<A, H: Fn(&A, &mut Sink<'_>)> Arguments for Bound<A, H> {
    type Values = A;

    #[inline]
    fn hash(&self, sink: &mut Sink<'_>) {
        (self.hash)(&self.values, sink);
    }

    #[inline]
    fn into_values(self) -> A {
        self.values
    }
}

/// How a function runs, and what of its result is kept. `X` is what its body gives: the result, or a future of it.
pub trait Mode<X> {
    /// What is kept.
    type Kept;
}

/// A sync function.
#[derive(Debug)]
pub struct Sync<K>(PhantomData<K>);

/// An async function.
#[derive(Debug)]
pub struct Async<K>(PhantomData<K>);

impl<R, K: Keep<R>> Mode<R> for Sync<K> {
    type Kept = K::Kept;
}

impl<F: Future, K: Keep<F::Output>> Mode<F> for Async<K> {
    type Kept = K::Kept;
}

/// What of a result is kept.
pub trait Keep<R> {
    /// What is kept.
    type Kept;
    /// The part to keep, or a result of which nothing is kept.
    ///
    /// # Errors
    /// The result, where it is not one to keep.
    fn divide(result: R) -> Result<Self::Kept, R>;
    /// The result that was kept.
    fn restore(kept: Self::Kept) -> R;
}

/// Of a `Result` only `Ok` is kept, of anything else the whole.
#[derive(Debug)]
pub struct By<const IS_RESULT: bool>;

/// The whole result is kept.
pub type Whole = By<false>;

/// Of a `Result` only `Ok` is kept.
pub type Fallible = By<true>;

impl<R> Keep<R> for Whole {
    type Kept = R;

    #[inline]
    fn divide(result: R) -> Result<R, R> {
        Ok(result)
    }

    #[inline]
    fn restore(kept: R) -> R {
        kept
    }
}

impl<R: Outcome> Keep<R> for Fallible {
    type Kept = R::Ok;

    #[inline]
    fn divide(result: R) -> Result<R::Ok, R> {
        result.divide()
    }

    #[inline]
    fn restore(kept: R::Ok) -> R {
        R::from_ok(kept)
    }
}

/// Prepares a call. The expansion of every checkpointed function ends here.
#[inline]
pub fn call<A, H, X, M>(
    function: Function,
    values: A,
    hash: H,
    run: fn(A) -> X,
    kept: Values<M::Kept>,
) -> Call<Bound<A, H>, X, M>
where
    H: Fn(&A, &mut Sink<'_>),
    M: Mode<X>,
{
    Call {
        function,
        arguments: Bound { values, hash },
        run,
        values: kept,
        mode: PhantomData,
    }
}

impl<S: Arguments, X, M: Mode<X>> Call<S, X, M> {
    /// The same call on one layer alone, counted from the outermost.
    pub fn layer(self, index: usize) -> Self {
        Self {
            function: self.function.layer(index),
            ..self
        }
    }

    /// The hash of the call: arguments, type arguments and captured values. Zero if an argument can't be hashed.
    #[must_use]
    pub fn call_hash(&self) -> Digest {
        self.stored_hash().unwrap_or(Digest::new([0; 32]))
    }

    /// The hash by which other processes know the call.
    pub(crate) fn stored_hash(&self) -> Result<Digest, CheckpointError> {
        let state = self.function.state();
        hashing::stored(|sink| {
            for switch in state.switches {
                sink.value("cfg", switch);
            }
            if !state.row.built.is_empty() {
                sink.value("built", state.row.built);
            }
            self.hash_into(sink);
        })
    }

    /// The hash by which this process knows the call.
    #[inline]
    pub(crate) fn memory_hash(&self) -> Result<u128, Box<CheckpointError>> {
        hashing::memory(|sink| self.hash_into(sink))
    }

    #[inline]
    fn hash_into(&self, sink: &mut Sink<'_>) {
        self.arguments.hash(sink);
        let captured = &self.function.state().captured;
        if !captured.is_empty() {
            captured.hash(sink);
        }
    }

    /// Runs the undecorated function.
    #[inline]
    pub fn original(self) -> X {
        (self.run)(self.arguments.into_values())
    }
}
