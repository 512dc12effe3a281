//! The causes why results were or will be computed again, and how they are found.

use std::time::Duration;

use checkpointer_runtime::Digest;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Shown, changes};
use crate::history::History;
use crate::model::{Function, Model};
use crate::store::{Sum, VersionFolder};

/// One cause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Cause {
    /// Results were stored by other code.
    Code {
        /// The hash of that code.
        code_hash: String,
        /// How many.
        entries: u64,
        /// Seconds that they took to compute.
        seconds: f64,
        /// When the last of them was stored.
        stored: Option<DateTime<Utc>>,
        /// What differs, the most telling first.
        changes: Vec<Shown>,
    },
    /// Results were stored by other code, and what it was is not known.
    UnknownCode {
        /// The hash of that code.
        code_hash: String,
        /// How many.
        entries: u64,
    },
    /// Nothing was ever stored.
    NeverStored,
    /// Results never leave the process.
    InMemory,
    /// Results are older than the function's `expiry`.
    Expired {
        /// How many.
        entries: u64,
    },
    /// Only the program knows when results expire.
    MayExpire,
    /// Entries can't be read.
    Damaged {
        /// How many.
        entries: u64,
        /// What is wrong with the first.
        reason: String,
    },
    /// Entries were written by a newer version of this library, in a newer format.
    Format {
        /// How many.
        entries: u64,
    },
    /// A call with these arguments has no result.
    Argument {
        /// The call's hash.
        call_hash: String,
        /// How many other calls have one.
        others: u64,
    },
    /// A call with these arguments has a result.
    Stored {
        /// The call's hash.
        call_hash: String,
        /// When it was stored.
        stored: Option<DateTime<Utc>>,
    },
    /// A `version` stands for the code, so edits recompute nothing.
    Version,
}

/// The code whose results stand for the code as it is now, and who said so.
pub(super) fn blessed(model: &Model, function: &Function) -> Option<(String, String)> {
    let recorded = crate::bless::recorded(&model.store);
    let hashes = [function.hashes.0, function.hashes.1];
    hashes
        .into_iter()
        .flatten()
        .find_map(|hash| recorded.get(&hash.to_string()).cloned())
}

/// The code versions that are not the code as it is now, the newest results first.
pub(super) fn of_code(model: &Model, history: &mut History, function: &Function) -> Vec<Cause> {
    let versions = function.stored.versions.iter().zip(&function.sums);
    let blessed = blessed(model, function).map(|(from, _)| from);
    let mut old: Vec<(&VersionFolder, &Sum)> = versions
        .filter(|(version, _)| !function.is_current(&version.code_hash))
        .filter(|(version, _)| Some(version.code_hash.to_string()) != blessed)
        .collect();
    old.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.newest));
    let hashes: Vec<Digest> = old.iter().map(|(version, _)| version.code_hash).collect();
    history.load(&hashes);
    let cause = |(version, sum): (&VersionFolder, &Sum)| {
        let code_hash = version.code_hash.to_string();
        match history.past(&function.id, &version.code_hash) {
            Some(past) => Cause::Code {
                code_hash,
                entries: sum.entries,
                seconds: sum.computation.as_secs_f64(),
                stored: sum.newest,
                changes: changes(model, history, function, &past),
            },
            None => Cause::UnknownCode {
                code_hash,
                entries: sum.entries,
            },
        }
    };
    old.into_iter().map(cause).collect()
}

/// What the entries of the code as it is now have against them.
pub(super) fn of_entries(function: &Function) -> Vec<Cause> {
    let layers = &function.attributes.layers;
    let expiry = layers.iter().filter_map(|layer| layer.expiry).min();
    let unreadable = function.current().unreadable;
    let mut causes = Vec::new();
    if expiry.is_some() || unreadable > 0 {
        causes.extend(look_at_each(function, expiry));
    }
    if layers.iter().any(|layer| layer.has_hidden_expiry) {
        causes.push(Cause::MayExpire);
    }
    causes
}

fn look_at_each(function: &Function, expiry: Option<Duration>) -> Vec<Cause> {
    let limit = expiry
        .and_then(|expiry| chrono::TimeDelta::from_std(expiry).ok())
        .and_then(|expiry| Utc::now().checked_sub_signed(expiry));
    let (mut expired, mut newer) = (0, 0);
    let mut damaged: Vec<String> = Vec::new();
    let versions = function.stored.versions.iter();
    for version in versions.filter(|version| function.is_current(&version.code_hash)) {
        version.each(&mut |found| {
            match found.header {
                Ok(header) if limit.is_some_and(|limit| header.header.stored < limit) => {
                    expired += 1
                }
                Ok(_) => {}
                Err(reason) if reason.contains("newer") => newer += 1,
                Err(reason) => damaged.push(format!("{}: {reason}", found.file.display())),
            }
            true
        });
    }
    let mut causes = Vec::new();
    if expired > 0 {
        causes.push(Cause::Expired { entries: expired });
    }
    if newer > 0 {
        causes.push(Cause::Format { entries: newer });
    }
    if let Some(first) = damaged.first() {
        causes.push(Cause::Damaged {
            entries: damaged.len() as u64,
            reason: first.clone(),
        });
    }
    causes
}
