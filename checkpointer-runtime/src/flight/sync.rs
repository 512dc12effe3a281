//! What `board` and `wait` use of the standard library's threads. `tests/flight_schedules.rs` gives them others, whose every
//! schedule it decides.

pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
pub(super) use std::thread::{Thread, current, park, park_timeout};
pub(super) use std::thread_local;

/// A static that threads share.
macro_rules! shared {
    ($($item:tt)*) => { $($item)* };
}
pub(super) use shared;
