//! Bodies that are left for later make the same as bodies that are read with their file.

use std::sync::Arc;

use crate::body::Home;
use crate::ir::{File, Item, ItemKind};

/// Everything that is known of items, bodies read, as lines.
fn all(items: &[Item], out: &mut Vec<String>) {
    for item in items {
        let mut head = item.clone();
        out.push(format!("{} {:02x?}", item.name, item.tokens()));
        match &mut head.kind {
            ItemKind::Fn(function) => {
                let body = function.body.take();
                out.push(format!("{:?}", body.as_deref()));
                if let Some(block) = body.as_deref() {
                    all(&block.items, out);
                }
            }
            ItemKind::Impl(data) => all(&std::mem::take(&mut data.items), out),
            ItemKind::Trait(data) => all(&std::mem::take(&mut data.items), out),
            ItemKind::Mod(Some(inner)) => all(&std::mem::take(inner), out),
            ItemKind::ForeignMod(inner) => all(&std::mem::take(inner), out),
            _ => {}
        }
        head.tokens = [0; 32];
        out.push(format!("{head:?}"));
    }
}

fn lines(file: &File) -> Vec<String> {
    let mut out = vec![format!(
        "{:?} {} {}",
        file.cfg, file.no_implicit_prelude, file.scopes
    )];
    all(&file.items, &mut out);
    out
}

fn later(text: &str) -> File {
    crate::lower::file_without_bodies(text, &Arc::new(Home::default())).expect("it parses")
}

/// How many bodies of a file are left for later, once it is seen that they make no difference.
fn check(text: &str) -> usize {
    let (at_once, later) = (super::lower(text), later(text));
    let left = count(&later.items);
    let (at_once, later) = (lines(&at_once), lines(&later));
    for (one, other) in at_once.iter().zip(&later) {
        assert_eq!(one, other, "{text}");
    }
    assert_eq!(at_once.len(), later.len(), "{text}");
    left
}

fn count(items: &[Item]) -> usize {
    let of = |item: &Item| match &item.kind {
        ItemKind::Fn(function) => {
            let mut body = function.body.clone();
            usize::from(
                body.as_mut()
                    .is_some_and(|body| body.unread_mut().is_some()),
            )
        }
        ItemKind::Impl(data) => count(&data.items),
        ItemKind::Trait(data) => count(&data.items),
        ItemKind::Mod(Some(inner)) => count(inner),
        _ => 0,
    };
    items.iter().map(of).sum()
}

