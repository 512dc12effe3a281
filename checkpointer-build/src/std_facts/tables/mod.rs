//! The signatures of std's methods and associated functions, as text that a person can check
//! against the documentation.
//!
//! A line that ends in a colon opens a type; below it stand its methods as `name(arguments) result`, and its
//! functions without receiver as `::name(arguments) result`. Where a type is opened several times, the first that fits decides. Types
//! are written in the language of [`super::shape`]; `int` and `float` are all of their kind, `reader` everything
//! that reads or writes bytes. Behind `!` stand the traits that std may call on the type arguments or
//! arguments (closures are the caller's own).

mod iterator;
mod map;
mod number;
mod option;
mod pointer;
mod sequence;
mod system;
mod text;

use std::sync::LazyLock;

use super::operator;
use super::shape::{Reader, Shape};
use crate::map::HashMap;
use crate::symbol::Symbol;
use crate::ty::{TraitRef, Ty};

/// One method or associated function.
#[derive(Debug)]
pub(super) struct Signature {
    /// The type it stands under.
    pub(super) owner: Shape,
    /// Parameters, without the receiver.
    pub(super) params: Vec<Shape>,
    /// Result.
    pub(super) result: Shape,
    /// Traits that it may call on what is generic in it.
    pub(super) calls: Vec<&'static str>,
    /// Whether it takes `self`.
    pub(super) is_method: bool,
}

static TABLES: LazyLock<HashMap<(Symbol, Symbol), Vec<Signature>>> = LazyLock::new(|| {
    let mut tables = HashMap::default();
    for table in [
        option::TABLE,
        sequence::TABLE,
        text::TABLE,
        map::TABLE,
        iterator::TABLE,
        number::TABLE,
        pointer::TABLE,
        system::TABLE,
    ] {
        read(table, &mut tables);
    }
    tables
});

/// The signatures of this name that stand under a key of [`keys`], in the table's order.
pub(super) fn signatures(key: Symbol, name: &str) -> &'static [Signature] {
    TABLES
        .get(&(key, Symbol::new(name)))
        .map_or(&[], Vec::as_slice)
}

fn read(table: &'static str, tables: &mut HashMap<(Symbol, Symbol), Vec<Signature>>) {
    let mut owner = Shape::Any;
    for line in table.lines() {
        if let Some(header) = line.strip_suffix(':') {
            owner = Reader::new(header).shape();
            continue;
        }
        for entry in line.split("; ").filter(|entry| !entry.is_empty()) {
            let (signature, calls) = entry.split_once(" !").unwrap_or((entry, ""));
            let (name, rest) = signature.split_once('(').unwrap_or((signature, ""));
            let mut reader = Reader::new(rest);
            let signature = Signature {
                owner: owner.clone(),
                params: reader.list(')'),
                result: reader.shape(),
                calls: calls.split(',').filter(|call| !call.is_empty()).collect(),
                is_method: !name.starts_with("::"),
            };
            let key = (
                shape_key(&owner),
                Symbol::new(name.trim_start_matches("::")),
            );
            tables.entry(key).or_default().push(signature);
        }
    }
}

fn shape_key(shape: &Shape) -> Symbol {
    match shape {
        Shape::Prim(name) | Shape::Std(name, _) => *name,
        Shape::Slice(_) => Symbol::new("[]"),
        Shape::Array(_) => Symbol::new("[;]"),
        Shape::Pointer(_) => Symbol::new("*"),
        _ => Symbol::new(""),
    }
}

/// Where the signatures of a type stand, best first, each with the type as which it counts there.
pub(super) fn keys(ty: &Ty) -> Vec<(Symbol, Ty)> {
    let mut keys = Vec::new();
    let mut key = |name: &str, ty: Ty| keys.push((Symbol::new(name), ty));
    match ty {
        Ty::Prim(name) => {
            key(name, ty.clone());
            match operator::number(*name) {
                Some(operator::Number::Integer) => key("int", ty.clone()),
                Some(operator::Number::Float) => key("float", ty.clone()),
                None => {}
            }
        }
        Ty::Std(name, args) => {
            key(name, ty.clone());
            if matches!(name.as_str(), "Range" | "RangeInclusive" | "RangeFrom") {
                key("Iterator", Ty::std("Iterator", args.clone()));
            } else if READERS.contains(&name.as_str())
                || args.first().is_some_and(is_byte) && *name == "Vec"
            {
                key("reader", ty.clone());
            }
        }
        Ty::Slice(item) => {
            key("[]", ty.clone());
            if is_byte(item) {
                key("reader", ty.clone());
            }
        }
        Ty::Array(_) => key("[;]", ty.clone()),
        Ty::Pointer(_) => key("*", ty.clone()),
        Ty::Traits(_) => {
            if let Some(item) = iterated(ty) {
                key("Iterator", Ty::std("Iterator", vec![item]));
            }
        }
        _ => {}
    }
    keys
}

/// The item of `impl Iterator<Item = T>` and `dyn Iterator<Item = T>`.
pub(super) fn iterated(ty: &Ty) -> Option<Ty> {
    let Ty::Traits(bounds) = ty else { return None };
    bounds.iter().find_map(|bound| match bound.of {
        TraitRef::Foreign(name)
            if matches!(
                name.as_str(),
                "Iterator" | "DoubleEndedIterator" | "ExactSizeIterator"
            ) =>
        {
            let item = bound.bindings.iter().find(|(name, _)| *name == "Item");
            Some(item.map_or(Ty::Unknown, |(_, ty)| ty.clone()))
        }
        _ => None,
    })
}

fn is_byte(ty: &Ty) -> bool {
    matches!(ty, Ty::Prim(name) if *name == "u8")
}

const READERS: &[&str] = &[
    "File",
    "BufReader",
    "BufWriter",
    "LineWriter",
    "Cursor",
    "Stdin",
    "StdinLock",
    "Stdout",
    "StdoutLock",
    "Stderr",
    "StderrLock",
    "TcpStream",
    "UnixStream",
    "ChildStdin",
    "ChildStdout",
    "ChildStderr",
    "PipeReader",
    "PipeWriter",
    "io::Empty",
    "Sink",
    "io::Take",
    "io::Chain",
    "io::Repeat",
];
