//! The declarations of types, for generic functions: what a type argument's name does not tell.
//!
//! A generic function's code hash can't know the types that it will be called with. So the build script also hashes what
//! each type of the analysed crates can reach; the first expansion in a crate registers these hashes, and a call's hash
//! takes in those of all types that its type arguments' names mention.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::checkpoint::CHECKPOINTER_FUNCTIONS;
use crate::key::Digest;

/// What crates without a generic checkpointed function of their own register by `register_types!`.
#[linkme::distributed_slice]
pub static CHECKPOINTER_TYPES: [&'static str];

/// What is known of the declaration of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declaration {
    /// The hash of everything that it can reach.
    Known(Digest),
    /// Two types have this name, and a stored key can't tell one from the other.
    Ambiguous,
    /// No table of the program knows its crate.
    Unknown,
}

/// The types of the program's crates. Each crate's are lines of name, tab, hash and place beside its first function.
static TYPES: LazyLock<HashMap<&'static str, Declaration>> = LazyLock::new(|| {
    let tables = CHECKPOINTER_FUNCTIONS.iter().map(|function| function.types);
    parse(tables.chain(CHECKPOINTER_TYPES.iter().copied()))
});

fn parse(tables: impl Iterator<Item = &'static str>) -> HashMap<&'static str, Declaration> {
    let mut found: HashMap<_, BTreeMap<&str, BTreeSet<&str>>> = HashMap::new();
    for (name, value) in tables
        .flat_map(str::lines)
        .filter_map(|line| line.split_once('\t'))
    {
        let (hash, place) = value.split_once(' ').unwrap_or((value, ""));
        found
            .entry(name)
            .or_default()
            .entry(place)
            .or_default()
            .insert(hash);
    }
    found
        .into_iter()
        .map(|(name, places)| (name, declaration(&places)))
        .collect()
}

/// What the tables of all crates say of one name. They may know different impls of one type, or features of one package: all
/// count. Types of one name in two places can't be told apart.
fn declaration(places: &BTreeMap<&str, BTreeSet<&str>>) -> Declaration {
    let mut all = places.values();
    let (Some(hashes), None) = (all.next(), all.next()) else {
        return Declaration::Ambiguous;
    };
    let digests: Option<Vec<Digest>> = hashes.iter().map(|hash| Digest::from_hex(hash)).collect();
    match digests.as_deref() {
        None => Declaration::Ambiguous,
        Some([only]) => Declaration::Known(*only),
        Some(several) => {
            let mut hasher = blake3::Hasher::new();
            for digest in several {
                hasher.update(digest.as_bytes());
            }
            Declaration::Known(Digest::new(*hasher.finalize().as_bytes()))
        }
    }
}

/// The declarations of all types that a type's name mentions, in the order of the name; those of std count by name alone.
/// Of a package that the build did not read the whole package counts.
pub(crate) fn declarations(type_name: &str) -> Vec<(&str, Declaration)> {
    declared(&TYPES, type_name)
}

fn declared<'a>(
    types: &HashMap<&'static str, Declaration>,
    type_name: &'a str,
) -> Vec<(&'a str, Declaration)> {
    let mut found = Vec::new();
    // Of `demo::<impl demo::Model>::run::Inner` the last part belongs to the crate that was named before.
    let mut last = "";
    for raw in pieces(type_name) {
        let path = raw.trim_matches(':');
        let is_path = raw.contains("::");
        if is_path && !raw.starts_with("::") {
            last = path.split("::").next().unwrap_or_default();
        }
        if !is_path || matches!(last, "core" | "alloc" | "std") {
            continue;
        }
        let known = types
            .get(path)
            .or_else(|| types.get(format!("{last}::*").as_str()));
        found.push((path, known.copied().unwrap_or(Declaration::Unknown)));
    }
    found
}

/// The words of a type's name: `demo::Model` and `u8` in `alloc::vec::Vec<(demo::Model, u8)>`, and the vector's own.
fn pieces(type_name: &str) -> impl Iterator<Item = &str> {
    type_name
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')))
        .filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0101010101010101010101010101010101010101010101010101010101010101";
    const TWO: &str = "0202020202020202020202020202020202020202020202020202020202020202";

    fn known(byte: u8) -> Declaration {
        Declaration::Known(Digest::new([byte; 32]))
    }

    fn table(lines: &[(&str, &str)]) -> &'static str {
        let lines: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("{name}\t{value}"))
            .collect();
        lines.join("\n").leak()
    }

    #[test]
    fn all_paths_of_a_name_are_found_and_those_of_std_count_by_name() {
        let types = parse([table(&[("demo::Model", ONE), ("demo::Fit", TWO)])].into_iter());
        assert_eq!(
            declared(
                &types,
                "alloc::vec::Vec<(demo::Model<&[u8; 3]>, dyn demo::Fit)>"
            ),
            [("demo::Model", known(1)), ("demo::Fit", known(2))]
        );
    }

    #[test]
    fn a_type_of_a_package_counts_by_its_package() {
        let types = parse([table(&[("demo::T", ONE), ("hub::*", TWO)])].into_iter());
        assert_eq!(
            declared(&types, "(demo::T, hub::a::B, u8)"),
            [("demo::T", known(1)), ("hub::a::B", known(2))]
        );
    }

    #[test]
    fn a_type_that_no_table_knows_is_not_guessed() {
        let types = parse([table(&[("demo::T", ONE)])].into_iter());
        assert_eq!(
            declared(&types, "Option<other::T>"),
            [("other::T", Declaration::Unknown)]
        );
        assert_eq!(
            declared(&types, "demo::Made"),
            [("demo::Made", Declaration::Unknown)]
        );
    }

    #[test]
    fn a_type_inside_of_a_method_counts_by_its_crate() {
        let types = parse([table(&[("demo::T", ONE), ("demo::*", TWO)])].into_iter());
        assert_eq!(
            declared(&types, "<demo::T>::run::Inner"),
            [("demo::T", known(1)), ("run::Inner", known(2))]
        );
        assert_eq!(
            declared(&types, "demo::a::<impl demo::T>::run::{{closure}}"),
            [
                ("demo::a", known(2)),
                ("demo::T", known(1)),
                ("run::{{closure}}", known(2))
            ]
        );
    }

    #[test]
    fn a_name_in_two_places_is_ambiguous() {
        let both = [
            table(&[
                ("a::T", &format!("{ONE} a 1.0.0 lib")),
                ("a::U", "ambiguous"),
            ]),
            table(&[("a::T", &format!("{ONE} a 2.0.0 lib"))]),
        ];
        let types = parse(both.into_iter());
        assert_eq!(types["a::T"], Declaration::Ambiguous);
        assert_eq!(types["a::U"], Declaration::Ambiguous);
        assert_eq!(parse([both[0], both[0]].into_iter())["a::T"], known(1));
    }

    #[test]
    fn what_two_crates_know_of_one_type_counts_in_any_order() {
        let one = table(&[("a::T", &format!("{ONE} a 1.0.0 lib"))]);
        let two = table(&[("a::T", &format!("{TWO} a 1.0.0 lib"))]);
        let of = |tables: &[&'static str]| parse(tables.iter().copied())["a::T"];
        assert!(matches!(of(&[one, two]), Declaration::Known(_)));
        assert_eq!(of(&[one, two]), of(&[two, one]));
        assert_ne!(of(&[one, two]), of(&[one]));
    }
}
