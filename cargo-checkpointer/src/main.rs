//! `cargo checkpointer`: see what is remembered, what will be recomputed, and why.

mod output;
mod progress;

mod attribute;
mod freshness;
mod history;
mod model;
mod recorded;
mod shared;
mod store;
mod workspace;

mod difference;
mod excerpt;

mod analyze;
mod bless;
mod clean;
mod config;
mod doctor;
mod explain;
mod graph;
mod inspect;
mod list;
mod manual;
mod stats;
mod status;
mod value;
mod verify;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use output::Format;

/// The program as Cargo calls it: `cargo-checkpointer checkpointer …`.
#[derive(Parser)]
#[command(name = "cargo", bin_name = "cargo")]
enum Cargo {
    /// See what is remembered, what will be recomputed, and why
    #[command(version)]
    Checkpointer(Checkpointer),
}

#[derive(clap::Args)]
struct Checkpointer {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// What all commands but `analyze` take.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The form of the output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t = clap::ColorChoice::Auto)]
    color: clap::ColorChoice,
    /// The store's root folder [default: CHECKPOINTER_DIR, or `checkpoints` in the user's cache folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// The Cargo.toml of a package or workspace [default: that of the current folder]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Print the dependency analysis of a package as JSON
    Analyze(analyze::Analyze),
    /// Show each checkpointed function with what is stored of it
    List,
    /// Tell why a function's results were or will be computed again
    Why(why::Why),
    /// Show which functions the code invalidates against what the store holds; exit code 2 if some
    Status(status::Status),
    /// Show all that a function's hash is made of, and what had to be over-approximated
    Explain(explain::Explain),
    /// Draw the dependency graph
    Graph(graph::Graph),
    /// Show hits, misses by reason, time saved and bytes, over all programs that used the store
    Stats(stats::Stats),
    /// Keep the results of older code under the hash of the code as it is now
    Bless(bless::Bless),
    /// Drop stored results
    Clean(clean::Clean),
    /// Check every stored entry; exit code 1 if one is damaged or differs
    Verify(verify::Verify),
    /// Show one entry's header and value
    Inspect(inspect::Inspect),
    /// Look for the common faults of a set-up; exit code 1 if there is one
    Doctor,
    /// Show every setting, and where it comes from
    Config,
    /// Print completions for a shell
    Completions(manual::Completions),
    /// Print or write the manual
    Man(manual::Man),
}

impl Command {
    fn run(self, options: &Options) -> anyhow::Result<ExitCode> {
        let done = |()| ExitCode::SUCCESS;
        match self {
            Command::Analyze(command) => command.run().map(done),
            Command::List => list::run(options).map(done),
            Command::Why(command) => command.run(options).map(done),
            Command::Status(command) => command.run(options),
            Command::Explain(command) => command.run(options).map(done),
            Command::Graph(command) => command.run(options).map(done),
            Command::Stats(command) => command.run(options).map(done),
            Command::Clean(command) => command.run(options).map(done),
            Command::Verify(command) => command.run(options),
            Command::Inspect(command) => command.run(options).map(done),
            Command::Bless(command) => command.run(options).map(done),
            Command::Doctor => doctor::run(options),
            Command::Config => config::run(options).map(done),
            Command::Completions(command) => command.run().map(done),
            Command::Man(command) => command.run().map(done),
        }
    }
}

fn main() -> ExitCode {
    let Cargo::Checkpointer(Checkpointer { options, command }) = Cargo::parse();
    match options.color {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    match command.run(&options) {
        Ok(code) => code,
        Err(error) => {
            let style = anstyle::AnsiColor::Red.on_default().bold();
            let text = output::clean(format!("{error:#}").trim_end());
            anstream::eprintln!("{style}error{style:#}: {text}");
            ExitCode::FAILURE
        }
    }
}
