//! What calls become, fragment by fragment.

mod wild;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{File, Item, Stmt, parse_str};

use super::{ExpandError, MacroDef, expand};

const EDITION: u16 = 2021;

fn run(definition: &str, call: &str) -> Result<TokenStream, ExpandError> {
    let def = MacroDef::parse(definition.parse().unwrap(), EDITION)?;
    expand(
        &def,
        call.parse().unwrap(),
        &Ident::new("the_crate", Span::call_site()),
    )
}

/// Compares without spacing and with groups without delimiters opened.
fn spelled(tokens: TokenStream) -> String {
    let mut out = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Brace => ("{ ", "} "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::None => ("", ""),
                };
                out += open;
                out += &spelled(group.stream());
                out += close;
            }
            token => out += &format!("{token} "),
        }
    }
    out
}

fn check(definition: &str, call: &str, expected: &str) {
    let found = run(definition, call).unwrap_or_else(|error| panic!("{error}: {call}"));
    assert_eq!(spelled(found), spelled(expected.parse().unwrap()), "{call}");
}

fn refused(definition: &str, call: &str) -> ExpandError {
    run(definition, call).expect_err("the call must be refused")
}

/// Expands calls of the macros that a file defines until none is left, as items.
fn expand_file(text: &str) -> String {
    let file: File = parse_str(text).unwrap();
    let (definitions, mut rest): (Vec<Item>, Vec<Item>) = file
        .items
        .into_iter()
        .partition(|item| matches!(item, Item::Macro(mac) if mac.ident.is_some()));
    let find = |name: &Ident| {
        definitions.iter().rev().find_map(|item| match item {
            Item::Macro(mac) if mac.ident.as_ref() == Some(name) => {
                Some(MacroDef::parse(mac.mac.tokens.clone(), EDITION).unwrap())
            }
            _ => None,
        })
    };
    let mut done = Vec::new();
    while !rest.is_empty() {
        let item = rest.remove(0);
        match &item {
            Item::Macro(mac) if let Some(name) = mac.mac.path.get_ident() => {
                let def = find(name).unwrap_or_else(|| panic!("{name} is defined"));
                let made = expand(
                    &def,
                    mac.mac.tokens.clone(),
                    &Ident::new("the_crate", Span::call_site()),
                )
                .unwrap();
                let mut items = syn::parse2::<File>(made).unwrap().items;
                items.append(&mut rest);
                rest = items;
            }
            _ => done.push(spelled(quote::ToTokens::into_token_stream(item))),
        }
    }
    done.join("\n")
}

#[test]
fn every_fragment_takes_its_kind_of_syntax() {
    check("($x:ident) => { $x }", "r#type", "r#type");
    check("($x:path) => { $x }", "a::b::<C>::d", "a::b::<C>::d");
    check("($x:path) => { $x }", "<A as B<C>>::d", "<A as B<C>>::d");
    check(
        "($x:expr, $y:expr) => { $y - $x }",
        "|a| a + 1, S { a: 1 }",
        "S { a: 1 } - |a| a + 1",
    );
    check(
        "($x:ty) => { $x }",
        "Box<dyn Fn(u8) -> Vec<Vec<u8>> + Send>",
        "Box<dyn Fn(u8) -> Vec<Vec<u8>> + Send>",
    );
    check(
        "($x:pat => $y:expr) => { [$x] $y }",
        "Some(1 | 2) | None => 3",
        "[Some(1 | 2) | None] 3",
    );
    check(
        "($($x:pat_param)|+ => $y:expr) => { [$($x),+] $y }",
        "A(_) | B { .. } => 3",
        "[A(_), B { .. }] 3",
    );
    check(
        "($($s:stmt;)*) => { $($s);* }",
        "let a: u8 = 1; g(a); struct S {} ; let B = c else { return };",
        "let a: u8 = 1; g(a); struct S {} ; let B = c else { return }",
    );
    check(
        "($x:block) => { $x }",
        "{ let a = 1; a }",
        "{ let a = 1; a }",
    );
    check(
        "($($x:item)*) => { mod m { $($x)* } }",
        "#[a] pub fn f() {} impl A for B {} use c::d;",
        "mod m { #[a] pub fn f() {} impl A for B {} use c::d; }",
    );
    check(
        "($(#[$x:meta])*) => { $([$x])* }",
        "#[inline] #[cfg(any(a, b))] #[doc = \"x\"]",
        "[inline] [cfg(any(a, b))] [doc = \"x\"]",
    );
    check(
        "($($x:tt)*) => { $([$x])* }",
        "a + 'b => (c d) 1.5 ..= ::",
        "[a] [+] ['b] [=>] [(c d)] [1.5] [..=] [::]",
    );
    check("($x:lifetime) => { &$x u8 }", "'a", "&'a u8");
    check(
        "($($x:literal),*) => { $($x);* }",
        "1, -2.5, \"a\", 'b', true, b\"c\"",
        "1; -2.5; \"a\"; 'b'; true; b\"c\"",
    );
    check(
        "($($v:vis $x:ident),*) => { $($v fn $x();)* }",
        "a, pub b, pub(crate) c, pub(in d::e) f",
        "fn a(); pub fn b(); pub(crate) fn c(); pub(in d::e) fn f();",
    );
    check("($x:expr_2021) => { $x }", "1 + 1", "1 + 1");
}

