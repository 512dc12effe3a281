//! Calls of functions, constructors and closures: which generics the arguments decide, and so the
//! type of the result.

use super::item::Walker;
use super::path::Value;
use super::{On, Word};
use crate::ir::{self, ItemKind};
use crate::map::HashMap;
use crate::program::{Scope, substitute, unify_into};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::Def;

/// The arguments of one call, each read once, with the type that is expected of it when it is read first.
pub(super) struct Args<'a> {
    exprs: &'a [ir::Expr],
    read: Vec<Option<Ty>>,
    /// Whether the method may be one of a foreign trait, for all that is seen.
    pub(super) may_be_foreign: bool,
}

impl<'a> Args<'a> {
    pub(super) fn new(exprs: &'a [ir::Expr]) -> Self {
        Args {
            exprs,
            read: vec![None; exprs.len()],
            may_be_foreign: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.exprs.len()
    }

    pub(super) fn get(&mut self, at: usize, wanted: &Ty, walker: &mut Walker<'_, '_, 'a>) -> Ty {
        let ty = self.value(at, wanted, walker);
        walker.settle(&ty, wanted);
        ty
    }

    /// The same in a place whose type is settled later.
    pub(super) fn value(&mut self, at: usize, wanted: &Ty, walker: &mut Walker<'_, '_, 'a>) -> Ty {
        if self.read[at].is_none() {
            let ty = walker.value(&self.exprs[at], wanted);
            self.read[at] = Some(ty);
        }
        self.read[at].clone().unwrap_or_default()
    }

    /// All arguments, in a place that says nothing of their types.
    pub(super) fn values(&mut self, walker: &mut Walker<'_, '_, 'a>) -> Vec<Ty> {
        (0..self.len())
            .map(|at| self.value(at, &given_by_package(), walker))
            .collect()
    }

    /// The types of the arguments that were read.
    pub(super) fn types(&self) -> impl Iterator<Item = &Ty> {
        self.read.iter().flatten()
    }

    pub(super) fn all(&mut self, walker: &mut Walker<'_, '_, 'a>) -> Vec<Ty> {
        (0..self.len())
            .map(|at| self.get(at, &Ty::Unknown, walker))
            .collect()
    }
}

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// `callee(args)`.
    pub(super) fn call(&mut self, callee: &'a ir::Expr, args: &'a [ir::Expr], expected: &Ty) -> Ty {
        let value = match callee {
            ir::Expr::Path(path) => self.value_path(path, &Ty::Unknown),
            other => Value::Plain(self.value(other, &Ty::Unknown)),
        };
        match value {
            Value::Outside(result) => {
                let given: Vec<Ty> = args
                    .iter()
                    .map(|arg| self.value(arg, &given_by_package()))
                    .collect();
                self.edges.hand(self.on(&given));
                if result.is_unknown() {
                    // It may be a function of ours, which takes what packages gave.
                    for ty in &given {
                        self.settle(ty, &Ty::Unknown);
                    }
                }
                result
            }
            Value::Function(id, map) => {
                self.call_function(id, map, None, &mut Args::new(args), expected)
            }
            Value::Constructor(def, ty) => self.construct(def, &ty, args, expected),
            Value::Foreign(path, owner) => {
                let mut given: Vec<Ty> = Vec::with_capacity(args.len());
                for (at, arg) in args.iter().enumerate() {
                    let inputs = match &owner {
                        None => std_facts::function_closure_params(&path, at, &given),
                        Some(_) => Vec::new(),
                    };
                    let wanted = if inputs.is_empty() {
                        wrapped(&path, expected)
                    } else {
                        Ty::Function(inputs, Box::default())
                    };
                    given.push(self.value(arg, &wanted));
                }
                let turbofish = match callee {
                    ir::Expr::Path(path) => self.turbofish(path),
                    _ => Vec::new(),
                };
                let name = path.rsplit("::").next().unwrap_or(&path);
                let known = match &owner {
                    Some(Ty::Traits(bounds)) => match bounds.first().map(|bound| bound.of) {
                        Some(TraitRef::Foreign(of)) => {
                            std_facts::trait_function(&of, name, &turbofish, &given, expected)
                        }
                        _ => None,
                    },
                    Some(owner) => std_facts::associated(owner, name, &turbofish, &given, expected),
                    None => std_facts::function(&path, &turbofish, &given, expected),
                };
                let of_package = known.is_none()
                    && match &owner {
                        Some(Ty::Adt(..)) => !std_facts::is_method(name),
                        Some(Ty::Outside | Ty::Foreign(_)) => !super::converts(name),
                        _ => false,
                    };
                let is_bound_by_package = known.is_none() && self.has_package_bound(&owner);
                if let Some(token) = operator_called(&owner, name) {
                    return self.called_operator(token, &given, known);
                }
                let result = match known {
                    Some(known) => known,
                    // A package's trait, or one of its macros, gives such a function to a type of ours.
                    None if of_package => {
                        self.edges.hand(self.on(given.iter().chain(&owner)));
                        Ty::Outside
                    }
                    None => Ty::Unknown,
                };
                if is_bound_by_package {
                    self.edges.hand(self.on(&given));
                }
                let named = owner
                    .as_ref()
                    .filter(|owner| !matches!(owner, Ty::Traits(_)));
                if super::converts(name) {
                    let from = given.first().unwrap_or(&Ty::Unknown);
                    let into = match name {
                        "from" | "try_from" => named.unwrap_or(match name {
                            "from" => expected,
                            _ => &Ty::Unknown,
                        }),
                        "into" => expected,
                        _ => &Ty::Unknown,
                    };
                    self.conversion(from, into, name.starts_with("try"));
                }
                if !is_bound_by_package {
                    self.settle_std(&given, named, &result);
                }
                let mut on = self.on(given.iter().chain(&turbofish).chain(named));
                // What a trait's function on a type of ours makes is made of that type.
                if !matches!(owner, Some(Ty::Adt(..))) {
                    on.merge(self.on([&result]));
                }
                if on != On::default() {
                    let exact = match &owner {
                        Some(Ty::Traits(bounds)) => match bounds.first().map(|bound| bound.of) {
                            Some(TraitRef::Foreign(of)) => std_facts::trait_calls(&of, name),
                            _ => None,
                        },
                        Some(owner) => std_facts::associated_calls(owner, name),
                        None => None,
                    };
                    let simple = match &owner {
                        Some(Ty::Std(owner, _) | Ty::Prim(owner)) => Some(*owner),
                        _ => None,
                    };
                    self.std_calls(Symbol::new(name), simple, exact, &on);
                }
                result
            }
            Value::Plain(_) | Value::Member => {
                let ty = match value {
                    Value::Plain(ty) => ty,
                    _ => Ty::Unknown,
                };
                let (inputs, output) = self.callable(&ty);
                let mut given = On::default();
                for (at, arg) in args.iter().enumerate() {
                    let input = inputs.get(at).cloned().unwrap_or_default();
                    let ty = self.expr(arg, &input);
                    given.merge(self.on([&ty]));
                }
                // A closure may be one that code of a package made.
                self.edges.hands_perhaps.merge(given);
                self.edges.operator("call", On::any());
                output
            }
        }
    }

