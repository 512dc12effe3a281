//! The declarations of types, for generic functions: what a type argument's name does not tell.
//!
//! A generic function's code hash can't know the types that it will be called with. So the build script also hashes what
//! each type of the analysed crates can reach; the first expansion in a crate registers these hashes, and a call's hash
//! takes in those of all types that its type arguments' names mention.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::key::Digest;

/// The types of the program's crates: lines of name, tab and hash, gathered by the linker.
#[linkme::distributed_slice]
pub static CHECKPOINTER_TYPES: [&'static str];

/// What is known of the declaration of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declaration {
    /// The hash of everything that it can reach.
    Known(Digest),
    /// Two types have this name, and a stored key can't tell one from the other.
    Ambiguous,
}

static TYPES: LazyLock<HashMap<&'static str, Declaration>> =
    LazyLock::new(|| parse(CHECKPOINTER_TYPES.iter().copied()));

fn parse(tables: impl Iterator<Item = &'static str>) -> HashMap<&'static str, Declaration> {
    let mut types = HashMap::new();
    for line in tables.flat_map(str::lines) {
        let Some((name, hash)) = line.split_once('\t') else {
            continue;
        };
        let found = Digest::from_hex(hash).map_or(Declaration::Ambiguous, Declaration::Known);
        types
            .entry(name)
            .and_modify(|known| {
                if *known != found {
                    *known = Declaration::Ambiguous;
                }
            })
            .or_insert(found);
    }
    types
}

/// The declarations of all types that a type's name mentions, in the order of the name.
pub(crate) fn declarations(type_name: &str) -> impl Iterator<Item = (&str, Declaration)> {
    paths(type_name).filter_map(|path| Some((path, *TYPES.get(path)?)))
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
