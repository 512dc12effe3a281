//! How results reach stdout: for people or as JSON, with or without colours.

use std::fmt::{self, Display, Write as _};
use std::io::{ErrorKind, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// The version of the JSON of all commands but `analyze`, which has its own.
pub(crate) const SCHEMA: u32 = 1;

/// The form of a command's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs: one object with the version of its schema
    Json,
    /// The JSON schema of what `json` prints
    Schema,
    /// A table for a pull request
    Markdown,
    /// Of `graph`: one page for a browser
    Html,
    /// Of `graph`: Graphviz
    Dot,
    /// Of `graph`: Mermaid
    Mermaid,
}

/// What a command found.
pub(crate) trait Report: Serialize + JsonSchema {
    /// The command's name.
    const COMMAND: &'static str;

    /// Writes it for people.
    fn human(&self, page: &mut Page);

    /// Writes it for a pull request.
    fn markdown(&self, page: &mut Page) {
        self.human(page);
    }
}

/// The JSON object around every report.
#[derive(Serialize, JsonSchema)]
struct Envelope<'r, R> {
    /// The version of this form.
    schema: u32,
    /// The command that printed it.
    command: &'static str,
    #[serde(flatten)]
    report: &'r R,
}

/// Prints the schema of a report if that is what was asked for.
pub(crate) fn is_schema<R: Report + 'static>(format: Format) -> anyhow::Result<bool> {
    if format != Format::Schema {
        return Ok(false);
    }
    let schema = schemars::schema_for!(Envelope<'static, R>);
    write_out(&(serde_json::to_string_pretty(&schema)? + "\n"))?;
    Ok(true)
}

/// Prints a report.
pub(crate) fn print<R: Report>(format: Format, report: &R) -> anyhow::Result<()> {
    let mut page = Page::default();
    match format {
        Format::Human => report.human(&mut page),
        Format::Markdown => report.markdown(&mut page),
        Format::Json | Format::Schema => {
            let envelope = Envelope {
                schema: SCHEMA,
                command: R::COMMAND,
                report,
            };
            let _ = writeln!(page.0, "{}", serde_json::to_string_pretty(&envelope)?);
        }
        Format::Html | Format::Dot | Format::Mermaid => anyhow::bail!(
            "`{}` has no such form; use human, json, markdown or schema",
            R::COMMAND
        ),
    }
    write_out(&page.0)
}

/// Writes to stdout, without colours where they are not wanted. A reader that has seen enough is no error.
pub(crate) fn write_out(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A line of another program, on stderr.
pub(crate) fn tell(line: &str) {
    let _ = anstream::stderr().write_all(format!("{}\n", clean(line)).as_bytes());
}

/// A note to the person at the terminal, on stderr.
pub(crate) fn note(text: &str) {
    say("note", AnsiColor::Cyan, text);
}

/// A warning on stderr.
pub(crate) fn warn(text: &str) {
    say("warning", AnsiColor::Yellow, text);
}

fn say(word: &str, colour: AnsiColor, text: &str) {
    let style = colour.on_default().bold();
    let line = format!("{style}{word}{style:#}: {}\n", clean(text));
    // Nobody to tell if stderr is closed.
    let _ = anstream::stderr().write_all(line.as_bytes());
}

/// Text that is being written, with styles as escape sequences.
#[derive(Default)]
pub(crate) struct Page(pub(crate) String);

impl Page {
    /// A line.
    pub(crate) fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A table: columns are as wide as their widest cell, and numbers stand at the right.
    pub(crate) fn table(&mut self, heads: &[Head], rows: &[Vec<Cell>]) {
        let width = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let widest = cells.map(Cell::width).max().unwrap_or_default();
            widest.max(heads[at].0.chars().count())
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        let mut put = |cells: &[Cell]| {
            let mut line = String::new();
            for ((cell, width), head) in cells.iter().zip(&widths).zip(heads) {
                let space = " ".repeat(width.saturating_sub(cell.width()));
                let style = cell.style;
                let _ = match head.1 {
                    Side::Left => write!(line, "{style}{}{style:#}{space}  ", cell.text),
                    Side::Right => write!(line, "{space}{style}{}{style:#}  ", cell.text),
                };
            }
            self.line(line.trim_end());
        };
        let bold = Style::new().bold();
        let first: Vec<Cell> = heads
            .iter()
            .map(|head| Cell::styled(head.0, bold))
            .collect();
        put(&first);
        for row in rows {
            put(row);
        }
    }

    /// The same as a Markdown table.
    pub(crate) fn markdown_table(&mut self, heads: &[Head], rows: &[Vec<Cell>]) {
        let escaped = |text: &str| text.replace('|', "\\|").replace('<', "&lt;");
        let names: Vec<&str> = heads.iter().map(|head| head.0).collect();
        self.line(format_args!("| {} |", names.join(" | ")));
        let sides = heads.iter().map(|head| match head.1 {
            Side::Left => "---",
            Side::Right => "---:",
        });
        self.line(format_args!(
            "| {} |",
            sides.collect::<Vec<_>>().join(" | ")
        ));
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| escaped(&cell.text)).collect();
            self.line(format_args!("| {} |", cells.join(" | ")));
        }
    }
}

