//! What a `Cargo.toml` asks of other packages, with what it takes over from its workspace.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Manifest, is_true};
use crate::package::DependencyKind;
use crate::package::declared::{Declared, Wanted};
use crate::symbol::Symbol;

impl Manifest {
    /// What it asks of other packages, for any platform, and its features. What it inherits is looked up in the
    /// manifest of its workspace.
    pub(in crate::package) fn declared(&self) -> Declared {
        let inherits = |value: &Value| is_true(value, "workspace");
        let tables = self.dependency_tables();
        let inherited = tables
            .iter()
            .flat_map(|(_, _, table)| table.values())
            .any(inherits)
            .then(|| self.workspace())
            .flatten();
        let mut wanted = Vec::new();
        for (kind, platform, table) in &tables {
            for (name, value) in table.iter() {
                let given = inherited
                    .as_ref()
                    .filter(|_| inherits(value))
                    .and_then(|(folder, shared)| Some((folder.as_path(), shared.get(name)?)));
                wanted.push(self.want(name, value, given, (*kind, *platform)));
            }
        }
        let named = self.table.get("features").and_then(Value::as_table);
        let features = named.into_iter().flatten().map(|(name, items)| {
            let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
            (name.as_str(), items.iter().filter_map(Value::as_str))
        });
        let library = self.table.get("lib");
        let is_proc_macro =
            library.is_some_and(|lib| is_true(lib, "proc-macro") || is_true(lib, "proc_macro"));
        let crate_name = library
            .and_then(|lib| lib.get("name"))
            .and_then(Value::as_str)
            .map_or_else(|| self.name(), str::to_owned)
            .replace('-', "_");
        let mut declared = Declared::new(crate_name, is_proc_macro, wanted, features);
        declared.add_implicit_features();
        declared
    }

    /// One dependency; `given` is what it inherits, and the folder that paths in it are relative to.
    fn want(
        &self,
        name: &str,
        value: &Value,
        given: Option<(&Path, &Value)>,
        (kind, platform): (DependencyKind, Option<&str>),
    ) -> Wanted {
        let (folder, shared) = given.unwrap_or((self.directory(), value));
        let text = |key: &str| shared.get(key).and_then(Value::as_str).map(str::to_owned);
        let default_of = |value: &Value| {
            let named = ["default-features", "default_features"];
            named
                .iter()
                .find_map(|key| value.get(key))
                .and_then(Value::as_bool)
        };
        let features = |value: &Value| -> Vec<Symbol> {
            let list = value.get("features").and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(Symbol::new)
                .collect()
        };
        let mut asked = features(shared);
        if given.is_some() {
            asked.extend(features(value));
        }
        Wanted {
            key: Symbol::new(name),
            package: text("package").unwrap_or_else(|| name.to_owned()),
            requirement: shared
                .as_str()
                .map(str::to_owned)
                .or_else(|| text("version"))
                .unwrap_or_else(|| "*".to_owned()),
            path: text("path").map(|path| folder.join(path)),
            kind,
            optional: is_true(value, "optional"),
            default_features: default_of(value) == Some(true) || default_of(shared) != Some(false),
            features: asked,
            platform: platform.map(str::to_owned),
        }
    }

    /// `[workspace.dependencies]` of the workspace that this package belongs to, and its folder.
    fn workspace(&self) -> Option<(PathBuf, Table)> {
        let named = self.package_string("workspace");
        let named = named.map(|path| self.directory().join(path));
        let folders: Vec<&Path> = match &named {
            Some(folder) => vec![folder.as_path()],
            None => self.directory().ancestors().collect(),
        };
        folders.into_iter().find_map(|folder| {
            let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
            let table: Table = text.parse().ok()?;
            let shared = table.get("workspace")?.get("dependencies")?.as_table()?;
            Some((folder.to_owned(), shared.clone()))
        })
    }

    pub(super) fn dependency_tables(&self) -> Vec<(DependencyKind, Option<&str>, &Table)> {
        let platforms = self.table.get("target").and_then(Value::as_table);
        let platforms = platforms
            .into_iter()
            .flatten()
            .filter_map(|(platform, table)| Some((Some(platform.as_str()), table.as_table()?)));
        let mut found = Vec::new();
        for (platform, table) in std::iter::once((None, &self.table)).chain(platforms) {
            for (key, value) in table {
                let kind = match key.replace('_', "-").as_str() {
                    "dependencies" => DependencyKind::Normal,
                    "build-dependencies" => DependencyKind::Build,
                    "dev-dependencies" => DependencyKind::Dev,
                    _ => continue,
                };
                if let Some(table) = value.as_table() {
                    found.push((kind, platform, table));
                }
            }
        }
        found
    }
}
