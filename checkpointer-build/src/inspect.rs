//! The analysis of a package as values, for `cargo checkpointer`: as the package's build script
//! makes it, if it has run, and else with the defaults.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use checkpointer_syntax::state::State;
use checkpointer_syntax::state::{FILE_NAME, HISTORY_FOLDER};
use checkpointer_syntax::table::{Row, Table};

use crate::analysis::{Analysis, Request, analyse};
use crate::analyze::{AnalyzeError, on_large_stack, print_cfg};
use crate::build::{self, Builder};
use crate::cfg::CfgSet;
use crate::history::{self, Asked};
use crate::package::{Options, Workspace};
use crate::world::Unseen;

/// What to inspect.
#[derive(Clone, Debug, Default)]
pub struct InspectOptions {
    /// Every function is a root; otherwise only those with `#[checkpoint]`.
    pub all: bool,
    /// The OUT_DIR of a build of the package, which says with what options and features it was built.
    pub out_dir: Option<PathBuf>,
    /// A folder in which summaries of source files are kept between runs.
    pub cache: Option<PathBuf>,
}

/// What the analysis found.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Items, hashes and edges.
    pub state: State,
    /// Each checkpointed function, sorted by path.
    pub functions: Vec<FunctionReport>,
    /// What should be known of the package.
    pub notes: Vec<String>,
    /// Files that do not parse: place and reason. Functions in them are not listed, and hashes of their crate say little.
    pub broken: Vec<String>,
    /// Where the files of [`State::files`] lie, in their order.
    pub paths: Vec<PathBuf>,
    /// Other files, and folders that patterns searched, that the hashes depend on: also manifests that decide over features.
    pub watched: Vec<PathBuf>,
    /// The folders of the packages whose sources were read.
    pub folders: Vec<PathBuf>,
}

/// What the analysis found of one checkpointed function.
#[derive(Clone, Debug, Default)]
pub struct FunctionReport {
    /// Its row of the table.
    pub row: Row,
    /// What was over-approximated or could not be seen.
    pub unresolved: Vec<Spot>,
    /// What it reads of the outside world.
    pub impure: Vec<Spot>,
}

impl Inspection {
    /// The functions as a table.
    #[must_use]
    pub fn table(&self) -> Table {
        Table {
            rows: self
                .functions
                .iter()
                .map(|function| function.row.clone())
                .collect(),
            ..Table::default()
        }
    }
}

/// A place in a source file, and what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, relative to its package's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is to be said.
    pub reason: String,
}

impl Spot {
    fn of(unseen: &Unseen) -> Self {
        Spot {
            file: unseen.file.clone(),
            line: unseen.line,
            column: unseen.column,
            reason: unseen.reason.clone(),
        }
    }
}

/// What a build left in its OUT_DIR.
#[derive(Clone, Debug)]
pub struct OutDir(PathBuf);