    /// `Add::add(a, b)` is `a + b`.
    fn called_operator(&mut self, token: &'static str, given: &[Ty], known: Option<Ty>) -> Ty {
        let on = self.on(given);
        match given {
            [left, right] => {
                let op = Symbol::new(token);
                // An assignment's left side is handed over by reference.
                let left = match left {
                    Ty::Ref(left) if token.ends_with('=') => left,
                    _ => left,
                };
                self.settle(left, right);
                self.settle_operand(op, left, right);
                self.edges.operands(op, left, right, on);
                self.result_of(op, left, right)
            }
            _ => {
                for ty in given {
                    self.settle(ty, &Ty::Unknown);
                }
                self.edges.operator(token, on);
                let own = given.first().unwrap_or(&Ty::Unknown);
                known.unwrap_or_else(|| self.program.operator_output(token, own, None))
            }
        }
    }

    /// Whether it is a type parameter that a package's trait bounds.
    fn has_package_bound(&self, ty: &Option<Ty>) -> bool {
        let Some(Ty::Param(name)) = ty else {
            return false;
        };
        let mut bounds = self.program.bounds_of(&self.scope, *name).iter();
        bounds.any(|bound| matches!(bound.of, TraitRef::Foreign(of) if of.contains("::")))
    }

    /// Arguments of a function of std become of the types that its receiver, or whatever it is associated with, and its other
    /// arguments are made of, or of those of its result.
    pub(super) fn settle_std(&mut self, given: &[Ty], receiver: Option<&Ty>, result: &Ty) {
        if !given.iter().chain(receiver).any(Ty::has_outside) {
            return;
        }
        if result.is_unknown() {
            self.edges.takes_any = true;
            return;
        }
        let parts = Ty::Tuple(given.iter().chain(receiver).cloned().collect());
        self.settle_somewhere(&parts, &parts);
    }