/// A column's name, and where its cells stand.
pub(crate) struct Head(pub(crate) &'static str, pub(crate) Side);

/// Where a cell's text stands.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// Names.
    Left,
    /// Numbers.
    Right,
}

/// One cell of a table.
#[derive(Clone)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text without style.
    pub(crate) fn plain(text: impl Display) -> Self {
        Self::styled(text, Style::new())
    }

    /// A text with a style.
    pub(crate) fn styled(text: impl Display, style: Style) -> Self {
        Self {
            text: clean(&text.to_string()),
            style,
        }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// Names come from sources and files: no escape sequence of theirs may reach the terminal.
pub(crate) fn clean(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() && c != '\n' && c != '\t' {
            '\u{FFFD}'
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// The style of what is fine.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The style of what is stale or wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// The style of what deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// The style of names.
pub(crate) const NAME: Style = Style::new().bold();
/// The style of what is said beside.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{}{style:#}", clean(&text.to_string()))
}

/// A number of bytes: `812 B`, `3.4 KiB`, `1.2 GiB`.
pub(crate) fn bytes(count: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", units[unit])
}

/// A duration: `0`, `12 ms`, `3.4 s`, `5 min`, `2.5 h`.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        0.0 => "0".to_owned(),
        s if s < 0.001 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s if s < 100.0 * 3600.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} d", s / 86400.0),
    }
}

/// How long ago: `just now`, `5 min ago`, `3 days ago`.
pub(crate) fn ago(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - then).num_seconds();
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86400),
    }
}

/// `1 entry`, `2 entries`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A list in a sentence: `a, b and c`.
pub(crate) struct Listed<'l>(pub(crate) &'l [String]);

impl Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("nothing"),
            [only] => f.write_str(only),
            [first @ .., last] => write!(f, "{} and {last}", first.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(1024 * 1024 - 1), "1.0 MiB");
        assert_eq!(bytes(u64::MAX), "16777216.0 TiB");
        assert_eq!(time(Duration::ZERO), "0");
        assert_eq!(time(Duration::from_micros(12)), "12 µs");
        assert_eq!(time(Duration::from_millis(1200)), "1.2 s");
        assert_eq!(time(Duration::from_secs(7200)), "2.0 h");
    }

    #[test]
    fn no_control_character_of_a_name_reaches_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\n"), "a\u{FFFD}[31mb\n");
        let mut page = Page::default();
        page.table(&[Head("name", Side::Left)], &[vec![Cell::plain("x\u{7}")]]);
        assert!(!page.0.contains('\u{7}'));
    }
}
