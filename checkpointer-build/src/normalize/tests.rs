//! Pairs of spellings that are one, and pairs that look alike and are not.

mod macros;

use syn::{Item, parse_str};

use super::{Nested, write_canonical};

fn bytes(text: &str, nested: Nested) -> Vec<u8> {
    let mut item: Item = parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut out = Vec::new();
    write_canonical(&mut item, nested, &mut out);
    out
}

fn same(one: &str, two: &str) {
    assert_eq!(
        bytes(one, Nested::Keep),
        bytes(two, Nested::Keep),
        "\n{one}\n{two}"
    );
}

fn differ(one: &str, two: &str) {
    assert_ne!(
        bytes(one, Nested::Keep),
        bytes(two, Nested::Keep),
        "\n{one}\n{two}"
    );
}

/// Compares two function bodies.
fn same_body(one: &str, two: &str) {
    same(
        &format!("fn f() {{ {one} }}"),
        &format!("fn f() {{ {two} }}"),
    );
}

fn differ_body(one: &str, two: &str) {
    differ(
        &format!("fn f() {{ {one} }}"),
        &format!("fn f() {{ {two} }}"),
    );
}

#[test]
fn comments_and_doc_comments_do_not_count() {
    same("/// Doc.\nfn f() {}", "fn f() { // nothing\n }");
    same("fn f() { //! Inner.\n }", "fn f() {}");
    same("struct S { /** a */ a: u8 }", "struct S { a: u8 }");
    same(
        "#[doc(hidden)] #[doc = \"x\"] enum E { /// A.\n A }",
        "enum E { A }",
    );
    same_body("m! { /// a\n a: u8 }", "m! { a: u8 }");
}

#[test]
fn lints_and_hints_do_not_count() {
    for attr in [
        "allow(dead_code)",
        "warn(x)",
        "deny(x)",
        "forbid(x)",
        "expect(x, reason = \"y\")",
        "inline",
        "inline(always)",
        "cold",
        "must_use",
        "must_use = \"x\"",
        "deprecated",
        "deprecated(since = \"1\")",
        "automatically_derived",
        "rustfmt::skip",
        "clippy::msrv = \"1\"",
        "diagnostic::on_unimplemented(message = \"x\")",
        "cfg_attr(docsrs, doc(cfg(x)))",
        "cfg_attr(a, inline, allow(b))",
    ] {
        same(&format!("#[{attr}] fn f() {{}}"), "fn f() {}");
    }
    same(
        "fn f() { #![allow(x)] #[allow(y)] let a = 1; }",
        "fn f() { let a = 1; }",
    );
    same(
        "#[cfg_attr(a, inline, serde(x),)] fn f() {}",
        "#[cfg_attr(a, serde(x))] fn f() {}",
    );
}

#[test]
fn other_attributes_count() {
    for attr in [
        "track_caller",
        "no_mangle",
        "test",
        "cfg(unix)",
        "repr(C)",
        "serde(skip)",
        "target_feature(enable = \"x\")",
    ] {
        differ(&format!("#[{attr}] fn f() {{}}"), "fn f() {}");
    }
    differ("#[repr(u8)] enum E { A }", "#[repr(u16)] enum E { A }");
    differ(
        "#[cfg_attr(a, serde(x))] struct S;",
        "#[cfg_attr(b, serde(x))] struct S;",
    );
    differ("struct S { #[serde(skip)] a: u8 }", "struct S { a: u8 }");
    differ("#[derive(A, B)] struct S;", "#[derive(B, A)] struct S;");
}

#[test]
fn derives_may_stand_together_or_apart() {
    same(
        "#[derive(A)] #[derive(B, C,)] struct S;",
        "#[derive(A, B, C)] struct S;",
    );
    same(
        "#[derive(A)] /// Doc.\n #[allow(x)] #[derive(B)] struct S;",
        "#[derive(A, B)] struct S;",
    );
    same(
        "#[derive(A)] #[derive()] struct S;",
        "#[derive(A)] struct S;",
    );
}

