//! The options of stores and codecs, given on the attribute rather than on a preset.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use checkpointer_runtime::codec::{Codec, CodecError, Compression, Slot, Value};
use checkpointer_runtime::entry::CodecName;
use checkpointer_runtime::{
    Bytes, CheckpointError, Durability, Key, Storage, StorageOptions, checkpoint,
};
use chrono::{DateTime, Utc};

static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

struct Json;

impl Codec for Json {
    fn name(&self) -> CodecName {
        CodecName::new("json")
    }

    fn encode(&self, value: &Value<'_>, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(serde_json::to_writer(bytes, value)?)
    }

    fn decode(&self, bytes: &[u8], slot: &mut Slot<'_>) -> Result<(), CodecError> {
        Ok(slot.read(&mut serde_json::Deserializer::from_slice(bytes))?)
    }
}

#[checkpoint(root_path = FOLDER.path(), verbosity = 0, codec = Json)]
fn readable(x: u8) -> Vec<String> {
    vec!["seven".to_owned(); usize::from(x)]
}

#[checkpoint(root_path = FOLDER.path(), verbosity = 0, compression = Compression::lz4())]
fn small(x: u8) -> Vec<String> {
    vec!["seven".to_owned(); 1000 * usize::from(x)]
}

/// The contents of the function's only entry.
fn entry(function: &str) -> Vec<u8> {
    let mut folders: Vec<PathBuf> = vec![FOLDER.path().join("attribute").join(function)];
    let mut entries = Vec::new();
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).expect("the folder is there") {
            let path = item.expect("the folder can be read").path();
            match path.is_dir() {
                true => folders.push(path),
                false if is_entry(&path) => entries.push(path),
                false => {}
            }
        }
    }
    assert_eq!(entries.len(), 1, "{entries:?}");
    std::fs::read(&entries[0]).expect("the entry can be read")
}

/// A call's hash is a file's name.
fn is_entry(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.len() > 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn a_codec_on_the_attribute_writes_the_entries() {
    assert_eq!(
        (readable(2), readable(2)),
        (vec!["seven".to_owned(); 2], vec!["seven".to_owned(); 2])
    );
    let text = entry("readable");
    let json = br#"["seven","seven"]"#;
    assert!(text.windows(json.len()).any(|window| window == json));
}

#[test]
fn compression_on_the_attribute_makes_entries_smaller() {
    assert_eq!((small(1).len(), small(1).len()), (1000, 1000));
    assert!(
        entry("small").len() < 1000,
        "{} bytes",
        entry("small").len()
    );
}

/// Keeps nothing, and notes the options that it is called with.
#[derive(Debug)]
struct Noted;

static NOTED: Mutex<Option<StorageOptions>> = Mutex::new(None);

impl Storage for Noted {
    fn exists(&self, _: &Key) -> Result<bool, CheckpointError> {
        Ok(false)
    }

    fn checkpoint_date(&self, _: &Key) -> Result<Option<DateTime<Utc>>, CheckpointError> {
        Ok(None)
    }

    fn load(&self, _: &Key) -> Result<Option<Bytes>, CheckpointError> {
        Ok(None)
    }

    fn store(&self, key: &Key, _: &[u8]) -> Result<(), CheckpointError> {
        let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
        *noted = Some(key.options().clone());
        Ok(())
    }

    fn delete(&self, _: &Key) -> Result<bool, CheckpointError> {
        Ok(false)
    }
}

#[checkpoint(
    format = Noted,
    root_path = FOLDER.path(),
    verbosity = 0,
    durability = "fsync",
    trust_root = true,
    keep_versions = 3,
    max_bytes = 1 << 20
)]
fn noted(x: u8) -> u8 {
    x
}

#[checkpoint(format = Noted, root_path = FOLDER.path(), verbosity = 0, durability = Durability::Rename)]
fn noted_again(x: u8) -> u8 {
    x
}

#[test]
fn what_a_store_needs_to_know_comes_from_the_attribute() {
    assert_eq!(noted(1), 1);
    let options = NOTED.lock().expect("not poisoned").take();
    let mut expected = StorageOptions::new(FOLDER.path());
    expected.durability = Durability::Fsync;
    expected.trust_root = true;
    expected.keep_versions = 3;
    expected.max_bytes = Some(1 << 20);
    assert_eq!(options, Some(expected));
    assert_eq!(noted_again(1), 1);
    let options = NOTED.lock().expect("not poisoned").take();
    assert_eq!(options, Some(StorageOptions::new(FOLDER.path())));
}
