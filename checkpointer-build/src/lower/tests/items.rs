//! Items: their kinds, headers, hashes and nesting.

use super::{function, lower, names, only, paths, shape};
use crate::cfg::CfgSet;
use crate::ir::{FieldStyle, Item, ItemKind, Receiver, Type, Visibility};
use crate::symbol::Symbol;

fn use_leaves(text: &str) -> Vec<String> {
    lower(text)
        .items
        .iter()
        .map(|item| {
            let ItemKind::Use(leaf) = &item.kind else {
                panic!("{item:?}")
            };
            let path: Vec<&str> = leaf.path.iter().map(|name| name.as_str()).collect();
            format!(
                "{}{}{}{} as {}",
                if leaf.global { "::" } else { "" },
                path.join("::"),
                if leaf.glob { "::*" } else { "" },
                if leaf.is_self { " self" } else { "" },
                item.name
            )
        })
        .collect()
}

#[test]
fn every_leaf_of_a_use_tree_is_an_item() {
    assert_eq!(
        use_leaves(
            "use a::{self, b::{c as d, e as _}, f::*, r#type}; use ::g; use h::{self as i};"
        ),
        [
            "a self as a",
            "a::b::c as d",
            "a::b::e as _",
            "a::f::* as ",
            "a::type as type",
            "::g as g",
            "h self as i",
        ]
    );
}

#[test]
fn visibilities_are_told_apart() {
    let read = |text: &str| only(text).visibility;
    assert_eq!(read("pub fn f() {}"), Visibility::Public);
    assert_eq!(read("pub(crate) fn f() {}"), Visibility::Crate);
    assert_eq!(read("pub(self) fn f() {}"), Visibility::Inherited);
    assert_eq!(read("fn f() {}"), Visibility::Inherited);
    assert_eq!(
        read("pub(in a::b) fn f() {}"),
        Visibility::Restricted(vec![Symbol::new("a"), Symbol::new("b")])
    );
}

#[test]
fn fields_carry_name_type_and_style() {
    let ItemKind::Struct(tuple) = only("struct S(u8, pub Vec<T>);").kind else {
        panic!()
    };
    assert_eq!(tuple.fields.style, FieldStyle::Tuple);
    assert_eq!(tuple.fields.fields[1].name, "1");
    let ItemKind::Struct(union) = only("union U { #[cfg(a)] r#in: u8 }").kind else {
        panic!()
    };
    assert!(union.union);
    assert_eq!(union.fields.fields[0].name, "in");
    assert_eq!(union.fields.fields[0].cfg.len(), 1);
}

#[test]
fn variants_carry_fields_and_discriminant() {
    let ItemKind::Enum(item) = only("enum E { A = LIMIT, B { x: X }, #[cfg(a)] C(Y) }").kind else {
        panic!()
    };
    assert_eq!(item.variants.len(), 3);
    assert_eq!(paths(&item.variants[0].discriminant), ["LIMIT"]);
    assert_eq!(item.variants[1].fields.style, FieldStyle::Named);
    assert_eq!(item.variants[2].cfg.len(), 1);
}

#[test]
fn generics_keep_bounds_defaults_and_where_clauses() {
    let f = function(
        "fn f<'a, T: A + ?Sized + 'a + for<'b> B<'b>, const N: usize>(self: &Arc<Self>) \
         where Vec<T>: C, T: const D {}",
    );
    assert_eq!(paths(&f.generics.types[0].bounds), ["A", "B"]);
    assert_eq!(f.generics.consts[0].0, "N");
    assert_eq!(paths(&f.generics.wheres), ["Vec", "T", "C", "T", "D"]);
    assert!(matches!(
        f.receiver,
        Some(Receiver::Typed(Type::Reference(_)))
    ));
    let ItemKind::Struct(item) = only("struct S<T: A = X, const N: usize = { LIMIT }>(T);").kind
    else {
        panic!()
    };
    assert_eq!(paths(&item.generics), ["A", "X", "usize", "LIMIT"]);
}

