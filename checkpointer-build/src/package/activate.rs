//! Which features are on, as Cargo switches them on: from a package to those that it asks for, from a feature to what its
//! list says.

use std::collections::{BTreeMap, BTreeSet};

use super::DependencyKind;
use super::declared::{Switch, Wanted};
use super::known::{Entry, Known};
use crate::map::{HashMap, HashSet};
use crate::symbol::Symbol;

/// What a package is built for. Build scripts, procedural macros and what is below them run while others are compiled, and
/// may have other features there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    Target,
    Host,
}

/// A package, by its place in the lock file, on one side.
pub(super) type Place = (usize, Side);

/// Something that is on.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A package with all that it can't do without.
    Package(Place),
    /// A feature of a package.
    Feature(Place, Symbol),
    /// An entry as it stands in a feature's list, or on the command line.
    Switch(Place, Switch),
    /// A package of which nothing is known but that it is there, and all below it.
    Opaque(Place, Symbol),
}

/// Whether `name?/feature` counts.
pub(super) enum Weak<'a> {
    /// If this build brings the dependency in.
    Exact,
    /// If any of these is brought in: by others that may be built together with it.
    Linked(&'a HashSet<(Place, usize)>),
}

/// What is on in one build.
#[derive(Default)]
pub(super) struct Build {
    pub(super) features: BTreeMap<Place, BTreeSet<Symbol>>,
    /// Dependencies in use: whose, and which of those that it asks for.
    pub(super) linked: HashSet<(Place, usize)>,
    /// The same between packages, without those of tests.
    pub(super) edges: BTreeSet<(usize, usize)>,
    /// Packages whose manifest was not found, where it can matter.
    pub(super) unknown: BTreeSet<usize>,
}

/// Switches on what follows from the first steps. `tested` are the packages whose tests are built.
pub(super) fn build(
    known: &mut Known<'_>,
    first: Vec<Step>,
    tested: &[usize],
    weak: &Weak<'_>,
) -> Build {
    let mut activation = Activation {
        known,
        tested,
        weak,
        open: first,
        default: Symbol::new("default"),
        done: HashSet::default(),
        waiting: HashMap::default(),
        build: Build::default(),
    };
    while let Some(step) = activation.open.pop() {
        activation.step(step);
    }
    activation.build
}

struct Activation<'a, 'l> {
    known: &'a mut Known<'l>,
    tested: &'a [usize],
    weak: &'a Weak<'a>,
    open: Vec<Step>,
    default: Symbol,
    done: HashSet<Place>,
    /// Features of dependencies that are not in use so far.
    waiting: HashMap<(Place, usize), Vec<Symbol>>,
    build: Build,
}

impl Activation<'_, '_> {
    fn step(&mut self, step: Step) {
        match step {
            Step::Package(place) => self.package(place),
            Step::Feature(place, name) => self.feature(place, name),
            Step::Switch(place, switch) => self.switch(place, switch),
            Step::Opaque(place, mark) => self.opaque(place, mark),
        }
    }

    fn package(&mut self, place: Place) {
        if !self.done.insert(place) {
            return;
        }
        self.build.features.entry(place).or_default();
        let Some(entry) = self.known.entry(place.0) else {
            let is_absent = self.known.is_absent(place.0);
            if !is_absent {
                self.build.unknown.insert(place.0);
            }
            // A package for another platform need not be there to switch features on.
            if !is_absent || self.known.unites_platforms() {
                let mark = self.known.mark(place.0);
                self.open.push(Step::Opaque(place, mark));
            }
            return;
        };
        for (at, wanted) in entry.declared.wanted.iter().enumerate() {
            if !wanted.optional && self.counts(place, &entry, at) {
                self.link(place, at, wanted);
            }
        }
    }

    fn feature(&mut self, place: Place, name: Symbol) {
        if !self.build.features.entry(place).or_default().insert(name) {
            return;
        }
        let Some(entry) = self.known.entry(place.0) else {
            return;
        };
        let switches = entry.declared.features.get(&name).into_iter().flatten();
        self.open
            .extend(switches.map(|switch| Step::Switch(place, *switch)));
    }

