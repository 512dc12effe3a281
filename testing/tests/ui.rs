//! Every misuse is one compile error on the token that causes it, with the way out. One rule a file in `tests/ui`.

#[test]
fn misuse_is_refused_with_the_way_out() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
