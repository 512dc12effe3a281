//! `cargo checkpointer`: see what is remembered, and why.

mod analyze;

use clap::{Parser, Subcommand};

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
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the dependency analysis of a package
    Analyze(analyze::Analyze),
}

fn main() -> std::process::ExitCode {
    let Cargo::Checkpointer(Checkpointer { command }) = Cargo::parse();
    let outcome = match command {
        Command::Analyze(command) => command.run(),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
