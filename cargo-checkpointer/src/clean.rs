//! `cargo checkpointer clean`: drops stored results, and says first what that frees.

use std::collections::HashSet;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use checkpointer_build::State;
use checkpointer_runtime::storage::{Storage, Upkeep};
use checkpointer_runtime::{Digest, DiskStorage, PackedStorage, Scope, StorageOptions};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::list::seconds;
use crate::model::{Function, Model};
use crate::output::{self, NAME, Page, Report, bytes, count, paint, time};
use crate::store::{Found, FunctionFolder, Store, list};

/// The options of `clean`.
#[derive(clap::Args)]
pub(crate) struct Clean {
    /// Results of older code
    #[arg(long)]
    stale: bool,
    /// Results older than their function's `expiry`, where it is a plain number
    #[arg(long)]
    expired: bool,
    /// Results of functions that are not in the code any more
    #[arg(long)]
    gone: bool,
    /// Leave at most so many bytes, such as 500MB or 2GiB; what saves the least time for its size goes first
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_size: Option<u64>,
    /// Results stored longer ago than this, such as 12h, 30d or 8w
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Option<Duration>,
    /// Only of this function; alone, all of its results
    #[arg(long = "fn", value_name = "FUNCTION")]
    function: Option<String>,
    /// Say what would go, and leave it
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// What `clean` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Freed {
    /// Whether nothing was dropped, since that was asked for.
    dry_run: bool,
    /// How many entries.
    entries: u64,
    /// Their size in bytes.
    bytes: u64,
    /// Seconds of computation that they took.
    seconds: f64,
    /// By function, sorted.
    functions: Vec<Row>,
}

/// What goes of one function.
#[derive(Serialize, JsonSchema)]
struct Row {
    /// The function's path; of one whose entries can't be read, its folder.
    function: String,
    /// How many entries.
    entries: u64,
    /// Their size in bytes.
    bytes: u64,
    /// Seconds of computation that they took.
    seconds: f64,
}

/// Entries that go.
struct Doomed {
    store: Store,
    function: String,
    entries: Vec<Found>,
}

impl Clean {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        if output::is_schema::<Freed>(options.format)? {
            return Ok(());
        }
        let selects = self.stale
            || self.expired
            || self.gone
            || self.max_size.is_some()
            || self.older_than.is_some();
        if !selects && self.function.is_none() {
            bail!(
                "say what is to go: --stale, --expired, --gone, --older-than AGE, --max-size SIZE or --fn FUNCTION"
            );
        }
        let model = Model::load_anew(options)?;
        if self.stale || self.gone {
            model.check_whole()?;
        }
        let doomed = self.doomed(&model, selects)?;
        let freed = freed(&doomed, self.dry_run);
        if !self.dry_run && freed.entries > 0 {
            if !self.yes && !agrees(&freed)? {
                bail!("nothing was dropped");
            }
            for doomed in &doomed {
                doomed.drop_all()?;
            }
            forget_states(&model.store);
        }
        output::print(options.format, &freed)
    }

    fn doomed(&self, model: &Model, selects: bool) -> anyhow::Result<Vec<Doomed>> {
        let functions: Vec<&Function> = match &self.function {
            Some(name) => model.find(name)?,
            None => model.functions.iter().collect(),
        };
        let limit = match self.older_than {
            Some(age) => Some(before(age).context("the age is out of range; give a shorter one")?),
            None => None,
        };
        let (mut all, mut kept): (Vec<Doomed>, Vec<(usize, Found)>) = (Vec::new(), Vec::new());
        for function in functions {
            let expiry = function
                .attributes
                .layers
                .iter()
                .filter_map(|layer| layer.expiry)
                .min();
            let expired = expiry.filter(|_| self.expired).and_then(before);
            if self.expired
                && function
                    .attributes
                    .layers
                    .iter()
                    .any(|layer| layer.has_hidden_expiry)
            {
                output::note(&format!(
                    "only the program knows when results of {} expire: call its `cleanup()` there",
                    function.id
                ));
            }
            let mut entries = Vec::new();
            for version in &function.stored.versions {
                let is_stale = !function.is_current(&version.code_hash);
                version.each(&mut |found| {
                    let stored = found
                        .header
                        .as_ref()
                        .ok()
                        .map(|header| header.header.stored);
                    let is_before = |limit: Option<DateTime<Utc>>| {
                        stored
                            .zip(limit)
                            .is_some_and(|(stored, limit)| stored < limit)
                    };
                    let goes = !selects
                        || self.stale && is_stale
                        || is_before(expired)
                        || is_before(limit);
                    if goes {
                        entries.push(found);
                    } else {
                        kept.push((all.len(), found));
                    }
                    true
                });
            }
            all.push(Doomed {
                store: store_of(model, &function.stored),
                function: function.id.clone(),
                entries,
            });
        }
        if self.gone {
            all.extend(gone(model));
        }
        if let Some(most) = self.max_size {
            over(most, kept, &mut all);
        }
        all.retain(|doomed| !doomed.entries.is_empty());
        Ok(all)
    }
}

