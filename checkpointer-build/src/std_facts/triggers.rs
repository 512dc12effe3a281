//! Which operators, calls and macros can lead to a user's implementation of a trait of std.

use std::collections::BTreeSet;

/// What can call the methods of an implementation of a std trait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Triggers {
    /// Operators: `+`, `==`, `+=`, `neg`, `!`, `*` (deref), `index`, `call`, `?`, `for`, `.await`.
    pub(crate) operators: BTreeSet<&'static str>,
    /// Names of std methods and functions that call it on a type argument or an argument.
    pub(crate) methods: BTreeSet<&'static str>,
    /// Names of std macros.
    pub(crate) macros: BTreeSet<&'static str>,
    /// Whether it can be called without any sign in the text.
    pub(crate) always: bool,
}

/// The triggers of a trait of std by its simple name; `None`: not known, so its impls count whole.
pub(crate) fn triggers(_trait_name: &str) -> Option<&'static Triggers> {
    None
}
