//! Operators, and the other calls that no name is written for: of a loop, an index, `?`, `.await`.

use super::Demand;
use super::item::Walker;

use crate::ir::{Expr, UnaryOp};
use crate::program::{Head, Shape};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{TraitRef, Ty};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// `?` turns the error of one type into that of the function around.
    pub(super) fn convert_error(&mut self, ty: &Ty) {
        let error = |ty: &Ty| match ty {
            Ty::Std(name, args) if &**name == "Result" => args.get(1).cloned().unwrap_or_default(),
            Ty::Std(name, _) if &**name == "Option" => Ty::Never,
            _ => Ty::Unknown,
        };
        let (from, to) = (error(ty), error(&self.result));
        if from != to || from.is_unknown() {
            self.conversion(&from, &to, false);
            self.edges.operator("?", self.on([&from, &to]));
        }
    }

    /// A conversion of a value of one type into another.
    pub(super) fn conversion(&mut self, from: &Ty, into: &Ty, may_fail: bool) {
        let on = self.on([from, into]);
        self.edges.conversion(from, into, on, may_fail);
    }

    pub(super) fn unary(&mut self, op: UnaryOp, operand: &'a Expr) -> Ty {
        let ty = self.value(operand, &Ty::Unknown);
        let (word, method) = match op {
            UnaryOp::Deref => ("*", "deref"),
            UnaryOp::Not => ("!", "not"),
            UnaryOp::Neg => ("-", "neg"),
        };
        self.edges.operator(
            if op == UnaryOp::Neg { "neg" } else { word },
            self.on([&ty]),
        );
        match (&ty, op) {
            (Ty::Ref(inner) | Ty::Pointer(inner), UnaryOp::Deref) => (**inner).clone(),
            (Ty::Adt(..), UnaryOp::Deref) => self.deref_target(&ty).unwrap_or_default(),
            (Ty::Outside | Ty::Foreign(_), _) => Ty::Outside,
            (_, UnaryOp::Deref) => std_facts::deref(&ty).unwrap_or_default(),
            (Ty::Adt(..), _) => {
                self.edges
                    .demand(Demand::Foreign(Symbol::new(method), Head::of(&ty)));
                self.program
                    .associated_type(&ty, Symbol::new("Output"), &self.scope)
            }
            _ if matches!(ty.peeled(), Ty::Adt(..)) => {
                let token = if op == UnaryOp::Neg { "neg" } else { word };
                self.program.operator_output(token, &ty, None)
            }
            _ => std_facts::unary(word, &ty),
        }
    }

    /// Uses an operator, and gives the types that it stands between.
    pub(super) fn operands(&mut self, op: Symbol, left: &'a Expr, right: &'a Expr) -> [Ty; 2] {
        let left = self.value(left, &Ty::Unknown);
        let wanted = if matches!(left, Ty::Prim(_)) {
            left.clone()
        } else {
            Ty::Unknown
        };
        let right = self.value(right, &wanted);
        let (left, right) = if is_operator("PartialEq", &op) || is_operator("PartialOrd", &op) {
            (alike(&left, &right), alike(&right, &left))
        } else {
            (left, right)
        };
        // `Option<_> == Option<Ours>` says what stands on the left.
        self.settle(&left, &right);
        self.settle_operand(op, &left, &right);
        let on = self.on([&left, &right]);
        self.edges.operands(op, &left, &right, on);
        [left, right]
    }

    /// A right operand that packages made may be whatever the left one has impls for.
    pub(super) fn settle_operand(&mut self, op: Symbol, left: &Ty, right: &Ty) {
        if !right.has_outside() {
            return;
        }
        self.settle(right, left);
        let own = match left.peeled() {
            Ty::Unknown | Ty::Param(_) | Ty::Traits(_) => return self.settle(right, &Ty::Unknown),
            Ty::Adt(node, _) => self.program.impls_of_type.get(node),
            _ => None,
        };
        let theirs = matches!(left.peeled(), Ty::Outside | Ty::Foreign(_));
        let every = self.program.impls_of_type.values();
        let every = every.flatten().filter(|_| theirs);
        let impls = own
            .into_iter()
            .flatten()
            .chain(every)
            .chain(&self.program.open_impls);
        let facts = impls.filter_map(|id| self.program.impls.get(id));
        let means = |of: &TraitRef| matches!(of, TraitRef::Foreign(of) if is_operator(of, &op));
        let shape = Shape::of(left);
        let of_operator = facts
            .filter(|facts| facts.of.iter().any(means) && shape.may_be(Shape::of(&facts.self_ty)));
        let pairs: Vec<(Ty, Ty)> = of_operator
            .filter_map(|facts| Some((facts.self_ty.clone(), facts.arguments.first()?.clone())))
            .collect();
        for (own, argument) in &pairs {
            match (left.peeled(), own.peeled()) {
                // Only if packages have one of ours, the left one may be of it.
                (Ty::Outside | Ty::Foreign(_), Ty::Adt(node, _)) => {
                    self.edges.settled.push((*node, self.on([argument])));
                }
                _ => self.settle(right, argument),
            }
        }
    }

    pub(super) fn binary(&mut self, op: Symbol, left: &'a Expr, right: &'a Expr) -> Ty {
        let [left, right] = self.operands(op, left, right);
        self.result_of(op, &left, &right)
    }

    /// What a binary operator gives on operands of these types.
    pub(super) fn result_of(&self, op: Symbol, left: &Ty, right: &Ty) -> Ty {
        match &*op {
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" => Ty::prim("bool"),
            assign if assign.ends_with('=') => Ty::unit(),
            // Several impls of one operator for one type give one result or an unknown one.
            _ if matches!(left, Ty::Adt(..)) => {
                let output = Symbol::new("Output");
                match self.program.operator_output(&op, left, Some(right)) {
                    Ty::Unknown => self.program.associated_type(left, output, &self.scope),
                    found => found,
                }
            }
            // The operator of a reference is an impl of its own, and so is that of a number and a type of ours.
            _ if matches!(left.peeled(), Ty::Adt(..))
                || (matches!(left.peeled(), Ty::Prim(_))
                    && matches!(right.peeled(), Ty::Adt(..))) =>
            {
                self.program.operator_output(&op, left, Some(right))
            }
            _ if left.has_outside() || right.has_outside() => {
                let on = self.on([left, right]);
                if on.is_open() || !on.types.is_empty() {
                    Ty::Unknown
                } else {
                    Ty::Outside
                }
            }
            _ => std_facts::binary(&op, left, right),
        }
    }

    pub(super) fn index(&mut self, base: &'a Expr, index: &'a Expr) -> Ty {
        let mut base = self.value(base, &Ty::Unknown);
        let index = self.value(index, &Ty::Unknown);
        // Only an impl of ours can say that an index is of a type of ours.
        let of_index = TraitRef::Foreign(Symbol::new("Index"));
        let mut open = self.program.open_impls.iter();
        let is_theirs = match base.peeled() {
            Ty::Outside | Ty::Foreign(_) => true,
            Ty::Std(..) | Ty::Prim(_) | Ty::Slice(_) | Ty::Array(_) => !open.any(|id| {
                let facts = self.program.impls.get(id);
                facts.is_none_or(|facts| facts.of.is_empty() || facts.of.contains(&of_index))
            }),
            _ => false,
        };
        if !is_theirs {
            self.settle(&index, &Ty::Unknown);
        }
        self.edges.operator("index", self.on([&base, &index]));
        for _ in 0..8 {
            match &base {
                Ty::Adt(..) => {
                    let has_output =
                        self.program
                            .associated_type(&base, Symbol::new("Output"), &self.scope);
                    if !has_output.is_unknown() {
                        return has_output;
                    }
                }
                Ty::Unknown => return Ty::Unknown,
                Ty::Outside | Ty::Foreign(_) => return Ty::Outside,
                _ => {
                    let found = std_facts::index(&base, &index);
                    if !found.is_unknown() {
                        return found;
                    }
                }
            }
            match self.deref_target(&base) {
                Some(next) => base = next,
                None => return Ty::Unknown,
            }
        }
        Ty::Unknown
    }

    /// What a `for` loop over a value yields.
    pub(super) fn item_of(&mut self, ty: &Ty) -> Ty {
        match ty.peeled() {
            Ty::Adt(..) => {
                let item = Symbol::new("Item");
                match ty {
                    Ty::Adt(..) => self.program.associated_type(ty, item, &self.scope),
                    // `for x in &collection` goes through an impl for the reference.
                    _ => Ty::Unknown,
                }
            }
            Ty::Traits(bounds) => bound_item(bounds),
            Ty::Param(name) => bound_item(self.program.bounds_of(&self.scope, *name)),
            Ty::Outside | Ty::Foreign(_) => Ty::Outside,
            _ => std_facts::item_of(ty),
        }
    }

    pub(super) fn awaited(&mut self, ty: &Ty) -> Ty {
        let output = Symbol::new("Output");
        match ty {
            Ty::Traits(bounds) => bounds
                .iter()
                .flat_map(|bound| &bound.bindings)
                .find(|(name, _)| *name == output)
                .map(|(_, ty)| ty.clone())
                .unwrap_or_default(),
            Ty::Adt(..) => self.program.associated_type(ty, output, &self.scope),
            Ty::Outside | Ty::Foreign(_) => Ty::Outside,
            _ => std_facts::await_value(ty),
        }
    }
}

