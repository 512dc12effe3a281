//! A server that is gone costs once: until it answers a probe in the background, every operation fails at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::error::CheckpointError;

/// The longest pause between two probes.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether a server is asked at the moment.
#[derive(Debug)]
pub(super) struct Breaker {
    is_open: AtomicBool,
    has_tripped: AtomicBool,
    state: Mutex<State>,
    place: String,
    first_pause: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// Since when the server is gone, and why.
    outage: Option<(DateTime<Utc>, String)>,
    /// How often in a row it went without an answer in between that was more than a sign of life.
    trips: u32,
    /// Since when nobody has asked: a server that nobody needs is not probed.
    is_wanted: bool,
}

impl Breaker {
    pub(super) fn new(place: String, first_pause: Duration) -> Self {
        Self {
            is_open: AtomicBool::new(false),
            has_tripped: AtomicBool::new(false),
            state: Mutex::default(),
            place,
            first_pause,
        }
    }

    /// Whether operations fail at once.
    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Fails while the server is gone.
    pub(super) fn check(&self) -> Result<(), CheckpointError> {
        if !self.is_open() {
            return Ok(());
        }
        let mut state = self.state();
        state.is_wanted = true;
        match &state.outage {
            Some(_) => Err(self.error(&state)),
            None => Ok(()),
        }
    }

    /// Notes that the server is gone. Gives whether that is news, so that someone begins to probe.
    pub(super) fn trip(&self, why: &str) -> (CheckpointError, bool) {
        let mut state = self.state();
        let is_news = state.outage.is_none();
        if is_news {
            state.outage = Some((Utc::now(), why.to_owned()));
            state.trips = state.trips.saturating_add(1);
            self.has_tripped.store(true, Ordering::Release);
            self.is_open.store(true, Ordering::Release);
        }
        (self.error(&state), is_news)
    }

    /// Notes an answer to a probe: operations go through again.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.outage = None;
        self.is_open.store(false, Ordering::Release);
    }

    /// Notes an answer to a real operation.
    pub(super) fn succeeded(&self) {
        // Nearly every time there is nothing to note.
        if self.has_tripped.load(Ordering::Acquire) {
            let mut state = self.state();
            if state.outage.is_none() {
                state.trips = 0;
                self.has_tripped.store(false, Ordering::Release);
            }
        }
    }

    /// How long to wait until the next probe: longer from one to the next, and not the same for all machines.
    pub(super) fn pause(&self, probes: u32) -> Duration {
        let step = probes.saturating_add(self.state().trips.saturating_sub(1));
        let longest = self
            .first_pause
            .saturating_mul(1 << step.min(16))
            .min(LONGEST.max(self.first_pause));
        longest.mul_f64(0.75 + 0.25 * random())
    }

    /// Whether anyone has asked since this was last called.
    pub(super) fn take_wanted(&self) -> bool {
        std::mem::take(&mut self.state().is_wanted)
    }

    fn error(&self, state: &State) -> CheckpointError {
        let (since, why) = match &state.outage {
            Some((since, why)) => (since.format("%H:%M:%S UTC").to_string(), why.as_str()),
            None => ("now".to_owned(), "it is back"),
        };
        CheckpointError::storage(
            format!(
                "reach the remote store {}, which is left alone since {since}",
                self.place
            ),
            why,
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number from 0 to 1 that differs from one call to the next.
pub(super) fn random() -> f64 {
    use std::hash::BuildHasher as _;
    let hash = std::collections::hash_map::RandomState::new().hash_one(Instant::now());
    f64::from(u32::try_from(hash >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        Breaker::new("redis://host".to_owned(), Duration::from_secs(1))
    }

    #[test]
    fn a_server_that_is_gone_fails_at_once_and_is_named_with_time_and_cause() {
        let breaker = breaker();
        assert!(breaker.check().is_ok());
        let (_, is_news) = breaker.trip("no route");
        assert!(is_news && !breaker.trip("again").1);
        let error = breaker.check().expect_err("the server is gone").to_string();
        assert!(
            error.contains("redis://host") && error.contains("no route"),
            "{error}"
        );
        breaker.close();
        assert!(breaker.check().is_ok());
    }

    #[test]
    fn pauses_grow_to_a_minute_and_begin_anew_after_a_real_answer() {
        let breaker = breaker();
        breaker.trip("gone");
        let pause = |probes| breaker.pause(probes).as_secs_f64();
        assert!((0.75..=1.0).contains(&pause(0)), "{}", pause(0));
        assert!((3.0..=4.0).contains(&pause(2)), "{}", pause(2));
        assert!((45.0..=60.0).contains(&pause(40)), "{}", pause(40));
        // It answers probes and fails at the first real operation.
        breaker.close();
        breaker.trip("gone");
        assert!((1.5..=2.0).contains(&pause(0)), "{}", pause(0));
        breaker.close();
        breaker.succeeded();
        breaker.trip("gone");
        assert!((0.75..=1.0).contains(&pause(0)), "{}", pause(0));
    }

    #[test]
    fn a_server_that_nobody_asks_for_is_not_wanted() {
        let breaker = breaker();
        breaker.trip("gone");
        assert!(!breaker.take_wanted());
        let _ = breaker.check();
        assert!(breaker.take_wanted() && !breaker.take_wanted());
    }
}