/// The store that a function's folder lies in.
fn store_of(model: &Model, folder: &FunctionFolder) -> Store {
    let root = folder.path.parent().and_then(std::path::Path::parent);
    root.map_or_else(
        || model.store.clone(),
        |root| Store {
            root: root.to_owned(),
        },
    )
}

/// Functions of the workspace's crates that are stored and not in the code.
fn gone(model: &Model) -> Vec<Doomed> {
    let known: HashSet<&PathBuf> = model
        .functions
        .iter()
        .map(|function| &function.stored.path)
        .collect();
    let crates: HashSet<&str> = model
        .functions
        .iter()
        .filter_map(|function| function.id.split("::").next())
        .collect();
    let folders = model.store.functions().into_iter();
    let is_gone = |folder: &FunctionFolder| {
        let name = folder.function();
        let is_ours = name
            .as_deref()
            .and_then(|name| name.split("::").next())
            .is_some_and(|name| crates.contains(name));
        is_ours && !known.contains(&folder.path)
    };
    folders
        .filter(is_gone)
        .map(|folder| Doomed {
            store: model.store.clone(),
            function: folder.function().unwrap_or_else(|| folder.shown()),
            entries: folder
                .versions
                .iter()
                .flat_map(|version| version.entries())
                .collect(),
        })
        .collect()
}

/// Takes the least valuable of what is kept, until the rest fits.
fn over(most: u64, mut kept: Vec<(usize, Found)>, all: &mut [Doomed]) {
    let now = Utc::now();
    let worth = |found: &Found| {
        let Ok(header) = &found.header else {
            return 0.0;
        };
        let age = (now - header.header.stored).as_seconds_f64().max(0.0) + 3600.0;
        (header.header.computation.as_secs_f64() + 1e-6) / (found.bytes.max(1) as f64 * age)
    };
    kept.sort_by(|a, b| worth(&b.1).total_cmp(&worth(&a.1)));
    let mut left = most;
    for (at, found) in kept {
        match left.checked_sub(found.bytes) {
            Some(rest) => left = rest,
            None => all[at].entries.push(found),
        }
    }
}

fn freed(doomed: &[Doomed], dry_run: bool) -> Freed {
    let row = |doomed: &Doomed| {
        let mut sum = crate::store::Sum::default();
        for found in &doomed.entries {
            sum.add(found);
        }
        Row {
            function: doomed.function.clone(),
            entries: sum.entries,
            bytes: sum.bytes,
            seconds: sum.computation.as_secs_f64(),
        }
    };
    let rows: Vec<Row> = doomed.iter().map(row).collect();
    Freed {
        dry_run,
        entries: rows.iter().map(|row| row.entries).sum(),
        bytes: rows.iter().map(|row| row.bytes).sum(),
        seconds: rows.iter().map(|row| row.seconds).sum(),
        functions: rows,
    }
}

