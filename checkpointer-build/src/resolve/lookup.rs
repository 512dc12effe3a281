//! Looks names and paths up in modules, following the language's order: the block's and the
//! module's own names and imports, globs, the extern prelude, std's prelude, primitives.

use std::cell::RefCell;
use std::rc::Rc;

use crate::collect::DOLLAR_CRATE;
use crate::map::{HashMap, HashSet};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::world::{
    Binding, CrateId, Def, Extern, Kind, ModId, NodeId, Ns, STD, Source, Vis, World,
};

/// What a path came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolution {
    /// What its first `consumed` segments mean; empty if they mean nothing that is known.
    pub(crate) defs: Vec<Def>,
    /// How many segments were used; the rest names an associated item.
    pub(crate) consumed: usize,
    /// The module in which the look-up failed, where it did.
    pub(crate) failed_in: Option<ModId>,
}

/// Look-ups in a linked program.
#[derive(Clone, Copy)]
pub(crate) struct Names<'w, 'a> {
    world: &'w World<'a>,
    /// The import whose path is looked up: it can't lead through itself.
    import: Option<u32>,
    /// Where what is read of imports is noted.
    reads: Option<&'w RefCell<Vec<Read>>>,
    /// Where the meanings of names in modules are kept.
    known: Option<&'w Known>,
}

/// What names mean in modules, once all imports are resolved.
pub(crate) type Known = RefCell<HashMap<(ModId, Ns, Symbol), Rc<[Def]>>>;

/// What a look-up has read of the imports of a module, whether it was there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Read {
    /// What they say of a name.
    Name(ModId, Symbol),
    /// What its globs lead to.
    Globs(ModId),
}

pub(crate) const PRIMITIVES: [&str; 17] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];

impl<'w, 'a> Names<'w, 'a> {
    pub(crate) fn new(world: &'w World<'a>) -> Self {
        Names {
            world,
            import: None,
            reads: None,
            known: None,
        }
    }

    /// Look-ups that are kept, for when the imports' meanings don't change any more.
    pub(crate) fn keeping(world: &'w World<'a>, known: &'w Known) -> Self {
        Names {
            known: Some(known),
            ..Names::new(world)
        }
    }

    pub(crate) fn for_import(
        world: &'w World<'a>,
        import: u32,
        reads: &'w RefCell<Vec<Read>>,
    ) -> Self {
        Names {
            world,
            import: Some(import),
            reads: Some(reads),
            known: None,
        }
    }

    fn note(&self, read: Read) {
        if let Some(reads) = self.reads {
            reads.borrow_mut().push(read);
        }
    }

    /// Resolves a path as far as modules, enums and packages go.
    pub(crate) fn path(
        &self,
        from: ModId,
        segments: &[Symbol],
        global: bool,
        ns: Ns,
    ) -> Resolution {
        let Some(first) = segments.first() else {
            return Resolution::default();
        };
        let krate = self.world.module(from).krate;
        let edition = self.world.krate(krate).edition;
        let first_ns = if segments.len() == 1 { ns } else { Ns::Type };
        let here = self.world.named_module(from);
        let start: Vec<Def> = if global {
            let mut found = self.extern_name(krate, *first);
            if found.is_empty() || edition == 2015 {
                let root = self.world.krate(krate).root;
                found.extend(self.in_module(root, *first, first_ns, from));
            }
            found
        } else {
            match &**first {
                "crate" => vec![Def::Mod(self.world.krate(krate).root)],
                "self" if segments.len() > 1 || ns == Ns::Type => vec![Def::Mod(here)],
                "super" => match self.world.module(here).parent {
                    Some(parent) => vec![Def::Mod(self.world.named_module(parent))],
                    None => Vec::new(),
                },
                name => match name
                    .strip_prefix(DOLLAR_CRATE)
                    .and_then(|number| number.parse().ok())
                {
                    Some(number) => vec![Def::Mod(self.world.krate(CrateId(number)).root)],
                    None => self.lexical(from, *first, first_ns),
                },
            }
        };
        self.continue_path(start, segments, from, ns)
    }

