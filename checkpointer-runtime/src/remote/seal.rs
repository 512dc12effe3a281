//! Entries that only who has the key can make: a keyed BLAKE3 over the place that an entry has and all of its bytes.
//!
//! ```text
//! offset  bytes
//!      0      8  magic: 9C 63 6B 70 72 0D 0A 1A
//!      8      4  version, little-endian
//!     12      4  zero
//!     16     16  which key: 16 bytes of a hash of it
//!     32     32  the MAC
//!     64         the frame, as docs/storage-format.md says
//! ```
//! The MAC is over the first 32 bytes, the namespace, the function's path, code hash and call hash (the two texts after
//! their length in eight bytes), and a keyed BLAKE3 of the frame, which is made in one go, since that is much faster. So an entry is good in its own place alone: not in another namespace, nor
//! for another call, function or code.

use std::fmt;

use bytes::Bytes;

use crate::error::{CheckpointError, Corruption};
use crate::key::Key;

const MAGIC: [u8; 8] = *b"\x9Cckpr\r\n\x1A";
/// The version of the layout above.
pub(crate) const SEAL_VERSION: u32 = 1;
/// The bytes before the frame.
pub(crate) const SEAL_LENGTH: usize = 64;
/// The fewest bytes of a key.
pub(crate) const KEY_LENGTH: usize = 32;

const MAC_CONTEXT: &str = "checkpointer-runtime 2026-11-22 authentication of shared entries";
const FRAME_CONTEXT: &str = "checkpointer-runtime 2026-11-22 frames of shared entries";
const NAME_CONTEXT: &str = "checkpointer-runtime 2026-11-22 name of the key of shared entries";

/// The secret that makers and readers of entries share.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Secret {
    mac: [u8; 32],
    frame: [u8; 32],
    name: [u8; 16],
}

/// Nothing of a secret is ever shown.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret from at least 32 bytes; otherwise why it is none.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() < KEY_LENGTH {
            return Err(format!(
                "it has {} bytes and must have at least {KEY_LENGTH}",
                bytes.len()
            ));
        }
        let name = blake3::derive_key(NAME_CONTEXT, bytes);
        let mut short = [0; 16];
        short.copy_from_slice(&name[..16]);
        Ok(Self {
            mac: blake3::derive_key(MAC_CONTEXT, bytes),
            frame: blake3::derive_key(FRAME_CONTEXT, bytes),
            name: short,
        })
    }

    /// A frame under its seal, for this place.
    pub(crate) fn seal(&self, namespace: &str, key: &Key, frame: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(SEAL_LENGTH + frame.len());
        sealed.extend_from_slice(&MAGIC);
        sealed.extend_from_slice(&SEAL_VERSION.to_le_bytes());
        sealed.extend_from_slice(&[0; 4]);
        sealed.extend_from_slice(&self.name);
        let mac = self.mac(
            &sealed,
            namespace,
            key,
            &blake3::keyed_hash(&self.frame, frame),
        );
        sealed.extend_from_slice(mac.as_bytes());
        sealed.extend_from_slice(frame);
        sealed
    }

    /// Begins to look at an entry that is still coming.
    pub(crate) fn watch(&self) -> Watch {
        Watch {
            hasher: blake3::Hasher::new_keyed(&self.frame),
            hashed: 0,
        }
    }

    /// The frame under a seal, if the seal is this secret's and for this place.
    pub(crate) fn open(
        &self,
        namespace: &str,
        key: &Key,
        sealed: &Bytes,
    ) -> Result<Bytes, CheckpointError> {
        self.open_watched(namespace, key, sealed, &mut self.watch())
    }

    /// The same of an entry of which some bytes were looked at while they came.
    pub(crate) fn open_watched(
        &self,
        namespace: &str,
        key: &Key,
        sealed: &Bytes,
        watch: &mut Watch,
    ) -> Result<Bytes, CheckpointError> {
        let Some(head) = claimed(sealed) else {
            return Err(self.refusal(sealed));
        };
        let (signed, mac) = head.split_at(32);
        let frame = sealed.slice(SEAL_LENGTH..);
        // `blake3::Hash` compares in constant time.
        let mut found = [0; 32];
        found.copy_from_slice(mac);
        let frame_hash = watch.finish(&frame);
        if self.mac(signed, namespace, key, &frame_hash) != blake3::Hash::from_bytes(found) {
            return Err(self.refusal(sealed));
        }
        match u32::from_le_bytes([head[8], head[9], head[10], head[11]]) {
            SEAL_VERSION => Ok(frame),
            version => Err(CheckpointError::Newer {
                path: None,
                version,
            }),
        }
    }

    /// Why an entry is not used whose seal does not hold.
    pub(crate) fn refusal(&self, sealed: &[u8]) -> CheckpointError {
        match claimed(sealed) {
            None => Corruption::Unsigned.into(),
            Some(head) if head[16..32] == self.name => Corruption::Forged.into(),
            Some(_) => Corruption::OtherSecret.into(),
        }
    }

    fn mac(&self, signed: &[u8], namespace: &str, key: &Key, frame: &blake3::Hash) -> blake3::Hash {
        let mut mac = blake3::Hasher::new_keyed(&self.mac);
        mac.update(signed);
        for text in [namespace, key.function()] {
            mac.update(&(text.len() as u64).to_le_bytes());
            mac.update(text.as_bytes());
        }
        mac.update(key.code_hash().as_bytes());
        mac.update(key.call_hash().as_bytes());
        mac.update(frame.as_bytes());
        mac.finalize()
    }
}

