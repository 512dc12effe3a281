//! Support for tests of programs that use checkpoints: an injected clock, recorded events, "was that a hit?".
//!
//! ```
//! use checkpointer_runtime::{checkpoint, testing};
//!
//! #[checkpoint(format = "memory", version = 1, verbosity = 0)]
//! fn double(x: u64) -> u64 { 2 * x }
//!
//! assert!(!testing::was_hit(|| double(4)).1);
//! assert!(testing::was_hit(|| double(4)).1);
//! ```

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::{Event, EventKind};

static TIME: Mutex<Option<DateTime<Utc>>> = Mutex::new(None);

thread_local! {
    static RECORDED: RefCell<Option<Vec<Recorded>>> = const { RefCell::new(None) };
}

/// An event as a test sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// The function's path.
    pub function: &'static str,
    /// What happened, in one word: `computing`, `computed`, `hit`, `expired`, `corrupted`, `fault`, `uncached`,
    /// `waiting`, `still waiting` or `differs`.
    pub what: &'static str,
}

/// Sets the time of day for the whole process until [`reset_time`].
pub fn set_time(now: DateTime<Utc>) {
    *TIME.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
}

/// Moves the time of day on, from what it is now.
pub fn advance_time(by: std::time::Duration) {
    let now = crate::clock::now();
    set_time(now + TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX));
}

/// Gives the time of day back to the system.
pub fn reset_time() {
    *TIME.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

pub(crate) fn injected_time() -> Option<DateTime<Utc>> {
    *TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a closure and gives, beside its result, what happened to calls on this thread meanwhile.
pub fn record<R>(run: impl FnOnce() -> R) -> (R, Vec<Recorded>) {
    let outer = RECORDED.replace(Some(Vec::new()));
    let result = run();
    let events = RECORDED.replace(outer).unwrap_or_default();
    (result, events)
}

/// Runs a closure and gives, beside its result, whether every call on this thread meanwhile was a hit, and there was one.
pub fn was_hit<R>(run: impl FnOnce() -> R) -> (R, bool) {
    let (result, events) = record(run);
    let any = |what: &str| events.iter().any(|event| event.what == what);
    (result, any("hit") && !any("computing"))
}

pub(crate) fn is_recording() -> bool {
    RECORDED.with_borrow(Option::is_some)
}

pub(crate) fn note(event: &Event<'_>) {
    let what = match event.kind {
        EventKind::Computing => "computing",
        EventKind::Computed { .. } => "computed",
        EventKind::Hit { .. } => "hit",
        EventKind::Expired { .. } => "expired",
        EventKind::Corrupted { .. } => "corrupted",
        EventKind::StorageFault { .. } => "fault",
        EventKind::Uncached { .. } => "uncached",
        EventKind::Waiting => "waiting",
        EventKind::StillWaiting => "still waiting",
        EventKind::Differs => "differs",
    };
    RECORDED.with_borrow_mut(|recorded| {
        if let Some(events) = recorded {
            events.push(Recorded {
                function: event.function,
                what,
            });
        }
    });
}
