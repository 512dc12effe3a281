//! From a path into std to a type.

use std::sync::LazyLock;

use super::shape::{Match, Reader};
use crate::map::HashMap;
use crate::resolve::PRIMITIVES;
use crate::ty::Ty;

/// Simple names that several types of std share, with the module whose type keeps the plain name; the others
/// are called by their module and name.
const SHARED: &[(&str, &str)] = &[
    ("Alignment", "ptr"),
    ("Chain", "iter"),
    ("Display", ""),
    ("Empty", "iter"),
    ("Entry", ""),
    ("Error", ""),
    ("ErrorKind", ""),
    ("OccupiedEntry", ""),
    ("Ordering", ""),
    ("Repeat", "iter"),
    ("Take", "iter"),
    ("TryLockError", ""),
    ("VacantEntry", ""),
    ("Weak", ""),
    ("Builder", ""),
    ("OccupiedError", ""),
];

/// Iterator types whose items can be read off their arguments: (module, names, item).
/// In the item, `A` and `B` are the arguments, `I` and `J` their items, `*i` what `I` refers to.
const ITERATORS: &[(&str, &str, &str)] = &[
    ("vec", "IntoIter Drain ExtractIf", "A"),
    ("slice", "Iter IterMut", "&A"),
    (
        "slice",
        "Windows Chunks ChunksMut ChunksExact ChunksExactMut RChunks RChunksMut RChunksExact RChunksExactMut",
        "&[A]",
    ),
    (
        "slice",
        "ChunkBy ChunkByMut Split SplitMut SplitInclusive SplitInclusiveMut RSplit RSplitMut SplitN SplitNMut RSplitN RSplitNMut",
        "&[A]",
    ),
    ("slice", "EscapeAscii", "u8"),
    ("array", "IntoIter", "A"),
    ("option", "IntoIter", "A"),
    ("option", "Iter IterMut", "&A"),
    ("result", "IntoIter", "A"),
    ("result", "Iter IterMut", "&A"),
    (
        "str",
        "Chars EscapeDebug EscapeDefault EscapeUnicode",
        "char",
    ),
    ("str", "Bytes", "u8"),
    ("str", "EncodeUtf16", "u16"),
    ("str", "CharIndices", "(usize, char)"),
    (
        "str",
        "Lines SplitWhitespace SplitAsciiWhitespace Split RSplit SplitN RSplitN SplitTerminator RSplitTerminator SplitInclusive Matches RMatches",
        "&str",
    ),
    ("str", "MatchIndices RMatchIndices", "(usize, &str)"),
    ("string", "Drain", "char"),
    (
        "char",
        "ToUppercase ToLowercase EscapeDebug EscapeDefault EscapeUnicode",
        "char",
    ),
    ("ascii", "EscapeDefault", "u8"),
    ("vec_deque linked_list binary_heap", "IntoIter Drain", "A"),
    ("vec_deque linked_list binary_heap", "Iter", "&A"),
    ("vec_deque linked_list", "IterMut", "&A"),
    ("hash_set btree_set", "IntoIter Drain", "A"),
    (
        "hash_set btree_set",
        "Iter Range Union Intersection Difference SymmetricDifference",
        "&A",
    ),
    ("hash_map btree_map", "IntoIter Drain", "(A, B)"),
    (
        "hash_map btree_map",
        "Iter IterMut Range RangeMut",
        "(&A, &B)",
    ),
    ("hash_map btree_map", "Keys", "&A"),
    ("hash_map btree_map", "Values ValuesMut", "&B"),
    ("hash_map btree_map", "IntoKeys", "A"),
    ("hash_map btree_map", "IntoValues", "B"),
    (
        "iter",
        "Peekable Rev Skip Take TakeWhile SkipWhile StepBy Fuse Filter Inspect Cycle Chain",
        "I",
    ),
    ("iter", "Enumerate", "(usize, I)"),
    ("iter", "Cloned Copied", "*i"),
    ("iter", "Once Repeat RepeatN Empty Successors", "A"),
    ("iter", "Zip", "(I, J)"),
    (
        "iter",
        "Map FilterMap FlatMap Flatten MapWhile Scan OnceWith RepeatWith FromFn",
        "_",
    ),
    ("env", "Args", "String"),
    ("env", "ArgsOs", "OsString"),
    ("env", "Vars", "(String, String)"),
    ("path", "Components", "Component"),
    ("path", "Iter", "&OsStr"),
    ("path", "Ancestors", "&Path"),
    ("mpsc", "Iter IntoIter TryIter", "A"),
    ("fs", "ReadDir", "io<DirEntry>"),
    ("io", "Lines", "io<String>"),
    ("io", "Bytes", "io<u8>"),
    ("io", "Split", "io<Vec<u8>>"),
];