#[test]
fn an_impl_is_spelled_without_lifetimes() {
    let spelled = |text: &str| match only(text).kind {
        ItemKind::Impl(block) => block.spelled,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        spelled("impl<'a, T> From<&'a mut [T]> for Model<'a, T> {}"),
        ("Model<T>".into(), Some("From<&mut [T]>".into()))
    );
    assert_eq!(
        spelled("impl Tr for (A, dyn Fn(B) -> C + Send + 'static) {}").0,
        "(A, dyn Fn(B) -> C + Send)"
    );
    assert_eq!(
        spelled("impl<T: I> Tr<<T as I>::Item> for fn(u8, *const T) -> [T; 3] {}"),
        (
            "fn(u8, *const T) -> [T; 3]".into(),
            Some("Tr<<T as I>::Item>".into())
        )
    );
    assert_eq!(spelled("impl Ref<'_> {}"), ("Ref".into(), None));
}

#[test]
fn the_header_of_an_impl_or_trait_is_hashed_without_its_members() {
    let pair = |a: &str, b: &str| only(a).tokens == only(b).tokens;
    assert!(pair(
        "impl S { fn a() {} }",
        "impl S { fn b() { 1 } const C: u8 = 1; }"
    ));
    assert!(!pair("impl S { fn a() {} }", "impl Q { fn a() {} }"));
    assert!(pair("trait T { fn a(); }", "trait T { type B; }"));
    assert!(!pair("trait T { fn a(); }", "trait T: U { fn a(); }"));
}

#[test]
fn members_are_items_of_their_own() {
    let ItemKind::Impl(block) =
        only("impl<T> Tr for S<T> { type A = X; const B: u8 = N; fn c(&self) {} m!{} fn d(); }")
            .kind
    else {
        panic!()
    };
    assert_eq!(names(&block.items), ["A", "B", "c", "", "d"]);
    assert!(matches!(block.items[3].kind, ItemKind::Macro(_)));
    assert!(matches!(&block.items[4].kind, ItemKind::Fn(f) if f.body.is_none()));
    let ItemKind::Trait(definition) = only(
        "trait T: A + B { type C: D = X; const E: u8; fn f(&self) -> u8 { 1 } fn g(self); m!(); }",
    )
    .kind
    else {
        panic!()
    };
    assert_eq!(paths(&definition.supertraits), ["A", "B"]);
    assert_eq!(names(&definition.items), ["C", "E", "f", "g", ""]);
    assert_eq!(paths(&definition.items[0].kind), ["D", "X"]);
}

#[test]
fn items_in_a_body_are_cut_from_the_function_and_numbered() {
    let file = lower(
        "fn f() { fn g() { struct S; { const N: u8 = 1; } } let c = || { use a::b; b() }; g() }",
    );
    let ItemKind::Fn(f) = &file.items[0].kind else {
        panic!()
    };
    let body = f.body.as_ref().expect("a body");
    assert_eq!(names(&body.items), ["g"]);
    assert_eq!(body.scope, Some(0));
    assert_eq!(file.scopes, 4);
    assert_eq!(
        file.items[0].tokens,
        only("fn f() { let c = || { b() }; g() }").tokens
    );
    assert_ne!(file.items[0].tokens, only("fn f() { g() }").tokens);
}

#[test]
fn modules_and_imports_have_no_tokens() {
    assert_eq!(only("mod a { fn f() {} }").tokens, [0; 32]);
    assert_eq!(only("use a::b;").tokens, [0; 32]);
    assert!(matches!(only("mod a;").kind, ItemKind::Mod(None)));
}

#[test]
fn extern_blocks_declare_functions_and_statics() {
    let ItemKind::ForeignMod(items) =
        only("unsafe extern \"C\" { safe fn f(x: T, ...) -> R; static X: u8; type O; }").kind
    else {
        panic!()
    };
    assert_eq!(names(&items), ["f", "X", "O"]);
}

#[test]
fn extern_crate_binds_its_new_name() {
    let item = only("extern crate alloc as a;");
    assert_eq!(item.name, "a");
    assert!(matches!(item.kind, ItemKind::ExternCrate(name) if name == "alloc"));
}

#[test]
fn macro_definitions_keep_their_rules() {
    let rules = |text: &str| match only(text) {
        Item {
            name,
            kind: ItemKind::MacroRules(rules),
            ..
        } => (name, rules),
        other => panic!("{other:?}"),
    };
    let (name, text) = rules("macro_rules! m { ($x:expr) => { $x + 1 }; }");
    assert_eq!(
        (name.as_str(), text.as_str()),
        ("m", " ($x:expr) => { $x + 1 }; ")
    );
    let (name, text) = rules("pub macro two($x:expr) { $x }");
    assert_eq!(name, "two");
    assert!(text.contains("=>"), "{text}");
}

