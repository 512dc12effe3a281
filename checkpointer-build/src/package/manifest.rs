//! What one `Cargo.toml` says by itself.

mod wanted;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{PackageError, Target, TargetKind};
use crate::cfg::mangle_feature;

/// A manifest, read but not resolved.
pub(super) struct Manifest {
    path: PathBuf,
    table: Table,
}

impl Manifest {
    pub(super) fn read(path: &Path) -> Result<Manifest, PackageError> {
        let failed = |reason: String| PackageError::Manifest {
            path: path.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
        if !table.contains_key("package") {
            return Err(PackageError::Virtual {
                path: path.to_owned(),
            });
        }
        Ok(Manifest {
            path: path.to_owned(),
            table,
        })
    }

    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    pub(super) fn name(&self) -> String {
        self.package_string("name").unwrap_or_default()
    }

    /// Empty if it is the workspace's.
    pub(super) fn version(&self) -> String {
        self.package_string("version").unwrap_or_default()
    }

    /// `[package.metadata.checkpointer]`
    pub(super) fn settings(&self) -> serde_json::Value {
        let settings = self.table["package"]
            .get("metadata")
            .and_then(|metadata| metadata.get("checkpointer"));
        settings
            .and_then(|settings| serde_json::to_value(settings).ok())
            .unwrap_or_default()
    }

    /// The declared features that Cargo spells like these, optional dependencies included.
    pub(super) fn feature_names(&self, mangled: &BTreeSet<String>) -> Vec<String> {
        let declared = self
            .table
            .get("features")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(Table::keys)
            .cloned();
        let optional = self
            .dependency_tables()
            .into_iter()
            .flat_map(|(_, _, table)| {
                table
                    .iter()
                    .filter(|(_, wanted)| is_true(wanted, "optional"))
                    .map(|(name, _)| name.clone())
            });
        let names: BTreeSet<String> = declared.chain(optional).collect();
        names
            .into_iter()
            .filter(|name| mangled.contains(&mangle_feature(name)))
            .collect()
    }

    /// The targets, written down or found where Cargo looks for them.
    pub(super) fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        let package = &self.table["package"];
        let library = self.table.get("lib");
        let library_file = self.directory().join("src/lib.rs");
        if library.is_some() || library_file.is_file() {
            let kind = match library {
                Some(lib) if is_true(lib, "proc-macro") || is_true(lib, "proc_macro") => {
                    TargetKind::ProcMacro
                }
                _ => TargetKind::Lib,
            };
            let given = library.cloned().unwrap_or(Value::Table(Table::new()));
            targets.push(self.target(kind, &given, &self.name(), library_file));
        }
        let script = self.directory().join(
            package
                .get("build")
                .and_then(Value::as_str)
                .unwrap_or("build.rs"),
        );
        if script.is_file() {
            targets.push(self.target(
                TargetKind::BuildScript,
                &Value::Table(Table::new()),
                "build-script-build",
                script,
            ));
        }
        for (kind, key, folder) in [
            (TargetKind::Bin, "bin", "src/bin"),
            (TargetKind::Example, "example", "examples"),
            (TargetKind::Test, "test", "tests"),
            (TargetKind::Bench, "bench", "benches"),
        ] {
            self.add_targets(kind, key, folder, &mut targets);
        }
        targets
    }

    fn add_targets(&self, kind: TargetKind, key: &str, folder: &str, targets: &mut Vec<Target>) {
        let folder = self.directory().join(folder);
        let listed = self
            .table
            .get(key)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for given in listed {
            let name = given
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let nested = folder.join(name).join("main.rs");
            let flat = folder.join(format!("{name}.rs"));
            let main = self.directory().join("src/main.rs");
            let usual = if nested.is_file() {
                nested
            } else if kind == TargetKind::Bin && !flat.is_file() {
                main
            } else {
                flat
            };
            targets.push(self.target(kind, given, name, usual));
        }
        let automatic =
            self.table["package"].get(format!("auto{key}s").replace("benchs", "benches"));
        if automatic.and_then(Value::as_bool) == Some(false) {
            return;
        }
        let mut found = discover(&folder);
        let main = self.directory().join("src/main.rs");
        if kind == TargetKind::Bin && main.is_file() {
            found.push((self.name(), main));
        }
        for (name, root) in found {
            if !targets
                .iter()
                .any(|target| target.kind == kind && (target.name == name || target.root == root))
            {
                targets.push(self.target(kind, &Value::Table(Table::new()), &name, root));
            }
        }
    }

    fn target(&self, kind: TargetKind, given: &Value, name: &str, root: PathBuf) -> Target {
        let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
        let name = text("name").unwrap_or_else(|| name.to_owned());
        let edition = text("edition").or_else(|| self.package_string("edition"));
        let features = given.get("required-features").and_then(Value::as_array);
        Target {
            crate_name: name.replace('-', "_"),
            name,
            kind,
            root: text("path").map_or(root, |path| self.directory().join(path)),
            edition: edition
                .and_then(|edition| edition.parse().ok())
                .unwrap_or(2015),
            required_features: features
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        }
    }

    fn package_string(&self, key: &str) -> Option<String> {
        self.table["package"]
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }
}

/// Whether the workspace of this folder is resolved by Cargo's first resolver, for which features don't depend on
/// platforms: it is the one of editions before 2021, and of a workspace that is no package, unless another is named.
pub(super) fn unites_platforms(workspace: &Path) -> bool {
    let text = std::fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
    let table: Table = text.parse().unwrap_or_default();
    let shared = table.get("workspace");
    let package = table.get("package");
    let resolver = [shared, package]
        .into_iter()
        .flatten()
        .find_map(|table| table.get("resolver")?.as_str());
    let edition = package.and_then(|package| match package.get("edition")? {
        Value::String(edition) => Some(edition.as_str()),
        _ => shared?.get("package")?.get("edition")?.as_str(),
    });
    match resolver {
        Some(resolver) => resolver == "1",
        None => edition.is_none_or(|edition| ["2015", "2018"].contains(&edition)),
    }
}

/// The targets that lie in a folder: files, and folders with a `main.rs`; by name.
pub(super) fn discover(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let main = path.join("main.rs");
            if main.is_file() {
                return Some((path.file_name()?.to_str()?.to_owned(), main));
            }
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            is_source
                .then(|| Some((path.file_stem()?.to_str()?.to_owned(), path.clone())))
                .flatten()
        })
        .collect();
    found.sort();
    found
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}