/// The type that a path into std means; one whose facts are not known is [`Ty::Std`] with its last segment.
pub(crate) fn type_of_path(path: &str, args: Vec<Ty>) -> Ty {
    let mut segments = path.rsplit("::");
    let name = segments.next().unwrap_or(path);
    let module = segments.next().unwrap_or("");
    let first = || args.first().cloned().unwrap_or_default();
    match (module, name) {
        ("io", "Result") => Ty::std("Result", vec![first(), error("io")]),
        ("fmt", "Result") => Ty::std("Result", vec![Ty::unit(), error("fmt")]),
        ("thread", "Result") => Ty::std("Result", vec![first(), Ty::std("Box", vec![Ty::Unknown])]),
        ("sync" | "poison", "LockResult") => Ty::std(
            "Result",
            vec![first(), Ty::std("PoisonError", vec![first()])],
        ),
        ("sync" | "poison", "TryLockResult") => Ty::std(
            "Result",
            vec![first(), Ty::std("sync::TryLockError", vec![first()])],
        ),
        ("atomic", "Atomic") => Ty::std("Atomic", args),
        ("atomic", "AtomicPtr") => Ty::std("Atomic", vec![Ty::Pointer(Box::new(first()))]),
        ("atomic", _) if name.starts_with("Atomic") => Ty::std(
            "Atomic",
            vec![Ty::prim(&name["Atomic".len()..].to_lowercase())],
        ),
        ("num", _) if name.starts_with("NonZero") && name.len() > "NonZero".len() => Ty::std(
            "NonZero",
            vec![Ty::prim(&name["NonZero".len()..].to_lowercase())],
        ),
        // The module of a primitive type's name is no type: the primitive is meant.
        _ if PRIMITIVES.contains(&name) => Ty::prim(name),
        ("ffi" | "raw", "c_char" | "c_long" | "c_ulong") => Ty::Unknown,
        ("ffi" | "raw", _) => c_number(name).map_or_else(|| plain(module, name, args), Ty::prim),
        // The value's own parameter stands first; the function's type and the hasher are of no interest.
        (_, "LazyLock" | "LazyCell") => Ty::std(name, args.into_iter().take(1).collect()),
        _ => iterator(module, name, &args).unwrap_or_else(|| plain(module, name, args)),
    }
}

/// The type of a public field of a type of std.
pub(crate) fn field_of(ty: &Ty, name: &str) -> Option<Ty> {
    let Ty::Std(of, args) = ty else { return None };
    match (of.as_str(), name) {
        ("Range", "start" | "end")
        | ("RangeFrom", "start")
        | ("RangeTo" | "RangeToInclusive", "end")
        | ("Reverse" | "Wrapping" | "Saturating" | "AssertUnwindSafe", "0") => {
            args.first().cloned()
        }
        ("Output", "status") => Some(Ty::std("ExitStatus", Vec::new())),
        ("Output", "stdout" | "stderr") => Some(Ty::std("Vec", vec![Ty::prim("u8")])),
        _ => None,
    }
}

