//! S3, Google Cloud Storage, Azure and what speaks like one of them, by the crate `object_store`.
//!
//! That crate is async. It runs on a small runtime of its own, and callers wait for it by a channel: so they may be on any
//! thread, a worker of their own runtime included. Retries and time-outs are above, the crate's own are off.

mod lease;
mod runtime;
mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_lite::StreamExt as _;
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions,
};

use super::backend::{Backend, Claim, Fault, Fence, Page, Written};
use super::options::Remote;
use lease::Held;

/// Names in a portion of a list.
const PORTION: usize = 1000;

/// A bucket, and the folder in it.
pub(super) struct ObjectBackend {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    held: Held,
}

impl ObjectBackend {
    /// The bucket of this URL, with the credentials that the system's own tools take from the environment.
    pub(super) fn new(remote: &Remote) -> Result<Self, String> {
        let (store, folder) = server::connect(remote)?;
        Ok(Self {
            store,
            folder,
            held: Held::default(),
        })
    }

    fn path(&self, name: &str) -> Path {
        let parts = name.split('/').map(object_store::path::PathPart::from);
        self.folder.parts().chain(parts).collect()
    }

    /// Runs one request on the runtime, and waits for it.
    fn run<T: Send + 'static, F>(
        &self,
        by: Instant,
        request: impl FnOnce(Arc<dyn ObjectStore>) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        runtime::run(by, request(Arc::clone(&self.store)))
    }

    /// Writes on a condition. `None`: it did not hold. Otherwise what tells this version from others.
    fn put_if(
        &self,
        name: &str,
        bytes: Bytes,
        mode: PutMode,
        by: Instant,
    ) -> Result<Option<object_store::UpdateVersion>, Unmet> {
        let path = self.path(name);
        let put = self.run(by, |store| async move {
            match store.put_opts(&path, bytes.into(), mode.into()).await {
                Ok(put) => Ok(Ok(Some(put.into()))),
                Err(
                    Error::AlreadyExists { .. }
                    | Error::Precondition { .. }
                    | Error::NotModified { .. },
                ) => Ok(Ok(None)),
                Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                    Ok(Err(Unmet::Unsupported))
                }
                Err(error) => Err(fault(error)),
            }
        });
        put.unwrap_or_else(|fault| Err(Unmet::Fault(fault)))
    }
}

/// Why a conditional write was not even tried by the server.
enum Unmet {
    Unsupported,
    Fault(Fault),
}

impl Backend for ObjectBackend {
    fn get(&self, name: &str, limit: usize, by: Instant) -> Result<Option<Bytes>, Fault> {
        let path = self.path(name);
        self.run(by, move |store| async move {
            let found = match store.get(&path).await {
                Ok(found) => found,
                Err(error) => return missing(error),
            };
            if found.meta.size > limit as u64 {
                return Err(Fault::TooLarge { limit });
            }
            collect(found.into_stream(), limit).await.map(Some)
        })
    }

    fn get_start(&self, name: &str, length: usize, by: Instant) -> Result<Option<Bytes>, Fault> {
        let path = self.path(name);
        self.run(by, move |store| async move {
            let range = Some(GetRange::Bounded(0..length as u64));
            let options = GetOptions {
                range,
                ..GetOptions::default()
            };
            match store.get_opts(&path, options).await {
                Ok(found) => collect(found.into_stream(), length).await.map(Some),
                Err(error) => missing(error),
            }
        })
    }

    fn exists(&self, name: &str, by: Instant) -> Result<bool, Fault> {
        let path = self.path(name);
        self.run(by, |store| async move {
            match store.head(&path).await {
                Ok(_) => Ok(true),
                Err(error) => missing::<()>(error).map(|_| false),
            }
        })
    }

    fn put(
        &self,
        name: &str,
        bytes: Bytes,
        fence: Option<&Fence>,
        by: Instant,
    ) -> Result<Written, Fault> {
        if let Some(fence) = fence
            && !self.held.is_valid(fence)
        {
            // The lease is over, so another holder may have written: then theirs stays.
            match self.put_if(name, bytes.clone(), PutMode::Create, by) {
                Ok(Some(_)) => return Ok(Written::Kept),
                Ok(None) => return Ok(Written::Fenced),
                Err(Unmet::Unsupported) => {}
                Err(Unmet::Fault(fault)) => return Err(fault),
            }
        }
        let path = self.path(name);
        self.run(by, |store| async move {
            let put = store.put_opts(&path, bytes.into(), PutOptions::default());
            put.await.map(|_| Written::Kept).map_err(fault)
        })
    }

    fn delete(&self, name: &str, by: Instant) -> Result<bool, Fault> {
        let path = self.path(name);
        self.run(by, |store| async move {
            match store.delete(&path).await {
                Ok(()) => Ok(true),
                Err(error) => missing::<()>(error).map(|_| false),
            }
        })
    }

    fn list(&self, prefix: &str, from: Option<&str>, by: Instant) -> Result<Page, Fault> {
        let (path, from) = (
            self.path(prefix.trim_end_matches('/')),
            from.map(|from| self.path(from)),
        );
        let folder = self.folder.clone();
        self.run(by, |store| async move {
            let mut found = match &from {
                Some(from) => store.list_with_offset(Some(&path), from),
                None => store.list(Some(&path)),
            };
            let mut page = Page::default();
            while let Some(object) = found.next().await {
                let path = object.map_err(fault)?.location;
                if let Some(parts) = path.prefix_match(&folder) {
                    let name: Path = parts.collect();
                    page.names.push(name.to_string());
                }
                if page.names.len() == PORTION {
                    page.next = page.names.last().cloned();
                    break;
                }
            }
            Ok(page)
        })
    }

    fn claim(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<Claim, Fault> {
        self.claim_lease(lease, lasting, by)
    }

    fn renew(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<bool, Fault> {
        self.renew_lease(lease, lasting, by)
    }

    fn release(&self, lease: &Fence, by: Instant) -> Result<(), Fault> {
        self.release_lease(lease, by)
    }

    fn ping(&self, by: Instant) -> Result<(), Fault> {
        self.exists("checkpointer/sign-of-life", by).map(|_| ())
    }
}

/// The bytes of a reply as they come, and no more than the limit.
async fn collect(
    mut stream: futures_lite::stream::Boxed<object_store::Result<Bytes>>,
    limit: usize,
) -> Result<Bytes, Fault> {
    let mut bytes = BytesMut::new();
    let mut first = Bytes::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(fault)?;
        if first.len() + bytes.len() + part.len() > limit {
            return Err(Fault::TooLarge { limit });
        }
        if first.is_empty() && bytes.is_empty() {
            first = part;
            continue;
        }
        if bytes.is_empty() {
            bytes.extend_from_slice(&first);
            first = Bytes::new();
        }
        bytes.extend_from_slice(&part);
    }
    Ok(if bytes.is_empty() {
        first
    } else {
        bytes.freeze()
    })
}

/// Nothing under a name; or the fault.
fn missing<T>(error: Error) -> Result<Option<T>, Fault> {
    match error {
        Error::NotFound { source, .. } if !source.to_string().contains("NoSuchBucket") => Ok(None),
        error => Err(fault(error)),
    }
}

fn fault(error: Error) -> Fault {
    match error {
        Error::NotFound { .. }
        | Error::PermissionDenied { .. }
        | Error::Unauthenticated { .. }
        | Error::InvalidPath { .. }
        | Error::UnknownConfigurationKey { .. } => Fault::Refused(error.into()),
        error => Fault::Unavailable(error.into()),
    }
}