    /// A method or function of std: the traits that it is known to call, else whatever its name may call.
    pub(super) fn std_calls(
        &mut self,
        name: Symbol,
        owner: Option<Symbol>,
        exact: Option<Vec<&'static str>>,
        on: &On,
    ) {
        match exact {
            Some(traits) => {
                for of in traits {
                    let noted = super::converts(&name) && std_facts::is_conversion(of);
                    if !noted {
                        self.edges.uses(Word::Trait(Symbol::new(of)), on.clone());
                    }
                }
            }
            None if super::converts(&name) => self.edges.word_beside_conversion(name, on.clone()),
            None => self.edges.uses(Word::Method(name, owner), on.clone()),
        }
    }

    /// What calling a value of this type takes and gives.
    fn callable(&self, ty: &Ty) -> (Vec<Ty>, Ty) {
        match ty.peeled() {
            Ty::Function(inputs, output) => (inputs.clone(), (**output).clone()),
            Ty::Param(name) => callable_bounds(self.program.bounds_of(&self.scope, *name)),
            Ty::Traits(bounds) => callable_bounds(bounds),
            Ty::Std(name, args) if matches!(&**name, "Box" | "Rc" | "Arc") => match args.first() {
                Some(inner) => self.callable(inner),
                None => (Vec::new(), Ty::Unknown),
            },
            _ => (Vec::new(), Ty::Unknown),
        }
    }

    /// A call of a known function: arguments are read with the parameter types as far as they are known.
    pub(super) fn call_function(
        &mut self,
        id: NodeId,
        mut map: HashMap<Symbol, Ty>,
        receiver: Option<&Ty>,
        args: &mut Args<'a>,
        expected: &Ty,
    ) -> Ty {
        let node = self.program.world.node(id);
        let Some(function) = node.function() else {
            args.all(self);
            return Ty::Unknown;
        };
        let scope = self.program.scope(id);
        if let (Some(receiver), Some(_)) = (receiver, &function.receiver) {
            unify_into(&scope.self_ty, receiver.peeled(), &mut map);
            map.entry(Symbol::new("Self"))
                .or_insert_with(|| receiver.peeled().clone());
        }
        let mut inputs: Vec<Ty> = function
            .params
            .iter()
            .map(|param| self.program.ty(&param.ty, &scope))
            .collect();
        if receiver.is_none() && function.receiver.is_some() {
            // `Type::method(value, …)`: the first argument is the receiver.
            inputs.insert(0, scope.self_ty.clone());
        }
        let output = match &function.result {
            Some(ty) => self.program.ty(ty, &scope),
            None => Ty::unit(),
        };
        if !expected.is_unknown() && !function.is_async {
            let mut hints = HashMap::default();
            unify_into(&output, expected, &mut hints);
            for (name, ty) in hints {
                // Coercions make an expected type a hint, not a proof: only for what nothing else decides.
                if is_concrete(&ty) && !map.contains_key(&name) && !appears(&inputs, name) {
                    map.insert(name, ty);
                }
            }
        }
        for at in 0..args.len() {
            let input = inputs.get(at).cloned().unwrap_or_default();
            let wanted = self.with_bounds(&input, &scope, &map);
            let given = args.get(at, &wanted, self);
            unify_into(&input, &given, &mut map);
            if matches!(input, Ty::Ref(_)) && !matches!(given, Ty::Ref(_)) {
                continue;
            }
            self.bind_closure_result(&input, &given, &scope, &mut map);
        }
        let result = close(&output, &scope, &map);
        if function.is_async {
            future_of(result)
        } else {
            result
        }
    }

