//! Random edits of real crates: `why` names the edited item, in at most twelve lines.
//!
//! A handful of edits of one crate by default; `WHY_EDITS=200` makes so many, spread over several crates.

mod support;

use std::path::{Path, PathBuf};

use checkpointer_build::{InspectOptions, Inspection, inspect};
use support::Project;

/// Crates that this workspace is built from, so that their sources are at hand.
const CRATES: &[&str] = &[
    "semver",
    "strsim",
    "walkdir",
    "smallvec",
    "similar",
    "anstyle-parse",
];

const LINES: usize = 12;

/// Every so many functions of a crate gets `#[checkpoint]`.
const STRIDE: usize = 5;

#[test]
fn why_names_the_edited_item_in_twelve_lines() {
    let wanted: usize = std::env::var("WHY_EDITS")
        .map_or(Ok(10), |text| text.parse())
        .expect("a number");
    let crates = match wanted {
        ..=20 => &CRATES[..1],
        _ => CRATES,
    };
    let share = wanted.div_ceil(crates.len());
    let mut random = Random(20_261_122);
    let mut checked = 0;
    for name in crates {
        let Some(folder) = source_of(name) else {
            continue;
        };
        let named = edits_of(name, &folder, share.min(wanted - checked), &mut random);
        println!("{name}: {named} edits, each named");
        checked += named;
    }
    assert!(
        checked * 10 >= wanted * 9,
        "only {checked} of {wanted} edits changed a hash"
    );
}

/// Where Cargo keeps the source of a dependency.
fn source_of(name: &str) -> Option<PathBuf> {
    let rustc = std::process::Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc starts");
    let version = String::from_utf8(rustc.stdout).expect("it is text");
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc has a host");
    // Of another platform's dependencies the sources may not be at hand.
    let options = ["--offline", "--filter-platform", host]
        .map(str::to_owned)
        .to_vec();
    let metadata = cargo_metadata::MetadataCommand::new()
        .other_options(options)
        .exec();
    let metadata = metadata.expect("the workspace was built, so its dependencies are at hand");
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name == name)?;
    Some(package.manifest_path.parent()?.as_std_path().to_owned())
}

fn edits_of(name: &str, folder: &Path, wanted: usize, random: &mut Random) -> usize {
    let project = Project::without_sources();
    let source = folder.join("src");
    for entry in walkdir::WalkDir::new(&source)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            let relative = entry.path().strip_prefix(&source).expect("it is below");
            let text = std::fs::read_to_string(entry.path()).expect("it is text");
            project.write(&format!("src/{}", relative.display()), &text);
        }
    }
    checkpoint_some(&project);
    project.init();
    let before = project.inspect();
    project.run_all(&before);
    let mut checked = 0;
    for _ in 0..wanted * 20 {
        if checked == wanted {
            break;
        }
        let Some(edit) = Edit::any(&project, &before, random) else {
            continue;
        };
        std::fs::write(&edit.path, &edit.after).expect("it is writable");
        if let Some(function) = changed_function(&project, &before, &edit.id) {
            let shown = project.shown(&["why", &function]);
            let title = format!(
                "{name}: {} in {}: {} became {}",
                edit.id,
                edit.path.display(),
                edit.from,
                edit.to
            );
            let is_named = match edit.is_shared || edit.is_renaming(&project) {
                false => shown.contains(&edit.id),
                // What a macro's call makes is named by the call's place: the edit may be in any of it, or rename it.
                true => shown.contains(&edit.place),
            };
            assert!(is_named, "{title}\n{shown}");
            assert!(shown.lines().count() <= LINES, "{title}\n{shown}");
            checked += 1;
        }
        std::fs::write(&edit.path, &edit.before).expect("it is writable");
    }
    checked
}

/// Puts `#[checkpoint]` on some functions, from the last line up, so that lines above stay where they are.
fn checkpoint_some(project: &Project) {
    let all = InspectOptions {
        all: true,
        ..InspectOptions::default()
    };
    let found =
        inspect(&project.root().join("Cargo.toml"), &all).expect("the crate can be analysed");
    let mut places: Vec<(PathBuf, u32)> = found
        .state
        .roots
        .iter()
        .map(|root| found.state.item(root.item))
        .filter_map(|item| Some((found.paths[item.file? as usize].clone(), item.line)))
        .collect();
    places.sort();
    places.dedup();
    let chosen: Vec<&(PathBuf, u32)> = places.iter().step_by(STRIDE).collect();
    for (path, line) in chosen.into_iter().rev() {
        let text = std::fs::read_to_string(path).expect("it is there");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(*line as usize - 1, "#[checkpointer_runtime::checkpoint]");
        std::fs::write(path, lines.join("\n") + "\n").expect("it is writable");
    }
}