#[test]
fn fragments_refuse_what_they_cannot_begin_with() {
    assert_eq!(refused("($x:ident) => {}", "_"), ExpandError::NoRule);
    assert_eq!(refused("($x:expr) => {}", "=> 1"), ExpandError::NoRule);
    assert_eq!(refused("($x:block) => {}", "1"), ExpandError::NoRule);
    assert_eq!(refused("($x:literal) => {}", "a"), ExpandError::NoRule);
    assert_eq!(refused("($x:lifetime) => {}", "a"), ExpandError::NoRule);
    assert_eq!(refused("($x:vis) => {}", ""), ExpandError::NoRule);
    check("($x:expr) => { one } ; (_) => { two }", "_", "two");
    check(
        "($x:expr) => { one } ; (const { 1 }) => { two }",
        "const { 1 }",
        "two",
    );
}

#[test]
fn an_edition_decides_what_expr_and_pat_take() {
    let name = Ident::new("the_crate", Span::call_site());
    let with = |edition, definition: &str, call: &str| {
        let def = MacroDef::parse(definition.parse().unwrap(), edition).unwrap();
        spelled(expand(&def, call.parse().unwrap(), &name).unwrap())
    };
    let underscore = "($x:expr) => { one } ; (_) => { two }";
    assert_eq!(with(2024, underscore, "_"), "one ");
    assert_eq!(with(2021, underscore, "_"), "two ");
    let alternatives = "($x:pat) => { one }; ($($x:pat)|*) => { two }";
    assert_eq!(with(2021, "($x:pat) => { one }", "A | B"), "one ");
    assert_eq!(with(2018, alternatives, "A | B"), "two ");
}

#[test]
fn repetitions_have_counts_separators_and_nesting() {
    check(
        "($($x:expr),* $(,)?) => { [$($x),*] }",
        "1, 2, 3,",
        "[1, 2, 3]",
    );
    check("($($x:expr),* $(,)?) => { [$($x),*] }", "", "[]");
    check("($($x:ident)+) => { $($x);+ }", "a b c", "a; b; c");
    check(
        "($($x:ident)=>*) => { $($x)&&* }",
        "a => b => c",
        "a && b && c",
    );
    check(
        "($a:ident $(= $b:expr)?) => { $a $([$b])? }",
        "a = 1",
        "a [1]",
    );
    check("($a:ident $(= $b:expr)?) => { $a $([$b])? }", "a", "a");
    check(
        "($($k:ident: [$($v:expr),*]),*) => { $(fn $k() { $(g($k, $v);)* })* }",
        "a: [1, 2], b: [], c: [3]",
        "fn a() { g(a, 1); g(a, 2); } fn b() { } fn c() { g(c, 3); }",
    );
    check(
        "($n:ident; $($x:ident),*) => { $($n.$x();)* }",
        "s; a, b",
        "s.a(); s.b();",
    );
    check(
        "($($x:ident),* ; $($y:ident),*) => { $($x = $y;)* }",
        "a, b; c, d",
        "a = c; b = d;",
    );
    assert_eq!(refused("($($x:ident)+) => {}", ""), ExpandError::NoRule);
    assert_eq!(refused("($($x:ident)?) => {}", "a b"), ExpandError::NoRule);
}