    fn switch(&mut self, place: Place, switch: Switch) {
        let Some(entry) = self.known.entry(place.0) else {
            return;
        };
        let (name, feature) = match switch {
            Switch::Feature(name) => return self.feature(place, name),
            Switch::Dependency(name) => (name, None),
            Switch::Of(name, feature) => {
                let is_feature = entry.declared.features.contains_key(&name);
                let wanted = entry.declared.wanted.iter();
                let is_optional = wanted
                    .clone()
                    .any(|wanted| wanted.optional && name == wanted.key);
                if is_feature && is_optional {
                    self.feature(place, name);
                }
                (name, Some(feature))
            }
            Switch::OfPresent(name, feature) => (name, Some(feature)),
        };
        let is_weak = matches!(switch, Switch::OfPresent(..));
        for (at, wanted) in entry.declared.wanted.iter().enumerate() {
            if name != wanted.key || !self.counts(place, &entry, at) {
                continue;
            }
            if wanted.optional && !is_weak {
                self.link(place, at, wanted);
            }
            let Some(feature) = feature else { continue };
            let present = match self.weak {
                _ if !wanted.optional || !is_weak => true,
                Weak::Exact => self.build.linked.contains(&(place, at)),
                Weak::Linked(all) => all.contains(&(place, at)),
            };
            if present {
                self.ask(place, at, wanted, feature);
            } else {
                self.waiting.entry((place, at)).or_default().push(feature);
            }
        }
    }

    /// Brings a dependency in, with the features that are asked of it.
    fn link(&mut self, place: Place, at: usize, wanted: &Wanted) {
        let Some(to) = self.known.target(place.0, at) else {
            return;
        };
        if !self.build.linked.insert((place, at)) {
            return;
        }
        let takes_part = |entry: &Entry| entry.takes_part(at, place.1);
        let takes_part = self.known.entry(place.0).as_deref().is_some_and(takes_part);
        if wanted.kind != DependencyKind::Dev && takes_part {
            self.build.edges.insert((place.0, to));
        }
        let side = self.side(place, wanted, to);
        self.open.push(Step::Package((to, side)));
        if wanted.default_features {
            self.ask(place, at, wanted, self.default);
        }
        for feature in &wanted.features {
            self.ask(place, at, wanted, *feature);
        }
        for feature in self.waiting.remove(&(place, at)).unwrap_or_default() {
            self.ask(place, at, wanted, feature);
        }
    }

    fn ask(&mut self, place: Place, at: usize, wanted: &Wanted, feature: Symbol) {
        let Some(to) = self.known.target(place.0, at) else {
            return;
        };
        // Every package may be asked for its default features, whether it has any or not.
        let has_none = self
            .known
            .entry(to)
            .is_some_and(|entry| !entry.declared.features.contains_key(&feature));
        if feature == self.default && has_none {
            return;
        }
        let side = self.side(place, wanted, to);
        self.open.push(Step::Feature((to, side), feature));
    }

    fn side(&mut self, place: Place, wanted: &Wanted, to: usize) -> Side {
        let is_proc_macro = self
            .known
            .entry(to)
            .is_some_and(|entry| entry.declared.is_proc_macro);
        if wanted.kind == DependencyKind::Build || is_proc_macro {
            Side::Host
        } else {
            place.1
        }
    }

    /// Whatever an unknown package may ask of those below it, it asks by its own version.
    fn opaque(&mut self, place: Place, mark: Symbol) {
        for to in self.known.below(place.0) {
            self.build.edges.insert((place.0, to));
            for side in [Side::Target, Side::Host] {
                let place = (to, side);
                self.open.push(Step::Package(place));
                if self.build.features.entry(place).or_default().insert(mark) {
                    self.open.push(Step::Opaque(place, mark));
                }
            }
        }
    }

    fn counts(&self, place: Place, entry: &Entry, at: usize) -> bool {
        let is_tests = entry.declared.wanted[at].kind == DependencyKind::Dev;
        (!is_tests || self.tested.contains(&place.0))
            && (self.known.unites_platforms() || entry.takes_part(at, place.1))
    }
}