#[test]
fn trailing_commas_in_attributes_count_only_in_tuples() {
    same(
        "#[cfg(any(unix, windows,))] fn f() {}",
        "#[cfg(any(unix, windows))] fn f() {}",
    );
    differ(
        "#[test_case((1,))] fn f() {}",
        "#[test_case((1))] fn f() {}",
    );
}

#[test]
fn visibility_does_not_count() {
    same("pub fn f() {}", "fn f() {}");
    same(
        "pub(crate) struct S { pub(in crate::a) a: u8, pub b: u8 }",
        "struct S { a: u8, b: u8 }",
    );
    same("pub struct S(pub u8, pub(super) u8);", "struct S(u8, u8);");
    same(
        "impl S { pub const A: u8 = 1; pub fn f() {} pub type T = u8; }",
        "impl S { const A: u8 = 1; fn f() {} type T = u8; }",
    );
}

#[test]
fn of_the_checkpoint_attribute_only_hash_by_and_depends_on_count() {
    same("#[checkpoint] fn f() {}", "fn f() {}");
    same(
        "#[checkpointer_runtime::checkpoint(format = \"memory\", verbosity = 2, capture)] fn f() {}",
        "fn f() {}",
    );
    differ(
        "#[checkpoint(hash_by = |a, b| a.id)] fn f() {}",
        "fn f() {}",
    );
    differ(
        "#[checkpoint(hash_by = |a, b| a.id)] fn f() {}",
        "#[checkpoint(hash_by = |a, b| b.id)] fn f() {}",
    );
    same(
        "#[checkpoint(when = x(1, 2), hash_by = |a, b| { a.id }, expiry = t)] fn f() {}",
        "#[x::checkpoint(hash_by = |a, b| a.id,)] fn f() {}",
    );
    differ(
        "#[checkpoint(depends_on = (g, \"x/*.c\"))] fn f() {}",
        "#[checkpoint(depends_on = (g, \"y/*.c\"))] fn f() {}",
    );
    same(
        "#[checkpoint(depends_on(g), hash_by = |a| a)] fn f() {}",
        "#[checkpoint(hash_by = |a| a, capture, depends_on(g))] fn f() {}",
    );
    same(
        "#[checkpoint] #[checkpoint(format = \"memory\")] fn f() {}",
        "fn f() {}",
    );
}

#[test]
fn marks_on_parameters_count() {
    differ("fn f(#[no_hash] a: u8) {}", "fn f(a: u8) {}");
    differ(
        "fn f(#[hash_by(|a| a.x)] a: A) {}",
        "fn f(#[hash_by(|a| a.y)] a: A) {}",
    );
    same(
        "fn f(#[hash_by(|a| { a.x })] a: A) {}",
        "fn f(#[hash_by(|a| a.x)] a: A) {}",
    );
}

#[test]
fn trailing_separators_do_not_count() {
    same(
        "fn f<A: B + , C,>(a: A, b: C,) where A: D + , {}",
        "fn f<A: B, C>(a: A, b: C) where A: D {}",
    );
    same(
        "struct S<T,> { a: (u8, u8,), }",
        "struct S<T> { a: (u8, u8) }",
    );
    same(
        "enum E { A(u8,), B { a: u8, }, }",
        "enum E { A(u8), B { a: u8 } }",
    );
    same(
        "type F = for<'a,> fn(&'a u8, u8,) -> Box<dyn A<u8,> + >;",
        "type F = for<'a> fn(&'a u8, u8) -> Box<dyn A<u8>>;",
    );
    same_body(
        "g(a, b,); a.m(b,); [a, b,]; S { a, b, }; (a, b,)",
        "g(a, b); a.m(b); [a, b]; S { a, b }; (a, b)",
    );
    same_body(
        "let (a, b,) = x; let [a, b,] = y; let S { a, b, } = z; |a, b,| a",
        "let (a, b) = x; let [a, b] = y; let S { a, b } = z; |a, b| a",
    );
    same_body("match x { A => 1, B => 2, }", "match x { A => 1, B => 2 }");
}

