//! Frames: whatever the bytes, reading ends in an error or in exactly the value that the frame holds.
//!
//! No fuzzer guesses a checksum, so each input is read twice: as it is, and with the checksum that it should have.
#![no_main]

use std::sync::Arc;

use bytes::Bytes;
use checkpointer_runtime::storage::Entry;
use checkpointer_runtime::{CheckpointError, Digest, Key, StorageOptions, entry};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_128;

fn key() -> Key {
    let options = Arc::new(StorageOptions::new("/nowhere"));
    Key::new(
        "app::f",
        Digest::new([1; 32]),
        Digest::new([2; 32]),
        options,
    )
}

fn check(frame: &Bytes) {
    let key = key();
    let listed = Entry::from_frame(key.scope(), frame);
    match entry::decode(&key, frame) {
        Ok((header, value)) => {
            assert!(frame.len() >= value.len() + 128 + 16);
            assert_eq!(
                frame[frame.len() - 16 - value.len()..frame.len() - 16],
                value
            );
            assert_eq!(listed.map(|entry| entry.stored), Some(header.stored));
            let again = entry::encode(&key, &header, |bytes| {
                bytes.extend_from_slice(&value);
                Ok(())
            });
            let again = Bytes::from(again.expect("a frame of the same size"));
            let read = entry::decode(&key, &again).expect("what was written just now");
            assert_eq!(read, (header, value));
        }
        Err(CheckpointError::Corrupted { .. } | CheckpointError::Newer { .. }) => {}
        Err(error) => panic!("reading a frame can't fail like this: {error}"),
    }
}

fuzz_target!(|data: &[u8]| {
    check(&Bytes::copy_from_slice(data));
    let mut sealed = data.to_vec();
    sealed.extend_from_slice(&xxh3_128(data).to_le_bytes());
    check(&sealed.into());
});
