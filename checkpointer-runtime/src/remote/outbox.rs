//! What is on its way to the server: written in the background by a few threads, which end when there is nothing to do.
//!
//! Of one entry only the last write counts, and a lease is given back after the write that it was for. While the server
//! is gone or full, everything stays here, up to a bound.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::backend::{Fault, Fence};
use super::client::{self, Client};
use super::exit;
use crate::error::CheckpointError;
use crate::event;

/// How many writes are on their way at a time.
const WRITERS: usize = 4;
/// The most entries that wait, however small they are.
const LONGEST: usize = 100_000;

/// The writes that wait.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The names of `jobs`, in order.
    order: VecDeque<String>,
    jobs: HashMap<String, Job>,
    /// The names of what is being written.
    busy: HashSet<String>,
    /// The bytes of `jobs`.
    bytes: usize,
    writers: usize,
    /// Whether the server said that it takes no more.
    is_full: bool,
    /// Whether someone waits for a probe.
    is_urgent: bool,
    /// Whether it was said that something can't be sent.
    has_complained: bool,
}

/// What is to be done for one entry.
#[derive(Debug, Default)]
struct Job {
    write: Option<(Bytes, Option<Fence>)>,
    release: Option<Fence>,
}

impl Job {
    fn bytes(&self) -> usize {
        self.write.as_ref().map_or(0, |(bytes, _)| bytes.len())
    }
}

impl Outbox {
    /// Takes a write in, in place of an earlier one of the same entry.
    pub(super) fn write(
        &self,
        client: &Arc<Client>,
        name: &str,
        bytes: Bytes,
        fence: Option<Fence>,
    ) -> Result<(), CheckpointError> {
        let mut state = self.state();
        let replaced = state.jobs.get(name).map_or(0, Job::bytes);
        let limit = client.options.max_queue;
        if state.bytes - replaced + bytes.len() > limit || state.jobs.len() >= LONGEST {
            return Err(CheckpointError::storage(
                format!(
                    "queue a result for the remote store {}",
                    client.options.place()
                ),
                format!(
                    "{} entries with {} bytes wait already, so this one stays in the local layers; raise the limit \
                     with `Remote::max_queue`",
                    state.jobs.len(),
                    state.bytes
                ),
            ));
        }
        state.bytes = state.bytes - replaced + bytes.len();
        state.job(name).write = Some((bytes, fence));
        self.start(client, state);
        Ok(())
    }

    /// Gives a lease back, after what is to be written under it.
    pub(super) fn release(&self, client: &Arc<Client>, name: &str, fence: Fence) {
        let mut state = self.state();
        state.job(name).release = Some(fence);
        self.start(client, state);
    }