#[test]
fn the_comma_of_a_tuple_of_one_counts() {
    differ_body("(a,)", "(a)");
    differ_body("let (a,) = x;", "let (a) = x;");
    differ("type T = (u8,);", "type T = (u8);");
    differ_body("let (a, ..) = x;", "let (a,) = x;");
}

#[test]
fn empty_generics_and_bounds_do_not_count() {
    same("fn f<>() where {}", "fn f() {}");
    same("impl<> S<> {}", "impl S {}");
    same("fn f<T:, 'a:>(t: T) {}", "fn f<T, 'a>(t: T) {}");
    same("trait A: { type B:; }", "trait A { type B; }");
}

#[test]
fn braces_around_an_arms_expression_do_not_count() {
    same_body("match x { A => { m! { a } } }", "match x { A => m! { a } }");
    same_body("g(|x| { quote! { a } })", "g(|x| quote! { a })");
    same_body(
        "match x { A => { e } B => { { g(1) } } }",
        "match x { A => e, B => g(1) }",
    );
    same_body(
        "match x { A => { match y { B => { 1 } } } }",
        "match x { A => match y { B => 1 } }",
    );
    same_body("match x { A => { vec![1] } }", "match x { A => vec![1] }");
    same_body(
        "match x { A => { return 1; } B => { break } }",
        "match x { A => return 1, B => break }",
    );
    same_body(
        "match x { A => {}, B => { e; }, }",
        "match x { A => {} B => { e; } }",
    );
    same_body(
        "match x { A => { unsafe { e } } }",
        "match x { A => unsafe { e } }",
    );
}

#[test]
fn braces_around_a_closures_expression_do_not_count() {
    same_body("|x| { x + 1 }", "|x| x + 1");
    same_body(
        "g(|x| { match x { _ => { |y| { y } } } })",
        "g(|x| match x { _ => |y| y })",
    );
    differ_body("|x| -> u8 { { x } }", "|x| { x }");
}

#[test]
fn braces_that_mean_something_count() {
    differ_body("match x { A => { e; } }", "match x { A => e }");
    differ_body("match x { A => unsafe { e } }", "match x { A => e }");
    differ_body("|x| async { x }", "|x| x");
    differ_body("|x| 'a: { x }", "|x| x");
    differ_body("|x| const { x }", "|x| x");
    differ_body("{ x }", "x");
    differ_body("let a = { x };", "let a = x;");
    differ_body("match x { A => { #[a] e } }", "match x { A => e }");
}

#[test]
fn arms_stay_apart() {
    differ_body(
        "match x { A => return, B(x) => y }",
        "match x { A => return B, (x) => y }",
    );
}

#[test]
fn leading_bars_do_not_count() {
    same_body(
        "match x { | A | B => 1, | C => 2 }",
        "match x { A | B => 1, C => 2 }",
    );
    same_body("if let | A = x {}", "if let A = x {}");
}

#[test]
fn nested_parentheses_do_not_count_but_single_ones_do() {
    same_body("((a)) + (((b)))", "(a) + (b)");
    differ_body("(a + b) * c", "a + b * c");
    differ_body("(a)", "a");
}

#[test]
fn the_default_abi_may_be_left_out() {
    same("extern { fn f(); }", "extern \"C\" { fn f(); }");
    same(
        "extern fn f(g: extern fn()) {}",
        "extern \"C\" fn f(g: extern \"C\" fn()) {}",
    );
    differ("extern \"system\" fn f() {}", "extern fn f() {}");
}

#[test]
fn the_semicolon_after_a_final_jump_does_not_count() {
    same_body("return 1", "return 1;");
    same_body("loop { continue }", "loop { continue; }");
    same_body(
        "'a: loop { if x { break 'a 1; } }",
        "'a: loop { if x { break 'a 1 } }",
    );
    differ_body("x", "x;");
}

#[test]
fn stray_semicolons_do_not_count() {
    same_body("let a = 1;; ; g();;", "let a = 1; g();");
}

#[test]
fn line_ends_do_not_count() {
    same_body("let a = \"x\r\n  y\";\r\n", "let a = \"x\n  y\";\n");
    differ_body("let a = \"x\\r\\ny\";", "let a = \"x\\ny\";");
}