impl OutDir {
    /// The folder, if a build script with `checkpointer_build` has run there.
    #[must_use]
    pub fn open(folder: &Path) -> Option<Self> {
        let is_one = folder.join(FILE_NAME).is_file();
        is_one.then(|| OutDir(folder.to_owned()))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The states of the last builds, the newest first. One that can't be read is left out.
    #[must_use]
    pub fn states(&self) -> Vec<State> {
        let paths = history::states(&self.0.join(HISTORY_FOLDER));
        paths
            .iter()
            .filter_map(|path| State::read(&std::fs::read(path).ok()?).ok())
            .collect()
    }

    /// The text of a source file of the last builds, by its digest.
    #[must_use]
    pub fn source(&self, digest: &[u8; 16]) -> Option<String> {
        let name = history::source_name(digest);
        std::fs::read_to_string(self.0.join(HISTORY_FOLDER).join(name)).ok()
    }
}

/// Analyses the package of a manifest.
///
/// # Errors
/// [`AnalyzeError`] where the manifest can't be read, is one of a workspace without package, or
/// `rustc --print cfg` fails.
pub fn inspect(manifest: &Path, options: &InspectOptions) -> Result<Inspection, AnalyzeError> {
    let manifest = std::path::absolute(manifest).map_err(|error| {
        AnalyzeError::new(format!("can't find {}: {error}", manifest.display()))
    })?;
    on_large_stack(|| run(&manifest, options))
}

fn run(manifest: &Path, options: &InspectOptions) -> Result<Inspection, AnalyzeError> {
    let asked = options.out_dir.as_deref().and_then(Asked::read);
    let tools = Options {
        cargo: std::env::var_os("CARGO").map(PathBuf::from),
        rustc: std::env::var_os("RUSTC").map(PathBuf::from),
        lock_hint: options.out_dir.clone(),
        ..Options::default()
    };
    let load = |asked: &Options| {
        let workspace = match &options.cache {
            Some(cache) => Workspace::load_cached(cache, manifest, asked),
            None => Workspace::load(manifest, asked),
        };
        workspace.map_err(|error| AnalyzeError::new(error.to_string()))
    };
    let (workspace, cfg, mut request) = match asked {
        Some(asked) => {
            let vars = current(asked.variables.into_iter().collect());
            let workspace = load(&Options {
                cargo: tools.cargo.clone(),
                rustc: tools.rustc.clone(),
                lock_hint: tools.lock_hint.clone(),
                ..build::options(&vars)
            })?;
            let request =
                Builder::with(asked.builder).request(&workspace, &vars, options.cache.clone());
            (workspace, CfgSet::from_build_script_env(vars), request)
        }
        None => {
            let cfg = CfgSet::from_rustc(&print_cfg(None)?, []);
            let workspace = load(&Options {
                cfg: Some(cfg.clone()),
                ..tools
            })?;
            let request =
                Builder::new().request(&workspace, &current(Vec::new()), options.cache.clone());
            (workspace, cfg, request)
        }
    };
    request.all = options.all;
    Ok(inspection(
        &workspace,
        analyse_whole(&workspace, &cfg, &request),
    ))
}

fn analyse_whole(workspace: &Workspace, cfg: &CfgSet, request: &Request) -> Analysis {
    let mut analysis = analyse(workspace, cfg, request);
    analysis.record.read_files();
    analysis
}

/// The variables of the last build; those that are not Cargo's own as they are now.
fn current(variables: Vec<(String, String)>) -> Vec<(String, String)> {
    let is_cargos = |name: &str| {
        name.starts_with("CARGO") || ["TARGET", "HOST", "OUT_DIR", "RUSTC"].contains(&name)
    };
    let mut all: HashMap<String, String> = variables
        .into_iter()
        .filter(|(name, _)| is_cargos(name))
        .collect();
    let own = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    all.extend(own.filter(|(name, _)| !is_cargos(name)));
    all.into_iter().collect()
}

fn inspection(workspace: &Workspace, analysis: Analysis) -> Inspection {
    let broken = analysis.broken.iter();
    let broken = broken.map(|at| format!("{}:{}: {}", at.file, at.line, at.reason));
    let broken = broken.collect();
    let spots = |found: &[Unseen]| found.iter().map(Spot::of).collect();
    let mut functions: Vec<FunctionReport> = analysis
        .table
        .rows
        .into_iter()
        .map(|row| {
            let places = analysis
                .places
                .get(&(row.path.clone(), row.code_hash.clone()));
            let (unseen, impure) = places.map_or((&[][..], &[][..]), |(a, b)| (a, b));
            FunctionReport {
                unresolved: spots(unseen),
                impure: spots(impure),
                row,
            }
        })
        .collect();
    functions.sort_by(|a, b| (&a.row.path, &a.row.target).cmp(&(&b.row.path, &b.row.target)));
    Inspection {
        state: analysis.record.state,
        paths: analysis.record.paths,
        functions,
        notes: analysis.notes,
        broken,
        watched: analysis
            .watched
            .into_iter()
            .chain(workspace.manifests.iter().cloned())
            .collect(),
        folders: workspace
            .packages
            .iter()
            .map(|package| package.directory.clone())
            .collect(),
    }
}
