//! What values lead to by dereferencing, and the methods that are behind.

use super::Demand;
use super::item::Walker;
use crate::program::Head;
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::{Bound, TraitRef, Ty};

/// How often a value is dereferenced at most.
pub(super) const STEPS: usize = 12;

impl Walker<'_, '_, '_> {
    /// Methods of that name of what a pointer or guard of std leads to: they count too, because which traits std's type
    /// itself has is not known for sure. Whether there is any.
    pub(super) fn methods_behind(&mut self, ty: &Ty, name: Symbol) -> bool {
        let mut any = false;
        let mut next = self.deref_target(ty);
        for _ in 0..STEPS {
            let Some(ty) = next else { break };
            match &ty {
                Ty::Adt(node, _) => {
                    let found = self.inherent(*node, name);
                    any |= !found.is_empty();
                    self.edges.nodes.extend(found);
                    let head = Head::Adt(*node);
                    for of in self.program.traits_with.get(&name).into_iter().flatten() {
                        if self.program.may_implement(*of, head) {
                            self.edges.demand(Demand::Member(*of, name, head));
                            any = true;
                        }
                    }
                    next = self.deref_target(&ty);
                }
                Ty::Traits(_) | Ty::Param(_) => {
                    for bound in self.bounds_on(&ty) {
                        for of in self.program.with_supertraits(bound.of) {
                            if self.declares(of, name) {
                                self.edges.trait_member(of, name, Head::Any);
                                any = true;
                            }
                        }
                    }
                    next = self.deref_target(&ty);
                }
                Ty::Unknown => {
                    self.edges.demand(Demand::Any(name));
                    return true;
                }
                _ => next = std_facts::deref(&ty),
            }
        }
        any
    }

    /// The traits that a type parameter or an object is known to have.
    fn bounds_on(&self, ty: &Ty) -> Vec<Bound> {
        match ty {
            Ty::Param(param) => self.program.bounds_of(&self.scope, *param).to_vec(),
            Ty::Traits(bounds) => bounds.clone(),
            _ => Vec::new(),
        }
    }

    /// What `*value` gives for a type with an impl of `Deref`, or for one that a bound says it of.
    pub(super) fn deref_target(&self, ty: &Ty) -> Option<Ty> {
        let Ty::Adt(node, _) = ty else {
            let bounds = self.bounds_on(ty);
            let dereferences = bounds.iter().any(|bound| {
                let all = self.program.with_supertraits(bound.of);
                all.iter().any(is_deref)
            });
            if dereferences {
                let mut bindings = bounds.iter().flat_map(|bound| &bound.bindings);
                let target = bindings.find(|(name, _)| &**name == "Target");
                return Some(target.map(|(_, ty)| ty.clone()).unwrap_or_default());
            }
            return std_facts::deref(ty);
        };
        let has_deref = self
            .program
            .impls_of_type
            .get(node)
            .into_iter()
            .flatten()
            .any(|id| {
                self.program
                    .impls
                    .get(id)
                    .is_some_and(|facts| facts.of.iter().any(is_deref))
            });
        has_deref.then(|| {
            self.program
                .associated_type(ty, Symbol::new("Target"), &self.scope)
        })
    }
}

/// Whether values of a type with this trait may stand for what they lead to.
fn is_deref(of: &TraitRef) -> bool {
    matches!(of, TraitRef::Foreign(name) if matches!(&**name, "Deref" | "DerefMut"))
}
