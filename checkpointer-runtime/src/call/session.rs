//! One call's way through its layers, as a state machine that sync and async calls drive alike.
//!
//! ```text
//! ask layer after layer ── hit ──▶ done
//!   │ none has it
//! join the flight ── someone computes ──▶ wait, then ask again
//!   │ the lead
//! ask again, take the process lock, ask again if that took waiting
//!   │ none has it
//! compute ──▶ commit
//! ```
//! It never blocks and never touches a store itself: what may take time leaves it as a [`Step`], and its driver does it
//! on this thread or on another.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::jobs::{Frame, LoadJob, Loaded, LockJob, StoreJob};
use super::values::{Found, Values};
use crate::checkpoint::{Function, Layer, State, Store};
use crate::clock;
use crate::codec;
use crate::content::Wish;
use crate::entry::{self, Header};
use crate::error::CheckpointError;
use crate::event::{self, EventKind};
use crate::flight::lock::Locked;
use crate::flight::{self, FlightKey, Joined, Ticket, Waiter};
use crate::key::{Digest, Key};
use crate::stats;
use crate::storage::Storage;
use crate::storage::stream::{self, Stream};

/// What a call's driver is to do next.
pub(crate) enum Step<T> {
    /// Give this result.
    Done(T),
    /// Load an entry, and hand it back to [`Session::loaded`].
    Load(LoadJob),
    /// Wait for the leader.
    Wait(Waiter),
    /// Take the process lock, and hand it back to [`Session::locked`].
    Lock(LockJob),
    /// Run the function, and hand the result to [`Session::commit`].
    Compute,
}

/// Where a call stands.
enum Phase {
    /// Asking this layer; the flight is not joined.
    Ask(usize),
    /// Asking this layer with the lead of the flight.
    AskAsLeader(usize),
    /// Asking this layer with the process lock, after another process was at work.
    AskLocked(usize),
    /// The function is to run.
    Compute,
}

/// A call on its way.
pub(crate) struct Session<T> {
    pub(crate) state: &'static State,
    function: Function,
    values: Values<T>,
    /// A bit for each layer that takes part.
    active: u64,
    memory_hash: Option<u128>,
    stored_hash: Option<Digest>,
    phase: Phase,
    ticket: Option<Ticket>,
    /// Held until the result is stored.
    locked: Option<Locked>,
    /// A bit for each layer whose entry a newer version wrote, which is not to be overwritten.
    protected: u64,
    /// A bit for each layer whose entry was reported as damaged or expired, to be told once.
    reported: u64,
    /// Whether the layers are not asked before the function runs.
    is_blind: bool,
    /// What a hit has yet to put into the stores above its own.
    fills: Vec<StoreJob>,
}

impl<T> Session<T> {
    /// A call on these layers with these hashes; each kind of layer has its own.
    pub(crate) fn new(
        function: Function,
        values: Values<T>,
        active: u64,
        memory_hash: Option<u128>,
        stored_hash: Option<Digest>,
    ) -> Self {
        Self {
            state: function.state(),
            function,
            values,
            active,
            memory_hash,
            stored_hash,
            phase: Phase::Ask(0),
            ticket: None,
            locked: None,
            protected: 0,
            reported: 0,
            is_blind: false,
            fills: Vec::new(),
        }
    }

    /// A call that computes in any case.
    pub(crate) fn computing(mut self) -> Self {
        self.phase = Phase::Compute;
        self.is_blind = true;
        self
    }

