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