/// Asks on a terminal; elsewhere nobody could answer, and who calls it knows what it does.
fn agrees(freed: &Freed) -> anyhow::Result<bool> {
    let (input, mut error) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !error.is_terminal() {
        return Ok(true);
    }
    write!(
        error,
        "drop {} ({}, {} of computation)? [y/N] ",
        count(freed.entries, "entry", "entries"),
        bytes(freed.bytes),
        time(seconds(freed.seconds))
    )?;
    error.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

impl Doomed {
    /// By the stores' own operations, so that a program that runs meanwhile sees whole entries or none.
    fn drop_all(&self) -> anyhow::Result<()> {
        let options = Arc::new(StorageOptions::new(self.store.root.clone()));
        let scope = Scope::new(self.function.clone(), options);
        let mut versions: Vec<Digest> = Vec::new();
        for found in &self.entries {
            let storage: &dyn Storage = match found.range {
                Some(_) => &PackedStorage,
                None => &DiskStorage,
            };
            match &found.header {
                Ok(header) => {
                    versions.push(header.code_hash);
                    let key = scope.key(header.code_hash, header.call_hash);
                    let deleted = storage.delete(&key);
                    deleted.with_context(|| format!("can't drop {}", found.file.display()))?;
                }
                Err(_) if found.range.is_none() => std::fs::remove_file(&found.file)
                    .with_context(|| format!("can't drop {}", found.file.display()))?,
                Err(_) => {}
            }
        }
        // Nothing more goes: this removes empty folders, and closes the gaps of packed files.
        let kept: Vec<Digest> = self
            .store
            .function(&self.function)
            .versions
            .iter()
            .map(|v| v.code_hash)
            .collect();
        let upkeep = Upkeep {
            current: &kept,
            expired: &|_| false,
        };
        for storage in [&DiskStorage as &dyn Storage, &PackedStorage] {
            storage
                .cleanup(&scope, &upkeep)
                .with_context(|| format!("can't tidy up after {}", self.function))?;
        }
        Ok(())
    }
}

/// Drops the states of code of which no result is stored. One that can't be removed stays, to no harm.
fn forget_states(store: &Store) {
    let functions = store.functions();
    let stored: HashSet<[u8; 8]> = functions
        .iter()
        .flat_map(|function| &function.versions)
        .filter_map(|version| version.code_hash.as_bytes().first_chunk().copied())
        .collect();
    for path in store.state_folders().iter().flat_map(|folder| list(folder)) {
        let hashes = std::fs::read(&path)
            .ok()
            .and_then(|bytes| State::hashes(&bytes).ok());
        let is_needed = |(code, capture): &([u8; 8], [u8; 8])| {
            stored.contains(code) || stored.contains(capture)
        };
        if hashes.is_some_and(|all| !all.iter().any(is_needed)) {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Report for Freed {
    const COMMAND: &'static str = "clean";

    fn human(&self, page: &mut Page) {
        for row in &self.functions {
            page.line(format_args!(
                "{}  {}, {}, {} of computation",
                paint(NAME, &row.function),
                count(row.entries, "entry", "entries"),
                bytes(row.bytes),
                time(seconds(row.seconds))
            ));
        }
        let verb = if self.dry_run {
            "would drop"
        } else {
            "dropped"
        };
        page.line(format_args!(
            "{verb} {}: {} freed, {} of computation",
            count(self.entries, "entry", "entries"),
            bytes(self.bytes),
            time(seconds(self.seconds))
        ));
    }
}

/// So long ago.
fn before(age: Duration) -> Option<DateTime<Utc>> {
    Utc::now().checked_sub_signed(TimeDelta::from_std(age).ok()?)
}

/// `500`, `500MB`, `2GiB`.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text)?;
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1000,
        "mb" | "m" => 1000 * 1000,
        "gb" | "g" => 1000 * 1000 * 1000,
        "tb" | "t" => 1000 * 1000 * 1000 * 1000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err("use B, kB, MB, GB, TB, KiB, MiB, GiB or TiB".to_owned()),
    };
    number
        .checked_mul(factor)
        .ok_or_else(|| "that is more than any disk has".to_owned())
}

/// `90s`, `30min`, `12h`, `30d`, `8w`.
fn age(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err("use a number and s, min, h, d or w, such as 30d".to_owned()),
    };
    let seconds = number.checked_mul(factor).ok_or("that is too long")?;
    Ok(Duration::from_secs(seconds))
}

fn split(text: &str) -> Result<(u64, &str), String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[..end]
        .parse()
        .map_err(|_| "begin with a whole number".to_owned())?;
    Ok((number, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_read_with_their_units() {
        assert_eq!(size("500MB"), Ok(500_000_000));
        assert_eq!(size("2 GiB"), Ok(2 << 30));
        assert_eq!(age("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert!(size("many").is_err() && size("3 parsecs").is_err() && age("5").is_err());
    }
}