    /// The next step. After `Load` and `Lock` their outcome must come first.
    pub(crate) fn next(&mut self) -> Step<T> {
        loop {
            let (Phase::Ask(index) | Phase::AskAsLeader(index) | Phase::AskLocked(index)) =
                self.phase
            else {
                return Step::Compute;
            };
            let Some(layer) = self.state.layers.get(index) else {
                if let Some(step) = self.nobody_has_it() {
                    return step;
                }
                continue;
            };
            if !self.is_active(index) {
                self.advance();
                continue;
            }
            match &layer.store {
                Store::Memory(slots) => {
                    let found = self
                        .memory_hash
                        .and_then(|hash| (self.values.memory.get)(slots, hash));
                    match found.filter(|found| self.is_fresh(index, found.stored)) {
                        Some(found) => return Step::Done(self.hit(index, found)),
                        None => self.advance(),
                    }
                }
                Store::Bytes(storage) => match self.key(layer) {
                    Some(_)
                        if matches!(self.phase, Phase::AskAsLeader(_)) && storage.lease_looks() =>
                    {
                        self.advance();
                    }
                    Some(key) => {
                        let storage = Arc::clone(storage);
                        let wish = self
                            .values
                            .bytes
                            .map_or(Wish::BYTES, |bytes| (bytes.wish)());
                        return Step::Load(LoadJob { storage, key, wish });
                    }
                    None => self.advance(),
                },
            }
        }
    }

    /// What the layer's store gave. `Some`: a hit.
    pub(crate) fn loaded(&mut self, loaded: Loaded) -> Option<T> {
        let (Phase::Ask(index) | Phase::AskAsLeader(index) | Phase::AskLocked(index)) = self.phase
        else {
            return None;
        };
        let layer = &self.state.layers[index];
        match self.decode(index, loaded) {
            Ok(Some(found)) => Some(self.hit(index, found)),
            Ok(None) => {
                self.advance();
                None
            }
            Err(error) => {
                if let CheckpointError::Newer { .. } = error {
                    self.protected |= 1 << index;
                }
                if self.is_first_report(index) {
                    self.report(layer, &error);
                }
                self.advance();
                None
            }
        }
    }

    /// What a hit is to put into the stores above its own: a write like any other, which its driver does.
    pub(crate) fn take_fills(&mut self) -> Vec<StoreJob> {
        std::mem::take(&mut self.fills)
    }

    /// What came of asking for the process lock.
    pub(crate) fn locked(&mut self, locked: Locked) {
        let has_waited = locked.has_waited;
        self.locked = Some(locked);
        self.phase = if has_waited {
            self.emit_first(EventKind::Waiting);
            Phase::AskLocked(0)
        } else {
            Phase::Compute
        };
    }

    /// The flight's ticket, if this call leads one: to be entered while the function runs.
    pub(crate) fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// Notes that the function is about to run.
    pub(crate) fn begins(&self) {
        self.emit_first(EventKind::Computing);
    }

    /// Notes that the function has run.
    pub(crate) fn has_run(&self, elapsed: Duration) {
        self.emit_first(EventKind::Computed { elapsed });
    }

