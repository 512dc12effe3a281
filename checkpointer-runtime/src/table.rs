//! A function's row as it comes out of the expansion: one line a fact, fields between tabs.

use crate::key::Digest;

/// Something that a checkpointed function depends on directly.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependency {
    /// Its path, such as `demo::stats::mean`.
    pub path: &'static str,
    /// One of fn, struct, enum, union, trait, impl, type, const, static, macro, mod, package, file, env.
    pub kind: &'static str,
    /// Its file, relative to its package's root; empty for packages and variables.
    pub file: &'static str,
    /// Its line in that file, counted from 1; 0 without a file.
    pub line: u32,
    /// The hash of its own tokens and of what its names mean, in hexadecimal digits.
    pub hash: &'static str,
}

/// What the build script wrote about a function.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The function's path.
    pub(crate) path: &'static str,
    /// Its file, relative to the package's root.
    pub(crate) file: &'static str,
    /// Its line, counted from 1.
    pub(crate) line: u32,
    /// The hash of its code, without statics. `None` for a function that was not read.
    pub(crate) code_hash: Option<Digest>,
    /// The hash of its code, with statics.
    pub(crate) capture_hash: Option<Digest>,
    /// What stands for all that build scripts have made of what it reaches; empty where there is nothing.
    pub(crate) built: &'static str,
    /// The statics that it reaches and nobody has marked `#[no_capture]`; of a function with a preset alone, since for
    /// the others the build script has said what there is to say.
    pub(crate) statics: Vec<&'static str>,
    /// Those of them that are marked `#[capture]`, as they register themselves.
    pub(crate) captured: Vec<&'static str>,
    /// What it depends on directly.
    pub(crate) dependencies: Vec<Dependency>,
}

impl Row {
    /// Reads the text that the macro wrote. An unknown line is passed over.
    pub(crate) fn parse(text: &'static str) -> Self {
        let mut row = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let kind = fields.next().unwrap_or_default();
            let mut field = || fields.next().unwrap_or_default();
            match kind {
                "path" => row.path = field(),
                "at" => {
                    row.file = field();
                    row.line = field().parse().unwrap_or_default();
                }
                "code" => row.code_hash = Digest::from_hex(field()),
                "capture" => row.capture_hash = Digest::from_hex(field()),
                "built" => row.built = field(),
                "static" => row.statics.push(field()),
                "captured" => row.captured.push(field()),
                "uses" => row.dependencies.push(Dependency {
                    kind: field(),
                    path: field(),
                    file: field(),
                    line: field().parse().unwrap_or_default(),
                    hash: field(),
                }),
                _ => {}
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_the_macro_writes_it() {
        let row = Row::parse(concat!(
            "path\tdemo::f\nat\tsrc/lib.rs\t7\ncode\t",
            "0101010101010101010101010101010101010101010101010101010101010101",
            "\nbuilt\tee\nstatic\tdemo::A\ncaptured\tdemo::A\nuses\tfn\tdemo::g\tsrc/g.rs\t9\tff",
        ));
        assert_eq!((row.path, row.file, row.line), ("demo::f", "src/lib.rs", 7));
        assert_eq!(row.code_hash, Some(Digest::new([1; 32])));
        assert_eq!(row.capture_hash, None);
        assert_eq!(row.built, "ee");
        assert_eq!(
            (&*row.statics, &*row.captured),
            (&["demo::A"][..], &["demo::A"][..])
        );
        let [g] = &row.dependencies[..] else {
            panic!("one dependency, not {:?}", row.dependencies)
        };
        assert_eq!(
            (g.kind, g.path, g.file, g.line, g.hash),
            ("fn", "demo::g", "src/g.rs", 9, "ff")
        );
    }
}
