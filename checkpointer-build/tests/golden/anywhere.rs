//! The same code gives the same digests wherever, in whatever order and with whatever line ends it lies on disk.

use crate::package::{Package, hashes};

const LIB: &str = r#"//! A crate with some of everything.

mod shapes;
mod words;

use shapes::{Area, Circle, Square};

static SCALE: f64 = 1.5;

macro_rules! sum {
    ($($part:expr),*) => {
        0.0 $(+ $part)*
    };
}

pub fn root(side: f64) -> f64 {
    let all: Vec<Box<dyn Area>> = vec![Box::new(Square { side }), Box::new(Circle { radius: side })];
    sum!(all.iter().map(|shape| shape.area()).sum::<f64>(), words::longest() as f64) * SCALE
}

pub fn lines() -> &'static str {
    "first
second"
}
"#;

const SHAPES: &str = r#"pub trait Area {
    fn area(&self) -> f64;
}

pub struct Square {
    pub side: f64,
}

pub struct Circle {
    pub radius: f64,
}

impl Area for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

impl Area for Circle {
    fn area(&self) -> f64 {
        3.0 * self.radius * self.radius
    }
}
"#;

const WORDS: &str = r#"const ALL: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/words.txt"));

pub fn longest() -> usize {
    ALL.lines().map(measure).max().unwrap_or(0)
}

fn measure(word: &str) -> usize {
    if word.is_empty() { 0 } else { 1 + measure(&word[1..]) }
}
"#;

fn package() -> Package {
    Package::of(LIB)
        .with("src/shapes.rs", SHAPES)
        .with("src/words.rs", WORDS)
        .with("words.txt", "one\nthree\n")
}

fn renamed(from: &str, to: &str) -> Package {
    let mut package = package();
    for (path, _) in &mut package.files {
        if path == from {
            to.clone_into(path);
        }
    }
    package
}

#[test]
fn two_folders_give_the_same_bytes() {
    let outer = tempfile::tempdir().expect("a folder");
    let deep = outer.path().join("a folder/with spaces/and more");
    assert_eq!(package().analyzed(), package().analyzed_in(&deep));
}

#[test]
fn two_runs_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = package().analyzed_in(folder.path());
    assert_eq!(first, package().analyzed_in(folder.path()));
}

#[test]
fn files_written_in_another_order_give_the_same_bytes() {
    let mut other = package();
    other.files.reverse();
    assert_eq!(package().analyzed(), other.analyzed());
}

#[test]
fn the_line_ends_of_sources_do_not_count() {
    let mut other = package();
    for (path, content) in &mut other.files {
        if path.ends_with(".rs") {
            *content = content.replace('\n', "\r\n");
        }
    }
    assert_eq!(package().analyzed(), other.analyzed());
}

#[test]
fn the_line_ends_of_included_files_count() {
    let mut other = package();
    for (path, content) in &mut other.files {
        if path == "words.txt" {
            *content = content.replace('\n', "\r\n");
        }
    }
    let (before, after) = (hashes(&package().analyzed()), hashes(&other.analyzed()));
    assert_ne!(before["golden::root"], after["golden::root"]);
    assert_eq!(before["golden::lines"], after["golden::lines"]);
}

#[test]
fn a_module_may_move_into_a_folder() {
    let moved = renamed("src/shapes.rs", "src/shapes/mod.rs");
    assert_eq!(hashes(&package().analyzed()), hashes(&moved.analyzed()));
}

#[test]
fn the_order_of_items_does_not_count() {
    let mut other = package();
    let (head, scale) = LIB.split_at(LIB.find("static SCALE").expect("it has a static"));
    let (statics, rest) = scale.split_once("\n\n").expect("more follows");
    other.files[1].1 = format!("{head}{rest}\n{statics}\n");
    assert_eq!(hashes(&package().analyzed()), hashes(&other.analyzed()));
}

#[test]
fn an_item_may_move_into_another_module_that_the_name_is_imported_from() {
    let here =
        Package::of("fn helper() -> u64 {\n    5\n}\n\npub fn root() -> u64 {\n    helper()\n}\n");
    let there = Package::of(
        "mod other;\n\nuse other::helper;\n\npub fn root() -> u64 {\n    helper()\n}\n",
    )
    .with("src/other.rs", "pub fn helper() -> u64 {\n    5\n}\n");
    assert_eq!(here.root(), there.root());
}

#[test]
fn two_included_files_that_change_places_change_the_hash() {
    let package = |first: &str, second: &str| {
        Package::of(
            "pub fn root() -> (&'static str, &'static str) {\n    (include_str!(\"a.txt\"), include_str!(\"b.txt\"))\n}\n",
        )
        .with("src/a.txt", first)
        .with("src/b.txt", second)
    };
    assert_ne!(package("one", "two").root(), package("two", "one").root());
}

