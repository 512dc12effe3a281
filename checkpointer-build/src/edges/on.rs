//! Which types of the analysed crates values are made of that are handed to code which is not read.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::item::Walker;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};

/// The types that values handed over may be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct On {
    /// Any type: something is not known.
    pub(crate) any: bool,
    /// Whatever code of packages was ever handed, or can make itself.
    pub(crate) handed: bool,
    pub(crate) types: BTreeSet<NodeId>,
    /// Any type as far as it has one of these traits: an object, or what a type parameter stands for. Nobody can ask more of it
    /// than they give.
    pub(crate) traits: BTreeSet<TraitRef>,
    /// The same of types that have all traits of one list, of which some are ours.
    pub(crate) bounded: BTreeSet<Vec<TraitRef>>,
}

impl On {
    /// Not known: every type.
    pub(crate) fn any() -> On {
        On {
            any: true,
            ..On::default()
        }
    }

    /// What values of these types are made of.
    pub(crate) fn of<'t>(types: impl IntoIterator<Item = &'t Ty>) -> On {
        On::within(types, &|_| None)
    }

    /// The same with what is known of the type parameters in scope.
    fn within<'t>(types: impl IntoIterator<Item = &'t Ty>, bounds: &Bounds<'_>) -> On {
        let mut on = On::default();
        for ty in types {
            on.add(ty, bounds);
        }
        if on.any {
            on.types.clear();
            on.traits.clear();
            on.bounded.clear();
        }
        on
    }

    /// The traits of the objects that a value of a type may hold; what its parameters stand for is told with the type.
    pub(crate) fn objects(ty: &Ty) -> BTreeSet<TraitRef> {
        let mut on = On::default();
        on.add(ty, &|_| Some((Vec::new(), Vec::new())));
        let bounded = on.bounded.into_iter().flatten();
        on.traits.into_iter().chain(bounded).collect()
    }

    /// Whether it may be a type that is not known here.
    pub(crate) fn is_open(&self) -> bool {
        self.any || !self.traits.is_empty() || !self.bounded.is_empty()
    }

    pub(crate) fn merge(&mut self, other: On) {
        self.take_in(&other);
    }

    pub(crate) fn take_in(&mut self, other: &On) {
        self.handed |= other.handed;
        if other.any && !self.any {
            self.any = true;
            self.types.clear();
            self.traits.clear();
            self.bounded.clear();
        }
        if !self.any {
            self.types.extend(&other.types);
            self.traits.extend(&other.traits);
            self.bounded.extend(other.bounded.iter().cloned());
        }
    }

    fn add(&mut self, ty: &Ty, bounds: &Bounds<'_>) {
        match ty {
            Ty::Prim(_) | Ty::Never => {}
            Ty::Adt(node, args) => {
                self.types.insert(*node);
                args.iter().for_each(|arg| self.add(arg, bounds));
            }
            Ty::Std(_, args) | Ty::Tuple(args) => args.iter().for_each(|arg| self.add(arg, bounds)),
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.add(inner, bounds)
            }
            // What a closure is given comes from the value that it is called for, or is made for it: what its type is the
            // closure may say.
            Ty::Function(inputs, output) => {
                self.add(output, bounds);
                self.types.extend(On::of(inputs).types);
            }
            Ty::Outside | Ty::Foreign(_) => self.handed = true,
            Ty::Param(name) => match bounds(*name) {
                Some((own, around)) => {
                    self.all_of(&own, bounds);
                    // They bound other types, in which it may stand.
                    self.bounded(&around, bounds);
                }
                None => self.any = true,
            },
            Ty::Traits(found) if !found.is_empty() => self.all_of(found, bounds),
            Ty::Unknown | Ty::Traits(_) => self.any = true,
        }
    }

    /// A value that has all of these traits.
    fn all_of(&mut self, found: &[Bound], bounds: &Bounds<'_>) {
        let mut traits: Vec<TraitRef> = found.iter().map(|bound| bound.of).collect();
        traits.sort();
        traits.dedup();
        if traits.iter().any(|of| matches!(of, TraitRef::Local(_))) {
            self.bounded.insert(traits);
            self.bindings(found, bounds);
        } else {
            self.bounded(found, bounds);
        }
    }

    fn bounded(&mut self, found: &[Bound], bounds: &Bounds<'_>) {
        self.traits.extend(found.iter().map(|bound| bound.of));
        self.bindings(found, bounds);
    }

    /// What the traits' arguments and associated types say.
    fn bindings(&mut self, found: &[Bound], bounds: &Bounds<'_>) {
        for Bound { bindings, .. } in found {
            for (name, ty) in bindings {
                match (&**name, ty) {
                    ("Args", Ty::Tuple(inputs)) => self.types.extend(On::of(inputs).types),
                    _ => self.add(ty, bounds),
                }
            }
        }
    }
}

/// What bounds a type parameter, if that is known, and what bounds types in which it may stand.
type Bounds<'s> = dyn Fn(Symbol) -> Option<(Vec<Bound>, Vec<Bound>)> + 's;

impl Walker<'_, '_, '_> {
    /// What values of these types are made of; a type parameter is whatever has its bounds.
    pub(super) fn on<'t>(&self, types: impl IntoIterator<Item = &'t Ty>) -> On {
        let scope = &self.scope;
        let seen = RefCell::new(BTreeSet::new());
        On::within(types, &|name| {
            let mut params = scope.params.iter().rev();
            let (_, bounds) = params.find(|(param, _)| *param == name)?;
            if scope.has_unknown_bounds {
                return None;
            }
            // Bounds may name the parameter that they bound.
            if !seen.borrow_mut().insert(name) {
                return Some((Vec::new(), Vec::new()));
            }
            Some((bounds.clone(), scope.around.clone()))
        })
    }
}
