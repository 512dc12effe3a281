//! What comes from outside of everything that is reached: values that a root's caller hands over, and those that someone
//! has put into a static. Whoever made them has chosen their types.

use crate::ir::{self, ItemKind, Type};
use crate::map::HashSet;
use crate::program::Scope;
use crate::symbol::Symbol;
use crate::ty::{Bound, NodeId, TraitRef, Ty};
use crate::type_arguments::names_impl_trait;

use super::item::Walker;

/// What is found in a type.
#[derive(Default)]
struct Contents {
    /// The traits of trait objects.
    traits: Vec<TraitRef>,
    /// Whether there are `fn` pointers, or objects that are closures.
    functions: bool,
    /// Whether a value behind a shared reference can be changed; so too if the type isn't known.
    settable: bool,
    seen: HashSet<NodeId>,
}

impl<'a> Walker<'_, '_, 'a> {
    /// The traits that someone who calls this function from outside may bring any implementation of.
    pub(super) fn signature_traits(&mut self, function: &'a ir::Function) {
        let mut traits = Vec::new();
        for (_, bounds) in &self.scope.params {
            traits.extend(bounds.iter().map(|bound| bound.of));
        }
        self.asked_of_others(self.node, &mut traits);
        if let Some(parent) = self.scope.parent {
            self.asked_of_others(parent, &mut traits);
        }
        self.type_arguments_have(std::mem::take(&mut traits));
        let own = function
            .receiver
            .iter()
            .map(|_| (self.scope.self_ty.clone(), true));
        let inputs = function.params.iter().map(|param| {
            let ty = self.program.ty(&param.ty, &self.scope);
            (ty, !names_impl_trait(&param.ty))
        });
        let inputs: Vec<(Ty, bool)> = inputs.chain(own).collect();
        let alone = function.params.iter().map(|param| is_impl_trait(&param.ty));
        let alone: Vec<bool> = alone.chain([false]).collect();
        let mut contents = Contents::default();
        let mut objects = 0;
        for ((ty, is_named), alone) in inputs.into_iter().zip(alone) {
            match ty.peeled() {
                // A type parameter without a name.
                Ty::Traits(bounds) if alone => {
                    self.type_arguments_have(bounds.iter().map(|bound| bound.of).collect());
                    let bindings = bounds.iter().flat_map(|bound| &bound.bindings);
                    bindings.for_each(|(_, ty)| traits_in(ty, &mut traits));
                }
                _ => traits_in(&ty, &mut traits),
            }
            let before = contents.traits.len();
            self.contents(&ty, &mut contents);
            if alone {
                // A type argument, and so of the key: what std's traits lead to is found by its type.
                let found = contents.traits.split_off(before);
                let local = |of: &TraitRef| matches!(of, TraitRef::Local(_));
                contents.traits.extend(found.into_iter().filter(local));
            }
            if is_named {
                objects += contents.traits.len() - before;
            }
        }
        if objects > 0 {
            self.objects_from_above();
        }
        traits.extend(contents.traits);
        if contents.functions {
            traits.push(TraitRef::Foreign(Symbol::new("Fn")));
        }
        self.brought(traits);
    }

    /// The function's type arguments have these traits.
    fn type_arguments_have(&mut self, traits: Vec<TraitRef>) {
        for of in traits {
            for of in self.program.with_supertraits(of) {
                match of {
                    TraitRef::Local(node) => self.edges.brought_traits.insert(node),
                    TraitRef::Foreign(name) => self.edges.argument_foreign.insert(name),
                };
            }
        }
    }

    /// A library's function that is kept and takes trait objects may be given ones that a crate above it implements: that code
    /// is in no table of this package, and nothing in the key tells of it.
    fn objects_from_above(&mut self) {
        let world = self.program.world;
        let node = world.node(self.node);
        let Some(item) = node.item() else { return };
        let is_kept = item
            .attributes
            .checkpoint
            .iter()
            .any(|layer| !layer.version);
        if is_kept && world.krate(node.krate).target == "lib" {
            self.unseen_at(
                item.name_at,
                "it takes trait objects, which crates that depend on this one may implement with code that is not seen: make it \
                 generic over the trait instead",
            );
        }
    }

    /// What an item's generics ask of other types than their parameters: `T::Item: Trait`, `T: Iterator<Item: Trait>`.
    fn asked_of_others(&self, id: NodeId, traits: &mut Vec<TraitRef>) {
        let generics = match self.program.world.node(id).item().map(|item| &item.kind) {
            Some(ItemKind::Fn(data)) => &data.generics,
            Some(ItemKind::Impl(data)) => &data.generics,
            Some(ItemKind::Trait(data)) => &data.generics,
            _ => return,
        };
        let mut paths: Vec<&ir::Path> = Vec::new();
        for param in &generics.types {
            paths.extend(&param.bounds);
        }
        paths.extend(generics.wheres.iter().flat_map(|(_, bounds)| bounds));
        while let Some(path) = paths.pop() {
            traits.extend(self.program.trait_refs(path, &self.scope));
            let args = path
                .segments
                .iter()
                .filter_map(|segment| segment.args.as_deref());
            paths.extend(
                args.flat_map(|args| &args.constraints)
                    .flat_map(|(_, bounds)| bounds),
            );
        }
    }

