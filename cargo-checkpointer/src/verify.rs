//! `cargo checkpointer verify`: whether every stored entry is what was stored, and with `--rerun` whether the program
//! computes it again.

pub(crate) mod rerun;
mod server;

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::bail;
use checkpointer_runtime::entry::Description;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::without_password;
use crate::output::{self, BAD, DIM, GOOD, Page, Report, WARN, bytes, count, paint};
use crate::progress::Progress;
use crate::shared;
use crate::store::{FunctionFolder, Store, frame, list};
use crate::workspace::Workspace;

/// A temporary file or lock of this age, which nobody holds, was left by a program that was killed.
const ABANDONED: Duration = Duration::from_secs(10);

/// The options of `verify`.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// Only entries of this function: its whole path
    #[arg(long = "fn", value_name = "FUNCTION")]
    function: Option<String>,
    /// Also read every entry on the team's server, and check its signature
    #[arg(long, conflicts_with = "function")]
    remote: bool,
    /// Also run the program with every hit recomputed and compared
    #[arg(long)]
    rerun: bool,
    /// With --rerun, the program to run [default: cargo run]
    #[arg(last = true, value_name = "COMMAND", requires = "rerun")]
    command: Vec<String>,
}

/// What `verify` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Verdict {
    /// The store's root folder.
    store: String,
    /// How many entries were looked at.
    entries: u64,
    /// Their size in bytes.
    bytes: u64,
    /// Entries that are not what was stored.
    damaged: Vec<Damaged>,
    /// Entries of a newer version's format.
    newer: u64,
    /// Files that killed programs left; the next cleanup removes them.
    leftovers: Vec<String>,
    /// What lies on the team's server, if that was asked for.
    remote: Option<server::Server>,
    /// The team's server, if there is one and it was not asked for.
    remote_not_read: Option<String>,
    /// What rerunning found, if it was asked for.
    rerun: Option<rerun::Rerun>,
}

/// One damaged entry.
#[derive(Serialize, JsonSchema)]
struct Damaged {
    /// Its file.
    file: String,
    /// What is wrong with it.
    reason: String,
}

impl Verify {
    /// Runs the command. The exit code is 1 if something is wrong.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<ExitCode> {
        if output::is_schema::<Verdict>(options.format)? {
            return Ok(ExitCode::SUCCESS);
        }
        let store = Store::chosen(options.store.as_deref());
        let functions = match &self.function {
            Some(name) => {
                let function = store.function(name);
                if function.versions.is_empty() {
                    bail!(
                        "nothing is stored of `{name}` in {}; give its whole path, as `cargo checkpointer list` shows it",
                        store.root.display()
                    );
                }
                vec![function]
            }
            None => store.functions(),
        };
        let mut verdict = check(&store, &functions);
        // Outside of a workspace the environment may name a server all the same.
        let workspace = Workspace::find(options.manifest_path.as_deref()).ok();
        let url = shared::url(workspace.as_ref());
        if self.remote {
            verdict.remote = Some(server::Server::examine(url)?);
        } else {
            verdict.remote_not_read = url.map(|url| without_password(&url));
        }
        if self.rerun {
            verdict.rerun = Some(rerun::rerun(&store, &self.command)?);
        }
        output::print(options.format, &verdict)?;
        let is_fine = verdict.damaged.is_empty()
            && verdict.remote.as_ref().is_none_or(server::Server::is_fine)
            && verdict.rerun.as_ref().is_none_or(rerun::Rerun::is_fine);
        Ok(if is_fine {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn check(store: &Store, functions: &[FunctionFolder]) -> Verdict {
    let mut verdict = Verdict {
        store: store.root.display().to_string(),
        entries: 0,
        bytes: 0,
        damaged: Vec::new(),
        newer: 0,
        leftovers: leftovers(store),
        remote: None,
        remote_not_read: None,
        rerun: None,
    };
    let mut progress = Progress::new("verifying", functions.len() as u64);
    for function in functions {
        progress.step(&function.shown());
        for version in &function.versions {
            version.each(&mut |found| {
                verdict.entries += 1;
                verdict.bytes += found.bytes;
                let checked = frame(&found).map(|frame| Description::verified(&frame));
                let reason = match checked {
                    Ok(Ok((description, _))) => {
                        misplaced(store, &found.file, found.range.is_some(), &description)
                    }
                    Ok(Err(error)) if error.to_string().contains("newer") => {
                        verdict.newer += 1;
                        None
                    }
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(error) => Some(format!("{error:#}")),
                };
                if let Some(reason) = reason {
                    verdict.damaged.push(Damaged {
                        file: found.file.display().to_string(),
                        reason,
                    });
                }
                true
            });
        }
    }
    verdict
}

/// An undamaged entry under another entry's name is none: a program would refuse it, too.
fn misplaced(
    store: &Store,
    file: &std::path::Path,
    is_packed: bool,
    description: &Description,
) -> Option<String> {
    let folder = store.folder_of(&description.function);
    let (code, call) = (
        description.code_hash.to_string(),
        description.call_hash.to_string(),
    );
    let place = match is_packed {
        true => folder.join(format!("{code}.pack")),
        false => folder.join(code).join(&call[..2]).join(call),
    };
    (place != file).then(|| format!("it is another entry's, of {}", description.function))
}

fn leftovers(store: &Store) -> Vec<String> {
    let is_left = |path: &std::path::PathBuf| {
        let Ok(open) = std::fs::File::open(path) else {
            return false;
        };
        let age = open
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|time| SystemTime::now().duration_since(time).ok());
        open.try_lock().is_ok() && age.is_some_and(|age| age >= ABANDONED)
    };
    [".tmp", ".locks"]
        .iter()
        .flat_map(|folder| list(&store.root.join(folder)))
        .filter(|path| path.is_file() && is_left(path))
        .map(|path| path.display().to_string())
        .collect()
}

impl Report for Verdict {
    const COMMAND: &'static str = "verify";

    fn human(&self, page: &mut Page) {
        for damaged in &self.damaged {
            page.line(format_args!(
                "{} {}: {}",
                paint(BAD, "damaged"),
                output::clean(&damaged.file),
                output::clean(&damaged.reason)
            ));
        }
        for file in &self.leftovers {
            page.line(format_args!(
                "{} {}",
                paint(WARN, "leftover"),
                output::clean(file)
            ));
        }
        let newer = match self.newer {
            0 => String::new(),
            newer => format!(", {newer} of a newer version"),
        };
        let entries = format!(
            "{} ({}) in {}",
            count(self.entries, "entry", "entries"),
            bytes(self.bytes),
            self.store
        );
        match self.damaged.len() as u64 {
            0 if self.entries + self.newer == 0 => {
                page.line(format_args!("nothing is stored yet in {}", self.store));
            }
            0 => page.line(paint(GOOD, format_args!("every checksum holds: {entries}{newer}"))),
            some => page.line(paint(
                BAD,
                format_args!(
                    "{} damaged of {entries}{newer}; programs compute them anew when they ask for them",
                    count(some, "entry", "entries")
                ),
            )),
        }
        if let Some(remote) = &self.remote {
            remote.human(page);
        }
        if let Some(place) = &self.remote_not_read {
            page.line(paint(
                DIM,
                format_args!("entries on {place} were not read; --remote checks their signatures"),
            ));
        }
        if let Some(rerun) = &self.rerun {
            rerun.human(page);
        }
    }
}
