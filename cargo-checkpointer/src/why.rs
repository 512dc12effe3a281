//! `cargo checkpointer why`: which change makes a function's results be computed again, or which other cause.

mod arguments;
mod cause;
mod change;
mod page;

use anyhow::bail;
use checkpointer_runtime::Digest;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::history::History;
use crate::model::{Function, Model};
use crate::output;
use crate::store::VersionFolder;
use cause::{Cause, blessed, of_code, of_entries};
use change::Shown;

/// How many lines `why` takes for a function.
pub(crate) const LINES: usize = 12;

/// The options of `why`.
#[derive(clap::Args)]
pub(crate) struct Why {
    /// The function's path, or the end of it
    function: String,
    /// The arguments of a call, as Rust literals: tells about its result alone
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
    /// Show every change, not only as many as fit into twelve lines
    #[arg(long)]
    all: bool,
}

/// What `why` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The function's path.
    function: String,
    /// Its file, relative to the workspace's root.
    file: String,
    /// Its line, from 1.
    line: u32,
    /// Stored results of the code as it is now.
    current_entries: u64,
    /// Who said, by `bless`, that results of older code stand for this code, and when.
    blessed: Option<String>,
    /// Why results were or will be computed again, the most telling first; of a function whose results are all there, none.
    causes: Vec<Cause>,
    #[serde(skip)]
    show_all: bool,
    #[serde(skip)]
    now: DateTime<Utc>,
}

impl Why {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        let Some(model) = Model::asked_for::<Answer>(options)? else {
            return Ok(());
        };
        let functions = model.find(&self.function)?;
        let mut history = History::open(&model.workspace, &model.analysed, &model.store);
        for function in functions {
            let mut answer = Answer::of(&model, &mut history, function);
            if !self.arguments.is_empty() {
                answer.causes = self.of_call(&model, function, &answer)?;
            }
            answer.show_all = self.all;
            output::print(options.format, &answer)?;
        }
        Ok(())
    }

    /// The causes for one call.
    fn of_call(
        &self,
        model: &Model,
        function: &Function,
        answer: &Answer,
    ) -> anyhow::Result<Vec<Cause>> {
        let row = &model.report(function).row;
        if !row.captured.is_empty() {
            bail!(
                "{} captures {}, whose value only the program knows; leave the arguments out",
                function.id,
                row.captured.join(", ")
            );
        }
        let call = arguments::call_hashes(function, &row.switches, &self.arguments)?;
        let holds = |version: &VersionFolder| {
            call.iter()
                .find_map(|hash| Some((*hash, version.call(hash)?)))
        };
        let versions = &function.stored.versions;
        let is_current = |version: &&VersionFolder| function.is_current(&version.code_hash);
        if let Some((hash, found)) = versions.iter().filter(is_current).find_map(holds) {
            let mut causes = vec![Cause::Stored {
                call_hash: hash.to_string(),
                stored: found
                    .header
                    .as_ref()
                    .ok()
                    .map(|header| header.header.stored),
            }];
            if let Err(reason) = found.header {
                causes[0] = Cause::Damaged { entries: 1, reason };
            }
            return Ok(causes);
        }
        let old: Vec<String> = versions
            .iter()
            .filter(|version| !is_current(version) && holds(version).is_some())
            .map(|version| version.code_hash.to_string())
            .collect();
        let of_old = |cause: &&Cause| match cause {
            Cause::Code { code_hash, .. } | Cause::UnknownCode { code_hash, .. } => {
                old.contains(code_hash)
            }
            _ => false,
        };
        let mut causes: Vec<Cause> = answer.causes.iter().filter(of_old).cloned().collect();
        if causes.is_empty() {
            causes.push(Cause::Argument {
                call_hash: call.first().map(Digest::to_string).unwrap_or_default(),
                others: function.current().entries,
            });
        }
        Ok(causes)
    }
}

impl Answer {
    /// The causes for all results of a function.
    pub(crate) fn of(model: &Model, history: &mut History, function: &Function) -> Self {
        let row = &model.report(function).row;
        let current = function.current();
        let mut causes = Vec::new();
        if function.has_version() {
            causes.push(Cause::Version);
        }
        causes.extend(of_code(model, history, function));
        causes.extend(of_entries(function));
        if function.is_in_memory() {
            causes.push(Cause::InMemory);
        } else if function.stored.versions.is_empty() {
            causes.push(Cause::NeverStored);
        }
        Self {
            function: function.id.clone(),
            file: model.file(function),
            line: row.line,
            current_entries: current.entries,
            blessed: blessed(model, function).map(|(_, said)| said),
            causes,
            show_all: false,
            now: Utc::now(),
        }
    }

    /// The items that changed since the last stored results: id, what happened, and the way from the function.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        let first = self.causes.iter().find_map(|cause| match cause {
            Cause::Code { changes, .. } => Some(changes),
            _ => None,
        });
        let changes = first.into_iter().flatten();
        changes.map(|change| {
            (
                change.item.as_str(),
                change.text.as_str(),
                change.path.as_slice(),
            )
        })
    }

    /// What differs from code of this hash, in sentences.
    pub(crate) fn changed_since(&self, hash: &Digest) -> Vec<String> {
        let hash = hash.to_string();
        let changes = self.causes.iter().find_map(|cause| match cause {
            Cause::Code {
                code_hash, changes, ..
            } if *code_hash == hash => Some(changes),
            _ => None,
        });
        let sentence = |change: &Shown| match change.line {
            0 => change.text.clone(),
            line => format!("{} ({}:{line})", change.text, change.file),
        };
        changes.into_iter().flatten().map(sentence).collect()
    }
}
