//! A lease as an object: made only if there is none (`If-None-Match: *`), prolonged and taken over only in the version that
//! one knows (`If-Match`).
//!
//! Its text says for how long it lasts. Nobody compares clocks of two machines: a lease is over when it was seen without
//! change for that long. Where the server knows no conditions or does as if it did, two machines may hold one lease, and
//! a result is computed twice.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::{ObjectStoreExt as _, PutMode, UpdateVersion};

use super::super::backend::{Claim, Fault, Fence};
use super::{ObjectBackend, Unmet, fault, missing};

/// The most leases of others that are remembered.
const MOST: usize = 10_000;

/// The leases that this process holds, and those that it has seen.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By token: the version that is ours, and until when nobody can take it over.
    own: HashMap<String, (UpdateVersion, Instant)>,
    /// By the lease's name: the version of another holder, and since when it is known.
    others: HashMap<String, (Option<String>, Instant)>,
}

impl Held {
    /// Whether nobody can have taken over this lease.
    pub(super) fn is_valid(&self, fence: &Fence) -> bool {
        let state = self.state();
        let own = state.own.get(&fence.token);
        own.is_some_and(|(_, until)| Instant::now() < *until)
    }

    fn hold(&self, fence: &Fence, version: UpdateVersion, until: Instant) {
        let mut state = self.state();
        state.others.remove(&fence.lease);
        state.own.insert(fence.token.clone(), (version, until));
    }

    /// Since when another holder's lease is known in this version.
    fn since(&self, lease: &str, version: Option<&String>) -> Instant {
        let mut state = self.state();
        if state.others.len() >= MOST {
            state.others.clear();
        }
        let now = Instant::now();
        let known = state
            .others
            .entry(lease.to_owned())
            .or_insert_with(|| (version.cloned(), now));
        if known.0.as_ref() != version {
            *known = (version.cloned(), now);
        }
        known.1
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ObjectBackend {
    pub(super) fn claim_lease(
        &self,
        lease: &Fence,
        lasting: Duration,
        by: Instant,
    ) -> Result<Claim, Fault> {
        match self.put_lease(lease, lasting, PutMode::Create, by)? {
            Claim::Taken => {}
            claim => return Ok(claim),
        }
        let path = self.path(&lease.lease);
        let found = self.run(by, move |store| async move {
            match store.get(&path).await {
                Ok(found) => {
                    // S3 and Azure tell versions by tags, Google by numbers.
                    let version = UpdateVersion {
                        e_tag: found.meta.e_tag.clone(),
                        version: found.meta.version.clone(),
                    };
                    Ok(Some((version, found.bytes().await.map_err(fault)?)))
                }
                Err(error) => missing(error),
            }
        })?;
        let Some((seen, text)) = found else {
            // It was given back in the meantime: the next try takes it.
            return Ok(Claim::Taken);
        };
        let since = self.held.since(&lease.lease, seen.e_tag.as_ref());
        if since.elapsed() <= duration(&text).unwrap_or(lasting) {
            return Ok(Claim::Taken);
        }
        self.put_lease(lease, lasting, PutMode::Update(seen), by)
    }

    pub(super) fn renew_lease(
        &self,
        lease: &Fence,
        lasting: Duration,
        by: Instant,
    ) -> Result<bool, Fault> {
        let own = self.held.state().own.get(&lease.token).cloned();
        let Some((version, _)) = own else {
            return Ok(false);
        };
        let claim = self.put_lease(lease, lasting, PutMode::Update(version), by)?;
        if claim != Claim::Held {
            self.held.state().own.remove(&lease.token);
        }
        Ok(claim == Claim::Held)
    }

    pub(super) fn release_lease(&self, lease: &Fence, by: Instant) -> Result<(), Fault> {
        let is_valid = self.held.is_valid(lease);
        self.held.state().own.remove(&lease.token);
        if !is_valid {
            // It may be another's by now.
            return Ok(());
        }
        let path = self.path(&lease.lease);
        self.run(by, |store| async move {
            match store.delete(&path).await {
                Ok(()) => Ok(()),
                Err(error) => missing::<()>(error).map(|_| ()),
            }
        })
    }

    fn put_lease(
        &self,
        lease: &Fence,
        lasting: Duration,
        mode: PutMode,
        by: Instant,
    ) -> Result<Claim, Fault> {
        // From before the request on, so that ours ends no later than others think.
        let until = Instant::now() + lasting;
        let text = format!("{} {}", lasting.as_millis(), lease.token);
        match self.put_if(&lease.lease, Bytes::from(text), mode, by) {
            Ok(Some(version)) => {
                self.held.hold(lease, version, until);
                Ok(Claim::Held)
            }
            Ok(None) => Ok(Claim::Taken),
            Err(Unmet::Unsupported) => Ok(Claim::Unsupported),
            Err(Unmet::Fault(fault)) => Err(fault),
        }
    }
}

/// How long a lease lasts, by its text.
fn duration(text: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(text).ok()?;
    let millis = text.split(' ').next()?.parse().ok()?;
    // A lease that claims to last for ever is none of ours.
    Some(Duration::from_millis(millis).min(Duration::from_secs(600)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_says_how_long_it_lasts_within_reason() {
        assert_eq!(duration(b"1500 abc"), Some(Duration::from_millis(1500)));
        assert_eq!(duration(b"99999999999 abc"), Some(Duration::from_secs(600)));
        assert_eq!(duration(b"soon"), None);
    }

    #[test]
    fn another_version_of_a_lease_is_known_anew() {
        let held = Held::default();
        let (one, two) = ("1".to_owned(), "2".to_owned());
        let first = held.since("lease", Some(&one));
        assert_eq!(held.since("lease", Some(&one)), first);
        assert!(held.since("lease", Some(&two)) > first);
    }
}