/// The type of a side of a comparison, where std compares nothing but two of the same type: what is not known of it is
/// what the other side has there, as in `found == None`.
fn alike(ty: &Ty, other: &Ty) -> Ty {
    match (ty, other) {
        (Ty::Std(name, args), Ty::Std(same, others))
            if name == same
                && matches!(&**name, "Option" | "Result")
                && args.len() == others.len() =>
        {
            let both = args.iter().zip(others);
            let args = both.map(|(arg, other)| match arg {
                Ty::Unknown => other.clone(),
                _ => alike(arg, other),
            });
            Ty::Std(*name, args.collect())
        }
        (Ty::Ref(ty), Ty::Ref(other)) => Ty::Ref(Box::new(alike(ty, other))),
        _ => ty.clone(),
    }
}

/// Whether a trait of std is that of a binary operator.
fn is_operator(name: &str, token: &str) -> bool {
    match token {
        "==" | "!=" => name == "PartialEq",
        "<" | ">" | "<=" | ">=" => name == "PartialOrd",
        _ => std_facts::own_operator(name) == Some(token),
    }
}

pub(super) fn bound_item(bounds: &[crate::ty::Bound]) -> Ty {
    bounds
        .iter()
        .filter(|bound| {
            matches!(bound.of, TraitRef::Foreign(name)
                if matches!(&*name, "Iterator" | "IntoIterator" | "DoubleEndedIterator" | "ExactSizeIterator"))
        })
        .flat_map(|bound| &bound.bindings)
        .find(|(name, _)| &**name == "Item")
        .map(|(_, ty)| ty.clone())
        .unwrap_or_default()
}
