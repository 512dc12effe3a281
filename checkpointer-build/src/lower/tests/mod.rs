//! Tests of the lowering: one file for each part of the syntax.

mod attributes;
mod bodies;
mod items;
mod macros;
mod positions;
mod skeleton;

use crate::cfg::CfgSet;
use crate::ir::{Block, Expr, File, Function, Item, ItemKind, Statement};

fn lower(text: &str) -> File {
    super::whole(text, &CfgSet::default())
        .unwrap_or_else(|error| panic!("{} at {:?}: {text}", error.message, error.at))
}

fn only(text: &str) -> Item {
    let mut items = lower(text).items;
    assert_eq!(items.len(), 1, "{text}");
    items.remove(0)
}

fn function(text: &str) -> Function {
    match only(text).kind {
        ItemKind::Fn(function) => *function,
        other => panic!("{other:?}"),
    }
}

fn body(statements: &str) -> Block {
    let body = function(&format!("fn f() {{ {statements} }}")).body;
    Block::clone(&body.expect("the function has a body"))
}

/// The one expression of a body.
fn value(text: &str) -> Expr {
    match body(text).statements.remove(0) {
        Statement::Expr(expr, false) => expr,
        other => panic!("{other:?}"),
    }
}

/// A tree on one line, without positions.
fn shape(tree: &impl std::fmt::Debug) -> String {
    let text = format!("{tree:?}");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("Pos {") {
        out.push_str(&rest[..at]);
        out.push('@');
        rest = &rest[at..];
        rest = &rest[rest.find('}').map_or(rest.len(), |end| end + 1)..];
    }
    out + rest
}

/// The names of all paths in a tree, each `a::b`, in order.
fn paths(tree: &impl std::fmt::Debug) -> Vec<String> {
    let text = format!("{tree:?}");
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("segments: [") {
        rest = &rest[at + "segments: [".len()..];
        let mut depth = 1;
        let mut names = Vec::new();
        for (at, c) in rest.char_indices() {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 2 && rest[at..].starts_with("{ name: \"") {
                let name = &rest[at + "{ name: \"".len()..];
                names.push(&name[..name.find('"').unwrap_or(0)]);
            }
        }
        out.push(names.join("::"));
    }
    out
}

fn names(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}
