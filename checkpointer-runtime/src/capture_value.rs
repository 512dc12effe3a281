//! How the value of a captured static is read.

use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, OnceLock};
use std::thread::LocalKey;

use serde::Serialize;

use crate::hashing::Sink;

/// A type whose value `#[capture]` can read, for types that serde can't serialize.
///
/// Types with serde's `Serialize` need nothing: serde has it for `RwLock`, `Mutex`, atomics, `Cell` and `RefCell`, and
/// reads them at the call. This trait is there for the others: here for `LazyLock`, `OnceLock` and `thread_local!`, and
/// for a type of yours whose value is behind something else.
///
/// ```
/// use checkpointer_runtime::{CaptureValue, CapturedValue};
///
/// struct Registry(std::sync::Mutex<Vec<(String, fn() -> u32)>>);
///
/// impl CaptureValue for Registry {
///     fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>)) {
///         let names: Vec<String> = self.0.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
///         take(CapturedValue::new(&names));
///     }
/// }
/// ```
pub trait CaptureValue {
    /// Hands the value to `take`, once for each part.
    fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>));
}

/// A value on its way into a call's hash.
pub struct CapturedValue<'a>(&'a dyn Hashed);

impl std::fmt::Debug for CapturedValue<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CapturedValue")
    }
}

trait Hashed {
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>);
}

impl<T: Serialize> Hashed for T {
    fn hash(&self, name: &'static str, sink: &mut Sink<'_>) {
        sink.value(name, self);
    }
}

impl<'a> CapturedValue<'a> {
    /// A value.
    #[must_use]
    pub fn new<T: Serialize>(value: &'a T) -> Self {
        Self(value)
    }

    pub(crate) fn hash(&self, name: &'static str, sink: &mut Sink<'_>) {
        self.0.hash(name, sink);
    }
}

impl<T: Serialize, F: FnOnce() -> T> CaptureValue for LazyLock<T, F> {
    fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>)) {
        take(CapturedValue::new(&**self));
    }
}

/// An empty one is told from every value.
impl<T: Serialize> CaptureValue for OnceLock<T> {
    fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>)) {
        take(CapturedValue::new(&self.get()));
    }
}

impl<T: Serialize + Copy> CaptureValue for LocalKey<Cell<T>> {
    fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>)) {
        take(CapturedValue::new(&self.get()));
    }
}

impl<T: Serialize> CaptureValue for LocalKey<RefCell<T>> {
    fn capture(&'static self, take: &mut dyn FnMut(CapturedValue<'_>)) {
        self.with_borrow(|value| take(CapturedValue::new(value)));
    }
}