    fn continue_path(
        &self,
        start: Vec<Def>,
        segments: &[Symbol],
        from: ModId,
        ns: Ns,
    ) -> Resolution {
        if start.is_empty() {
            return Resolution {
                defs: Vec::new(),
                consumed: 0,
                failed_in: Some(from),
            };
        }
        let mut current = start;
        let mut consumed = 1;
        while consumed < segments.len() {
            let name = segments[consumed];
            let last = consumed + 1 == segments.len();
            let want = if last { ns } else { Ns::Type };
            let mut next = Vec::new();
            let mut failed = None;
            // Whether one of several definitions, as two sides of a `cfg` give them, is a type without such a variant.
            let mut ends = false;
            for def in &current {
                let before = next.len();
                match def {
                    Def::Mod(module) if name == "super" => {
                        let up = self.world.module(self.world.named_module(*module)).parent;
                        next.extend(up.map(|parent| Def::Mod(self.world.named_module(parent))));
                    }
                    Def::Mod(module) if name == "self" => next.push(Def::Mod(*module)),
                    Def::Mod(module) => {
                        let found = self.in_module(*module, name, want, from);
                        if found.is_empty() {
                            failed = Some(*module);
                        }
                        next.extend(found);
                    }
                    Def::Node(node) if self.world.node(*node).kind == Kind::Enum => {
                        next.extend(self.variant(*node, name));
                    }
                    Def::Foreign(path, package) => {
                        next.push(Def::Foreign(extend(*path, name), *package))
                    }
                    _ => {}
                }
                let is_type = matches!(def, Def::Node(_) | Def::Variant(..) | Def::Prim(_));
                ends |= is_type && next.len() == before;
            }
            if ends && !next.is_empty() {
                return Resolution {
                    defs: dedup(current),
                    consumed,
                    failed_in: None,
                };
            }
            if next.is_empty() {
                // What is left names an associated item of a type or trait.
                let bases: Vec<Def> = current
                    .iter()
                    .copied()
                    .filter(|def| matches!(def, Def::Node(_) | Def::Variant(..) | Def::Prim(_)))
                    .collect();
                if bases.is_empty() {
                    return Resolution {
                        defs: Vec::new(),
                        consumed,
                        failed_in: failed.or(Some(from)),
                    };
                }
                return Resolution {
                    defs: bases,
                    consumed,
                    failed_in: None,
                };
            }
            current = dedup(next);
            consumed += 1;
        }
        Resolution {
            defs: dedup(current),
            consumed,
            failed_in: None,
        }
    }

    fn variant(&self, node: NodeId, name: Symbol) -> Option<Def> {
        let crate::ir::ItemKind::Enum(data) = &self.world.node(node).item()?.kind else {
            return None;
        };
        let at = data
            .variants
            .iter()
            .position(|variant| variant.name == name)?;
        Some(Def::Variant(node, at as u32))
    }

    /// Whether a closed macro call in a module, or in one whose names it takes in, declares something of this name: that hides a
    /// package, and what std's prelude has.
    fn is_made_unseen(&self, module: ModId, name: Symbol) -> bool {
        let data = self.world.module(module);
        let globs = data.globs.iter().flat_map(|glob| {
            let targets = &self.world.imports[*glob as usize].targets;
            targets.iter().filter_map(|(_, def)| match def {
                Def::Mod(inner) => Some(self.world.module(*inner)),
                _ => None,
            })
        });
        let mut made = std::iter::once(data)
            .chain(globs)
            .flat_map(|data| &data.generators);
        made.any(|id| match self.world.node(*id).source {
            Source::Call(call) => declares(&call.text, &name),
            Source::Item(_) => false,
        })
    }