    /// Keeps a result: in memory at once, and as jobs what goes to stores.
    pub(crate) fn commit<'v>(
        &mut self,
        value: &'v T,
        elapsed: Duration,
    ) -> Vec<StoreJob<Frame<'v>>> {
        let nanoseconds = stats::nanoseconds(elapsed);
        let mut jobs = self.keep(value, clock::now(), nanoseconds, usize::MAX);
        if let Some(job) = jobs.first_mut() {
            job.is_miss = !self.is_blind;
        }
        jobs
    }

    /// Jobs for another thread, without the value.
    pub(crate) fn detached(&self, jobs: Vec<StoreJob<Frame<'_>>>) -> Vec<StoreJob> {
        let detach = |job: StoreJob<Frame<'_>>| {
            let layer = job.layer;
            let detached = job.detached();
            detached.inspect_err(|error| {
                event::emit(self.state, layer, EventKind::Uncached { error });
            })
        };
        jobs.into_iter().flat_map(detach).collect()
    }

    /// Keeps a result in all active layers above this one.
    fn keep<'v>(
        &self,
        value: &'v T,
        stored: DateTime<Utc>,
        nanoseconds: u64,
        above: usize,
    ) -> Vec<StoreJob<Frame<'v>>> {
        let mut jobs = Vec::new();
        for (index, layer) in self.state.layers.iter().enumerate().take(above) {
            if !self.is_active(index) || self.protected & (1 << index) != 0 {
                continue;
            }
            match &layer.store {
                Store::Memory(slots) => {
                    if let Some(hash) = self.memory_hash {
                        let memory = &self.values.memory;
                        memory.insert(slots, hash, value, stored, nanoseconds);
                    }
                }
                Store::Bytes(storage) if self.may_store() => {
                    match self.frame(layer, &**storage, value, stored, nanoseconds) {
                        Ok(Some((key, frame))) => jobs.push(StoreJob {
                            layer,
                            storage: Arc::clone(storage),
                            key,
                            frame,
                            is_blind: self.is_blind,
                            is_miss: false,
                        }),
                        Ok(None) => {}
                        Err(error) => {
                            event::emit(self.state, layer, EventKind::Uncached { error: &error })
                        }
                    }
                }
                Store::Bytes(_) => {}
            }
        }
        jobs
    }

    /// The frame of a value for this layer and its store.
    pub(crate) fn frame<'v>(
        &self,
        layer: &Layer,
        storage: &dyn Storage,
        value: &'v T,
        stored: DateTime<Utc>,
        nanoseconds: u64,
    ) -> Result<Option<(Key, Frame<'v>)>, CheckpointError> {
        let (Some(key), Some(bytes)) = (self.key(layer), &self.values.bytes) else {
            return Ok(None);
        };
        let header = Header {
            codec: codec::MSGPACK,
            stored,
            computation: Duration::from_nanos(nanoseconds),
        };
        let before = (bytes.before_numbers)(value);
        let frame = if storage.streams() && layer.coding.is_plain() {
            let mut frame = entry::head(&key, &header, before)?;
            let start = frame.len();
            if (bytes.encode)(&mut frame, stream::LARGE, value)? {
                entry::seal(&mut frame, start, codec::MSGPACK);
                Frame::Whole(frame)
            } else {
                let write = bytes.write;
                let stream = Stream::new(header, before, move |writer| write(writer, value))?;
                Frame::Streamed(stream)
            }
        } else {
            let write = |out: &mut Vec<u8>| layer.coding.encode(bytes, out, value);
            Frame::Whole(entry::encode_named(&key, &header, before, write)?)
        };
        Ok(Some((key, frame)))
    }

    /// The key of this call in a layer.
    pub(crate) fn key(&self, layer: &Layer) -> Option<Key> {
        Some(layer.scope.key(layer.code_hash, self.stored_hash?))
    }

    /// A loaded entry as a result; `None` if there is none or its time is up.
    fn decode(
        &mut self,
        index: usize,
        loaded: Loaded,
    ) -> Result<Option<Found<T>>, CheckpointError> {
        let Some((header, content)) = loaded? else {
            return Ok(None);
        };
        let Some(bytes) = self.values.bytes else {
            return Ok(None);
        };
        if !self.is_fresh(index, header.stored) {
            return Ok(None);
        }
        Ok(Some(Found {
            value: self.state.layers[index]
                .coding
                .restore(&bytes, header.codec, content)?,
            stored: header.stored,
            nanoseconds: stats::nanoseconds(header.computation),
        }))
    }

    fn is_fresh(&mut self, index: usize, stored: DateTime<Utc>) -> bool {
        let layer = &self.state.layers[index];
        let has_expired = layer.expiry.has_expired(stored);
        if has_expired && self.is_first_report(index) {
            event::emit(self.state, layer, EventKind::Expired { stored });
        }
        !has_expired
    }

    /// Whether nothing was reported of this layer's entry. A call asks up to three times on its way.
    fn is_first_report(&mut self, index: usize) -> bool {
        let is_first = self.reported & (1 << index) == 0;
        self.reported |= 1 << index;
        is_first
    }

    fn hit(&mut self, index: usize, found: Found<T>) -> T {
        let layer = &self.state.layers[index];
        event::emit(
            self.state,
            layer,
            EventKind::Hit {
                layer: index,
                stored: found.stored,
                saved: Duration::from_nanos(found.nanoseconds),
            },
        );
        let fills = self.keep(&found.value, found.stored, found.nanoseconds, index);
        self.fills = self.detached(fills);
        found.value
    }

    /// All layers were asked in this phase.
    fn nobody_has_it(&mut self) -> Option<Step<T>> {
        match self.phase {
            Phase::Ask(_) => match flight::join(self.flight_key()) {
                Joined::Leader(ticket) => {
                    self.ticket = Some(ticket);
                    self.phase = Phase::AskAsLeader(0);
                    None
                }
                Joined::Follower(waiter) => {
                    self.emit_first(EventKind::Waiting);
                    self.phase = Phase::Ask(0);
                    Some(Step::Wait(waiter))
                }
                Joined::Cycle => {
                    self.phase = Phase::Compute;
                    None
                }
            },
            Phase::AskAsLeader(_) => {
                self.phase = Phase::Compute;
                self.lock_job().map(Step::Lock)
            }
            Phase::AskLocked(_) | Phase::Compute => {
                self.phase = Phase::Compute;
                None
            }
        }
    }

    /// What to lock: something, if a store takes part.
    fn lock_job(&self) -> Option<LockJob> {
        if !self.may_store() {
            return None;
        }
        let layers = self.state.layers.iter().enumerate();
        let stores: Vec<_> = layers
            .filter_map(|(index, layer)| match &layer.store {
                Store::Bytes(storage) if self.is_active(index) => {
                    Some((Arc::clone(storage), self.key(layer)?))
                }
                _ => None,
            })
            .collect();
        (!stores.is_empty()).then_some(LockJob { stores })
    }

    fn flight_key(&self) -> FlightKey {
        let call = self.memory_hash.unwrap_or_else(|| {
            let digest = self.stored_hash.unwrap_or(Digest::new([0; 32]));
            let (first, _) = digest.as_bytes().split_at(16);
            u128::from_le_bytes(first.try_into().unwrap_or_default())
        });
        FlightKey {
            function: std::ptr::from_ref(self.state).addr(),
            call,
        }
    }

    fn may_store(&self) -> bool {
        self.state.mode != crate::environment::Mode::ReadOnly
    }

    fn is_active(&self, index: usize) -> bool {
        self.active & (1 << index) != 0
    }

    fn advance(&mut self) {
        match &mut self.phase {
            Phase::Ask(index) | Phase::AskAsLeader(index) | Phase::AskLocked(index) => *index += 1,
            Phase::Compute => {}
        }
    }

    /// An error of an entry or a store, as the event that it is.
    pub(crate) fn report(&self, layer: &Layer, error: &CheckpointError) {
        let kind = match error {
            CheckpointError::Corrupted { .. } => EventKind::Corrupted { error },
            _ => EventKind::StorageFault { error },
        };
        event::emit(self.state, layer, kind);
    }

    /// An event of the call as a whole, at the verbosity of its outermost active layer.
    pub(crate) fn emit_first(&self, kind: EventKind<'_>) {
        let mut layers = self.state.layers.iter().enumerate();
        if let Some((_, layer)) = layers.find(|(index, _)| self.is_active(*index)) {
            event::emit(self.state, layer, kind);
        }
    }

    /// The report of a wait that takes long.
    pub(crate) fn still_waiting(function: Function) {
        if let Some((_, layer)) = function.layers().next() {
            event::emit(function.state(), layer, EventKind::StillWaiting);
        }
    }

    /// The digest of a value that can be turned into bytes.
    pub(crate) fn digest(&self, value: &T) -> Option<Digest> {
        (self.values.bytes?.digest)(value).ok()
    }

    /// The function of this call.
    pub(crate) fn function(&self) -> Function {
        self.function
    }
}
