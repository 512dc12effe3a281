//! The operations that may run the function: the plain call, `cached` and `rerun`, sync and async.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::{Duration, Instant};

use super::jobs::{Put, StoreJob};
use super::session::{Session, Step};
use super::{Arguments, Async, Call, Keep, Mode, Sync};
use crate::background;
use crate::checkpoint::{State, Store};
use crate::environment::Mode as Environment;
use crate::event::{self, EventKind};
use crate::flight;
use crate::span::Span;

/// Which layers a call asks, and whether it asks at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Policy {
    /// The layers whose `when` says yes.
    Plain,
    /// All layers.
    Cached,
    /// All layers, without asking them first.
    Rerun,
}

impl<S: Arguments, X, M: Mode<X>> Call<S, X, M> {
    /// The call on its way, or `None` where nothing is to be cached.
    fn session(&self, policy: Policy) -> Option<Session<M::Kept>> {
        let state = self.function.state();
        if state.mode == Environment::Off {
            return None;
        }
        let mut active = 0;
        let (mut in_memory, mut in_bytes) = (false, false);
        for (index, layer) in self.function.layers() {
            if policy == Policy::Plain && !layer.when.get() {
                continue;
            }
            active |= 1 << index;
            match layer.store {
                Store::Memory(_) => in_memory = true,
                Store::Bytes(_) => in_bytes = true,
            }
        }
        if active == 0 {
            return None;
        }
        let memory_hash = in_memory.then(|| self.memory_hash()).transpose();
        let memory_hash = memory_hash.map_err(|error| *error);
        let stored_hash = in_bytes.then(|| self.stored_hash()).transpose();
        match (memory_hash, stored_hash) {
            (Ok(memory_hash), Ok(stored_hash)) => {
                let session =
                    Session::new(self.function, self.values, active, memory_hash, stored_hash);
                let computes = policy == Policy::Rerun || state.mode == Environment::Refresh;
                Some(if computes {
                    session.computing()
                } else {
                    session
                })
            }
            (Err(error), _) | (_, Err(error)) => {
                if let Some((_, layer)) = self.function.layers().next() {
                    event::emit(state, layer, EventKind::Uncached { error: &error });
                }
                None
            }
        }
    }

    /// The short way: a hit in an outermost layer that is memory, with nothing else to ask or tell.
    #[inline]
    fn quick(&self, state: &'static State) -> Option<M::Kept> {
        if !state.is_quick || event::hits_are_observed() || self.function.layer.is_some() {
            return None;
        }
        let layer = &state.layers[0];
        let Store::Memory(slots) = &layer.store else {
            return None;
        };
        if !layer.when.get() {
            return None;
        }
        let hash = self.memory_hash().ok()?;
        let found = (self.values.memory.get)(slots, hash)?;
        state.counters.hit(found.nanoseconds);
        Some(found.value)
    }
}

impl<S: Arguments, R, K: Keep<R>> Call<S, R, Sync<K>> {
    /// The plain call: loads the result, or computes and stores it.
    #[inline]
    pub fn run(self) -> R {
        let state = self.function.state();
        if state.is_off {
            return self.original();
        }
        match self.quick(state) {
            Some(kept) => K::restore(kept),
            None => self.go(Policy::Plain),
        }
    }

    /// As [`Call::run`], but ignores `when = false`.
    pub fn cached(self) -> R {
        self.go(Policy::Cached)
    }

    /// Computes, and overwrites what is stored.
    pub fn rerun(self) -> R {
        self.go(Policy::Rerun)
    }

    #[inline(never)]
    fn go(self, policy: Policy) -> R {
        let Some(mut session) = self.session(policy) else {
            return self.original();
        };
        loop {
            match session.next() {
                Step::Done(kept) => return self.verified(session, kept),
                Step::Load(job) => {
                    let loaded = job.run();
                    if let Some(kept) = session.loaded(loaded) {
                        return self.verified(session, kept);
                    }
                }
                Step::Wait(waiter) => {
                    let function = session.function();
                    waiter.block(|| Session::<K::Kept>::still_waiting(function));
                }
                Step::Lock(job) => {
                    let locked = job.run();
                    session.locked(locked);
                }
                Step::Compute => return self.compute(session),
            }
        }
    }

