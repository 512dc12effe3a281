//! The features that every package may have in this build.
//!
//! What builds a package is not known to its build script: it runs once, whether tests are built or not, and whether other
//! members of the workspace are built together with the package, whose wishes Cargo unites with its own. So each of these
//! builds is looked at by itself, and what it adds counts under its name. Whatever is really built together has a union of
//! them, and an edit that changes what any of them asks for changes what counts.

use std::collections::BTreeSet;

use super::activate::{Build, Place, Side, Step, Weak, build};
use super::declared::Switch;
use super::known::Known;
use crate::symbol::Symbol;

/// What is built.
pub(super) struct Asked {
    /// The package, by its place in the lock file.
    pub(super) root: usize,
    pub(super) features: RootFeatures,
    /// The members of the workspace.
    pub(super) members: Vec<usize>,
}

/// The features of the package itself.
#[derive(Debug)]
pub(super) enum RootFeatures {
    /// All that it has.
    All,
    /// These, and perhaps the default ones.
    Some {
        named: Vec<String>,
        with_default: bool,
    },
}

/// What is on, for each entry of the lock file.
pub(super) struct Features {
    /// What counts of each package: names of features, with the build that adds them where it is not this package's own.
    pub(super) of: Vec<BTreeSet<String>>,
    /// Which packages each is made from.
    pub(super) below: Vec<BTreeSet<usize>>,
    /// Which of the dependencies that each asks for are in use.
    pub(super) linked: Vec<BTreeSet<usize>>,
    /// Packages that take part and whose manifests were not found.
    pub(super) unknown: BTreeSet<usize>,
}

/// Finds what is on in all builds that this one may be a part of.
pub(super) fn find(known: &mut Known<'_>, asked: &Asked, packages: usize) -> Features {
    let root = (asked.root, Side::Target);
    let first = root_steps(known, root, &asked.features);
    let own = build(known, first.clone(), &[], &Weak::Exact);
    let tested = build(known, first.clone(), &[asked.root], &Weak::Exact);
    let mut found = Features {
        of: vec![BTreeSet::new(); packages],
        below: vec![BTreeSet::new(); packages],
        linked: vec![BTreeSet::new(); packages],
        unknown: own.unknown.clone(),
    };
    found.add_own(&own);
    found.add(&tested, &[&own], "test");

    let members: Vec<usize> = asked
        .members
        .iter()
        .copied()
        .filter(|at| *at != asked.root)
        .collect();
    let tests: Vec<usize> = members.iter().copied().chain([asked.root]).collect();
    let mut all = first;
    for member in &members {
        all.push(Step::Package((*member, Side::Target)));
        all.extend(feature_steps(known, *member));
    }
    // Which dependencies any of them may bring in.
    let linked = build(known, all, &tests, &Weak::Exact).linked;
    let weak = Weak::Linked(&linked);
    for member in members {
        let name = known.name(member);
        let whole = vec![Step::Package((member, Side::Target))];
        let plain = build(known, whole.clone(), &[], &weak);
        found.add(&plain, &[&own], &name);
        let tested = build(known, whole, &[member], &weak);
        found.add(&tested, &[&own, &plain], &format!("test of {name}"));
        for step in feature_steps(known, member) {
            let Step::Feature(_, feature) = step else {
                continue;
            };
            let mut switched = build(known, vec![step], &[], &weak);
            // Which features the member has besides is seen in its code, where each of them may be on.
            switched.features.retain(|(at, _), _| *at != member);
            found.add(&switched, &[&own, &plain], &format!("{name}/{feature}"));
        }
    }
    found
}

fn root_steps(known: &mut Known<'_>, root: Place, features: &RootFeatures) -> Vec<Step> {
    let mut steps = vec![Step::Package(root)];
    match features {
        RootFeatures::All => steps.extend(feature_steps(known, root.0)),
        RootFeatures::Some {
            named,
            with_default,
        } => {
            let default = Symbol::new("default");
            let has_default = known
                .entry(root.0)
                .is_some_and(|entry| entry.declared.features.contains_key(&default));
            if *with_default && has_default {
                steps.push(Step::Feature(root, default));
            }
            let named = named
                .iter()
                .flat_map(|names| names.split([',', ' ']))
                .filter(|name| !name.is_empty());
            steps.extend(named.map(|name| Step::Switch(root, Switch::parse(name))));
        }
    }
    steps
}

/// Every feature of a package.
fn feature_steps(known: &mut Known<'_>, at: usize) -> Vec<Step> {
    let entry = known.entry(at);
    let names = entry
        .iter()
        .flat_map(|entry| entry.declared.features.keys());
    names
        .map(|name| Step::Feature((at, Side::Target), *name))
        .collect()
}

impl Features {
    fn add_own(&mut self, own: &Build) {
        for (&(at, side), names) in &own.features {
            let on_target = own.features.get(&(at, Side::Target));
            let label = match on_target {
                Some(others) if side == Side::Host && others != names => " (host)",
                Some(_) if side == Side::Host => continue,
                _ => "",
            };
            // That it has none there is something to say, too.
            if names.is_empty() && !label.is_empty() {
                self.of[at].insert(label.to_owned());
            }
            self.of[at].extend(names.iter().map(|name| format!("{name}{label}")));
        }
        self.link(own);
    }

    /// What a build adds to others that it contains.
    fn add(&mut self, build: &Build, others: &[&Build], label: &str) {
        for (place, names) in &build.features {
            let is_known = |name: &Symbol| {
                others.iter().any(|other| {
                    other
                        .features
                        .get(place)
                        .is_some_and(|names| names.contains(name))
                })
            };
            let host = match place.1 {
                Side::Host => ", host",
                Side::Target => "",
            };
            let new = names.iter().filter(|name| !is_known(name));
            self.of[place.0].extend(new.map(|name| format!("{name} ({label}{host})")));
        }
        self.link(build);
    }

    fn link(&mut self, build: &Build) {
        for (from, to) in &build.edges {
            self.below[*from].insert(*to);
        }
        for ((at, _), wanted) in &build.linked {
            self.linked[*at].insert(*wanted);
        }
    }
}
