//! The declarations of types, for generic functions: what a type argument's name does not tell.
//!
//! A generic function's code hash can't know the types that it will be called with. So the build script also hashes what
//! each type of the analysed crates can reach; the first expansion in a crate registers these hashes, and a call's hash
//! takes in those of all types that its type arguments' names mention.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::checkpoint::CHECKPOINTER_FUNCTIONS;
use crate::key::Digest;

/// The name under which a table keeps one hash over all packages.
const EVERY_PACKAGE: &str = "*";

/// The name under which a table keeps the hash for types of a package.
fn package_types(krate: &str) -> String {
    format!("{krate}::*")
}

/// What is known of the declaration of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declaration {
    /// The hash of everything that it can reach.
    Known(Digest),
    /// Two types have this name, and a stored key can't tell one from the other.
    Ambiguous,
}

/// The types of the program's crates. Each crate's are lines of name, tab and hash beside its first function.
static TYPES: LazyLock<HashMap<&'static str, Declaration>> =
    LazyLock::new(|| parse(CHECKPOINTER_FUNCTIONS.iter().map(|function| function.types)));

fn parse(tables: impl Iterator<Item = &'static str>) -> HashMap<&'static str, Declaration> {
    let mut hashes: HashMap<_, BTreeSet<_>> = HashMap::new();
    for (name, hash) in tables
        .flat_map(str::lines)
        .filter_map(|line| line.split_once('\t'))
    {
        hashes.entry(name).or_default().insert(hash);
    }
    hashes
        .into_iter()
        .map(|(name, hashes)| (name, declaration(name, &hashes)))
        .collect()
}

/// What the tables of all crates say of one name. They may know different versions or features of a package: all count.
fn declaration(name: &str, hashes: &BTreeSet<&str>) -> Declaration {
    let known = match hashes.first() {
        Some(only) if hashes.len() == 1 => Digest::from_hex(only),
        _ if name.ends_with(EVERY_PACKAGE) => {
            let mut hasher = blake3::Hasher::new();
            for hash in hashes {
                hasher.update(hash.as_bytes());
            }
            Some(Digest::new(*hasher.finalize().as_bytes()))
        }
        _ => None,
    };
    known.map_or(Declaration::Ambiguous, Declaration::Known)
}

/// The declarations of all types that a type's name mentions, in the order of the name. Of a package that the build did not
/// read the whole package counts, and of a crate that it does not know by name every package.
pub(crate) fn declarations(type_name: &str) -> impl Iterator<Item = (&str, Declaration)> {
    declared(&TYPES, type_name)
}

fn declared<'a>(
    types: &'a HashMap<&'static str, Declaration>,
    type_name: &'a str,
) -> impl Iterator<Item = (&'a str, Declaration)> {
    paths(type_name).filter_map(|path| {
        let found = types.get(path).or_else(|| {
            let (krate, _) = path.split_once("::")?;
            let is_std = matches!(krate, "core" | "alloc" | "std");
            let package = || types.get(package_types(krate).as_str());
            (!is_std).then(|| package().or_else(|| types.get(EVERY_PACKAGE)))?
        });
        Some((path, *found?))
    })
}

/// The paths in a type's name: `demo::Model` and `u8` in `alloc::vec::Vec<(demo::Model, u8)>`, and the vector's own.
fn paths(type_name: &str) -> impl Iterator<Item = &str> {
    type_name
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')))
        .map(|path| path.trim_matches(':'))
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_paths_of_a_name_are_found() {
        let found: Vec<_> =
            paths("alloc::vec::Vec<(demo::Model<&[u8; 3]>, dyn demo::Fit)>").collect();
        assert_eq!(
            found,
            [
                "alloc::vec::Vec",
                "demo::Model",
                "u8",
                "3",
                "dyn",
                "demo::Fit"
            ]
        );
    }

    #[test]
    fn a_type_of_a_package_counts_by_its_package() {
        const TABLE: &str = "demo::T\t0101010101010101010101010101010101010101010101010101010101010101\n\
            hub::*\t0202020202020202020202020202020202020202020202020202020202020202\n\
            *\t0303030303030303030303030303030303030303030303030303030303030303";
        let types = parse([TABLE].into_iter());
        let found: Vec<_> = declared(
            &types,
            "alloc::vec::Vec<(demo::T, hub::a::B, renamed::C, u8)>",
        )
        .collect();
        assert_eq!(
            found,
            [
                ("demo::T", Declaration::Known(Digest::new([1; 32]))),
                ("hub::a::B", Declaration::Known(Digest::new([2; 32]))),
                ("renamed::C", Declaration::Known(Digest::new([3; 32]))),
            ]
        );
    }

    #[test]
    fn two_crates_may_know_different_versions_of_a_package() {
        const ONE: &str =
            "hub::*\t0101010101010101010101010101010101010101010101010101010101010101";
        const TWO: &str =
            "hub::*\t0202020202020202020202020202020202020202020202020202020202020202";
        let of = |tables: &[&'static str]| parse(tables.iter().copied())["hub::*"];
        assert!(matches!(of(&[ONE, TWO]), Declaration::Known(_)));
        assert_eq!(of(&[ONE, TWO]), of(&[TWO, ONE]));
        assert_ne!(of(&[ONE, TWO]), of(&[ONE]));
    }

    #[test]
    fn a_name_with_two_hashes_is_ambiguous() {
        const ONE: &str = "a::T\t0101010101010101010101010101010101010101010101010101010101010101\na::U\tambiguous";
        const TWO: &str = "a::T\t0202020202020202020202020202020202020202020202020202020202020202";
        let same = parse([ONE, ONE].into_iter());
        assert_eq!(same["a::T"], Declaration::Known(Digest::new([1; 32])));
        assert_eq!(same["a::U"], Declaration::Ambiguous);
        assert_eq!(
            parse([ONE, TWO].into_iter())["a::T"],
            Declaration::Ambiguous
        );
    }
}
