//! The packages as they were found last time.

use super::*;

#[test]
fn a_cached_answer_is_used_until_something_changes() {
    let folder = workspace();
    let cache = tempfile::tempdir().unwrap();
    let path = manifest(&folder);
    let first = Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap();
    assert_eq!(
        cache::read(cache.path(), &path, &with_cargo()),
        Some(first.clone())
    );
    assert_eq!(
        Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap(),
        first
    );
    assert_eq!(cache::read(cache.path(), &path, &without_cargo()), None);

    let changes: [fn(&Path); 6] = [
        |folder| {
            write(
                folder,
                &[(
                    "idle/Cargo.toml",
                    "[package]\nname = \"idle\"\nversion = \"0.1.0\"\n[features]\nnew = []\n",
                )],
            )
        },
        |folder| write(folder, &[("app/tests/new.rs", "")]),
        |folder| write(folder, &[("app/examples/new/main.rs", "fn main() {}")]),
        |folder| fs::remove_file(folder.join("app/src/main.rs")).unwrap(),
        |folder| write(folder, &[(".cargo/config.toml", "[net]\noffline = true\n")]),
        |folder| {
            write(
                folder,
                &[(
                    "base/Cargo.toml",
                    "[package]\nname = \"base-lib\"\nversion = \"0.2.0\"\n[lib]\npath = \"lib/root.rs\"\n[features]\nquick = []\n",
                )],
            )
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        change(folder.path());
        assert_eq!(
            cache::read(cache.path(), &path, &with_cargo()),
            None,
            "change {index}"
        );
        Workspace::load_cached(cache.path(), &path, &with_cargo()).unwrap();
        assert!(
            cache::read(cache.path(), &path, &with_cargo()).is_some(),
            "change {index}"
        );
    }
    write(folder.path(), &[("app/src/lib.rs", "fn more() {}")]);
    assert!(cache::read(cache.path(), &path, &with_cargo()).is_some());
}

#[test]
fn a_damaged_cache_is_as_good_as_none() {
    let folder = workspace();
    let cache = tempfile::tempdir().unwrap();
    let path = manifest(&folder);
    let first = Workspace::load_cached(cache.path(), &path, &without_cargo()).unwrap();
    let file = fs::read_dir(cache.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let good = fs::read(&file).unwrap();
    for position in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[position] ^= 1;
        fs::write(&file, bad).unwrap();
        assert_eq!(
            cache::read(cache.path(), &path, &without_cargo()),
            None,
            "byte {position}"
        );
    }
    fs::write(&file, &good[..good.len() / 2]).unwrap();
    assert_eq!(
        Workspace::load_cached(cache.path(), &path, &without_cargo()).unwrap(),
        first
    );
    assert!(cache::read(cache.path(), &path, &without_cargo()).is_some());
}
