//! Tiny packages on disk and what `analyze` says of them.

use std::collections::BTreeMap;
use std::path::Path;

use checkpointer_build::{AnalyzeOptions, analyze};

/// A package without dependencies, by its files.
#[derive(Clone)]
pub(crate) struct Package {
    /// Path below the package's root and content, in the order in which they are written.
    pub(crate) files: Vec<(String, String)>,
}

impl Package {
    /// A library called `golden` with this `src/lib.rs`.
    pub(crate) fn of(source: &str) -> Self {
        let manifest = "[package]\nname = \"golden\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n[workspace]\n";
        Package { files: Vec::new() }
            .with("Cargo.toml", manifest)
            .with("src/lib.rs", source)
    }

    /// With another file.
    pub(crate) fn with(mut self, path: &str, content: &str) -> Self {
        self.files.push((path.to_owned(), content.to_owned()));
        self
    }

    fn write(&self, folder: &Path) {
        for (path, content) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a file stands in a folder"))
                .expect("folders can be made");
            std::fs::write(path, content).expect("a file can be written");
        }
    }

    /// The JSON of every function of the package, written into a folder of its own.
    pub(crate) fn analyzed(&self) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        self.analyzed_in(folder.path())
    }

    /// The same in a folder below the given one.
    pub(crate) fn analyzed_in(&self, folder: &Path) -> String {
        let options = AnalyzeOptions {
            all: true,
            ..AnalyzeOptions::default()
        };
        self.analyzed_with(folder, &options)
    }

    /// The JSON of the checkpointed functions alone.
    pub(crate) fn analyzed_checkpointed(&self) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        self.analyzed_with(folder.path(), &AnalyzeOptions::default())
    }

    fn analyzed_with(&self, folder: &Path, options: &AnalyzeOptions) -> String {
        self.write(folder);
        analyze(&folder.join("Cargo.toml"), options).expect("the package can be analysed")
    }

    /// The hash and the capture hash of `golden::root`.
    pub(crate) fn root(&self) -> (String, String) {
        let all = hashes(&self.analyzed());
        all.get("golden::root")
            .cloned()
            .expect("the package has a function root")
    }
}

/// Hash and capture hash of every function, by id.
pub(crate) fn hashes(json: &str) -> BTreeMap<String, (String, String)> {
    let report: serde_json::Value = serde_json::from_str(json).expect("analyze prints JSON");
    let items = report["items"].as_array().expect("items are a list");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    items
        .iter()
        .filter_map(|item| {
            Some((
                text(&item["id"])?,
                (text(&item["hash"])?, text(&item["capture_hash"])?),
            ))
        })
        .collect()
}
