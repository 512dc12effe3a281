//! Types of operators, literals, `?` and `.await` on types of std.

use super::deref::deref;
use super::shape::is_literal;
use super::trigger_lists;
use crate::symbol::Symbol;
use crate::ty::Ty;

/// The kind of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// `u8` to `isize` and `{integer}`.
    Integer,
    /// `f32`, `f64` and `{float}`.
    Float,
}

/// Whether a primitive is a number, and of which kind.
pub(super) fn number(name: Symbol) -> Option<Number> {
    match name.as_str() {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" | "{integer}" => Some(Number::Integer),
        "f16" | "f32" | "f64" | "f128" | "{float}" => Some(Number::Float),
        _ => None,
    }
}

/// The operator that a method of a trait in `std::ops` stands for.
pub(super) fn token_of(method: &str) -> Option<&'static str> {
    let operators = trigger_lists::OPERATORS
        .iter()
        .filter(|(of, ..)| !matches!(*of, "Neg" | "Not" | "Index" | "IndexMut"));
    let mut found = operators.filter(|(.., name)| *name == method);
    found.next().map(|(_, token, _)| *token)
}

/// The type of `left op right` (`+`, `==`, `&&`, `<<`, and assignments such as `+=`).
pub(crate) fn binary(op: &str, left: &Ty, right: &Ty) -> Ty {
    match op {
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => return Ty::prim("bool"),
        "=" => return Ty::unit(),
        _ if op.ends_with('=') => return Ty::unit(),
        _ => {}
    }
    let shift = matches!(op, "<<" | ">>");
    match (left.peeled(), right.peeled()) {
        (Ty::Prim(a), Ty::Prim(b)) => match (number(*a), number(*b)) {
            (Some(_), Some(_)) if shift => Ty::Prim(*a),
            (Some(_), Some(_)) if is_literal(&Ty::Prim(*a)) => Ty::Prim(*b),
            (Some(_), Some(_)) if a == b || is_literal(&Ty::Prim(*b)) => Ty::Prim(*a),
            (None, None) if *a == "bool" && *b == "bool" => Ty::prim("bool"),
            _ => Ty::Unknown,
        },
        // The value must be std's own and on the left, or else a user's operator may stand behind it.
        (Ty::Prim(a), _) if shift && number(*a).is_some() => Ty::Unknown,
        (Ty::Std(name, _), Ty::Prim(b)) if *name == "String" && op == "+" && *b == "str" => {
            left.peeled().clone()
        }
        (Ty::Std(name, _), Ty::Std(b, _)) if *name == "String" && op == "+" && *b == "String" => {
            left.peeled().clone()
        }
        (Ty::Std(a, args), Ty::Std(b, _)) => std_operator(op, a, b, args).unwrap_or_default(),
        (Ty::Std(a, _), Ty::Prim(b))
            if *a == "Duration" && matches!(op, "*" | "/") && number(*b).is_some() =>
        {
            left.peeled().clone()
        }
        (Ty::Prim(a), Ty::Std(b, _)) if *b == "Duration" && op == "*" && number(*a).is_some() => {
            right.peeled().clone()
        }
        (Ty::Std(a, _), Ty::Prim(_))
            if shift && matches!(a.as_str(), "Wrapping" | "Saturating") =>
        {
            left.peeled().clone()
        }
        _ => Ty::Unknown,
    }
}

fn std_operator(op: &str, left: &str, right: &str, args: &[Ty]) -> Option<Ty> {
    let name = match (op, left, right) {
        ("+" | "-", "Duration", "Duration") | ("-", "Instant", "Instant") => "Duration",
        ("+" | "-", "Instant" | "SystemTime", "Duration") => left,
        (_, "Wrapping" | "Saturating", _) if left == right => left,
        ("&" | "|" | "^" | "-", "HashSet" | "BTreeSet", _) if left == right => left,
        _ => return None,
    };
    Some(Ty::std(
        name,
        if name == left {
            args.to_vec()
        } else {
            Vec::new()
        },
    ))
}

/// The type of `-x`, `!x` and `*x`.
pub(crate) fn unary(op: &str, operand: &Ty) -> Ty {
    match (op, operand) {
        ("*", Ty::Pointer(inner)) => (**inner).clone(),
        ("*", Ty::Array(_)) => Ty::Unknown,
        ("*", _) => deref(operand).unwrap_or_default(),
        ("-" | "!", _) => match operand.peeled() {
            Ty::Prim(name) if number(*name).is_some() || *name == "bool" => Ty::Prim(*name),
            Ty::Std(name, _) if matches!(name.as_str(), "Wrapping" | "Saturating" | "NonZero") => {
                operand.peeled().clone()
            }
            Ty::Never => Ty::Never,
            _ => Ty::Unknown,
        },
        _ => Ty::Unknown,
    }
}

