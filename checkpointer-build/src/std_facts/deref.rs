//! What a type of std dereferences to, and what a `for` loop over it yields.

use super::tables::iterated;
use crate::ty::Ty;

/// Types of std that dereference to their one argument.
const POINTERS: &[&str] = &[
    "Box",
    "Rc",
    "Arc",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "MappedMutexGuard",
    "MappedRwLockReadGuard",
    "MappedRwLockWriteGuard",
    "ReentrantLockGuard",
    "Ref",
    "RefMut",
    "Cow",
    "ManuallyDrop",
    "LazyLock",
    "LazyCell",
    "PeekMut",
    "AssertUnwindSafe",
    "UniqueRc",
    "UniqueArc",
];

/// One step of auto-deref, unsizing of arrays included.
pub(crate) fn deref(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Ref(inner) => Some((**inner).clone()),
        Ty::Array(item) => Some(Ty::Slice(item.clone())),
        Ty::Std(name, args) => {
            let first = || args.first().cloned().unwrap_or_default();
            match name.as_str() {
                "Vec" => Some(Ty::Slice(Box::new(first()))),
                "String" => Some(Ty::prim("str")),
                "PathBuf" => Some(Ty::std("Path", Vec::new())),
                "OsString" => Some(Ty::std("OsStr", Vec::new())),
                "CString" => Some(Ty::std("CStr", Vec::new())),
                "IoSlice" | "IoSliceMut" => Some(Ty::Slice(Box::new(Ty::prim("u8")))),
                "Pin" => Some(deref(&first()).unwrap_or_default()),
                pointer if POINTERS.contains(&pointer) => Some(first()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a `for` over a value of this type yields.
pub(crate) fn item_of(ty: &Ty) -> Ty {
    match ty {
        Ty::Array(item) => (**item).clone(),
        Ty::Ref(inner) => item_of_reference(inner),
        Ty::Traits(_) => iterated(ty).unwrap_or_default(),
        Ty::Std(name, args) => {
            let first = args.first().cloned().unwrap_or_default();
            match name.as_str() {
                "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "HashSet" | "BTreeSet"
                | "Option" | "Result" | "Iterator" | "Range" | "RangeInclusive" | "RangeFrom"
                | "Receiver" => first,
                "HashMap" | "BTreeMap" => {
                    Ty::Tuple(vec![first, args.get(1).cloned().unwrap_or_default()])
                }
                // By value since edition 2024, by reference before.
                "Box" if matches!(first, Ty::Slice(_)) => Ty::Unknown,
                "Box" => item_of_iterator(&first),
                _ => Ty::Unknown,
            }
        }
        _ => Ty::Unknown,
    }
}

fn item_of_reference(ty: &Ty) -> Ty {
    match ty {
        Ty::Array(item) | Ty::Slice(item) => (**item).clone().referenced(),
        Ty::Std(name, args) => {
            let first = args.first().cloned().unwrap_or_default();
            match name.as_str() {
                "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "HashSet" | "BTreeSet"
                | "Option" | "Result" => first.referenced(),
                "HashMap" | "BTreeMap" => {
                    let value = args.get(1).cloned().unwrap_or_default();
                    Ty::Tuple(vec![first.referenced(), value.referenced()])
                }
                "Box" => match first {
                    Ty::Slice(item) => item.referenced(),
                    other => item_of_iterator(&other),
                },
                "PathBuf" | "Path" => Ty::std("OsStr", Vec::new()).referenced(),
                "Receiver" => first,
                _ => item_of_iterator(ty),
            }
        }
        // `for` over `&mut I` of an iterator.
        _ => item_of_iterator(ty),
    }
}

fn item_of_iterator(ty: &Ty) -> Ty {
    match ty {
        Ty::Std(name, args)
            if matches!(
                name.as_str(),
                "Iterator" | "Range" | "RangeInclusive" | "RangeFrom"
            ) =>
        {
            args.first().cloned().unwrap_or_default()
        }
        Ty::Std(name, _) if *name == "Box" => item_of(ty),
        Ty::Ref(inner) => item_of_iterator(inner),
        _ => iterated(ty).unwrap_or_default(),
    }
}

/// Whether a `for` over this type is known to be a loop of std's own.
pub(super) fn is_iterable(ty: &Ty) -> bool {
    match ty {
        Ty::Array(_) => true,
        Ty::Traits(_) => iterated(ty).is_some(),
        Ty::Ref(inner) => match &**inner {
            Ty::Slice(_) => true,
            Ty::Std(name, _) if matches!(name.as_str(), "Path" | "PathBuf") => true,
            inner => is_iterable(inner),
        },
        Ty::Std(name, args) => match name.as_str() {
            "Box" => args
                .first()
                .is_some_and(|inner| matches!(inner, Ty::Slice(_)) || is_iterable(inner)),
            name => matches!(
                name,
                "Vec"
                    | "VecDeque"
                    | "LinkedList"
                    | "BinaryHeap"
                    | "HashSet"
                    | "BTreeSet"
                    | "Option"
                    | "Result"
                    | "Iterator"
                    | "Range"
                    | "RangeInclusive"
                    | "RangeFrom"
                    | "Receiver"
                    | "HashMap"
                    | "BTreeMap"
            ),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vec(item: Ty) -> Ty {
        Ty::std("Vec", vec![item])
    }

    #[test]
    fn smart_pointers_and_buffers_dereference() {
        assert_eq!(
            deref(&vec(Ty::prim("u8"))),
            Some(Ty::Slice(Box::new(Ty::prim("u8"))))
        );
        assert_eq!(
            deref(&Ty::std("Pin", vec![Ty::prim("u8").referenced()])),
            Some(Ty::prim("u8"))
        );
        assert_eq!(deref(&Ty::std("Mutex", vec![Ty::prim("u8")])), None);
    }

    #[test]
    fn a_loop_over_a_reference_yields_references() {
        assert_eq!(item_of(&vec(Ty::prim("u8"))), Ty::prim("u8"));
        assert_eq!(
            item_of(&vec(Ty::prim("u8")).referenced()),
            Ty::prim("u8").referenced()
        );
        let map = Ty::std("HashMap", vec![Ty::prim("u8"), Ty::prim("char")]);
        let pair = vec![Ty::prim("u8").referenced(), Ty::prim("char").referenced()];
        assert_eq!(item_of(&map.referenced()), Ty::Tuple(pair));
    }

    #[test]
    fn a_loop_over_a_borrowed_iterator_yields_its_items() {
        let iterator = Ty::std("Iterator", vec![Ty::prim("char")]);
        assert_eq!(item_of(&iterator.clone().referenced()), Ty::prim("char"));
        assert_eq!(item_of(&Ty::std("Box", vec![iterator])), Ty::prim("char"));
    }
}
