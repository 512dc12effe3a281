//! What a server must be able to do, as little as that is: bytes under names, and leases.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::error::Source;

/// A server that keeps bytes under names, as [`RemoteStorage`](super::RemoteStorage) sees it.
///
/// Every operation ends by the time it is given, with a [`Fault`] if need be: retries, the breaker that keeps a dead
/// server from costing more than once, authentication and namespaces are above it. It is used by many threads at once.
pub trait Backend: Send + Sync {
    /// The bytes under a name. No more memory is taken than bytes have come, and from the moment that there are more
    /// than `limit`, the answer is [`Fault::TooLarge`].
    fn get(&self, name: &str, limit: usize, by: Instant) -> Result<Option<Bytes>, Fault>;

    /// The same, and shows the bytes while they come: `seen` is given all that are there so far, from the first one on,
    /// as often as that is convenient. What was shown must be what is given in the end. So their seal can be checked
    /// while the server is still sending; a server that shows nothing is checked afterwards.
    fn get_seen(
        &self,
        name: &str,
        limit: usize,
        by: Instant,
        seen: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<Bytes>, Fault> {
        let _ = seen;
        self.get(name, limit, by)
    }

    /// At most this many of the first bytes under a name.
    fn get_start(&self, name: &str, length: usize, by: Instant) -> Result<Option<Bytes>, Fault>;

    /// Whether there is something under a name.
    fn exists(&self, name: &str, by: Instant) -> Result<bool, Fault>;

    /// Keeps bytes under a name. With a fence they are kept only while no other holder has taken the lease, where the
    /// server can tell; [`Written::Fenced`] says that they were not.
    fn put(
        &self,
        name: &str,
        bytes: Bytes,
        fence: Option<&Fence>,
        by: Instant,
    ) -> Result<Written, Fault>;

    /// Drops what is under a name. Gives whether there may have been something: a server that doesn't say counts as one.
    fn delete(&self, name: &str, by: Instant) -> Result<bool, Fault>;

    /// Names that begin with this prefix, in portions. `from` is the `next` of the portion before.
    fn list(&self, prefix: &str, from: Option<&str>, by: Instant) -> Result<Page, Fault>;

    /// Takes a lease for so long, unless another holder has it.
    fn claim(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<Claim, Fault>;

    /// Prolongs a lease. Gives whether it was still held.
    fn renew(&self, lease: &Fence, lasting: Duration, by: Instant) -> Result<bool, Fault>;

    /// Gives a lease back, if it is still held.
    fn release(&self, lease: &Fence, by: Instant) -> Result<(), Fault>;

    /// Asks for a sign of life.
    fn ping(&self, by: Instant) -> Result<(), Fault>;
}

/// A lease as its holder knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The name of the lease.
    pub lease: String,
    /// What tells this holder from every other one.
    pub token: String,
}

/// What came of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is held.
    Held,
    /// Another holder has it.
    Taken,
    /// The server has no way to do it.
    Unsupported,
}

/// What came of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The bytes are kept.
    Kept,
    /// Another holder has taken the lease in the meantime, and the bytes were left out.
    Fenced,
}

/// A portion of a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Names, whole.
    pub names: Vec<String>,
    /// Where the next portion begins, if there is one.
    pub next: Option<String>,
}

/// Why a server did not do what it was asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// It can't be reached, did not answer in time, broke off, or failed by itself. To try again makes sense.
    Unavailable(Source),
    /// It does not let us: wrong credentials, no such bucket, a server of another kind.
    Refused(Source),
    /// It takes nothing more, and may answer all the same.
    Full(Source),
    /// There are more bytes than the reader takes.
    TooLarge {
        /// How many it takes.
        limit: usize,
    },
}

impl Fault {
    /// A time-out.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::Unavailable("it did not answer in time".into())
    }

    /// Whether the next try may go better.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether it says that nothing else would go better now.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Refused(_))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(source) => write!(f, "the server is not available: {source}"),
            Self::Refused(source) => write!(
                f,
                "the server refuses: {source}; check CHECKPOINTER_REMOTE and the credentials"
            ),
            Self::Full(source) => write!(f, "the server takes nothing more: {source}"),
            Self::TooLarge { limit } => write!(
                f,
                "the entry has more than {limit} bytes, which is this program's limit; raise it with `Remote::max_entry`"
            ),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(source) | Self::Refused(source) | Self::Full(source) => {
                Some(&**source)
            }
            Self::TooLarge { .. } => None,
        }
    }
}
