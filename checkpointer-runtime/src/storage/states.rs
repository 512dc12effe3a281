//! The states of code beside the results on disk: `ROOT/<crate>/.states/<hash of its bytes>.state`, a few of each crate.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{Temporary, fault};
use super::{Result, place, root};
use crate::key::Key;

/// How many states of a crate are kept: so many edits ago `why` can still tell what changed.
const KEPT: usize = 16;

/// The folder of a crate's states, beside the folders of its functions. No function's folder begins with a dot.
pub(crate) const FOLDER: &str = ".states";

/// Keeps the state of a key's code, unless it is there.
pub(super) fn keep(key: &Key, state: &[u8]) -> Result<()> {
    let function = place::function(key.scope());
    let Some(folder) = function.parent().map(|package| package.join(FOLDER)) else {
        return Ok(());
    };
    let name = &blake3::hash(state).to_hex()[..32];
    let path = folder.join(format!("{name}.state"));
    if path.is_file() {
        return Ok(());
    }
    let options = key.options();
    root::check(options)?;
    root::create_folder(&folder).map_err(|error| fault("create folder", error, &folder))?;
    let mut temporary = Temporary::create(&options.root_path)
        .map_err(|error| fault("create a temporary file for", error, &path))?;
    let written = temporary
        .write(state, options.durability)
        .and_then(|()| temporary.rename(&path, options.durability));
    written.map_err(|error| fault("write", error, &path))?;
    drop_old(&folder);
    Ok(())
}

/// The states in a folder, the oldest first.
pub(crate) fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let ours = files.flatten().filter(|file| is_ours(&file.path()));
    let mut states: Vec<_> = ours
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
        .collect();
    states.sort_unstable();
    states.into_iter().map(|(_, path)| path).collect()
}

fn is_ours(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "state")
        && path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| {
                stem.len() == 32 && stem.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            })
}

/// What can't be removed stays, to no harm.
fn drop_old(folder: &Path) {
    let mut states = list(folder);
    states.truncate(states.len().saturating_sub(KEPT));
    for path in states {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::key::{Digest, StorageOptions};

    #[test]
    fn the_last_states_are_kept_and_other_files_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let options = Arc::new(StorageOptions::new(root.path()));
        let key = Key::new(
            "app::f",
            Digest::new([1; 32]),
            Digest::new([2; 32]),
            options,
        );
        let folder = root.path().join("app/.states");
        root::prepare(key.options()).expect("the folder is writable");
        keep(&key, b"first").expect("it is stored");
        fs::write(folder.join("notes.state"), "mine").expect("the folder is writable");
        for round in 0..40u8 {
            keep(&key, &[round]).expect("it is stored");
            keep(&key, &[round]).expect("it is there");
        }
        assert_eq!(list(&folder).len(), KEPT);
        assert!(folder.join("notes.state").is_file());
    }
}
