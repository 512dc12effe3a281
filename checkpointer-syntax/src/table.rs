//! The generated table, `checkpointer.rs` in OUT_DIR: how it is written and how it is read back.
//!
//! The file reads as Rust, for people's eyes, but is never compiled: the macro parses it line by
//! line, so the writer puts one field on one line. The last line carries a checksum over all
//! before it, so that a torn or edited table is an error and not a wrong hash.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// The version of the table's format. A macro refuses a table of another version.
pub const FORMAT_VERSION: u32 = 1;

/// The table's file name in OUT_DIR.
pub const FILE_NAME: &str = "checkpointer.rs";

/// The file name of the same with the whole graph, for tools.
pub const JSON_NAME: &str = "checkpointer.json";

/// The variable through which a run of the build script tells the compiler which table it vouches for. A build script from
/// which the call was taken out leaves the old file in OUT_DIR, but does not set this.
pub const CHECKSUM_VARIABLE: &str = "CHECKPOINTER_TABLE";

/// What [`CHECKSUM_VARIABLE`] holds for a table of this text: the checksum in its last line.
#[must_use]
pub fn checksum_of(text: &str) -> &str {
    text.trim_end().rsplit(' ').next().unwrap_or_default()
}

/// One checkpointed function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The function's id, such as `demo::stats::Model::fit`.
    pub path: String,
    /// The target that it is compiled in: `lib`, `bin NAME`, `test NAME`, `example NAME` or `bench NAME`.
    pub target: String,
    /// Its file, relative to the package's root, with `/` between folders.
    pub file: String,
    /// The line of its first attribute or keyword, counted from 1.
    pub line: u32,
    /// Line and column (both from 1) of the function's name, which tell equal functions apart.
    pub name_at: (u32, u32),
    /// `free`, `inherent` or `trait`: where the function stands.
    pub kind: String,
    /// The hash of its own tokens, by which the macro finds this row ([`crate::tokens::own_hash`]).
    pub own_hash: String,
    /// The hash over everything that it can reach, without the statics' own tokens.
    pub code_hash: String,
    /// The same with the statics' own tokens.
    pub capture_hash: String,
    /// Whether the crate's build script says that every function captures.
    pub capture_by_default: bool,
    /// The ids of the statics that it reaches.
    pub statics: Vec<String>,
    /// Of these, the ones marked `#[no_capture]`, by id: nothing is said of them.
    pub released: Vec<String>,
    /// Of these, the ones marked `#[capture]`, spelled as `module_path!()` and the static's name.
    pub captured: Vec<String>,
    /// `test` and `debug_assertions`, where reachable code depends on them.
    pub switches: Vec<String>,
    /// Packages of the workspace that it reaches and whose build scripts make more of them than their sources say, by name;
    /// with `/out` where the sources name OUT_DIR. Only the macro can look at what those scripts have made.
    pub scripts: Vec<String>,
    /// Where what it reaches depends on features of other packages of the workspace, which only Cargo knows: the names by which
    /// its crate depends on such packages.
    pub externs: Vec<String>,
    /// The variables of `env!` and `option_env!` that it reaches, which a build script may set after it was read.
    pub variables: Vec<String>,
    /// How many things the analysis over-approximated or could not see.
    pub unresolved: u32,
    /// What it reads of the outside world, each with file and line.
    pub impure: Vec<String>,
    /// What it depends on directly, sorted by path.
    pub dependencies: Vec<Dependency>,
    /// What already has the companion's name where the function stands or is imported; empty where nothing has.
    pub clash: String,
    /// Why the row can't be trusted (a source file that does not parse, say); empty where it can.
    pub untrusted: String,
}

/// Something that a checkpointed function depends on directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// Its id.
    pub path: String,
    /// One of fn, struct, enum, union, trait, impl, type, const, static, macro, mod, package, file, env.
    pub kind: String,
    /// Its file, relative to its package's root; empty for packages and variables.
    pub file: String,
    /// Its line in that file, counted from 1; 0 without a file.
    pub line: u32,
    /// The hash of its own tokens and of what its names mean.
    pub hash: String,
}

