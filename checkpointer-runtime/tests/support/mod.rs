//! What several tests share: keys, frames and values.
#![allow(dead_code)] // Each test binary uses a part of it.

pub(crate) mod shape;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkpointer_runtime::codec::MSGPACK;
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::{Digest, Key, StorageOptions};
use chrono::DateTime;

/// Options with this root.
pub(crate) fn options(root: impl Into<PathBuf>) -> Arc<StorageOptions> {
    Arc::new(StorageOptions::new(root))
}

/// The key of a call with this number, in no store.
pub(crate) fn key(number: u32) -> Key {
    key_in(&options("/nowhere"), 1, number)
}

/// The key of a call with this number, of code with this version, in a store.
pub(crate) fn key_in(options: &Arc<StorageOptions>, version: u32, number: u32) -> Key {
    Key::new(
        "app::function",
        numbered("code", version),
        numbered("call", number),
        options.clone(),
    )
}

fn numbered(what: &str, number: u32) -> Digest {
    blake3::hash(format!("{what} {number}").as_bytes()).into()
}

/// Makes all files of a folder look as if they were written yesterday.
pub(crate) fn age_files(folder: &std::path::Path) {
    let yesterday = std::time::SystemTime::now() - Duration::from_secs(24 * 60 * 60);
    for file in std::fs::read_dir(folder).expect("a folder").flatten() {
        let file = std::fs::File::options()
            .write(true)
            .open(file.path())
            .expect("a file");
        file.set_modified(yesterday).expect("a file of one's own");
    }
}

/// A header with round numbers.
pub(crate) fn header() -> Header {
    Header {
        codec: MSGPACK,
        stored: DateTime::from_timestamp(1, 0).unwrap_or_default(),
        computation: Duration::from_millis(1500),
    }
}

/// A frame around these bytes.
pub(crate) fn frame(key: &Key, value: &[u8]) -> Vec<u8> {
    entry::encode(key, &header(), |bytes| {
        bytes.extend_from_slice(value);
        Ok(())
    })
    .expect("the frame of a short key")
}

/// Gives a frame that was changed the checksum that it should have.
pub(crate) fn seal(frame: &mut [u8]) {
    let (sealed, checksum) = frame.split_last_chunk_mut().expect("a frame");
    *checksum = xxhash_rust::xxh3::xxh3_128(sealed).to_le_bytes();
}

/// How often: the second number in the nightly form, with `CHECKPOINTER_TEST_NIGHTLY` set.
pub(crate) fn times(usually: u32, nightly: u32) -> u32 {
    match std::env::var_os("CHECKPOINTER_TEST_NIGHTLY") {
        Some(_) => nightly,
        None => usually,
    }
}
