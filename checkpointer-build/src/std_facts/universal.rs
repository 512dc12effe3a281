//! Methods of traits that many types implement: what `x.clone()` or `x.into()` gives.

use super::deref::{is_iterable, item_of};
use super::operator;
use super::shape::owned;
use super::tables;
use crate::ty::Ty;

/// The result of a trait's method on this step of auto-deref.
pub(super) fn method(
    step: &Ty,
    name: &str,
    turbofish: &[Ty],
    args: &[Ty],
    expected: &Ty,
) -> Option<Ty> {
    if !is_ours(step) {
        return None;
    }
    let arg = args.first().unwrap_or(&Ty::Unknown);
    match name {
        "clone" => cloned(step),
        "to_owned" => to_owned(step),
        "to_string" => Some(Ty::std("String", Vec::new())),
        "into_iter" if is_iterable(step) => {
            Some(Ty::std("Iterator", vec![iterated_by_value(step)]))
        }
        "into" | "as_ref" | "as_mut" | "borrow" | "borrow_mut" => Some(expected.clone()),
        "try_into" => Some(match expected {
            Ty::Std(name, args) if *name == "Result" => Ty::Std(*name, args.clone()),
            _ => Ty::std("Result", Vec::new()),
        }),
        "parse" if matches!(step, Ty::Prim(name) if *name == "str") => {
            Some(parsed(turbofish, expected))
        }
        "cmp" => Some(Ty::std("cmp::Ordering", Vec::new())),
        "partial_cmp" => Some(Ty::std(
            "Option",
            vec![Ty::std("cmp::Ordering", Vec::new())],
        )),
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => Some(Ty::prim("bool")),
        "max" | "min" | "clamp" if is_ordered(step) => Some(step.clone()),
        "hash" | "extend" | "clone_from" | "clone_into" => Some(Ty::unit()),
        "fmt" => Some(Ty::std(
            "Result",
            vec![Ty::unit(), Ty::std("fmt::Error", Vec::new())],
        )),
        "type_id" => Some(Ty::std("TypeId", Vec::new())),

        "neg" => Some(operator::unary("-", step)),
        "not" => Some(operator::unary("!", step)),
        "add_assign" | "sub_assign" | "mul_assign" | "div_assign" | "rem_assign"
        | "bitand_assign" | "bitor_assign" | "bitxor_assign" | "shl_assign" | "shr_assign" => {
            Some(Ty::unit())
        }
        "deref" | "deref_mut" => Some(super::deref::deref(step)?.referenced()),
        "index" | "index_mut" => Some(operator::index(step, arg).referenced()),
        _ => operator::token_of(name).map(|token| operator::binary(token, step, arg)),
    }
}

/// Whether a method's trait needs no import.
pub(super) fn in_prelude(name: &str) -> bool {
    !matches!(
        name,
        "borrow"
            | "borrow_mut"
            | "hash"
            | "fmt"
            | "type_id"
            | "deref"
            | "deref_mut"
            | "index"
            | "index_mut"
            | "not"
            | "neg"
    ) && super::operator::token_of(name).is_none()
}

/// The traits that such a method can call.
pub(super) fn calls(step: &Ty, name: &str) -> Option<Vec<&'static str>> {
    if !is_ours(step) {
        return None;
    }
    let calls: &[&'static str] = match name {
        "clone" | "to_owned" | "clone_from" | "clone_into" => &["Clone", "ToOwned"],
        "to_string" => &["Display", "ToString"],
        "into_iter" if is_iterable(step) => &["IntoIterator", "Iterator"],
        "into" => &["Into", "From"],
        "try_into" => &["TryInto", "TryFrom", "Into", "From"],
        "as_ref" => &["AsRef"],
        "as_mut" => &["AsMut"],
        "borrow" => &["Borrow"],
        "borrow_mut" => &["BorrowMut"],
        "parse" if matches!(step, Ty::Prim(name) if *name == "str") => &["FromStr"],
        "cmp" | "max" | "min" | "clamp" => &["Ord", "PartialOrd"],
        "partial_cmp" | "lt" | "le" | "gt" | "ge" => &["PartialOrd", "Ord", "PartialEq"],
        "eq" | "ne" => &["PartialEq", "Eq", "Hash", "Hasher", "BuildHasher", "Borrow"],
        "hash" => &["Hash", "Hasher"],
        _ => return None,
    };
    Some(calls.to_vec())
}

/// Whether the type is std's or the language's, behind any references.
fn is_ours(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(inner) => is_ours(inner),
        Ty::Std(..) | Ty::Prim(_) | Ty::Pointer(_) | Ty::Slice(_) | Ty::Array(_) | Ty::Tuple(_) => {
            true
        }
        _ => false,
    }
}

fn is_ordered(step: &Ty) -> bool {
    let peeled = step.peeled();
    let is_float = matches!(peeled, Ty::Prim(name) if matches!(operator::number(*name), Some(operator::Number::Float)));
    !is_float
        && !tables::keys(peeled)
            .iter()
            .any(|(key, _)| *key == "Iterator")
}

