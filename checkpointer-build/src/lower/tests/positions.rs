//! Where things stand.

use super::{lower, only};
use crate::ir::{Expr, ItemKind, Pos, Statement};

const fn pos(line: u32, column: u32) -> Pos {
    Pos { line, column }
}

#[test]
fn an_item_starts_at_its_first_attribute_that_is_no_doc_comment() {
    let item = only("/// Doc.\n#[doc = \"x\"]\n  #[inline]\npub const fn f(\n) {\n}\n");
    assert_eq!(item.start, pos(3, 3));
    assert_eq!(item.name_at, pos(4, 14));
    assert_eq!(item.end_line, 6);
    assert_eq!(only("\n /// Doc.\n pub fn f() {}").start, pos(3, 2));
    assert_eq!(only("unsafe impl S {\n}").end_line, 2);
    assert_eq!(only("const A: u8\n = 1\n;").end_line, 3);
}

#[test]
fn columns_count_characters() {
    let file = lower("/* é */ fn f() {} struct S;");
    assert_eq!(file.items[0].start, pos(1, 9));
    assert_eq!(file.items[1].name_at, pos(1, 26));
}

#[test]
fn paths_calls_and_macros_know_their_place() {
    let ItemKind::Fn(f) = only("fn f() {\n  a.b();\n  m!( x );\n}").kind else {
        panic!()
    };
    let body = f.body.expect("a body");
    let Statement::Expr(Expr::Method(call), true) = &body.statements[0] else {
        panic!()
    };
    assert_eq!(call.at, pos(2, 5));
    let Expr::Path(path) = &call.receiver else {
        panic!()
    };
    assert_eq!(path.at, pos(2, 3));
    let Statement::Expr(Expr::Macro(call), true) = &body.statements[1] else {
        panic!()
    };
    assert_eq!((call.path.at, call.text_at), (pos(3, 3), pos(3, 6)));
    assert_eq!(call.text, " x ");
}
