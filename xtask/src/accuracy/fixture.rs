//! Reads the edit fixtures: tiny crates written down together with one edit and its verdict.
//!
//! The format is described in `xtask/fixtures/README.md`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// The two states of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// As the file is read without the edit.
    Before,
    /// With the edit made.
    After,
}

/// Which of a function's two hashes a verdict speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// The code hash.
    Hash,
    /// The code hash with statics counted.
    CaptureHash,
}

/// One claim about one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The function's id, complete.
    pub(crate) id: String,
    /// The hash that is meant.
    pub(crate) column: Column,
    /// Whether the edit must change it; otherwise it must stay.
    pub(crate) changes: bool,
}

/// One tiny crate, an edit and its verdicts.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    /// The fact that it shows, as a sentence.
    pub(crate) name: String,
    /// The file it stands in, without folder and extension.
    pub(crate) group: String,
    /// Its claims, at least one.
    pub(crate) verdicts: Vec<Verdict>,
    edition: String,
    options: BTreeMap<String, String>,
    files: Vec<SourceFile>,
}

#[derive(Clone, Debug)]
struct SourceFile {
    path: String,
    only: Option<State>,
    text: String,
}

impl Fixture {
    /// The edition of the crate.
    pub(crate) fn edition(&self) -> &str {
        &self.edition
    }

    /// A header line's value in a state, if the fixture has such a line.
    pub(crate) fn option(&self, key: &str, state: State) -> Option<String> {
        self.options
            .get(key)
            .map(|value| choose(value, state).trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// All files of a state by their path.
    pub(crate) fn files(&self, state: State) -> BTreeMap<String, String> {
        let crlf = self.option("line endings", state).as_deref() == Some("crlf");
        let files = self.files.iter();
        let files = files.filter(|file| file.only.is_none_or(|only| only == state));
        let texts = files.map(|file| (file.path.clone(), choose(&file.text, state)));
        texts
            .map(|(path, text)| {
                let text = if crlf {
                    text.replace('\n', "\r\n")
                } else {
                    text
                };
                (path, text)
            })
            .collect()
    }

    /// Whether the fixture claims nothing but that hashes stay.
    pub(crate) fn is_harmless(&self) -> bool {
        self.verdicts.iter().all(|verdict| !verdict.changes)
    }
}

/// Reads every fixture file of a folder, in the order of their names.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<Fixture>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read the fixtures in {}", folder.display()))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let mut fixtures = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let group = path.file_stem().unwrap_or_default().to_string_lossy();
        fixtures.extend(parse(&group, &text).with_context(|| format!("in {}", path.display()))?);
    }
    let mut names: Vec<_> = fixtures.iter().map(|fixture| &fixture.name).collect();
    names.sort();
    for pair in names.windows(2) {
        ensure!(
            pair[0] != pair[1],
            "two fixtures say `{}`: reword one",
            pair[0]
        );
    }
    Ok(fixtures)
}

/// Splits a fixture file; what stands before the first `=== ` is a remark.
pub(crate) fn parse(group: &str, text: &str) -> Result<Vec<Fixture>> {
    let text = format!("\n{text}");
    text.split("\n=== ")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('\n').unwrap_or((part, ""));
            parse_one(group, name.trim(), rest).with_context(|| format!("fixture `{name}`"))
        })
        .collect()
}

