//! Result types of methods of std.

use super::deref::{deref, item_of};
use super::shape::{Match, Shape};
use super::tables::{self, Signature};
use super::universal;
use crate::ty::Ty;

/// How far auto-deref goes: no type of a real program is nested deeper.
const DEPTH: usize = 16;

/// The result of a std method on a type of std, a primitive, tuple, slice, array, pointer or reference, after
/// auto-deref and auto-ref. `None`: std has no such method there.
pub(crate) fn method(
    receiver: &Ty,
    name: &str,
    turbofish: &[Ty],
    args: &[Ty],
    expected: &Ty,
) -> Option<Ty> {
    let mut step = receiver.clone();
    let mut imported = None;
    for _ in 0..DEPTH {
        if let Some((receiver, signature)) = own(&step, name) {
            let Some(signature) = signature else {
                return Some(Ty::Unknown);
            };
            let want = wanted(&receiver, name, turbofish, expected);
            return Some(result(signature, &receiver, args, &want));
        }
        if let Some(found) = universal::method(&step, name, turbofish, args, expected) {
            // A trait outside the prelude, such as `Borrow`, is hardly imported where a type's own method has the name.
            if universal::in_prelude(name) {
                return Some(found);
            }
            imported.get_or_insert(found);
        }
        match deref(&step) {
            Some(next) => step = next,
            None => break,
        }
    }
    imported
}

/// The parameter types of a closure that is passed as argument `arg` (from 0, without the receiver)
/// of a std method, given the arguments before it; empty if they are not known.
pub(crate) fn closure_params(receiver: &Ty, name: &str, arg: usize, args_so_far: &[Ty]) -> Vec<Ty> {
    let mut step = receiver.clone();
    for _ in 0..DEPTH {
        if let Some((receiver, signature)) = own(&step, name) {
            return signature.map_or_else(Vec::new, |signature| {
                closure(signature, &receiver, arg, args_so_far)
            });
        }
        match deref(&step) {
            Some(next) => step = next,
            None => break,
        }
    }
    Vec::new()
}

/// The traits whose implementations for type arguments or arguments a std method can call: everything else it does
/// is std's own, but for closures that are passed to it. `None`: no such method is known there.
pub(crate) fn calls(receiver: &Ty, name: &str) -> Option<Vec<&'static str>> {
    let mut step = receiver.clone();
    for _ in 0..DEPTH {
        if let Some((receiver, signature)) = own(&step, name) {
            let mut calls = signature?.calls.clone();
            calls.extend(hidden_calls(&receiver));
            return Some(calls);
        }
        if let Some(calls) = universal::calls(&step, name) {
            return Some(calls);
        }
        step = deref(&step)?;
    }
    None
}

/// As [`calls`], for `Owner::name(args)`; a trait's function without receiver (`Default::default`) is the trait's.
pub(crate) fn associated_calls(owner: &Ty, name: &str) -> Option<Vec<&'static str>> {
    for (key, _) in tables::keys(owner) {
        let mut all = tables::signatures(key, name)
            .iter()
            .filter(|signature| !signature.is_method);
        if let Some(signature) = all.next() {
            return Some(signature.calls.clone());
        }
    }
    match name {
        "from" | "try_from" | "from_iter" | "from_str" | "default" => None,
        _ => calls(owner, name),
    }
}

/// What any method of a type can call because its arguments are not kept: an iterator's source may be a user's, and so
/// may what a buffered reader reads from.
fn hidden_calls(receiver: &Ty) -> &'static [&'static str] {
    match receiver {
        Ty::Std(name, _) if *name == "Iterator" => &[
            "Iterator",
            "DoubleEndedIterator",
            "ExactSizeIterator",
            "IntoIterator",
            "Read",
            "BufRead",
            "Pattern",
            "Hash",
            "Hasher",
            "BuildHasher",
            "Ord",
            "PartialOrd",
            "PartialEq",
            "Eq",
            "Borrow",
            "Clone",
            "Step",
        ],
        Ty::Std(_, args)
            if !args.is_empty()
                && tables::keys(receiver)
                    .iter()
                    .any(|(key, _)| *key == "reader") =>
        {
            &["Read", "BufRead", "Write", "Seek", "AsRef"]
        }
        _ => &[],
    }
}

