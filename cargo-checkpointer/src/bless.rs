//! `cargo checkpointer bless`: after a refactoring that changed no result, keeps the old results under the new hash, with
//! a record of who said so and what differed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use checkpointer_runtime::storage::Storage;
use checkpointer_runtime::{Digest, DiskStorage, PackedStorage, StorageOptions, entry};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::history::{History, git};
use crate::model::{Function, Model};
use crate::output::{self, DIM, GOOD, NAME, Page, Report, count, paint};
use crate::store::{Found, Store, VersionFolder, frame};
use crate::verify::rerun::{Rerun, rerun};
use crate::why::Answer;

/// The options of `bless`.
#[derive(clap::Args)]
pub(crate) struct Bless {
    /// The function's path, or the end of it
    function: String,
    /// The old code's hash, or its first digits [default: that of the newest results]
    #[arg(long, value_name = "HASH")]
    from: Option<String>,
    /// First recompute up to so many results by running the program, and keep nothing if one differs
    #[arg(long, value_name = "N")]
    verify: Option<u64>,
    /// Why the results are the same, for the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// With --verify, the program to run [default: cargo run]
    #[arg(last = true, value_name = "COMMAND", requires = "verify")]
    command: Vec<String>,
}

/// What `bless` prints, and writes into the store's record.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Blessing {
    /// The function's path.
    function: String,
    /// The hash of the code that computed the results.
    from: String,
    /// The hash of the code that they now stand for.
    to: String,
    /// How many results were kept.
    entries: u64,
    /// How many were left out, since the new code has results of its own for these calls.
    already_there: u64,
    /// Who said that they are the same.
    who: String,
    /// When.
    when: DateTime<Utc>,
    /// Why, as far as that was said.
    reason: Option<String>,
    /// What differed.
    differed: Vec<String>,
    /// What recomputing found, if it was asked for.
    verified: Option<Rerun>,
}

impl Bless {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        if output::is_schema::<Blessing>(options.format)? {
            return Ok(());
        }
        let model = Model::load_anew(options)?;
        model.check_whole()?;
        let found = model.find(&self.function)?;
        let [function] = found[..] else {
            bail!(
                "`{}` is compiled in several targets; its results can't be told apart",
                self.function
            );
        };
        if function.has_version() {
            bail!(
                "{} has a `version`: leave that as it is, and its results stay",
                function.id
            );
        }
        let row = &model.report(function).row;
        let to = function
            .current_hash(row.capture_by_default)
            .with_context(|| format!("the code of {} was not read", function.id))?;
        let from = self.old(function)?;
        let mut history = History::open(&model.workspace, &model.analysed, &model.store);
        let answer = Answer::of(&model, &mut history, function);
        let store = root_of(function, &model.store);
        let kept = keep(&store, function, from, to)?;
        let verified = match self.verify {
            Some(most) => Some(self.verified(&store, function, &kept, most)?),
            None => None,
        };
        let blessing = Blessing {
            function: function.id.clone(),
            from: from.code_hash.to_string(),
            to: to.to_string(),
            entries: kept.added.len() as u64,
            already_there: kept.already_there,
            who: who(&model.workspace.root),
            when: Utc::now(),
            reason: self.reason,
            differed: answer.changed_since(&from.code_hash),
            verified,
        };
        record(&store, &blessing)?;
        output::print(options.format, &blessing)
    }

    fn old<'f>(&self, function: &'f Function) -> anyhow::Result<&'f VersionFolder> {
        let versions = function.stored.versions.iter().zip(&function.sums);
        let old = versions.filter(|(version, _)| !function.is_current(&version.code_hash));
        match &self.from {
            Some(start) => {
                let named: Vec<&VersionFolder> = old
                    .map(|(version, _)| version)
                    .filter(|version| version.code_hash.to_string().starts_with(start.as_str()))
                    .collect();
                match named[..] {
                    [only] => Ok(only),
                    [] => bail!(
                        "{} has no results of other code {start}; `cargo checkpointer why` lists it",
                        function.id
                    ),
                    _ => bail!("{start} begins several hashes: write more digits"),
                }
            }
            None => old
                .max_by_key(|(_, sum)| sum.newest)
                .map(|(version, _)| version)
                .with_context(|| {
                    format!(
                        "{} has no results of older code, so there is nothing to keep; `cargo checkpointer list` shows what is stored",
                        function.id
                    )
                }),
        }
    }

    /// Runs the program on the kept results. If one differs, they go again.
    fn verified(
        &self,
        store: &Store,
        function: &Function,
        kept: &Kept,
        most: u64,
    ) -> anyhow::Result<Rerun> {
        if most == 0 {
            bail!("--verify takes a number from 1");
        }
        let outcome = self.compared(store, function, kept, most);
        if outcome.is_err() {
            kept.take_back()?;
        }
        outcome
    }

    fn compared(
        &self,
        store: &Store,
        function: &Function,
        kept: &Kept,
        most: u64,
    ) -> anyhow::Result<Rerun> {
        let rerun = rerun(store, &self.command)?;
        if rerun.differing.contains(&function.id) {
            bail!(
                "a recomputed result of {} is not the old one, so none was kept: the code computes something else",
                function.id
            );
        }
        let compared = rerun
            .of_functions
            .get(&function.id)
            .copied()
            .unwrap_or_default();
        let wanted = most.min(kept.added.len() as u64);
        if compared < wanted {
            bail!(
                "`{}` used {compared} of the results of {}, and {wanted} are to be compared, so none was kept; give a \
                 program after `--` that asks for more of them",
                rerun.command,
                function.id
            );
        }
        Ok(rerun)
    }
}

