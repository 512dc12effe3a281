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

/// Odd numbers that spread kinds and lengths over a multiplier's bits.
const SPREAD: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F];

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

/// The first and the last `N` bytes of a slice that has at least `N`; they may overlap.
#[inline]
fn ends<const N: usize>(bytes: &[u8]) -> (&[u8; N], &[u8; N]) {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (first, last),
        _ => (&[0; N], &[0; N]),
    }
}

/// The state of a hash in memory.
///
/// Names of structs, fields and variants go through lanes of their own, so that the processor works on both at once.
/// The values' lanes hold where structs begin and end, hence which name belongs to which value.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    values: Lanes,
    names: Lanes,
    has_names: bool,
}

/// Two lanes, each beside its own secret: were the two states neighbours, the compiler would join them to a vector, and take it
/// apart again for each multiplication.
#[derive(Clone, Debug)]
#[repr(C)]
struct Lanes {
    first: Lane,
    second: Lane,
}

#[derive(Clone, Debug)]
#[repr(C)]
struct Lane {
    state: u64,
    secret: u64,
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
            values: Lanes::new([first, second], [third, fourth]),
            names: Lanes::new([fourth, third], [second, first]),
            has_names: false,
        }
    }

    /// Takes in a word; the kind chooses the multiplier, so it is hashed at no cost.
    #[inline]
    pub(crate) fn word(&mut self, kind: u8, value: u64) {
        self.values.word(kind, value);
    }

    /// Takes in bytes and their number.
    #[inline]
    pub(crate) fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.values.bytes(kind, bytes);
    }

    /// Takes in the name of a struct, field or variant. Names are constants, so that of all this two multiplications by
    /// constants are left where it is inlined.
    #[inline(always)]
    pub(crate) fn name(&mut self, kind: u8, name: &[u8]) {
        self.has_names = true;
        if name.len() > 16 {
            return self.names.bytes(kind, name);
        }
        let mut word = [0; 16];
        word[..name.len()].copy_from_slice(name);
        let word = u128::from_le_bytes(word);
        let tag = u64::from(kind) | (name.len() as u64) << 8;
        self.names.pair(tag, word as u64, (word >> 64) as u64);
    }

    #[inline]
    pub(crate) fn finish(mut self) -> u128 {
        if self.has_names {
            self.values
                .pair(0xFE, self.names.first.state, self.names.second.state);
        }
        self.values.word(0xFF, 0);
        let Lanes { first, second } = self.values;
        u128::from(first.state) << 64 | u128::from(second.state)
    }
}

impl Lane {
    /// The multiplier for a kind.
    #[inline]
    fn multiplier(&self, kind: u64, spread: u64) -> u64 {
        self.secret.wrapping_add(kind.wrapping_mul(spread))
    }
}

impl Lanes {
    #[inline]
    fn new(states: [u64; 2], secrets: [u64; 2]) -> Self {
        let lane = |index: usize| Lane {
            state: states[index],
            secret: secrets[index],
        };
        Self {
            first: lane(0),
            second: lane(1),
        }
    }

    #[inline]
    fn word(&mut self, kind: u8, value: u64) {
        let kind = u64::from(kind);
        let Self { first, second } = self;
        first.state = fold(first.state ^ value, first.multiplier(kind, SPREAD[0]));
        second.state = fold(second.state ^ value, second.multiplier(kind, SPREAD[1]));
    }

    /// Takes in two words at the price of one.
    #[inline]
    fn pair(&mut self, kind: u64, low: u64, high: u64) {
        let Self { first, second } = self;
        first.state = fold(first.state ^ low, first.multiplier(kind, SPREAD[0]) ^ high);
        second.state = fold(
            second.state ^ high,
            second.multiplier(kind, SPREAD[1]) ^ low,
        );
    }

    #[inline]
    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        let tag = u64::from(kind) | (bytes.len() as u64) << 8;
        match bytes.len() {
            0..4 => {
                let mut word = [0; 4];
                word[..bytes.len()].copy_from_slice(bytes);
                self.pair(tag, u64::from(u32::from_le_bytes(word)), 0);
            }
            4..8 => {
                let (start, end): (&[u8; 4], &[u8; 4]) = ends(bytes);
                let (start, end) = (u32::from_le_bytes(*start), u32::from_le_bytes(*end));
                self.pair(tag, u64::from(start), u64::from(end));
            }
            8..=16 => {
                let (start, end): (&[u8; 8], &[u8; 8]) = ends(bytes);
                self.pair(tag, u64::from_le_bytes(*start), u64::from_le_bytes(*end));
            }
            17..=SHORT => {
                let mut rest = bytes;
                while let Some((block, next)) = rest.split_first_chunk::<16>()
                    && !next.is_empty()
                {
                    self.block(tag, block);
                    rest = next;
                }
                let (_, last): (&[u8; 16], &[u8; 16]) = ends(bytes);
                self.block(tag, last);
            }
            _ => self.long(tag, bytes),
        }
    }

    #[inline]
    fn block(&mut self, tag: u64, block: &[u8; 16]) {
        let (low, high): (&[u8; 8], &[u8; 8]) = ends(block);
        self.pair(tag, u64::from_le_bytes(*low), u64::from_le_bytes(*high));
    }

    fn long(&mut self, tag: u64, bytes: &[u8]) {
        let hash = xxh3_128_with_secret(bytes, &SECRETS.long);
        self.pair(tag, hash as u64, (hash >> 64) as u64);
    }
}