#[test]
fn a_repetition_gives_back_what_the_rest_needs() {
    check("($(a)* a b) => { yes }", "a a a b", "yes");
    check(
        "($($k:literal),* , @$x:ident) => { $x $($k)* }",
        "1, 2, @c",
        "c 1 2",
    );
    check(
        "($($x:ident,)* $last:ident) => { $last $($x)* }",
        "a, b, c",
        "c a b",
    );
}

#[test]
fn operators_are_whole_tokens() {
    check(
        "(> $($x:tt)*) => { one } ; (>> $($x:tt)*) => { two }",
        ">> a",
        "two",
    );
    check(
        "(& $x:ident) => { one } ; (&& $x:ident) => { two }",
        "&& a",
        "two",
    );
    check("($a:tt $b:tt) => { $b $a }", "<= ..=", "..= <=");
    assert_eq!(refused("(= > a) => {}", "=> a"), ExpandError::NoRule);
    let made = run("($x:tt $y:tt) => { $x$y }", "- >").unwrap();
    assert!(
        matches!(made.into_iter().next(), Some(TokenTree::Punct(p)) if p.spacing() == proc_macro2::Spacing::Alone)
    );
}

#[test]
fn fragments_bind_as_a_whole() {
    let made = run("($a:expr, $b:expr) => { $a * $b }", "1 + 2, 3").unwrap();
    let syn::Expr::Binary(product) = syn::parse2(made).unwrap() else {
        panic!("a product")
    };
    assert!(matches!(product.op, syn::BinOp::Mul(_)));
    let made = run("($t:ty) => { type A = &'static $t; }", "(dyn B + C)").unwrap();
    assert!(matches!(syn::parse2(made).unwrap(), Item::Type(_)));
}

#[test]
fn what_was_taken_as_an_expression_is_closed_to_inner_macros() {
    let inner = "(1) => { one } ; ($x:expr) => { other }";
    let passed = run("($x:expr) => { $x }", "1").unwrap();
    let def = MacroDef::parse(inner.parse().unwrap(), EDITION).unwrap();
    let made = expand(&def, passed, &Ident::new("c", Span::call_site())).unwrap();
    assert_eq!(spelled(made), "other ");
    let passed = run("($x:tt) => { $x }", "1").unwrap();
    let made = expand(&def, passed, &Ident::new("c", Span::call_site())).unwrap();
    assert_eq!(spelled(made), "one ");
}

#[test]
fn dollar_crate_becomes_the_given_name() {
    check(
        "($x:ident) => { $crate::inner::$x($crate!()) }",
        "f",
        "the_crate::inner::f(the_crate!())",
    );
}

#[test]
fn spans_of_the_call_are_kept() {
    let call: TokenStream = "\n\n  name".parse().unwrap();
    let def = MacroDef::parse("($x:ident) => { fn $x() {} }".parse().unwrap(), EDITION).unwrap();
    let made = expand(&def, call, &Ident::new("c", Span::call_site())).unwrap();
    let name = made.into_iter().nth(1).unwrap();
    assert_eq!(
        (name.span().start().line, name.span().start().column),
        (3, 2)
    );
}

