//! The crates that nobody here wrote, and how they are brought onto the disk.

mod given;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use walkdir::WalkDir;

/// When a crate may be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// In every run, CI's short form included.
    Short,
    /// In full runs.
    Full,
    /// In full runs, reported apart: nobody reads its misses while the rules are made.
    Reserve,
    /// Where `--crate` names it, reported apart.
    Given,
}

/// One crate, or several that make a workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    /// When it is run.
    pub(crate) role: Role,
    /// Its packages and their versions; the first one gives the name.
    packages: &'static [(&'static str, &'static str)],
    /// Features for every build and analysis.
    features: &'static str,
    /// What its archives lack for the tests: text for the manifest's end, and files.
    repair: Repair,
}

/// What a publisher leaves out of an archive though the tests need it.
#[derive(Clone, Copy, Debug)]
struct Repair {
    manifest: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// Files that are too many to name.
    tables: fn() -> Vec<(String, String)>,
}

const NO_REPAIR: Repair = Repair {
    manifest: "",
    files: &[],
    tables: Vec::new,
};

/// Tables of small sums: without them, more than half of the tests end before they call anything.
const DECIMAL: Repair = Repair {
    tables: decimal_tables,
    ..NO_REPAIR
};

fn decimal_tables() -> Vec<(String, String)> {
    let rows = [
        ("Add", "1.5,2.25,3.75,"),
        ("Sub", "3.75,2.25,1.5,"),
        ("Mul", "1.5,2.5,3.75,"),
        ("Div", "7.5,2.5,3,"),
        ("Rem", "7.5,2,1.5,"),
    ];
    let mut tables = Vec::new();
    for (name, row) in rows {
        for left in 0..8 {
            for right in 0..8 {
                let path = format!("tests/generated/{name}_{left:03b}_{right:03b}.csv");
                tables.push((path, format!("d1,d2,result,error\n{row}\n")));
            }
        }
    }
    tables
}

/// Empty tables of conformance cases.
const BSTR: Repair = Repair {
    tables: Vec::new,
    manifest: "",
    files: &[
        ("src/unicode/data/GraphemeBreakTest.txt", ""),
        ("src/unicode/data/SentenceBreakTest.txt", ""),
        ("src/unicode/data/WordBreakTest.txt", ""),
    ],
};

/// Two crates of shapes and cases.
const GEO: Repair = Repair {
    tables: Vec::new,
    manifest: "\n[dev-dependencies.jts_test_runner]\npath = \"jts_test_runner\"\n\
               [dev-dependencies.geo_test_fixtures]\npath = \"geo_test_fixtures\"\n",
    files: &[
        (
            "jts_test_runner/src/lib.rs",
            include_str!("repairs/jts_test_runner.rs"),
        ),
        (
            "geo_test_fixtures/src/lib.rs",
            include_str!("repairs/geo_test_fixtures.rs"),
        ),
        (
            "jts_test_runner/Cargo.toml",
            "[package]\nname = \"jts_test_runner\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             [dependencies]\ngeo-types = \"0.7\"\n",
        ),
        (
            "geo_test_fixtures/Cargo.toml",
            "[package]\nname = \"geo_test_fixtures\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             [dependencies]\ngeo-types = \"0.7\"\n",
        ),
    ],
};

const fn one(packages: &'static [(&'static str, &'static str)], role: Role) -> Subject {
    Subject {
        name: packages[0].0,
        role,
        packages,
        features: "",
        repair: NO_REPAIR,
    }
}

/// All subjects: different styles, so that no rule fits one alone.
pub(crate) const SUBJECTS: [Subject; 14] = [
    one(&[("semver", "1.0.28")], Role::Short),
    one(&[("smallvec", "1.16.5")], Role::Short),
    one(&[("csv", "1.4.0")], Role::Full),
    one(&[("hashbrown", "0.17.1")], Role::Full),
    one(&[("winnow", "1.0.5")], Role::Full),
    Subject {
        repair: DECIMAL,
        ..one(&[("rust_decimal", "1.43.0")], Role::Full)
    },
    one(&[("regex-automata", "0.4.18")], Role::Full),
    Subject {
        repair: BSTR,
        ..one(&[("bstr", "1.13.1")], Role::Full)
    },
    Subject {
        features: "formatting large-dates local-offset macros parsing quickcheck rand serde-human-readable serde-well-known",
        ..one(&[("time", "0.3.55")], Role::Full)
    },
    Subject {
        features: "full",
        ..one(&[("hyper", "1.12.0")], Role::Full)
    },
    Subject {
        name: "num",
        ..one(
            &[
                ("num-bigint", "0.4.6"),
                ("num-integer", "0.1.46"),
                ("num-rational", "0.4.2"),
                ("num-traits", "0.2.19"),
            ],
            Role::Full,
        )
    },
    one(&[("unicode-segmentation", "1.13.3")], Role::Reserve),
    Subject {
        repair: GEO,
        ..one(&[("geo", "0.33.1")], Role::Reserve)
    },
    Subject {
        features: "full",
        ..one(&[("tower", "0.5.3")], Role::Reserve)
    },
];