/// The signature of this name on exactly this type, with the type as which it counts; `None` in it where
/// several could be meant.
fn own(step: &Ty, name: &str) -> Option<(Ty, Option<&'static Signature>)> {
    for (key, receiver) in tables::keys(step) {
        let all = tables::signatures(key, name);
        let methods = || all.iter().filter(|signature| signature.is_method);
        let found = match methods().count() {
            0 => continue,
            1 => methods().find(|signature| fits(signature, &receiver)),
            _ => methods().find(|signature| surely(&signature.owner, &receiver)),
        };
        return Some((receiver, found));
    }
    None
}

fn fits(signature: &Signature, receiver: &Ty) -> bool {
    is_kind(&signature.owner)
        || Match::new(receiver, &Ty::Unknown, &[]).fit(&signature.owner, receiver)
}

/// Whether an owner stands for many types, so that there is nothing to compare.
pub(super) fn is_kind(owner: &Shape) -> bool {
    matches!(owner, Shape::Prim(name) if matches!(name.as_str(), "int" | "float" | "reader"))
}

/// As [`Match::fit`], but what is not known is not taken for what the shape asks for.
pub(super) fn surely(shape: &Shape, ty: &Ty) -> bool {
    let all = |shapes: &[Shape], types: &[Ty]| {
        shapes
            .iter()
            .enumerate()
            .all(|(i, shape)| surely(shape, types.get(i).unwrap_or(&Ty::Unknown)))
    };
    match (shape, ty) {
        (Shape::Any | Shape::Hole(_), _) => true,
        _ if is_kind(shape) => true,
        (Shape::Prim(name), Ty::Prim(other)) => name == other,
        (Shape::Std(name, shapes), Ty::Std(other, types)) => name == other && all(shapes, types),
        (Shape::Ref(shape), Ty::Ref(ty))
        | (Shape::Pointer(shape), Ty::Pointer(ty))
        | (Shape::Slice(shape), Ty::Slice(ty))
        | (Shape::Array(shape), Ty::Array(ty)) => surely(shape, ty),
        (Shape::Tuple(shapes), Ty::Tuple(types)) => {
            shapes.len() == types.len() && all(shapes, types)
        }
        _ => false,
    }
}

/// The result of a signature for these arguments.
pub(super) fn result(signature: &Signature, receiver: &Ty, args: &[Ty], want: &Ty) -> Ty {
    let mut found = Match::new(receiver, want, args);
    found.fit(&signature.owner, receiver);
    for (shape, ty) in signature.params.iter().zip(args) {
        found.fit(shape, ty);
    }
    found.build(&signature.result)
}

/// The parameter types that a signature gives a closure.
pub(super) fn closure(signature: &Signature, receiver: &Ty, arg: usize, args: &[Ty]) -> Vec<Ty> {
    let Some(Shape::Function(params, _)) = signature.params.get(arg) else {
        return Vec::new();
    };
    let mut found = Match::new(receiver, &Ty::Unknown, args);
    found.fit(&signature.owner, receiver);
    for (shape, ty) in signature.params.iter().zip(args).take(arg) {
        found.fit(shape, ty);
    }
    params.iter().map(|param| found.build(param)).collect()
}

/// The type that a method makes because it is asked for it.
pub(super) fn wanted(receiver: &Ty, name: &str, turbofish: &[Ty], expected: &Ty) -> Ty {
    let asked = turbofish.first().filter(|ty| !ty.is_unknown());
    match name {
        "collect" => collected(asked.unwrap_or(expected), &item_of(receiver)),
        "partition" => match (asked, expected) {
            (Some(asked), _) => collected(asked, &item_of(receiver)),
            (None, Ty::Tuple(halves)) if halves.len() == 2 => {
                collected(&halves[0], &item_of(receiver))
            }
            _ => Ty::Unknown,
        },
        "unzip" if turbofish.len() == 4 => unzipped(receiver, &turbofish[2..]),
        "unzip" => match expected {
            Ty::Tuple(halves) => unzipped(receiver, halves),
            _ => Ty::Unknown,
        },
        "downcast" | "cast" => asked.cloned().unwrap_or_default(),
        _ => asked.unwrap_or(expected).clone(),
    }
}

fn unzipped(receiver: &Ty, halves: &[Ty]) -> Ty {
    match (item_of(receiver), halves) {
        (Ty::Tuple(items), [left, right]) if items.len() == 2 => Ty::Tuple(vec![
            collected(left, &items[0]),
            collected(right, &items[1]),
        ]),
        (_, halves) => Ty::Tuple(halves.to_vec()),
    }
}