    /// The parameter type with what is known; a parameter bound by `Fn(A) -> B` becomes a function type for the closure.
    fn with_bounds(&self, input: &Ty, scope: &Scope, map: &HashMap<Symbol, Ty>) -> Ty {
        let bounds = match input {
            Ty::Param(name) if !map.contains_key(name) => self.program.bounds_of(scope, *name),
            Ty::Traits(bounds) => bounds,
            _ => return close(input, scope, map),
        };
        let (inputs, output) = callable_bounds(bounds);
        if inputs.is_empty() && output.is_unknown() {
            return close(input, scope, map);
        }
        let inputs = inputs.iter().map(|ty| close(ty, scope, map)).collect();
        Ty::Function(inputs, Box::new(close(&output, scope, map)))
    }

    /// A closure's result decides the parameter that its `Fn` bound gives.
    fn bind_closure_result(
        &self,
        input: &Ty,
        given: &Ty,
        scope: &Scope,
        map: &mut HashMap<Symbol, Ty>,
    ) {
        let bounds = match input {
            Ty::Param(name) => self.program.bounds_of(scope, *name),
            Ty::Traits(bounds) => bounds,
            _ => return,
        };
        if let Ty::Function(_, output) = given {
            let (_, declared) = callable_bounds(bounds);
            unify_into(&declared, output, map);
        }
    }