    /// What a static holds that may be set while the program runs, by code that nothing here reaches.
    pub(super) fn contents_of_static(&mut self, ty: &'a Type, item: &ir::Item) {
        let mut contents = Contents::default();
        self.spelled_contents(ty, &self.scope, &mut contents);
        if !contents.settable {
            return;
        }
        self.brought(contents.traits);
        if contents.functions && item.attributes.capture != Some(false) {
            self.unseen_at(
                item.name_at,
                "the functions that this static holds may be set while the program runs: name them with `depends_on`, and mark \
                 it #[no_capture]",
            );
        }
    }

    fn brought(&mut self, traits: Vec<TraitRef>) {
        for of in traits {
            for of in self.program.with_supertraits(of) {
                match of {
                    TraitRef::Local(node) => {
                        self.edges.brought_traits.insert(node);
                        self.edges.brought_objects.insert(node);
                    }
                    TraitRef::Foreign(name) => {
                        self.edges.brought_foreign.insert(name);
                    }
                }
            }
        }
    }

    /// The contents of a type as it is written, so that arguments of types of packages are not lost.
    fn spelled_contents(&self, ty: &Type, scope: &Scope, contents: &mut Contents) {
        let known = self.program.ty(ty, scope);
        match &known {
            Ty::Std(name, _) => contents.settable |= is_settable(name),
            Ty::Foreign(_) | Ty::Outside | Ty::Unknown => contents.settable = true,
            _ => {}
        }
        self.contents(&known, contents);
        match ty {
            Type::Path(path) => {
                for args in path
                    .segments
                    .iter()
                    .filter_map(|segment| segment.args.as_ref())
                {
                    for arg in &args.types {
                        self.spelled_contents(arg, scope, contents);
                    }
                }
            }
            Type::Reference(inner)
            | Type::Pointer(inner)
            | Type::Slice(inner)
            | Type::Array(inner, ..) => self.spelled_contents(inner, scope, contents),
            Type::Tuple(parts) => {
                for part in parts {
                    self.spelled_contents(part, scope, contents);
                }
            }
            _ => {}
        }
    }

    /// Trait objects and functions, however deep in the fields of local types.
    fn contents(&self, ty: &Ty, contents: &mut Contents) {
        match ty {
            Ty::Traits(bounds) => {
                contents.traits.extend(bounds.iter().map(|bound| bound.of));
                contents.functions |= bounds.iter().any(|bound| is_function(bound.of));
            }
            Ty::Function(..) => contents.functions = true,
            Ty::Adt(node, args) => {
                for arg in args {
                    self.contents(arg, contents);
                }
                if !contents.seen.insert(*node) {
                    return;
                }
                let scope = self.program.scope(*node);
                let fields: Vec<&ir::Field> =
                    match self.program.world.node(*node).item().map(|item| &item.kind) {
                        Some(ItemKind::Struct(data)) => data.fields.fields.iter().collect(),
                        Some(ItemKind::Enum(data)) => data
                            .variants
                            .iter()
                            .flat_map(|variant| &variant.fields.fields)
                            .collect(),
                        _ => Vec::new(),
                    };
                for field in fields {
                    self.spelled_contents(&field.ty, &scope, contents);
                }
            }
            Ty::Std(name, args) => {
                contents.settable |= is_settable(name);
                for arg in args {
                    self.contents(arg, contents);
                }
            }
            Ty::Tuple(args) => {
                for arg in args {
                    self.contents(arg, contents);
                }
            }
            Ty::Foreign(_) => contents.settable = true,
            Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
                self.contents(inner, contents);
            }
            _ => {}
        }
    }
}

/// Whether a type of std lets its content be changed, or be set late, through a shared reference.
fn is_settable(name: &str) -> bool {
    name.starts_with("Atomic")
        || matches!(
            name,
            "Mutex"
                | "RwLock"
                | "OnceLock"
                | "OnceCell"
                | "Cell"
                | "RefCell"
                | "UnsafeCell"
                | "SyncUnsafeCell"
                | "ReentrantLock"
        )
}

fn is_function(of: TraitRef) -> bool {
    matches!(of, TraitRef::Foreign(name) if matches!(&*name, "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce"))
}

/// Whether a parameter's type is `impl Trait`, or a reference to it, and nothing else.
fn is_impl_trait(ty: &Type) -> bool {
    match ty {
        Type::Impl(_) => true,
        Type::Reference(inner) => is_impl_trait(inner),
        _ => false,
    }
}

fn traits_in(ty: &Ty, traits: &mut Vec<TraitRef>) {
    match ty {
        Ty::Traits(bounds) => {
            for Bound { of, bindings } in bounds {
                traits.push(*of);
                bindings.iter().for_each(|(_, ty)| traits_in(ty, traits));
            }
        }
        Ty::Adt(_, args) | Ty::Std(_, args) | Ty::Tuple(args) => {
            args.iter().for_each(|arg| traits_in(arg, traits))
        }
        Ty::Ref(inner) | Ty::Pointer(inner) | Ty::Slice(inner) | Ty::Array(inner) => {
            traits_in(inner, traits)
        }
        Ty::Function(inputs, output) => {
            inputs.iter().for_each(|ty| traits_in(ty, traits));
            traits_in(output, traits);
        }
        _ => {}
    }
}
