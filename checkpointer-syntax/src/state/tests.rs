//! States survive writing and reading, and nothing else is taken for one.

use super::*;

fn item(id: &str, kind: &str, deps: &[u32]) -> Item {
    Item {
        id: id.to_owned(),
        kind: kind.to_owned(),
        tokens: 7,
        meaning: u64::MAX,
        file: (kind != "package").then_some(0),
        line: 300,
        end_line: 512,
        deps: deps.to_vec(),
    }
}

fn sample() -> State {
    State {
        hash_version: 1,
        package: "demo".into(),
        salts: vec![Salt {
            name: "native/a.c".into(),
            hash: 9,
        }],
        files: vec![
            File {
                package: None,
                path: "src/lib.rs".into(),
                digest: [3; 16],
            },
            File {
                package: Some("other".into()),
                path: "src/größe.rs".into(),
                digest: [0; 16],
            },
        ],
        items: vec![
            item("demo::größe", "fn", &[1, 2, 3]),
            item("demo::grösse", "const", &[]),
            item("serde 1.0.0", "package", &[]),
            item("std", "package", &[]),
        ],
        roots: vec![
            Root {
                item: 0,
                target: "lib".into(),
                code_hash: [1; 8],
                capture_hash: [2; 8],
                closure: vec![0, 1, 3],
            },
            Root {
                item: 1,
                target: "lib".into(),
                code_hash: [4; 8],
                capture_hash: [5; 8],
                closure: vec![1, 2, 3],
            },
        ],
    }
}

#[test]
fn a_state_is_read_back_as_it_was_written() {
    let state = sample();
    let bytes = state.write();
    assert_eq!(State::read(&bytes), Ok(state));
    assert_eq!(
        State::hashes(&bytes),
        Ok(vec![([1; 8], [2; 8]), ([4; 8], [5; 8])])
    );
}

#[test]
fn a_changed_or_cut_state_is_refused() {
    let bytes = sample().write();
    for cut in 0..bytes.len() {
        assert!(State::read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(State::read(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn line_endings_do_not_change_the_digest_of_a_file() {
    assert_eq!(content_digest(b"a\nb\n"), content_digest(b"a\r\nb\r\n"));
    assert_ne!(content_digest(b"a\nb\n"), content_digest(b"a\nb"));
    assert_ne!(content_digest(b"a\n\nb"), content_digest(b"a\nb"));
}
