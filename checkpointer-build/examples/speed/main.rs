//! What reading a crate costs, in processor time: `cargo run -p checkpointer-build --example speed -- WHAT ROOTS`
//! compares the analysis of a crate with syn alone, on the same files in the same profile: cold, with the cache, and
//! with one file changed. WHAT is a number of lines, and a crate of that size is written into a temporary folder; or the
//! folder of a crate, and so many functions of a copy of it are checkpointed. Linux only, which tells the time.

mod generated;
mod marked;

use std::path::{Path, PathBuf};
use std::time::Instant;

use checkpointer_build::{AnalyzeOptions, analyze_into};

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
    let (before, start) = (processor_time(), Instant::now());
    work();
    let took = processor_time() - before;
    let wall = start.elapsed().as_secs_f64();
    println!("{what:<18} {took:.2} s, {wall:.2} s by the wall");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder.join("src")).into_iter();
    let files = walk.flatten().filter(|entry| entry.file_type().is_file());
    let paths = files.map(walkdir::DirEntry::into_path);
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((what, roots)) = arguments
        .first()
        .zip(arguments.get(1).and_then(|text| text.parse().ok()))
    else {
        eprintln!("say how many lines or which crate, and how many functions are checkpointed");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    match what.parse() {
        Ok(lines) => generated::write(folder.path(), lines, roots),
        Err(_) => marked::write(Path::new(what), folder.path(), roots),
    }
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
        for path in sources(folder.path()) {
            let text = std::fs::read_to_string(path).expect("it is text");
            drop(syn::parse_file(&text));
        }
    });
    measure("cold", analysis);
    measure("nothing changed", analysis);
    // A number of some body becomes another one; of a real crate that may be any.
    let edited = sources(folder.path()).into_iter().find_map(|path| {
        let text = std::fs::read_to_string(&path).expect("it is text");
        let changed = text.replacen("**item > 1)", "**item > 100)", 1);
        (changed != text).then_some((path, changed))
    });
    if let Some((path, text)) = edited {
        std::fs::write(path, text).expect("a file");
        measure("one file changed", analysis);
    }
}
