//! Runs `cargo checkpointer analyze` and reads what it prints: the gauge's only way into the analysis.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::harmless::Hashes;
use super::interned::Id;
use super::subject::Copy;

/// What `analyze --format json` prints.
#[derive(Debug, Deserialize)]
pub(crate) struct Analysis {
    schema: u32,
    /// Every item, functions and others.
    pub(crate) items: Vec<Item>,
}

/// One item of the analysis.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Item {
    /// Its unique name.
    pub(crate) id: String,
    /// One of DESIGN's kinds.
    pub(crate) kind: String,
    /// Relative to the package's root.
    #[serde(default)]
    pub(crate) file: String,
    /// The target that it is part of: `lib`, `test NAME`, …
    #[serde(default)]
    pub(crate) target: String,
    /// The line of its first attribute or keyword.
    #[serde(default)]
    pub(crate) line: usize,
    /// The line of its closing brace.
    #[serde(default)]
    pub(crate) end_line: usize,
    /// The hash of its own tokens.
    #[serde(default)]
    pub(crate) own_hash: String,
    /// The code hash.
    #[serde(default)]
    pub(crate) hash: String,
    /// The code hash with statics.
    #[serde(default)]
    pub(crate) capture_hash: String,
    /// All items that it reaches.
    #[serde(default)]
    pub(crate) closure: Vec<Id>,
    /// The package, if it is another one.
    #[serde(default)]
    pub(crate) package: Option<String>,
}

impl Analysis {
    /// An analysis made by hand.
    #[cfg(test)]
    pub(crate) fn of(items: Vec<Item>) -> Self {
        Self { schema: 1, items }
    }

    /// The items by their id.
    pub(crate) fn by_id(&self) -> BTreeMap<&str, &Item> {
        self.items
            .iter()
            .map(|item| (item.id.as_str(), item))
            .collect()
    }

    /// All functions of the analysed package and its local neighbours.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.kind == "fn")
    }
}

/// The command that analyses, found once.
#[derive(Clone, Debug)]
pub(crate) struct Analyzer {
    binary: PathBuf,
}

impl Analyzer {
    /// Uses a binary that is already there.
    pub(crate) fn at(binary: PathBuf) -> Self {
        Self { binary }
    }

    /// Builds `cargo-checkpointer` in this workspace.
    pub(crate) fn build(workspace: &Path, target: &Path, optimized: bool) -> Result<Self> {
        let mut cargo = Command::new("cargo");
        cargo
            .args(["build", "-q", "-p", "cargo-checkpointer"])
            .args(optimized.then_some("--release"))
            .current_dir(workspace)
            .env("CARGO_TARGET_DIR", target);
        ensure!(
            cargo.status()?.success(),
            "cargo-checkpointer does not build"
        );
        let profile = if optimized { "release" } else { "debug" };
        Ok(Self::at(target.join(profile).join("cargo-checkpointer")))
    }

    /// Analyses the package in `folder` with every function as a root.
    pub(crate) fn run(
        &self,
        folder: &Path,
        features: Option<&str>,
        env: &[(String, String)],
    ) -> Result<Analysis> {
        let output = self.output(folder, features, env)?;
        let analysis: Analysis = serde_json::from_slice(&output)
            .with_context(|| format!("analyze prints no good JSON on {}", folder.display()))?;
        ensure!(
            analysis.schema == 1,
            "analyze prints schema {}, not 1",
            analysis.schema
        );
        Ok(analysis)
    }

    fn output(
        &self,
        folder: &Path,
        features: Option<&str>,
        env: &[(String, String)],
    ) -> Result<Vec<u8>> {
        let mut command = Command::new(&self.binary);
        command
            .args(["checkpointer", "analyze", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .args(["--all", "--format", "json"])
            .current_dir(folder)
            .env("CARGO_NET_OFFLINE", "true")
            .envs(env.iter().cloned());
        if let Some(features) = features {
            command.args(["--features", features]);
        }
        let output = command
            .output()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        ensure!(
            output.status.success(),
            "analyze fails on {}: {}",
            folder.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output.stdout)
    }

    /// The hashes of all functions of a copy's packages, without the closures.
    pub(crate) fn hashes(&self, copy: &Copy) -> Result<Hashes> {
        #[derive(Deserialize)]
        struct Brief {
            items: Vec<Line>,
        }
        #[derive(Deserialize)]
        struct Line {
            id: String,
            kind: String,
            #[serde(default)]
            hash: String,
            #[serde(default)]
            package: Option<String>,
        }
        let mut hashes = Hashes::new();
        for (_, folder) in &copy.packages {
            let brief: Brief = serde_json::from_slice(&self.output(folder, copy.features, &[])?)?;
            let own = brief.items.into_iter();
            let own = own.filter(|line| line.kind == "fn" && line.package.is_none());
            hashes.extend(own.map(|line| (line.id, line.hash)));
        }
        Ok(hashes)
    }

    /// Analyses every package of a subject's copy, in their order.
    pub(crate) fn run_all(&self, copy: &Copy) -> Result<Vec<Analysis>> {
        let packages = copy.packages.iter();
        packages
            .map(|(_, folder)| self.run(folder, copy.features, &[]))
            .collect()
    }
}
