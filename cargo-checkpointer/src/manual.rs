//! `cargo checkpointer completions` and `man`: what shells and the manual want to know of the command.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::output::write_out;

/// The options of `completions`.
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the completions for a shell, of the program by its own name.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let mut out = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut crate::Cargo::command(),
            "cargo-checkpointer",
            &mut out,
        );
        write_out(&String::from_utf8(out)?)
    }
}

/// The options of `man`.
#[derive(clap::Args)]
pub(crate) struct Man {
    /// Write a page for each command into this folder [default: the first page to stdout]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    /// Prints or writes the manual's pages.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let mut command = crate::Cargo::command();
        command.build();
        let name = "checkpointer";
        let own = command
            .find_subcommand(name)
            .context("the command has no description of itself; please report it")?
            .clone()
            .name("cargo-checkpointer")
            .display_name("cargo-checkpointer");
        let Some(folder) = self.output else {
            let mut out = Vec::new();
            clap_mangen::Man::new(own).render(&mut out)?;
            return write_out(&String::from_utf8(out)?);
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("can't make {}", folder.display()))?;
        clap_mangen::generate_to(own, &folder)
            .with_context(|| format!("can't write pages into {}", folder.display()))?;
        write_out(&format!("{}\n", folder.display()))
    }
}
