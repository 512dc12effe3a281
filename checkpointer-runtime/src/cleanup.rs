//! Which entries of a function are dropped: those of older code, expired ones, and the least valuable over a budget.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::error::CheckpointError;
use crate::key::{Digest, Scope, StorageOptions};
use crate::storage::{Entry, Storage, Upkeep};

/// Drops what `upkeep` and the options do not keep. Gives how many entries were dropped.
pub(crate) fn cleanup(
    storage: &(impl Storage + ?Sized),
    scope: &Scope,
    upkeep: &Upkeep<'_>,
) -> Result<u64, CheckpointError> {
    let mut dropped = 0;
    for entry in to_drop(storage.entries(scope)?, scope.options(), upkeep) {
        dropped += u64::from(storage.delete(&entry.key)?);
    }
    Ok(dropped)
}

/// Drops every entry of the function. Gives how many there were.
pub(crate) fn clear(
    storage: &(impl Storage + ?Sized),
    scope: &Scope,
) -> Result<u64, CheckpointError> {
    let mut dropped = 0;
    for entry in storage.entries(scope)? {
        dropped += u64::from(storage.delete(&entry.key)?);
    }
    Ok(dropped)
}

/// The entries that go.
fn to_drop(entries: Vec<Entry>, options: &StorageOptions, upkeep: &Upkeep<'_>) -> Vec<Entry> {
    let kept_versions = kept_versions(&entries, options.keep_versions, upkeep.current);
    let (mut kept, mut dropped): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| {
        kept_versions.contains(&entry.key.code_hash()) && !(upkeep.expired)(entry.stored)
    });
    if let Some(budget) = options.max_bytes {
        let now = kept
            .iter()
            .map(|entry| entry.used)
            .max()
            .unwrap_or_default();
        kept.sort_by(|left, right| worth(right, now).total_cmp(&worth(left, now)));
        let mut left = budget;
        dropped.extend(
            kept.into_iter()
                .filter(|entry| match left.checked_sub(entry.bytes) {
                    Some(rest) => {
                        left = rest;
                        false
                    }
                    None => true,
                }),
        );
    }
    dropped
}

/// The code hashes in use, and of the others those that were used last.
fn kept_versions(entries: &[Entry], others: usize, current: &[Digest]) -> Vec<Digest> {
    let mut last_used: HashMap<Digest, DateTime<Utc>> = HashMap::new();
    for entry in entries
        .iter()
        .filter(|entry| !current.contains(&entry.key.code_hash()))
    {
        let used = last_used.entry(entry.key.code_hash()).or_insert(entry.used);
        *used = entry.used.max(*used);
    }
    let mut versions: Vec<_> = last_used
        .into_iter()
        .map(|(version, used)| (used, version))
        .collect();
    versions.sort_unstable_by_key(|&version| Reverse(version));
    let others = versions
        .into_iter()
        .take(others)
        .map(|(_, version)| version);
    current.iter().copied().chain(others).collect()
}

/// What an entry is worth keeping: the time it saves for the room it takes, the less the longer nobody used it. That is
/// hyperbolic caching (Blankstein, Sen, Freedman, USENIX ATC 2017) with the cost of a computation as the weight. `now` is
/// when the newest of them was used.
fn worth(entry: &Entry, now: DateTime<Utc>) -> f64 {
    const HOUR: f64 = 3600.0;
    let saved = entry.computation.as_secs_f64() + 1e-6;
    let idle = (now - entry.used).as_seconds_f64().max(0.0) + HOUR;
    saved / (entry.bytes.max(1) as f64 * idle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    use chrono::TimeDelta;

    use crate::codec::MSGPACK;
    use crate::entry::Header;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default()
    }

    /// An entry of a code version, so many hours old.
    fn entry(version: u8, call: u8, hours: i64) -> Entry {
        let options = Arc::new(StorageOptions::new("/nowhere"));
        let key =
            Scope::new("app::f", options).key(Digest::new([version; 32]), Digest::new([call; 32]));
        let stored = now() - TimeDelta::hours(hours);
        Entry::new(
            key,
            &Header {
                codec: MSGPACK,
                stored,
                computation: Duration::from_secs(1),
            },
            100,
        )
    }

    fn dropped(
        entries: Vec<Entry>,
        options: &StorageOptions,
        current: u8,
        max_hours: i64,
    ) -> Vec<(u8, u8)> {
        let limit = now() - TimeDelta::hours(max_hours);
        let upkeep = Upkeep {
            current: &[Digest::new([current; 32])],
            expired: &|stored| stored < limit,
        };
        let mut calls: Vec<_> = to_drop(entries, options, &upkeep)
            .iter()
            .map(|entry| {
                (
                    entry.key.code_hash().as_bytes()[0],
                    entry.key.call_hash().as_bytes()[0],
                )
            })
            .collect();
        calls.sort_unstable();
        calls
    }

    #[test]
    fn entries_of_other_code_and_expired_ones_go() {
        let entries = vec![
            entry(1, 1, 1),
            entry(2, 2, 1),
            entry(2, 3, 50),
            entry(3, 4, 1),
        ];
        let options = StorageOptions::new("/nowhere");
        assert_eq!(dropped(entries, &options, 2, 10), [(1, 1), (2, 3), (3, 4)]);
    }

    #[test]
    fn the_versions_used_last_stay_if_asked_for() {
        let entries = vec![
            entry(1, 1, 30),
            entry(2, 1, 20),
            entry(3, 1, 10),
            entry(4, 1, 40),
            entry(1, 2, 5),
        ];
        let mut options = StorageOptions::new("/nowhere");
        options.keep_versions = 2;
        assert_eq!(dropped(entries, &options, 4, 1000), [(2, 1)]);
    }

    #[test]
    fn over_the_budget_the_cheapest_largest_and_longest_unused_go_first() {
        let mut cheap = entry(1, 1, 1);
        cheap.computation = Duration::from_micros(100);
        let mut large = entry(1, 2, 1);
        large.bytes = 1_000_000;
        let old = entry(1, 3, 100);
        let good = entry(1, 4, 1);
        let mut options = StorageOptions::new("/nowhere");
        options.max_bytes = Some(250);
        let entries = vec![cheap, large, old, good];
        assert_eq!(
            dropped(entries.clone(), &options, 1, 10_000),
            [(1, 1), (1, 2)]
        );
        options.max_bytes = Some(150);
        assert_eq!(
            dropped(entries.clone(), &options, 1, 10_000),
            [(1, 1), (1, 2), (1, 3)]
        );
        options.max_bytes = Some(1 << 40);
        assert_eq!(dropped(entries, &options, 1, 10_000), []);
    }
}