/// The whole table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// One row a checkpointed function, sorted by path, target and position.
    pub rows: Vec<Row>,
    /// For generic functions: the types of the analysed crates, by the name that
    /// `std::any::type_name` gives them, with a hash over what each can reach, and the package, its version and the target
    /// that declare it. Where several types share one name [`AMBIGUOUS`] stands there. [`crate_types`] has a hash alone.
    pub types: BTreeMap<String, String>,
    /// The files in OUT_DIR that were read, relative to it, with the BLAKE3 of their content: the build script may change
    /// them afterwards.
    pub outputs: BTreeMap<String, String>,
    /// Every item that a row reaches, for the reader's eyes: written as comments, not read back.
    pub items: Vec<Dependency>,
}

/// The name under which a table keeps the hash for those types of a crate that have none of their own.
#[must_use]
pub fn crate_types(crate_name: &str) -> String {
    format!("{crate_name}::*")
}

/// Stands in place of the hash of a file in OUT_DIR that was not there.
pub const MISSING: &str = "missing";

/// Stands in place of a type's hash where two types share one name and can't be told apart.
pub const AMBIGUOUS: &str = "ambiguous";

/// Why a table could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableError {
    /// It was written by another version of `checkpointer-build`.
    Version(String),
    /// It is torn or was edited: the checksum does not fit.
    Damaged,
}

impl std::fmt::Display for TableError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(found) => write!(
                f,
                "the table was written in format {found}, but this version reads format {FORMAT_VERSION}: \
                 use one version of checkpointer-runtime and checkpointer-build"
            ),
            Self::Damaged => write!(
                f,
                "the table is damaged (its checksum does not fit): touch build.rs to have it written again"
            ),
        }
    }
}

impl std::error::Error for TableError {}

impl Table {
    /// The table's text. The same table gives the same bytes.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        header(&mut out, self);
        out.push_str("pub const ROWS: &[Row] = &[\n");
        for row in &self.rows {
            write_row(&mut out, row);
        }
        out.push_str("];\n");
        if !self.types.is_empty() {
            out.push_str(
                "\n// The types that a generic function may be called with, by the name the compiler gives them.\n\
                 pub const TYPES: &[(&str, &str)] = &[\n",
            );
            for (name, hash) in &self.types {
                let _ = writeln!(out, "    ({name:?}, {hash:?}),");
            }
            out.push_str("];\n");
        }
        if !self.outputs.is_empty() {
            out.push_str(
                "\n// The files in OUT_DIR that were read: what the build script writes to them later would go unseen.\n\
                 pub const OUTPUTS: &[(&str, &str)] = &[\n",
            );
            for (name, hash) in &self.outputs {
                let _ = writeln!(out, "    ({name:?}, {hash:?}),");
            }
            out.push_str("];\n");
        }
        if !self.items.is_empty() {
            out.push_str("\n// All that these functions reach, each with the hash of its own tokens and names:\n");
            for item in &self.items {
                let _ = writeln!(out, "//   {}", describe(item));
            }
        }
        let checksum = checksum(&out);
        let _ = writeln!(out, "// checksum {checksum}");
        out
    }

    /// Reads a table's text back; its comments are not part of it.
    ///
    /// # Errors
    /// [`TableError`] where the text is of another version, torn or edited.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let version = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix(VERSION_LINE))
            .ok_or(TableError::Damaged)?;
        if version != FORMAT_VERSION.to_string() {
            return Err(TableError::Version(version.to_owned()));
        }
        let body = text.trim_end_matches('\n');
        let (body, last) = body.rsplit_once('\n').ok_or(TableError::Damaged)?;
        let found = last
            .strip_prefix("// checksum ")
            .ok_or(TableError::Damaged)?;
        if found != checksum(&format!("{body}\n")) {
            return Err(TableError::Damaged);
        }
        parse_body(body).ok_or(TableError::Damaged)
    }

    /// The rows by own hash, for the macro's look-up.
    #[must_use]
    pub fn by_own_hash(&self) -> HashMap<&str, Vec<&Row>> {
        let mut map: HashMap<&str, Vec<&Row>> = HashMap::new();
        for row in &self.rows {
            map.entry(&row.own_hash).or_default().push(row);
        }
        map
    }
}

const VERSION_LINE: &str = "// checkpointer table, format ";

fn header(out: &mut String, table: &Table) {
    let _ = writeln!(out, "{VERSION_LINE}{FORMAT_VERSION}");
    let _ = write!(
        out,
        "// Written by checkpointer-build when the package's code changes; not compiled, and not to be edited.\n\
         // {} checkpointed functions. For each:\n\
         //   own_hash      its own tokens: how #[checkpoint] finds its row\n\
         //   code_hash     everything that it can reach: stored results of another hash are not used\n\
         //   capture_hash  the same with the statics that it reaches\n\
         //   dependencies  what it mentions itself; further down, all that is reached\n\n",
        table.rows.len()
    );
}

