//! Finds what the build script wrote about a function: by its own tokens, then by target, then by position.
//!
//! A crate may have a thousand checkpointed functions, so a table is parsed once per compiler process and searched by
//! key. The process of an editor lives long: there the file's length and time decide whether it is read again.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use checkpointer_syntax::table::{self, Row, Table};
use checkpointer_syntax::{message, tokens};
use proc_macro2::Ident;

use crate::ast::Function;
use crate::built;

/// What is known of a function.
pub(crate) struct Found {
    /// Where a function of these tokens stands, if only in another target: an editor does not say which one it expands.
    pub(crate) kind: Option<String>,
    /// Its row; of several that can't be told apart, one that stands for all.
    pub(crate) row: Option<Row>,
    /// What stands for all that build scripts have made of what it reaches.
    pub(crate) built: Option<String>,
    /// Why it must not compile, shown by a real compile and not by an editor.
    pub(crate) refusal: Option<String>,
    /// For the first expansion of a crate, which makes rustc notice a changed table: the types of the table, as lines of
    /// name, tab and hash.
    pub(crate) first: Option<String>,
}

/// The row of a function, or why there is none.
pub(crate) fn find(function: &Function) -> Found {
    let is_versioned = function
        .option(|options| options.version.as_ref())
        .is_some();
    let mut kind = None;
    let (row, refusal, first) = match Index::load() {
        Err(refusal) => (None, Some(refusal), None),
        Ok((index, is_first)) => {
            let first = is_first.then(|| index.types.clone());
            match index.row(function) {
                Ok(row) if row.untrusted.is_empty() => (Some(row), None, first),
                Ok(row) => {
                    let refusal = message::untrusted(&row.untrusted);
                    (Some(row), Some(refusal), first)
                }
                Err(refusal) => {
                    kind = index.kind_anywhere(function);
                    (None, Some(refusal), first)
                }
            }
        }
    };
    let built = row
        .iter()
        .filter(|_| !is_versioned)
        .find_map(|row| built::digits(row).transpose());
    let (built, refusal) = match built.transpose() {
        Ok(digits) => (digits, refusal),
        Err(missing) => (None, refusal.or(Some(missing))),
    };
    Found {
        kind,
        built,
        row,
        refusal: refusal.filter(|_| !is_versioned),
        first,
    }
}

/// The types of the table, as lines of name, tab and hash, or why there is none. The next function is still the first one.
pub(crate) fn types() -> Result<String, String> {
    Ok(Index::read(&Index::path()?)?.types)
}

/// A parsed table with the ways to look into it.
struct Index {
    rows: Vec<Row>,
    by_own_hash: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, usize>,
    types: String,
    checksum: String,
}

/// The table that this process has read last for each path, with the file's state at that time.
static CACHE: Mutex<Option<Cache>> = Mutex::new(None);

type Cache = HashMap<PathBuf, (Stamp, Arc<Index>)>;

type Stamp = (u64, Option<SystemTime>);

impl Index {
    /// The current table, and whether this process reads it for the first time.
    fn load() -> Result<(Arc<Self>, bool), String> {
        let path = Self::path()?;
        let metadata = std::fs::metadata(&path).map_err(|_| message::NO_TABLE)?;
        let stamp = (metadata.len(), metadata.modified().ok());
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = cache.get_or_insert_with(HashMap::new);
        if let Some((known, index)) = cache.get(&path)
            && *known == stamp
        {
            index.is_current()?;
            return Ok((Arc::clone(index), false));
        }
        let index = Arc::new(Self::read(&path)?);
        cache.insert(path, (stamp, Arc::clone(&index)));
        Ok((index, true))
    }

    fn path() -> Result<PathBuf, String> {
        let folder = std::env::var_os("OUT_DIR").ok_or(message::NO_BUILD_SCRIPT)?;
        Ok(Path::new(&folder).join(table::FILE_NAME))
    }

    fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => message::NO_TABLE.to_owned(),
            _ => format!("checkpointer: {} can't be read: {error}", path.display()),
        })?;
        let table = Table::parse(&text).map_err(|error| format!("checkpointer: {error}"))?;
        let out = path.parent().unwrap_or(path);
        built::verify(out, &table.outputs)?;
        let index = Self::new(table, table::checksum_of(&text).to_owned());
        index.is_current()?;
        Ok(index)
    }

    /// Whether the build script that ran last wrote this table: one from which the call was taken out leaves the old file
    /// in OUT_DIR.
    fn is_current(&self) -> Result<(), String> {
        match std::env::var(table::CHECKSUM_VARIABLE) {
            Ok(checksum) if checksum == self.checksum => Ok(()),
            _ => Err(message::STALE_TABLE.to_owned()),
        }
    }

    fn new(table: Table, checksum: String) -> Self {
        let mut by_own_hash: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_name = HashMap::new();
        for (at, row) in table.rows.iter().enumerate() {
            by_own_hash
                .entry(row.own_hash.clone())
                .or_default()
                .push(at);
            by_name.insert(last_name(&row.path).to_owned(), at);
        }
        let types: Vec<String> = table
            .types
            .iter()
            .map(|(name, hash)| format!("{name}\t{hash}"))
            .collect();
        Self {
            types: types.join("\n"),
            checksum,
            rows: table.rows,
            by_own_hash,
            by_name,
        }
    }

    /// The kind of a function of these tokens in whatever target.
    fn kind_anywhere(&self, function: &Function) -> Option<String> {
        let own_hash = tokens::own_hash(&function.hashed_signature, &function.block);
        let at = self.by_own_hash.get(&own_hash)?.first()?;
        Some(self.rows[*at].kind.clone())
    }

    fn row(&self, function: &Function) -> Result<Row, String> {
        let name = &function.signature.ident;
        let own_hash = tokens::own_hash(&function.hashed_signature, &function.block);
        let target = Target::of_this_process();
        let mut rows: Vec<&Row> = self
            .by_own_hash
            .get(&own_hash)
            .into_iter()
            .flatten()
            .map(|at| &self.rows[*at])
            .filter(|row| target.compiles(row))
            .collect();
        if rows.len() > 1 {
            let here: Vec<&Row> = rows
                .iter()
                .copied()
                .filter(|row| stands_at(row, name))
                .collect();
            if !here.is_empty() {
                rows = here;
            }
        }
        match rows[..] {
            [] if self.by_name.contains_key(&name.to_string()) => {
                Err(message::differing_tokens(&name.to_string()))
            }
            [] => Err(message::no_row(&name.to_string())),
            [row] => Ok(row.clone()),
            [first, ..] => Ok(merge(first, &rows)),
        }
    }
}

/// One row that stands for several functions of equal tokens: whichever this one is, its hash covers its code.
fn merge(first: &Row, rows: &[&Row]) -> Row {
    let mut merged = first.clone();
    let over = |pick: fn(&Row) -> &str| {
        let mut hashes: Vec<&str> = rows.iter().map(|row| pick(row)).collect();
        hashes.sort_unstable();
        blake3::hash(hashes.concat().as_bytes())
            .to_hex()
            .to_string()
    };
    merged.code_hash = over(|row| &row.code_hash);
    merged.capture_hash = over(|row| &row.capture_hash);
    for row in &rows[1..] {
        merged.statics.extend_from_slice(&row.statics);
        merged.released.extend_from_slice(&row.released);
        merged.captured.extend_from_slice(&row.captured);
        merged.switches.extend_from_slice(&row.switches);
        merged.scripts.extend_from_slice(&row.scripts);
        merged.externs.extend_from_slice(&row.externs);
        merged.variables.extend_from_slice(&row.variables);
        merged.dependencies.extend_from_slice(&row.dependencies);
        if merged.clash.is_empty() {
            merged.clash.clone_from(&row.clash);
        }
        if merged.untrusted.is_empty() {
            merged.untrusted.clone_from(&row.untrusted);
        }
    }
    for list in [
        &mut merged.statics,
        &mut merged.captured,
        &mut merged.switches,
        &mut merged.scripts,
        &mut merged.externs,
        &mut merged.variables,
    ] {
        list.sort_unstable();
        list.dedup();
    }
    merged.dependencies.sort_unstable();
    merged.dependencies.dedup();
    merged
}

/// What Cargo tells the compiler about the target that it compiles.
struct Target {
    crate_name: Option<String>,
    binary: Option<String>,
    is_test_or_bench: bool,
}

impl Target {
    fn of_this_process() -> Self {
        Self {
            crate_name: std::env::var("CARGO_CRATE_NAME").ok(),
            binary: std::env::var("CARGO_BIN_NAME").ok(),
            is_test_or_bench: std::env::var_os("CARGO_TARGET_TMPDIR").is_some(),
        }
    }

    fn compiles(&self, row: &Row) -> bool {
        let (kind, name) = row.target.split_once(' ').unwrap_or((&row.target, ""));
        if let Some(binary) = &self.binary {
            return matches!(kind, "bin" | "example") && name == binary;
        }
        let Some(crate_name) = &self.crate_name else {
            return true;
        };
        match kind {
            "lib" => !self.is_test_or_bench,
            "bin" => false,
            _ => name.replace('-', "_") == *crate_name,
        }
    }
}

/// Whether the function's name stands where the row says.
fn stands_at(row: &Row, name: &Ident) -> bool {
    let span = name.span().unwrap();
    let position = (span.line(), span.column());
    let (line, column) = row.name_at;
    position == (line as usize, column as usize)
        && span
            .local_file()
            .is_some_and(|file| file.ends_with(&row.file))
}

fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
