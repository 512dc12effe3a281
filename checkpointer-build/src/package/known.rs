//! What is known of the packages of a lock file, as far as somebody asks: their manifests, and which entry each of their
//! dependencies means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use cargo_metadata as cargo;
use cargo_metadata::semver::{Version, VersionReq};

use super::DependencyKind;
use super::activate::Side;
use super::declared::{Declared, Wanted};
use super::lock::Lock;
use super::manifest::{Manifest, unites_platforms};
use super::unpacked::Unpacked;
use crate::cfg::{CfgSet, Predicate, Truth};
use crate::map::HashMap;
use crate::symbol::Symbol;

/// The packages of a lock file.
pub(super) struct Known<'l> {
    platform: Platform,
    /// Which platforms' dependencies are the target's, by their text.
    platforms: HashMap<String, bool>,
    lock: &'l Lock,
    named: HashMap<&'l str, Vec<usize>>,
    entries: HashMap<usize, Option<Rc<Entry>>>,
    told: HashMap<usize, &'l cargo::Package>,
    /// Manifests of local packages by their place in the lock file, as soon as somebody names the folder.
    local: BTreeMap<usize, PathBuf>,
    unpacked: Unpacked,
    unites_platforms: bool,
}

/// A package's manifest, and for each dependency that it asks for the entry that is meant. Those that can't be active have
/// none.
pub(super) struct Entry {
    pub(super) declared: Declared,
    targets: Vec<Option<usize>>,
    on_target: Vec<bool>,
    is_cross: bool,
}

/// What a build is for, as far as it decides which dependencies take part.
#[derive(Clone, Debug, Default)]
pub(super) struct Platform {
    pub(super) cfg: Option<CfgSet>,
    pub(super) triple: Option<String>,
    /// Whether what runs while others are compiled may run elsewhere.
    pub(super) is_cross: bool,
}

impl Platform {
    /// Whether a dependency for these platforms may be one of the target's.
    fn may_be(&self, platform: &str) -> bool {
        let Some(predicate) = platform.strip_prefix("cfg(") else {
            return self
                .triple
                .as_deref()
                .is_none_or(|triple| triple == platform);
        };
        let predicate = predicate.strip_suffix(')').unwrap_or(predicate);
        let parsed = predicate.parse().ok();
        let parsed = parsed.and_then(|tokens| Predicate::from_tokens(tokens).ok());
        match (parsed, &self.cfg) {
            (Some(predicate), Some(cfg)) => predicate.eval(cfg) != Truth::False,
            _ => true,
        }
    }
}

impl Entry {
    /// Whether one of the dependencies takes part, as far as the platform decides. A build script's own ones are for the
    /// machine that runs it.
    pub(super) fn takes_part(&self, wanted: usize, side: Side) -> bool {
        let runs_elsewhere = self.is_cross
            && (side == Side::Host || self.declared.wanted[wanted].kind == DependencyKind::Build);
        runs_elsewhere || self.on_target[wanted]
    }
}

