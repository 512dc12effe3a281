//! Counters across processes: `ROOT/.stats/totals`, which every program adds to now and then and when its main thread
//! ends, and `cargo checkpointer stats` reads.
//!
//! It is a help and no ledger: what a killed program counted in its last seconds is lost, and so is what can't be written.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::checkpoint::{CHECKPOINTER_FUNCTIONS, State, Store};
use crate::environment::Mode;
use crate::event::EventKind;
use crate::stats::{Counts, NUMBERS, nanoseconds};

/// How often a program writes down what it has counted.
const INTERVAL: Duration = Duration::from_secs(10);

/// How often the lock is asked for before the counters wait for the next time.
const TRIES: u32 = 100;

const FOLDER: &str = ".stats";
const FIRST_LINE: &str = "checkpointer stats 1";

/// What programs have counted in a store, by function.
#[must_use]
pub fn read(root: &Path) -> BTreeMap<String, Counts> {
    let text = fs::read_to_string(root.join(FOLDER).join("totals")).unwrap_or_default();
    parse(&text)
}

/// Sets all counters of a store back to zero.
///
/// # Errors
/// What removing the file gives; that there is none is no error.
pub fn zero(root: &Path) -> std::io::Result<()> {
    match fs::remove_file(root.join(FOLDER).join("totals")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn parse(text: &str) -> BTreeMap<String, Counts> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        return BTreeMap::new();
    }
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let function = fields.next()?.to_owned();
        let mut numbers = [0; NUMBERS];
        for number in &mut numbers {
            *number = fields.next()?.parse().ok()?;
        }
        let mut time = || Some(Duration::from_nanos(fields.next()?.parse().ok()?));
        let (saved, spent) = (time()?, time()?);
        Some((function, Counts::from_list(numbers, saved, spent)))
    };
    lines.filter_map(line).collect()
}

fn write(all: &BTreeMap<String, Counts>) -> String {
    let mut text = format!("{FIRST_LINE}\n");
    for (function, counts) in all {
        text += function;
        for number in counts.listed() {
            text += &format!("\t{number}");
        }
        let (saved, spent) = (nanoseconds(counts.saved), nanoseconds(counts.spent));
        text += &format!("\t{saved}\t{spent}\n");
    }
    text
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When it is next to be written, in milliseconds from the start.
static NEXT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static GUARD: OnceCell<Guard> = const { OnceCell::new() };
}

/// Writes when its thread ends.
struct Guard {
    is_main: bool,
    /// Hits since the clock was looked at.
    hits: Cell<u32>,
}

/// A hit may take less time than looking at the clock: it is looked at once in so many.
const HITS: u32 = 64;

impl Drop for Guard {
    fn drop(&mut self) {
        if self.is_main || is_due(Duration::ZERO) {
            flush();
        }
    }
}

/// Something was counted: now and then that is the time to write.
pub(crate) fn tick(kind: &EventKind<'_>) {
    let looks = GUARD.try_with(|guard| {
        let guard = guard.get_or_init(|| Guard {
            is_main: std::thread::current().name() == Some("main"),
            hits: Cell::new(0),
        });
        let hits = guard.hits.get();
        guard.hits.set(if hits == HITS { 0 } else { hits + 1 });
        hits == HITS || !matches!(kind, EventKind::Hit { .. })
    });
    if looks.is_ok_and(|looks| looks) && is_due(INTERVAL) {
        flush();
    }
}

/// Whether it is time, at most once in an interval. The first time is an interval from the start.
fn is_due(first: Duration) -> bool {
    let now = START.elapsed();
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let next = NEXT.load(Relaxed);
    if next == 0 {
        NEXT.store(
            milliseconds(now + first.max(Duration::from_millis(1))),
            Relaxed,
        );
        return false;
    }
    milliseconds(now) >= next
        && NEXT
            .compare_exchange(next, milliseconds(now + INTERVAL), Relaxed, Relaxed)
            .is_ok()
}

/// What was written of each function, by the address of its state.
static WRITTEN: Mutex<Option<HashMap<usize, Counts>>> = Mutex::new(None);