fn write_row(out: &mut String, row: &Row) {
    let _ = writeln!(out, "    // {}  at {}:{}", row.path, row.file, row.line);
    for dependency in &row.dependencies {
        let _ = writeln!(out, "    //   uses {}", describe(dependency));
    }
    if !row.untrusted.is_empty() {
        let _ = writeln!(out, "    //   NOT TRUSTED: {}", row.untrusted);
    }
    out.push_str("    Row {\n");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "        {name}: {value},");
    };
    field("path", format!("{:?}", row.path));
    field("target", format!("{:?}", row.target));
    field("file", format!("{:?}", row.file));
    field("line", row.line.to_string());
    field("name_at", format!("({}, {})", row.name_at.0, row.name_at.1));
    field("kind", format!("{:?}", row.kind));
    field("own_hash", format!("{:?}", row.own_hash));
    field("code_hash", format!("{:?}", row.code_hash));
    field("capture_hash", format!("{:?}", row.capture_hash));
    field("capture_by_default", row.capture_by_default.to_string());
    field("statics", format!("&{:?}", row.statics));
    field("released", format!("&{:?}", row.released));
    field("captured", format!("&{:?}", row.captured));
    field("switches", format!("&{:?}", row.switches));
    field("scripts", format!("&{:?}", row.scripts));
    field("externs", format!("&{:?}", row.externs));
    field("variables", format!("&{:?}", row.variables));
    field("unresolved", row.unresolved.to_string());
    field("impure", format!("&{:?}", row.impure));
    field("clash", format!("{:?}", row.clash));
    field("untrusted", format!("{:?}", row.untrusted));
    let _ = writeln!(out, "        dependencies: &[");
    for d in &row.dependencies {
        let _ = writeln!(
            out,
            "            ({:?}, {:?}, {:?}, {}, {:?}),",
            d.path, d.kind, d.file, d.line, d.hash
        );
    }
    out.push_str("        ],\n    },\n");
}

fn describe(d: &Dependency) -> String {
    let hash = d.hash.get(..16).unwrap_or(&d.hash);
    if d.file.is_empty() {
        format!("{hash}  {:<7} {}", d.kind, d.path)
    } else {
        format!("{hash}  {:<7} {}  {}:{}", d.kind, d.path, d.file, d.line)
    }
}

fn checksum(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

fn parse_body(body: &str) -> Option<Table> {
    let mut table = Table::default();
    let mut row: Option<Row> = None;
    let mut has_outputs = false;
    for line in body.lines() {
        let line = line.trim();
        has_outputs |= line.starts_with("pub const OUTPUTS");
        if line.is_empty()
            || line.starts_with("//")
            || line.starts_with("pub const")
            || line == "];"
        {
            continue;
        }
        match (line, &mut row) {
            ("Row {", None) => row = Some(Row::default()),
            ("},", Some(_)) => table.rows.extend(row.take()),
            ("],", Some(_)) | ("dependencies: &[", Some(_)) => {}
            (_, Some(row)) if line.starts_with('(') => {
                row.dependencies.push(parse_dependency(line)?)
            }
            (_, Some(row)) => parse_field(line, row)?,
            (_, None) => {
                let mut values = Values(line);
                let name = values.string()?;
                let hash = values.string()?;
                let list = if has_outputs {
                    &mut table.outputs
                } else {
                    &mut table.types
                };
                list.insert(name, hash);
            }
        }
    }
    row.is_none().then_some(table)
}

fn parse_field(line: &str, row: &mut Row) -> Option<()> {
    let (name, value) = line.split_once(": ")?;
    let mut values = Values(value);
    match name {
        "path" => row.path = values.string()?,
        "target" => row.target = values.string()?,
        "file" => row.file = values.string()?,
        "line" => row.line = values.number()?,
        "name_at" => row.name_at = (values.number()?, values.number()?),
        "kind" => row.kind = values.string()?,
        "own_hash" => row.own_hash = values.string()?,
        "code_hash" => row.code_hash = values.string()?,
        "capture_hash" => row.capture_hash = values.string()?,
        "capture_by_default" => row.capture_by_default = value == "true,",
        "statics" => row.statics = values.strings(),
        "released" => row.released = values.strings(),
        "captured" => row.captured = values.strings(),
        "switches" => row.switches = values.strings(),
        "scripts" => row.scripts = values.strings(),
        "externs" => row.externs = values.strings(),
        "variables" => row.variables = values.strings(),
        "unresolved" => row.unresolved = values.number()?,
        "impure" => row.impure = values.strings(),
        "clash" => row.clash = values.string()?,
        "untrusted" => row.untrusted = values.string()?,
        _ => return None,
    }
    Some(())
}

fn parse_dependency(line: &str) -> Option<Dependency> {
    let mut values = Values(line);
    Some(Dependency {
        path: values.string()?,
        kind: values.string()?,
        file: values.string()?,
        line: values.number()?,
        hash: values.string()?,
    })
}

/// The string and number literals of one line, in turn.
struct Values<'a>(&'a str);