    fn compute(self, mut session: Session<K::Kept>) -> R {
        session.begins();
        let begin = Instant::now();
        let result = {
            let _running = session.ticket().map(|ticket| ticket.enter());
            let span = Span::of(session.state.path());
            let _entered = span.enter();
            self.original()
        };
        let elapsed = begin.elapsed();
        session.has_run(elapsed);
        match K::divide(result) {
            Ok(kept) => {
                let jobs = session.commit(&kept, elapsed);
                store(session.state, jobs);
                K::restore(kept)
            }
            Err(result) => result,
        }
    }

    /// A hit, unless it is one of the share that is recomputed and compared.
    fn verified(self, mut session: Session<K::Kept>, kept: K::Kept) -> R {
        store(session.state, session.take_fills());
        let Some(digest) = session.digest_to_verify(&kept) else {
            return K::restore(kept);
        };
        match K::divide(self.original()) {
            Ok(fresh) => {
                if session.differs(digest, &fresh) {
                    let jobs = session.commit(&fresh, Duration::ZERO);
                    store(session.state, jobs);
                }
                K::restore(fresh)
            }
            Err(result) => result,
        }
    }
}

impl<S: Arguments, F: Future, K: Keep<F::Output>> Call<S, F, Async<K>> {
    /// The plain call: loads the result, or computes and stores it.
    #[inline]
    pub async fn run(self) -> F::Output {
        let state = self.function.state();
        if state.is_off {
            return self.original().await;
        }
        match self.quick(state) {
            Some(kept) => K::restore(kept),
            None => self.go(Policy::Plain).await,
        }
    }

    /// As [`Call::run`], but ignores `when = false`.
    pub async fn cached(self) -> F::Output {
        self.go(Policy::Cached).await
    }

    /// Computes, and overwrites what is stored.
    pub async fn rerun(self) -> F::Output {
        self.go(Policy::Rerun).await
    }

    async fn go(self, policy: Policy) -> F::Output {
        let Some(mut session) = self.session(policy) else {
            return self.original().await;
        };
        loop {
            match session.next() {
                Step::Done(kept) => return self.verified(session, kept).await,
                Step::Load(job) => {
                    let loaded = background::run(move || job.run()).await;
                    if let Some(kept) = session.loaded(loaded) {
                        return self.verified(session, kept).await;
                    }
                }
                Step::Wait(waiter) => {
                    let function = session.function();
                    let report = move || Session::<K::Kept>::still_waiting(function);
                    flight::watched(waiter, flight::PATIENCE, report).await;
                }
                Step::Lock(job) => {
                    let locked = background::run(move || job.run()).await;
                    session.locked(locked);
                }
                Step::Compute => return self.compute(session).await,
            }
        }
    }

    async fn compute(self, mut session: Session<K::Kept>) -> F::Output {
        session.begins();
        let begin = Instant::now();
        let result = {
            let mut future = pin!(self.original());
            // The ticket alone: what else the session holds need not be `Sync` for the future to be `Send`.
            let ticket = session.ticket();
            let span = Span::of(session.state.path());
            poll_fn(|context| {
                let _running = ticket.map(|ticket| ticket.enter());
                let _entered = span.enter();
                future.as_mut().poll(context)
            })
            .await
        };
        let elapsed = begin.elapsed();
        session.has_run(elapsed);
        match K::divide(result) {
            Ok(kept) => {
                let jobs = session.commit(&kept, elapsed);
                let jobs = session.detached(jobs);
                let state = session.state;
                if !jobs.is_empty() {
                    background::run(move || store(state, jobs)).await;
                }
                K::restore(kept)
            }
            Err(result) => result,
        }
    }

    async fn verified(self, mut session: Session<K::Kept>, kept: K::Kept) -> F::Output {
        let fills = session.take_fills();
        if !fills.is_empty() {
            let state = session.state;
            background::run(move || store(state, fills)).await;
        }
        let Some(digest) = session.digest_to_verify(&kept) else {
            return K::restore(kept);
        };
        drop(kept);
        match K::divide(self.original().await) {
            Ok(fresh) => {
                if session.differs(digest, &fresh) {
                    let jobs = session.commit(&fresh, Duration::ZERO);
                    let jobs = session.detached(jobs);
                    let state = session.state;
                    background::run(move || store(state, jobs)).await;
                }
                K::restore(fresh)
            }
            Err(result) => result,
        }
    }
}

fn store(state: &'static State, jobs: Vec<StoreJob<impl Put>>) {
    for job in jobs {
        job.run(state);
    }
}
