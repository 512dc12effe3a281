//! What every module can name without importing it. Source: the documentation of `std::prelude`, the list of std's macros,
//! and the reference's list of built-in ones.

/// Prelude types, functions, variants and traits: the name, its path, and the edition since which it is there.
type Names = &'static [(&'static str, &'static str, u16)];

const TYPES: Names = &[
    ("Box", "std::boxed::Box", 2015),
    ("Option", "std::option::Option", 2015),
    ("Result", "std::result::Result", 2015),
    ("String", "std::string::String", 2015),
    ("Vec", "std::vec::Vec", 2015),
];

const VALUES: Names = &[
    ("Some", "std::option::Option::Some", 2015),
    ("None", "std::option::Option::None", 2015),
    ("Ok", "std::result::Result::Ok", 2015),
    ("Err", "std::result::Result::Err", 2015),
    ("drop", "std::mem::drop", 2015),
    // Since Rust 1.80, in every edition.
    ("size_of", "std::mem::size_of", 2015),
    ("size_of_val", "std::mem::size_of_val", 2015),
    ("align_of", "std::mem::align_of", 2015),
    ("align_of_val", "std::mem::align_of_val", 2015),
];

const TRAITS: Names = &[
    ("Send", "std::marker::Send", 2015),
    ("Sized", "std::marker::Sized", 2015),
    ("Sync", "std::marker::Sync", 2015),
    ("Unpin", "std::marker::Unpin", 2015),
    ("Copy", "std::marker::Copy", 2015),
    ("Drop", "std::ops::Drop", 2015),
    ("Fn", "std::ops::Fn", 2015),
    ("FnMut", "std::ops::FnMut", 2015),
    ("FnOnce", "std::ops::FnOnce", 2015),
    ("AsyncFn", "std::ops::AsyncFn", 2015),
    ("AsyncFnMut", "std::ops::AsyncFnMut", 2015),
    ("AsyncFnOnce", "std::ops::AsyncFnOnce", 2015),
    ("ToOwned", "std::borrow::ToOwned", 2015),
    ("Clone", "std::clone::Clone", 2015),
    ("PartialEq", "std::cmp::PartialEq", 2015),
    ("PartialOrd", "std::cmp::PartialOrd", 2015),
    ("Eq", "std::cmp::Eq", 2015),
    ("Ord", "std::cmp::Ord", 2015),
    ("AsRef", "std::convert::AsRef", 2015),
    ("AsMut", "std::convert::AsMut", 2015),
    ("Into", "std::convert::Into", 2015),
    ("From", "std::convert::From", 2015),
    ("Default", "std::default::Default", 2015),
    ("Iterator", "std::iter::Iterator", 2015),
    ("Extend", "std::iter::Extend", 2015),
    ("IntoIterator", "std::iter::IntoIterator", 2015),
    (
        "DoubleEndedIterator",
        "std::iter::DoubleEndedIterator",
        2015,
    ),
    ("ExactSizeIterator", "std::iter::ExactSizeIterator", 2015),
    ("ToString", "std::string::ToString", 2015),
    ("TryFrom", "std::convert::TryFrom", 2021),
    ("TryInto", "std::convert::TryInto", 2021),
    ("FromIterator", "std::iter::FromIterator", 2021),
    ("Future", "std::future::Future", 2024),
    ("IntoFuture", "std::future::IntoFuture", 2024),
];

const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "cfg_select",
    "column",
    "compile_error",
    "concat",
    "concat_bytes",
    "concat_idents",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "is_x86_feature_detected",
    "line",
    "macro_rules",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// The std path of a type that the prelude of this edition brings.
pub(crate) fn prelude_type(name: &str, edition: u16) -> Option<&'static str> {
    find(TYPES, name, edition)
}

/// The std path of a function, variant or tuple struct that the prelude brings.
pub(crate) fn prelude_value(name: &str, edition: u16) -> Option<&'static str> {
    find(VALUES, name, edition)
}

/// The std path of a trait that the prelude of this edition brings.
pub(crate) fn prelude_trait(name: &str, edition: u16) -> Option<&'static str> {
    find(TRAITS, name, edition)
}

/// Whether a derive of this name needs no import.
pub(crate) fn is_derive(name: &str) -> bool {
    matches!(
        name,
        "Clone" | "Copy" | "Debug" | "Default" | "Eq" | "Hash" | "Ord" | "PartialEq" | "PartialOrd"
    )
}

/// Whether std, core or the compiler defines a function-like macro of this name that needs no import.
pub(crate) fn std_macro(name: &str) -> bool {
    MACROS.contains(&name)
}

fn find(names: Names, name: &str, edition: u16) -> Option<&'static str> {
    let found = names
        .iter()
        .find(|(known, _, since)| *known == name && *since <= edition);
    found.map(|(_, path, _)| *path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prelude_grows_with_the_edition() {
        assert_eq!(prelude_trait("TryFrom", 2018), None);
        assert_eq!(
            prelude_trait("TryFrom", 2021),
            Some("std::convert::TryFrom")
        );
        assert_eq!(prelude_trait("Future", 2024), Some("std::future::Future"));
        assert_eq!(
            prelude_value("Some", 2015),
            Some("std::option::Option::Some")
        );
        assert_eq!(prelude_type("Vec", 2015), Some("std::vec::Vec"));
        assert_eq!(prelude_type("HashMap", 2024), None);
    }

    #[test]
    fn macros_without_import_are_known() {
        assert!(std_macro("vec"));
        assert!(std_macro("matches"));
        assert!(!std_macro("addr_of"), "it needs an import");
        assert!(!std_macro("lazy_static"));
    }
}