impl Values<'_> {
    fn string(&mut self) -> Option<String> {
        let start = self.0.find('"')? + 1;
        let mut text = String::new();
        let mut chars = self.0[start..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.0 = &self.0[start + at + 1..];
                    return Some(text);
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    '0' => text.push('\0'),
                    'u' => {
                        let digits: String = chars
                            .by_ref()
                            .map(|(_, c)| c)
                            .skip(1)
                            .take_while(|c| *c != '}')
                            .collect();
                        text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    }
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        None
    }

    fn strings(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.string()).collect()
    }

    fn number(&mut self) -> Option<u32> {
        let start = self.0.find(|c: char| c.is_ascii_digit())?;
        let rest = &self.0[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number = rest[..end].parse().ok()?;
        self.0 = &rest[end..];
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        Table {
            rows: vec![
                Row {
                    path: "demo::<Model<'a, \"x\"> as Fit>::fit".into(),
                    target: "bin demo".into(),
                    file: "src/odd \"name\"\u{7}.rs".into(),
                    line: 3,
                    name_at: (4, 8),
                    kind: "trait".into(),
                    own_hash: "aa".repeat(32),
                    code_hash: "bb".repeat(32),
                    capture_hash: "cc".repeat(32),
                    capture_by_default: true,
                    statics: vec!["demo::A".into(), "demo::B, \"]".into()],
                    released: vec!["demo::B, \"]".into()],
                    captured: vec!["demo::A".into()],
                    clash: "`mod fit` at src/lib.rs:1".into(),
                    switches: vec!["test".into()],
                    scripts: vec!["generated/out".into()],
                    externs: vec!["generated".into()],
                    variables: vec!["GIT_SHA".into()],
                    unresolved: 2,
                    impure: vec!["std::env::var at src/a.rs:3".into()],
                    dependencies: vec![
                        Dependency {
                            path: "demo::helper".into(),
                            kind: "fn".into(),
                            file: "src/helper.rs".into(),
                            line: 12,
                            hash: "dd".repeat(32),
                        },
                        Dependency {
                            path: "serde 1.0".into(),
                            kind: "package".into(),
                            hash: "ee".repeat(32),
                            ..Dependency::default()
                        },
                    ],
                    untrusted: "src/b.rs does not parse".into(),
                },
                Row {
                    path: "demo::plain".into(),
                    ..Row::default()
                },
            ],
            types: [("demo::T".to_owned(), AMBIGUOUS.to_owned())].into(),
            outputs: [("made.rs".to_owned(), "ff".repeat(32))].into(),
            items: Vec::new(),
        }
    }

    #[test]
    fn a_table_is_read_back_as_it_was_written() {
        assert_eq!(Table::parse(&sample().write()), Ok(sample()));
        assert_eq!(
            Table::parse(&Table::default().write()),
            Ok(Table::default())
        );
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let text = sample().write();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(Table::parse(&changed).is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn a_torn_table_is_noticed() {
        let text = sample().write();
        for length in 0..text.len() - 1 {
            assert!(Table::parse(&text[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let text = sample().write().replacen("format 1", "format 9", 1);
        assert_eq!(Table::parse(&text), Err(TableError::Version("9".into())));
    }

    #[test]
    fn rows_are_found_by_own_hash() {
        let table = sample();
        let map = table.by_own_hash();
        assert_eq!(map[&*"aa".repeat(32)][0].line, 3);
    }
}
