//! A store of one's own: results in an SQLite database.
//!
//! A store moves whole entries under keys and never looks into them. Their checksum, key, version and times are checked
//! above it, so all that is left to do is what any table of keys and bytes can do.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use checkpointer_runtime::entry;
use checkpointer_runtime::storage::{Entry, Result, Storage};
use checkpointer_runtime::{CheckpointError, Key, Scope};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Keeps results in one table of an SQLite database.
#[derive(Debug)]
pub struct SqliteStorage {
    connection: Mutex<Connection>,
}

impl SqliteStorage {
    /// Opens or creates the database.
    ///
    /// # Errors
    /// If the file cannot be opened, or is no database.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             PRAGMA busy_timeout = 10000;
             CREATE TABLE IF NOT EXISTS entries (
                 function TEXT, code BLOB, call BLOB, frame BLOB NOT NULL, PRIMARY KEY (function, code, call)
             ) WITHOUT ROWID;",
        )?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn fault(operation: &'static str) -> impl Fn(rusqlite::Error) -> CheckpointError {
    move |error| CheckpointError::storage(operation, error)
}

impl Storage for SqliteStorage {
    fn exists(&self, key: &Key) -> Result<bool> {
        Ok(self.load(key)?.is_some())
    }

    fn checkpoint_date(&self, key: &Key) -> Result<Option<DateTime<Utc>>> {
        let frame = self.load(key)?;
        frame
            .map(|frame| Ok(entry::decode(key, &frame)?.0.stored))
            .transpose()
    }

    fn load(&self, key: &Key) -> Result<Option<Bytes>> {
        let frame = self.connection().query_row(
            "SELECT frame FROM entries WHERE function = ? AND code = ? AND call = ?",
            params![
                key.function(),
                key.code_hash().as_bytes(),
                key.call_hash().as_bytes()
            ],
            |row| row.get::<_, Vec<u8>>(0),
        );
        Ok(frame
            .optional()
            .map_err(fault("read from SQLite"))?
            .map(Bytes::from))
    }

    fn store(&self, key: &Key, frame: &[u8]) -> Result<()> {
        let stored = self.connection().execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)",
            params![
                key.function(),
                key.code_hash().as_bytes(),
                key.call_hash().as_bytes(),
                frame
            ],
        );
        stored.map(drop).map_err(fault("write to SQLite"))
    }

    fn delete(&self, key: &Key) -> Result<bool> {
        let deleted = self.connection().execute(
            "DELETE FROM entries WHERE function = ? AND code = ? AND call = ?",
            params![
                key.function(),
                key.code_hash().as_bytes(),
                key.call_hash().as_bytes()
            ],
        );
        Ok(deleted.map_err(fault("delete from SQLite"))? > 0)
    }

    // With this, `cleanup` and `clear` work as they do for every store.
    fn entries(&self, scope: &Scope) -> Result<Vec<Entry>> {
        let connection = self.connection();
        let list = || -> rusqlite::Result<Vec<Vec<u8>>> {
            let mut select = connection.prepare("SELECT frame FROM entries WHERE function = ?")?;
            select
                .query_map([scope.function()], |row| row.get(0))?
                .collect()
        };
        let frames = list().map_err(fault("list entries in SQLite"))?;
        Ok(frames
            .iter()
            .filter_map(|frame| Entry::from_frame(scope, frame))
            .collect())
    }
}
