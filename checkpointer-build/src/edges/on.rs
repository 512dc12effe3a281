//! Which types of the analysed crates values are made of that are handed to code which is not read.

use std::collections::BTreeSet;

use crate::ty::{NodeId, Ty};

/// The types that values handed over may be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct On {
    /// Any type: something is not known.
    pub(crate) any: bool,
    /// Whatever code of packages was ever handed, or can make itself.
    pub(crate) handed: bool,
    pub(crate) types: BTreeSet<NodeId>,
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
        let mut on = On::default();
        for ty in types {
            on.add(ty);
        }
        on
    }

    pub(crate) fn merge(&mut self, other: On) {
        self.take_in(&other);
    }

    pub(crate) fn take_in(&mut self, other: &On) {
        self.handed |= other.handed;
        if other.any && !self.any {
            self.any = true;
            self.types.clear();
        }
        if !self.any {
            self.types.extend(&other.types);
        }
    }

    fn add(&mut self, ty: &Ty) {
        match ty {
            Ty::Prim(_) | Ty::Never => {}
            Ty::Adt(node, args) => {
                self.types.insert(*node);
                args.iter().for_each(|arg| self.add(arg));
            }
            Ty::Std(_, args) | Ty::Tuple(args) => args.iter().for_each(|arg| self.add(arg)),
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.add(inner)
            }
            // What a closure is given comes from the value that it is called for, or is made for it: what its type is the
            // closure may say.
            Ty::Function(inputs, output) => {
                self.add(output);
                self.types.extend(On::of(inputs).types);
            }
            Ty::Outside | Ty::Foreign(_) => self.handed = true,
            Ty::Unknown | Ty::Param(_) | Ty::Traits(_) => self.any = true,
        }
    }
}