    /// Takes a write that has not begun back, and waits for one that has.
    pub(super) fn cancel(&self, name: &str) {
        let mut state = self.state();
        while state.busy.contains(name) {
            state = self.wait(state, Duration::from_secs(1));
        }
        if let Some(job) = state.jobs.get_mut(name) {
            let bytes = job.bytes();
            job.write = None;
            state.bytes -= bytes;
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.jobs.is_empty() && state.busy.is_empty()
    }

    /// Waits until all is written, and gives how many entries are not. `is_patient`: also while the server is gone.
    pub(super) fn flush(&self, client: &Client, by: Instant, is_patient: bool) -> usize {
        let mut state = self.state();
        loop {
            let left = state.left();
            let rest = by.saturating_duration_since(Instant::now());
            let is_stuck = client.breaker.is_open() || state.is_full;
            if left == 0 || rest.is_zero() || is_stuck && !is_patient {
                return left;
            }
            state.is_urgent = is_stuck;
            self.changed.notify_all();
            state = self.wait(state, rest);
        }
    }

    /// Waits for so long, or until someone is in a hurry.
    pub(super) fn pause(&self, pause: Duration) {
        let begin = Instant::now();
        let mut state = self.state();
        loop {
            let rest = pause.saturating_sub(begin.elapsed());
            if std::mem::take(&mut state.is_urgent) || rest.is_zero() {
                return;
            }
            state = self.wait(state, rest);
        }
    }

    /// Goes on after the server is back.
    pub(super) fn resume(&self, client: &Arc<Client>) {
        let mut state = self.state();
        state.is_full = false;
        self.start(client, state);
        self.changed.notify_all();
    }

    /// Starts a writer if one more is of use.
    fn start(&self, client: &Arc<Client>, mut state: MutexGuard<'_, State>) {
        exit::flush_at_exit();
        if state.jobs.is_empty() || state.is_full || client.breaker.is_open() {
            return;
        }
        if state.writers < WRITERS {
            let client = Arc::clone(client);
            if client::spawn("checkpointer-write", move || work(&client)) {
                state.writers += 1;
            }
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, time);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn job(&mut self, name: &str) -> &mut Job {
        if !self.jobs.contains_key(name) {
            self.order.push_back(name.to_owned());
        }
        self.jobs.entry(name.to_owned()).or_default()
    }

    /// The entries that are not written.
    fn left(&self) -> usize {
        let waiting = self.jobs.values().filter(|job| job.write.is_some());
        waiting.count() + self.busy.len()
    }

    /// The first job whose entry is not being written.
    fn take(&mut self) -> Option<(String, Job)> {
        let at = self
            .order
            .iter()
            .position(|name| !self.busy.contains(name))?;
        let name = self.order.remove(at)?;
        let job = self.jobs.remove(&name)?;
        self.bytes -= job.bytes();
        self.busy.insert(name.clone());
        Some((name, job))
    }

    /// Takes a job in again that could not be done, unless there is a newer one.
    fn put_back(&mut self, name: &str, job: Job) {
        let bytes = job.bytes();
        let is_new = !self.jobs.contains_key(name);
        let waiting = self.jobs.entry(name.to_owned()).or_default();
        waiting.release = waiting.release.take().or(job.release);
        if waiting.write.is_none() {
            waiting.write = job.write;
            self.bytes += bytes;
        }
        if is_new {
            self.order.push_front(name.to_owned());
        }
    }
}

/// What a writer does until there is nothing left, or no way to do it.
fn work(client: &Arc<Client>) {
    let outbox = &client.outbox;
    loop {
        let mut state = outbox.state();
        let next = if state.is_full || client.breaker.is_open() {
            None
        } else {
            state.take()
        };
        let Some((name, job)) = next else {
            state.writers -= 1;
            outbox.changed.notify_all();
            return;
        };
        drop(state);
        let undone = carry_out(client, &name, job);
        let mut state = outbox.state();
        state.busy.remove(&name);
        if let Some((job, fault)) = undone {
            state.put_back(&name, job);
            let is_news = matches!(fault, Fault::Full(_)) && !state.is_full;
            state.is_full |= matches!(fault, Fault::Full(_));
            drop(state);
            if fault.is_outage() {
                client.gone(&fault);
            } else if is_news {
                client.start_probing();
            }
        }
        outbox.changed.notify_all();
    }
}

/// Writes an entry, and gives its lease back. Gives the job if it is to be done later.
fn carry_out(client: &Arc<Client>, name: &str, mut job: Job) -> Option<(Job, Fault)> {
    if let Some((bytes, fence)) = &job.write {
        let written =
            client.attempt(|backend, by| backend.put(name, bytes.clone(), fence.as_ref(), by));
        match written {
            Ok(_) => job.write = None,
            Err(fault) if client.is_outage(&fault) => return Some((job, fault)),
            Err(fault @ Fault::Full(_)) => {
                complain(client, &fault);
                return Some((job, fault));
            }
            Err(fault) => {
                job.write = None;
                // What is refused was said.
                if !client.is_readonly() {
                    complain(client, &fault);
                }
            }
        }
    }
    if let Some(fence) = &job.release {
        client.leases.forget(fence);
        // One that can't be given back ends by itself.
        let _ = client.attempt(|backend, by| backend.release(fence, by));
    }
    None
}

/// Says once that something can't be sent.
fn complain(client: &Client, fault: &Fault) {
    let mut state = client.outbox.state();
    if !std::mem::replace(&mut state.has_complained, true) {
        let place = client.options.place();
        event::complain(&format!(
            "results could not be sent to {place}: {fault}; they stay in the local layers"
        ));
    }
}
