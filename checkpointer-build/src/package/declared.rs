//! What a package's manifest says of its features and of those that it asks for in others.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cargo_metadata as cargo;

use super::{DependencyKind, TargetKind, metadata};
use crate::symbol::Symbol;

/// The part of a manifest that decides over features.
#[derive(Debug)]
pub(super) struct Declared {
    /// What its library is called in paths.
    pub(super) crate_name: String,
    pub(super) is_proc_macro: bool,
    pub(super) wanted: Vec<Wanted>,
    /// What each feature switches on.
    pub(super) features: BTreeMap<Symbol, Vec<Switch>>,
}

/// A dependency as it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// What it is called in the manifest: its package's name, or another that is given to it.
    pub(super) key: Symbol,
    pub(super) package: String,
    pub(super) requirement: String,
    /// The folder of a package that is named by path.
    pub(super) path: Option<PathBuf>,
    pub(super) kind: DependencyKind,
    pub(super) optional: bool,
    pub(super) default_features: bool,
    pub(super) features: Vec<Symbol>,
    /// A triple or `cfg(…)`, where it is for some platforms only.
    pub(super) platform: Option<String>,
}

/// One entry of a feature's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// `name`
    Feature(Symbol),
    /// `dep:name`
    Dependency(Symbol),
    /// `name/feature`
    Of(Symbol, Symbol),
    /// `name?/feature`: only if something else brings the dependency in.
    OfPresent(Symbol, Symbol),
}

impl Switch {
    pub(super) fn parse(text: &str) -> Switch {
        if let Some(name) = text.strip_prefix("dep:") {
            return Switch::Dependency(Symbol::new(name));
        }
        match text.split_once('/') {
            None => Switch::Feature(Symbol::new(text)),
            Some((name, feature)) => match name.strip_suffix('?') {
                Some(name) => Switch::OfPresent(Symbol::new(name), Symbol::new(feature)),
                None => Switch::Of(Symbol::new(name), Symbol::new(feature)),
            },
        }
    }
}

impl Declared {
    pub(super) fn new<'a, I: Iterator<Item = &'a str>>(
        crate_name: String,
        is_proc_macro: bool,
        wanted: Vec<Wanted>,
        features: impl Iterator<Item = (&'a str, I)>,
    ) -> Declared {
        Declared {
            crate_name,
            is_proc_macro,
            wanted,
            features: features
                .map(|(name, items)| (Symbol::new(name), items.map(Switch::parse).collect()))
                .collect(),
        }
    }

    /// Of a package that says nothing.
    pub(super) fn nothing() -> Declared {
        let none = std::iter::empty::<(&str, std::iter::Empty<&str>)>();
        Declared::new(String::new(), false, Vec::new(), none)
    }

    /// What Cargo says of a package; optional dependencies are features in it already.
    pub(super) fn of_cargo(package: &cargo::Package) -> Declared {
        let targets: Vec<_> = package.targets.iter().map(metadata::target).collect();
        let library = targets
            .iter()
            .find(|target| matches!(target.kind, TargetKind::Lib | TargetKind::ProcMacro));
        let wanted = package.dependencies.iter().map(|found| Wanted {
            key: Symbol::new(found.rename.as_ref().unwrap_or(&found.name)),
            package: found.name.clone(),
            requirement: found.req.to_string(),
            path: found.path.clone().map(|path| path.into_std_path_buf()),
            kind: match found.kind {
                cargo::DependencyKind::Build => DependencyKind::Build,
                cargo::DependencyKind::Development => DependencyKind::Dev,
                _ => DependencyKind::Normal,
            },
            optional: found.optional,
            default_features: found.uses_default_features,
            features: found
                .features
                .iter()
                .map(|name| Symbol::new(name))
                .collect(),
            platform: found.target.as_ref().map(ToString::to_string),
        });
        let features = package.features.iter();
        Declared::new(
            library.map_or_else(
                || package.name.replace('-', "_"),
                |library| library.crate_name.clone(),
            ),
            library.is_some_and(|library| library.kind == TargetKind::ProcMacro),
            wanted.collect(),
            features.map(|(name, items)| (name.as_str(), items.iter().map(String::as_str))),
        )
    }

    /// An optional dependency is a feature of its name, unless some feature says `dep:` of it.
    pub(super) fn add_implicit_features(&mut self) {
        for wanted in &self.wanted {
            let name = wanted.key;
            let switch = Switch::Dependency(name);
            let is_implicit = wanted.optional
                && !self.features.contains_key(&name)
                && !self.features.values().flatten().any(|it| *it == switch);
            if is_implicit {
                self.features.insert(name, vec![switch]);
            }
        }
    }
}
