//! Results on a server that a team shares: Redis, an object store, or a [`Backend`] of one's own.
//!
//! [`Remote`] says which server and how it is used. What is promised of it, and what is not, is in `SECURITY.md`; what
//! lies on the server is in `docs/storage-format.md`, how it is set up in `docs/remote.md`.
//!
//! - Entries are authenticated: one that was not made with the team's key, or made for another call, code, function or
//!   namespace, is a miss that is reported.
//! - A server that is slow or gone costs [`Remote::timeout`] once, is reported once, and is then left alone until it answers
//!   a probe in the background.
//! - Machines wait for each other as processes do: the one that computes holds a lease.

mod backend;
mod breaker;
mod client;
mod examine;
mod exit;
mod lease;
mod name;
#[cfg(feature = "object")]
mod object;
mod options;
mod outbox;
#[cfg(feature = "redis")]
mod redis;
mod seal;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use backend::{Backend, Claim, Fault, Fence, Page, Written};
pub use examine::Examined;
pub use options::Remote;
pub use store::RemoteStorage;

use crate::error::CheckpointError;
use client::Client;

/// Waits until all results that go out in the background are sent, also for a server that is gone to come back, at most so
/// long.
///
/// A program that ends does so by itself, for five seconds at most and not for a server that is gone.
///
/// # Errors
/// [`CheckpointError::Storage`] says how many results are not sent. They stay in their local layers, and go on waiting.
pub fn flush(patience: Duration) -> Result<(), CheckpointError> {
    let by = Instant::now() + patience;
    let left: usize = client::all()
        .iter()
        .map(|client| client.outbox.flush(client, by, true))
        .sum();
    if left == 0 {
        return Ok(());
    }
    Err(CheckpointError::storage(
        "send all results to the remote store",
        format!("{left} of them still wait; give it more time, or look whether the server is up"),
    ))
}

/// The kinds of servers that a format asks for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `format = "redis"`
    #[cfg(feature = "redis")]
    Redis,
    /// `format = "object"`
    #[cfg(feature = "object")]
    Object,
    /// `format = "team"`: whatever the URL says.
    Any,
}

/// The store at the server that options and environment name. All functions with the same options share one client.
pub(crate) fn open(kind: Kind, remote: Option<Remote>) -> Result<RemoteStorage, String> {
    static OPEN: Mutex<Option<HashMap<Remote, Arc<Client>>>> = Mutex::new(None);
    let variable =
        |name: &str| std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
    let Some(remote) = Remote::with_environment(remote, variable)? else {
        return Err(
            "no remote store is named, so results stay on this machine: set CHECKPOINTER_REMOTE to a URL such as \
             redis://HOST:6379 or s3://BUCKET"
                .to_owned(),
        );
    };
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    if let Some(client) = open.get(&remote) {
        return Ok(RemoteStorage::new(Arc::clone(client)));
    }
    remote.checked()?;
    let client = Client::new(connect(kind, &remote)?, remote.clone())?;
    open.insert(remote, Arc::clone(&client));
    Ok(RemoteStorage::new(client))
}

/// The back end that the URL's scheme stands for.
fn connect(kind: Kind, remote: &Remote) -> Result<Box<dyn Backend>, String> {
    let scheme = remote.scheme();
    let is_redis = matches!(
        scheme.as_str(),
        "redis" | "rediss" | "redis+unix" | "unix" | "valkey" | "valkeys" | "valkey+unix"
    );
    let is_object = matches!(
        scheme.as_str(),
        "s3" | "s3a" | "gs" | "az" | "abfs" | "abfss" | "azure" | "adl"
    );
    let place = remote.place();
    match kind {
        #[cfg(feature = "redis")]
        Kind::Redis if !is_redis => {
            return Err(format!(
                "{place} is no Redis server: name one, or use format = \"object\" or \"team\""
            ));
        }
        #[cfg(feature = "object")]
        Kind::Object if !is_object => {
            return Err(format!(
                "{place} is no object store: name one, or use format = \"redis\" or \"team\""
            ));
        }
        _ => {}
    }
    if is_redis {
        #[cfg(feature = "redis")]
        return redis::RedisBackend::new(remote).map(|backend| Box::new(backend) as _);
        #[cfg(not(feature = "redis"))]
        return Err(missing_feature(&place, "redis"));
    }
    if is_object {
        #[cfg(feature = "object")]
        return object::ObjectBackend::new(remote).map(|backend| Box::new(backend) as _);
        #[cfg(not(feature = "object"))]
        return Err(missing_feature(&place, "object"));
    }
    Err(format!(
        "the remote store {place} is of an unknown kind: use redis://, rediss://, s3://, gs:// or az://"
    ))
}

#[cfg(not(all(feature = "redis", feature = "object")))]
fn missing_feature(place: &str, feature: &str) -> String {
    format!("{place} needs the feature `{feature}` of checkpointer-runtime: add it in Cargo.toml")
}