#[test]
fn every_other_token_counts() {
    for (one, two) in [
        ("a && b", "a & &b"),
        ("a || b", "a | b"),
        ("1", "1u8"),
        ("1.0", "1."),
        ("0x1f", "0x1F"),
        ("a.0.1", "a.0"),
        ("x", "r#x"),
        ("a..b", "a..=b"),
        ("&a", "&mut a"),
        ("&raw const a", "&raw mut a"),
        ("move || a", "|| a"),
        ("async move {}", "async {}"),
        ("a as u8", "a as i8"),
        ("let a = 1;", "let mut a = 1;"),
        ("S { a }", "S { a: a }"),
        ("S { a, ..b }", "S { a }"),
        ("let ref a = b;", "let a = b;"),
        ("g::<u8>()", "g::<i8>()"),
        ("a?", "a"),
        ("-a", "!a"),
        ("\"a\"", "b\"a\""),
        ("let a: u8 = b;", "let a = b;"),
        ("for a in b {}", "for a in c {}"),
        ("a <<= b", "a >>= b"),
        ("async |a| a", "|a| a"),
        ("let A = b else { return };", "let A = b;"),
        (
            "match a { b if c => d, _ => e }",
            "match a { b => d, _ => e }",
        ),
    ] {
        differ_body(one, two);
    }
    differ("fn f<const N: usize>() {}", "fn f<const N: u8>() {}");
    differ("unsafe fn f() {}", "fn f() {}");
    differ("async fn f() {}", "fn f() {}");
    differ("const fn f() {}", "fn f() {}");
    differ("fn f() -> impl A + use<> {}", "fn f() -> impl A {}");
    differ("unsafe impl A for B {}", "impl A for B {}");
    differ("impl !A for B {}", "impl A for B {}");
    differ("static mut A: u8 = 1;", "static A: u8 = 1;");
    differ("trait A: B {}", "trait A: C {}");
    differ("enum E { A = 1 }", "enum E { A = 2 }");
    differ("impl A { default fn f() {} }", "impl A { fn f() {} }");
    differ("fn f(self: &Self) {}", "fn f(&self) {}");
    differ("fn f(mut self) {}", "fn f(self) {}");
    differ("struct S<T: ?Sized>(T);", "struct S<T: Sized>(T);");
    differ("type A = *const u8;", "type A = *mut u8;");
    differ("type A = &'static u8;", "type A = &'static mut u8;");
    differ("type A = unsafe fn();", "type A = fn();");
}

#[test]
fn imports_may_be_grouped_and_ordered_in_any_way() {
    same_body("use a::{self, c, b,}; g()", "use a::{b, c, self}; g()");
    same_body("use b::c; g(); use a::{d};", "use a::d; use b::c; g();");
    differ_body("use a::b;", "use a::b as c;");
}

#[test]
fn nested_items_can_be_kept_or_cut() {
    let with = "fn f() { use a::b; fn g() {} const A: u8 = 1; if x { struct S; macro_rules! m { () => {} } } h(|| { fn k() {} 1 }) }";
    let without = "fn f() { if x {} h(|| 1) }";
    assert_eq!(bytes(with, Nested::Cut), bytes(without, Nested::Cut));
    differ(with, without);
    differ("fn f() { fn g() { 1 } }", "fn f() { fn g() { 2 } }");
}

#[test]
fn a_type_may_have_two_colons_before_its_arguments() {
    same(
        "fn f(a: A::<B>) -> C::<D::<E>> {}",
        "fn f(a: A<B>) -> C<D<E>> {}",
    );
    same("impl A::<B> for C::<D> {}", "impl A<B> for C<D> {}");
    same("fn f<T: A::<B>>() {}", "fn f<T: A<B>>() {}");
    same_body("x.cast::<A::<B>>()", "x.cast::<A<B>>()");
    same_body("x as A::<B>", "x as A<B>");
    differ_body("f(a::<b, c>(d))", "f(a < b, c > (d))");
}
