//! Types with holes: the little language in which [`super::tables`] writes std's signatures.
//!
//! A capital letter is a hole (`T`), `Self` the receiver, `&T` any reference, `*T` any pointer,
//! `[T]`, `[T;]`, `(A, B)`, `fn(A) B`, `_` anything; other names are types of std if they begin with a capital letter or
//! are qualified, and primitives otherwise. Names with a meaning of their own: `Iter<T>` an iterator over `T`, `Want` what the
//! turbofish or else the context asks for, `Item<I>` what a loop over `I` yields, `Target<P>` what `P` dereferences
//! to, `Owned<T>` what `to_owned` makes, `Signed`/`Unsigned` the receiver with the other sign, `io<T>` and `Lock<T>` the
//! results of I/O and of locks, `Indexed` what the first argument selects from the receiver.

use std::iter::Peekable;
use std::str::Chars;

use super::deref::{deref, item_of};
use super::operator::index;
use crate::symbol::Symbol;
use crate::ty::Ty;

/// A type with holes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// `_`.
    Any,
    /// `Self`.
    Receiver,
    /// `Want`.
    Want,
    /// `T`, by its number from `A`.
    Hole(usize),
    /// A primitive.
    Prim(Symbol),
    /// `!`.
    Never,
    /// A type of std.
    Std(Symbol, Vec<Shape>),
    /// `&T`.
    Ref(Box<Shape>),
    /// `*T`.
    Pointer(Box<Shape>),
    /// `[T]`.
    Slice(Box<Shape>),
    /// `[T;]`.
    Array(Box<Shape>),
    /// A tuple.
    Tuple(Vec<Shape>),
    /// `fn(A) B`.
    Function(Vec<Shape>, Box<Shape>),
    /// `Item<I>`.
    Item(Box<Shape>),
    /// `Target<P>`.
    Target(Box<Shape>),
    /// `Owned<T>`.
    Owned(Box<Shape>),
    /// `Signed` or `Unsigned`, as the wanted first letter.
    Sign(char),
    /// `Indexed`.
    Indexed,
}

/// What is known while a signature is matched with a call.
#[derive(Debug)]
pub(super) struct Match<'a> {
    receiver: &'a Ty,
    want: &'a Ty,
    args: &'a [Ty],
    holes: [Ty; 26],
}

impl<'a> Match<'a> {
    /// Nothing filled yet.
    pub(super) fn new(receiver: &'a Ty, want: &'a Ty, args: &'a [Ty]) -> Self {
        Self {
            receiver,
            want,
            args,
            holes: std::array::from_fn(|_| Ty::Unknown),
        }
    }

    /// Fits a type into a shape, and fills holes. `false`: it cannot be of that shape.
    pub(super) fn fit(&mut self, shape: &Shape, ty: &Ty) -> bool {
        match (shape, ty) {
            (_, Ty::Unknown | Ty::Never) => true,
            (Shape::Hole(hole), _) => {
                let known = &mut self.holes[*hole];
                if known.is_unknown() || is_literal(known) {
                    *known = ty.clone();
                }
                true
            }
            (Shape::Prim(name), Ty::Prim(other)) => name == other || is_literal(ty),
            (Shape::Std(name, shapes), Ty::Std(other, types)) => {
                name == other
                    && shapes
                        .iter()
                        .zip(types)
                        .all(|(shape, ty)| self.fit(shape, ty))
            }
            (Shape::Ref(shape), Ty::Ref(ty))
            | (Shape::Pointer(shape), Ty::Pointer(ty))
            | (Shape::Slice(shape), Ty::Slice(ty) | Ty::Array(ty))
            | (Shape::Array(shape), Ty::Array(ty)) => self.fit(shape, ty),
            (Shape::Tuple(shapes), Ty::Tuple(types)) => {
                shapes.len() == types.len()
                    && shapes
                        .iter()
                        .zip(types)
                        .all(|(shape, ty)| self.fit(shape, ty))
            }
            (Shape::Function(params, result), Ty::Function(types, ty)) => {
                params.iter().zip(types).for_each(|(shape, ty)| {
                    self.fit(shape, ty);
                });
                self.fit(result, ty)
            }
            (shape, _) => !matches!(
                shape,
                Shape::Prim(_)
                    | Shape::Std(..)
                    | Shape::Ref(_)
                    | Shape::Pointer(_)
                    | Shape::Slice(_)
                    | Shape::Array(_)
                    | Shape::Tuple(_)
            ),
        }
    }

