//! The hash for keys in memory: two lanes of folded multiplication with secrets that are drawn once a process.
//!
//! A folded multiplication is the exclusive or of both halves of a 128-bit product (Landon Curt Noll's and Wang Yi's
//! wyhash made it known). One lane is a good 64-bit hash; two with unrelated secrets are a 128-bit one. Long byte
//! strings go through XXH3 with a secret of this process. Nothing of it is ever stored.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_128_with_secret;

/// Strings up to this length are folded word by word; XXH3's start costs more than it saves there.
const SHORT: usize = 48;

struct Secrets {
    lanes: [u64; 4],
    long: [u8; 192],
}

static SECRETS: LazyLock<Secrets> = LazyLock::new(|| {
    let mut seed = [0; 64];
    for (index, word) in seed.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&RandomState::new().hash_one(index).to_le_bytes());
    }
    let mut long = [0; 192];
    let mut lanes = [0; 32];
    let mut random = blake3::Hasher::new().update(&seed).finalize_xof();
    random.fill(&mut long);
    random.fill(&mut lanes);
    let word = |index: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&lanes[8 * index..8 * index + 8]);
        u64::from_le_bytes(bytes) | 1
    };
    Secrets {
        lanes: [word(0), word(1), word(2), word(3)],
        long,
    }
});

/// The state of a hash in memory.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    lanes: [u64; 2],
    secrets: [u64; 2],
}

#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product >> 64) as u64 ^ product as u64
}

impl Fold {
    #[inline]
    pub(crate) fn new() -> Self {
        let [first, second, third, fourth] = SECRETS.lanes;
        Self {
            lanes: [first, second],
            secrets: [third, fourth],
        }
    }

    /// Takes in a word; the kind chooses the multiplier, so it is hashed at no cost.
    #[inline]
    pub(crate) fn word(&mut self, kind: u8, value: u64) {
        let kind = u64::from(kind);
        let first = self.secrets[0].wrapping_add(kind.wrapping_mul(0x9E37_79B9_7F4A_7C16));
        let second = self.secrets[1].wrapping_add(kind.wrapping_mul(0xC2B2_AE3D_27D4_EB4E));
        self.lanes[0] = fold(self.lanes[0] ^ value, first);
        self.lanes[1] = fold(self.lanes[1] ^ value, second);
    }

    /// Takes in bytes and their number.
    #[inline]
    pub(crate) fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.word(kind, bytes.len() as u64);
        match *bytes {
            [] => {}
            [a] => self.word(kind, u64::from(a)),
            [a, b] => self.word(kind, u64::from(u16::from_le_bytes([a, b]))),
            [a, b, c] => self.word(kind, u64::from(u32::from_le_bytes([a, b, c, 0]))),
            _ if bytes.len() <= 8 => {
                let (Some(start), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) else {
                    return;
                };
                let (start, end) = (u32::from_le_bytes(*start), u32::from_le_bytes(*end));
                self.word(kind, u64::from(start) | u64::from(end) << 32);
            }
            _ if bytes.len() <= SHORT => {
                let mut rest = bytes;
                while let Some((word, next)) = rest.split_first_chunk()
                    && !next.is_empty()
                {
                    self.word(kind, u64::from_le_bytes(*word));
                    rest = next;
                }
                if let Some(last) = bytes.last_chunk() {
                    self.word(kind, u64::from_le_bytes(*last));
                }
            }
            _ => self.long(kind, bytes),
        }
    }

    fn long(&mut self, kind: u8, bytes: &[u8]) {
        let hash = xxh3_128_with_secret(bytes, &SECRETS.long);
        self.word(kind, hash as u64);
        self.word(kind, (hash >> 64) as u64);
    }

    #[inline]
    pub(crate) fn finish(mut self) -> u128 {
        self.word(0xFF, 0);
        u128::from(self.lanes[0]) << 64 | u128::from(self.lanes[1])
    }
}