    /// A tuple struct or variant called as a function.
    pub(super) fn construct(
        &mut self,
        def: Def,
        ty: &Ty,
        args: &'a [ir::Expr],
        expected: &Ty,
    ) -> Ty {
        let (node, fields) = match (self.fields_of(def), ty) {
            (Some(fields), Ty::Adt(node, _)) => (*node, fields),
            _ => {
                for arg in args {
                    self.expr(arg, &Ty::Unknown);
                }
                return ty.clone();
            }
        };
        let scope = self.program.scope(node);
        let names: Vec<Symbol> = match &scope.self_ty {
            Ty::Adt(_, params) => params
                .iter()
                .filter_map(|p| if let Ty::Param(n) = p { Some(*n) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        let mut map: HashMap<Symbol, Ty> = HashMap::default();
        if let Ty::Adt(_, given) = ty {
            map.extend(
                names
                    .iter()
                    .copied()
                    .zip(given.iter().cloned())
                    .filter(|(_, ty)| !ty.is_unknown()),
            );
        }
        if let (Ty::Adt(other, wanted), true) = (expected, map.is_empty())
            && *other == node
        {
            map.extend(
                names
                    .iter()
                    .copied()
                    .zip(wanted.iter().cloned())
                    .filter(|(_, ty)| is_concrete(ty)),
            );
        }
        for (at, arg) in args.iter().enumerate() {
            let declared = fields
                .fields
                .get(at)
                .map(|field| self.program.ty(&field.ty, &scope))
                .unwrap_or_default();
            let given = self.expr(arg, &close(&declared, &scope, &map));
            unify_into(&declared, &given, &mut map);
        }
        Ty::Adt(
            node,
            names
                .iter()
                .map(|name| map.get(name).cloned().unwrap_or_default())
                .collect(),
        )
    }

    /// The fields of a struct or variant.
    pub(super) fn fields_of(&self, def: Def) -> Option<&'a ir::Fields> {
        match def {
            Def::Node(node) => match &self.program.world.node(node).item()?.kind {
                ItemKind::Struct(data) => Some(&data.fields),
                _ => None,
            },
            Def::Variant(node, at) => match &self.program.world.node(node).item()?.kind {
                ItemKind::Enum(data) => data
                    .variants
                    .get(at as usize)
                    .map(|variant| &variant.fields),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The type with the parameters of its own scope replaced; those that nothing decided are unknown, because they
/// must not be taken for the caller's of the same name.
pub(super) fn close(ty: &Ty, scope: &Scope, map: &HashMap<Symbol, Ty>) -> Ty {
    let mut full = map.clone();
    for (name, _) in &scope.params {
        full.entry(*name).or_default();
    }
    substitute(ty, &full)
}

/// The operator that a function of one of std's traits is.
fn operator_called(owner: &Option<Ty>, name: &str) -> Option<&'static str> {
    match owner {
        Some(Ty::Traits(bounds)) => match bounds.first()?.of {
            TraitRef::Foreign(of) => std_facts::operator_method(&of, name),
            TraitRef::Local(_) => None,
        },
        _ => None,
    }
}

/// What is expected of an argument of a package's function: a closure's parameters are whatever the package gives it.
fn given_by_package() -> Ty {
    Ty::Function(vec![Ty::Outside; MOST_PARAMETERS], Box::default())
}

/// No closure that a package calls is likely to take more.
const MOST_PARAMETERS: usize = 16;

/// What is expected of the value that a variant or pointer of std is made of.
fn wrapped(path: &str, expected: &Ty) -> Ty {
    let Ty::Std(of, args) = expected else {
        return Ty::Unknown;
    };
    let at = match (path.rsplit("::").next().unwrap_or(path), &**of) {
        ("Some", "Option") | ("Ok", "Result") => 0,
        ("Err", "Result") => 1,
        _ => return Ty::Unknown,
    };
    args.get(at).cloned().unwrap_or_default()
}

pub(super) fn future_of(output: Ty) -> Ty {
    Ty::Traits(vec![Bound {
        of: TraitRef::Foreign(Symbol::new("Future")),
        bindings: vec![(Symbol::new("Output"), output)],
    }])
}

fn callable_bounds(bounds: &[Bound]) -> (Vec<Ty>, Ty) {
    for bound in bounds {
        let TraitRef::Foreign(name) = bound.of else {
            continue;
        };
        if !matches!(
            &*name,
            "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce"
        ) {
            continue;
        }
        let find = |wanted: &str| {
            bound
                .bindings
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, ty)| ty.clone())
        };
        let inputs = match find("Args") {
            Some(Ty::Tuple(inputs)) => inputs,
            _ => Vec::new(),
        };
        let output = find("Output").unwrap_or_default();
        return (
            inputs,
            if name.starts_with("Async") {
                future_of(output)
            } else {
                output
            },
        );
    }
    (Vec::new(), Ty::Unknown)
}

fn is_concrete(ty: &Ty) -> bool {
    match ty {
        Ty::Unknown | Ty::Traits(_) | Ty::Never => false,
        Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => args.iter().all(is_concrete),
        Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
            is_concrete(inner)
        }
        _ => true,
    }
}

fn appears(types: &[Ty], name: Symbol) -> bool {
    types.iter().any(|ty| match ty {
        Ty::Param(other) => *other == name,
        Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => appears(args, name),
        Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
            appears(std::slice::from_ref(&**inner), name)
        }
        Ty::Function(inputs, output) => {
            appears(inputs, name) || appears(std::slice::from_ref(&**output), name)
        }
        _ => false,
    })
}
