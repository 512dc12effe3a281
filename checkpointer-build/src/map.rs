//! Hash maps and sets for short keys: a build script runs unoptimized, where std's hash, made to
//! withstand attackers, takes longer than the look-up that it is for. Nothing that is written may
//! follow their order.

use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are numbers, names, or a few of these.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Quick>>;

/// A set of such keys.
pub(crate) type HashSet<K> = std::collections::HashSet<K, BuildHasherDefault<Quick>>;

/// One multiplication a word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quick(u64);

/// Odd, and without a pattern in its bits: 2⁶⁴ divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Quick {
    #[inline]
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        // The multiplication leaves the best bits on top, and tables look at both ends.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.word(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher as _;

    use super::*;

    #[test]
    fn neighbouring_numbers_and_names_fall_into_different_places_of_a_table() {
        let build = BuildHasherDefault::<Quick>::default();
        let low = |hash: u64| hash & 0xfff;
        let top = |hash: u64| hash >> 57;
        let numbers: Vec<u64> = (0..4096_u32).map(|n| build.hash_one((n, n / 2))).collect();
        let texts: Vec<u64> = (0..4096)
            .map(|n| build.hash_one(format!("name_{n}")))
            .collect();
        for hashes in [numbers, texts] {
            let places: HashSet<u64> = hashes.iter().map(|hash| low(*hash)).collect();
            // Of 4096 random places 63 % are met.
            assert!(places.len() > 2_300, "{}", places.len());
            let tags: HashSet<u64> = hashes.iter().map(|hash| top(*hash)).collect();
            assert_eq!(tags.len(), 128);
        }
    }
}
