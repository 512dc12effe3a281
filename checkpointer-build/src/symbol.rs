//! Interned names: small, cheap to copy, compare and hash.
//!
//! Equality and hashing go by address; ordering goes by text, so that whatever is sorted comes out
//! the same on every machine.

use std::cell::RefCell;
use std::sync::{LazyLock, Mutex};

use crate::map::HashSet;

/// An interned string.
#[derive(Clone, Copy)]
pub(crate) struct Symbol(&'static str);

static INTERNED: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

thread_local! {
    // A thread's own view of the interner, so that parallel parsing seldom takes the lock.
    static SEEN: RefCell<HashSet<&'static str>> = RefCell::default();
}

impl Symbol {
    /// Interns a text.
    #[must_use]
    pub(crate) fn new(text: &str) -> Self {
        SEEN.with_borrow_mut(|seen| {
            if let Some(known) = seen.get(text) {
                return Self(known);
            }
            let mut all = INTERNED
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let known = match all.get(text) {
                Some(known) => *known,
                None => {
                    let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
                    all.insert(leaked);
                    leaked
                }
            };
            seen.insert(known);
            Self(known)
        })
    }

    /// The text.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::ops::Deref for Symbol {
    type Target = str;
    fn deref(&self) -> &str {
        self.0
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Symbol {}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl std::hash::Hash for Symbol {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.as_ptr().hash(state);
        self.0.len().hash(state);
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(other.0)
    }
}

impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.0, f)
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_symbol_across_threads() {
        let here = Symbol::new("alpha");
        let there = std::thread::spawn(|| Symbol::new("alpha"))
            .join()
            .expect("the thread runs");
        assert_eq!(here, there);
        assert_ne!(here, Symbol::new("beta"));
        assert!(here < Symbol::new("beta"));
    }
}
