//! Golden digests: the code hash is what `docs/hashing.md` says, and stays so.
//!
//! A digest that changes here means that every result stored by an older version would be computed again, so a change on
//! purpose needs a new `fingerprint::HASH_VERSION` as well as new digests.

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
        "c4ae049121e9664311def7d0e855318fad4e73d95d736ee403425613d79e1a17",
    );
}

#[test]
fn a_helper_and_a_constant() {
    let package = Package::of(
        "const LIMIT: u64 = 3;\n\nfn helper(x: u64) -> u64 {\n    x + LIMIT\n}\n\npub fn root(x: u64) -> u64 {\n    helper(x) * LIMIT\n}\n",
    );
    check_one(
        &package,
        "2f6efa8b59be0c2853d5995557f7ab5b43610af94c9244e323925b84f33849d5",
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
        "534ff9054cc21d35192cb807602195a47e5194940481031b643f97b0b16ad429",
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
        "013ada2546d4a66c52244ba173814140be3e2c88af7b9845f92a2eb20edfc717",
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
        "21781f780acef82786577eaebe2f626427c37d6a76cd4c6307d57d25e86e4e9b",
    );
}

#[test]
fn a_static_counts_in_the_capture_hash_alone() {
    let package =
        Package::of("static FACTOR: u64 = 5;\n\npub fn root(x: u64) -> u64 {\n    x * FACTOR\n}\n");
    check(
        &package,
        (
            "16988cf175f6c9349f92dede73fb3939aeb003bb55b9b0a9884c5884d7a189e5",
            "0aed996898004575d3ba21fd94331ed72642e4944efa12dd8b85f77e23da2f79",
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
        "f5aee3225a72af0fa54f0be26e8f701f43a180b3708a2b445ebb5f3d61d02c33",
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
        "9038d8fea17ba4353bdacb49f9685ad715aa1d045dd238b5416fb8927a73f677",
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
        "dd17a58f4a5a8a47ae6af1e82f4c57e2304cfa13fd02549c9a861fa000be14f5",
    );
}

#[test]
fn a_variable_of_the_package() {
    let package =
        Package::of("pub fn root() -> &'static str {\n    env!(\"CARGO_PKG_VERSION\")\n}\n");
    check_one(
        &package,
        "45d3b3ea71daf7f72f0c9aebcb33193e9893a4184777ae6b16306858d113f39d",
    );
}
