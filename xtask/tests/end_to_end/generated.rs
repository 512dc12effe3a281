//! What sources alone don't tell: features that others enable, and code and settings that build scripts make: this package's own after the analysis has run, and another package's, whose
//! script may run later still.

use crate::project::Project;

const RUNTIME: &str = "[dependencies]\ncheckpointer-runtime = \"0.1\"\n";
const BUILD: &str = "\n[build-dependencies]\ncheckpointer-build = \"0.1\"\n";

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{rest}")
}

/// A package whose function calls into another one, whose build script makes what is called of a file.
fn with_a_generating_package() -> Project {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"made\", \"user\"]\nresolver = \"3\"\n",
    );
    project.write("made/Cargo.toml", &manifest("made", ""));
    project.write("made/number.txt", "1");
    project.write(
        "made/build.rs",
        "fn main() {
    println!(\"cargo::rerun-if-changed=number.txt\");
    let number = std::fs::read_to_string(\"number.txt\").unwrap();
    let (sign, number) = number.trim().split_at(number.starts_with('-').into());
    println!(\"cargo::rustc-check-cfg=cfg(negative)\");
    if sign == \"-\" {
        println!(\"cargo::rustc-cfg=negative\");
    }
    println!(\"cargo::rustc-env=UNIT={}\", if number.len() > 1 { \"many\" } else { \"few\" });
    let out = std::env::var(\"OUT_DIR\").unwrap();
    std::fs::write(format!(\"{out}/made.rs\"), format!(\"pub fn number() -> i32 {{ {number} * crate::sign() }}\")).unwrap();
}
",
    );
    project.write(
        "made/src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));
fn sign() -> i32 {
    if cfg!(negative) { -1 } else { 1 }
}
pub fn unit() -> &'static str {
    env!(\"UNIT\")
}
",
    );
    let more = format!("{RUNTIME}made = {{ path = \"../made\" }}\n{BUILD}");
    project.write("user/Cargo.toml", &manifest("user", &more));
    project.write(
        "user/build.rs",
        "fn main() {\n    checkpointer_build::build();\n}\n",
    );
    project.write(
        "user/src/main.rs",
        "use checkpointer_runtime::checkpoint;
#[checkpoint]
fn both(x: i32) -> String {
    format!(\"{} {}\", made::number() + x, made::unit())
}
fn main() {
    println!(\"{}\", both(1));
}
",
    );
    project
}

#[test]
fn what_another_packages_build_script_makes_counts() {
    let project = with_a_generating_package();
    for (number, result) in [
        ("1", "2 few\n"),
        ("5", "6 few\n"),
        ("-5", "-4 few\n"),
        ("-50", "-49 many\n"),
        ("1", "2 few\n"),
    ] {
        project.write("made/number.txt", number);
        assert_eq!(
            project.cargo_ok(&["run", "--quiet"]).stdout,
            result,
            "for {number}"
        );
        let again = project.cargo_ok(&["run", "--quiet"]);
        assert_eq!(again.stdout, result);
        assert!(
            !again.stderr.contains("MEMORIZING"),
            "nothing has changed:\n{}",
            again.stderr
        );
    }
}

#[test]
fn a_helper_that_only_generated_code_of_another_package_calls_counts() {
    let project = with_a_generating_package();
    assert_eq!(project.cargo_ok(&["run", "--quiet"]).stdout, "2 few\n");
    project.edit("made/src/lib.rs", "{ 1 }", "{ 10 }");
    assert_eq!(project.cargo_ok(&["run", "--quiet"]).stdout, "11 few\n");
}

#[test]
fn a_build_script_that_generates_after_it_has_called_us_is_told_to_call_us_last() {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        &manifest("hasty", &format!("{RUNTIME}{BUILD}")),
    );
    project.write(
        "build.rs",
        "fn main() {
    checkpointer_build::build();
    let out = std::env::var(\"OUT_DIR\").unwrap();
    let number = std::fs::read_to_string(\"src/number.txt\").unwrap();
    std::fs::write(format!(\"{out}/made.rs\"), format!(\"fn number() -> u32 {{ {number} }}\")).unwrap();
}
",
    );
    project.write(
        "src/main.rs",
        "use checkpointer_runtime::checkpoint;
include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));
#[checkpoint]
fn more(x: u32) -> u32 {
    number() + x
}
fn main() {
    println!(\"{}\", more(1));
}
",
    );
    // The first build reads no file at all, or one of an earlier run of this test; the second one that of the first.
    let unlike_earlier = std::process::id();
    for number in [unlike_earlier, unlike_earlier + 1] {
        project.write("src/number.txt", &number.to_string());
        let said = project.cargo(&["build"]);
        assert!(!said.success, "it must not build:\n{}", said.stderr);
        assert!(said.stderr.contains("made.rs"), "{}", said.stderr);
    }
    let build = "fn main() {
    let out = std::env::var(\"OUT_DIR\").unwrap();
    let number = std::fs::read_to_string(\"src/number.txt\").unwrap();
    std::fs::write(format!(\"{out}/made.rs\"), format!(\"fn number() -> u32 {{ {number} }}\")).unwrap();
    checkpointer_build::build();
}
";
    project.write("build.rs", build);
    let sum = format!("{}\n", unlike_earlier + 2);
    assert_eq!(project.cargo_ok(&["run", "--quiet"]).stdout, sum);
}

#[test]
fn a_feature_of_another_package_counts_whoever_enables_it() {
    let project = Project::new();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"featured\", \"asking\", \"enabling\"]\nresolver = \"3\"\n",
    );
    project.write(
        "featured/Cargo.toml",
        &manifest("featured", "[features]\nfast = []\n"),
    );
    project.write(
        "featured/src/lib.rs",
        "pub fn number() -> u32 { if cfg!(feature = \"fast\") { 10 } else { 1 } }\n",
    );
    let more = format!(
        "{RUNTIME}featured = {{ path = \"../featured\" }}\n{BUILD}\n[features]\nextra = [\"featured/fast\"]\n"
    );
    project.write("asking/Cargo.toml", &manifest("asking", &more));
    project.write(
        "asking/build.rs",
        "fn main() {\n    checkpointer_build::build();\n}\n",
    );
    project.write(
        "asking/src/main.rs",
        "use checkpointer_runtime::checkpoint;
#[checkpoint]
fn more(x: u32) -> u32 {
    featured::number() + x
}
fn main() {
    println!(\"{}\", more(1));
}
",
    );
    let enabling = "[dependencies]\nfeatured = { path = \"../featured\", features = [\"fast\"] }\n";
    project.write("enabling/Cargo.toml", &manifest("enabling", enabling));
    project.write("enabling/src/lib.rs", "//! Enables a feature for all.\n");
    let asking: &[&str] = &["run", "--quiet", "--package", "asking"];
    let ways: [(&[&str], &str); 4] = [
        (&[], "2\n"),
        (&["--features", "extra"], "11\n"),
        (&["--features", "featured/fast"], "11\n"),
        (&[], "2\n"),
    ];
    for (way, result) in ways {
        let arguments = [asking, way].concat();
        assert_eq!(project.cargo_ok(&arguments).stdout, result, "with {way:?}");
        let again = project.cargo_ok(&arguments);
        assert_eq!(again.stdout, result);
        assert!(!again.stderr.contains("MEMORIZING"), "{}", again.stderr);
    }
    project.cargo_ok(&["build", "--quiet", "--workspace"]);
    assert_eq!(project.run_built("asking").stdout, "11\n");
}