    /// The type of a shape, with unfilled holes unknown.
    pub(super) fn build(&self, shape: &Shape) -> Ty {
        let all = |shapes: &[Shape]| shapes.iter().map(|shape| self.build(shape)).collect();
        let boxed = |shape: &Shape| Box::new(self.build(shape));
        match shape {
            Shape::Any => Ty::Unknown,
            Shape::Receiver => self.receiver.clone(),
            Shape::Want => self.want.clone(),
            Shape::Hole(hole) => self.holes[*hole].clone(),
            Shape::Prim(name) => Ty::Prim(*name),
            Shape::Never => Ty::Never,
            Shape::Std(name, shapes) => Ty::Std(*name, all(shapes)),
            Shape::Ref(shape) => Ty::Ref(boxed(shape)),
            Shape::Pointer(shape) => Ty::Pointer(boxed(shape)),
            Shape::Slice(shape) => Ty::Slice(boxed(shape)),
            Shape::Array(shape) => Ty::Array(boxed(shape)),
            Shape::Tuple(shapes) => Ty::Tuple(all(shapes)),
            Shape::Function(params, result) => Ty::Function(all(params), boxed(result)),
            Shape::Item(shape) => item_of(&self.build(shape)),
            Shape::Target(shape) => deref(&self.build(shape)).unwrap_or_default(),
            Shape::Owned(shape) => owned(self.build(shape)),
            Shape::Sign(sign) => with_sign(self.receiver, *sign),
            Shape::Indexed => index(self.receiver, self.args.first().unwrap_or(&Ty::Unknown)),
        }
    }
}

/// What `to_owned` makes of the type behind the reference.
pub(super) fn owned(ty: Ty) -> Ty {
    match ty {
        Ty::Prim(name) if name == "str" => Ty::std("String", Vec::new()),
        Ty::Slice(item) => Ty::std("Vec", vec![*item]),
        Ty::Std(name, _) if name == "Path" => Ty::std("PathBuf", Vec::new()),
        Ty::Std(name, _) if name == "OsStr" => Ty::std("OsString", Vec::new()),
        Ty::Std(name, _) if name == "CStr" => Ty::std("CString", Vec::new()),
        Ty::Traits(_) => Ty::Unknown,
        other => other,
    }
}

/// Whether it is the type of a literal without suffix, which the context may still decide.
pub(super) fn is_literal(ty: &Ty) -> bool {
    matches!(ty, Ty::Prim(name) if name.starts_with('{'))
}

fn with_sign(ty: &Ty, sign: char) -> Ty {
    match ty {
        Ty::Prim(name) if !is_literal(ty) => Ty::prim(&format!("{sign}{}", &name[1..])),
        _ => Ty::Unknown,
    }
}

/// Reads shapes from the text of a table.
#[derive(Debug)]
pub(super) struct Reader<'a>(Peekable<Chars<'a>>);

