//! Single flight between machines: a lease on the server, which this process prolongs while it computes, and which ends
//! by itself if the process does.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::backend::{Claim, Fence};
use super::breaker::random;
use super::client::{self, Client};
use crate::error::CheckpointError;
use crate::storage::Lease;

/// How often a lease is prolonged in the time that it lasts.
const RENEWALS: u32 = 3;
/// The pauses between two looks at a lease that another machine has.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// The leases that this process holds.
#[derive(Debug, Default)]
pub(super) struct Leases {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// By the lease's name; and whether it is still to be prolonged.
    held: HashMap<String, (Fence, bool)>,
    is_renewing: bool,
}

/// While this lives, the lease is prolonged.
struct Guard {
    client: Arc<Client>,
    entry: String,
    fence: Fence,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let fence = self.fence.clone();
        self.client.outbox.release(&self.client, &self.entry, fence);
    }
}

/// Takes the lease of an entry, and waits for a machine that has it, at most so long. `None`: there is no lease to be had,
/// and nobody was waited for.
pub(super) fn acquire(
    client: &Arc<Client>,
    entry: &str,
    lease: &str,
    limit: Option<Duration>,
) -> Result<Option<Lease>, CheckpointError> {
    let Some(lasting) = client.options.lease else {
        return Ok(None);
    };
    let fence = Fence {
        lease: lease.to_owned(),
        token: token(),
    };
    let begin = Instant::now();
    let mut pause = PAUSES.0;
    let mut has_waited = false;
    loop {
        let claim = client.ask_to_write("take a lease from", |backend, by| {
            backend.claim(&fence, lasting, by)
        });
        match claim? {
            Claim::Held => {
                client.leases.hold(client, fence.clone(), lasting);
                let guard = Guard {
                    client: Arc::clone(client),
                    entry: entry.to_owned(),
                    fence,
                };
                // Between the look that found nothing and this lease another machine may have been at work.
                let is_there = client.ask("look into", |backend, by| backend.exists(entry, by))?;
                return Ok(Some(Lease::new(has_waited || is_there).with(guard)));
            }
            Claim::Unsupported => return Ok(has_waited.then(|| Lease::new(true))),
            Claim::Taken => {}
        }
        has_waited = true;
        if limit.is_some_and(|limit| begin.elapsed() > limit) {
            return Ok(Some(Lease::new(true)));
        }
        thread::sleep(pause.mul_f64(0.5 + random()));
        pause = (pause * 2).min(PAUSES.1);
        // A look costs less than a try, and those who only wait for a value need no turn each.
        if client.ask("look into", |backend, by| backend.exists(entry, by))? {
            return Ok(Some(Lease::new(true)));
        }
    }
}

impl Leases {
    /// The fence for what is written under a lease of this name.
    pub(super) fn fence(&self, lease: &str) -> Option<Fence> {
        Some(self.state().held.get(lease)?.0.clone())
    }

    /// Prolongs this one no more.
    pub(super) fn forget(&self, fence: &Fence) {
        let mut state = self.state();
        if state
            .held
            .get(&fence.lease)
            .is_some_and(|(held, _)| held == fence)
        {
            state.held.remove(&fence.lease);
        }
        self.changed.notify_all();
    }

    fn hold(&self, client: &Arc<Client>, fence: Fence, lasting: Duration) {
        let mut state = self.state();
        state.held.insert(fence.lease.clone(), (fence, true));
        if !state.is_renewing {
            let client = Arc::clone(client);
            state.is_renewing =
                client::spawn("checkpointer-lease", move || renew_all(&client, lasting));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prolongs leases until none is held.
fn renew_all(client: &Client, lasting: Duration) {
    let leases = &client.leases;
    let step = lasting / RENEWALS;
    let mut state = leases.state();
    let mut due = Instant::now() + step;
    loop {
        if state.held.is_empty() {
            state.is_renewing = false;
            return;
        }
        let rest = due.saturating_duration_since(Instant::now());
        if !rest.is_zero() {
            let waited = leases.changed.wait_timeout(state, rest);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            continue;
        }
        due = Instant::now() + step;
        let held = state.held.values().filter(|(_, is_held)| *is_held);
        let fences: Vec<Fence> = held.map(|(fence, _)| fence.clone()).collect();
        drop(state);
        for fence in fences {
            // A fault here is seen by the next operation; a lease that is lost is not prolonged again.
            let renewed = client.backend.renew(&fence, lasting, due);
            if matches!(renewed, Ok(false))
                && let Some((_, is_held)) = leases.state().held.get_mut(&fence.lease)
            {
                *is_held = false;
            }
        }
        state = leases.state();
    }
}

/// A text that no other holder has.
fn token() -> String {
    let now = (Instant::now(), std::process::id(), thread::current().id());
    let half = || RandomState::new().hash_one(now);
    format!("{:016x}{:016x}", half(), half())
}
