//! The entries on the team's server: who signed them, and whether they are what was signed.

use anyhow::{Context as _, anyhow};
use checkpointer_runtime::remote::Examined;
use checkpointer_runtime::{CheckpointError, Corruption};
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{self, BAD, GOOD, Page, WARN, bytes, count, paint};
use crate::progress::Progress;
use crate::shared;

/// What lies on the server.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Server {
    /// Its URL, without user and password.
    place: String,
    /// Entries that were signed with the team's key for the place that they have.
    signed: u64,
    /// Their size in bytes.
    bytes: u64,
    /// Entries that no program uses.
    rejected: Vec<Rejected>,
}

/// An entry that no program uses.
#[derive(Serialize, JsonSchema)]
struct Rejected {
    /// Its name on the server.
    name: String,
    /// What is wrong with its signature or its bytes.
    kind: Kind,
    /// The same in a sentence.
    reason: String,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Nobody signed it.
    Unsigned,
    /// It was signed with another key.
    OtherKey,
    /// It was altered, or is in another place than the one that it was signed for.
    Altered,
    /// A newer version wrote it.
    Newer,
    /// It is too large, or damaged under a good signature.
    Unusable,
}

impl Server {
    /// Whether every entry is signed, and what was signed.
    pub(super) fn is_fine(&self) -> bool {
        self.rejected.iter().all(|entry| entry.kind == Kind::Newer)
    }

    /// Looks at every entry of the server.
    pub(super) fn examine(url: Option<String>) -> anyhow::Result<Self> {
        let url = url.context("no server is named; set CHECKPOINTER_REMOTE to its URL")?;
        if !shared::has_key() {
            return Err(anyhow!(
                "without the team's key no signature can be checked; set CHECKPOINTER_REMOTE_KEY"
            ));
        }
        let storage = shared::open(url).map_err(|why| anyhow!(why))?;
        let mut server = Self {
            place: storage.place(),
            signed: 0,
            bytes: 0,
            rejected: Vec::new(),
        };
        let mut progress = Progress::new("reading the server", 0);
        let done = storage.examine(&mut |entry| {
            progress.step(&entry.name);
            server.take(entry);
        });
        done.map_err(|error| anyhow!("{}: {}", server.place, shared::cause(&error)))
            .context("the server was not read to its end; `cargo checkpointer doctor` says what it lacks")?;
        Ok(server)
    }

    fn take(&mut self, entry: Examined) {
        let Err(error) = entry.verdict else {
            self.signed += 1;
            self.bytes += entry.bytes;
            return;
        };
        let kind = match &error {
            CheckpointError::Newer { .. } => Kind::Newer,
            CheckpointError::Corrupted { reason, .. } => match reason {
                Corruption::Unsigned => Kind::Unsigned,
                Corruption::OtherSecret => Kind::OtherKey,
                Corruption::Forged => Kind::Altered,
                _ => Kind::Unusable,
            },
            _ => Kind::Unusable,
        };
        self.rejected.push(Rejected {
            name: entry.name,
            kind,
            reason: error.to_string(),
        });
    }

    pub(super) fn human(&self, page: &mut Page) {
        for entry in &self.rejected {
            let style = if entry.kind == Kind::Newer { WARN } else { BAD };
            page.line(format_args!(
                "{} {}: {}",
                paint(style, "rejected"),
                output::clean(&entry.name),
                output::clean(&entry.reason)
            ));
        }
        let signed = format!(
            "{} ({}) on {}",
            count(self.signed, "entry", "entries"),
            bytes(self.bytes),
            self.place
        );
        match self.rejected.len() as u64 {
            0 => page.line(paint(GOOD, format_args!("every signature holds: {signed}"))),
            some => page.line(paint(
                BAD,
                format_args!(
                    "{} rejected beside {signed}; programs compute them anew and replace them",
                    count(some, "entry", "entries")
                ),
            )),
        }
    }
}
