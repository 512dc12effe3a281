//! Macro calls: those of the standard library, those that make items, and all others.

use super::super::macro_args;
use super::{body, lower, names, only, paths, shape, value};
use crate::ir::{Expr, ItemKind, MacroCall, Pos, Statement, Type};

fn call(text: &str) -> MacroCall {
    match value(text) {
        Expr::Macro(call) => *call,
        other => panic!("{other:?}"),
    }
}

fn args(text: &str) -> Vec<Expr> {
    call(text).args.expect("a macro of the standard library")
}

#[test]
fn the_text_between_the_delimiters_is_kept_as_it_is_written() {
    assert_eq!(call("m!{ a  +b /* c */ }").text, " a  +b /* c */ ");
    assert_eq!(call("é::m![ä]").text, "ä");
}

#[test]
fn format_strings_capture_variables_and_ask_for_traits() {
    let read = call("format!(\"{a:>w$.p$} {:?} {0:#x} {n} {{no}} {:.*e} {b:+}\", c, d(e), n = f)");
    assert_eq!(paths(&read.args), ["c", "d", "e", "f", "a", "w", "p", "b"]);
    let traits: Vec<_> = read.traits.iter().map(|name| name.as_str()).collect();
    assert_eq!(traits, ["Display", "Debug", "LowerHex", "LowerExp"]);
}

#[test]
fn a_format_string_that_a_macro_makes_may_ask_for_any_trait() {
    let read = call("println!(concat!(\"{\", \"}\"), a)");
    assert_eq!(read.traits.len(), super::super::format::TRAITS.len());
    assert_eq!(paths(&read.args), ["concat", "a"]);
}

#[test]
fn assertions_compare_and_print() {
    let read = call("assert_eq!(a.f(), b, \"{c}\")");
    let args = read.args.expect("known");
    assert!(matches!(&args[0], Expr::Binary(op, ..) if *op == "=="));
    assert_eq!(paths(&args), ["a", "b", "c"]);
    assert!(read.traits.iter().any(|name| *name == "Debug"));
    assert_eq!(
        paths(&self::args("assert!(a && b(c), \"x {d:?}\", e)")),
        ["a", "b", "c", "e", "d"]
    );
}

#[test]
fn write_calls_a_method_of_its_target() {
    let args = args("write!(self.out, \"{}\", a)");
    assert!(matches!(&args[0], Expr::Method(call) if call.name == "write_fmt"));
}

#[test]
fn vec_is_an_array_or_a_repetition() {
    assert!(matches!(&args("vec![a, b,]")[..], [Expr::Array(all)] if all.len() == 2));
    assert!(matches!(&args("vec![a; N]")[..], [Expr::Repeat(..)]));
    assert!(matches!(&args("vec![]")[..], [Expr::Array(all)] if all.is_empty()));
}

#[test]
fn matches_has_a_pattern_and_a_guard() {
    let read = call("matches!(a, Some(B) | C::D if e(f))");
    assert_eq!(paths(&read.pattern), ["Some", "C::D"]);
    assert_eq!(paths(&read.args), ["a", "e", "f"]);
}

#[test]
fn a_macro_that_is_not_known_keeps_its_text_only() {
    let read = call("foo!(a => b)");
    assert!(read.args.is_none());
    assert_eq!(read.text, "a => b");
}

#[test]
fn a_text_that_does_not_fit_the_standard_macro_is_left_to_others() {
    assert!(call("vec!{ struct X; }").args.is_none());
}

#[test]
fn thread_locals_are_statics() {
    let file = lower(
        "thread_local! { static A: Cell<u8> = Cell::new(f()); #[cfg(x)] pub(crate) static B: u8 = const { g() } }",
    );
    assert_eq!(names(&file.items), ["A", "B"]);
    let ItemKind::Static(value) = &file.items[0].kind else {
        panic!()
    };
    assert_eq!(paths(&value.ty)[0], "std::thread::LocalKey");
    assert!(matches!(&value.ty, Type::Path(path) if path.global));
    assert_eq!(file.items[1].cfg.len(), 1);
    assert_ne!(file.items[0].tokens, file.items[1].tokens);
}

