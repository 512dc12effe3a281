//! What happens to calls, as typed events: lines on stderr by verbosity, counters, and whatever observes.

use std::collections::HashSet;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::checkpoint::{Layer, State};
use crate::error::CheckpointError;

/// Something that happened to a call of a checkpointed function.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The function's path.
    pub function: &'static str,
    /// What happened.
    pub kind: EventKind<'a>,
}

/// What happened to a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The function is about to run.
    Computing,
    /// The function has run, and took so long.
    Computed {
        /// How long it took.
        elapsed: Duration,
    },
    /// A stored result was used.
    Hit {
        /// The number of the layer that had it, counted from the outermost.
        layer: usize,
        /// When it was stored.
        stored: DateTime<Utc>,
        /// How long it took to compute.
        saved: Duration,
    },
    /// A result was there, and its time was up.
    Expired {
        /// When it was stored.
        stored: DateTime<Utc>,
    },
    /// An entry was there, and it was not what was stored.
    Corrupted {
        /// What is wrong with it.
        error: &'a CheckpointError,
    },
    /// A store could not be read or written. The call goes on without it.
    StorageFault {
        /// What went wrong.
        error: &'a CheckpointError,
    },
    /// The call can't be cached, because an argument or result can't be turned into bytes.
    Uncached {
        /// What went wrong.
        error: &'a CheckpointError,
    },
    /// Another thread, task or process computes this result; the call waits for it.
    Waiting,
    /// The call has waited for ten seconds, and goes on waiting.
    StillWaiting,
    /// `CHECKPOINTER_VERIFY` has recomputed a hit and found another result.
    Differs,
}

impl EventKind<'_> {
    /// The verbosity from which on this is a line.
    fn level(&self) -> u8 {
        match self {
            Self::Computing
            | Self::Corrupted { .. }
            | Self::StorageFault { .. }
            | Self::Uncached { .. }
            | Self::StillWaiting => 1,
            Self::Differs => 0,
            Self::Hit { .. } | Self::Expired { .. } => 2,
            Self::Computed { .. } | Self::Waiting => 3,
        }
    }

    /// The word that begins the line, and the number of its colour on a terminal.
    fn word(&self) -> (&'static str, u8) {
        match self {
            Self::Computing => ("MEMORIZING", 34),
            Self::Computed { .. } => ("MEMORIZED", 34),
            Self::Hit { .. } => ("REMEMBERED", 32),
            Self::Expired { .. } => ("EXPIRED", 33),
            Self::Corrupted { .. } => ("CORRUPTED", 33),
            Self::StorageFault { .. } | Self::Uncached { .. } => ("UNCACHED", 33),
            Self::Waiting | Self::StillWaiting => ("WAITING", 33),
            Self::Differs => ("DIFFERS", 31),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Corrupted { error } | Self::StorageFault { error } | Self::Uncached { error } => {
                format!(": {error}")
            }
            Self::Hit { saved, .. } if !saved.is_zero() => format!(" (saved {saved:.1?})"),
            Self::Computed { elapsed } => format!(" ({elapsed:.1?})"),
            Self::StillWaiting => ": for ten seconds now; does the function wait for a thread that calls it with the \
                same arguments? call `original` there"
                .to_owned(),
            Self::Differs => ": a recomputed result is not the stored one; the function is not deterministic, or depends \
                on something that the analysis can't see"
                .to_owned(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10} {}{}",
            self.kind.word().0,
            self.function,
            self.kind.detail()
        )
    }
}

/// Counts an event, writes its line, and tells who observes.
#[cold]
pub(crate) fn emit(state: &State, layer: &Layer, kind: EventKind<'_>) {
    state.counters.count(&kind);
    let event = Event {
        function: state.path(),
        kind,
    };
    if layer.verbosity.get() >= event.kind.level() && !is_repeated_fault(&event) {
        write_line(&event);
    }
    observe(&event);
    crate::recorded::tick(&event.kind);
}

fn observe(event: &Event<'_>) {
    #[cfg(feature = "tracing")]
    crate::observe::trace(event);
    #[cfg(feature = "metrics")]
    crate::observe::measure(event);
    #[cfg(feature = "testing")]
    crate::testing::note(event);
    #[cfg(not(any(feature = "tracing", feature = "metrics", feature = "testing")))]
    let _ = event;
}

/// Whether something wants to hear of every hit.
#[inline]
pub(crate) fn hits_are_observed() -> bool {
    #[cfg(feature = "testing")]
    if crate::testing::is_recording() {
        return true;
    }
    // As long as nobody subscribes, `tracing` costs a hit no more than this.
    #[cfg(feature = "tracing")]
    if tracing::level_filters::LevelFilter::current() >= tracing::Level::DEBUG {
        return true;
    }
    cfg!(feature = "metrics")
}

/// A store that is gone would fill the screen: each function's fault of one kind is a line once.
fn is_repeated_fault(event: &Event<'_>) -> bool {
    static REPORTED: Mutex<Option<HashSet<(&'static str, String)>>> = Mutex::new(None);
    let fault = match &event.kind {
        EventKind::StorageFault { error } | EventKind::Uncached { error } => match error {
            CheckpointError::Storage { operation, .. } => operation.to_string(),
            other => other.to_string(),
        },
        _ => return false,
    };
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    !reported
        .get_or_insert_default()
        .insert((event.function, fault))
}

fn write_line(event: &Event<'_>) {
    let (word, colour) = event.kind.word();
    let rest = format_args!("{}{}", event.function, event.kind.detail()).to_string();
    let line = if has_colours() {
        format!("\u{1b}[{colour}m{word:<10}\u{1b}[0m {rest}\n")
    } else {
        format!("{word:<10} {rest}\n")
    };
    // Nobody to tell if stderr is closed.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn has_colours() -> bool {
    static HAS_COLOURS: OnceLock<bool> = OnceLock::new();
    *HAS_COLOURS.get_or_init(|| {
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::io::stderr().is_terminal()
    })
}

/// A line about the set-up rather than a call.
pub(crate) fn complain(text: &str) {
    let _ = std::io::stderr().write_all(format!("checkpointer: {text}\n").as_bytes());
}
