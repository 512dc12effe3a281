//! Macro calls, definitions, and what expansions leave behind.

use syn::{Item, parse_str};

use super::super::{Nested, write_canonical};
use super::{bytes, differ, differ_body, same, same_body};

#[test]
fn formatting_inside_macro_calls_does_not_count() {
    same_body("println!(\"{}\", x,)", "println!(\"{}\", x)");
    same_body(
        "assert!(a.iter().all(|x| { x.is(1, 2,) }),)",
        "assert!(a.iter().all(|x| x.is(1, 2)))",
    );
    same_body("vec!{1, 2,}", "vec![1, 2]");
    same_body(
        "let a = vec!(match x { A => { 1 } }; n);",
        "let a = vec![match x { A => 1 }; n];",
    );
    same_body("other!(|x| { x })", "other!(|x| x)");
    same_body("std::assert_eq!(&&a, b,);", "std::assert_eq!(&&a, b);");
}

#[test]
fn commas_and_tokens_of_unknown_macros_count() {
    differ_body("other!(a,)", "other!(a)");
    differ_body("other! { |x| { x } }", "other! { |x| x }");
    differ_body("println!(\"a\")", "println!(\"b\")");
    differ_body("other!(a b)", "other!(ab)");
    differ_body("other!(a => b)", "other!(a = > b)");
    differ_body("vec![1; 2]", "vec![1, 2]");
    differ_body("other!((a))", "other!(a)");
}

#[test]
fn the_rules_of_a_definition_count_and_their_delimiters_do_not() {
    same(
        "macro_rules! m ( ($x:expr) => ($x); );",
        "macro_rules! m { ($x:expr) => { $x } }",
    );
    same(
        "#[doc(hidden)] macro_rules! m { (a) => {}; (b) => {}; }",
        "macro_rules! m { (a) => {}; (b) => [] }",
    );
    differ(
        "macro_rules! m { ($x:expr) => { $x } }",
        "macro_rules! m { ($x:ty) => { $x } }",
    );
    differ(
        "macro_rules! m { (a) => {} }",
        "macro_rules! m { [a] => {} }",
    );
    differ(
        "#[macro_export] macro_rules! m { (a) => {} }",
        "macro_rules! m { (a) => {} }",
    );
}

#[test]
fn the_body_of_a_rule_may_be_formatted() {
    same(
        "macro_rules! m { ($x:expr, $y:ident) => { fn $y(a: u8,) { match a { 1 => { $x } _ => g(a,) } } } }",
        "macro_rules! m { ($x:expr, $y:ident) => { fn $y(a: u8) { match a { 1 => $x, _ => g(a) } } } }",
    );
    differ(
        "macro_rules! m { ($x:expr) => { fn f() { $x } } }",
        "macro_rules! m { ($x:expr) => { fn f() { x } } }",
    );
    differ(
        "macro_rules! m { ($($x:expr),*) => { g($($x),*) } }",
        "macro_rules! m { ($($x:expr),*) => { g($($x,)*) } }",
    );
    let nested =
        |inner: &str| format!("fn f() {{ if x {{ }} }} macro_rules! m {{ () => {{ {inner} }} }}");
    let cut = |text: &str| {
        let file: syn::File = parse_str(text).unwrap();
        let mut out = Vec::new();
        for mut item in file.items {
            write_canonical(&mut item, Nested::Cut, &mut out);
        }
        out
    };
    assert_ne!(cut(&nested("fn g() { 1 }")), cut(&nested("fn g() { 2 }")));
}

#[test]
fn groups_of_an_expansion_bind_like_parentheses() {
    use proc_macro2::{Delimiter, Group, TokenStream};
    use quote::quote;
    let function = |left: TokenStream| {
        let group = Group::new(Delimiter::None, left);
        let mut item: Item = syn::parse2(quote!(fn f() { #group * c })).unwrap();
        let mut out = Vec::new();
        write_canonical(&mut item, Nested::Keep, &mut out);
        out
    };
    assert_eq!(function(quote!(a)), bytes("fn f() { a * c }", Nested::Keep));
    assert_eq!(
        function(quote!(a + b)),
        bytes("fn f() { (a + b) * c }", Nested::Keep)
    );
}
