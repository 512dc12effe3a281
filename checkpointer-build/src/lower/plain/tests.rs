//! What is read here is what comes out by way of syn, and what is not plain is left to it. That whole files come out the same is
//! claimed beside the skeleton.

use super::*;
use crate::lower::unread::read_with_syn;

const AT: Pos = Pos {
    line: 7,
    column: 13,
};

/// The tree and the bytes of a body, and the same by way of syn.
fn both_ways(text: &str) -> (Option<String>, String) {
    let set = CfgSet::default();
    let told = |block: Block, bytes: &[u8]| format!("{block:?}\n{}", bytes.escape_ascii());
    let mut bytes = Vec::new();
    let found = read(text, AT, &set, &mut bytes).map(|block| told(block, &bytes));
    let mut bytes = Vec::new();
    let expected = read_with_syn(text, AT, &set, &mut bytes);
    let expected = expected.unwrap_or_else(|error| panic!("{text}: {error}"));
    (found, told(expected, &bytes))
}

#[test]
fn a_plain_body_is_read_as_by_way_of_syn() {
    for text in [
        "",
        ";; a; ;",
        "let mut x: Vec<&'a mut [u8; 4]> = v; let Some(y) = x else { return };",
        "let (a, (b,), [c, .., d], (e), ..) = f::<'a, u8, 3, Vec<_>,>(x,);",
        "x.a::<T>().b.0.1.c(d?, e.await)?[f][..][1..=2][..n]",
        "a + b * c - -d / !e % *f << 1 >> 2 & 3 | 4 ^ 5 && g || h == i",
        "a = b; a += b; a <<= b; a >>= 1; a = b = c; x < y; x <= y; x as u8 as u64 > y as T",
        "a..b; ..; ..=c; a..; (a)..=b + 1; for i in 0..n { } for _ in a..b.c { }",
        "if a { b } else if let Some(c) = d && e { f } else { g }; if x == (S { a }) { }",
        "while let Some(|x) | None = y { break } 'a: loop { continue 'a; } 'b: { break 'b x; }",
        "match x { | A | B if c => d, C { a, ref mut b, 0: c, d: | e | f, .. } => {} D(.., g @ 1..=2) => { h } E => { { i } } }",
        "match x { -1 => a, 'a'..='z' | b'0' => b, N::<u8>::M.. => c, ..  => { return; } &(mut q) => m!{}, }",
        "match x { A => { m! { a } } B => { a; } C => unsafe { b }, D => if a {} else {} E => (a)(b), F => {}.a() }",
        "|| a; |x| { x }; |x: u8, (y, z)| -> u8 { x }; move |&x| { { x; } }; async move { a }; |a| |b| { c }",
        "((x)); (((y))); (x,); (x, y,); (); [x,]; [x; 3]; [(0); N]; [[0u8; 0x1_0]; 2usize]; [f(); 1 + 1]",
        "S { a, b: c, ..d }; S { a, }; S {}; S { ..d }; crate::a::S::<u8> { 0: x }; Self { x: |y| { y }, }",
        "<A as B<C>>::D::e(); <[u8]>::f(); <Self>::G { x }; ::a::b(); self::c; Self(x); <A as ::b::C>::d; <A::<B> as C::<D>>::e::<F::<G>>(x as H::<I>); let a: <A as C::<D>>::E::<F>;",
        "&&x; &mut *y; &raw const z; &raw; - - 1; !!x; *&a; &a as *const u8 as *mut _; x as fn_like",
        "1; 1u8; 1_000; 0xffu8; 0b1_1; 1.; 1.0; 1e5; 1E-5_f64; 1f32; 2.5f32; 1.max(2); 1..2; 'x'; '\\''; b'\\n'; \"a\n b\"; r#\"x\"#",
        "b\"a\\n\\x00\\\\\"; true; false; _ = x; \"é\".len(); x.0 .1; x.0.0.0; // comment\n /* other */ y",
        "m!(a, b,); m! { a b } m![x; 3]; a::b!(c).d(); m! { x }.y; m! { x }?; m! {x} ..; format!(\"{a}{}\", b,)",
        "vec![1, 2,]; assert!(matches!(x, A | B)); println!(\"{}\", { let y = 1; y })",
        "let f: Box<dyn Fn(&u8, T,) -> U + Send + 'a + > = x; let g: &dyn for<'b> A<B = C, D: E + ?Sized>; let h: !;",
        "let a: (u8,) = x; let b: ((u8)); let c: *const T = y; let d: <A as B>::C; let e: impl A; let f: Vec::<u8>;",
        "return a; return",
        "break; ",
        "a; return;",
        "{ return x; }",
        "unsafe { a } ; { a } { b } & c; match x {} - 1",
        "let x = a as usize; x = |y| y as u8; a = ..; b = ..=c; f(..); g(|_| (), ..)",
        "x.f(|a| { if a { b } else { c } }); x.f(|a| { match a { _ => b } .c() }); y(|a| { a.b(); })",
        "let a = if b { c } else { d }; let e = match f { g => h }; i = loop { break j };",
    ] {
        let (found, expected) = both_ways(text);
        let found = found.unwrap_or_else(|| panic!("it is not read: {text}"));
        let at = found
            .bytes()
            .zip(expected.bytes())
            .position(|(one, other)| one != other);
        let behind = |told: &str| {
            told.chars()
                .skip(at.unwrap_or(0))
                .take(200)
                .collect::<String>()
        };
        assert!(
            found == expected,
            "{text}\n{}\n{}",
            behind(&found),
            behind(&expected)
        );
    }
}

#[test]
fn what_is_not_plain_is_left_to_syn() {
    for text in [
        "#[allow(x)] a;",
        "/// documented\nlet a = b;",
        "use a::b; b()",
        "fn inner() {}",
        "const A: u8 = 1;",
        "let r#type = 1;",
        "if cfg!(unix) { a }",
        "let x: fn(u8) -> u8 = y;",
        "cfg_if! { x }",
        "macro_rules! m { () => {} }",
        "c\"x\"",
        "é",
        "f::<u8, 'a>()",
        "[0; (2)]",
        "let m!() = x;",
    ] {
        assert!(both_ways(text).0.is_none(), "{text}");
    }
}

#[test]
fn what_does_not_parse_is_not_read() {
    for text in [
        "a b",
        "f(a b)",
        "let x = ;",
        "(a",
        "a)",
        "if { }",
        "match x { a b }",
        "a == b == c",
        "x as u8.y",
        "let x",
        "1 2",
        "a..=",
        "f(,)",
        "[a b]",
        "S { a b }",
        "|a b| c",
        "a <- b",
        "x.1e3",
    ] {
        let mut bytes = Vec::new();
        assert!(
            read(text, AT, &CfgSet::default(), &mut bytes).is_none(),
            "{text}"
        );
        assert!(bytes.is_empty(), "{text}");
    }
}

#[test]
fn a_body_nested_deeper_than_the_stack_may_hold_is_left_to_those_who_count() {
    for text in [
        "(".repeat(300) + &")".repeat(300),
        "-".repeat(3000) + "1",
        "if a {} else ".repeat(3000) + "{}",
        "x".to_owned() + &" = &".repeat(3000) + "y",
    ] {
        let mut bytes = Vec::new();
        assert!(read(&text, AT, &CfgSet::default(), &mut bytes).is_none());
    }
}
