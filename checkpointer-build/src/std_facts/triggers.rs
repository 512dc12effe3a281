//! Which operators, calls and macros can lead to a user's implementation of a trait of std.
//!
//! An implementation that nothing reachable can call does not count, so each list must be complete: it holds
//! the trait's own methods, every function and method of std with a bound on the trait, and everything that calls
//! those on its type arguments (`==` on a map hashes its keys, `max` compares by `<`). Lazy iterators
//! and guards count where they are made. Source: the bounds in the documentation of std, core and alloc; that a
//! new version of std adds callers is to be checked with each one.
//!
//! The lists are per trait and not per type, so a derived implementation that hands on to its fields is covered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::trigger_lists as lists;

/// What can call the methods of an implementation of a std trait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Triggers {
    /// Operators: `+`, `==`, `+=`, `neg`, `!`, `*` (deref), `index`, `call`, `?`, `for`, `.await`.
    pub(crate) operators: BTreeSet<&'static str>,
    /// Names of methods and functions that call it on a type argument or an argument; one with an owner
    /// (`CString::new`) only as that one's. [`Self::has_method`] asks.
    pub(crate) methods: BTreeSet<&'static str>,
    /// Names of std macros.
    pub(crate) macros: BTreeSet<&'static str>,
    /// Whether it can be called without any sign in the text.
    pub(crate) always: bool,
}

impl Triggers {
    /// Whether a mention of this method or function can call it; `owner`: the simple name of the type that it is
    /// known to belong to.
    pub(crate) fn has_method(&self, name: &str, owner: Option<&str>) -> bool {
        self.methods.contains(name)
            || self.methods.iter().any(|method| {
                method
                    .rsplit_once("::")
                    .is_some_and(|(of, last)| last == name && owner.is_none_or(|owner| owner == of))
            })
    }

    fn new(operators: &[&'static str], methods: &[&'static str], macros: &[&'static str]) -> Self {
        let words = |lists: &[&'static str]| {
            lists
                .iter()
                .flat_map(|list| list.split_whitespace())
                .collect()
        };
        Self {
            operators: words(operators),
            methods: words(methods),
            macros: words(macros),
            always: false,
        }
    }
}

/// The binary operator that a trait is for.
pub(crate) fn own_operator(trait_name: &str) -> Option<&'static str> {
    let found = lists::OPERATORS
        .iter()
        .find(|(name, ..)| *name == trait_name);
    found
        .map(|(_, token, _)| *token)
        .filter(|token| !matches!(*token, "neg" | "!" | "index"))
}

/// The operator, of one operand or two, whose result a trait's `Output` is.
pub(crate) fn operator_of(trait_name: &str) -> Option<&'static str> {
    let mut all = lists::OPERATORS.iter();
    let found = all.find(|(name, ..)| *name == trait_name);
    found
        .map(|(_, token, _)| *token)
        .filter(|token| *token != "index" && !token.ends_with('='))
}

/// The operator that a function of an operator's trait is; indexing gives a place, and is none here.
pub(crate) fn operator_method(trait_name: &str, name: &str) -> Option<&'static str> {
    let mut all = lists::OPERATORS.iter();
    let found = all.find(|(of, _, method)| *of == trait_name && *method == name);
    found.map(|(_, token, _)| *token)
}

/// The triggers of a trait of std by its simple name; `None`: not known, so its impls count whole.
pub(crate) fn triggers(trait_name: &str) -> Option<&'static Triggers> {
    TRIGGERS.get(trait_name)
}

static TRIGGERS: LazyLock<BTreeMap<&'static str, Triggers>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    let mut add = |names: &'static str, triggers: Triggers| {
        for name in names.split_whitespace() {
            all.insert(name, triggers.clone());
        }
    };
    add(lists::MARKERS, Triggers::default());
    add(
        "Drop Deref DerefMut GlobalAlloc Termination Borrow BorrowMut",
        Triggers {
            always: true,
            ..Triggers::default()
        },
    );
    for (name, operator, method) in lists::OPERATORS {
        add(name, Triggers::new(&[operator], &[method], &[]));
    }
    for (names, operators, methods, macros) in lists::TRAITS {
        add(names, Triggers::new(operators, methods, macros));
    }
    all
});

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> &'static Triggers {
        triggers(name).expect("the trait is known")
    }

    #[test]
    fn comparing_maps_hashes_their_keys() {
        assert!(of("Hash").operators.contains("=="));
        assert!(of("Hash").macros.contains("assert_eq"));
        assert!(of("BuildHasher").has_method("get", None));
        assert!(
            of("Default").has_method("contains_key", None),
            "BuildHasherDefault makes its hasher by default()"
        );
    }

    #[test]
    fn sorting_and_maximum_compare_by_less_than() {
        for name in ["sort", "max", "clamp", "push", "range"] {
            assert!(of("PartialOrd").has_method(name, None), "{name}");
            assert!(of("Ord").has_method(name, None), "{name}");
        }
    }

    #[test]
    fn conversions_are_found_behind_operators_and_owners() {
        assert!(of("From").operators.contains("?"));
        assert!(of("From").has_method("new", Some("CString")));
        assert!(
            of("From").has_method("new", None),
            "an unknown owner may be the one"
        );
        assert!(!of("From").has_method("new", Some("Vec")));
    }

    #[test]
    fn every_caller_of_a_trait_calls_what_that_trait_calls_in_std() {
        // Implementations of std that call another trait: `impl<K: Hash> PartialEq for HashMap<K, _>`.
        for (caller, called) in [
            ("PartialEq", "Hash"),
            ("PartialEq", "Hasher"),
            ("PartialEq", "BuildHasher"),
            ("Hash", "Hasher"),
            ("Hash", "BuildHasher"),
            ("Extend", "Ord"),
            ("Extend", "Hash"),
            ("Extend", "AsRef"),
            ("FromIterator", "Ord"),
            ("FromIterator", "Hash"),
            ("FromIterator", "Default"),
            ("FromIterator", "Extend"),
            ("Clone", "ToOwned"),
            ("ToOwned", "Clone"),
            ("Into", "From"),
            ("TryInto", "TryFrom"),
            ("TryFrom", "From"),
            ("BufRead", "Read"),
            ("Seek", "Write"),
            ("ToString", "Display"),
            ("Sub", "Hash"),
            ("BitAnd", "Ord"),
            ("BitOr", "Clone"),
            ("Index", "Hash"),
            ("Index", "Ord"),
        ] {
            let (caller, called) = (of(caller), of(called));
            assert!(
                caller.operators.is_subset(&called.operators),
                "{:?}",
                caller.operators
            );
            let missing: Vec<_> = caller.methods.difference(&called.methods).collect();
            assert!(missing.is_empty(), "{missing:?}");
            assert!(caller.macros.is_subset(&called.macros));
        }
    }

    #[test]
    fn what_is_not_of_std_is_not_known() {
        assert_eq!(triggers("Serialize"), None);
        assert_eq!(triggers("Eq"), Some(&Triggers::default()));
        assert!(of("Drop").always);
    }
}