/// The store that the function's results are in.
fn root_of(function: &Function, default: &Store) -> Store {
    let root = function.stored.path.parent().and_then(Path::parent);
    root.map_or_else(
        || default.clone(),
        |root| Store {
            root: root.to_owned(),
        },
    )
}

/// What was kept, to be taken back if need be.
struct Kept {
    added: Vec<(checkpointer_runtime::Key, bool)>,
    already_there: u64,
}

impl Kept {
    fn take_back(&self) -> anyhow::Result<()> {
        for (key, is_packed) in &self.added {
            storage(*is_packed)
                .delete(key)
                .context("can't take back what was kept")?;
        }
        Ok(())
    }
}

fn storage(is_packed: bool) -> &'static dyn Storage {
    if is_packed {
        &PackedStorage
    } else {
        &DiskStorage
    }
}

/// Copies the entries of old code under the new hash, each verified on the way.
fn keep(
    store: &Store,
    function: &Function,
    from: &VersionFolder,
    to: Digest,
) -> anyhow::Result<Kept> {
    let options = Arc::new(StorageOptions::new(store.root.clone()));
    let mut kept = Kept {
        added: Vec::new(),
        already_there: 0,
    };
    for found in from.entries() {
        let is_packed = found.range.is_some();
        let (header, value, call_hash) = checked(&found)?;
        let key = checkpointer_runtime::Key::new(
            function.id.clone(),
            to,
            call_hash,
            Arc::clone(&options),
        );
        let storage = storage(is_packed);
        let name = || found.file.display().to_string();
        if storage
            .exists(&key)
            .with_context(|| format!("can't look for the new place of {}", name()))?
        {
            kept.already_there += 1;
            continue;
        }
        let copy = entry::encode(&key, &header, |out| {
            out.extend_from_slice(&value);
            Ok(())
        })?;
        storage
            .store(&key, &copy)
            .with_context(|| format!("can't keep {}", name()))?;
        kept.added.push((key, is_packed));
    }
    Ok(kept)
}

fn checked(found: &Found) -> anyhow::Result<(entry::Header, bytes::Bytes, Digest)> {
    let (description, value) = entry::Description::verified(&frame(found)?).with_context(|| {
        format!(
            "{} is damaged; `cargo checkpointer clean` it first",
            found.file.display()
        )
    })?;
    Ok((description.header, value, description.call_hash))
}

/// Who speaks: as git knows them, else as the system does.
fn who(folder: &Path) -> String {
    let setting = |name: &str| {
        let text = String::from_utf8(git(folder, &["config", name])?).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let user = || {
        ["USER", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    match (setting("user.name"), setting("user.email")) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => user().unwrap_or_else(|| "unknown".to_owned()),
    }
}

/// The store's record of blessings: one JSON object a line.
pub(crate) fn record_file(store: &Store) -> PathBuf {
    store.root.join(".blessings")
}

fn record(store: &Store, blessing: &Blessing) -> anyhow::Result<()> {
    let file = record_file(store);
    let line = serde_json::to_string(blessing)? + "\n";
    let mut open = std::fs::OpenOptions::new();
    open.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(&file)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .with_context(|| format!("can't write the record {}", file.display()))
}

impl Report for Blessing {
    const COMMAND: &'static str = "bless";

    fn human(&self, page: &mut Page) {
        page.line(format_args!(
            "{}: {} kept, from code {} to {}",
            paint(NAME, &self.function),
            count(self.entries, "result", "results"),
            &self.from[..8],
            &self.to[..8]
        ));
        if self.already_there > 0 {
            page.line(format_args!(
                "{} of the new code left as they are",
                count(self.already_there, "result", "results")
            ));
        }
        for text in &self.differed {
            page.line(format_args!("  {}", output::clean(text)));
        }
        if let Some(rerun) = &self.verified {
            let program = output::clean(&rerun.command);
            page.line(paint(
                GOOD,
                format_args!("recomputed by `{program}`, and the same"),
            ));
        }
        page.line(paint(
            DIM,
            format_args!("recorded in .blessings: {}", self.who),
        ));
    }
}

/// What was recorded, by the hash that results were kept under: the hash that they were computed under, and who said so.
pub(crate) fn recorded(store: &Store) -> BTreeMap<String, (String, String)> {
    let text = std::fs::read_to_string(record_file(store)).unwrap_or_default();
    let blessing = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| {
            value
                .get(key)
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
        };
        let said = format!("{} on {}", text("who")?, text("when")?.get(..10)?);
        Some((text("to")?, (text("from")?, said)))
    };
    text.lines().filter_map(blessing).collect()
}
