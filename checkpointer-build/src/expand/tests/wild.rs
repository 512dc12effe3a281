//! Macros in the style of well-known crates.

use syn::{File, Item};

use super::{check, expand_file, run, spelled};

#[test]
fn a_muncher_takes_one_step_a_call() {
    assert_eq!(
        expand_file(
            "macro_rules! m {
                () => {};
                ($(#[$a:meta])* fn $n:ident = $v:literal; $($rest:tt)*) => { $(#[$a])* fn $n() -> u8 { $v } m! { $($rest)* } };
                (const $n:ident; $($rest:tt)*) => { const $n: u8 = 0; m! { $($rest)* } };
            }
            m! { fn a = 1; const B; #[x] #[y] fn c = -3; }"
        ),
        spelled("fn a() -> u8 { 1 }".parse().unwrap()) + "\n" + &spelled("const B: u8 = 0;".parse().unwrap()) + "\n"
            + &spelled("#[x] #[y] fn c() -> u8 { -3 }".parse().unwrap())
    );
}

#[test]
fn internal_rules_accumulate_and_push_down() {
    assert_eq!(
        expand_file(
            "macro_rules! reversed {
                (@go [] [$($done:ident)*]) => { fn f() { $($done();)* } };
                (@go [$first:ident $($rest:ident)*] [$($done:ident)*]) => { reversed! { @go [$($rest)*] [$first $($done)*] } };
                ($($x:ident)*) => { reversed! { @go [$($x)*] [] } };
            }
            reversed! { a b c }"
        ),
        spelled("fn f() { c(); b(); a(); }".parse().unwrap())
    );
}

#[test]
fn callbacks_hand_tokens_to_another_macro() {
    assert_eq!(
        expand_file(
            "macro_rules! with_types { ($callback:ident, $($more:tt)*) => { $callback! { $($more)* u8 u16 } } }
            macro_rules! make { (($head:path) $($t:ty)*) => { $(impl $head for $t {})* } }
            with_types! { make, (A::<B>) }"
        ),
        spelled("impl A::<B> for u8 {}".parse().unwrap()) + "\n" + &spelled("impl A::<B> for u16 {}".parse().unwrap())
    );
}

#[test]
fn flags_as_bitflags_makes_them() {
    let made = run(
        "(
            $(#[$outer:meta])*
            $vis:vis struct $Name:ident: $T:ty {
                $( $(#[$inner:ident $($args:tt)*])* const $Flag:tt = $value:expr; )*
            }
            $($t:tt)*
        ) => {
            $(#[$outer])* $vis struct $Name { bits: $T }
            impl $Name { $( $(#[$inner $($args)*])* pub const $Flag: Self = Self { bits: $value }; )* }
            $crate::bitflags! { $($t)* }
        }",
        "#[derive(Clone)] pub(crate) struct F: u32 { #[doc = \"a\"] const A = 1 << 0; const B = Self::A.bits | 0b10; } struct G: u8 {}",
    )
    .unwrap();
    let file: File = syn::parse2(made).unwrap();
    let kinds: Vec<&str> = file
        .items
        .iter()
        .map(|item| match item {
            Item::Struct(_) => "struct",
            Item::Impl(block) if block.items.len() == 2 => "impl of two",
            Item::Macro(_) => "macro",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["struct", "impl of two", "macro"]);
}

#[test]
fn statics_as_lazy_static_makes_them() {
    let found = expand_file(
        "macro_rules! lazy {
            ($(#[$a:meta])* static ref $N:ident : $T:ty = $e:expr; $($t:tt)*) => { lazy_inner! { @make $(#[$a])*, (), $N, $T, $e } lazy! { $($t)* } };
            ($(#[$a:meta])* pub static ref $N:ident : $T:ty = $e:expr; $($t:tt)*) => { lazy_inner! { @make $(#[$a])*, (pub), $N, $T, $e } lazy! { $($t)* } };
            () => ();
        }
        macro_rules! lazy_inner {
            (@make $(#[$a:meta])*, ($($vis:tt)*), $N:ident, $T:ty, $e:expr) => {
                $(#[$a])* $($vis)* struct $N { hidden: () }
                impl Deref for $N { type Target = $T; fn deref(&self) -> &$T { fn init() -> $T { $e } init() } }
            };
        }
        lazy! { /// Doc.
            static ref A: HashMap<u8, &'static str> = { let mut m = HashMap::default(); m.insert(1, \"x\"); m };
            pub static ref B: usize = A.len(); }",
    );
    let expected = [
        "#[doc = \" Doc.\"] struct A { hidden: () }",
        "impl Deref for A { type Target = HashMap<u8, &'static str>; fn deref(&self) -> &HashMap<u8, &'static str> {
            fn init() -> HashMap<u8, &'static str> { { let mut m = HashMap::default(); m.insert(1, \"x\"); m } } init() } }",
        "pub struct B { hidden: () }",
        "impl Deref for B { type Target = usize; fn deref(&self) -> &usize { fn init() -> usize { A.len() } init() } }",
    ];
    assert_eq!(
        found,
        expected
            .map(|item| spelled(item.parse().unwrap()))
            .join("\n")
    );
}

#[test]
fn branches_as_cfg_if_makes_them() {
    let definition = "
        ($( if #[cfg( $i_meta:meta )] { $( $i_tokens:tt )* } ) else+ else { $( $e_tokens:tt )* }) => {
            x! { @__items () ; $( (( $i_meta ) ( $( $i_tokens )* )) , )+ (() ( $( $e_tokens )* )) , }
        };
        ( if #[cfg( $i_meta:meta )] { $( $i_tokens:tt )* } $( else if #[cfg( $e_meta:meta )] { $( $e_tokens:tt )* } )* ) => {
            x! { @__items () ; (( $i_meta ) ( $( $i_tokens )* )) , $( (( $e_meta ) ( $( $e_tokens )* )) , )* }
        };";
    check(
        definition,
        "if #[cfg(unix)] { fn a() {} } else if #[cfg(windows)] { fn b() {} } else { fn c() {} }",
        "x! { @__items () ; ((unix) (fn a() {})), ((windows) (fn b() {})), (() (fn c() {})), }",
    );
    check(
        definition,
        "if #[cfg(unix)] { fn a() {} } else if #[cfg(feature = \"x\")] {}",
        "x! { @__items () ; ((unix) (fn a() {})), ((feature = \"x\") ()), }",
    );
}

#[test]
fn slots_as_thread_local_makes_them() {
    let definition = "
        () => {};
        ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = const $init:block; $($rest:tt)*) => { $vis const $name: Key<$t> = Key::of(const $init); tl! { $($rest)* } };
        ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = $init:expr; $($rest:tt)*) => { $vis const $name: Key<$t> = Key::new(|| $init); tl! { $($rest)* } };
        ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = $init:expr) => { $vis const $name: Key<$t> = Key::new(|| $init); };";
    check(
        definition,
        "static A: Cell<u8> = Cell::new(1)",
        "const A: Key<Cell<u8>> = Key::new(|| Cell::new(1));",
    );
    check(
        definition,
        "pub static A: u8 = const { 1 }; static B: u8 = 2;",
        "pub const A: Key<u8> = Key::of(const { 1 }); tl! { static B: u8 = 2; }",
    );
}

#[test]
fn errors_as_quick_error_makes_them() {
    let found = expand_file(
        "macro_rules! qe {
            ($(#[$m:meta])* pub enum $name:ident { $($chunks:tt)* }) => { qe! { SORT [pub enum $name $(#[$m])*] items [] buf [] queue [$($chunks)*] } };
            (SORT [$($def:tt)*] items [$($(#[$im:meta])* => $iitem:ident: $imode:tt [$($ivar:ident: $ityp:ty),*])*]
                buf [$(#[$bm:meta])*] queue [$qi:ident ($($qv:ident: $qt:ty),+) $($tail:tt)*]) => {
                qe! { SORT [$($def)*] items [$($(#[$im])* => $iitem: $imode [$($ivar: $ityp),*])* $(#[$bm])* => $qi: TUPLE [$($qv: $qt),+]] buf [] queue [$($tail)*] }
            };
            (SORT [$($def:tt)*] items [$($(#[$im:meta])* => $iitem:ident: $imode:tt [$($ivar:ident: $ityp:ty),*])*]
                buf [] queue [$qi:ident { display($($d:tt)*) } $($tail:tt)*]) => {
                qe! { SORT [$($def)*] items [$($(#[$im])* => $iitem: $imode [$($ivar: $ityp),*])* => $qi: UNIT []] buf [] queue [$($tail)*] }
            };
            (SORT [pub enum $name:ident $(#[$m:meta])*] items [$($(#[$im:meta])* => $iitem:ident: $imode:tt [$($ivar:ident: $ityp:ty),*])*] buf [] queue []) => {
                $(#[$m])* pub enum $name { $($(#[$im])* $iitem($($ityp),*)),* }
            };
        }
        qe! { #[derive(Debug)] pub enum E { Io(error: std::io::Error, code: u8) None { display(\"none\") } } }",
    );
    let expected = "#[derive(Debug)] pub enum E { Io(std::io::Error, u8), None() }";
    assert_eq!(found, spelled(expected.parse().unwrap()));
}