#[test]
fn macros_define_macros() {
    check(
        "($name:ident, $value:expr) => { macro_rules! $name { ($x:expr) => { $x + $value } } }",
        "add, 1",
        "macro_rules! add { ($x:expr) => { $x + 1 } }",
    );
    check(
        "($d:tt $name:ident) => { macro_rules! $name { ($d($d x:expr),*) => { [$d($d x),*] } } }",
        "$ list",
        "macro_rules! list { ($($x:expr),*) => { [$($x),*] } }",
    );
    let made = run(
        "($d:tt $name:ident) => { macro_rules! $name { ($d($d x:expr),*) => { [$d($d x),*] } } }",
        "$ list",
    )
    .unwrap();
    let Item::Macro(inner) = syn::parse2(made).unwrap() else {
        panic!("a definition")
    };
    let def = MacroDef::parse(inner.mac.tokens, EDITION).unwrap();
    let made = expand(
        &def,
        "1, 2 + 3".parse().unwrap(),
        &Ident::new("c", Span::call_site()),
    )
    .unwrap();
    assert_eq!(spelled(made), "[ 1 , 2 + 3 ] ");
}

#[test]
fn statements_of_an_expansion_parse_as_statements() {
    let made = run(
        "($($s:stmt;)* $e:expr) => { $($s;)* $e }",
        "let (a, b) = (1, 2); a += 1; a * b",
    )
    .unwrap();
    let statements: Vec<Stmt> = syn::parse::Parser::parse2(syn::Block::parse_within, made).unwrap();
    assert!(matches!(
        statements[..],
        [Stmt::Local(_), Stmt::Expr(_, Some(_)), Stmt::Expr(_, None)]
    ));
}

#[test]
fn what_cannot_be_expanded_is_an_error() {
    assert!(matches!(
        refused("($($x:ident),*) => { ${count($x)} }", "a, b"),
        ExpandError::Definition(_)
    ));
    assert_eq!(
        refused("($($x:ident),*) => { $x }", "a"),
        ExpandError::Depth("x".to_owned())
    );
    assert_eq!(
        refused("($x:ident) => { $($x)* }", "a"),
        ExpandError::Depth("x".to_owned())
    );
    assert_eq!(
        refused(
            "($($x:ident),* ; $($y:ident),*) => { $($x $y)* }",
            "a, b; c"
        ),
        ExpandError::Depth("y".to_owned())
    );
    assert!(matches!(
        refused("($x:thing) => {}", "a"),
        ExpandError::Definition(_)
    ));
    assert!(matches!(
        refused("($x) => {}", "a"),
        ExpandError::Definition(_)
    ));
    assert!(matches!(refused("(a) {}", "a"), ExpandError::Definition(_)));
    assert!(matches!(
        refused("(a) => {} (b) => {}", "a"),
        ExpandError::Definition(_)
    ));
    assert!(matches!(
        refused("($(a)) => {}", "a"),
        ExpandError::Definition(_)
    ));
}

#[test]
fn runaway_expansions_end_with_an_error() {
    let list = "a ".repeat(400);
    let cubed =
        "($($x:ident)*) => { sq!([$($x)*] $([$x])*) }; ([$($a:ident)*] $([$x:ident])*) => { };";
    assert!(run(cubed, &list).is_ok());
    let nested = "([$($a:tt)*]) => { $($a [$($a)*])* }";
    assert!(matches!(refused(nested, "[a]"), ExpandError::Depth(_)));
    let blowup = "($($x:tt)*) => { $(($x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x))* }";
    let group = format!("({})", "a ".repeat(2000));
    assert!(run(blowup, &group.repeat(10)).is_ok());
    assert_eq!(
        refused(blowup, &"a ".repeat(1 << 16)),
        ExpandError::TooLarge
    );
}

#[test]
fn a_pattern_of_many_ways_does_not_take_forever() {
    let pattern = "($(a)*".to_owned() + &" $(a)*".repeat(12) + " b) => {}";
    assert!(matches!(
        refused(&pattern, &"a ".repeat(60)),
        ExpandError::TooLarge | ExpandError::NoRule
    ));
}