#[test]
fn nested_functions_of_one_name_that_change_places_change_the_hash() {
    let package = |first: u32, second: u32| {
        Package::of(&format!(
            "pub fn root() -> u32 {{\n    let a = {{\n        fn pick() -> u32 {{\n            {first}\n        }}\n        pick()\n    }};\n    \
             let b = {{\n        fn pick() -> u32 {{\n            {second}\n        }}\n        pick()\n    }};\n    a * 2 + b\n}}\n"
        ))
    };
    assert_ne!(package(1, 2).root(), package(2, 1).root());
}

#[test]
fn imports_in_blocks_that_change_places_change_the_hash() {
    let package = |first: &str, second: &str| {
        Package::of(&format!(
            "pub fn root(x: u32, y: u32) -> u32 {{\n    let a = {{\n        use std::cmp::{first} as pick;\n        pick(x, y)\n    }};\n    \
             let b = {{\n        use std::cmp::{second} as pick;\n        pick(x, y)\n    }};\n    a * 2 + b\n}}\n"
        ))
    };
    assert_ne!(package("min", "max").root(), package("max", "min").root());
}

#[test]
fn traits_in_blocks_that_change_places_change_the_hash() {
    let package = |first: &str, second: &str| {
        Package::of(&format!(
            "mod ways {{\n    pub trait One {{\n        fn go(&self) -> u32 {{\n            1\n        }}\n    }}\n    pub trait Two {{\n        fn go(&self) -> u32 {{\n            2\n        }}\n    }}\n    \
             impl One for u8 {{}}\n    impl Two for u8 {{}}\n}}\n\npub fn root(x: u8) -> u32 {{\n    let a = {{\n        use ways::{first} as _;\n        x.go()\n    }};\n    \
             let b = {{\n        use ways::{second} as _;\n        x.go()\n    }};\n    a * 2 + b\n}}\n"
        ))
    };
    assert_ne!(package("One", "Two").root(), package("Two", "One").root());
}

#[test]
fn a_comment_in_a_closed_call_does_not_count() {
    let package = |comment: &str| {
        Package::of(&format!(
            "pub fn root() -> u32 {{\n    unknown::make!({comment}1)\n}}\n\nunknown::items! {{ {comment}a b }}\n\npub fn other() -> Missing {{\n    todo!()\n}}\n"
        ))
    };
    let (before, after) = (
        hashes(&package("").analyzed()),
        hashes(&package("/* why */ ").analyzed()),
    );
    assert_eq!(before, after);
}

#[test]
fn types_that_look_alike_and_change_their_constants_change_the_hash() {
    let package = |first: u32, second: u32| {
        let module = |name: &str, value: u32| {
            format!(
                "mod {name} {{\n    pub struct Unit;\n    impl Unit {{\n        pub const SIZE: u32 = {value};\n    }}\n}}\n\n"
            )
        };
        let root = "pub fn root() -> u32 {\n    feet::Unit::SIZE * 2 + metres::Unit::SIZE\n}\n";
        Package::of(&(module("feet", first) + &module("metres", second) + root))
    };
    assert_ne!(package(1, 2).root(), package(2, 1).root());
}

#[test]
fn types_that_look_alike_and_change_their_impls_change_the_hash() {
    let package = |first: u32, second: u32| {
        let module = |name: &str, value: u32| {
            format!(
                "mod {name} {{\n    pub struct Unit;\n    impl super::Size for Unit {{\n        fn size(&self) -> u32 {{\n            {value}\n        }}\n    }}\n}}\n\n"
            )
        };
        let root = "trait Size {\n    fn size(&self) -> u32;\n}\n\npub fn root() -> u32 {\n    feet::Unit.size() * 2 + metres::Unit.size()\n}\n";
        Package::of(&(module("feet", first) + &module("metres", second) + root))
    };
    assert_ne!(package(1, 2).root(), package(2, 1).root());
}

#[test]
fn traits_that_look_alike_and_change_their_impls_change_the_hash() {
    let package = |first: u32, second: u32| {
        let module = |name: &str, value: u32| {
            format!(
                "mod {name} {{\n    pub trait Size {{\n        fn size(&self) -> u32;\n    }}\n    impl Size for u8 {{\n        fn size(&self) -> u32 {{\n            {value}\n        }}\n    }}\n}}\n\n"
            )
        };
        let root = "pub fn root(x: u8) -> u32 {\n    feet::Size::size(&x) * 2 + metres::Size::size(&x)\n}\n";
        Package::of(&(module("feet", first) + &module("metres", second) + root))
    };
    assert_ne!(package(1, 2).root(), package(2, 1).root());
}