/// A function whose hash is another one, and which reached the edited item.
fn changed_function(project: &Project, before: &Inspection, edited: &str) -> Option<String> {
    let after = project.inspect();
    let reaches = |function: &str| {
        let mut roots = before.state.roots_of(function);
        roots.any(|root| {
            root.closure
                .iter()
                .any(|at| before.state.item(*at).id == edited)
        })
    };
    let function = after.functions.iter().find(|function| {
        let was = before
            .functions
            .iter()
            .find(|known| known.row.path == function.row.path);
        was.is_some_and(|was| was.row.code_hash != function.row.code_hash)
            && reaches(&function.row.path)
    });
    function.map(|function| function.row.path.clone())
}

/// One change of a number or an operator.
struct Edit {
    id: String,
    /// File and line of the item.
    place: String,
    /// Whether other items have the same place, as those that one macro's call makes.
    is_shared: bool,
    path: PathBuf,
    before: String,
    after: String,
    from: String,
    to: String,
}

impl Edit {
    /// A change somewhere in an item that some function reaches; `None` where the chosen one has nothing to change.
    fn any(project: &Project, state: &Inspection, random: &mut Random) -> Option<Self> {
        let reached: Vec<u32> = state
            .state
            .roots
            .iter()
            .flat_map(|root| root.closure.iter().copied())
            .collect();
        let item = state.state.item(reached[random.below(reached.len())]);
        if !["fn", "const"].contains(&item.kind.as_str()) {
            return None;
        }
        let path = state.paths[item.file? as usize].clone();
        assert!(
            path.starts_with(project.root()),
            "{} is not the copy",
            path.display()
        );
        let before = std::fs::read_to_string(&path).expect("it is there");
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        let range = item.line as usize - 1..item.end_line as usize;
        let changes = [
            ("0", "7"),
            ("1", "8"),
            (" + ", " - "),
            (" - ", " + "),
            (" < ", " >= "),
            (" == ", " != "),
            ("true", "false"),
        ];
        let mut places = Vec::new();
        for at in range {
            for (from, to) in changes {
                let code = lines[at].split("//").next().unwrap_or_default();
                if let Some(column) = code.find(from)
                    && is_apart(code, column, from)
                {
                    places.push((at, column, from, to));
                }
            }
        }
        if places.is_empty() {
            return None;
        }
        let (at, column, from, to) = places[random.below(places.len())];
        let line = &lines[at];
        let changed = format!("{}{to}{}", &line[..column], &line[column + from.len()..]);
        lines[at] = changed;
        // A plus between bounds, say, can't be another operator: what does not parse is no edit of code.
        syn::parse_file(&lines.join("\n")).ok()?;
        // What stands inside of another item belongs to that one.
        let innermost = innermost(state, &path, at as u32 + 1)?;
        let known = state.state.item(state.state.find(&innermost)?);
        let file = state.state.file(known)?;
        Some(Self {
            place: format!("{}:{}", file.path, known.line),
            is_shared: state
                .state
                .items
                .iter()
                .filter(|item| {
                    (item.file, item.line, item.end_line)
                        == (known.file, known.line, known.end_line)
                })
                .count()
                > 1,
            id: innermost,
            after: lines.join("\n") + "\n",
            path,
            before,
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }
}

impl Edit {
    /// Whether the item's name is gone with the edit: a type that stood in its name was edited.
    fn is_renaming(&self, project: &Project) -> bool {
        project.inspect().state.find(&self.id).is_none()
    }
}

/// Whether what was found is no part of a longer number, name or text.
fn is_apart(code: &str, column: usize, from: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_.\"'\\".contains(c);
    let before = code[..column].chars().next_back();
    let after = code[column + from.len()..].chars().next();
    !code.contains('"')
        && !code.contains('#')
        && !before.is_some_and(is_part)
        && !after.is_some_and(is_part)
}

fn innermost(state: &Inspection, path: &Path, line: u32) -> Option<String> {
    let is_around = |item: &&checkpointer_syntax::state::Item| {
        item.file
            .is_some_and(|file| state.paths[file as usize] == path)
            && (item.line..=item.end_line).contains(&line)
    };
    let around = state.state.items.iter().filter(is_around);
    around
        .min_by_key(|item| item.end_line - item.line)
        .map(|item| item.id.clone())
}

/// The numbers of a linear congruential generator (D. Knuth, "The Art of Computer Programming", volume 2, 3.3.4).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
