//! When folders changed: asked of many children of one folder, whose way is looked up once.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// An open folder; of one that can't be opened every time is 0, which is never trusted.
pub(super) struct Folder {
    #[cfg(unix)]
    open: Option<std::os::fd::OwnedFd>,
    #[cfg(not(unix))]
    path: std::path::PathBuf,
}

#[cfg(unix)]
impl Folder {
    pub(super) fn open(path: &Path) -> Self {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        Self {
            open: rustix::fs::open(path, flags, Mode::empty()).ok(),
        }
    }

    /// When something was added to the folder or taken out of it.
    pub(super) fn time(&self) -> u64 {
        let open = self.open.as_ref();
        open.and_then(|open| rustix::fs::fstat(open).ok())
            .map_or(0, |found| since_epoch(&found))
    }

    /// The same for a folder in it.
    pub(super) fn time_of(&self, name: &str) -> u64 {
        let open = self.open.as_ref();
        open.and_then(|open| rustix::fs::statat(open, name, rustix::fs::AtFlags::empty()).ok())
            .map_or(0, |found| since_epoch(&found))
    }
}

/// The fields have other types on other systems.
#[cfg(unix)]
fn since_epoch(found: &rustix::fs::Stat) -> u64 {
    fn number(field: impl TryInto<u64>) -> u64 {
        field.try_into().unwrap_or_default()
    }
    number(found.st_mtime)
        .saturating_mul(1_000_000_000)
        .saturating_add(number(found.st_mtime_nsec))
}

#[cfg(not(unix))]
impl Folder {
    pub(super) fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    pub(super) fn time(&self) -> u64 {
        time_of(&self.path)
    }

    pub(super) fn time_of(&self, name: &str) -> u64 {
        time_of(&self.path.join(name))
    }
}

/// When a file changed; 0 if that can't be told.
pub(super) fn time_of(path: &Path) -> u64 {
    nanoseconds(
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok(),
    )
}

/// Since 1970, which fit until 2554.
pub(super) fn nanoseconds(time: Option<SystemTime>) -> u64 {
    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|age| u64::try_from(age.as_nanos()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_of_an_open_folder_has_the_time_that_its_path_has() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir_all(folder.path().join("a/b")).expect("it is writable");
        let open = Folder::open(&folder.path().join("a"));
        assert_eq!(open.time(), time_of(&folder.path().join("a")));
        assert_eq!(open.time_of("b"), time_of(&folder.path().join("a/b")));
        assert_ne!(open.time_of("b"), 0);
        assert_eq!(open.time_of("c"), 0);
        assert_eq!(Folder::open(&folder.path().join("c")).time(), 0);
    }
}