/// What `clone` makes. A reference to what cannot be cloned is itself cloned; a guard hands the call on.
fn cloned(step: &Ty) -> Option<Ty> {
    match step {
        Ty::Ref(inner) => Some(match can_clone(inner) {
            Some(true) => (**inner).clone(),
            Some(false) => step.clone(),
            None => Ty::Unknown,
        }),
        Ty::Std(name, _) if HAND_ON.contains(&name.as_str()) => None,
        Ty::Prim(name) if *name == "str" => None,
        Ty::Slice(_) => None,
        _ => Some(step.clone()),
    }
}

fn to_owned(step: &Ty) -> Option<Ty> {
    match step {
        Ty::Ref(inner) => match &**inner {
            Ty::Slice(_) | Ty::Prim(_) => Some(owned((**inner).clone())),
            Ty::Std(name, _) if matches!(name.as_str(), "Path" | "OsStr" | "CStr") => {
                Some(owned((**inner).clone()))
            }
            _ => cloned(step),
        },
        Ty::Slice(_) | Ty::Prim(_) => Some(owned(step.clone())),
        Ty::Std(name, _) if matches!(name.as_str(), "Path" | "OsStr" | "CStr") => {
            Some(owned(step.clone()))
        }
        _ => cloned(step),
    }
}

/// Types without `Clone` whose content a call of `clone` reaches by auto-deref.
const HAND_ON: &[&str] = &[
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "Ref",
    "RefMut",
    "LazyLock",
    "LazyCell",
    "PeekMut",
    "Path",
    "OsStr",
    "CStr",
    "Mutex",
    "RwLock",
];

/// Types of std that can be cloned whatever their arguments are.
const ALWAYS: &[&str] = &[
    "Rc",
    "Arc",
    "rc::Weak",
    "sync::Weak",
    "Sender",
    "SyncSender",
    "NonNull",
    "String",
    "PathBuf",
    "OsString",
    "CString",
    "Duration",
    "Instant",
    "SystemTime",
    "cmp::Ordering",
    "TypeId",
    "Layout",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "PhantomData",
    "Iterator",
];

/// Types of std that can be cloned if their arguments can.
const IF_ARGS: &[&str] = &[
    "Vec",
    "VecDeque",
    "LinkedList",
    "BinaryHeap",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "Option",
    "Result",
    "Box",
    "Cell",
    "RefCell",
    "OnceCell",
    "OnceLock",
    "Range",
    "RangeInclusive",
    "RangeFrom",
    "RangeTo",
    "RangeToInclusive",
    "Bound",
    "ControlFlow",
    "Poll",
    "Wrapping",
    "Saturating",
    "NonZero",
    "Reverse",
    "Pin",
    "Cursor",
    "ManuallyDrop",
    "Cow",
];

/// Whether a type can be cloned, as far as it is known.
fn can_clone(ty: &Ty) -> Option<bool> {
    let all = |types: &[Ty]| {
        types
            .iter()
            .all(|ty| can_clone(ty) == Some(true))
            .then_some(true)
    };
    match ty {
        Ty::Prim(name) => Some(*name != "str"),
        Ty::Slice(_) | Ty::Traits(_) => Some(false),
        Ty::Ref(_) | Ty::Pointer(_) => Some(true),
        Ty::Array(item) => can_clone(item),
        Ty::Tuple(types) => all(types),
        Ty::Std(name, _) if ALWAYS.contains(&name.as_str()) => Some(true),
        Ty::Std(name, _) if HAND_ON.contains(&name.as_str()) => Some(false),
        Ty::Std(name, args) if IF_ARGS.contains(&name.as_str()) => all(args),
        // A call of `clone` that only copied the reference would do nothing: the type has `Clone`.
        Ty::Adt(..) | Ty::Foreign(_) => Some(true),
        _ => None,
    }
}

/// `[T; N]::into_iter()` goes by value since edition 2021 and by reference before; boxed slices since 2024.
fn iterated_by_value(step: &Ty) -> Ty {
    match step {
        Ty::Array(_) => Ty::Unknown,
        _ => item_of(step),
    }
}

fn parsed(turbofish: &[Ty], expected: &Ty) -> Ty {
    let asked = turbofish.first().filter(|ty| !ty.is_unknown());
    let value = match (asked, expected) {
        (Some(asked), _) => asked.clone(),
        (None, Ty::Std(name, args)) if *name == "Result" => {
            args.first().cloned().unwrap_or_default()
        }
        _ => Ty::Unknown,
    };
    let error = match &value {
        Ty::Prim(name) => match operator::number(*name) {
            Some(operator::Number::Integer) => Ty::std("ParseIntError", Vec::new()),
            Some(operator::Number::Float) => Ty::std("ParseFloatError", Vec::new()),
            None => Ty::Unknown,
        },
        _ => Ty::Unknown,
    };
    Ty::std("Result", vec![value, error])
}