    /// A name in scope: blocks outwards, the module, the extern prelude, std's prelude, primitives.
    pub(crate) fn lexical(&self, from: ModId, name: Symbol, ns: Ns) -> Vec<Def> {
        let Some(known) = self.known else {
            return self.find_lexical(from, name, ns);
        };
        if let Some(found) = known.borrow().get(&(from, ns, name)) {
            return found.to_vec();
        }
        let found = self.find_lexical(from, name, ns);
        known
            .borrow_mut()
            .insert((from, ns, name), found.as_slice().into());
        found
    }

    fn find_lexical(&self, from: ModId, name: Symbol, ns: Ns) -> Vec<Def> {
        let mut module = from;
        loop {
            let found = self.in_module(module, name, ns, from);
            if !found.is_empty() {
                return found;
            }
            if ns != Ns::Macro && self.is_made_unseen(module, name) {
                return Vec::new();
            }
            if !self.world.module(module).is_block {
                break;
            }
            match self.world.module(module).parent {
                Some(parent) => module = parent,
                None => break,
            }
        }
        let krate = self.world.module(from).krate;
        if ns == Ns::Type {
            let found = self.extern_name(krate, name);
            if !found.is_empty() {
                return found;
            }
        }
        if ns == Ns::Macro {
            for target in &self.world.krate(krate).macro_use {
                if let Extern::Crate(id) = target {
                    let root = self.world.krate(*id).root;
                    let found = self.in_module(root, name, ns, from);
                    if !found.is_empty() {
                        return found;
                    }
                }
            }
        }
        let edition = self.world.krate(krate).edition;
        let known = match ns {
            Ns::Type => std_facts::prelude_type(&name, edition)
                .or_else(|| std_facts::prelude_trait(&name, edition)),
            Ns::Value => std_facts::prelude_value(&name, edition),
            Ns::Macro => None,
        };
        if let Some(path) = known {
            return vec![Def::Foreign(Symbol::new(path), STD)];
        }
        if ns == Ns::Macro && std_facts::std_macro(&name) {
            return vec![Def::Foreign(Symbol::new(&format!("std::{name}")), STD)];
        }
        if ns == Ns::Type && PRIMITIVES.contains(&&*name) {
            return vec![Def::Prim(name)];
        }
        if ns == Ns::Macro && std_facts::is_derive(&name) {
            let own = Def::Foreign(Symbol::new(&format!("std::{name}")), STD);
            return std::iter::once(own)
                .chain(self.foreign_globs(from, name))
                .collect();
        }
        if ns == Ns::Macro {
            // `#[macro_use] extern crate` of a package that is not read may define any macro.
            let foreign =
                self.world
                    .krate(krate)
                    .macro_use
                    .iter()
                    .filter_map(|target| match target {
                        Extern::Package(id, root) if *id != STD => {
                            Some(Def::Foreign(extend(*root, name), *id))
                        }
                        _ => None,
                    });
            let foreign: Vec<Def> = foreign.collect();
            if !foreign.is_empty() {
                return foreign;
            }
        }
        // A glob of a package that is not read may bring any name.
        self.foreign_globs(from, name)
    }

    fn foreign_globs(&self, from: ModId, name: Symbol) -> Vec<Def> {
        let mut module = from;
        let mut found = Vec::new();
        let mut seen = HashSet::default();
        loop {
            self.foreign_globs_in(module, name, &mut seen, &mut found);
            if !found.is_empty() || !self.world.module(module).is_block {
                return dedup(found);
            }
            match self.world.module(module).parent {
                Some(parent) => module = parent,
                None => return dedup(found),
            }
        }
    }

    fn foreign_globs_in(
        &self,
        module: ModId,
        name: Symbol,
        seen: &mut HashSet<ModId>,
        found: &mut Vec<Def>,
    ) {
        if !seen.insert(module) {
            return;
        }
        self.note(Read::Globs(module));
        for glob in &self.world.module(module).globs {
            for (_, def) in &self.world.imports[*glob as usize].targets {
                match def {
                    Def::Foreign(path, package) => {
                        found.push(Def::Foreign(extend(*path, name), *package))
                    }
                    Def::Mod(inner) => self.foreign_globs_in(*inner, name, seen, found),
                    _ => {}
                }
            }
        }
    }

