//! What operators give that types of ours are among the operands of.

use std::rc::Rc;

use super::{Program, Shape, substitute, unify_into};
use crate::ir::ItemKind;
use crate::map::HashMap;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{NodeId, TraitRef, Ty};

/// An operator's token, and the outlines of what it stands between.
pub(crate) type Operation = (Symbol, Shape, Option<Shape>);

/// In the place of an operator: impls of a trait that is not known.
const UNKNOWN: &str = "?";

/// Derives of std: none of them gives an operator, or a trait of ours.
const PLAIN_DERIVES: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
];

impl Program<'_, '_> {
    /// The type of an operator's result, where all impls that may be meant give the same.
    pub(crate) fn operator_output(&self, token: &str, own: &Ty, other: Option<&Ty>) -> Ty {
        let token = Symbol::new(token);
        let ours = [Some(own), other].into_iter().flatten();
        let mut ours = ours.filter_map(|ty| match ty.peeled() {
            Ty::Adt(node, _) => Some(*node),
            _ => None,
        });
        if !ours.clone().any(|_| true) || ours.any(|node| self.may_have_unseen_impls(node)) {
            return Ty::Unknown;
        }
        let operation = (token, Shape::of(own), other.map(Shape::of));
        let impls = self
            .operations
            .get(operation, || Rc::new(self.find_operations(operation)));
        let mut found: Option<Ty> = None;
        for id in impls.iter() {
            let output = self.output(*id, own, other);
            match &found {
                None => found = Some(output),
                Some(known) if *known == output => {}
                Some(_) => return Ty::Unknown,
            }
        }
        found.unwrap_or_default()
    }

    fn find_operations(&self, (token, own, other): Operation) -> Vec<NodeId> {
        let fits = |id: &&NodeId| {
            let facts = &self.impls[*id];
            let argument = facts.arguments.first().unwrap_or(&facts.self_ty);
            own.may_be(Shape::of(&facts.self_ty))
                && other.is_none_or(|other| other.may_become(Shape::of(argument)))
        };
        let unknown = self.of_operator.get(&Symbol::new(UNKNOWN));
        let all = self.of_operator.get(&token).into_iter().chain(unknown);
        all.flatten().filter(fits).copied().collect()
    }

    fn output(&self, id: NodeId, own: &Ty, other: Option<&Ty>) -> Ty {
        let facts = &self.impls[&id];
        let members = facts.members.get(&Symbol::new("Output"));
        let (Some([member]), [_]) = (members.map(Vec::as_slice), facts.of.as_slice()) else {
            return Ty::Unknown;
        };
        let written = match self.world.node(*member).item().map(|item| &item.kind) {
            Some(ItemKind::Type(data)) => data.ty.as_ref(),
            _ => None,
        };
        let scope = self.scope(id);
        let output = written.map_or(Ty::Unknown, |ty| self.ty(ty, &scope));
        let mut map = HashMap::default();
        unify_into(&facts.self_ty, own, &mut map);
        if let (Some(argument), Some(other)) = (facts.arguments.first(), other) {
            unify_into(argument, other, &mut map);
        }
        // Another impl's parameters must not be taken for those around.
        for (name, _) in &scope.params {
            map.entry(*name).or_default();
        }
        substitute(&output, &map)
    }

    /// Whether a type may have impls of traits that nobody sees: by derives and attributes of packages, and by closed calls
    /// beside it.
    pub(crate) fn may_have_unseen_impls(&self, node: NodeId) -> bool {
        let node = self.world.node(node);
        let attributes = node.item().map(|item| &item.attributes);
        let by_derive = attributes.is_some_and(|attributes| {
            let is_plain = |last: &crate::ir::Segment| PLAIN_DERIVES.contains(&last.name.as_str());
            let mut derives = attributes.derives.iter();
            !attributes.foreign.is_empty()
                || !derives.all(|path| path.segments.last().is_some_and(is_plain))
        });
        by_derive || !self.world.module(node.module).generators.is_empty()
    }

    /// Impls by their operator; one of a trait that is not known may be any's.
    pub(super) fn index_operators(&mut self) {
        let mut found: HashMap<Symbol, Vec<NodeId>> = HashMap::default();
        for (id, facts) in &self.impls {
            if facts.is_trait_impl && facts.of.is_empty() {
                found.entry(Symbol::new(UNKNOWN)).or_default().push(*id);
            }
            for of in &facts.of {
                if let TraitRef::Foreign(name) = of
                    && let Some(token) = std_facts::operator_of(name)
                {
                    found.entry(Symbol::new(token)).or_default().push(*id);
                }
            }
        }
        self.of_operator = found;
    }
}
