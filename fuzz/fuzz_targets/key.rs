//! Hashes as text: 64 hexadecimal digits and nothing else are read, and written as they were read.
#![no_main]

use checkpointer_runtime::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let is_hash = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let read = Digest::from_hex(&text);
    assert_eq!(read.is_some(), is_hash);
    assert_eq!(read, text.parse().ok());
    if let Some(digest) = read {
        assert_eq!(digest.to_string(), text.to_ascii_lowercase());
        assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
    }
});
