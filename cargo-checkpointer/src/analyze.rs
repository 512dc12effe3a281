//! `cargo checkpointer analyze`: the analysis of any package as JSON.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use checkpointer_build::AnalyzeOptions;
use clap::Args;

/// The options of `analyze`.
#[derive(Args)]
pub(crate) struct Analyze {
    /// The package's Cargo.toml
    #[arg(long, value_name = "PATH", default_value = "Cargo.toml")]
    manifest_path: PathBuf,
    /// Take every function as a root, not only those with `#[checkpoint]`
    #[arg(long)]
    all: bool,
    /// Features to activate, separated by commas or spaces
    #[arg(long, short = 'F', value_name = "FEATURES", value_delimiter = ',')]
    features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    all_features: bool,
    /// Do not activate the default feature
    #[arg(long)]
    no_default_features: bool,
    /// The target triple [default: the host's]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Keep summaries of source files in this folder, to be faster the next time
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
}

impl Analyze {
    /// Runs the analysis and prints it.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let features = self
            .features
            .iter()
            .flat_map(|list| list.split_whitespace())
            .map(str::to_owned);
        let options = AnalyzeOptions {
            all: self.all,
            features: features.collect(),
            all_features: self.all_features,
            no_default_features: self.no_default_features,
            target: self.target,
            cache: self.cache,
        };
        let mut out = ReaderMayLeave(std::io::stdout());
        checkpointer_build::analyze_into(&self.manifest_path, &options, &mut out)
            .with_context(|| format!("can't analyze {}", self.manifest_path.display()))
    }
}

/// An output whose reader may have seen enough: the rest is dropped.
struct ReaderMayLeave<W>(W);

impl<W: Write> Write for ReaderMayLeave<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}
