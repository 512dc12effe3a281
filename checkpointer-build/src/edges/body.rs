//! Expressions and statements: walks a body in order and knows the types of its variables.

use super::call::{close, future_of};
use super::item::Walker;
use super::path::Value;
use super::{Demand, Length, On};
use crate::ir::{self, Expr, Literal, Statement, UnaryOp};
use crate::map::HashMap;
use crate::program::{Head, substitute, unify_into};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{TraitRef, Ty};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// A block; the type of its last expression.
    pub(super) fn block(&mut self, block: &'a ir::Block, expected: &Ty) -> Ty {
        let outer = self.module;
        let bound = self.locals.len();
        let mut around = None;
        if let Some(scope) = block.scope
            && let Some(module) = self.program.world.scopes.get(&(self.instance, scope))
        {
            self.module = *module;
            self.scope.module = Some(*module);
            around = Some(self.meanings.enter());
        }
        let mut last = Ty::unit();
        let count = block.statements.len();
        for (at, statement) in block.statements.iter().enumerate() {
            let wanted = if at + 1 == count {
                expected
            } else {
                &Ty::Unknown
            };
            last = self.statement(statement, wanted);
        }
        self.module = outer;
        self.scope.module = Some(outer);
        if let Some(around) = around {
            self.meanings.leave(around);
        }
        self.locals.truncate(bound);
        last
    }

    pub(super) fn statement(&mut self, statement: &'a Statement, expected: &Ty) -> Ty {
        match statement {
            Statement::Let(found) => {
                let ir::Let {
                    pattern,
                    ty,
                    value,
                    otherwise,
                } = &**found;
                let declared = match ty {
                    Some(ty) => {
                        self.mention_type(ty);
                        self.program.ty(ty, &self.scope)
                    }
                    None => Ty::Unknown,
                };
                let found = match value {
                    Some(value) if ty.is_none() => self.value(value, &declared),
                    Some(value) => self.expr(value, &declared),
                    None => Ty::Unknown,
                };
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise, &Ty::Never);
                }
                self.pattern(pattern, &merge(declared, found));
                Ty::unit()
            }
            Statement::Expr(expr, semicolon) => {
                let ty = self.value(expr, if *semicolon { &Ty::Unknown } else { expected });
                if *semicolon && ty != Ty::Never {
                    Ty::unit()
                } else {
                    ty
                }
            }
            Statement::Cfg(predicates, inner) => {
                if self.cfg(predicates) {
                    self.statement(inner, expected);
                }
                // Another side may stand beside it.
                Ty::Unknown
            }
        }
    }

    /// An expression in a place that decides its type; its type, as far as it is certain.
    pub(super) fn expr(&mut self, expr: &'a Expr, expected: &Ty) -> Ty {
        let ty = self.value(expr, expected);
        self.settle(&ty, expected);
        ty
    }

    /// A value that code of packages made becomes what its place expects: that type may be one of ours.
    pub(super) fn settle(&mut self, ty: &Ty, expected: &Ty) {
        if !ty.has_outside() {
            return;
        }
        // Part by part: what is not known of one says nothing of the others.
        let parts = match (ty, expected) {
            (Ty::Tuple(given), Ty::Tuple(wanted)) => Some((given, wanted)),
            (Ty::Std(name, given), Ty::Std(other, wanted)) if name == other => {
                Some((given, wanted))
            }
            (Ty::Adt(node, given), Ty::Adt(other, wanted)) if node == other => {
                Some((given, wanted))
            }
            _ => None,
        };
        match parts {
            Some((given, wanted)) if given.len() == wanted.len() => {
                for (given, wanted) in given.iter().zip(wanted) {
                    self.settle(given, wanted);
                }
            }
            _ => self.settle_somewhere(ty, expected),
        }
    }

    /// The same where a value may become any part of what is expected.
    pub(super) fn settle_somewhere(&mut self, ty: &Ty, expected: &Ty) {
        match expected {
            Ty::Prim(_) | Ty::Never => {}
            // It stays theirs.
            Ty::Outside | Ty::Foreign(_) => {}
            Ty::Traits(bounds) => {
                for (_, bound) in bounds.iter().flat_map(|bound| &bound.bindings) {
                    self.settle(ty, bound);
                }
            }
            _ => {
                let on = On::of([expected]);
                self.edges.takes_any |= on.any;
                self.edges.hand(On { any: false, ..on });
            }
        }
    }

    /// An expression in a place that says nothing of its type; its type, as far as it is certain.
    pub(super) fn value(&mut self, expr: &'a Expr, expected: &Ty) -> Ty {
        match expr {
            Expr::Path(path) => {
                let value = self.value_path(path, expected);
                self.value_type(value)
            }
            Expr::Literal(literal) => {
                if let Literal::ByteStr(length) = literal {
                    self.edges.lengths.insert(Length::Of(*length));
                }
                literal_type(*literal, expected)
            }
            Expr::Call(callee, args) => self.call(callee, args, expected),
            Expr::Method(call) => self.method_call(call, expected),
            Expr::Field(base, name) => {
                let base = self.value(base, &Ty::Unknown);
                self.field(&base, *name)
            }
            Expr::Struct(path, fields, base) => {
                self.struct_literal(path, fields, base.as_deref(), expected)
            }
            Expr::Unary(op, operand) => self.unary(*op, operand),
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::Assign(left, right) => {
                let ty = self.value(left, &Ty::Unknown);
                let given = self.expr(right, &ty);
                self.settle(&ty, &given);
                Ty::unit()
            }
            Expr::Index(base, index) => self.index(base, index),
            Expr::Range(start, end) => {
                let start = start.as_ref().map(|part| self.expr(part, &Ty::Unknown));
                let end = end.as_ref().map(|part| self.expr(part, &Ty::Unknown));
                let item = match (start, end) {
                    (Some(start), Some(end)) => merge_numbers(start, end),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => return Ty::std("RangeFull", Vec::new()),
                };
                Ty::std("Range", vec![item])
            }
            Expr::Reference(inner) => {
                let wanted = match expected {
                    Ty::Ref(inner) => (**inner).clone(),
                    _ => Ty::Unknown,
                };
                match self.value(inner, &wanted) {
                    Ty::Unknown => Ty::Unknown,
                    ty => ty.referenced(),
                }
            }
            Expr::Cast(value, ty) => {
                self.value(value, &Ty::Unknown);
                self.mention_type(ty);
                self.program.ty(ty, &self.scope)
            }
            Expr::Tuple(parts) => {
                let wanted = match expected {
                    Ty::Tuple(types) => types.clone(),
                    _ => Vec::new(),
                };
                let types = parts
                    .iter()
                    .enumerate()
                    .map(|(at, part)| self.value(part, wanted.get(at).unwrap_or(&Ty::Unknown)));
                Ty::Tuple(types.collect())
            }
            Expr::Array(parts) => {
                self.edges.lengths.insert(Length::Of(parts.len() as u64));
                let wanted = match expected.peeled() {
                    Ty::Array(inner) | Ty::Slice(inner) => (**inner).clone(),
                    _ => Ty::Unknown,
                };
                let mut item = wanted.clone();
                for part in parts {
                    let ty = self.value(part, &wanted);
                    if !item.is_unknown() && item != Ty::Never {
                        self.settle(&ty, &item);
                        self.settle(&item, &ty);
                    }
                    item = merge_first(item, ty);
                }
                Ty::Array(Box::new(item))
            }
            Expr::Repeat(value, length, number) => {
                self.edges.lengths.insert(Length::from(*number));
                let item = self.expr(value, &Ty::Unknown);
                self.expr(length, &Ty::prim("usize"));
                Ty::Array(Box::new(item))
            }
            Expr::Block(block) => self.block(block, expected),
            Expr::Async(block) => {
                let outer = std::mem::take(&mut self.result);
                let output = self.block(block, &Ty::Unknown);
                self.result = outer;
                future_of(output)
            }
            Expr::If(condition, then, otherwise) => {
                let bound = self.locals.len();
                self.expr(condition, &Ty::prim("bool"));
                let ty = self.block(then, expected);
                self.locals.truncate(bound);
                match otherwise {
                    Some(otherwise) => {
                        let other = self.value(otherwise, expected);
                        self.branches(ty, other)
                    }
                    None => Ty::unit(),
                }
            }
            Expr::Let(pattern, value) => {
                let ty = self.value(value, &Ty::Unknown);
                self.pattern(pattern, &ty);
                Ty::prim("bool")
            }
            Expr::Match(value, arms) => {
                let ty = self.value(value, &Ty::Unknown);
                let mut result = Ty::Never;
                for arm in arms {
                    if !self.cfg(&arm.cfg) {
                        continue;
                    }
                    let bound = self.locals.len();
                    self.pattern(&arm.pattern, &ty);
                    if let Some(guard) = &arm.guard {
                        self.expr(guard, &Ty::prim("bool"));
                    }
                    let arm = self.value(&arm.body, expected);
                    self.locals.truncate(bound);
                    result = self.branches(result, arm);
                }
                result
            }
            Expr::While(condition, body) => {
                let bound = self.locals.len();
                self.expr(condition, &Ty::prim("bool"));
                self.block(body, &Ty::unit());
                self.locals.truncate(bound);
                Ty::unit()
            }
            Expr::Loop(body) => {
                self.block(body, &Ty::unit());
                Ty::Unknown
            }
            Expr::For(pattern, iterated, body) => {
                let ty = self.value(iterated, &Ty::Unknown);
                let item = self.item_of(&ty);
                self.edges.operator("for", On::of([&ty, &item]));
                let bound = self.locals.len();
                self.pattern(pattern, &item);
                self.block(body, &Ty::unit());
                self.locals.truncate(bound);
                Ty::unit()
            }
            Expr::Closure(closure) => self.closure(closure, expected),
            Expr::Return(value) => {
                if let Some(value) = value {
                    let wanted = self.result.clone();
                    self.expr(value, &wanted);
                }
                Ty::Never
            }
            Expr::Break(value) => {
                if let Some(value) = value {
                    self.expr(value, &Ty::Unknown);
                }
                Ty::Never
            }
            Expr::Try(value) => {
                let ty = self.value(value, &Ty::Unknown);
                self.convert_error(&ty);
                match ty {
                    Ty::Std(..) => std_facts::try_value(&ty),
                    Ty::Outside | Ty::Foreign(_) => Ty::Outside,
                    _ => Ty::Unknown,
                }
            }
            Expr::Await(value) => {
                let ty = self.value(value, &Ty::Unknown);
                self.edges.operator(".await", On::of([&ty]));
                self.awaited(&ty)
            }
            Expr::Macro(call) => self.expr_macro(call, expected),
            Expr::Cfg(predicates, inner) => {
                if self.cfg(predicates) {
                    self.expr(inner, expected);
                }
                Ty::Unknown
            }
            Expr::Infer => Ty::Unknown,
            Expr::Verbatim(text) => {
                self.scan(text, ir::Pos::default());
                Ty::Unknown
            }
        }
    }

    /// The type of a path's value when it is not called.
    fn value_type(&mut self, value: Value) -> Ty {
        match value {
            Value::Plain(ty) => ty,
            Value::Outside => Ty::Outside,
            Value::Function(id, map) => {
                self.edges.functions.insert(id);
                let scope = self.program.scope(id);
                let Some(function) = self.program.world.node(id).function() else {
                    return Ty::Unknown;
                };
                let mut inputs: Vec<Ty> = Vec::new();
                if function.receiver.is_some() {
                    inputs.push(close(&scope.self_ty, &scope, &map));
                }
                inputs.extend(
                    function
                        .params
                        .iter()
                        .map(|p| close(&self.program.ty(&p.ty, &scope), &scope, &map)),
                );
                let output = match &function.result {
                    Some(ty) => close(&self.program.ty(ty, &scope), &scope, &map),
                    None => Ty::unit(),
                };
                Ty::Function(
                    inputs,
                    Box::new(if function.is_async {
                        future_of(output)
                    } else {
                        output
                    }),
                )
            }
            Value::Constructor(def, ty) => match self.fields_of(def) {
                Some(fields) if fields.style == ir::FieldStyle::Tuple => {
                    Ty::Function(Vec::new(), Box::new(ty))
                }
                _ => ty,
            },
            Value::Foreign(path, owner) => {
                let name = path.rsplit("::").next().unwrap_or(&path);
                if let (
                    Some(Ty::Prim(of)),
                    "MAX" | "MIN" | "EPSILON" | "INFINITY" | "NEG_INFINITY" | "NAN"
                    | "MIN_POSITIVE",
                ) = (&owner, name)
                {
                    return Ty::Prim(*of);
                }
                if let (Some(owner), "from" | "try_from") = (&owner, name) {
                    self.edges
                        .conversion(&Ty::Unknown, owner, name == "try_from");
                }
                // A function of std passed on as a value: what it gives is seldom needed.
                if !matches!(owner, Some(Ty::Prim(_))) {
                    match (&owner, name) {
                        (Some(_), "from" | "try_from") => {
                            self.edges
                                .word_beside_conversion(Symbol::new(name), On::any());
                        }
                        _ => self.edges.word(Symbol::new(name)),
                    }
                }
                if name == "None" {
                    Ty::std("Option", vec![Ty::Unknown])
                } else {
                    Ty::Unknown
                }
            }
        }
    }

    fn field(&mut self, base: &Ty, name: Symbol) -> Ty {
        let mut ty = base.clone();
        for _ in 0..8 {
            match &ty {
                Ty::Adt(node, args) => {
                    let declared = self
                        .fields_of(crate::world::Def::Node(*node))
                        .and_then(|fields| fields.fields.iter().find(|field| field.name == name));
                    if let Some(field) = declared {
                        let scope = self.program.scope(*node);
                        let map: HashMap<Symbol, Ty> = self.adt_map(*node, args);
                        return close(
                            &substitute(&self.program.ty(&field.ty, &scope), &map),
                            &scope,
                            &map,
                        );
                    }
                }
                Ty::Tuple(parts) => {
                    return name
                        .parse::<usize>()
                        .ok()
                        .and_then(|at| parts.get(at).cloned())
                        .unwrap_or_default();
                }
                Ty::Unknown => return Ty::Unknown,
                _ => {
                    if let Some(field) = std_facts::field_of(&ty, &name) {
                        return field;
                    }
                }
            }
            match self.deref_target(&ty) {
                Some(next) => ty = next,
                None => return Ty::Unknown,
            }
        }
        Ty::Unknown
    }

    fn struct_literal(
        &mut self,
        path: &'a ir::Path,
        fields: &'a [(Symbol, Expr)],
        base: Option<&'a Expr>,
        expected: &Ty,
    ) -> Ty {
        let found = self.struct_path(path, expected);
        let declared = found.as_ref().and_then(|(def, _)| self.fields_of(*def));
        let mut map = HashMap::default();
        let node = match &found {
            Some((_, Ty::Adt(node, args))) => {
                let known = self.adt_map(*node, args);
                map.extend(known.into_iter().filter(|(_, ty)| !ty.is_unknown()));
                Some(*node)
            }
            _ => None,
        };
        for (name, value) in fields {
            let field =
                declared.and_then(|fields| fields.fields.iter().find(|field| field.name == *name));
            match (field, node) {
                (Some(field), Some(node)) => {
                    let scope = self.program.scope(node);
                    let ty = self.program.ty(&field.ty, &scope);
                    let given = self.expr(value, &close(&ty, &scope, &map));
                    unify_into(&ty, &given, &mut map);
                }
                _ => {
                    self.expr(value, &Ty::Unknown);
                }
            }
        }
        if let Some(base) = base {
            let wanted = found.as_ref().map(|(_, ty)| ty.clone()).unwrap_or_default();
            self.expr(base, &wanted);
        }
        match node {
            Some(node) => match &self.program.scope(node).self_ty {
                Ty::Adt(_, params) => Ty::Adt(
                    node,
                    params
                        .iter()
                        .map(|param| close(param, &self.program.scope(node), &map))
                        .collect(),
                ),
                _ => Ty::Unknown,
            },
            None => Ty::Unknown,
        }
    }

    /// `?` turns the error of one type into that of the function around.
    fn convert_error(&mut self, ty: &Ty) {
        let error = |ty: &Ty| match ty {
            Ty::Std(name, args) if &**name == "Result" => args.get(1).cloned().unwrap_or_default(),
            Ty::Std(name, _) if &**name == "Option" => Ty::Never,
            _ => Ty::Unknown,
        };
        let (from, to) = (error(ty), error(&self.result));
        if from != to || from.is_unknown() {
            self.edges.conversion(&from, &to, false);
            self.edges.operator("?", On::of([&from, &to]));
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &'a Expr) -> Ty {
        let ty = self.value(operand, &Ty::Unknown);
        let (word, method) = match op {
            UnaryOp::Deref => ("*", "deref"),
            UnaryOp::Not => ("!", "not"),
            UnaryOp::Neg => ("-", "neg"),
        };
        self.edges
            .operator(if op == UnaryOp::Neg { "neg" } else { word }, On::of([&ty]));
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
        self.settle(&left, &right);
        self.settle(&right, &left);
        self.edges.operands(op, &left, &right);
        [left, right]
    }

    fn binary(&mut self, op: Symbol, left: &'a Expr, right: &'a Expr) -> Ty {
        let [left, right] = self.operands(op, left, right);
        match &*op {
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" => Ty::prim("bool"),
            assign if assign.ends_with('=') => Ty::unit(),
            // Several impls of one operator for one type give one result or an unknown one.
            _ if matches!(left, Ty::Adt(..)) => {
                self.program
                    .associated_type(&left, Symbol::new("Output"), &self.scope)
            }
            // The operator of a reference is an impl of its own.
            _ if matches!(left.peeled(), Ty::Adt(..)) => Ty::Unknown,
            _ if left.has_outside() || right.has_outside() => {
                let on = On::of([&left, &right]);
                if on.any || !on.types.is_empty() {
                    Ty::Unknown
                } else {
                    Ty::Outside
                }
            }
            _ => std_facts::binary(&op, &left, &right),
        }
    }

    fn index(&mut self, base: &'a Expr, index: &'a Expr) -> Ty {
        let mut base = self.value(base, &Ty::Unknown);
        let index = self.expr(index, &Ty::Unknown);
        self.edges.operator("index", On::of([&base, &index]));
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

    fn awaited(&mut self, ty: &Ty) -> Ty {
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

    /// The type of two branches; what came from code of packages becomes of the other one's type.
    fn branches(&mut self, left: Ty, right: Ty) -> Ty {
        if left != right && right != Ty::Never && left != Ty::Never {
            self.settle(&left, &right);
            self.settle(&right, &left);
        }
        common(left, right)
    }

    fn closure(&mut self, closure: &'a ir::Closure, expected: &Ty) -> Ty {
        let wanted = match expected {
            Ty::Function(inputs, _) => inputs.clone(),
            _ => Vec::new(),
        };
        let bound = self.locals.len();
        let mut inputs = Vec::new();
        for (at, (pattern, ty)) in closure.params.iter().enumerate() {
            let declared = match ty {
                Some(ty) => {
                    self.mention_type(ty);
                    self.program.ty(ty, &self.scope)
                }
                None => Ty::Unknown,
            };
            let ty = merge(declared, wanted.get(at).cloned().unwrap_or_default());
            self.pattern(pattern, &ty);
            inputs.push(ty);
        }
        let declared = match &closure.result {
            Some(ty) => {
                self.mention_type(ty);
                self.program.ty(ty, &self.scope)
            }
            None => Ty::Unknown,
        };
        let outer = std::mem::replace(&mut self.result, declared.clone());
        let found = self.value(&closure.body, &declared);
        if !declared.is_unknown() {
            self.settle(&found, &declared);
        }
        self.result = outer;
        self.locals.truncate(bound);
        let output = if declared.is_unknown() && found != Ty::Never {
            found
        } else {
            declared
        };
        let output = if closure.is_async {
            future_of(output)
        } else {
            output
        };
        Ty::Function(inputs, Box::new(output))
    }
}

fn bound_item(bounds: &[crate::ty::Bound]) -> Ty {
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

/// A declared type, completed by the one that was found where the declaration leaves parts open.
fn merge(declared: Ty, found: Ty) -> Ty {
    match (&declared, &found) {
        (Ty::Unknown, _) => found,
        (Ty::Std(a, left), Ty::Std(b, right)) if a == b && left.len() == right.len() => Ty::Std(
            *a,
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Adt(a, left), Ty::Adt(b, right)) if a == b && left.len() == right.len() => Ty::Adt(
            *a,
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Tuple(left), Ty::Tuple(right)) if left.len() == right.len() => Ty::Tuple(
            left.iter()
                .cloned()
                .zip(right.iter().cloned())
                .map(|(l, r)| merge(l, r))
                .collect(),
        ),
        (Ty::Ref(left), Ty::Ref(right)) => merge((**left).clone(), (**right).clone()).referenced(),
        _ => declared,
    }
}

fn merge_first(known: Ty, next: Ty) -> Ty {
    if matches!(known, Ty::Unknown | Ty::Outside | Ty::Never) {
        next
    } else {
        known
    }
}

fn merge_numbers(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        (Ty::Prim(name), _) if name.starts_with('{') => right,
        (Ty::Unknown, _) => right,
        _ => left,
    }
}

/// The type of two branches: certain only if they agree, or one never ends.
fn common(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        (Ty::Never, _) => right,
        (_, Ty::Never) => left,
        _ if left == right => left,
        (Ty::Prim(a), Ty::Prim(b)) if a.starts_with('{') && !b.starts_with('{') => right,
        (Ty::Prim(a), Ty::Prim(b)) if b.starts_with('{') && !a.starts_with('{') => left,
        (Ty::Std(a, l), Ty::Std(b, r)) if a == b && l.len() == r.len() => Ty::Std(
            *a,
            l.iter()
                .cloned()
                .zip(r.iter().cloned())
                .map(|(l, r)| known_of(l, r))
                .collect(),
        ),
        _ => Ty::Unknown,
    }
}

/// A type argument that two branches share, where one leaves it open (`Err(e)` beside `Ok(x)`). What could be a
/// coercion's source (a pointer to one type beside a pointer to a trait object) is not certain.
fn known_of(left: Ty, right: Ty) -> Ty {
    match (&left, &right) {
        _ if left == right => left,
        (Ty::Unknown, _) if !may_coerce(&right) => right,
        (_, Ty::Unknown) if !may_coerce(&left) => left,
        _ => Ty::Unknown,
    }
}

fn may_coerce(ty: &Ty) -> bool {
    match ty {
        Ty::Ref(_)
        | Ty::Pointer(_)
        | Ty::Function(..)
        | Ty::Never
        | Ty::Unknown
        | Ty::Outside
        | Ty::Param(_)
        | Ty::Foreign(_) => true,
        Ty::Std(name, args) => {
            matches!(&**name, "Box" | "Rc" | "Arc" | "Pin") || args.iter().any(may_coerce)
        }
        Ty::Adt(_, args) | Ty::Tuple(args) => args.iter().any(may_coerce),
        Ty::Slice(inner) | Ty::Array(inner) => may_coerce(inner),
        Ty::Prim(_) | Ty::Traits(_) => false,
    }
}

fn literal_type(literal: Literal, expected: &Ty) -> Ty {
    match literal {
        Literal::Int(Some(suffix)) | Literal::Float(Some(suffix)) => Ty::Prim(suffix),
        Literal::Int(None) => match expected {
            Ty::Prim(name) if name.starts_with(['u', 'i', 'f']) => expected.clone(),
            _ => Ty::prim("{integer}"),
        },
        Literal::Float(None) => match expected {
            Ty::Prim(name) if name.starts_with('f') => expected.clone(),
            _ => Ty::prim("{float}"),
        },
        Literal::Str => Ty::prim("str").referenced(),
        Literal::ByteStr(_) => Ty::Array(Box::new(Ty::prim("u8"))).referenced(),
        Literal::CStr => Ty::std("CStr", Vec::new()).referenced(),
        Literal::Char => Ty::prim("char"),
        Literal::Byte => Ty::prim("u8"),
        Literal::Bool => Ty::prim("bool"),
    }
}
