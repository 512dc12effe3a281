//! Single flight between processes: a lock on a file, which the system releases when its holder ends, however it ends.
//!
//! Where locks don't work, results are computed twice and nothing else happens.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use crate::storage::Lease;

/// How many locks this process holds.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// How long a process that holds a lock waits for another one. Two processes that wait for each other's would otherwise
/// wait for ever; one that holds none can be in no such circle, and has time.
const BOUND: Duration = Duration::from_secs(10);

/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A held lock.
#[derive(Debug)]
pub(crate) struct ProcessLock {
    /// `Some` until dropped.
    file: Option<File>,
    path: PathBuf,
}

/// What came of asking for a lock, and for leases beside it.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    /// The rights to compute of stores that machines share.
    pub(crate) leases: Vec<(Lease, Holding)>,
    /// The lock, unless locks don't work here or waiting could have gone on for ever.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held, not looked at"))]
    pub(crate) lock: Option<ProcessLock>,
    /// Whether another process was at work, so that the result may be there now.
    pub(crate) has_waited: bool,
}

/// While this lives, this process is known to hold something that another may wait for.
#[derive(Debug)]
pub(crate) struct Holding(());

impl Holding {
    pub(crate) fn new() -> Self {
        HELD.fetch_add(1, SeqCst);
        Self(())
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        HELD.fetch_sub(1, SeqCst);
    }
}

/// How long to wait at most for a right to compute: for who holds none there is no limit.
pub(crate) fn limit() -> Option<Duration> {
    (HELD.load(SeqCst) > 0).then_some(BOUND)
}

/// Takes the lock on this file, and waits for a process that has it. Never to be called on an async worker thread.
pub(crate) fn acquire(path: &Path) -> Locked {
    let begin = Instant::now();
    let mut pause = Duration::from_micros(500);
    let mut has_waited = false;
    loop {
        match attempt(path) {
            Ok(Some(lock)) => {
                let lock = Some(lock);
                return Locked {
                    lock,
                    has_waited,
                    leases: Vec::new(),
                };
            }
            Ok(None) => {}
            Err(_) => {
                return Locked {
                    lock: None,
                    has_waited,
                    leases: Vec::new(),
                };
            }
        }
        has_waited = true;
        if HELD.load(SeqCst) > 0 && begin.elapsed() > BOUND {
            return Locked {
                lock: None,
                has_waited,
                leases: Vec::new(),
            };
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSE);
    }
}

/// `None`: another process has the lock.
fn attempt(path: &Path) -> io::Result<Option<ProcessLock>> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // The holder before may have removed the file after it was opened here: then the lock is on a file that nobody
    // else can find.
    if !is_still(&file, path) {
        return Ok(None);
    }
    HELD.fetch_add(1, SeqCst);
    Ok(Some(ProcessLock {
        file: Some(file),
        path: path.to_path_buf(),
    }))
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Elsewhere the file is not removed, so it stays the same.
#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        if cfg!(unix) {
            // While the lock is held, so that nobody locks a file that is about to go.
            let _ = fs::remove_file(&self.path);
        }
        drop(self.file.take());
        HELD.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_excludes_another_and_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("one.lock");
        let held = acquire(&path);
        assert!(held.lock.is_some() && !held.has_waited);
        assert!(attempt(&path).expect("the file can be opened").is_none());
        drop(held);
        assert!(attempt(&path).expect("the file can be opened").is_some());
        assert_eq!(
            fs::read_dir(folder.path())
                .expect("the folder is there")
                .count(),
            0
        );
    }

    #[test]
    fn without_a_folder_there_is_no_lock_and_no_wait() {
        let locked = acquire(Path::new("/nonexistent/folder/one.lock"));
        assert!(locked.lock.is_none() && !locked.has_waited);
    }
}