#[test]
fn unusual_items_are_read_as_far_as_they_go() {
    let declared = only("#[distributed_slice] pub static SLICE: [fn()];");
    assert_eq!(declared.name, "SLICE");
    assert!(declared.attributes.reached_unseen.is_some());
    assert!(matches!(&declared.kind, ItemKind::Static(value) if value.value.is_none()));
    assert!(matches!(
        only("const impl Tr for S { fn f() {} }").kind,
        ItemKind::Impl(_)
    ));
    assert!(matches!(
        only("const trait Tr { fn f(); }").kind,
        ItemKind::Trait(_)
    ));
    assert!(matches!(
        only("trait Alias = A + B;").kind,
        ItemKind::Trait(_)
    ));
}

#[test]
fn types_of_every_form_are_kept() {
    let text = "type X = (&'a T, *const P, [S], [A; N], fn(B) -> C, (dyn D + Send), impl E, !, _, m!(), \
                <Q as R>::O, F<'a, G, 3, { H }, I = J, K: L>, Box<dyn Fn(U) -> V>);";
    let ItemKind::Type(alias) = only(text).kind else {
        panic!()
    };
    let seen = shape(&alias.ty);
    for name in [
        "Reference",
        "Pointer",
        "Slice",
        "Array",
        "Function",
        "Dyn",
        "Impl",
        "Never",
        "Infer",
        "Macro",
        "as_trait",
        "bindings: [(\"I\"",
        "constraints: [(\"K\"",
        "parenthesized: Some",
    ] {
        assert!(seen.contains(name), "{name} in {seen}");
    }
    let mentioned = paths(&alias.ty);
    for name in [
        "T", "P", "S", "A", "N", "B", "C", "D", "Send", "E", "m", "Q", "R", "O", "F", "U", "V",
    ] {
        assert!(
            mentioned.iter().any(|path| path == name),
            "{name} in {mentioned:?}"
        );
    }
}

#[test]
fn carriage_returns_change_nothing() {
    let text = "fn f() -> &'static str {\n    m!(a,\n b);\n    \"x\ny\"\n}\n";
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(format!("{:?}", lower(text)), format!("{:?}", lower(&crlf)));
}

#[test]
fn a_file_that_does_not_parse_says_where() {
    let error = super::super::whole("fn f() {}\nfn g( {}\n", &CfgSet::default())
        .expect_err("it does not parse");
    assert_eq!(error.at.line, 2);
    assert!(!error.message.is_empty());
}

#[test]
fn file_attributes_are_read() {
    let file = lower("#!/usr/bin/env run\n#![cfg(unix)]\n#![no_implicit_prelude]\nfn f() {}");
    assert_eq!(file.cfg.len(), 1);
    assert!(file.no_implicit_prelude);
    assert_eq!(file.items[0].start.line, 4);
}

#[test]
fn an_expansion_is_an_expression_where_it_can_be_one() {
    let read = |text: &str| {
        let tokens = text.parse().expect("tokens");
        super::super::block(tokens, crate::ir::Pos::default(), 0, &CfgSet::default())
            .expect("statements")
            .0
    };
    assert_eq!(read("if a { b } else { c } - 1").statements.len(), 1);
    assert_eq!(read("{ a } == b").statements.len(), 1);
    assert_eq!(read("a; b").statements.len(), 2);
    assert_eq!(read("let a = b;").statements.len(), 1);
    assert_eq!(
        names(&read("thread_local! { static A: u8 = 1; }").items),
        ["A"]
    );
}

#[test]
fn an_expansion_stands_where_its_call_stands() {
    use super::super::{ItemPosition, items};
    let at = crate::ir::Pos { line: 7, column: 3 };
    let tokens = "fn f() { fn g() {} g() } struct S;"
        .parse()
        .expect("tokens");
    let (made, next) =
        items(tokens, ItemPosition::Module, at, 5, &CfgSet::default()).expect("items");
    assert_eq!(names(&made), ["f", "S"]);
    assert_eq!(made[0].start, at);
    assert_eq!(made[0].end_line, 7);
    assert_eq!(next, 6);
    let tokens = "fn f(&self); type T;".parse().expect("tokens");
    let (made, _) = items(tokens, ItemPosition::Trait, at, 0, &CfgSet::default()).expect("items");
    assert_eq!(names(&made), ["f", "T"]);
}
