//! What each predicate says for a Linux build script, and for names that it cannot know.

use super::{CfgSet, Predicate, Switches, Truth};

const LINUX: &str = "debug_assertions\npanic=\"unwind\"\ntarget_os=\"linux\"\ntarget_family=\"unix\"\n\
                     target_has_atomic=\"64\"\ntarget_has_atomic=\"ptr\"\ntarget_abi=\"\"\nunix\n";

fn linux() -> CfgSet {
    CfgSet::from_rustc(LINUX, ["std".to_owned(), "foo-bar".to_owned()])
}

fn script(vars: &[(&str, &str)]) -> CfgSet {
    CfgSet::from_build_script_env(
        vars.iter()
            .map(|(key, value)| (key.to_string(), value.to_string())),
    )
}

fn predicate(text: &str) -> Predicate {
    Predicate::from_tokens(text.parse().unwrap()).unwrap()
}

fn check(text: &str, expected: Truth) {
    assert_eq!(predicate(text).eval(&linux()), expected, "{text}");
}

#[test]
fn target_values_are_decided_both_ways() {
    check("unix", Truth::True);
    check("windows", Truth::False);
    check("target_os = \"linux\"", Truth::True);
    check("target_os = \"macos\"", Truth::False);
    check("target_has_atomic = \"ptr\"", Truth::True);
    check("target_has_atomic = \"128\"", Truth::False);
    check("target_abi = \"\"", Truth::True);
    check("target_feature = \"avx512f\"", Truth::False);
}

#[test]
fn features_are_decided_both_ways() {
    check("feature = \"std\"", Truth::True);
    check("feature = \"foo-bar\"", Truth::True);
    check("feature = \"foo_bar\"", Truth::False);
    check("feature = \"other\"", Truth::False);
}

#[test]
fn what_the_profile_decides_is_undecided_even_if_rustc_prints_it() {
    for text in [
        "test",
        "debug_assertions",
        "panic = \"unwind\"",
        "overflow_checks",
        "miri",
        "proc_macro",
    ] {
        check(text, Truth::Undecided);
    }
}

#[test]
fn custom_flags_are_undecided_unless_they_are_set() {
    check("loom", Truth::Undecided);
    check("backend = \"simd\"", Truth::Undecided);
    let set = script(&[("CARGO_CFG_LOOM", ""), ("CARGO_CFG_BACKEND", "simd")]);
    assert_eq!(predicate("loom").eval(&set), Truth::True);
    assert_eq!(predicate("backend = \"simd\"").eval(&set), Truth::True);
    assert_eq!(
        predicate("backend = \"other\"").eval(&set),
        Truth::Undecided
    );
}

#[test]
fn a_switch_can_be_set_for_a_target_that_has_it() {
    let mut set = linux();
    set.set("test", None);
    assert_eq!(predicate("test").eval(&set), Truth::True);
}

#[test]
fn operators_follow_kleene() {
    check("all()", Truth::True);
    check("any()", Truth::False);
    check("all(unix, test)", Truth::Undecided);
    check("all(windows, test)", Truth::False);
    check("any(unix, test)", Truth::True);
    check("any(windows, test)", Truth::Undecided);
    check("not(test)", Truth::Undecided);
    check("not(windows)", Truth::True);
    check(
        "any(all(unix, not(feature = \"std\")), windows,)",
        Truth::False,
    );
}

#[test]
fn literals_are_decided_and_raw_names_are_names() {
    check("true", Truth::True);
    check("false", Truth::False);
    assert_eq!(predicate("r#true"), Predicate::Flag("true".to_owned()));
    check("r#unix", Truth::True);
}

#[test]
fn a_form_from_the_future_is_undecided() {
    check("version(\"1.99\")", Truth::Undecided);
    check("accessible(std::mem::foo)", Truth::Undecided);
}

#[test]
fn a_predicate_that_cannot_be_read_is_an_error() {
    assert!(Predicate::from_tokens("not(unix, windows)".parse().unwrap()).is_err());
    assert!(Predicate::from_tokens("unix windows".parse().unwrap()).is_err());
    assert!(Predicate::from_tokens("feature = std".parse().unwrap()).is_err());
}

#[test]
fn a_build_script_matches_features_by_cargos_spelling() {
    let set = script(&[
        ("CARGO_FEATURE_FOO_BAR", "1"),
        ("CARGO_CFG_FEATURE", "foo-bar,std"),
    ]);
    assert_eq!(predicate("feature = \"foo-bar\"").eval(&set), Truth::True);
    assert_eq!(predicate("feature = \"Foo_Bar\"").eval(&set), Truth::True);
    assert_eq!(predicate("feature = \"std\"").eval(&set), Truth::False);
}

#[test]
fn a_build_scripts_lists_are_split_and_its_profile_is_not_believed() {
    let set = script(&[
        ("CARGO_CFG_TARGET_FEATURE", "fxsr,sse,sse2"),
        ("CARGO_CFG_UNIX", ""),
        ("CARGO_CFG_TARGET_ABI", ""),
        ("CARGO_CFG_PANIC", "unwind"),
        ("CARGO_CFG_DEBUG_ASSERTIONS", ""),
        ("CARGO_PKG_NAME", "ignored"),
    ]);
    assert_eq!(
        predicate("target_feature = \"sse2\"").eval(&set),
        Truth::True
    );
    assert_eq!(
        predicate("target_feature = \"avx\"").eval(&set),
        Truth::False
    );
    assert_eq!(predicate("unix").eval(&set), Truth::True);
    assert_eq!(predicate("target_abi = \"\"").eval(&set), Truth::True);
    assert_eq!(predicate("panic = \"abort\"").eval(&set), Truth::Undecided);
    assert_eq!(predicate("debug_assertions").eval(&set), Truth::Undecided);
}

#[test]
fn each_package_has_its_own_features() {
    let other = linux().with_features(["serde".to_owned()]);
    assert_eq!(predicate("feature = \"serde\"").eval(&other), Truth::True);
    assert_eq!(predicate("feature = \"std\"").eval(&other), Truth::False);
    assert_eq!(predicate("unix").eval(&other), Truth::True);
}

#[test]
fn switches_are_those_that_the_value_hangs_on() {
    let switches = |text: &str| predicate(text).switches(&linux());
    assert_eq!(
        switches("not(test)"),
        Switches {
            test: true,
            debug_assertions: false,
            features: false
        }
    );
    assert_eq!(
        switches("any(test, debug_assertions)"),
        Switches {
            test: true,
            debug_assertions: true,
            features: false
        }
    );
    assert_eq!(switches("all(windows, test)"), Switches::default());
    let hidden = switches("any(all(windows, test), debug_assertions)");
    assert!(!hidden.test && hidden.debug_assertions);
    assert_eq!(switches("loom"), Switches::default());
}

#[test]
fn a_predicate_survives_serialization() {
    let before = predicate("any(all(unix, not(test)), feature = \"std\", version(\"1\"), true)");
    let bytes = rmp_serde::to_vec(&before).unwrap();
    assert_eq!(rmp_serde::from_slice::<Predicate>(&bytes).unwrap(), before);
}