/// Adds what was counted since the last time to each store's totals.
fn flush() {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let written = written.get_or_insert_default();
    let mut by_root: HashMap<&Path, Vec<(usize, &'static State, Counts)>> = HashMap::new();
    for state in CHECKPOINTER_FUNCTIONS
        .iter()
        .filter_map(|known| known.existing_state())
    {
        if matches!(state.mode, Mode::Off | Mode::ReadOnly) {
            continue;
        }
        let address = std::ptr::from_ref(state).addr();
        let counts = state.counters.read(state.path()).counts;
        if written.get(&address).copied().unwrap_or_default() != counts
            && let Some(root) = root(state)
        {
            by_root
                .entry(root)
                .or_default()
                .push((address, state, counts));
        }
    }
    for (root, functions) in by_root {
        let mut added: BTreeMap<String, Counts> = BTreeMap::new();
        for (address, state, counts) in &functions {
            let before = written.get(address).copied().unwrap_or_default();
            let sum = added.entry(state.path().to_owned()).or_default();
            sum.add(&counts.since(&before));
        }
        if add(root, &added).is_some() {
            written.extend(
                functions
                    .into_iter()
                    .map(|(address, _, counts)| (address, counts)),
            );
        }
    }
}

/// The root of the function's first store on disk.
fn root(state: &'static State) -> Option<&'static Path> {
    let on_disk = state
        .layers
        .iter()
        .find(|layer| matches!(layer.store, Store::Bytes(_)));
    on_disk.map(|layer| layer.scope.root_path())
}

/// Adds to the totals of a store that is there. `None` where it could not be done.
fn add(root: &Path, added: &BTreeMap<String, Counts>) -> Option<()> {
    if !root.is_dir() {
        return None;
    }
    let folder = root.join(FOLDER);
    crate::storage::create_folder(&folder).ok()?;
    let lock = File::create(folder.join("lock")).ok()?;
    let is_locked = (0..TRIES).any(|_| {
        let is_mine = lock.try_lock().is_ok();
        if !is_mine {
            std::thread::yield_now();
        }
        is_mine
    });
    if !is_locked {
        return None;
    }
    let mut all = read(root);
    for (function, counts) in added {
        all.entry(function.clone()).or_default().add(counts);
    }
    let temporary: PathBuf = folder.join(format!("totals.{}", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(write(&all).as_bytes()))
        .and_then(|()| fs::rename(&temporary, folder.join("totals")));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(hits: u64) -> Counts {
        let list = [hits, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0];
        Counts::from_list(list, Duration::from_millis(5), Duration::ZERO)
    }

    #[test]
    fn totals_of_many_threads_add_up() {
        let root = tempfile::tempdir().expect("a folder");
        let done: Vec<u64> = std::thread::scope(|scope| {
            let add = |_| {
                let one = BTreeMap::from([("app::f".to_owned(), counts(1))]);
                // Who does not get the lock keeps its counters and tries again.
                while add(root.path(), &one).is_none() {}
                1
            };
            let threads: Vec<_> = (0..8).map(|at| scope.spawn(move || add(at))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        assert_eq!(done.len(), 8);
        let all = read(root.path());
        assert_eq!(all["app::f"].by_layer, [8, 8, 16, 24]);
        assert_eq!(all["app::f"].hits, 56);
        assert_eq!(all["app::f"].saved, Duration::from_millis(40));
        zero(root.path()).expect("it can be removed");
        assert_eq!(read(root.path()), BTreeMap::new());
        zero(root.path()).expect("nothing to remove is no error");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let all = BTreeMap::from([
            ("app::<X as Y>::f".to_owned(), counts(7)),
            ("app::g".to_owned(), Counts::default()),
        ]);
        assert_eq!(parse(&write(&all)), all);
        assert_eq!(parse("something else\napp::f\t1"), BTreeMap::new());
        assert_eq!(
            parse(&format!("{FIRST_LINE}\napp::f\t1\tx")),
            BTreeMap::new()
        );
    }
}
