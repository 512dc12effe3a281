//! Attributes.

use super::{lower, only, paths};
use crate::cfg::Predicate;
use crate::ir::{Attributes, ItemKind};

fn read(text: &str) -> Attributes {
    only(&format!("{text} struct S;")).attributes
}

#[test]
fn cfg_predicates_are_gathered() {
    let item = only(
        "#[cfg(custom)] #[cfg_attr(x, cfg(y))] #[cfg_attr(all(), allow(dead_code))] fn f() {}",
    );
    assert_eq!(item.cfg.len(), 2);
    assert_eq!(item.cfg[0], Predicate::Flag("custom".into()));
    assert!(matches!(&item.cfg[1], Predicate::Any(parts) if parts.len() == 2));
}

#[test]
fn paths_of_modules_keep_their_condition() {
    let paths = only("#[path = \"a.rs\"] #[cfg_attr(custom, path = \"b.rs\")] mod m;")
        .attributes
        .paths;
    assert_eq!(
        paths,
        [
            (None, "a.rs".to_owned()),
            (Some(Predicate::Flag("custom".into())), "b.rs".to_owned()),
        ]
    );
}

#[test]
fn derives_are_paths_and_also_under_cfg_attr() {
    let attributes = read("#[derive(Clone, a::B)] #[cfg_attr(x, derive(serde::Serialize))]");
    assert_eq!(
        paths(&attributes.derives),
        ["Clone", "a::B", "serde::Serialize"]
    );
}

#[test]
fn attributes_of_compiler_and_tools_are_not_foreign() {
    let attributes = read(
        "#[allow(a)] #[repr(C)] #[rustfmt::skip] #[clippy::x] #[non_exhaustive] #[serde(a)] #[a::b]",
    );
    assert_eq!(paths(&attributes.foreign), ["serde", "a::b"]);
}

#[test]
fn tests_are_recognized() {
    for text in [
        "#[test]",
        "#[tokio::test]",
        "#[bench]",
        "#[rstest]",
        "#[cfg_attr(x, test)]",
    ] {
        assert!(read(text).test, "{text}");
    }
    assert!(!read("#[inline]").test);
}

#[test]
fn code_that_is_reached_unseen_is_marked() {
    for text in [
        "#[no_mangle]",
        "#[unsafe(no_mangle)]",
        "#[export_name = \"x\"]",
        "#[linkme::distributed_slice(A)]",
        "#[ctor]",
    ] {
        assert!(read(text).reached_unseen.is_some(), "{text}");
    }
}

#[test]
fn proc_macros_have_a_name() {
    let name = |text: &str| only(text).attributes.proc_macro;
    assert_eq!(
        name("#[proc_macro] pub fn a() {}").as_deref().copied_name(),
        "a"
    );
    assert_eq!(
        name("#[proc_macro_attribute] pub fn b() {}")
            .as_deref()
            .copied_name(),
        "b"
    );
    assert_eq!(
        name("#[proc_macro_derive(C, attributes(d))] pub fn e() {}")
            .as_deref()
            .copied_name(),
        "C"
    );
    assert!(name("pub fn f() {}").is_none());
}

trait CopiedName {
    fn copied_name(&self) -> &str;
}

impl CopiedName for Option<&str> {
    fn copied_name(&self) -> &str {
        self.unwrap_or("")
    }
}

#[test]
fn strings_of_helper_attributes_are_paths() {
    let attributes = read(
        "#[serde(bound = \"T: a::Bound\", from = \"Vec<F>\", rename = \"no\", default = \"d::make\", tag = \"no\")]",
    );
    let found = paths(&attributes.mentions);
    assert_eq!(found, ["T", "a::Bound", "Vec", "F", "d::make"]);
}

#[test]
fn a_module_named_by_serde_means_its_two_functions() {
    let item = only(
        "struct S { #[serde(with = \"m\", skip_serializing_if = \"Option::is_none\")] x: u8 }",
    );
    assert_eq!(
        paths(&item.attributes.mentions),
        ["m::serialize", "m::deserialize", "m", "Option::is_none"]
    );
}

#[test]
fn option_names_of_known_attributes_are_no_items() {
    let attributes = read(
        "#[serde(default, rename_all(serialize = \"x\"))] #[arg(default_value_t = LIMIT, value_parser = parse(N))]",
    );
    assert_eq!(paths(&attributes.mentions), ["LIMIT", "parse", "N"]);
}

#[test]
fn every_name_of_an_unknown_attribute_counts() {
    let attributes = read("#[case(make(1), B)] #[strategy(\"c::d\")]");
    let found = paths(&attributes.mentions);
    for name in ["make", "B", "c::d"] {
        assert!(found.iter().any(|path| path == name), "{name} in {found:?}");
    }
}

#[test]
fn the_layers_of_checkpoint_are_read() {
    let item = only(
        "#[checkpoint(capture, depends_on = (a::b, \"x/*.csv\"))] #[c::checkpoint(using = DEV, hash_by = |x| key(x))] \
         fn f(#[hash_by(|p| part(p))] x: u8, #[no_hash] y: u8) -> u8 { x }",
    );
    let layers = &item.attributes.checkpoint;
    assert_eq!(layers.len(), 2);
    assert_eq!((layers[0].capture, layers[1].capture), (Some(true), None));
    assert_eq!(layers[0].files, ["x/*.csv"]);
    assert!(layers[1].using && !layers[0].using);
    let found = paths(&item.attributes.mentions);
    for name in ["a::b", "key", "part"] {
        assert!(found.iter().any(|path| path == name), "{name} in {found:?}");
    }
}

#[test]
fn a_checkpointed_function_has_the_own_hash_that_the_macro_computes() {
    let text = "fn f(x: u64) -> u64 { fn g() {} x + { 1 } }";
    let syntax: syn::ItemFn = syn::parse_str(text).expect("it parses");
    let expected = checkpointer_syntax::tokens::own_hash(&syntax.sig, &syntax.block);
    let ItemKind::Fn(f) = only(&format!("#[checkpoint] {text}")).kind else {
        panic!()
    };
    assert_eq!(f.own_hash, Some(expected));
    let ItemKind::Fn(plain) = only(text).kind else {
        panic!()
    };
    assert_eq!(plain.own_hash, None);
}

#[test]
fn statics_say_whether_they_are_captured() {
    let read = |text: &str| only(&format!("{text} static A: u8 = 1;")).attributes;
    assert_eq!(read("#[capture]").capture, Some(true));
    assert_eq!(read("#[no_capture]").capture, Some(false));
    assert_eq!(read("").capture, None);
    let hashed = read("#[capture(hash_by = |x| key(x))]");
    assert!(paths(&hashed.mentions).contains(&"key".to_owned()));
}

#[test]
fn inner_attributes_of_a_module_count() {
    let file = lower("mod m { #![cfg(x)] fn f() {} }");
    assert_eq!(file.items[0].cfg.len(), 1);
}
