//! Functions beside their stored results: what every command starts from.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use checkpointer_build::{FunctionReport, Inspection};
use checkpointer_runtime::Digest;
use checkpointer_syntax::table::Row;

use crate::attribute::{Attributes, Reader};
use crate::output::{self, Listed, Report};
use crate::store::{FunctionFolder, Index, Store, Sum};
use crate::workspace::{Analysed, Trust, Workspace};

/// The workspace, its code, and what is stored for it.
pub(crate) struct Model {
    /// The workspace.
    pub(crate) workspace: Workspace,
    /// Its packages.
    pub(crate) analysed: Vec<Analysed>,
    /// Its checkpointed functions, sorted by path.
    pub(crate) functions: Vec<Function>,
    /// The store that is looked at where a function names none.
    pub(crate) store: Store,
    /// Whether `--store` named it, so that it stands for every other.
    pub(crate) is_asked: bool,
}

/// A checkpointed function.
pub(crate) struct Function {
    /// Its package's place in [`Model::analysed`].
    pub(crate) package: usize,
    /// Its place in the package's inspection.
    pub(crate) place: usize,
    /// Its path.
    pub(crate) id: String,
    /// What its source says.
    pub(crate) attributes: Attributes,
    /// The hash of its code, and the one that counts statics.
    pub(crate) hashes: (Option<Digest>, Option<Digest>),
    /// Of a function whose tokens another one has, too: the hashes of all of them together, which the macro may have taken.
    pub(crate) merged: Vec<Digest>,
    /// What is stored.
    pub(crate) stored: FunctionFolder,
    /// What each code version's entries add up to, in the order of `stored`.
    pub(crate) sums: Vec<Sum>,
}

impl Model {
    /// What a command starts with; nothing where only the report's schema was asked for, which is printed then.
    pub(crate) fn asked_for<R: Report + 'static>(
        options: &crate::Options,
    ) -> anyhow::Result<Option<Self>> {
        if output::is_schema::<R>(options.format)? {
            return Ok(None);
        }
        Self::load(options).map(Some)
    }

    /// Analyses the workspace and looks into the store.
    pub(crate) fn load(options: &crate::Options) -> anyhow::Result<Self> {
        Self::load_by(options, Trust::Cache)
    }

    /// The same, by the contents of files alone: for what drops or keeps results.
    pub(crate) fn load_anew(options: &crate::Options) -> anyhow::Result<Self> {
        Self::load_by(options, Trust::Nothing)
    }

    fn load_by(options: &crate::Options, trust: Trust) -> anyhow::Result<Self> {
        let workspace = Workspace::find(options.manifest_path.as_deref())?;
        let analysed = workspace.analyse(trust)?;
        let store = Store::chosen(options.store.as_deref());
        let model = Self::of(workspace, analysed, store, options.store.is_some());
        for note in model.analysed.iter().flat_map(|one| &one.now.notes) {
            output::note(note);
        }
        for broken in model.broken() {
            output::warn(&format!(
                "{broken}; what stands in that file is left out, and the hashes of its crate are not those that it will have"
            ));
        }
        Ok(model)
    }

    /// Fails where a file does not parse: then nobody can tell which results are used by the code as it will be.
    pub(crate) fn check_whole(&self) -> anyhow::Result<()> {
        match self.broken().next() {
            Some(_) => bail!(
                "what the code will be can't be told while a file does not parse; mend it first"
            ),
            None => Ok(()),
        }
    }

    fn broken(&self) -> impl Iterator<Item = &str> {
        let all = self.analysed.iter().flat_map(|one| &one.now.broken);
        all.map(String::as_str)
    }

    /// Puts functions and stored results together.
    pub(crate) fn of(
        workspace: Workspace,
        analysed: Vec<Analysed>,
        store: Store,
        is_asked: bool,
    ) -> Self {
        let mut reader = Reader::default();
        let mut functions = Vec::new();
        for (package, one) in analysed.iter().enumerate() {
            for (place, report) in one.now.functions.iter().enumerate() {
                let attributes = reader.read(&one.package.folder, &report.row);
                let root = attributes
                    .layers
                    .iter()
                    .find_map(|layer| layer.root.clone());
                let store = match root {
                    Some(root) if !is_asked => Store { root },
                    _ => store.clone(),
                };
                let hash = |text: &str| Digest::from_hex(text);
                functions.push(Function {
                    package,
                    place,
                    id: report.row.path.clone(),
                    attributes,
                    hashes: (hash(&report.row.code_hash), hash(&report.row.capture_hash)),
                    merged: merged(&one.now, &report.row),
                    stored: store.function(&report.row.path),
                    sums: Vec::new(),
                });
            }
        }
        functions.sort_by(|a, b| a.id.cmp(&b.id));
        let mut model = Self {
            workspace,
            analysed,
            functions,
            store,
            is_asked,
        };
        model.sum_up();
        model
    }

    fn sum_up(&mut self) {
        let folders: Vec<FunctionFolder> =
            self.functions.iter().map(|f| f.stored.clone()).collect();
        let mut index = Index::open(&self.store, &self.workspace.cache());
        for (function, sums) in self.functions.iter_mut().zip(index.sums(&folders)) {
            function.sums = sums;
        }
    }

    /// The analysis that a function comes from.
    pub(crate) fn inspection(&self, function: &Function) -> &Inspection {
        &self.analysed[function.package].now
    }

    /// The row, and what was found of it.
    pub(crate) fn report(&self, function: &Function) -> &FunctionReport {
        &self.inspection(function).functions[function.place]
    }

    /// The function's file as it is shown: relative to the workspace's root.
    pub(crate) fn file(&self, function: &Function) -> String {
        let folder = &self.analysed[function.package].package.folder;
        let path = folder.join(&self.report(function).row.file);
        self.shown(&path)
    }

    /// A path as it is shown.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.workspace.root).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    /// Where a file of an analysis lies, by the place of the file.
    pub(crate) fn path_of(&self, function: &Function, file: &str) -> PathBuf {
        let inspection = self.inspection(function);
        let at = inspection
            .state
            .files
            .iter()
            .position(|known| known.path == file);
        match at {
            Some(at) => inspection.paths[at].clone(),
            None => self.analysed[function.package].package.folder.join(file),
        }
    }

    /// The functions that a name on the command line means: a path, or the end of one.
    pub(crate) fn find(&self, name: &str) -> anyhow::Result<Vec<&Function>> {
        let ends = format!("::{name}");
        let exact: Vec<&Function> = self.functions.iter().filter(|f| f.id == name).collect();
        if !exact.is_empty() {
            return Ok(exact);
        }
        let found: Vec<&Function> = self
            .functions
            .iter()
            .filter(|f| f.id.ends_with(&ends))
            .collect();
        let ids: HashSet<&str> = found.iter().map(|function| function.id.as_str()).collect();
        match ids.len() {
            1 => Ok(found),
            0 => bail!("{}", self.no_such(name)),
            _ => {
                let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
                ids.sort();
                bail!("`{name}` could be {}: write more of its path", Listed(&ids))
            }
        }
    }

    fn no_such(&self, name: &str) -> String {
        let near = |function: &&Function| {
            let last = function.id.rsplit("::").next().unwrap_or_default();
            let asked = name.rsplit("::").next().unwrap_or_default();
            strsim::jaro_winkler(last, asked) > 0.8
        };
        let mut similar: Vec<String> = self
            .functions
            .iter()
            .filter(near)
            .map(|f| f.id.clone())
            .collect();
        similar.dedup();
        similar.truncate(3);
        match similar[..] {
            [] => format!(
                "there is no checkpointed function `{name}` here; `cargo checkpointer list` shows those that there are"
            ),
            _ => format!(
                "there is no checkpointed function `{name}`; did you mean {}?",
                Listed(&similar)
            ),
        }
    }
}