/// Fills what is left open in the target of a `collect` (`Vec<_>`, `Result<Vec<_>, _>`) from the items.
pub(super) fn collected(target: &Ty, item: &Ty) -> Ty {
    let part = |i: usize, item: &Ty| match item {
        Ty::Std(_, args) => args.get(i).cloned().unwrap_or_default(),
        Ty::Tuple(parts) => parts.get(i).cloned().unwrap_or_default(),
        _ => Ty::Unknown,
    };
    let or = |args: &[Ty], i: usize, found: Ty| match args.get(i) {
        Some(given) if !given.is_unknown() => given.clone(),
        _ => found,
    };
    match target {
        Ty::Std(name, args) => match name.as_str() {
            "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "HashSet" | "BTreeSet" => {
                Ty::Std(*name, vec![or(args, 0, item.clone())])
            }
            "HashMap" | "BTreeMap" => Ty::Std(
                *name,
                vec![or(args, 0, part(0, item)), or(args, 1, part(1, item))],
            ),
            "Option" => Ty::Std(
                *name,
                vec![collected(
                    args.first().unwrap_or(&Ty::Unknown),
                    &part(0, item),
                )],
            ),
            "Result" => {
                let good = collected(args.first().unwrap_or(&Ty::Unknown), &part(0, item));
                Ty::Std(*name, vec![good, or(args, 1, part(1, item))])
            }
            "Box" | "Rc" | "Arc" => match args.first() {
                Some(Ty::Slice(open)) if open.is_unknown() => {
                    Ty::Std(*name, vec![Ty::Slice(Box::new(item.clone()))])
                }
                _ => target.clone(),
            },
            _ => target.clone(),
        },
        _ => target.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::std_facts::shape::Reader;
    use crate::symbol::Symbol;
    use crate::ty::NodeId;

    /// A type in the tables' language; `A` stands for a struct of the user's.
    fn ty(text: &str) -> Ty {
        let user = Ty::Adt(NodeId(7), Vec::new());
        let mut found = Match::new(&Ty::Unknown, &Ty::Unknown, &[]);
        found.fit(&Reader::new("A").shape(), &user);
        found.build(&Reader::new(text).shape())
    }

    fn check(receiver: &str, name: &str, args: &[&str], expected: &str) {
        let args: Vec<_> = args.iter().map(|arg| ty(arg)).collect();
        let found = method(&ty(receiver), name, &[], &args, &Ty::Unknown);
        assert_eq!(found, Some(ty(expected)), "{receiver}.{name}()");
    }

    #[test]
    fn methods_are_found_behind_pointers() {
        check("&Vec<A>", "first", &[], "Option<&A>");
        check(
            "Arc<Mutex<Vec<A>>>",
            "lock",
            &[],
            "Lock<MutexGuard<Vec<A>>>",
        );
        check("MutexGuard<Vec<A>>", "iter", &[], "Iter<&A>");
        check("[A;]", "windows", &["usize"], "Iter<&[A]>");
        check("Rc<RefCell<A>>", "borrow", &[], "Ref<A>");
    }

    #[test]
    fn closures_give_their_result_on() {
        check("Option<A>", "map", &["fn(A) u8"], "Option<u8>");
        check("Iter<&A>", "map", &["fn(&A) Vec<u8>"], "Iter<Vec<u8>>");
        check("Iter<A>", "flat_map", &["fn(A) Vec<u8>"], "Iter<u8>");
        check("Iter<A>", "fold", &["u64", "fn(u64, A) u64"], "u64");
        check(
            "Result<A, u8>",
            "map_err",
            &["fn(u8) String"],
            "Result<A, String>",
        );
        check("Range<usize>", "map", &["fn(usize) A"], "Iter<A>");
    }

    #[test]
    fn maps_know_keys_and_values() {
        check("HashMap<String, A>", "get", &["&str"], "Option<&A>");
        check(
            "HashMap<String, A>",
            "entry",
            &["String"],
            "hash_map::Entry<String, A>",
        );
        check("hash_map::Entry<String, A>", "or_default", &[], "&A");
        check("&BTreeMap<u8, A>", "iter", &[], "Iter<(&u8, &A)>");
        check("&BTreeMap<u8, A>", "into_iter", &[], "Iter<(&u8, &A)>");
    }

    #[test]
    fn what_depends_on_the_index_or_the_context_follows_it() {
        check("Vec<A>", "get", &["usize"], "Option<&A>");
        check("Vec<A>", "get", &["Range<usize>"], "Option<&[A]>");
        let collected = method(
            &ty("Iter<A>"),
            "collect",
            &[ty("Vec<_>")],
            &[],
            &Ty::Unknown,
        );
        assert_eq!(collected, Some(ty("Vec<A>")));
        let results = method(
            &ty("Iter<Result<A, u8>>"),
            "collect",
            &[ty("Result<Vec<_>, _>")],
            &[],
            &Ty::Unknown,
        );
        assert_eq!(results, Some(ty("Result<Vec<A>, u8>")));
        let sum = method(&ty("Iter<u8>"), "sum", &[], &[], &ty("u64"));
        assert_eq!(sum, Some(ty("u64")));
        let parsed = method(&ty("&str"), "parse", &[ty("u8")], &[], &Ty::Unknown);
        assert_eq!(parsed, Some(ty("Result<u8, ParseIntError>")));
    }

    #[test]
    fn a_clone_is_of_what_has_clone() {
        check("&Vec<A>", "clone", &[], "Vec<A>");
        check("&Mutex<A>", "clone", &[], "&Mutex<A>");
        check("&str", "to_owned", &[], "String");
        check("&&str", "clone", &[], "&str");
        let generic = Ty::std("Vec", vec![Ty::Param(Symbol::new("T"))]).referenced();
        assert_eq!(
            method(&generic, "clone", &[], &[], &Ty::Unknown),
            Some(Ty::Unknown)
        );
    }

    #[test]
    fn comparison_of_references_stays_a_reference_but_floats_have_their_own() {
        check("&u8", "max", &["&u8"], "&u8");
        check("&f64", "max", &["f64"], "f64");
        check("Iter<A>", "max", &[], "Option<A>");
    }

    #[test]
    fn an_unknown_item_does_not_choose_between_signatures() {
        check("Vec<&str>", "concat", &[], "String");
        let unknown = Ty::std("Vec", vec![Ty::Unknown]);
        assert_eq!(
            method(&unknown, "concat", &[], &[], &Ty::Unknown),
            Some(Ty::Unknown)
        );
        check(
            "Poll<Result<A, u8>>",
            "map_ok",
            &["fn(A) u16"],
            "Poll<Result<u16, u8>>",
        );
    }

    #[test]
    fn what_std_does_not_have_is_not_answered() {
        assert_eq!(
            method(&ty("Vec<A>"), "no_such_method", &[], &[], &Ty::Unknown),
            None
        );
        assert_eq!(method(&ty("A"), "clone", &[], &[], &Ty::Unknown), None);
        assert_eq!(method(&ty("&A"), "len", &[], &[], &Ty::Unknown), None);
        assert_eq!(method(&ty("Box<A>"), "len", &[], &[], &Ty::Unknown), None);
    }

    #[test]
    fn closure_parameters_come_from_the_receiver_and_earlier_arguments() {
        assert_eq!(
            closure_params(&ty("&Vec<A>"), "sort_by", 0, &[]),
            vec![ty("&A"), ty("&A")]
        );
        assert_eq!(
            closure_params(&ty("Iter<A>"), "fold", 1, &[ty("u8")]),
            vec![ty("u8"), ty("A")]
        );
        assert_eq!(
            closure_params(&ty("HashMap<u8, A>"), "retain", 0, &[]),
            vec![ty("&u8"), ty("&A")]
        );
        assert!(closure_params(&ty("A"), "map", 0, &[]).is_empty());
    }

    #[test]
    fn a_call_reaches_the_traits_that_its_signature_asks_for() {
        assert_eq!(calls(&ty("&Vec<A>"), "len"), Some(Vec::new()));
        assert_eq!(calls(&ty("Vec<A>"), "push"), Some(Vec::new()));
        assert_eq!(calls(&ty("Vec<A>"), "contains"), Some(vec!["PartialEq"]));
        assert!(
            calls(&ty("HashMap<A, u8>"), "insert").is_some_and(|traits| traits.contains(&"Hash"))
        );
        assert!(
            calls(&ty("BinaryHeap<A>"), "push")
                .is_some_and(|traits| traits.contains(&"PartialOrd"))
        );
        assert!(calls(&ty("Iter<A>"), "map").is_some_and(|traits| traits.contains(&"Iterator")));
        assert_eq!(calls(&ty("A"), "len"), None);
        assert_eq!(
            associated_calls(&Ty::std("Vec", Vec::new()), "new"),
            Some(Vec::new())
        );
        assert_eq!(
            associated_calls(&ty("String"), "from"),
            Some(vec!["Into", "From"])
        );
        assert_eq!(associated_calls(&ty("Vec<A>"), "from"), None);
    }
}
