//! What reading a crate costs, in processor time: `cargo run -p checkpointer-build --example speed -- LINES ROOTS`
//! writes a crate of that size into a temporary folder and compares its analysis with syn alone, on the same files in
//! the same profile: cold, with the cache, and with one file changed. Linux only, which tells the time.

use std::fmt::Write as _;
use std::path::Path;

use checkpointer_build::{AnalyzeOptions, analyze_into};

/// Lines of one module.
const MODULE: usize = 200;

/// User and system time of this process so far, in seconds; children are not in it.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| -> f64 {
        let field = fields.split_whitespace().nth(at);
        field.and_then(|text| text.parse().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

fn measure(what: &str, work: impl FnOnce()) {
    let before = processor_time();
    work();
    println!("{what:<18} {:.2} s", processor_time() - before);
}

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

fn write(folder: &Path, lines: usize, roots: usize) {
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

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let [lines, roots] = numbers.as_slice() else {
        eprintln!("say how many lines, and how many functions are checkpointed");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), *lines, *roots);
    let cache = tempfile::tempdir().expect("a folder");
    let options = AnalyzeOptions {
        cache: Some(cache.path().to_owned()),
        ..AnalyzeOptions::default()
    };
    let analysis = || {
        let manifest = folder.path().join("Cargo.toml");
        analyze_into(&manifest, &options, &mut std::io::sink()).expect("it is analysed");
    };
    measure("syn::parse_file", || {
        for entry in walkdir::WalkDir::new(folder.path().join("src"))
            .into_iter()
            .flatten()
        {
            if entry.file_type().is_file() {
                let text = std::fs::read_to_string(entry.path()).expect("it is text");
                drop(syn::parse_file(&text).expect("it parses"));
            }
        }
    });
    measure("cold", analysis);
    measure("nothing changed", analysis);
    let first = folder.path().join("src/m0.rs");
    let text = std::fs::read_to_string(&first).expect("it is text");
    std::fs::write(&first, text.replace("**item > 1)", "**item > 100)")).expect("a file");
    measure("one file changed", analysis);
}
