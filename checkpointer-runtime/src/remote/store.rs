//! A server as a store of the library: entries under their seals, in namespaces, written at once or in the background.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::backend::{Backend, Written};
use super::client::Client;
use super::lease;
use super::options::Remote;
use super::seal::SEAL_LENGTH;
use crate::entry::{self, Header, Layout};
use crate::error::CheckpointError;
use crate::key::{Key, Scope};
use crate::storage::{Entry, Lease, Result, Storage, Upkeep};

/// Results on a server that a team shares.
///
/// `format = "redis"`, `"object"` and `"team"` make one from the [`Remote`] of the options and the environment. Made by
/// hand over a [`Backend`], it brings any other server into the same frame of authentication, namespaces, time-outs,
/// retries and leases.
#[derive(Clone, Debug)]
pub struct RemoteStorage {
    pub(super) client: Arc<Client>,
    writes_behind: bool,
}

impl RemoteStorage {
    /// A store over this server. The URL in the options is a name for messages.
    ///
    /// # Errors
    /// [`CheckpointError::Storage`] without a key of at least 32 bytes, or with namespaces that are none.
    pub fn over(
        backend: impl Backend + 'static,
        options: Remote,
    ) -> std::result::Result<Self, CheckpointError> {
        Client::new(Box::new(backend), options)
            .map(Self::new)
            .map_err(|why| CheckpointError::storage("use the remote store", why))
    }

    /// A store at a server's URL. What the environment says of it counts here, too.
    ///
    /// # Errors
    /// [`CheckpointError::Storage`] if there is no such server to be used, and why. That nobody answers there is no
    /// reason: it may come back.
    pub fn open(remote: impl Into<Remote>) -> std::result::Result<Self, CheckpointError> {
        super::open(super::Kind::Any, Some(remote.into()))
            .map_err(|why| CheckpointError::storage("use the remote store", why))
    }

    pub(super) fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            writes_behind: false,
        }
    }

    /// The same with writes that go out in the background; see [`flush`](super::flush).
    #[must_use]
    pub fn behind(mut self) -> Self {
        self.writes_behind = true;
        self
    }

    /// Fails for an operation that would write, where nothing is to be written.
    fn check_writable(&self, operation: &'static str) -> Result<()> {
        if self.client.is_readonly() {
            return Err(CheckpointError::storage(
                format!("{operation} the remote store"),
                "it is read only here; unset CHECKPOINTER_REMOTE_MODE to change it",
            ));
        }
        Ok(())
    }

    /// All names of entries of a function in the namespace that is written.
    fn names(&self, scope: &Scope) -> Result<Vec<String>> {
        let mut names = Vec::new();
        self.each_name(&self.client.own().function(scope), &mut |name| {
            names.push(name);
            Ok(())
        })?;
        Ok(names)
    }

    /// Calls `visit` with each name that begins so.
    pub(super) fn each_name(
        &self,
        prefix: &str,
        visit: &mut dyn FnMut(String) -> Result<()>,
    ) -> Result<()> {
        let mut from: Option<String> = None;
        loop {
            let page = self.client.ask("list", |backend, by| {
                backend.list(prefix, from.as_deref(), by)
            })?;
            page.names.into_iter().try_for_each(&mut *visit)?;
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
    }

    /// The header of an entry as the server has it: not authenticated, for lists and dates.
    fn layout(&self, name: &str) -> Result<Option<Layout>> {
        let length = SEAL_LENGTH + Layout::NEEDED;
        let start = self.client.ask("read from", |backend, by| {
            backend.get_start(name, length, by)
        })?;
        start
            .map(|start| Layout::read(start.get(SEAL_LENGTH..).unwrap_or_default()))
            .transpose()
    }
}

