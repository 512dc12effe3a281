//! How a function, a type or another item is named: `crate::module::Type::name`, and
//! `crate::module::<Type as Trait>::name` in the impl of a trait.
//!
//! The same spelling stands in the table, in `analyze`'s JSON, in messages and, made safe for file
//! systems, as the folder of a function's stored results.

/// The name of an inherent method or associated function.
#[must_use]
pub fn inherent(module: &str, self_type: &str, name: &str) -> String {
    if is_plain(self_type) {
        format!("{module}::{self_type}::{name}")
    } else {
        format!("{module}::<{self_type}>::{name}")
    }
}

/// The name of a function in the impl of a trait.
#[must_use]
pub fn in_trait_impl(module: &str, self_type: &str, trait_path: &str, name: &str) -> String {
    format!("{module}::<{self_type} as {trait_path}>::{name}")
}

/// The name of an impl block itself: `crate::module::<impl Trait for Type>`.
#[must_use]
pub fn impl_block(module: &str, self_type: &str, trait_path: Option<&str>) -> String {
    match trait_path {
        Some(name) => format!("{module}::<impl {name} for {self_type}>"),
        None => format!("{module}::<impl {self_type}>"),
    }
}

/// The name of an item in a module or in a function's body.
#[must_use]
pub fn child(parent: &str, name: &str) -> String {
    format!("{parent}::{name}")
}

/// The crate's name for ids: binaries that share their library's name are told apart by a suffix.
#[must_use]
pub fn crate_root(name: &str, clashes_with_library: bool) -> String {
    if clashes_with_library {
        format!("{name}@bin")
    } else {
        name.to_owned()
    }
}

/// How a static is spelled by `module_path!()` and its name, which is how a marked static
/// registers itself at run time: the enclosing function's name is not in it.
#[must_use]
pub fn registered_static(module_path: &str, name: &str) -> String {
    format!("{module_path}::{name}")
}

fn is_plain(self_type: &str) -> bool {
    self_type
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_self_types_stand_in_angle_brackets() {
        assert_eq!(inherent("a::b", "Model", "fit"), "a::b::Model::fit");
        assert_eq!(inherent("a", "Model<u8>", "fit"), "a::<Model<u8>>::fit");
        assert_eq!(
            in_trait_impl("a", "Model", "Fit", "fit"),
            "a::<Model as Fit>::fit"
        );
        assert_eq!(impl_block("a", "M", Some("T")), "a::<impl T for M>");
        assert_eq!(impl_block("a", "M", None), "a::<impl M>");
    }

    #[test]
    fn a_binary_with_its_librarys_name_is_told_apart() {
        assert_eq!(crate_root("demo", false), "demo");
        assert_eq!(crate_root("demo", true), "demo@bin");
    }
}