fn plain(module: &str, name: &str, args: Vec<Ty>) -> Ty {
    match SHARED.iter().find(|(shared, _)| *shared == name) {
        Some((_, owner)) if *owner != module && !module.is_empty() => {
            let module = if module == "poison" { "sync" } else { module };
            Ty::std(&format!("{module}::{name}"), args)
        }
        _ => Ty::std(name, args),
    }
}

fn error(module: &str) -> Ty {
    Ty::std(&format!("{module}::Error"), Vec::new())
}

fn c_number(name: &str) -> Option<&'static str> {
    Some(match name {
        "c_int" => "i32",
        "c_uint" => "u32",
        "c_short" => "i16",
        "c_ushort" => "u16",
        "c_longlong" => "i64",
        "c_ulonglong" => "u64",
        "c_schar" => "i8",
        "c_uchar" => "u8",
        "c_float" => "f32",
        "c_double" => "f64",
        _ => return None,
    })
}

fn iterator(module: &str, name: &str, args: &[Ty]) -> Option<Ty> {
    static ITEMS: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
        let mut items = HashMap::default();
        for (modules, names, item) in ITERATORS {
            for module in modules.split(' ') {
                for name in names.split(' ') {
                    items.entry((module, name)).or_insert(*item);
                }
            }
        }
        items
    });
    let item = ITEMS.get(&(module, name))?;
    Some(Ty::std("Iterator", vec![item_from(item, args)]))
}

fn item_from(text: &str, args: &[Ty]) -> Ty {
    let arg = |i: usize| args.get(i).cloned().unwrap_or_default();
    let pointee = |ty: Ty| {
        if let Ty::Ref(inner) = ty {
            *inner
        } else {
            Ty::Unknown
        }
    };
    if text == "*i" {
        return pointee(super::item_of(&arg(0)));
    }
    let mut found = Match::new(&Ty::Unknown, &Ty::Unknown, &[]);
    for (hole, ty) in [
        ("A", arg(0)),
        ("B", arg(1)),
        ("I", super::item_of(&arg(0))),
        ("J", super::item_of(&arg(1))),
    ] {
        found.fit(&Reader::new(hole).shape(), &ty);
    }
    found.build(&Reader::new(text).shape())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_iterators_are_what_they_stand_for() {
        let io = Ty::std(
            "Result",
            vec![Ty::prim("u8"), Ty::std("io::Error", Vec::new())],
        );
        assert_eq!(type_of_path("std::io::Result", vec![Ty::prim("u8")]), io);
        let chars = Ty::std("Iterator", vec![Ty::prim("char")]);
        assert_eq!(type_of_path("core::str::Chars", Vec::new()), chars);
        assert_eq!(
            type_of_path("std::iter::Peekable", vec![chars.clone()]),
            chars
        );
        let counter = Ty::std("Atomic", vec![Ty::prim("usize")]);
        assert_eq!(
            type_of_path("std::sync::atomic::AtomicUsize", Vec::new()),
            counter
        );
    }

    #[test]
    fn public_fields_have_types() {
        let range = Ty::std("Range", vec![Ty::prim("u8")]);
        assert_eq!(field_of(&range, "end"), Some(Ty::prim("u8")));
        assert_eq!(field_of(&range, "length"), None);
    }

    #[test]
    fn names_that_modules_share_keep_their_module() {
        assert_eq!(
            type_of_path("std::collections::hash_map::HashMap", Vec::new()),
            Ty::std("HashMap", Vec::new())
        );
        assert_eq!(
            type_of_path("std::rc::Weak", Vec::new()),
            Ty::std("rc::Weak", Vec::new())
        );
        assert_eq!(
            type_of_path("std::cmp::Ordering", Vec::new()),
            Ty::std("cmp::Ordering", Vec::new())
        );
        assert_eq!(type_of_path("std::fmt::Error", Vec::new()), error("fmt"));
        assert_eq!(
            type_of_path("std::backtrace::Backtrace", Vec::new()),
            Ty::std("Backtrace", Vec::new())
        );
    }
}
