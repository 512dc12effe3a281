//! Statements, expressions and patterns.

use super::{body, names, paths, shape, value};
use crate::ir::{Expr, Literal, Pattern, Statement, Type};
use crate::symbol::Symbol;

#[test]
fn statements_keep_their_parts() {
    let block = body("let Some(x): Option<T> = y else { return z }; ; #[cfg(a)] let b = c; d(); e");
    assert_eq!(block.statements.len(), 4);
    let Statement::Let(first) = &block.statements[0] else {
        panic!("{:?}", block.statements[0])
    };
    assert!(matches!(first.ty, Some(Type::Path(_))));
    assert!(first.value.is_some());
    assert!(matches!(first.otherwise, Some(Expr::Block(_))));
    assert!(matches!(block.statements[1], Statement::Cfg(..)));
    assert!(matches!(block.statements[2], Statement::Expr(_, true)));
    assert!(matches!(block.statements[3], Statement::Expr(_, false)));
}

#[test]
fn an_attribute_before_an_assignment_is_the_statements() {
    let block = body("#[cfg(a)] x = y; #[allow(unused)] z = 1;");
    assert!(matches!(block.statements[0], Statement::Cfg(..)));
    assert!(matches!(block.statements[1], Statement::Expr(..)));
}

#[test]
fn every_expression_keeps_its_operands() {
    for text in [
        "a(b)",
        "a.f(b)",
        "a.f::<b>()",
        "a.f::<{ b }>()",
        "a.b.c + b",
        "a { x: b }",
        "a { x, ..b }",
        "-a + !b",
        "*a - b",
        "a && b",
        "a = b",
        "a += b",
        "a[b]",
        "a..=b",
        "&a as b",
        "&raw const a.f(b)",
        "(a, b)",
        "[a, b]",
        "[a; b]",
        "{ a; b }",
        "unsafe { a(b) }",
        "const { a(b) }",
        "async move { a(b).await }",
        "'l: { break 'l a(b) }",
        "if a { b }",
        "if let a::X = b { 1 } else { 2 }",
        "match a { _ if b => 1, _ => 2 }",
        "while a { b }",
        "loop { a(b) }",
        "for _ in a { b }",
        "|x: a| -> c { b }",
        "return a(b)",
        "a(b)?",
        "try { a(b) }",
        "(a)(b)",
        "<a>::f(b)",
        "<T as a>::f(b)",
        "::a::f(b)",
        "a(#[cfg(x)] b)",
        "yield a(b)",
    ] {
        let mentioned = paths(&value(text)).join(" ");
        for name in ["a", "b"] {
            assert!(
                mentioned.split([' ', ':']).any(|word| word == name),
                "{name} of {text} in {mentioned}"
            );
        }
    }
}

#[test]
fn literals_keep_kind_and_suffix() {
    let kind = |text: &str| match value(text) {
        Expr::Literal(kind) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("1u8"), Literal::Int(Some(Symbol::new("u8"))));
    assert_eq!(kind("1"), Literal::Int(None));
    assert_eq!(kind("1.0"), Literal::Float(None));
    assert_eq!(kind("1_f32"), Literal::Float(Some(Symbol::new("f32"))));
    assert_eq!(kind("\"x\""), Literal::Str);
    assert_eq!(kind("b\"x\""), Literal::ByteStr(1));
    assert_eq!(kind("c\"x\""), Literal::CStr);
    assert_eq!(kind("'x'"), Literal::Char);
    assert_eq!(kind("b'x'"), Literal::Byte);
    assert_eq!(kind("true"), Literal::Bool);
}

#[test]
fn raw_identifiers_lose_their_prefix() {
    assert_eq!(
        paths(&value("r#type::r#fn(r#match)")),
        ["type::fn", "match"]
    );
}

#[test]
fn a_guard_is_the_arms() {
    let Expr::Match(_, arms) = value("match x { A | B if g(x) => 1, #[cfg(a)] C => 2 }") else {
        panic!()
    };
    assert!(arms[0].guard.is_some());
    assert!(matches!(arms[0].pattern, Pattern::Or(_)));
    assert_eq!(arms[1].cfg.len(), 1);
}

#[test]
fn every_pattern_keeps_its_names() {
    let Expr::Match(_, arms) = value(
        "match x { A => 1, a::B => 1, c::C(d::D, .., E) => 1, f::F { g, h: i::I, .. } => 1, (J, ..) => 1, [K, ..] => 1, \
         &L => 1, l::M..=l::N => 1, const { o::O } => 1, ref p => 1, q @ (R | s::S) => 1, m!(t) => 1, -1 => 1, _ => 1 }",
    ) else {
        panic!()
    };
    let all = shape(&arms);
    for name in ["A", "E", "J", "K", "L", "g", "h", "p", "q", "R"] {
        assert!(all.contains(&format!("\"{name}\"")), "{name} in {all}");
    }
    let mentioned = paths(&arms);
    for path in [
        "a::B", "c::C", "d::D", "f::F", "i::I", "l::M", "l::N", "o::O", "s::S", "m",
    ] {
        assert!(
            mentioned.iter().any(|known| known == path),
            "{path} in {mentioned:?}"
        );
    }
}

#[test]
fn only_a_plain_name_can_be_a_constant() {
    let can = |pattern: &str| {
        let Expr::Match(_, arms) = value(&format!("match x {{ {pattern} => 1 }}")) else {
            panic!()
        };
        shape(&arms[0].pattern).contains("can_be_path: true")
    };
    assert!(can("A"));
    assert!(can("S { a: A }"));
    assert!(!can("mut a"));
    assert!(!can("ref a"));
    assert!(!can("a @ 1"));
    assert!(!can("S { a }"));
}

#[test]
fn a_closure_keeps_its_parameters() {
    let Expr::Closure(closure) = value("async |(a, b), c: &C| -> D { e }") else {
        panic!()
    };
    assert!(closure.is_async);
    assert_eq!(closure.params.len(), 2);
    assert!(closure.params[1].1.is_some() && closure.result.is_some());
}

#[test]
fn items_of_blocks_in_expressions_are_found() {
    let block = body("let x = [0; { const N: usize = 3; N }]; if a { fn g() {} g() }");
    let text = shape(&block);
    assert!(
        text.contains("scope: Some(0)") && text.contains("scope: Some(1)"),
        "{text}"
    );
    assert!(names(&block.items).is_empty());
}
