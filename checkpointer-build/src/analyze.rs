//! The analysis of any package, for `cargo checkpointer analyze` and other tools.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::analysis::{Request, analyse};
use crate::cfg::CfgSet;
use crate::package::{Options, Workspace};

/// What to analyse.
#[derive(Clone, Debug, Default)]
pub struct AnalyzeOptions {
    /// Every function is a root; otherwise only those with `#[checkpoint]`.
    pub all: bool,
    /// `--features`.
    pub features: Vec<String>,
    /// `--all-features`.
    pub all_features: bool,
    /// `--no-default-features`.
    pub no_default_features: bool,
    /// The target triple; the host's if none.
    pub target: Option<String>,
    /// A folder in which summaries of source files are kept between runs.
    pub cache: Option<PathBuf>,
}

/// Why a package can't be analysed.
#[derive(Debug)]
pub struct AnalyzeError(String);

impl std::fmt::Display for AnalyzeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AnalyzeError {}

/// Analyses the package of a manifest and returns the JSON that `docs/hashing.md` describes.
///
/// Files that do not parse are no error: what they would define is reported as unresolved.
///
/// # Errors
/// [`AnalyzeError`] where the manifest can't be read, is one of a workspace without package, or
/// `rustc --print cfg` fails.
///
/// ```no_run
/// let options = checkpointer_build::AnalyzeOptions { all: true, ..Default::default() };
/// let json = checkpointer_build::analyze("Cargo.toml".as_ref(), &options)?;
/// # Ok::<(), checkpointer_build::AnalyzeError>(())
/// ```
pub fn analyze(manifest: &Path, options: &AnalyzeOptions) -> Result<String, AnalyzeError> {
    let manifest = std::path::absolute(manifest)
        .map_err(|error| AnalyzeError(format!("can't find {}: {error}", manifest.display())))?;
    let options = options.clone();
    let run = move || run(&manifest, &options);
    let thread = std::thread::Builder::new()
        .stack_size(crate::source::STACK)
        .spawn(run);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(AnalyzeError(
            "the analysis failed by an error of its own; please report it".to_owned(),
        )),
        Err(error) => Err(AnalyzeError(format!(
            "can't start a thread for the analysis: {error}"
        ))),
    }
}

fn run(manifest: &Path, options: &AnalyzeOptions) -> Result<String, AnalyzeError> {
    let asked = Options {
        features: options.features.clone(),
        all_features: options.all_features,
        no_default_features: options.no_default_features,
        script_features: None,
        target: options.target.clone(),
        cargo: std::env::var_os("CARGO").map(PathBuf::from),
        lock_hint: None,
        rustc: std::env::var_os("RUSTC").map(PathBuf::from),
    };
    let workspace =
        Workspace::load(manifest, &asked).map_err(|error| AnalyzeError(error.to_string()))?;
    let printed = print_cfg(options.target.as_deref())?;
    let cfg = CfgSet::from_rustc(&printed, []);
    let request = Request {
        all: options.all,
        cache: options.cache.clone(),
        env: HashMap::new(),
        ..Request::default()
    };
    Ok(analyse(&workspace, &cfg, &request).report.to_json())
}

fn print_cfg(target: Option<&str>) -> Result<String, AnalyzeError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = std::process::Command::new(&rustc);
    command.args(["--print", "cfg"]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    let output = command.output().map_err(|error| {
        AnalyzeError(format!(
            "can't run {}: {error}; set RUSTC to a compiler",
            rustc.to_string_lossy()
        ))
    })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(AnalyzeError(format!(
            "rustc does not know the target: {}",
            message.trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
