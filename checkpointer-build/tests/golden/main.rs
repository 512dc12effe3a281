//! Golden digests: the code hash is what `docs/hashing.md` says, and stays so.
//!
//! A digest that changes here means that every result stored by an older version would be computed again, so a change on
//! purpose needs a new `fingerprint::HASH_VERSION` as well as new digests.

mod alone;
mod anywhere;
mod by_hand;
mod package;
mod said;

use package::Package;

/// The hash and the capture hash of `golden::root`, in hexadecimal.
#[track_caller]
fn check(package: &Package, expected: (&str, &str)) {
    let found = package.root();
    assert_eq!(
        (found.0.as_str(), found.1.as_str()),
        expected,
        "the definition of the code hash has changed: if that is intended, raise HASH_VERSION in \
         checkpointer-build/src/fingerprint.rs, change docs/hashing.md, and only then these digests"
    );
}

/// For functions that reach no static: both hashes are one.
#[track_caller]
fn check_one(package: &Package, expected: &str) {
    check(package, (expected, expected));
}

#[test]
fn a_free_function() {
    let package = Package::of("pub fn root() -> u64 {\n    7\n}\n");
    check_one(
        &package,
        "e9e2f0453245b5cfa7f07638e2595eb73225ace8c734b842311cec73d1fe5914",
    );
}

#[test]
fn a_helper_and_a_constant() {
    let package = Package::of(
        "const LIMIT: u64 = 3;\n\nfn helper(x: u64) -> u64 {\n    x + LIMIT\n}\n\npub fn root(x: u64) -> u64 {\n    helper(x) * LIMIT\n}\n",
    );
    check_one(
        &package,
        "839868f5e999c7bcdcf45d7672c47a13691b7063cf8014ec00b1b86d2335ecb5",
    );
}

#[test]
fn a_method_of_a_trait_impl() {
    let package = Package::of(
        "trait Area {\n    fn area(&self) -> f64;\n    fn double(&self) -> f64 {\n        self.area() * 2.0\n    }\n}\n\n\
         struct Square {\n    side: f64,\n}\n\nimpl Area for Square {\n    fn area(&self) -> f64 {\n        self.side * self.side\n    }\n}\n\n\
         pub fn root(side: f64) -> f64 {\n    Square { side }.double()\n}\n",
    );
    check_one(
        &package,
        "3f0fd798cb7d623005cd09d862e95c9408db32289b3de7c17da2c58d7532fb8e",
    );
}

#[test]
fn functions_that_call_each_other() {
    let package = Package::of(
        "fn even(n: u32) -> bool {\n    n == 0 || odd(n - 1)\n}\n\nfn odd(n: u32) -> bool {\n    n != 0 && even(n - 1)\n}\n\n\
         pub fn root(n: u32) -> bool {\n    even(n)\n}\n",
    );
    check_one(
        &package,
        "4237b866878e5b9341198af2c3d9603742b13a3cbd7f2d389ffbbc87b3707bf4",
    );
}

#[test]
fn a_macro_with_a_helper_in_its_body() {
    let package = Package::of(
        "fn twice(x: u64) -> u64 {\n    x * 2\n}\n\nmacro_rules! apply {\n    ($value:expr) => {\n        twice($value) + 1\n    };\n}\n\n\
         pub fn root(x: u64) -> u64 {\n    apply!(x)\n}\n",
    );
    check_one(
        &package,
        "4e9263ae77b044efe406267bae3a476575fb87d2da4c3e73ff4fc8d952cd1696",
    );
}

#[test]
fn a_static_counts_in_the_capture_hash_alone() {
    let package =
        Package::of("static FACTOR: u64 = 5;\n\npub fn root(x: u64) -> u64 {\n    x * FACTOR\n}\n");
    check(
        &package,
        (
            "0183224f335bf0901bf46b9949b7a0277f4a4c5f1ceee7c36d10128a7fa83b97",
            "48b9ed1f32a463a08ec99f295d2e7a2652642d028f90a71d92135074376e32bf",
        ),
    );
    let other =
        Package::of("static FACTOR: u64 = 6;\n\npub fn root(x: u64) -> u64 {\n    x * FACTOR\n}\n");
    assert_eq!(other.root().0, package.root().0);
    assert_ne!(other.root().1, package.root().1);
}

#[test]
fn an_included_file() {
    let package = Package::of(
        "const TEXT: &str = include_str!(\"words.txt\");\n\npub fn root() -> usize {\n    TEXT.len()\n}\n",
    )
    .with("src/words.txt", "one two three\n");
    check_one(
        &package,
        "8e73ef901203640dcd29a0edacd64666a2a70bc7c97df4bc6b165baca0203f45",
    );
}

#[test]
fn a_generic_function() {
    let package = Package::of(
        "pub trait Weight {\n    fn weight(&self) -> u64;\n}\n\nimpl Weight for u8 {\n    fn weight(&self) -> u64 {\n        1\n    }\n}\n\n\
         pub fn root<T: Weight>(items: &[T]) -> u64 {\n    items.iter().map(|item| item.weight()).sum()\n}\n",
    );
    check_one(
        &package,
        "b29ac52378d6be72dbed4445a31090e67b413acb4e97709e816cffa27306e591",
    );
}

#[test]
fn a_type_with_a_derive_and_a_pattern() {
    let package = Package::of(
        "#[derive(Clone, Copy, PartialEq)]\nenum Size {\n    Small,\n    Large = 7,\n}\n\n\
         pub fn root(big: bool) -> u32 {\n    let size = if big { Size::Large } else { Size::Small };\n    \
         match size {\n        Size::Small => 1,\n        Size::Large => size as u32,\n    }\n}\n",
    );
    check_one(
        &package,
        "ba4c1eceb70ec190535341da2f1d146ef8adbcc9737e1fdea70312a466aa9e3e",
    );
}

#[test]
fn a_variable_of_the_package() {
    let package =
        Package::of("pub fn root() -> &'static str {\n    env!(\"CARGO_PKG_VERSION\")\n}\n");
    check_one(
        &package,
        "65c09ae61c8d337c113ca832ffbf0165aa0070397c76efdf0a1abaa8c26f5d19",
    );
}
