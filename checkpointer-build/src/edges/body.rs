//! Expressions and statements: walks a body in order and knows the types of its variables.

use super::call::{close, future_of};
use super::hygiene::Origin;
use super::item::Walker;
use super::path::Value;
use super::settle::{merge, merge_first, merge_numbers};
use super::{Length, On};
use crate::cfg::{Predicate, Truth};
use crate::ir::{self, Expr, Literal, Statement};
use crate::map::HashMap;
use crate::program::{substitute, unify_into};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::Ty;

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
                if value.is_none() && ty.is_none() {
                    self.undecided.insert(self.locals.len().wrapping_sub(1));
                }
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
                self.under_cfg(predicates, |walker| walker.statement(inner, expected));
                // Another side may stand beside it.
                Ty::Unknown
            }
        }
    }

    /// Reads what stands under `cfg` predicates, unless it is left out. Where that is not known before the build, another part
    /// may stand in its place, so that what it says of variables' types is not certain.
    fn under_cfg(
        &mut self,
        predicates: &'a [Predicate],
        read: impl FnOnce(&mut Self) -> Ty,
    ) -> Option<Ty> {
        if !self.cfg(predicates) {
            return None;
        }
        let set = &self.program.world.krate(self.krate).cfg;
        if predicates.iter().all(|one| one.eval(set) == Truth::True) {
            return Some(read(self));
        }
        let bound = self.locals.len();
        let undecided = std::mem::take(&mut self.undecided);
        let ty = read(self);
        self.undecided = undecided;
        for local in &mut self.locals[bound..] {
            local.1 = Ty::Unknown;
        }
        Some(ty)
    }

    /// The first value that is assigned to a variable without type and value is of its type.
    fn decide(&mut self, left: &Expr, given: Ty) {
        let Expr::Path(path) = left else { return };
        let (None, [only]) = (&path.qself, path.segments.as_slice()) else {
            return;
        };
        let found = self
            .locals
            .iter()
            .rposition(|(name, ..)| *name == only.name);
        // Which variable a name in a macro means is not certain.
        if let Some(at) = found
            && self.expanding.is_empty()
            && self.locals[at].2 == Origin::Caller
            && given != Ty::Never
            && self.undecided.remove(&at)
        {
            self.locals[at].1 = given;
        }
    }

    /// An expression in a place that decides its type; its type, as far as it is certain.
    pub(super) fn expr(&mut self, expr: &'a Expr, expected: &Ty) -> Ty {
        let ty = self.value(expr, expected);
        self.settle(&ty, expected);
        ty
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
                self.decide(left, given);
                Ty::unit()
            }
            Expr::Index(base, index) => self.index(base, index),
            Expr::Range(start, end, closed) => {
                let name = match (start, end, closed) {
                    (Some(_), Some(_), false) => "Range",
                    (Some(_), Some(_), true) => "RangeInclusive",
                    (Some(_), None, _) => "RangeFrom",
                    (None, Some(_), false) => "RangeTo",
                    (None, Some(_), true) => "RangeToInclusive",
                    (None, None, _) => return Ty::std("RangeFull", Vec::new()),
                };
                let ends = [start, end].into_iter().flatten();
                let ends: Vec<Ty> = ends.map(|part| self.value(part, &Ty::Unknown)).collect();
                if let [start, end] = ends.as_slice() {
                    self.settle(start, end);
                    self.settle(end, start);
                }
                let item = ends.into_iter().reduce(merge_numbers);
                Ty::std(name, item.into_iter().collect())
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
                    let bound = self.locals.len();
                    let given = self.under_cfg(&arm.cfg, |walker| {
                        walker.pattern(&arm.pattern, &ty);
                        if let Some(guard) = &arm.guard {
                            walker.expr(guard, &Ty::prim("bool"));
                        }
                        walker.value(&arm.body, expected)
                    });
                    self.locals.truncate(bound);
                    if let Some(given) = given {
                        result = self.branches(result, given);
                    }
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
                self.edges.operator("for", self.on([&ty, &item]));
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
                self.edges.operator(".await", self.on([&ty]));
                self.awaited(&ty)
            }
            Expr::Macro(call) => self.expr_macro(call, expected),
            Expr::Cfg(predicates, inner) => {
                self.under_cfg(predicates, |walker| walker.expr(inner, expected));
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
            Value::Outside(ty) => ty,
            Value::Member => {
                // What it is called with later is not known.
                self.edges.hands_perhaps.merge(On::any());
                Ty::Unknown
            }
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
                    self.conversion(&Ty::Unknown, owner, name == "try_from");
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
