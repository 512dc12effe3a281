//! What arguments and results must be able to do, as traits that explain themselves where one can't.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that can be hashed as an argument: every type with serde's `Serialize`.
#[diagnostic::on_unimplemented(
    message = "an argument of type `{Self}` can't be hashed, so this call can't be told from others",
    label = "`{Self}` has no `serde::Serialize`",
    note = "derive it: `#[derive(serde::Serialize)] struct …`",
    note = "or hash something else instead: `#[hash_by(|x: &T| x.id())] x: T`",
    note = "or leave it out if it has no influence on the result: `#[no_hash] x: T`"
)]
pub trait Argument: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Argument for T {}

/// A result that can be kept as bytes: every owned type with serde's `Serialize` and `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "a result of type `{Self}` can't be stored",
    label = "`{Self}` has no `serde::Serialize` and `serde::Deserialize`, or borrows",
    note = "derive them: `#[derive(serde::Serialize, serde::Deserialize)] struct …`",
    note = "or keep it in memory as it is: `#[checkpoint(format = \"memory\")]`, for which it must be `Clone`",
    note = "if the result is a `Result` behind another name, add `result = true`, so that its error is not stored"
)]
pub trait Storable: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Storable for T {}

/// A result that can be kept in memory: every type that can be cloned and shared between threads.
#[diagnostic::on_unimplemented(
    message = "a result of type `{Self}` can't be kept in memory",
    label = "`{Self}` is not `Clone + Send + Sync + 'static`",
    note = "derive `Clone`, or return an `Arc<{Self}>`, which can be cloned whatever is in it"
)]
pub trait Shareable: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Shareable for T {}

/// The result of a function of which only `Ok` is stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called like a `Result`, but is none",
    label = "not a `std::result::Result`",
    note = "add `result = false` to `#[checkpoint]` to keep the whole value"
)]
pub trait Outcome: Sized {
    /// What is stored.
    type Ok;
    /// What is stored, or a result of which nothing is.
    ///
    /// # Errors
    /// The result itself, where it is an error.
    fn divide(self) -> Result<Self::Ok, Self>;
    /// A result that was stored.
    fn from_ok(ok: Self::Ok) -> Self;
}

impl<T, E> Outcome for Result<T, E> {
    type Ok = T;

    #[inline]
    fn divide(self) -> Result<T, Self> {
        self.map_err(Err)
    }

    #[inline]
    fn from_ok(ok: T) -> Self {
        Ok(ok)
    }
}