/// The type of `base[index]`.
pub(crate) fn index(base: &Ty, index: &Ty) -> Ty {
    let mut step = base.clone();
    loop {
        let item = match &step {
            Ty::Slice(item) | Ty::Array(item) => Some((**item).clone()),
            Ty::Std(name, args) => match name.as_str() {
                "Vec" | "VecDeque" => Some(args.first().cloned().unwrap_or_default()),
                "HashMap" | "BTreeMap" => return args.get(1).cloned().unwrap_or_default(),
                "String" => return by_range(index, Ty::prim("str")),
                _ => None,
            },
            Ty::Prim(name) if *name == "str" => return by_range(index, Ty::prim("str")),
            _ => None,
        };
        if let Some(item) = item {
            return match index {
                Ty::Prim(name) if matches!(name.as_str(), "usize" | "{integer}") => item,
                _ => by_range(index, Ty::Slice(Box::new(item))),
            };
        }
        match deref(&step) {
            Some(next) => step = next,
            None => return Ty::Unknown,
        }
    }
}

fn by_range(index: &Ty, part: Ty) -> Ty {
    match index {
        Ty::Std(name, _) if name.starts_with("Range") => part,
        _ => Ty::Unknown,
    }
}

/// What `?` yields on a value of this type.
pub(crate) fn try_value(ty: &Ty) -> Ty {
    match ty {
        Ty::Std(name, args) => match name.as_str() {
            "Option" | "Result" => args.first().cloned().unwrap_or_default(),
            "ControlFlow" => args.get(1).cloned().unwrap_or_else(Ty::unit),
            "Poll" => Ty::std(
                "Poll",
                vec![try_value(args.first().unwrap_or(&Ty::Unknown))],
            ),
            _ => Ty::Unknown,
        },
        _ => Ty::Unknown,
    }
}

/// What `.await` yields on a future of std.
pub(crate) fn await_value(ty: &Ty) -> Ty {
    match ty {
        Ty::Std(name, args) => match name.as_str() {
            "Ready" | "Pending" => args.first().cloned().unwrap_or_default(),
            "Box" | "Pin" => await_value(args.first().unwrap_or(&Ty::Unknown)),
            _ => Ty::Unknown,
        },
        Ty::Ref(inner) => await_value(inner),
        Ty::Traits(bounds) => {
            let outputs = bounds.iter().flat_map(|bound| &bound.bindings);
            let mut outputs = outputs
                .filter(|(name, _)| *name == "Output")
                .map(|(_, ty)| ty.clone());
            outputs.next().unwrap_or_default()
        }
        _ => Ty::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_takes_the_other_sides_type() {
        assert_eq!(
            binary("+", &Ty::prim("{integer}"), &Ty::prim("u8").referenced()),
            Ty::prim("u8")
        );
        assert_eq!(
            binary("<<", &Ty::prim("u64"), &Ty::prim("{integer}")),
            Ty::prim("u64")
        );
        assert_eq!(
            binary("+=", &Ty::prim("u8"), &Ty::prim("{integer}")),
            Ty::unit()
        );
    }

    #[test]
    fn an_operator_with_a_foreign_side_is_unknown() {
        assert_eq!(
            binary("*", &Ty::prim("f64"), &Ty::Param(Symbol::new("T"))),
            Ty::Unknown
        );
        assert_eq!(unary("-", &Ty::Param(Symbol::new("T"))), Ty::Unknown);
    }

    #[test]
    fn an_index_selects_an_item_or_a_part() {
        let words = Ty::std("Vec", vec![Ty::prim("u8")]).referenced();
        assert_eq!(index(&words, &Ty::prim("usize")), Ty::prim("u8"));
        let range = Ty::std("RangeTo", vec![Ty::prim("{integer}")]);
        assert_eq!(index(&words, &range), Ty::Slice(Box::new(Ty::prim("u8"))));
        assert_eq!(index(&words, &Ty::Unknown), Ty::Unknown);
    }

    #[test]
    fn a_question_mark_takes_the_good_value() {
        let ty = Ty::std("Result", vec![Ty::prim("u8"), Ty::prim("char")]);
        assert_eq!(try_value(&ty), Ty::prim("u8"));
    }
}