#[test]
fn lazy_statics_are_statics_that_need_their_package() {
    let item = only("lazy_static::lazy_static! { static ref X: HashMap<u8, T> = make(); }");
    let ItemKind::Static(value) = &item.kind else {
        panic!()
    };
    assert_eq!(paths(&value.ty)[0], "std::sync::LazyLock");
    assert!(paths(&value.value).contains(&"make".to_owned()));
    assert_eq!(
        paths(&item.attributes.mentions),
        ["lazy_static::lazy_static"]
    );
}

#[test]
fn a_static_made_in_a_body_leaves_the_functions_tokens() {
    let with = "fn f() { thread_local! { static A: u8 = 1; } A.with(|a| *a) }";
    let changed = "fn f() { thread_local! { static A: u8 = 2; } A.with(|a| *a) }";
    assert_eq!(only(with).tokens, only(changed).tokens);
    let ItemKind::Fn(f) = only(with).kind else {
        panic!()
    };
    assert_eq!(names(&f.body.expect("a body").items), ["A"]);
}

#[test]
fn cfg_if_makes_items_under_its_predicates() {
    let file = lower(
        "cfg_if::cfg_if! { if #[cfg(unix)] { fn a() {} } else if #[cfg(windows)] { #[cfg(x)] fn b() {} mod m { fn d() {} } } \
         else { use c; } }",
    );
    assert_eq!(names(&file.items), ["a", "b", "m", "c"]);
    let counts: Vec<_> = file.items.iter().map(|item| item.cfg.len()).collect();
    assert_eq!(counts, [1, 3, 2, 2]);
}

#[test]
fn cfg_if_in_a_body_makes_statements_and_items_of_that_body() {
    let block = body("cfg_if! { if #[cfg(a)] { let x = 1; fn g() {} } else { let x = 2; } } x");
    assert_eq!(block.statements.len(), 3);
    assert!(matches!(&block.statements[1], Statement::Cfg(cfg, _) if cfg.len() == 1));
    assert_eq!(names(&block.items), ["g"]);
    assert_eq!(block.items[0].cfg.len(), 1);
    assert!(block.scope.is_some());
}

#[test]
fn cfg_select_has_branches_too() {
    let file = lower("cfg_select! { unix => { fn a() {} } _ => { fn a() {} } }");
    assert_eq!(names(&file.items), ["a", "a"]);
    assert_eq!(
        paths(&value("f(cfg_select! { unix => a, _ => { b } })")),
        ["f", "cfg_select", "a", "b"]
    );
}

fn loose(text: &str) -> (Vec<String>, String) {
    let read = macro_args(text, Pos { line: 1, column: 1 });
    (paths(&read), shape(&read))
}

#[test]
fn arguments_of_an_unknown_macro_are_read_as_expressions() {
    let (paths, _) = loose("a.b(c), d; e => { f(g) }, h = i::<J>(), Vec<K>, \"{l} {m:n$}\"");
    for name in [
        "a", "c", "d", "e", "f", "g", "h", "i", "J", "Vec", "K", "l", "m", "n",
    ] {
        assert!(paths.iter().any(|path| path == name), "{name} in {paths:?}");
    }
}

#[test]
fn names_in_what_is_no_expression_may_be_paths_and_methods() {
    let (paths, shape) = loose("do the_thing with a::b(c) @ { x ~ y } as struct Z");
    for name in ["do", "the_thing", "with", "a::b", "c", "x", "y", "Z"] {
        assert!(paths.iter().any(|path| path == name), "{name} in {paths:?}");
    }
    assert!(!paths.iter().any(|path| path == "struct"));
    assert!(
        shape.contains("receiver: Infer, name: \"the_thing\""),
        "{shape}"
    );
}

#[test]
fn closures_and_statements_of_an_unknown_macro_are_read() {
    let (paths, _) = loose("x = fut() => { let y = g(x); y.h(|z| k(z)) } else => n(),");
    for name in ["fut", "g", "k", "n"] {
        assert!(paths.iter().any(|path| path == name), "{name} in {paths:?}");
    }
}

#[test]
fn a_long_text_that_is_no_expression_loses_no_name() {
    let text = "a b ( c d ) . e ? ".repeat(20_000);
    let (paths, _) = loose(&text);
    assert!(paths.len() >= 60_000, "{}", paths.len());
}
