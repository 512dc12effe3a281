//! Large arrays and other large results, which are written and read in pieces: every bit of them comes back, and whatever is
//! wrong with their files is found.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use checkpointer_runtime::{Checkpointer, Counts, Digest, Function, checkpoint, entry};
use serde::{Deserialize, Serialize, Serializer};

/// A store that this process begins empty.
static STORE: LazyLock<Checkpointer> = LazyLock::new(|| {
    let _ = fs::remove_dir_all(root());
    Checkpointer::new().root_path(root()).verbosity(0)
});

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("arrays")
}

/// The file of a call's entry.
fn file(function: Function, call_hash: Digest) -> PathBuf {
    let call = call_hash.to_string();
    let (package, path) = function.path().split_once("::").unwrap();
    let code = function.code_hash().to_string();
    root()
        .join(package)
        .join(path.replace("::", "."))
        .join(code)
        .join(&call[..2])
        .join(call)
}

fn counts(function: Function) -> Counts {
    function.stats().counts
}

fn is_nightly() -> bool {
    support::times(0, 1) == 1
}

/// Lengths in bytes: none, some, around what is read at once, where the marker of an array changes, and where pieces end.
const LENGTHS: [usize; 12] = [
    0, 16, 16_000, 16_384, 16_400, 65_520, 65_536, 65_552, 262_144, 500_000, 1_048_576, 1_300_000,
];

/// A function for each type of number, whose results are as good as random.
macro_rules! arrays {
    ($($name:ident $type:ident)*) => {
        $(
            #[checkpoint(using = STORE, version = 1)]
            fn $name(bytes: usize) -> Vec<$type> {
                let count = bytes / size_of::<$type>();
                let spread = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835_u128;
                (0..count).map(|n| (n as u128).wrapping_mul(spread) as $type).collect()
            }
        )*

        #[test]
        fn arrays_of_every_type_and_length_come_back_from_their_files_bit_by_bit() {
            for bytes in LENGTHS {
                $(
                    let (first, again) = ($name(bytes), $name(bytes));
                    assert_eq!(again.len(), bytes / size_of::<$type>());
                    let same = first.iter().zip(&again).all(|(a, b)| a.to_le_bytes() == b.to_le_bytes());
                    assert!(same, "{bytes} bytes of {}", stringify!($type));
                )*
            }
            let all = LENGTHS.len() as u64;
            $(
                let found = counts($name::function());
                assert_eq!((found.computed, found.corrupted, found.hits), (all, 0, all));
            )*
        }
    };
}

arrays! {
    array_u8 u8 array_u16 u16 array_u32 u32 array_u64 u64 array_u128 u128 array_usize usize
    array_i8 i8 array_i16 i16 array_i32 i32 array_i64 i64 array_i128 i128 array_isize isize
    array_f32 f32 array_f64 f64
}

#[checkpoint(using = STORE, version = 1)]
fn shared(count: u32) -> Arc<Vec<u32>> {
    Arc::new((0..count).collect())
}

#[checkpoint(using = STORE, version = 1)]
fn fallible(count: u32) -> Result<Vec<u32>, String> {
    if count == 0 {
        return Err("nothing".into());
    }
    Ok((0..count).collect())
}

#[test]
fn arrays_behind_an_arc_and_in_a_result_come_back_from_their_files() {
    for _ in 0..2 {
        assert!(shared(50_000).iter().copied().eq(0..50_000));
        assert!(fallible(50_000).unwrap().into_iter().eq(0..50_000));
        assert_eq!(fallible(0).unwrap_err(), "nothing");
    }
    assert_eq!(counts(shared::function()).computed, 1);
    assert_eq!(counts(fallible::function()).computed, 3);
}

#[checkpoint(using = STORE, version = 1)]
fn damaged(count: u32) -> Vec<u32> {
    (0..count).collect()
}

/// Calls a function whose file was changed, and fails unless it computes and reports damage.
fn assert_noticed(bytes: &[u8], what: &str) {
    let path = file(damaged::function(), damaged::call_hash(20_000));
    fs::write(path, bytes).unwrap();
    let before = counts(damaged::function());
    assert!(damaged(20_000).into_iter().eq(0..20_000), "{what}");
    let after = counts(damaged::function());
    assert_eq!(after.computed, before.computed + 1, "{what}");
    assert_eq!(after.corrupted, before.corrupted + 1, "{what}");
}

#[test]
fn whatever_is_changed_in_the_file_of_an_array_is_noticed() {
    damaged(20_000);
    let path = file(damaged::function(), damaged::call_hash(20_000));
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 80_000);
    let bits = (0..256 * 8).step_by(if is_nightly() { 1 } else { 13 });
    let others = (256 * 8..whole.len() * 8).step_by(whole.len() / 12);
    let seal = (whole.len() - 16) * 8..whole.len() * 8;
    for bit in bits.chain(others).chain(seal.step_by(11)) {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_noticed(&flipped, &format!("bit {bit}"));
    }
    let lengths = (0..whole.len()).step_by(if is_nightly() { 17 } else { 2_999 });
    for length in lengths {
        assert_noticed(&whole[..length], &format!("the first {length} bytes"));
    }
    assert_noticed(&[&whole[..], b"x"].concat(), "one more byte");
    // A frame that is right in itself, but of other numbers than it says.
    let start = usize::try_from(u32::from_le_bytes(whole[12..16].try_into().unwrap())).unwrap();
    for (at, byte) in [
        (start + 5, 0x4C),
        (start + 4, 0xFF),
        (start + 1, 0xFF),
        (start, 0xC8),
    ] {
        let mut other = whole.clone();
        other[at] = byte;
        support::seal(&mut other);
        assert_noticed(&other, &format!("byte {at}"));
    }
    damaged(20_001);
    let other = fs::read(file(damaged::function(), damaged::call_hash(20_001))).unwrap();
    assert_noticed(&other, "another call's entry");
}