/// The hashes that stand for all functions of equal tokens in one target, where the macro can't tell which it expands.
fn merged(inspection: &Inspection, row: &Row) -> Vec<Digest> {
    let rows = inspection.functions.iter().map(|function| &function.row);
    let twins: Vec<&Row> = rows
        .filter(|other| other.own_hash == row.own_hash && other.target == row.target)
        .collect();
    if twins.len() < 2 {
        return Vec::new();
    }
    let over = |pick: fn(&Row) -> &str| {
        let mut hashes: Vec<&str> = twins.iter().map(|row| pick(row)).collect();
        hashes.sort_unstable();
        Digest::new(*blake3::hash(hashes.concat().as_bytes()).as_bytes())
    };
    vec![over(|row| &row.code_hash), over(|row| &row.capture_hash)]
}

impl Function {
    /// Whether a stored code version is the code as it is now.
    ///
    /// A `version` or a preset may stand for the code. Then only the program knows, and nothing is called stale.
    pub(crate) fn is_current(&self, code_hash: &Digest) -> bool {
        *code_hash == Digest::new([0; 32])
            || Some(*code_hash) == self.hashes.0
            || Some(*code_hash) == self.hashes.1
            || self.merged.contains(code_hash)
            || self.has_version()
    }

    /// Whether a `version` replaces the code hash.
    pub(crate) fn has_version(&self) -> bool {
        self.attributes.layers.iter().any(|layer| layer.has_version)
    }

    /// The hash under which results are stored now: the one that counts statics if the source or the store says so.
    pub(crate) fn current_hash(&self, captures_by_default: bool) -> Option<Digest> {
        let stored = |hash: Option<Digest>| {
            self.stored
                .versions
                .iter()
                .any(|version| Some(version.code_hash) == hash)
        };
        let said = self
            .attributes
            .layers
            .iter()
            .find_map(|layer| layer.capture);
        let captures = said
            .unwrap_or(captures_by_default || (stored(self.hashes.1) && !stored(self.hashes.0)));
        if captures {
            self.hashes.1
        } else {
            self.hashes.0
        }
    }

    /// What the entries of the code as it is now add up to.
    pub(crate) fn current(&self) -> Sum {
        self.sum(|hash| self.is_current(hash))
    }

    /// What the entries of other code add up to.
    pub(crate) fn stale(&self) -> Sum {
        self.sum(|hash| !self.is_current(hash))
    }

    /// How many other code versions there are.
    pub(crate) fn stale_versions(&self) -> u64 {
        let versions = self.stored.versions.iter();
        versions
            .filter(|version| !self.is_current(&version.code_hash))
            .count() as u64
    }

    /// Whether a preset or an expression says where results are kept, so that they may be elsewhere.
    pub(crate) fn has_hidden_store(&self) -> bool {
        let layers = &self.attributes.layers;
        layers
            .iter()
            .any(|layer| layer.has_hidden_root || layer.using.is_some())
    }

    /// Whether results never leave the process.
    pub(crate) fn is_in_memory(&self) -> bool {
        let layers = &self.attributes.layers;
        !layers.is_empty()
            && layers
                .iter()
                .all(|layer| layer.format.as_deref() == Some("memory"))
    }

    fn sum(&self, counts: impl Fn(&Digest) -> bool) -> Sum {
        let mut sum = Sum::default();
        for (version, one) in self.stored.versions.iter().zip(&self.sums) {
            if counts(&version.code_hash) {
                sum.join(one);
            }
        }
        sum
    }
}