impl<'l> Known<'l> {
    /// `directory` is that of the workspace.
    pub(super) fn new(lock: &'l Lock, platform: Platform, directory: &Path) -> Known<'l> {
        let mut named: HashMap<&str, Vec<usize>> = HashMap::default();
        for (at, locked) in lock.package.iter().enumerate() {
            named.entry(&locked.name).or_default().push(at);
        }
        Known {
            platform,
            platforms: HashMap::default(),
            lock,
            named,
            entries: HashMap::default(),
            told: HashMap::default(),
            local: BTreeMap::new(),
            unites_platforms: unites_platforms(directory),
            unpacked: Unpacked::new(directory),
        }
    }

    /// The place of a package. The source need not be spelled as in the lock file, if nothing else fits.
    pub(super) fn find(&self, name: &str, version: &str, source: Option<&str>) -> Option<usize> {
        let same: Vec<usize> = self
            .named
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .filter(|at| self.lock.package[*at].version == version)
            .collect();
        let of = |at: &usize| self.lock.package[*at].source.as_deref();
        let exact = same.iter().copied().find(|at| of(at) == source);
        exact.or_else(|| {
            same.into_iter()
                .find(|at| of(at).is_some() == source.is_some())
        })
    }

    /// Says where the manifest of a local package is.
    pub(super) fn tell_local(&mut self, at: usize, manifest: PathBuf) {
        self.local.entry(at).or_insert(manifest);
    }

    /// Says which folder is put in the place of packages of a name.
    pub(super) fn tell_patch(&mut self, name: &str, manifest: &Path) {
        let named = self.named.get(name).into_iter().flatten().copied();
        let local: Vec<usize> = named
            .filter(|at| self.lock.package[*at].source.is_none())
            .collect();
        for at in local {
            self.tell_local(at, tidy(manifest.to_owned()));
        }
    }

    /// Where the manifest of a local package is.
    pub(super) fn local_manifest(&self, at: usize) -> Option<&Path> {
        self.local.get(&at).map(PathBuf::as_path)
    }

    /// Says what Cargo knows of a package.
    pub(super) fn tell(&mut self, at: usize, package: &'l cargo::Package) {
        if package.source.is_none() {
            let path = package.manifest_path.clone();
            self.tell_local(at, path.into_std_path_buf());
        }
        if let Some(source) = &package.source {
            self.unpacked.is_served(&source.repr);
        }
        self.told.insert(at, package);
    }

    /// The manifest of a package, if it is found.
    pub(super) fn entry(&mut self, at: usize) -> Option<Rc<Entry>> {
        if let Some(known) = self.entries.get(&at) {
            return known.clone();
        }
        let read = |manifest: Manifest| manifest.declared();
        let declared = match (self.told.get(&at), self.local.get(&at)) {
            (Some(package), _) => Some(Declared::of_cargo(package)),
            (None, Some(path)) => Manifest::read(path).ok().map(read),
            (None, None) => self.unpacked.find(&self.lock.package[at]).map(read),
        };
        let entry = declared.map(|declared| Rc::new(self.linked(at, declared)));
        self.entries.insert(at, entry.clone());
        entry
    }

    /// The entry that a dependency means.
    pub(super) fn target(&self, at: usize, wanted: usize) -> Option<usize> {
        let entry = self.entries.get(&at)?.as_ref()?;
        entry.targets[wanted]
    }

    /// The entries below one, by the lock file alone.
    pub(super) fn below(&self, at: usize) -> Vec<usize> {
        let lines = self.lock.package[at].dependencies.iter();
        lines.filter_map(|line| self.resolve(line)).collect()
    }

    /// Whether dependencies for other platforms switch features on, too, as Cargo's first resolver has it.
    pub(super) fn unites_platforms(&self) -> bool {
        self.unites_platforms
    }

    /// Whether a package that has no manifest can't be in this build.
    pub(super) fn is_absent(&self, at: usize) -> bool {
        self.unpacked.is_absent(&self.lock.package[at])
    }

    /// The name of a package.
    pub(super) fn name(&self, at: usize) -> String {
        self.lock.package[at].name.clone()
    }

    /// What stands for all that a package without manifest may ask of others.
    pub(super) fn mark(&self, at: usize) -> Symbol {
        let locked = &self.lock.package[at];
        let identity = locked.identity().unwrap_or_default();
        Symbol::new(&format!("? {} {} {identity}", locked.name, locked.version))
    }

    /// The manifests of local packages.
    pub(super) fn manifests(&self) -> impl Iterator<Item = &PathBuf> {
        self.local.values()
    }

    fn linked(&mut self, at: usize, declared: Declared) -> Entry {
        let below = self.below(at);
        let targets: Vec<Option<usize>> = declared
            .wanted
            .iter()
            .map(|wanted| self.meant(wanted, &below))
            .collect();
        for (wanted, target) in declared.wanted.iter().zip(&targets) {
            let manifest = wanted.path.as_ref().map(|path| path.join("Cargo.toml"));
            if let (Some(manifest), Some(target)) = (manifest, target)
                && self.lock.package[*target].source.is_none()
            {
                self.local.entry(*target).or_insert_with(|| tidy(manifest));
            }
        }
        let (platform, platforms) = (&self.platform, &mut self.platforms);
        let mut may_be = |wanted: &Wanted| match &wanted.platform {
            None => true,
            Some(text) => match platforms.get(text) {
                Some(known) => *known,
                None => {
                    let on = platform.may_be(text);
                    platforms.insert(text.clone(), on);
                    on
                }
            },
        };
        Entry {
            on_target: declared.wanted.iter().map(&mut may_be).collect(),
            is_cross: self.platform.is_cross,
            declared,
            targets,
        }
    }

    fn meant(&self, wanted: &Wanted, below: &[usize]) -> Option<usize> {
        let named: Vec<usize> = below
            .iter()
            .copied()
            .filter(|at| self.lock.package[*at].name == wanted.package)
            .collect();
        if named.len() < 2 {
            return named.first().copied();
        }
        let requirement = VersionReq::parse(&wanted.requirement).unwrap_or(VersionReq::STAR);
        let fits = |at: &usize| {
            let locked = &self.lock.package[*at];
            (wanted.path.is_none() || locked.source.is_none())
                && Version::parse(&locked.version)
                    .is_ok_and(|version| requirement.matches(&version))
        };
        named.iter().copied().find(fits).or(named.first().copied())
    }

    fn resolve(&self, line: &str) -> Option<usize> {
        let mut words = line.split(' ');
        let (name, version, source) = (words.next()?, words.next(), words.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        self.named.get(name)?.iter().copied().find(|at| {
            let locked = &self.lock.package[*at];
            version.is_none_or(|version| locked.version == version)
                && source.is_none_or(|source| locked.source.as_deref() == Some(source))
        })
    }
}

/// Without `..`: a package has one place, however a manifest spells the way to it.
fn tidy(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}
