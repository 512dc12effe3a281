//! The digests of three small crates, worked out step by step as `docs/hashing.md` describes it and without the code that
//! is tested.

use crate::package::Package;

fn blake3_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// Canonical bytes of words, numbers and punctuation between spaces; `->` is one operator.
fn tokens(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for word in text.split(' ') {
        let first = word
            .chars()
            .next()
            .expect("words stand between single spaces");
        match word {
            "->" => out.extend_from_slice(b"P-p>"),
            "(" | ")" | "{" | "}" => out.extend_from_slice(word.as_bytes()),
            _ if first.is_alphanumeric() => {
                out.push(if first.is_numeric() { b'l' } else { b'i' });
                out.extend_from_slice(&(word.len() as u32).to_le_bytes());
                out.extend_from_slice(word.as_bytes());
            }
            _ => {
                out.push(b'p');
                out.extend_from_slice(word.as_bytes());
            }
        }
    }
    out
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

/// The start of an item: its kind and the hash of its tokens.
fn shallow(kind: &str, spelled: &str) -> [u8; 32] {
    blake3_of(&[&text(kind), &blake3_of(&[&tokens(spelled)])])
}

/// Mixes labels that lead to items into a start.
fn mix(start: [u8; 32], labels: &[(&str, [u8; 32])]) -> [u8; 32] {
    let mut parts: Vec<Vec<u8>> = labels
        .iter()
        .map(|(name, digest)| {
            [
                &(name.len() as u32).to_le_bytes(),
                name.as_bytes(),
                b"n",
                digest,
            ]
            .concat()
        })
        .collect();
    parts.sort();
    let mut bytes = start.to_vec();
    bytes.extend_from_slice(&(parts.len() as u32).to_le_bytes());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&part);
    }
    blake3_of(&[&bytes])
}

/// A root's hash from its own deep hash and those of its closure.
fn over(root: [u8; 32], closure: &[[u8; 32]]) -> String {
    let mut sorted = closure.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let count = (sorted.len() as u64).to_le_bytes();
    let version = 2_u32.to_le_bytes();
    let no_salts = 0_u64.to_le_bytes();
    let bytes = blake3_of(&[
        b"checkpointer code hash",
        &version,
        &no_salts,
        &root,
        &count,
        &sorted.concat(),
    ]);
    blake3::Hash::from_bytes(bytes).to_hex().to_string()
}

#[test]
fn the_specification_gives_the_digest_of_a_free_function() {
    let package = Package::of("pub fn root() -> u64 {\n    7\n}\n");
    let deep = mix(shallow("fn", "fn root ( ) -> u64 { 7 }"), &[]);
    assert_eq!(package.root().0, over(deep, &[deep]));
}

#[test]
fn the_specification_gives_the_digest_of_a_function_with_a_helper_and_a_constant() {
    let package = Package::of(
        "/// Doc.\nconst LIMIT: u64 = 3;\n\n#[inline]\nfn helper(x: u64) -> u64 {\n    x + LIMIT\n}\n\npub fn root() -> u64 {\n    helper(1)\n}\n",
    );
    let limit = mix(shallow("const", "const LIMIT : u64 = 3 ;"), &[]);
    let helper = mix(
        shallow("fn", "fn helper ( x : u64 ) -> u64 { x + LIMIT }"),
        &[("LIMIT", limit)],
    );
    let root = mix(
        shallow("fn", "fn root ( ) -> u64 { helper ( 1 ) }"),
        &[("helper", helper)],
    );
    assert_eq!(package.root().0, over(root, &[root, helper, limit]));
}

#[test]
fn the_specification_gives_the_digest_of_functions_in_a_circle() {
    let package = Package::of(
        "fn even() -> bool {\n    odd()\n}\n\nfn odd() -> bool {\n    even()\n}\n\npub fn root() -> bool {\n    even()\n}\n",
    );
    let mut even = shallow("fn", "fn even ( ) -> bool { odd ( ) }");
    let mut odd = shallow("fn", "fn odd ( ) -> bool { even ( ) }");
    // Two colours after the first round, two after the second: no more can be told apart.
    for _ in 0..2 {
        (even, odd) = (mix(even, &[("odd", odd)]), mix(odd, &[("even", even)]));
    }
    let root = mix(
        shallow("fn", "fn root ( ) -> bool { even ( ) }"),
        &[("even", even)],
    );
    assert_eq!(package.root().0, over(root, &[root, even, odd]));
}