impl Storage for RemoteStorage {
    fn exists(&self, key: &Key) -> Result<bool> {
        for names in &self.client.names {
            let name = names.entry(key);
            let exists = self
                .client
                .ask("look into", |backend, by| backend.exists(&name, by))?;
            if exists {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>> {
        for names in &self.client.names {
            if let Some(layout) = self.layout(&names.entry(key))? {
                return Ok(Some(layout.header.stored));
            }
        }
        Ok(None)
    }

    fn load_checked(&self, key: &Key) -> Result<Option<(Header, Bytes)>> {
        let frame = self.load(key)?;
        // Under a MAC that holds, no checksum can fail.
        let checked = frame.map(|frame| entry::decode_sealed(key, &frame, true));
        checked.transpose()
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>> {
        let limit = self.client.options.max_entry.saturating_add(SEAL_LENGTH);
        let mut rejected = None;
        for names in &self.client.names {
            let name = names.entry(key);
            let mut watch = self.client.secret.watch();
            let sealed = self.client.ask("read from", |backend, by| {
                watch.restart();
                backend.get_seen(&name, limit, by, &mut |bytes| watch.see(bytes))
            })?;
            let Some(sealed) = sealed else { continue };
            let secret = &self.client.secret;
            match secret.open_watched(&names.namespace, key, &sealed, &mut watch) {
                Ok(frame) => return Ok(Some(frame)),
                Err(error) => rejected = rejected.or(Some(error)),
            }
        }
        rejected.map_or(Ok(None), Err)
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<()> {
        let client = &self.client;
        if client.is_readonly() {
            return Ok(());
        }
        if frame.len() > client.options.max_entry {
            return Err(CheckpointError::storage(
                format!("write to the remote store {}", client.options.place()),
                format!(
                    "the entry has {} bytes and may have {}; raise the limit with `Remote::max_entry`",
                    frame.len(),
                    client.options.max_entry
                ),
            ));
        }
        let names = client.own();
        let name = names.entry(key);
        let sealed = Bytes::from(client.secret.seal(&names.namespace, key, frame));
        let fence = client.leases.fence(&names.lease(key));
        if self.writes_behind {
            return client.outbox.write(client, &name, sealed, fence);
        }
        let written: Result<Written> = client.ask_to_write("write to", |backend, by| {
            backend.put(&name, sealed.clone(), fence.as_ref(), by)
        });
        written.map(|_| ()).inspect_err(|_| {
            // It is not lost: it is sent once the server is back. That there is no room for it is no other fault.
            if client.is_readonly() {
                return;
            }
            let _ = client
                .outbox
                .write(client, &name, sealed.clone(), fence.clone());
        })
    }

    fn delete(&self, key: &Key) -> Result<bool> {
        self.check_writable("delete from")?;
        let name = self.client.own().entry(key);
        self.client.outbox.cancel(&name);
        self.client
            .ask_to_write("delete from", |backend, by| backend.delete(&name, by))
    }

    fn entries(&self, scope: &Scope) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for name in self.names(scope)? {
            let Some(key) = self.client.own().key(scope, &name) else {
                continue;
            };
            // What is damaged is no entry; what went in the meantime neither.
            if let Ok(Some(layout)) = self.layout(&name) {
                let bytes = layout.total().unwrap_or_default();
                entries.push(Entry::new(key, &layout.header, bytes));
            }
        }
        Ok(entries)
    }

    /// Drops expired entries alone: what other code versions computed may be in use on other machines and branches.
    fn cleanup(&self, scope: &Scope, upkeep: &Upkeep<'_>) -> Result<u64> {
        if self.client.is_readonly() {
            return Ok(0);
        }
        let mut dropped = 0;
        for entry in self.entries(scope)? {
            if (upkeep.expired)(entry.stored) {
                dropped += u64::from(self.delete(&entry.key)?);
            }
        }
        Ok(dropped)
    }

    fn clear(&self, scope: &Scope) -> Result<u64> {
        self.check_writable("clear")?;
        let mut dropped = 0;
        for name in self.names(scope)? {
            self.client.outbox.cancel(&name);
            let deleted = self
                .client
                .ask_to_write("delete from", |backend, by| backend.delete(&name, by))?;
            dropped += u64::from(deleted);
        }
        Ok(dropped)
    }

    fn lease_looks(&self) -> bool {
        self.client.options.lease.is_some() && !self.client.is_readonly()
    }

    fn lease(&self, key: &Key, limit: Option<Duration>) -> Result<Option<Lease>> {
        if self.client.is_readonly() {
            return Ok(None);
        }
        let names = self.client.own();
        lease::acquire(&self.client, &names.entry(key), &names.lease(key), limit)
    }
}
