//! A server in memory: all that a server can do, at a speed that one chooses.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use checkpointer_runtime::remote::{Backend, Claim, Fault, Fence, Page, Written};

/// How long an operation of this kind and of so many bytes takes; whoever gives it may also wait for it.
pub trait Latency: Send + Sync {
    /// Spends the time of one operation.
    fn spend(&self, operation: &'static str, bytes: usize);
}

/// A server in memory. Clones share what they keep.
#[derive(Clone, Default)]
pub struct InMemory {
    state: Arc<Mutex<State>>,
    latency: Option<Arc<dyn Latency>>,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Bytes>,
    leases: BTreeMap<String, (String, Instant)>,
    counts: BTreeMap<&'static str, u64>,
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("InMemory")
            .field(&self.state().entries.len())
            .finish()
    }
}

impl InMemory {
    /// The same at this speed.
    #[must_use]
    pub fn with(mut self, latency: Arc<dyn Latency>) -> Self {
        self.latency = Some(latency);
        self
    }

    /// How often each operation was asked for.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.state().counts.clone()
    }

    /// All that it keeps.
    #[must_use]
    pub fn entries(&self) -> BTreeMap<String, Bytes> {
        self.state().entries.clone()
    }

    /// Puts something in, as whoever can write to the server may.
    pub fn plant(&self, name: &str, bytes: impl Into<Bytes>) {
        self.state().entries.insert(name.to_owned(), bytes.into());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, operation: &'static str, bytes: usize) -> MutexGuard<'_, State> {
        if let Some(latency) = &self.latency {
            latency.spend(operation, bytes);
        }
        let mut state = self.state();
        *state.counts.entry(operation).or_default() += 1;
        state
    }
}

impl Backend for InMemory {
    fn get(&self, name: &str, limit: usize, _: Instant) -> Result<Option<Bytes>, Fault> {
        let length = self.state().entries.get(name).map_or(0, Bytes::len);
        let state = self.begin("get", length);
        match state.entries.get(name) {
            Some(bytes) if bytes.len() > limit => Err(Fault::TooLarge { limit }),
            found => Ok(found.cloned()),
        }
    }

    fn get_start(&self, name: &str, length: usize, _: Instant) -> Result<Option<Bytes>, Fault> {
        let state = self.begin("get", length);
        let found = state.entries.get(name);
        Ok(found.map(|bytes| bytes.slice(..length.min(bytes.len()))))
    }

    fn exists(&self, name: &str, _: Instant) -> Result<bool, Fault> {
        Ok(self.begin("exists", 0).entries.contains_key(name))
    }

    fn put(
        &self,
        name: &str,
        bytes: Bytes,
        fence: Option<&Fence>,
        _: Instant,
    ) -> Result<Written, Fault> {
        let mut state = self.begin("put", bytes.len());
        if let Some(fence) = fence {
            let holder = state
                .leases
                .get(&fence.lease)
                .filter(|(_, until)| Instant::now() < *until);
            let is_ours = match holder {
                Some((token, _)) => *token == fence.token,
                None => !state.entries.contains_key(name),
            };
            if !is_ours {
                return Ok(Written::Fenced);
            }
        }
        state.entries.insert(name.to_owned(), bytes);
        Ok(Written::Kept)
    }

    fn delete(&self, name: &str, _: Instant) -> Result<bool, Fault> {
        Ok(self.begin("delete", 0).entries.remove(name).is_some())
    }

    fn list(&self, prefix: &str, from: Option<&str>, _: Instant) -> Result<Page, Fault> {
        let state = self.begin("list", 0);
        let first = match from {
            Some(from) => Bound::Excluded(from),
            None => Bound::Included(prefix),
        };
        let names = state.entries.range::<str, _>((first, Bound::Unbounded));
        let mut names: Vec<String> = names
            .map(|(name, _)| name.clone())
            .take_while(|name| name.starts_with(prefix))
            .take(1001)
            .collect();
        let next = (names.len() > 1000).then(|| {
            names.pop();
            names.last().cloned().unwrap_or_default()
        });
        Ok(Page { names, next })
    }

    fn claim(&self, lease: &Fence, lasting: Duration, _: Instant) -> Result<Claim, Fault> {
        let mut state = self.begin("claim", 0);
        let now = Instant::now();
        match state.leases.get(&lease.lease) {
            Some((_, until)) if now < *until => Ok(Claim::Taken),
            _ => {
                let holder = (lease.token.clone(), now + lasting);
                state.leases.insert(lease.lease.clone(), holder);
                Ok(Claim::Held)
            }
        }
    }

    fn renew(&self, lease: &Fence, lasting: Duration, _: Instant) -> Result<bool, Fault> {
        let mut state = self.begin("renew", 0);
        match state.leases.get_mut(&lease.lease) {
            Some((token, until)) if *token == lease.token => {
                *until = Instant::now() + lasting;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn release(&self, lease: &Fence, _: Instant) -> Result<(), Fault> {
        let mut state = self.begin("release", 0);
        if state
            .leases
            .get(&lease.lease)
            .is_some_and(|(token, _)| *token == lease.token)
        {
            state.leases.remove(&lease.lease);
        }
        Ok(())
    }

    fn ping(&self, _: Instant) -> Result<(), Fault> {
        Ok(())
    }
}
