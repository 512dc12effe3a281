//! Which types implement a trait of ours: a type parameter or an object with such a bound can be no other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Head, ImplFacts, Program, Scope};
use crate::ir;
use crate::map::HashSet;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::world::{Kind, Source};

/// The types that have a trait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Implementors {
    /// Their outlines; nothing if any type may be among them.
    pub(crate) heads: Option<BTreeSet<Head>>,
    /// The types of the read crates that values of them are made of; nothing if it may be any.
    pub(crate) inside: Option<BTreeSet<NodeId>>,
}

impl Implementors {
    fn none() -> Self {
        Implementors {
            heads: Some(BTreeSet::new()),
            inside: Some(BTreeSet::new()),
        }
    }

    fn add(&mut self, other: Self) {
        self.heads = both(self.heads.take(), other.heads);
        self.inside = both(self.inside.take(), other.inside);
    }

    /// What has this trait and another one.
    fn meet(self, other: &Self) -> Self {
        Implementors {
            heads: common(self.heads, &other.heads),
            inside: common(self.inside, &other.inside),
        }
    }
}

fn both<T: Ord>(left: Option<BTreeSet<T>>, right: Option<BTreeSet<T>>) -> Option<BTreeSet<T>> {
    let mut left = left?;
    left.extend(right?);
    Some(left)
}

fn common<T: Ord + Copy>(
    left: Option<BTreeSet<T>>,
    right: &Option<BTreeSet<T>>,
) -> Option<BTreeSet<T>> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.intersection(right).copied().collect()),
        (None, right) => right.clone(),
        (left, None) => left,
    }
}

/// Traits that more types have are asked of all types: a demand for each would cost more than it tells.
const MOST_HEADS: usize = 32;

/// By trait of ours.
pub(super) type All = BTreeMap<NodeId, Implementors>;

impl Program<'_, '_> {
    /// The types that have all of these traits, as far as those of ours among them tell.
    pub(crate) fn implementors(&self, traits: &[TraitRef]) -> Implementors {
        let all = self.implementors.get_or_init(|| self.find_implementors());
        meet(all, traits)
    }

    /// The outlines of the types that have all of these traits, where they are fewer than those that have one of them.
    pub(crate) fn narrower(&self, traits: &[TraitRef], than: TraitRef) -> Vec<Head> {
        let heads = self.implementors(traits).heads;
        match heads {
            Some(heads)
                if (1..=MOST_HEADS).contains(&heads.len())
                    && self.implementors(&[than]).heads.as_ref() != Some(&heads) =>
            {
                heads.into_iter().collect()
            }
            _ => vec![Head::Any],
        }
    }

    /// The least sets that the impls' headers allow.
    fn find_implementors(&self) -> All {
        let Some(unseen) = self.unseen_implementors() else {
            return All::new();
        };
        let mut all = All::new();
        for id in self.traits.keys() {
            let node = self.world.node(*id);
            let is_seen = node
                .item()
                .is_some_and(|item| item.attributes.foreign.is_empty())
                && !unseen.named.contains(&node.name);
            if is_seen {
                all.insert(*id, unseen.types.clone());
            }
        }
        let impls: Vec<(&ImplFacts, std::rc::Rc<Scope>)> = self
            .impls
            .iter()
            .filter(|(_, facts)| {
                let ours = |of: &TraitRef| matches!(of, TraitRef::Local(_));
                facts.is_trait_impl && (facts.of.is_empty() || facts.of.iter().any(ours))
            })
            .map(|(id, facts)| (facts, self.scope(*id)))
            .collect();
        loop {
            let before = all.clone();
            for (facts, scope) in &impls {
                let found = self.of_impl(&facts.self_ty, scope, &before);
                let every = all.keys().copied().collect::<Vec<_>>();
                let named = facts.of.iter().filter_map(|of| match of {
                    TraitRef::Local(of) => Some(*of),
                    TraitRef::Foreign(_) => None,
                });
                let of: Vec<NodeId> = if facts.of.is_empty() {
                    every
                } else {
                    named.collect()
                };
                for of in of {
                    if let Some(known) = all.get_mut(&of) {
                        known.add(found.clone());
                    }
                }
            }
            if all == before {
                return all;
            }
        }
    }

    /// What one impl adds.
    fn of_impl(&self, self_ty: &Ty, scope: &Scope, all: &All) -> Implementors {
        let mut found = Implementors::none();
        match self_ty {
            Ty::Param(name) => {
                let bounds = self.bounds_of(scope, *name);
                return match scope.has_unknown_bounds {
                    true => Implementors::default(),
                    false => meet_bounds(all, bounds),
                };
            }
            _ => match (Head::of(self_ty), &mut found.heads) {
                (Head::Any, heads) => *heads = None,
                (head, Some(heads)) => {
                    heads.insert(head);
                }
                (_, None) => {}
            },
        }
        found.inside = self.inside(self_ty, scope, all);
        found
    }

