//! A change of source text, drawn as rustc draws its suggestions: the lines before and after.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Level, Patch, Renderer, Snippet};
use similar::{ChangeTag, TextDiff};

use crate::output::clean;

/// How many lines of each side are shown.
const MOST: usize = 2;

/// How wide a drawing may be.
const WIDTH: usize = 120;

/// The first place where two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// The number of the first line, as it is now.
    pub(crate) line: u32,
    /// The lines as they were.
    pub(crate) before: Vec<String>,
    /// The lines as they are.
    pub(crate) now: Vec<String>,
    /// How many more lines differ.
    pub(crate) more: usize,
}

/// Where two versions of an item differ. Lines that differ by white space alone do not.
pub(crate) fn hunk(before: &[String], now: &[String], first_line: u32) -> Option<Hunk> {
    let packed = |lines: &[String]| -> Vec<String> {
        let packed = |line: &String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.iter().map(packed).collect()
    };
    let (old, new) = (packed(before), packed(now));
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&old, &new);
    let is_code = |text: &str| !text.is_empty() && !text.starts_with("//");
    let mut hunks: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut is_open = false;
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => is_open = false,
            tag => {
                if !is_open {
                    hunks.push(Default::default());
                    is_open = true;
                }
                let Some((gone, come)) = hunks.last_mut() else {
                    continue;
                };
                match tag {
                    ChangeTag::Delete => gone.extend(change.old_index()),
                    _ => come.extend(change.new_index()),
                }
            }
        }
    }
    // Comments count for nothing, so a hunk of them alone is not why.
    hunks.retain(|(gone, come)| {
        gone.iter().any(|at| is_code(old[*at])) || come.iter().any(|at| is_code(new[*at]))
    });
    let all: usize = hunks
        .iter()
        .map(|(gone, come)| gone.len() + come.len())
        .sum();
    let (gone, come) = hunks.into_iter().next()?;
    let pick = |lines: &[String], places: &[usize]| -> Vec<String> {
        places
            .iter()
            .take(MOST)
            .map(|at| lines[*at].clone())
            .collect()
    };
    let at = come.first().copied().unwrap_or_else(|| {
        let first = gone.first().copied().unwrap_or_default();
        first.min(now.len().saturating_sub(1))
    });
    let (before, now) = (pick(before, &gone), pick(now, &come));
    Some(Hunk {
        line: first_line + at as u32,
        more: all - before.len() - now.len(),
        before,
        now,
    })
}

/// The drawing: title, place, the lines before with `-` and after with `+`.
pub(crate) fn draw(name: &str, title: &str, path: &str, hunk: &Hunk) -> String {
    let (title, path) = (clean(title), clean(path));
    let before = without_margin(&hunk.before, &hunk.now);
    let now = without_margin(&hunk.now, &hunk.before);
    let level = Level::HELP.with_name(Some(name));
    let renderer = Renderer::styled()
        .decor_style(DecorStyle::Ascii)
        .term_width(WIDTH);
    if before.is_empty() {
        let snippet = Snippet::source(now.clone())
            .path(path)
            .line_start(hunk.line as usize)
            .annotation(
                annotate_snippets::AnnotationKind::Primary
                    .span(0..first_line(&now))
                    .label("new"),
            );
        return renderer.render(&[level.primary_title(title).element(snippet)]);
    }
    let snippet = Snippet::source(before.clone())
        .path(path)
        .line_start(hunk.line as usize)
        .patch(Patch::new(0..before.len(), now));
    renderer.render(&[level.primary_title(title).element(snippet)])
}

fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len()).max(1)
}

/// The lines as one text, without the white space that all of them begin with.
fn without_margin(lines: &[String], others: &[String]) -> String {
    let margin = |line: &String| line.len() - line.trim_start().len();
    let all = lines
        .iter()
        .chain(others)
        .filter(|line| !line.trim().is_empty());
    let least = all.map(margin).min().unwrap_or_default();
    let cut: Vec<String> = lines
        .iter()
        .map(|line| clean(line.get(least..).unwrap_or_default()).replace('\t', "    "))
        .collect();
    cut.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_first_changed_lines_are_found_and_the_others_counted() {
        let before = lines("fn f() {\n    one();\n    two();\n    three();\n}");
        let now = lines("fn f() {\n    one();\n    2;\n    three();\n    four();\n}");
        let found = hunk(&before, &now, 10).expect("they differ");
        assert_eq!(found.line, 12);
        assert_eq!(found.before, ["    two();"]);
        assert_eq!(found.now, ["    2;"]);
        assert_eq!(found.more, 1);
    }

    #[test]
    fn spacing_and_comments_are_no_difference() {
        let before = lines("fn f() {\n  one();\n}");
        let now = lines("fn f() {\n    one();\n    // why\n}");
        assert_eq!(hunk(&before, &now, 1), None);
    }

    #[test]
    fn a_drawing_shows_both_sides() {
        let hunk = Hunk {
            line: 12,
            before: lines("    x * 1"),
            now: lines("    x * 2"),
            more: 0,
        };
        let drawn = anstream::adapter::strip_str(&draw("edited", "fn `a::b`", "src/lib.rs", &hunk))
            .to_string();
        assert!(drawn.contains("src/lib.rs:12"), "{drawn}");
        assert!(
            drawn.contains("- x * 1") && drawn.contains("+ x * 2"),
            "{drawn}"
        );
        assert!(drawn.lines().count() <= 8, "{drawn}");
    }
}