#[test]
fn the_sources_of_this_crate_are_the_same_either_way() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut left = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        if entry.path().extension().is_some_and(|e| e == "rs") {
            left += check(&std::fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
    assert!(left > 800, "{left}");
}

#[test]
fn bodies_of_functions_wherever_they_stand_are_left_for_later() {
    let body = "{ let é = \"}\"; // '\n  g(é)\n /* } */ }";
    for (count, text) in [
        (1, format!("fn f() {body} struct S;")),
        (
            1,
            format!("pub(crate) const unsafe extern \"C\" fn f() {body} static A: u8 = 1;"),
        ),
        (
            1,
            format!(
                "async fn f<const N: usize>(x: A<{{ N + 1 }}>) -> [u8; {{ 2 }}] where A<{{ N }}>: B, {body}"
            ),
        ),
        (
            2,
            format!(
                "impl<T: Fn() -> A> B for C<T> {{ const X: u8 = {{ 1 }}; /// Doc.\n #[inline] fn f(&self) {body} fn g() {body} }}"
            ),
        ),
        (
            1,
            format!("unsafe trait T: U {{ type A; fn f(&self) {body} fn g(&self); }}"),
        ),
        (
            1,
            format!("#[cfg(a)] mod m {{ //! Doc.\n use super::*; fn f() {body} }} mod n;"),
        ),
        (
            1,
            format!("m! {{ fn g() {body} }} a::b!(fn h() {body}); ::c!{{}} fn f() {body}"),
        ),
        (
            1,
            format!("macro_rules! m {{ () => {{ fn g() {body} }} }} fn f() {body}"),
        ),
        (
            1,
            format!(
                "extern \"C\" {{ fn a(); }} extern crate b; fn f() {body} type T = fn() -> u8;"
            ),
        ),
        (
            1,
            format!(
                "union U {{ a: u8 }} enum E {{ A {{ x: u8 }}, /* }} */ B = {{ 1 }} }} fn f() {body}"
            ),
        ),
        (
            1,
            format!("const A: fn() = {{ fn g() {body} g }}; const _: () = (); pub fn f() {body}"),
        ),
        (1, format!("fn r#fn() {body} fn short() {{ 1 }}")),
        (
            1,
            "fn f() { self.a(b).c().d().e().f() } fn g() { self.a() }".to_owned(),
        ),
        (
            1,
            "fn f() { let x = a * b; if !(x) { println!(\"{x}\"); } x as *const u8; }".to_owned(),
        ),
    ] {
        assert_eq!(check(&text), count, "{text}");
    }
}

#[test]
fn bodies_that_count_for_others_stay() {
    for body in [
        "struct S { a: u8 } impl T for S {}",
        "use a::b::c; c(1, 2, 3, 4, 5, 6)",
        "if x { fn inner() {} } inner(1, 2, 3)",
        "macro_rules! m { () => { 1 } } m!()",
        "thread_local! { static A: u8 = 1; }",
        "cfg_if! { if #[cfg(a)] { b() } }    ",
        "#![allow(unused)] a(1, 2, 3, 4, 5)",
        "//! Doc.\n a(1, 2, 3, 4, 5, 6, 7)",
        "const A: u8 = 1; a(A, 2, 3, 4, 5)",
        "union U { a: u8, b: u16 } c(1, 2)",
        "extern \"C\" { fn a(); } b(1, 2, 3)",
    ] {
        let text = format!("fn f() {{ {body} }}");
        assert_eq!(check(&text), 0, "{text}");
    }
    assert_eq!(
        check("#[checkpoint]\nfn f() { a(1, 2, 3, 4, 5, 6, 7, 8, 9) }"),
        0
    );
}

#[test]
fn a_file_that_does_not_parse_is_told_of_as_before() {
    for text in [
        "fn f() { a(1, 2, 3, 4, 5, 6, 7, 8, 9) } fn",
        "fn f() { a(1, 2, 3, 4, 5, 6, 7, 8, 9) } }",
        "fn f() { a(1, 2, 3, 4, 5, 6, 7, 8, 9)",
        "impl X { fn f() { a(1, 2, 3, 4, 5, 6, 7, 8, 9) }",
    ] {
        let set = crate::cfg::CfgSet::default();
        let at_once = crate::lower::whole(text, &set).expect_err("it is refused");
        let later = crate::lower::file_without_bodies(text, &Arc::new(Home::default()));
        assert_eq!(later.expect_err("it is refused"), at_once);
    }
}

#[test]
fn a_body_that_does_not_parse_says_so_and_where_and_nothing_beside_it_does() {
    let text = "fn f() {\n  let let new_syntax = helper(1) <-> other;\n}\nfn g() { a(1, 2, 3, 4, 5, 6, 7, 8) }";
    let file = later(text);
    let failure = |item: &Item| match &item.kind {
        ItemKind::Fn(function) => function
            .body
            .as_ref()
            .and_then(|body| body.failure().cloned()),
        other => panic!("{other:?}"),
    };
    let found = failure(&file.items[0]).expect("it is refused");
    assert_eq!((found.at.line, found.at.column), (2, 7), "{found:?}");
    assert_eq!(failure(&file.items[1]), None);
    assert_ne!(
        file.items[0].tokens(),
        later(&text.replace("(1)", "(2)")).items[0].tokens()
    );
    let home = Arc::new(Home::default());
    let at_once = crate::lower::file_and_bodies(text, &home).expect_err("it is refused");
    assert_eq!(at_once, found);
}

#[test]
fn functions_with_plain_headers_leave_as_a_whole_and_come_back_where_they_stood() {
    let set = Default::default();
    for text in [
        "use a; /// d\n #[inline] // c\n pub(crate) const unsafe extern fn f<'a: 'b + 'c, T: A<B = C, D: E> + ?Sized + 'a = u8, const N: usize = 3,>(a: T, (b, mut c): &'a mut [u8; N],) -> impl A<'a> + 'a where T: for<'x> F<&'x u8>, 'a: 'b, u8:, { g(a, b, c, \"eighteen\") } struct S;",
        "impl<T> A for B<T> { type C = D; #[must_use] fn f(self: Box<Self>) -> C {}\n const E: u8 = 1; fn g(&'a mut self, x: impl Fn(u8, T,) -> u8) { 1 } fn h(mut self) { } }",
        "trait A { fn f(); type B; fn g(&self) -> u8; fn h<T>(self) where Self: Sized, { g(self, self, self, self) } fn i<>(&self); }",
        "mod a { fn b() {} mod c { fn d() {} struct E; fn f() {} } fn g() {} } fn h() {} mod i; fn j() {}",
        "#[test] #[should_panic] pub(super) async fn t<T:>() where {} #[track_caller] #[allow(x)] pub(self) fn u() {}",
        "#[cfg_attr(all(a, b), inline(always), allow(c, d),)] fn a() {} #[cfg_attr(a, rustfmt::skip)] #[test] fn b() {}",
        "/*! d\n é */ fn a() {} /* c\n */ fn b() {} /* é */ struct S; /** d */ fn c() {} struct T { /* é */ a: u8 }",
        "#[doc(hidden)] fn a() {} #[clippy::x] fn b() {} #[deprecated = \"c\"] fn c() {} static é: u8 = 1; fn d() {} const E: u8 = 1;",
        "fn a(x: &dyn A, y: *const u8, z: [u8; 4], w: !, v: (u8,), u: <A as B>::C) -> Vec::<u8> { x }\r\nfn b(\r\n) {\r\n}\r\n",
        "extern \"C\" { fn a(); } unsafe extern \"Rust\" fn b() {} macro_rules! m { () => { fn c() {} } } m!{} fn d() {}",
    ] {
        check(text);
        let text = text.replace("\r\n", "\n");
        let whole = crate::lower::skeleton::skeleton(&text, &set).expect("it is understood");
        assert!(
            whole.cuts.is_empty() && !whole.functions.is_empty(),
            "{text}"
        );
    }
}

#[test]
fn functions_that_are_more_than_a_plain_header_stay() {
    let set = Default::default();
    for text in [
        "#[cfg(a)] fn f() {}",
        "#[no_mangle] fn f() {}",
        "#[inline] #[tokio::test] fn f() {}",
        "#[inline::x] fn f() {}",
        "#[cfg_attr(a, inline, test)] fn f() {}",
        "#[cfg_attr(a, cfg(b))] fn f() {}",
        "#[cfg_attr(inline)] fn f() {}",
        "fn f(#[a] x: u8) {}",
        "fn f(/** d */ x: u8) {}",
        "fn r#f() {}",
        "fn f();",
        "fn f(x: fn(u8)) {}",
        "fn f<const N: usize = { 1 }>() {}",
        "pub(in a::b) fn f() {}",
        "impl A { default fn f() {} fn g(); }",
        "extern { fn f(x: u8, ...); }",
    ] {
        let whole = crate::lower::skeleton::skeleton(text, &set).expect("it is understood");
        assert!(whole.functions.is_empty(), "{text}");
    }
}
