//! A crate of any size, written by a rule.

use std::fmt::Write as _;
use std::path::Path;

/// Lines of one module.
const MODULE: usize = 200;

fn module(at: usize, count: usize) -> String {
    let next = (at + 1) % count;
    let mut text = format!(
        "//! Module {at}.\nuse std::collections::BTreeMap;\nuse crate::m{next}::Record{next};\n\n/// A record.\n#[derive(Clone, Debug, \
         Default)]\npub struct Record{at} {{\n    pub name: String,\n    pub values: Vec<f64>,\n}}\n\nimpl Record{at} {{\n    pub fn \
         new(name: &str) -> Self {{\n        Record{at} {{ name: name.to_owned(), values: Vec::new() }}\n    }}\n\n    pub fn sum(&self, \
         by: f64) -> f64 {{\n        let mut sum = 0.0;\n        for value in &self.values {{\n            if *value > by {{\n                \
         sum += value * by;\n            }}\n        }}\n        sum\n    }}\n}}\n\n"
    );
    let mut lines = text.lines().count();
    let mut function = 0;
    while lines < MODULE {
        // One in ten modules ends a chain of calls.
        let called = if function % 3 == 0 && at % 10 != 9 {
            next
        } else {
            at
        };
        let _ = write!(
            text,
            "/// Function {function}: what it does and why one would call it.\npub fn work{function}(input: &[u64], limit: f64) -> \
             BTreeMap<String, f64> {{\n    let mut found = BTreeMap::new();\n    for item in input.iter().filter(|item| **item > {function}) \
             {{\n        let text = format!(\"{{item}} of {function}\");\n        let factor = match item % 3 {{\n            0 => 0.5,\n            \
             1 => f64::from(*item as u32),\n            _ => limit,\n        }};\n        let value = Record{called}::new(&text).sum(limit) * \
             factor;\n        if value.is_finite() {{\n            found.entry(text).and_modify(|old| *old += value).or_insert(value);\n        \
             }}\n    }}\n    found\n}}\n\n"
        );
        lines += 17;
        function += 1;
    }
    text
}

/// Writes a crate of so many lines, so many of whose functions are checkpointed.
pub(crate) fn write(folder: &Path, lines: usize, roots: usize) {
    let source = folder.join("src");
    std::fs::create_dir_all(&source).expect("a folder");
    let count = lines.div_ceil(MODULE).max(1);
    let mut library = String::from("//! Generated.\n");
    for at in 0..count {
        let _ = writeln!(library, "pub mod m{at};");
        std::fs::write(source.join(format!("m{at}.rs")), module(at, count)).expect("a file");
    }
    for root in 0..roots {
        let at = root * count / roots;
        let _ = writeln!(
            library,
            "#[checkpoint]\npub fn root{root}(input: Vec<u64>) -> usize {{\n    m{at}::work1(&input, 0.5).len()\n}}"
        );
    }
    std::fs::write(source.join("lib.rs"), library).expect("a file");
    let manifest =
        "[package]\nname = \"big\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
}
