//! What lies on a server, entry by entry, for who looks after it: whether it answers, and whose seals entries have.

use std::collections::HashSet;

use bytes::Bytes;

use super::backend::Fault;
use super::name::Names;
use super::seal::SEAL_LENGTH;
use super::store::RemoteStorage;
use crate::entry::{self, Description};
use crate::error::CheckpointError;
use crate::storage::Result;

/// One entry on a server, after a look at all of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Examined {
    /// Its name on the server.
    pub name: String,
    /// How many bytes it has there; at least so many, if it is larger than what is taken.
    pub bytes: u64,
    /// The function that it says it is of. Nobody vouches for that if `verdict` is an error.
    pub function: Option<String>,
    /// Whether it was signed with this program's key for the place that it has, and is whole.
    pub verdict: Result<()>,
}

impl RemoteStorage {
    /// Asks the server for a sign of life, with the credentials that results are fetched with.
    ///
    /// # Errors
    /// [`CheckpointError::Storage`] says why the server is of no use.
    pub fn ping(&self) -> Result<()> {
        self.client
            .ask("reach", |backend, by| backend.ping(by))
            .map(|_| ())
    }

    /// The server's URL, without user, password and query.
    #[must_use]
    pub fn place(&self) -> String {
        self.client.options.place()
    }

    /// Reads every entry of the namespaces that are written and read, and tells of each whether it would be used.
    ///
    /// That is a request for each, and all bytes of it: for a look at what others have left there, not for programs.
    ///
    /// # Errors
    /// [`CheckpointError::Storage`] if the server does not answer any more. What has gone meanwhile is left out.
    pub fn examine(&self, visit: &mut dyn FnMut(Examined)) -> Result<()> {
        let limit = self.client.options.max_entry.saturating_add(SEAL_LENGTH);
        // A server may name an entry twice that others are added beside.
        let mut seen = HashSet::new();
        for names in &self.client.names {
            self.each_name(&names.entries(), &mut |name| {
                if !seen.insert(name.clone()) {
                    return Ok(());
                }
                let found = self.client.ask("read from", |backend, by| {
                    match backend.get(&name, limit, by) {
                        Err(Fault::TooLarge { limit }) => Ok(Some(Err(limit))),
                        found => found.map(|found| found.map(Ok)),
                    }
                })?;
                let (bytes, (function, verdict)) = match found {
                    None => return Ok(()),
                    Some(Ok(sealed)) => (sealed.len(), self.look(names, &name, &sealed)),
                    Some(Err(limit)) => (limit, (None, Err(too_large(limit)))),
                };
                visit(Examined {
                    name,
                    bytes: bytes as u64,
                    function,
                    verdict,
                });
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The seal is over the function's path, which only the frame under it knows whole. So the frame is read before the
    /// seal is checked; what it says is only believed afterwards.
    fn look(&self, names: &Names, name: &str, sealed: &Bytes) -> (Option<String>, Result<()>) {
        let start = sealed.get(SEAL_LENGTH..).unwrap_or_default();
        let function = Description::read(start).ok().map(|said| said.function);
        let key = function
            .as_deref()
            .and_then(|function| names.key_of(function, name));
        let secret = &self.client.secret;
        let verdict = match key {
            Some(key) => secret
                .open(&names.namespace, &key, sealed)
                .and_then(|frame| entry::decode(&key, &frame).map(|_| ())),
            None => Err(secret.refusal(sealed)),
        };
        (function, verdict)
    }
}

fn too_large(limit: usize) -> CheckpointError {
    CheckpointError::storage(
        "read the entry",
        format!("it has more than {limit} bytes, and programs do not take it"),
    )
}
