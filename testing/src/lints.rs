//! Checkpointed functions of every form under the strictest lints: what the expansion adds may trigger none of them.
//!
//! The compiler's lints are forbidden, so that not even an `allow` in the expansion gets by; Clippy's, which only
//! `cargo clippy` sees, are denied.

#![forbid(
    missing_docs,
    missing_debug_implementations,
    nonstandard_style,
    unreachable_pub,
    unused,
    unused_qualifications,
    rust_2018_idioms
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use checkpointer_runtime::checkpoint;

/// One line.
#[must_use]
#[checkpoint(format = "memory", verbosity = 0)]
pub fn doubled(x: u64) -> u64 {
    2 * x
}

/// One whose name is used by its companion alone.
#[checkpoint(format = "memory", verbosity = 0)]
fn known_by_its_hash(x: u64) -> u64 {
    x + 1
}

/// The hash of a function that nobody calls.
#[must_use]
pub fn hash_of_another() -> String {
    known_by_its_hash::code_hash().to_string()
}

/// A generic one, of which only a prepared call is used.
#[checkpoint(format = "memory", verbosity = 0)]
fn longest<T: AsRef<str>>(#[hash_by(|words: &[T]| words.len())] words: &[T]) -> usize {
    let lengths = words.iter().map(|word| word.as_ref().len());
    lengths.max().unwrap_or_default()
}

/// Uses the generic one.
#[must_use]
pub fn longest_again(words: &[&str]) -> usize {
    longest::call(words).rerun()
}

/// A pattern, a lifetime and a `Result`.
///
/// # Errors
/// Where nothing is before the comma.
#[checkpoint(format = "memory", verbosity = 0)]
pub fn first<'a>((text, from): (&'a str, usize)) -> Result<String, std::fmt::Error> {
    let rest: &'a str = text.get(from..).unwrap_or_default();
    match rest.split(',').next() {
        Some("") | None => Err(std::fmt::Error),
        Some(word) => Ok(word.to_owned()),
    }
}

/// An async one with `impl Trait`.
#[checkpoint(format = "memory", verbosity = 0)]
pub async fn later(number: impl Into<u64> + serde::Serialize + Send) -> u64 {
    std::future::ready(number.into()).await
}

/// A type with methods.
#[derive(Clone, Copy, Debug)]
pub struct Scale(u32);

/// By hand, since what serde derives is full of `allow`s.
impl serde::Serialize for Scale {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl Scale {
    /// An associated function.
    #[must_use]
    #[checkpoint(format = "memory", verbosity = 0)]
    pub fn of(factor: u32) -> u32 {
        factor
    }

    /// A method.
    #[must_use]
    #[checkpoint(format = "memory", verbosity = 0)]
    pub fn applied(&self, x: u32) -> u32 {
        self.0 * x
    }

    /// One that is used through its handle alone.
    #[checkpoint(format = "memory", verbosity = 0)]
    fn known_by_its_path(self) -> u32 {
        self.0
    }

    /// The path of a method that nobody calls.
    #[must_use]
    pub fn path_of_another() -> &'static str {
        Self::known_by_its_path_function().path()
    }
}

impl std::ops::Mul<u32> for Scale {
    type Output = u32;

    #[checkpoint(format = "memory", verbosity = 0)]
    fn mul(self, x: u32) -> u32 {
        self.0 * x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_under_strict_lints_are_remembered() {
        let _ = (doubled(4), first((",", 0)));
        assert_eq!(doubled::get(4).ok(), Some(8));
        assert_eq!(longest_again(&["a", "abc"]), 3);
        assert_eq!((Scale(2) * 3, Scale(2).applied(4), Scale::of(5)), (6, 8, 5));
        assert_eq!(hash_of_another().len(), 64);
        assert!(Scale::path_of_another().ends_with("known_by_its_path"));
    }
}