impl<'a> Reader<'a> {
    /// Reads from the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self(text.chars().peekable())
    }

    /// Skips white space and takes this character if it comes next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        while self.0.next_if(|c| c.is_whitespace()).is_some() {}
        self.0.next_if_eq(&wanted).is_some()
    }

    /// Whether nothing is left.
    pub(super) fn at_end(&mut self) -> bool {
        while self.0.next_if(|c| c.is_whitespace()).is_some() {}
        self.0.peek().is_none()
    }

    /// A name with its qualification.
    pub(super) fn name(&mut self) -> String {
        self.take(' ');
        let mut name = String::new();
        while let Some(c) = self
            .0
            .next_if(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}'))
        {
            name.push(c);
        }
        name
    }

    /// Shapes up to a closing character, after the opening one.
    pub(super) fn list(&mut self, close: char) -> Vec<Shape> {
        let mut shapes = Vec::new();
        while !self.take(close) && !self.at_end() {
            shapes.push(self.shape());
            self.take(',');
        }
        shapes
    }

    /// One shape.
    pub(super) fn shape(&mut self) -> Shape {
        if self.take('&') {
            return Shape::Ref(Box::new(self.shape()));
        }
        if self.take('*') {
            return Shape::Pointer(Box::new(self.shape()));
        }
        if self.take('!') {
            return Shape::Never;
        }
        if self.take('(') {
            return Shape::Tuple(self.list(')'));
        }
        if self.take('[') {
            let item = Box::new(self.shape());
            let array = self.take(';');
            self.take(']');
            return if array {
                Shape::Array(item)
            } else {
                Shape::Slice(item)
            };
        }
        let name = self.name();
        if name == "fn" {
            self.take('(');
            let params = self.list(')');
            return Shape::Function(params, Box::new(self.shape()));
        }
        let args = if self.take('<') {
            self.list('>')
        } else {
            Vec::new()
        };
        named(&name, args)
    }
}

fn named(name: &str, mut args: Vec<Shape>) -> Shape {
    let std = |name: &str, args| Shape::Std(Symbol::new(name), args);
    let first = || Box::new(args.first().cloned().unwrap_or(Shape::Any));
    match name {
        "_" => Shape::Any,
        "Self" => Shape::Receiver,
        "Want" => Shape::Want,
        "Item" => Shape::Item(first()),
        "Target" => Shape::Target(first()),
        "Owned" => Shape::Owned(first()),
        "Signed" => Shape::Sign('i'),
        "Unsigned" => Shape::Sign('u'),
        "Indexed" => Shape::Indexed,
        "Iter" => std("Iterator", args),
        "io" => {
            args.push(std("io::Error", Vec::new()));
            std("Result", args)
        }
        "Lock" => {
            args.push(std("PoisonError", args.clone()));
            std("Result", args)
        }
        _ if name.len() == 1 => Shape::Hole(usize::from(name.as_bytes()[0] - b'A')),
        _ if name.contains(':') || name.starts_with(char::is_uppercase) => std(name, args),
        _ => Shape::Prim(Symbol::new(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        Reader::new(text).shape()
    }

    #[test]
    fn holes_carry_types_from_receiver_and_closure_to_result() {
        let receiver = Ty::std("Option", vec![Ty::prim("u8")]);
        let mut found = Match::new(&receiver, &Ty::Unknown, &[]);
        assert!(found.fit(&shape("Option<T>"), &receiver));
        let closure = Ty::Function(vec![Ty::prim("u8")], Box::new(Ty::prim("char")));
        assert!(found.fit(&shape("fn(T) U"), &closure));
        let built = found.build(&shape("(T, Option<&U>, [U;], Iter<T>)"));
        let expected = Ty::Tuple(vec![
            Ty::prim("u8"),
            Ty::std("Option", vec![Ty::prim("char").referenced()]),
            Ty::Array(Box::new(Ty::prim("char"))),
            Ty::std("Iterator", vec![Ty::prim("u8")]),
        ]);
        assert_eq!(built, expected);
    }

    #[test]
    fn another_type_does_not_fit() {
        let receiver = Ty::std("Option", vec![Ty::prim("u8")]);
        let mut found = Match::new(&receiver, &Ty::Unknown, &[]);
        assert!(!found.fit(&shape("Option<&T>"), &receiver));
        assert!(!found.fit(&shape("Result<T, E>"), &receiver));
    }
}