/// Dev-dependencies that no unit test needs, and that want libraries of the system or minutes to build.
const UNWANTED: [&str; 4] = ["criterion", "diesel", "postgres", "tokio-postgres"];

/// A copy of a subject's sources.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    /// The folder of the package or workspace.
    pub(crate) root: PathBuf,
    /// The packages' names and their folders.
    pub(crate) packages: Vec<(String, PathBuf)>,
    /// Features to build and analyse with, if any.
    pub(crate) features: Option<&'static str>,
}

impl Copy {
    /// The Rust files of a package below `src` and `tests`, relative to its folder.
    pub(crate) fn sources(&self, folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = ["src", "tests"]
            .iter()
            .flat_map(|part| WalkDir::new(folder.join(part)))
            .filter_map(|entry| Some(entry.ok()?.into_path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .filter_map(|path| Some(path.strip_prefix(folder).ok()?.to_owned()))
            .collect();
        files.sort();
        files
    }
}

impl Subject {
    /// Copies the sources, as Cargo keeps them, into `root`, ready to be built.
    pub(crate) fn copy_to(&self, root: &Path, scratch: &Path) -> Result<Copy> {
        let sources = self.fetch(scratch)?;
        if root.exists() {
            std::fs::remove_dir_all(root)?;
        }
        let single = self.packages.len() == 1;
        let mut packages = Vec::new();
        for (name, _) in self.packages {
            let source = sources
                .get(*name)
                .with_context(|| format!("cargo fetched no {name}"))?;
            let folder = if single {
                root.to_owned()
            } else {
                root.join(name)
            };
            copy_folder(source, &folder)?;
            drop_unwanted(&folder.join("Cargo.toml"))?;
            packages.push(((*name).to_owned(), folder));
        }
        let files = self.repair.files.iter();
        let files = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        for (path, text) in files.chain((self.repair.tables)()) {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::write(path, text)?;
        }
        if single {
            append(&root.join("Cargo.toml"), self.repair.manifest)?;
            append(&root.join("Cargo.toml"), "\n[workspace]\n")?;
        } else {
            std::fs::write(root.join("Cargo.toml"), self.workspace_manifest())?;
        }
        Ok(Copy {
            root: root.to_owned(),
            packages,
            features: Some(self.features).filter(|features| !features.is_empty()),
        })
    }

    fn workspace_manifest(&self) -> String {
        let names: Vec<_> = self.packages.iter().map(|(name, _)| name).collect();
        let patches: String = names
            .iter()
            .map(|name| format!("{name} = {{ path = \"{name}\" }}\n"))
            .collect();
        format!("[workspace]\nresolver = \"2\"\nmembers = {names:?}\n[patch.crates-io]\n{patches}")
    }

    /// Lets cargo fetch the packages; returns the folder of each.
    fn fetch(&self, scratch: &Path) -> Result<BTreeMap<String, PathBuf>> {
        let folder = scratch.join(self.name);
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/lib.rs"), "")?;
        let dependencies: String = self
            .packages
            .iter()
            .map(|(name, version)| format!("{name} = \"={version}\"\n"))
            .collect();
        std::fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                 [workspace]\n[dependencies]\n{dependencies}"
            ),
        )?;
        let output = Command::new("cargo")
            .args(["metadata", "--format-version", "1"])
            .current_dir(&folder)
            .output()?;
        ensure!(
            output.status.success(),
            "cargo cannot fetch {}: {}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let packages = metadata["packages"].as_array();
        let wanted = |name: &str, version: &str| self.packages.contains(&(name, version));
        Ok(packages
            .into_iter()
            .flatten()
            .filter_map(|package| {
                let name = package["name"].as_str()?;
                let manifest = Path::new(package["manifest_path"].as_str()?);
                wanted(name, package["version"].as_str()?)
                    .then(|| Some((name.to_owned(), manifest.parent()?.to_owned())))?
            })
            .collect())
    }
}

/// Leaves out the manifest's tables of unwanted dev-dependencies.
fn drop_unwanted(manifest: &Path) -> Result<()> {
    let text = std::fs::read_to_string(manifest)?;
    let mut kept = String::with_capacity(text.len());
    let mut keep = true;
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            let table = line.trim_end().trim_end_matches(']');
            keep = !UNWANTED
                .iter()
                .any(|name| table.ends_with(&format!("dev-dependencies.{name}")));
        }
        if keep {
            kept.push_str(line);
        }
    }
    Ok(std::fs::write(manifest, kept)?)
}

/// Adds text to a file's end.
pub(crate) fn append(path: &Path, text: &str) -> Result<()> {
    let mut content = std::fs::read_to_string(path)?;
    content.push_str(text);
    Ok(std::fs::write(path, content)?)
}

/// Copies a folder without what its publisher left of git, Cargo and rustup.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let skipped = [
        ".git",
        "target",
        ".cargo-ok",
        "Cargo.lock",
        "Cargo.toml.orig",
        "rust-toolchain",
        "rust-toolchain.toml",
    ];
    let entries = WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| !skipped.iter().any(|name| entry.file_name() == *name));
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target)?;
        } else {
            // Written anew, not copied: the registry's files may be read-only.
            std::fs::write(&target, std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
