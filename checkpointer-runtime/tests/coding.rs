//! Results by a codec of one's own, and compressed ones, as they lie on the disk and come back.
#![cfg(all(feature = "codec", feature = "lz4", feature = "zstd"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use checkpointer_runtime::codec::{Codec, CodecError, Compression, Slot, Value};
use checkpointer_runtime::entry::CodecName;
use checkpointer_runtime::{Checkpointer, Counts, Digest, Function, checkpoint};

struct Json;

impl Codec for Json {
    fn name(&self) -> CodecName {
        CodecName::new("json")
    }

    fn encode(&self, value: &Value<'_>, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(serde_json::to_writer(bytes, value)?)
    }

    fn decode(&self, bytes: &[u8], slot: &mut Slot<'_>) -> Result<(), CodecError> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        slot.read(&mut json)?;
        Ok(json.end()?)
    }
}

/// A store that this process begins empty.
static STORE: LazyLock<Checkpointer> = LazyLock::new(|| {
    let _ = fs::remove_dir_all(root());
    Checkpointer::new().root_path(root()).verbosity(0)
});

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("coding")
}

/// The bytes of a call's entry.
fn entry(function: Function, call_hash: Digest) -> Vec<u8> {
    let call = call_hash.to_string();
    let (package, name) = function.path().split_once("::").unwrap();
    let code = function.code_hash().to_string();
    let path = [package, name, &code, &call[..2], &call];
    fs::read(path.iter().fold(root(), |path, part| path.join(part))).unwrap()
}

fn has_name(entry: &[u8], name: &str) -> bool {
    let name = name.as_bytes();
    entry[40..].starts_with(name) && entry[40 + name.len()] == 0
}

fn counts(function: Function) -> Counts {
    function.stats().counts
}

static READABLE: LazyLock<Checkpointer> = LazyLock::new(|| STORE.clone().codec(Json));

#[checkpoint(using = READABLE, version = 1)]
fn readable(x: u64) -> Vec<Option<u64>> {
    vec![Some(x), None]
}

#[test]
fn results_lie_on_the_disk_in_the_format_of_the_users_codec() {
    assert_eq!(
        (readable(3), readable(3)),
        (vec![Some(3), None], vec![Some(3), None])
    );
    assert_eq!(
        (
            counts(readable::function()).computed,
            counts(readable::function()).hits
        ),
        (1, 1)
    );
    let entry = entry(readable::function(), readable::call_hash(3));
    assert!(has_name(&entry, "json"));
    assert!(entry.windows(8).any(|part| part == b"[3,null]"));
    readable::set(vec![None], 3).unwrap();
    assert_eq!(readable::get(3).unwrap(), [None]);
}

static SMALL: LazyLock<Checkpointer> =
    LazyLock::new(|| STORE.clone().compression(Compression::zstd(3)));
static FAST: LazyLock<Checkpointer> = LazyLock::new(|| {
    SMALL
        .clone()
        .codec(Json)
        .compression(Compression::lz4().above(100))
});

#[checkpoint(using = SMALL, version = 1)]
fn small(length: usize) -> Vec<String> {
    vec!["the same again".to_owned(); length]
}

#[checkpoint(using = FAST, version = 1)]
fn fast(length: usize) -> Vec<String> {
    vec!["the same again".to_owned(); length]
}

#[test]
fn large_results_are_compressed_and_small_ones_are_not() {
    for length in [2, 20, 100_000] {
        assert_eq!(
            (small(length), fast(length)),
            (small::original(length), fast::original(length))
        );
        assert_eq!(
            (small(length), fast(length)),
            (small::original(length), fast::original(length))
        );
        let zstd = entry(small::function(), small::call_hash(length));
        let lz4 = entry(fast::function(), fast::call_hash(length));
        assert!(has_name(
            &zstd,
            if length > 1_000 {
                "msgpack+zstd"
            } else {
                "msgpack"
            }
        ));
        assert!(has_name(&lz4, if length > 2 { "json+lz4" } else { "json" }));
        assert!(
            zstd.len() < 1_000 && lz4.len() < 12_000,
            "{} {}",
            zstd.len(),
            lz4.len()
        );
    }
    for function in [small::function(), fast::function()] {
        let counts = counts(function);
        assert_eq!((counts.computed, counts.hits, counts.corrupted), (3, 3, 0));
    }
}

#[test]
fn a_name_that_is_taken_or_too_long_is_refused_where_it_is_given() {
    struct Named(&'static str);
    impl Codec for Named {
        fn name(&self) -> CodecName {
            CodecName::new(self.0)
        }
        fn encode(&self, _: &Value<'_>, _: &mut Vec<u8>) -> Result<(), CodecError> {
            Err("not asked for".into())
        }
        fn decode(&self, _: &[u8], _: &mut Slot<'_>) -> Result<(), CodecError> {
            Err("not asked for".into())
        }
    }
    for (name, is_fine) in [
        ("cbor", true),
        ("msgpack", false),
        ("deleted", false),
        ("a+lz4", false),
        ("twelve_bytes", false),
    ] {
        let given = std::panic::catch_unwind(|| Checkpointer::new().codec(Named(name)));
        assert_eq!(given.is_ok(), is_fine, "{name}");
    }
}
