//! Keys, frames and options that tests share.

use std::sync::Arc;
use std::time::Duration;

use checkpointer_runtime::codec::MSGPACK;
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::remote::Remote;
use checkpointer_runtime::{Digest, Key, StorageOptions};
use chrono::DateTime;

/// The key that all tests sign with, unless they are about keys.
pub const KEY: &str = "a key of the tests, with more than thirty-two bytes";

/// The server of this URL, with the tests' key.
#[must_use]
pub fn options(url: &str) -> Remote {
    Remote::new(url).key(KEY.as_bytes())
}

/// The key of a call with this number, of code with this version.
#[must_use]
pub fn key(version: u32, number: u32) -> Key {
    key_of("app::function", version, number)
}

/// The same of another function.
#[must_use]
pub fn key_of(function: &'static str, version: u32, number: u32) -> Key {
    let numbered = |what: &str, number: u32| -> Digest {
        blake3::hash(format!("{what} {number}").as_bytes()).into()
    };
    Key::new(
        function,
        numbered("code", version),
        numbered("call", number),
        Arc::new(StorageOptions::new("/nowhere")),
    )
}

/// A header with round numbers.
#[must_use]
pub fn header() -> Header {
    Header {
        codec: MSGPACK,
        stored: DateTime::from_timestamp(1, 0).unwrap_or_default(),
        computation: Duration::from_millis(1500),
    }
}

/// A frame around these bytes.
///
/// # Panics
/// Never: the key is short.
#[must_use]
pub fn frame(key: &Key, value: &[u8]) -> Vec<u8> {
    entry::encode(key, &header(), |bytes| {
        bytes.extend_from_slice(value);
        Ok(())
    })
    .expect("the frame of a short key")
}