/// Text that is written in many small pieces, and longer than what is kept in memory to be written.
#[checkpoint(using = STORE, version = 1)]
fn texts(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("text {number}")).collect()
}

#[test]
fn a_large_result_of_small_parts_has_the_same_bytes_as_if_it_were_written_at_once() {
    let (first, again) = (texts(300_000), texts(300_000));
    assert_eq!(first, again);
    assert_eq!(counts(texts::function()).computed, 1);
    let frame = fs::read(file(texts::function(), texts::call_hash(300_000))).unwrap();
    let (_, value) = entry::Description::verified(&frame.into()).unwrap();
    assert!(value.len() > 3_000_000);
    assert_eq!(value, checkpointer_runtime::codec::encode(&first).unwrap());
}

/// Serializes to one byte more each time.
#[derive(Default, Deserialize)]
struct Growing {
    #[serde(skip)]
    times: AtomicU64,
    padding: String,
}

impl Serialize for Growing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            padding: String,
        }
        let times = self.times.fetch_add(1, Ordering::Relaxed) as usize;
        let padding = self.padding.clone() + &"x".repeat(times);
        Written { padding }.serialize(serializer)
    }
}

#[checkpoint(using = STORE, version = 1)]
fn growing(length: usize) -> Growing {
    Growing {
        padding: "x".repeat(length),
        ..Growing::default()
    }
}

#[test]
fn a_large_value_that_is_never_the_same_twice_is_stored_as_it_is_once() {
    assert_eq!(growing(2_000_000).padding.len(), 2_000_000);
    let read = growing(2_000_000).padding;
    assert!((2_000_000..2_000_009).contains(&read.len()));
    let counts = counts(growing::function());
    assert_eq!(
        (counts.computed, counts.corrupted, counts.faults),
        (1, 0, 0)
    );
}

#[checkpoint(using = STORE, version = 1)]
async fn later(count: u32) -> Vec<u64> {
    (0..u64::from(count)).collect()
}

#[test]
fn an_async_function_stores_and_loads_large_arrays_on_another_thread() {
    for _ in 0..2 {
        let numbers = futures_lite::future::block_on(later(200_000));
        assert!(numbers.into_iter().eq(0..200_000));
    }
    assert_eq!(counts(later::function()).computed, 1);
}

#[checkpoint(using = STORE, version = 1)]
fn given(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[test]
fn a_large_result_can_be_set_and_got() {
    let numbers: Vec<u32> = (0..400_000).rev().collect();
    given::set(numbers.clone(), 400_000).unwrap();
    assert_eq!(given::get(400_000).unwrap(), numbers);
    assert!(given::rerun(400_000).into_iter().eq(0..400_000));
    assert!(given::get(400_000).unwrap().into_iter().eq(0..400_000));
}

#[cfg(feature = "mmap")]
mod mapped {
    use super::*;
    use checkpointer_runtime::Mapped;

    #[checkpoint(using = STORE, version = 1)]
    fn samples(count: u32) -> Mapped<f64> {
        (0..count).map(f64::from).collect()
    }

    fn are_right(samples: &[f64]) -> bool {
        let count = u32::try_from(samples.len()).unwrap();
        samples.iter().copied().eq((0..count).map(f64::from))
    }

    #[test]
    fn large_numbers_are_mapped_and_small_ones_read() {
        for (count, is_large) in [
            (0, false),
            (100, false),
            (8_191, false),
            (8_192, true),
            (300_000, true),
        ] {
            assert!(!samples(count).is_mapped(), "it was computed");
            let found = samples(count);
            assert_eq!((found.len(), found.is_mapped()), (count as usize, is_large));
            assert!(are_right(&found));
            assert_eq!(found, samples(count));
        }
        assert_eq!(counts(samples::function()).corrupted, 0);
    }

    #[test]
    fn mapped_numbers_outlive_their_entry() {
        samples(20_000);
        let found = samples(20_000);
        samples::set((0..20_000).rev().map(f64::from).collect(), 20_000).unwrap();
        let (reversed, clone) = (samples(20_000), found.clone());
        samples::delete(20_000).unwrap();
        assert!(found.is_mapped() && reversed.is_mapped());
        drop(found);
        assert!(are_right(&clone));
        assert_eq!((reversed[0], reversed[19_999]), (19_999.0, 0.0));
    }

    #[checkpoint(using = STORE, version = 1)]
    fn fragile(count: u32) -> Mapped<f64> {
        (0..count).map(f64::from).collect()
    }

    #[test]
    fn a_damaged_file_is_noticed_before_its_numbers_are_seen() {
        fragile(50_000);
        let path = file(fragile::function(), fragile::call_hash(50_000));
        let whole = fs::read(&path).unwrap();
        for byte in [0, 9, 130, 5_000, 399_999, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[byte] ^= 4;
            // As a new file, since the old one may be mapped.
            fs::remove_file(&path).unwrap();
            fs::write(&path, flipped).unwrap();
            let found = fragile(50_000);
            assert!(are_right(&found) && !found.is_mapped(), "byte {byte}");
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(!fragile(50_000).is_mapped());
        assert!(fragile(50_000).is_mapped());
    }
}