fn parse_one(group: &str, name: &str, text: &str) -> Result<Fixture> {
    let mut fixture = Fixture {
        name: name.to_owned(),
        group: group.to_owned(),
        verdicts: Vec::new(),
        edition: "2024".to_owned(),
        options: BTreeMap::new(),
        files: Vec::new(),
    };
    let (header, body) = text
        .split_once("\n\n")
        .context("no empty line ends its header")?;
    for line in header.lines() {
        let (key, value) = line
            .split_once(':')
            .with_context(|| format!("`{line}` is no `key: value`"))?;
        let value = value.trim();
        match key {
            "changes" => fixture.claim(value, Column::Hash, true),
            "stays" => fixture.claim(value, Column::Hash, false),
            "capture changes" => fixture.claim(value, Column::CaptureHash, true),
            "capture stays" => fixture.claim(value, Column::CaptureHash, false),
            "edition" => value.clone_into(&mut fixture.edition),
            "features" | "line endings" | "env" => {
                fixture.options.insert(key.to_owned(), value.to_owned());
            }
            _ => bail!("the header line `{key}` is not known"),
        }
    }
    ensure!(
        !fixture.verdicts.is_empty(),
        "no verdict: add `changes:` or `stays:`"
    );
    let mut current = SourceFile {
        path: "src/lib.rs".to_owned(),
        only: None,
        text: String::new(),
    };
    for line in body.split_inclusive('\n') {
        let Some(heading) = line.strip_prefix("--- ") else {
            current.text.push_str(line);
            continue;
        };
        let mut words = heading.split_whitespace();
        let path = words.next().context("`---` names no file")?.to_owned();
        let only = match words.next() {
            None => None,
            Some("before") => Some(State::Before),
            Some("after") => Some(State::After),
            Some(word) => bail!("`{word}` after a file's name is neither before nor after"),
        };
        let next = SourceFile {
            path,
            only,
            text: String::new(),
        };
        fixture.push(std::mem::replace(&mut current, next));
    }
    fixture.push(current);
    ensure!(
        State::Before.differs(&fixture),
        "it edits nothing: put ⟦before→after⟧ somewhere"
    );
    Ok(fixture)
}

impl Fixture {
    fn claim(&mut self, ids: &str, column: Column, changes: bool) {
        for id in ids.split_whitespace() {
            let id = match id.strip_prefix("::") {
                Some(complete) => complete.to_owned(),
                None => format!("demo::{id}"),
            };
            self.verdicts.push(Verdict {
                id,
                column,
                changes,
            });
        }
    }

    fn push(&mut self, file: SourceFile) {
        if !file.text.trim().is_empty() || file.path != "src/lib.rs" {
            self.files.push(file);
        }
    }
}

impl State {
    fn differs(self, fixture: &Fixture) -> bool {
        let options = fixture
            .options
            .keys()
            .any(|key| fixture.option(key, self) != fixture.option(key, State::After));
        options || fixture.files(self) != fixture.files(State::After)
    }
}

/// Takes one side of every `⟦before→after⟧`.
fn choose(text: &str, state: State) -> String {
    let mut chosen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, marked)) = rest.split_once('⟦') {
        chosen.push_str(plain);
        let (edit, tail) = marked.split_once('⟧').unwrap_or((marked, ""));
        let (before, after) = edit.split_once('→').unwrap_or((edit, edit));
        chosen.push_str(if state == State::Before {
            before
        } else {
            after
        });
        rest = tail;
    }
    chosen.push_str(rest);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "A remark.\n=== a fact\nchanges: root\nstays: other\n\nfn root() -> u8 { ⟦1→2⟧ }\n\
        --- src/b.rs after\nfn b() {}\n";

    #[test]
    fn an_edit_shows_in_the_files_of_each_state() {
        let fixtures = parse("group", TEXT).unwrap();
        let before = fixtures[0].files(State::Before);
        let after = fixtures[0].files(State::After);
        assert_eq!(before["src/lib.rs"], "fn root() -> u8 { 1 }\n");
        assert_eq!(after["src/lib.rs"], "fn root() -> u8 { 2 }\n");
        assert_eq!((before.len(), after.len()), (1, 2));
    }

    #[test]
    fn verdicts_name_functions_of_the_crate_demo() {
        let fixture = &parse("group", TEXT).unwrap()[0];
        assert_eq!(fixture.verdicts[0].id, "demo::root");
        assert!(fixture.verdicts[0].changes && !fixture.verdicts[1].changes);
    }

    #[test]
    fn a_fixture_without_an_edit_is_refused() {
        assert!(parse("group", "=== nothing\nstays: root\n\nfn root() {}\n").is_err());
    }

    #[test]
    fn a_fixture_without_a_verdict_is_refused() {
        assert!(parse("group", "=== nothing\nedition: 2024\n\nfn root() {⟦→ ⟧}\n").is_err());
    }
}
