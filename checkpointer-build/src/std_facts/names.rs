//! What every module can name without importing it.

/// The std path of a type that the prelude of this edition brings.
pub(crate) fn prelude_type(_name: &str, _edition: u16) -> Option<&'static str> {
    None
}

/// The std path of a function, variant or tuple struct that the prelude brings.
pub(crate) fn prelude_value(_name: &str, _edition: u16) -> Option<&'static str> {
    None
}

/// The std path of a trait that the prelude of this edition brings.
pub(crate) fn prelude_trait(_name: &str, _edition: u16) -> Option<&'static str> {
    None
}

/// Whether std, core or the compiler defines a function-like macro of this name that needs no import.
pub(crate) fn std_macro(_name: &str) -> bool {
    false
}