/// The hash of a frame, made while its bytes come.
pub(crate) struct Watch {
    hasher: blake3::Hasher,
    /// How many bytes of the frame are in it.
    hashed: usize,
}

impl Watch {
    /// How many bytes are hashed in one go: a power of two, which is what makes BLAKE3 fast.
    const PIECE: usize = 128 << 10;

    /// The bytes of an entry that are there so far, seal included.
    pub(crate) fn see(&mut self, sealed: &[u8]) {
        let frame = sealed.get(SEAL_LENGTH..).unwrap_or_default();
        let whole = frame.len() - frame.len() % Self::PIECE;
        if let Some(more) = frame.get(self.hashed..whole) {
            self.hasher.update(more);
            self.hashed = whole;
        }
    }

    /// Forgets what it saw: the entry comes once more.
    pub(crate) fn restart(&mut self) {
        self.hasher.reset();
        self.hashed = 0;
    }

    /// The hash of the whole frame, of which the first bytes were seen.
    fn finish(&mut self, frame: &[u8]) -> blake3::Hash {
        if self.hashed > frame.len() {
            self.restart();
        }
        self.hasher.update(&frame[self.hashed..]);
        self.hashed = frame.len();
        self.hasher.finalize()
    }
}

/// The seal that an entry claims to have.
fn claimed(sealed: &[u8]) -> Option<&[u8; SEAL_LENGTH]> {
    sealed
        .first_chunk::<SEAL_LENGTH>()
        .filter(|head| head[..8] == MAGIC)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::key::{Digest, StorageOptions};

    fn secret() -> Secret {
        Secret::new(&[7; 32]).expect("32 bytes are enough")
    }

    fn key(function: &'static str, code: u8, call: u8) -> Key {
        let options = Arc::new(StorageOptions::new("/nowhere"));
        Key::new(
            function,
            Digest::new([code; 32]),
            Digest::new([call; 32]),
            options,
        )
    }

    #[test]
    fn an_entry_opens_in_its_own_place_alone() {
        let own = key("app::f", 1, 2);
        let sealed = Bytes::from(secret().seal("main", &own, b"a frame"));
        let opens = |namespace, key: &Key| secret().open(namespace, key, &sealed).is_ok();
        assert!(opens("main", &own));
        assert!(!opens("pr", &own));
        for other in [
            key("app::g", 1, 2),
            key("app::f", 2, 2),
            key("app::f", 1, 1),
        ] {
            assert!(!opens("main", &other), "{other:?}");
        }
    }

    #[test]
    fn namespace_and_function_can_not_run_into_each_other() {
        let sealed = Bytes::from(secret().seal("ab", &key("c::f", 1, 1), b""));
        assert!(secret().open("a", &key("bc::f", 1, 1), &sealed).is_err());
    }

    #[test]
    fn every_bit_counts() {
        let own = key("app::f", 1, 2);
        let sealed = secret().seal("main", &own, b"a frame");
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let opened = secret().open("main", &own, &Bytes::from(altered));
            assert!(opened.is_err(), "bit {bit}");
        }
    }

    #[test]
    fn an_entry_that_was_watched_opens_as_one_that_was_not() {
        let own = key("app::f", 1, 2);
        for length in [0, 1, Watch::PIECE - 1, Watch::PIECE, 3 * Watch::PIECE + 5] {
            let frame: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let sealed = Bytes::from(secret().seal("main", &own, &frame));
            for step in [1000, Watch::PIECE, 1 << 20] {
                let mut watch = secret().watch();
                // The first try broke off.
                watch.see(&[1; Watch::PIECE + SEAL_LENGTH]);
                watch.restart();
                for end in (0..sealed.len()).step_by(step) {
                    watch.see(&sealed[..end]);
                }
                let opened = secret().open_watched("main", &own, &sealed, &mut watch);
                assert_eq!(opened.expect("it is whole"), frame, "{length} {step}");
            }
            if length > 0 {
                let mut forged = sealed.to_vec();
                *forged.last_mut().expect("it has bytes") ^= 1;
                let mut watch = secret().watch();
                watch.see(&forged[..forged.len() / 2]);
                let opened = secret().open_watched("main", &own, &forged.into(), &mut watch);
                assert!(opened.is_err(), "{length}");
            }
        }
    }

    #[test]
    fn another_secret_is_told_from_a_forgery() {
        let own = key("app::f", 1, 2);
        let sealed = Bytes::from(secret().seal("main", &own, b"a frame"));
        let other = Secret::new(&[8; 40]).expect("40 bytes are enough");
        let reason = |secret: &Secret, sealed: &Bytes| {
            secret
                .open("main", &own, sealed)
                .expect_err("not this one")
                .to_string()
        };
        assert!(reason(&other, &sealed).contains("another key"));
        let mut forged = sealed.to_vec();
        forged[SEAL_LENGTH] ^= 1;
        assert!(reason(&secret(), &forged.into()).contains("not those that were signed"));
        assert!(reason(&secret(), &Bytes::from_static(b"bare")).contains("not signed"));
    }

    #[test]
    fn a_short_secret_is_none() {
        let error = Secret::new(&[1; 31]).expect_err("31 bytes are too few");
        assert!(error.contains("31") && error.contains("32"), "{error}");
    }

    #[test]
    fn the_seal_is_what_the_description_says() {
        let sealed = secret().seal("main", &key("app::f", 1, 2), b"a frame");
        let mut signed = sealed[..32].to_vec();
        signed.extend_from_slice(b"\x04\0\0\0\0\0\0\0main\x06\0\0\0\0\0\0\0app::f");
        signed.extend_from_slice(&[1; 32]);
        signed.extend_from_slice(&[2; 32]);
        let frame_key = blake3::derive_key(FRAME_CONTEXT, &[7; 32]);
        signed.extend_from_slice(blake3::keyed_hash(&frame_key, b"a frame").as_bytes());
        let mac_key = blake3::derive_key(MAC_CONTEXT, &[7; 32]);
        assert_eq!(
            sealed[32..64],
            *blake3::keyed_hash(&mac_key, &signed).as_bytes()
        );
        assert_eq!(sealed[..16], *b"\x9Cckpr\r\n\x1A\x01\0\0\0\0\0\0\0");
        assert_eq!(
            sealed[16..32],
            blake3::derive_key(NAME_CONTEXT, &[7; 32])[..16]
        );
    }

    #[test]
    fn the_seal_is_held_by_a_golden_one() {
        let sealed = secret().seal("main", &key("app::f", 1, 2), b"a frame");
        assert_eq!(
            blake3::hash(&sealed).to_hex().as_str(),
            "610dc7fa8ed0d14913dd3667e1cc629a42f631e6b29324bc615f007721f9f8ce"
        );
    }
}
