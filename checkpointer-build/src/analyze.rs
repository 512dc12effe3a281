//! The analysis of any package, for `cargo checkpointer analyze` and other tools.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::analysis::{Request, analyse};
use crate::cfg::CfgSet;
use crate::map::HashMap;
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

impl AnalyzeError {
    pub(crate) fn new(text: String) -> Self {
        AnalyzeError(text)
    }
}

impl std::fmt::Display for AnalyzeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AnalyzeError {}

/// Analyses the package of a manifest and returns the JSON of [`analyze_into`] as a text.
///
/// # Errors
/// [`AnalyzeError`] as there.
///
/// ```no_run
/// let options = checkpointer_build::AnalyzeOptions { all: true, ..Default::default() };
/// let json = checkpointer_build::analyze("Cargo.toml".as_ref(), &options)?;
/// # Ok::<(), checkpointer_build::AnalyzeError>(())
/// ```
pub fn analyze(manifest: &Path, options: &AnalyzeOptions) -> Result<String, AnalyzeError> {
    let mut bytes = Vec::new();
    analyze_into(manifest, options, &mut bytes)?;
    String::from_utf8(bytes).map_err(|error| AnalyzeError(format!("the JSON is no text: {error}")))
}

/// Analyses the package of a manifest and writes the JSON that `docs/hashing.md` describes, which
/// is large where every function is a root.
///
/// Files that do not parse are no error: what they would define is reported as unresolved.
///
/// # Errors
/// [`AnalyzeError`] where the manifest can't be read, is one of a workspace without package, or
/// `rustc --print cfg` or writing fails.
///
/// ```no_run
/// let options = checkpointer_build::AnalyzeOptions { all: true, ..Default::default() };
/// let mut file = std::fs::File::create("analysis.json")?;
/// checkpointer_build::analyze_into("Cargo.toml".as_ref(), &options, &mut file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn analyze_into(
    manifest: &Path,
    options: &AnalyzeOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), AnalyzeError> {
    let manifest = std::path::absolute(manifest)
        .map_err(|error| AnalyzeError(format!("can't find {}: {error}", manifest.display())))?;
    on_large_stack(|| run(&manifest, options, out))
}

/// Runs an analysis on a thread whose stack is large enough for sources that nest deeply.
pub(crate) fn on_large_stack<T: Send>(
    run: impl FnOnce() -> Result<T, AnalyzeError> + Send,
) -> Result<T, AnalyzeError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(crate::source::STACK)
            .spawn_scoped(scope, run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(AnalyzeError(
                "the analysis failed by an error of its own; please report it".to_owned(),
            )),
            Err(error) => Err(AnalyzeError(format!(
                "can't start a thread for the analysis: {error}"
            ))),
        }
    })
}

fn run(
    manifest: &Path,
    options: &AnalyzeOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), AnalyzeError> {
    let printed = print_cfg(options.target.as_deref())?;
    let cfg = CfgSet::from_rustc(&printed, []);
    let asked = Options {
        features: options.features.clone(),
        all_features: options.all_features,
        no_default_features: options.no_default_features,
        script_features: None,
        target: options.target.clone(),
        cfg: Some(cfg.clone()),
        is_cross: options.target.is_some(),
        cargo: std::env::var_os("CARGO").map(PathBuf::from),
        lock_hint: None,
        rustc: std::env::var_os("RUSTC").map(PathBuf::from),
    };
    let workspace =
        Workspace::load(manifest, &asked).map_err(|error| AnalyzeError(error.to_string()))?;
    let request = Request {
        all: options.all,
        cache: options.cache.clone(),
        env: HashMap::default(),
        ..Request::default()
    };
    let report = analyse(&workspace, &cfg, &request).report;
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let written = report
        .write_json(&mut out)
        .and_then(|()| std::io::Write::flush(&mut out));
    written.map_err(|error| AnalyzeError(format!("can't write the JSON: {error}")))
}

pub(crate) fn print_cfg(target: Option<&str>) -> Result<String, AnalyzeError> {
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
