//! Which features count, against what Cargo builds with.

use super::*;

#[test]
fn a_build_script_knows_the_roots_features_exactly() {
    let folder = workspace();
    let options = Options {
        script_features: Some(BTreeSet::from(["SLOW_ER".to_owned()])),
        ..with_cargo()
    };
    let workspace = Workspace::load(&manifest(&folder), &options).unwrap();
    assert_eq!(
        workspace.root_package().features,
        BTreeSet::from(["slow-er".to_owned()])
    );
    assert!(workspace.root_package().features_are_exact);
    let base = workspace
        .packages
        .iter()
        .find(|package| package.name == "base-lib")
        .unwrap();
    assert!(base.features.is_empty());
}

#[test]
fn features_of_this_build_are_those_that_cargo_builds_with() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for member in ["checkpointer-build", "cargo-checkpointer", "example-app"] {
        let printed = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "--edges", "normal,build"])
            .args([
                "--prefix",
                "none",
                "--format",
                "{p}|{f}",
                "--package",
                member,
            ])
            .current_dir(above)
            .output()
            .unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        let mut by_cargo: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for line in printed.lines() {
            let (package, features) = line.split_once('|').unwrap();
            let mut words = package.split(' ');
            let name = (words.next().unwrap(), words.next().unwrap());
            let features = features
                .split([',', ' '])
                .filter(|name| !["", "(*)"].contains(name));
            by_cargo.entry(name).or_default().extend(features);
        }
        let manifest = above.join(member).join("Cargo.toml");
        let options = Options {
            cfg: Some(host_cfg()),
            ..with_cargo()
        };
        let workspace = Workspace::load(&manifest, &options).unwrap();
        let mut compared = 0;
        for package in &workspace.foreign {
            let version = format!("v{}", package.version);
            let Some(expected) = by_cargo.get(&(package.name.as_str(), version.as_str())) else {
                continue;
            };
            let own = package.features.iter();
            let own: BTreeSet<&str> = own
                .map(|name| name.strip_suffix(" (host)").unwrap_or(name))
                .filter(|name| !name.is_empty() && !name.contains(' '))
                .collect();
            assert_eq!(own, *expected, "{} of {member}", package.name);
            compared += 1;
        }
        assert!(compared > 30, "{compared} of {member}");
    }
}

fn host_cfg() -> crate::cfg::CfgSet {
    let printed = std::process::Command::new("rustc")
        .args(["--print", "cfg"])
        .output()
        .unwrap();
    crate::cfg::CfgSet::from_rustc(&String::from_utf8(printed.stdout).unwrap(), [])
}

#[test]
fn manifests_on_the_disk_say_the_same_as_cargo() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for member in ["checkpointer-build", "cargo-checkpointer"] {
        let manifest = above.join(member).join("Cargo.toml");
        let options = Options {
            cfg: Some(host_cfg()),
            ..with_cargo()
        };
        let by_cargo = metadata::load(&manifest, &options).unwrap();
        let reason = "error: a package is not there".to_owned();
        let read = fallback::load(&manifest, &options, reason).unwrap();
        assert_eq!(read.diagnostics, Vec::<String>::new());
        assert_eq!(read.packages, by_cargo.packages);
        assert_eq!(read.foreign, by_cargo.foreign);
    }
}

/// A workspace whose folder is no package, with `app` and a member beside it that nothing of `app` names.
fn beside(shared: &str, member: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let package = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{rest}")
    };
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                &format!(
                    "[workspace]\nresolver = \"2\"\nmembers = [\"app\", \"member\"]\n[workspace.dependencies]\n{shared}"
                ),
            ),
            (
                "app/Cargo.toml",
                &package("app", "[dependencies]\nreg.workspace = true\n"),
            ),
            ("app/src/lib.rs", ""),
            ("member/Cargo.toml", &package("member", member)),
            ("member/src/lib.rs", ""),
            (
                "vendor/reg/Cargo.toml",
                &package(
                    "reg",
                    "[features]\ndefault = [\"std\"]\nstd = []\nfast = []\nslow = []\n",
                ),
            ),
            ("vendor/reg/src/lib.rs", ""),
            (
                "vendor/reg/.cargo-checksum.json",
                "{\"files\":{},\"package\":\"00\"}",
            ),
            (
                ".cargo/config.toml",
                "[source.crates-io]\nreplace-with = \"beside\"\n[source.beside]\ndirectory = \"vendor\"\n",
            ),
        ],
    );
    folder
}

#[test]
fn what_others_would_add_counts_with_their_name() {
    let check = |shared: &str, member: &str, expected: &[&str]| {
        let folder = beside(shared, member);
        let found = Workspace::load(&manifest(&folder), &with_cargo()).unwrap();
        let features: Vec<&str> = found.foreign[0]
            .features
            .iter()
            .map(String::as_str)
            .collect();
        assert_eq!(features, expected, "{shared} {member}");
    };
    let plain = "reg = \"0.1\"\n";
    let bare = "reg = { version = \"0.1\", default-features = false }\n";
    check(plain, "", &["default", "std"]);
    check(bare, "", &[]);
    check(
        bare,
        "[dependencies]\nreg = { version = \"0.1\", features = [\"fast\"] }\n",
        &["default (member)", "fast (member)", "std (member)"],
    );
    check(
        plain,
        "[dev-dependencies]\nreg = { version = \"0.1\", features = [\"fast\"] }\n",
        &["default", "fast (test of member)", "std"],
    );
    check(
        plain,
        "[features]\nquick = [\"reg/fast\"]\n[dependencies]\nreg = \"0.1\"\n",
        &["default", "fast (member/quick)", "std"],
    );
    check(
        plain,
        "[build-dependencies]\nreg = { version = \"0.1\", features = [\"slow\"] }\n",
        &[
            "default",
            "default (member, host)",
            "slow (member, host)",
            "std",
            "std (member, host)",
        ],
    );
}

#[test]
fn every_manifest_of_the_workspace_is_watched() {
    let folder = beside("reg = \"0.1\"\n", "");
    let found = Workspace::load(&manifest(&folder), &with_cargo()).unwrap();
    let top = folder.path().canonicalize().unwrap();
    for name in ["Cargo.toml", "app/Cargo.toml", "member/Cargo.toml"] {
        assert!(found.manifests.contains(&top.join(name)), "{name}");
    }
    assert_eq!(found.manifests.len(), 3);
}
