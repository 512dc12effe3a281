//! Where an entry lies under the root folder: names that are readable, unique and good for every file system.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::key::{Digest, Key, Scope};

/// The folder of temporary files, under the root.
pub(super) const TEMPORARY: &str = ".tmp";
/// The folder of lock files, under the root.
pub(super) const LOCKS: &str = ".locks";

/// A readable name longer than this is cut, and told apart by a hash.
const LONGEST: usize = 100;

/// `ROOT/<crate>/<function path>/<code hash>/<first two digits>/<call hash>`.
pub(super) fn entry(key: &Key) -> PathBuf {
    let mut name = String::with_capacity(256);
    push_function(&mut name, key.function());
    name.push('/');
    key.code_hash().push_hex(&mut name);
    let call = key.call_hash();
    // Writing to a String cannot fail.
    let _ = write!(name, "/{:02x}/", call.as_bytes()[0]);
    call.push_hex(&mut name);
    key.root_path().join(name)
}

/// Where an entry is in the folder of its code version: `<first two digits>/<call hash>`.
#[cfg(unix)]
pub(super) fn in_folder(key: &Key) -> String {
    let digits = key.call_hash().hex();
    let mut name = String::with_capacity(72);
    name.extend(digits[..2].iter().copied().map(char::from));
    name.push('/');
    key.call_hash().push_hex(&mut name);
    name
}

/// What tells the folder of a code version, or its one file, from others in this process, in few steps.
#[cfg(unix)]
pub(super) fn folder_name(scope: &Scope, code_hash: Digest) -> u128 {
    let mut half = [0; 16];
    half.copy_from_slice(&code_hash.as_bytes()[..16]);
    // The code hash is as good as random already, so the rest need not be hashed together with it.
    let root = xxh3_128(scope.root_path().as_os_str().as_encoded_bytes());
    u128::from_le_bytes(half) ^ xxh3_128(scope.function().as_bytes()) ^ root.rotate_left(1)
}

/// The folder of all entries of a function.
pub(super) fn function(scope: &Scope) -> PathBuf {
    let mut name = String::with_capacity(64);
    push_function(&mut name, scope.function());
    scope.root_path().join(name)
}

/// The file of all entries of a function's code version, where they are packed.
#[cfg(unix)]
pub(super) fn log(scope: &Scope, code_hash: Digest) -> PathBuf {
    function(scope).join(format!("{code_hash}.pack"))
}

/// The lock file of a key.
pub(super) fn lock(key: &Key) -> PathBuf {
    let mut name = Vec::with_capacity(128);
    name.extend_from_slice(key.code_hash().as_bytes());
    name.extend_from_slice(key.call_hash().as_bytes());
    name.extend_from_slice(key.function().as_bytes());
    key.root_path()
        .join(LOCKS)
        .join(format!("{:032x}.lock", xxh3_128(&name)))
}

/// The digest that a file or folder name is.
pub(super) fn digest(path: &Path) -> Option<Digest> {
    let name = path.file_name()?.to_str()?;
    // Upper-case digits are not how entries are named, so such a file is not ours.
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        None
    } else {
        Digest::from_hex(name)
    }
}

pub(crate) fn push_function(name: &mut String, function: &str) {
    let (package, path) = function.split_once("::").unwrap_or(("_", function));
    push_safe(name, package);
    name.push('/');
    push_safe(name, path);
}

/// Appends a path as a file name. One of lower-case identifiers stays as it is, with dots between; any other gets a hash at
/// its end, because file systems may ignore case, reserve names, or limit length.
fn push_safe(name: &mut String, path: &str) {
    let start = name.len();
    let mut plain = !path.is_empty() && path.len() <= LONGEST;
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("::") {
            name.push('.');
            rest = after;
            continue;
        }
        let kept = match character {
            'a'..='z' | '0'..='9' | '_' => character,
            'A'..='Z' => {
                plain = false;
                character
            }
            _ => {
                plain = false;
                '_'
            }
        };
        if name.len() - start < LONGEST {
            name.push(kept);
        }
        rest = &rest[character.len_utf8()..];
    }
    if !plain || is_reserved(&name[start..]) {
        let _ = write!(name, "-{:016x}", xxh3_64(path.as_bytes()));
    }
}

/// Whether Windows keeps this name for a device, with or without an extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let numbered = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1)
    };
    matches!(stem, "" | "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn safe(function: &str) -> String {
        let mut name = String::new();
        push_function(&mut name, function);
        name
    }

    #[test]
    fn a_path_of_lower_case_names_stays_readable() {
        assert_eq!(safe("app::expensive"), "app/expensive");
        assert_eq!(safe("app::model::fit_2"), "app/model.fit_2");
        assert_eq!(safe("expensive"), "_/expensive");
    }

    #[test]
    fn names_that_a_file_system_could_confuse_differ_in_more_than_case() {
        let functions = [
            "app::Model::fit",
            "app::model::fit",
            "app::mOdel::fit",
            "app::model.fit",
            "app::model_fit",
            "app::<X as Y>::fit",
            "app::<X as Z>::fit",
            "app::r#match",
            "app::größe",
            "app::grösse",
            "app::aux",
            "app::aux::x",
            "app::../../x",
            "app::",
        ];
        let names: HashSet<String> = functions
            .iter()
            .map(|name| safe(name).to_lowercase())
            .collect();
        assert_eq!(names.len(), functions.len());
        for name in &names {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
            );
            assert!(!name.contains(".."), "{name}");
            assert_eq!(name.matches('/').count(), 1, "{name}");
        }
    }

    #[test]
    fn a_long_path_is_cut_and_stays_unique() {
        let long = "very_long_name".repeat(100);
        let (left, right) = (
            safe(&format!("app::{long}a")),
            safe(&format!("app::{long}b")),
        );
        assert_ne!(left, right);
        assert!(left.len() < 130);
    }
}