    /// The types of ours that a value is made of.
    fn inside(&self, ty: &Ty, scope: &Scope, all: &All) -> Option<BTreeSet<NodeId>> {
        let every = |types: &[Ty]| {
            let found = types.iter().map(|ty| self.inside(ty, scope, all));
            found.fold(Some(BTreeSet::new()), both)
        };
        match ty {
            Ty::Prim(_) | Ty::Never => Some(BTreeSet::new()),
            Ty::Adt(node, args) => both(Some([*node].into()), every(args)),
            // Which iterator of std it is, and what that walks, is not known.
            Ty::Std(name, _) if &**name == "Iterator" => None,
            Ty::Std(_, args) | Ty::Tuple(args) => every(args),
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.inside(inner, scope, all)
            }
            Ty::Param(name) if !scope.has_unknown_bounds => {
                meet_bounds(all, self.bounds_of(scope, *name)).inside
            }
            Ty::Traits(bounds) => meet_bounds(all, bounds).inside,
            Ty::Param(_) | Ty::Unknown | Ty::Outside | Ty::Foreign(_) | Ty::Function(..) => None,
        }
    }

    /// Types that may have impls which nobody sees, and names that stand in closed calls; nothing if such a call may implement
    /// any trait for any type.
    fn unseen_implementors(&self) -> Option<Unseen> {
        let mut unseen = Unseen {
            types: Implementors::none(),
            named: HashSet::default(),
        };
        let macros: HashSet<Symbol> = self
            .world
            .nodes
            .iter()
            .filter(|node| {
                let item = node.item();
                node.kind == Kind::Macro
                    || item.is_some_and(|item| item.attributes.proc_macro.is_some())
            })
            .map(|node| node.name)
            .collect();
        for node in &self.world.nodes {
            if let Source::Call(call) = node.source {
                let name = call.path.segments.last().map(|last| last.name);
                // What a macro of ours writes may name what the call does not.
                if name.is_none_or(|name| macros.contains(&name)) {
                    return None;
                }
                unseen.named.extend(words(&call.text));
            }
            let body = node.function().and_then(|function| function.body.as_ref());
            if let Some(body) = body.filter(|body| {
                let mut calls = body.calls().iter();
                calls.any(|called| is_closed(&called.name, &macros))
            }) {
                // What it calls may be an impl, too.
                in_block(body, &macros, &mut unseen.named);
            }
        }
        for (block, _) in self.world.expansions.values() {
            in_block(block, &macros, &mut unseen.named);
        }
        for id in self.world.ids() {
            let node = self.world.node(id);
            let given = self.world.module(node.module).attributed.is_some()
                || unseen.named.contains(&node.name);
            let unclear = node.is_type() && (given || self.may_have_unseen_impls(id));
            if unclear {
                self.add_type(id, &mut unseen.types);
            }
            if node.kind == Kind::Impl
                && let Some(item) = node.item()
                && !item.attributes.foreign.is_empty()
                && let Ty::Adt(of, _) = self.scope(id).self_ty.peeled()
            {
                self.add_type(*of, &mut unseen.types);
            }
        }
        Some(unseen)
    }

    fn add_type(&self, id: NodeId, types: &mut Implementors) {
        let is_generic = !self.scope(id).params.is_empty();
        types.add(Implementors {
            heads: Some([Head::Adt(id)].into()),
            inside: (!is_generic).then(|| [id].into()),
        });
    }
}

/// What nobody sees.
struct Unseen {
    types: Implementors,
    named: HashSet<Symbol>,
}

fn meet_bounds(all: &All, bounds: &[Bound]) -> Implementors {
    let traits: Vec<TraitRef> = bounds.iter().map(|bound| bound.of).collect();
    meet(all, &traits)
}

fn meet(all: &All, traits: &[TraitRef]) -> Implementors {
    let known = traits.iter().filter_map(|of| match of {
        TraitRef::Local(of) => all.get(of),
        TraitRef::Foreign(_) => None,
    });
    known.fold(Implementors::default(), Implementors::meet)
}

/// Whether it is neither a macro of ours nor one of std's.
fn is_closed(name: &str, macros: &HashSet<Symbol>) -> bool {
    !macros.contains(&Symbol::new(name)) && !std_facts::std_macro(name)
}

/// The words in the closed calls of a block.
fn in_block(block: &ir::Block, macros: &HashSet<Symbol>, found: &mut HashSet<Symbol>) {
    for statement in &block.statements {
        in_statement(statement, macros, found);
    }
}

fn in_statement(statement: &ir::Statement, macros: &HashSet<Symbol>, found: &mut HashSet<Symbol>) {
    match statement {
        ir::Statement::Let(found_let) => {
            let parts = [&found_let.value, &found_let.otherwise];
            for part in parts.into_iter().flatten() {
                in_expression(part, macros, found);
            }
        }
        ir::Statement::Expr(expr, _) => in_expression(expr, macros, found),
        ir::Statement::Cfg(_, inner) => in_statement(inner, macros, found),
    }
}

fn in_expression(expr: &ir::Expr, macros: &HashSet<Symbol>, found: &mut HashSet<Symbol>) {
    match expr {
        ir::Expr::Block(block) | ir::Expr::Async(block) | ir::Expr::Loop(block) => {
            in_block(block, macros, found);
        }
        ir::Expr::If(_, block, _) | ir::Expr::While(_, block) | ir::Expr::For(_, _, block) => {
            in_block(block, macros, found);
        }
        ir::Expr::Macro(call) => {
            let last = call.path.segments.last();
            if last.is_none_or(|last| is_closed(&last.name, macros)) {
                found.extend(words(&call.text));
            }
        }
        _ => {}
    }
    ir::children(expr, &mut |child| in_expression(child, macros, found));
}

/// The words of a macro call's text.
fn words(text: &str) -> impl Iterator<Item = Symbol> {
    let parts = text.split(|at: char| !at.is_alphanumeric() && at != '_');
    parts.filter(|part| !part.is_empty()).map(Symbol::new)
}
