//! Methods of std that never call a user's implementation of a trait.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::known::is_method;
use super::triggers::all;

static CALLERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let methods = all().flat_map(|triggers| &triggers.methods);
    methods
        .map(|method| method.rsplit("::").next().unwrap_or(method))
        .collect()
});

/// Whether no std method or function of this name can call a trait's method on its type arguments, whichever type it
/// belongs to: no trigger names it. Closures that are passed to it, and implicit calls (`Drop`, `Deref`, `Borrow`), are another matter.
/// Where the receiver is known, [`super::calls`] says more.
pub(crate) fn calls_nothing(name: &str) -> bool {
    is_method(name) && !CALLERS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_at_a_length_or_address_calls_nothing() {
        for name in [
            "as_ptr",
            "capacity",
            "is_some",
            "iter",
            "chars",
            "ok_or_else",
            "and_then",
            "as_bytes",
        ] {
            assert!(calls_nothing(name), "{name}");
        }
    }

    #[test]
    fn sorting_and_unknown_names_may_call_something() {
        for name in [
            "sort",
            "insert",
            "unwrap",
            "to_string",
            "collect",
            "new",
            "no_such_method",
        ] {
            assert!(!calls_nothing(name), "{name}");
        }
    }
}
