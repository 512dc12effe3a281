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
    for _ in 0..DEPTH {
        if let Some((receiver, signature)) = own(&step, name) {
            let Some(signature) = signature else {
                return Some(Ty::Unknown);
            };
            let want = wanted(&receiver, name, turbofish, expected);
            return Some(result(signature, &receiver, args, &want));
        }
        if let Some(found) = universal::method(&step, name, turbofish, args, expected) {
            return Some(found);
        }
        step = deref(&step)?;
    }
    None
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