    /// A crate's name.
    pub(crate) fn extern_name(&self, krate: CrateId, name: Symbol) -> Vec<Def> {
        match self.world.krate(krate).externs.get(&name) {
            Some(Extern::Crate(id)) => vec![Def::Mod(self.world.krate(*id).root)],
            Some(Extern::Package(id, root)) => vec![Def::Foreign(*root, *id)],
            None if matches!(&*name, "std" | "core" | "alloc" | "proc_macro" | "test") => {
                vec![Def::Foreign(
                    if name == "std" {
                        name
                    } else {
                        canonical_std(name)
                    },
                    STD,
                )]
            }
            None => Vec::new(),
        }
    }

    /// A name of a module: its definitions and named imports, else its globs.
    pub(crate) fn in_module(&self, module: ModId, name: Symbol, ns: Ns, from: ModId) -> Vec<Def> {
        let mut found = Vec::new();
        self.explicit(module, name, ns, from, &mut found);
        if found.is_empty() && !self.world.module(module).globs.is_empty() {
            let mut seen = HashSet::from_iter([module]);
            self.globs(module, name, ns, from, &mut seen, &mut found);
        }
        dedup(found)
    }

    fn explicit(&self, module: ModId, name: Symbol, ns: Ns, from: ModId, found: &mut Vec<Def>) {
        self.note(Read::Name(module, name));
        let data = self.world.module(module);
        for names in [&data.defined, &data.imported] {
            for binding in names.get(&(ns, name)).into_iter().flatten() {
                let own = binding.import.is_some() && binding.import == self.import;
                if !own && self.visible(binding, from) {
                    found.push(binding.def);
                }
            }
        }
    }

    fn visible(&self, binding: &Binding, from: ModId) -> bool {
        match binding.vis {
            Vis::Public => true,
            Vis::In(scope) => self.world.is_within(from, scope),
        }
    }

    fn globs(
        &self,
        module: ModId,
        name: Symbol,
        ns: Ns,
        from: ModId,
        seen: &mut HashSet<ModId>,
        found: &mut Vec<Def>,
    ) {
        self.note(Read::Globs(module));
        for glob in &self.world.module(module).globs {
            let import = &self.world.imports[*glob as usize];
            let usable = match import.vis {
                Vis::Public => true,
                Vis::In(scope) => self.world.is_within(from, scope),
            };
            if !usable {
                continue;
            }
            for (_, def) in &import.targets {
                match def {
                    Def::Mod(inner) => {
                        if !seen.insert(*inner) {
                            continue;
                        }
                        // What the glob brings is what its own module may see there.
                        let before = found.len();
                        self.explicit(*inner, name, ns, import.module, found);
                        if found.len() == before {
                            self.globs(*inner, name, ns, import.module, seen, found);
                        }
                    }
                    Def::Node(node)
                        if self.world.node(*node).kind == Kind::Enum && ns != Ns::Macro =>
                    {
                        found.extend(self.variant(*node, name));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// `core` and `alloc` paths mean what `std`'s do.
fn canonical_std(name: Symbol) -> Symbol {
    match &*name {
        "core" | "alloc" => Symbol::new("std"),
        _ => name,
    }
}

fn extend(path: Symbol, name: Symbol) -> Symbol {
    Symbol::new(&format!("{path}::{name}"))
}

fn dedup(mut defs: Vec<Def>) -> Vec<Def> {
    if defs.len() < 2 {
        return defs;
    }
    let mut seen = HashSet::default();
    defs.retain(|def| seen.insert(*def));
    defs
}

/// Whether the name stands behind an item's keyword.
fn declares(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].trim_end();
        let keyword = before.rsplit(|character| !is_part(character)).next();
        before.len() < at
            && !text[at + name.len()..].starts_with(is_part)
            && matches!(
                keyword,
                Some(
                    "struct"
                        | "enum"
                        | "union"
                        | "type"
                        | "trait"
                        | "fn"
                        | "const"
                        | "static"
                        | "mod"
                )
            )
    })
}
