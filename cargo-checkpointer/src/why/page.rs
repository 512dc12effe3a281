//! The answer for people: as much of it as fits into twelve lines.

use super::cause::Cause;
use super::change::Shown;
use super::{Answer, LINES};
use crate::list::seconds;
use crate::output::{self, BAD, DIM, GOOD, NAME, Page, Report, WARN, ago, count, paint, time};

impl Report for Answer {
    const COMMAND: &'static str = "why";

    fn human(&self, page: &mut Page) {
        let place = paint(DIM, format_args!("{}:{}", self.file, self.line));
        page.line(format_args!("{}  {place}", paint(NAME, &self.function)));
        if self.causes.is_empty() {
            let entries = count(self.current_entries, "result", "results");
            page.line(paint(
                GOOD,
                format_args!("up to date: {entries} of the code as it is now"),
            ));
        }
        if let Some(blessed) = &self.blessed {
            page.line(paint(
                DIM,
                format_args!("results of older code stand for this code, as said by {blessed}"),
            ));
        }
        for (at, cause) in self.causes.iter().enumerate() {
            let before = page.0.len();
            self.cause(cause, page);
            let is_last = at + 1 == self.causes.len();
            let room = LINES - usize::from(!is_last);
            if at > 0 && !self.show_all && page.0.lines().count() > room {
                page.0.truncate(before);
                let rest = count((self.causes.len() - at) as u64, "more cause", "more causes");
                page.line(paint(DIM, format_args!("and {rest}; --all shows them")));
                return;
            }
        }
    }
}

impl Answer {
    fn cause(&self, cause: &Cause, page: &mut Page) {
        let results = |entries: u64| count(entries, "result", "results");
        match cause {
            Cause::Code { code_hash, entries, seconds: spent, stored, changes } => {
                let stored = stored.map(|stored| format!(", the last {}", ago(stored, self.now)));
                page.line(format_args!(
                    "{} {} ({} of computation{})",
                    paint(BAD, "recomputed:"),
                    format_args!("{} of older code {}", results(*entries), &code_hash[..8]),
                    time(seconds(*spent)),
                    stored.unwrap_or_default()
                ));
                self.changes(changes, page);
            }
            Cause::UnknownCode { code_hash, entries } => page.line(format_args!(
                "{} {} of other code {}, of which no record is at hand: neither the store nor target/ remembers it",
                paint(BAD, "recomputed:"),
                results(*entries),
                &code_hash[..8]
            )),
            Cause::NeverStored => page.line("nothing was stored yet: the first call of each argument computes"),
            Cause::InMemory => page.line("results stay in memory: each process computes them once"),
            Cause::Expired { entries } => page.line(format_args!(
                "{} {} than its `expiry`",
                paint(WARN, "expired:"),
                format_args!("{} older", results(*entries))
            )),
            Cause::MayExpire => page.line(paint(DIM, "only the program knows when results expire (`expiry` or `should_expire` is no plain number)")),
            Cause::Damaged { entries, reason } => page.line(format_args!(
                "{} {} can't be read: {}; they are computed anew when they are asked for",
                paint(BAD, "damaged:"),
                results(*entries),
                output::clean(reason)
            )),
            Cause::Format { entries } => page.line(format_args!(
                "{} {} in the format of a newer version; update checkpointer-runtime to use them",
                paint(WARN, "format:"),
                results(*entries)
            )),
            Cause::Argument { call_hash, others } => page.line(format_args!(
                "{} no call with these arguments (call hash {}) was stored; {} of other arguments are there",
                paint(BAD, "another argument:"),
                call_hash.get(..8).unwrap_or_default(),
                results(*others)
            )),
            Cause::Stored { call_hash, stored } => page.line(format_args!(
                "{} the result of this call (call hash {}) was stored {}",
                paint(GOOD, "up to date:"),
                call_hash.get(..8).unwrap_or_default(),
                stored.map(|stored| ago(stored, self.now)).unwrap_or_default()
            )),
            Cause::Version => page.line(paint(DIM, "its `version` stands for its code: edits alone recompute nothing")),
        }
    }

    /// As many changes as there is room for, and the names of some of the others.
    fn changes(&self, changes: &[Shown], page: &mut Page) {
        if changes.is_empty() {
            page.line("nothing that it reaches differs; something beside its items does (a merged row, or another target)");
        }
        for (at, change) in changes.iter().enumerate() {
            let drawn = change.human();
            let used = page.0.lines().count();
            let is_last = at + 1 == changes.len();
            // A line for the names of the others, and one for other causes.
            let below = usize::from(!is_last) + usize::from(self.causes.len() > 1);
            let room = LINES.saturating_sub(used + below);
            if at > 0 && !self.show_all && drawn.lines().count() > room {
                let names: Vec<String> = changes[at..]
                    .iter()
                    .take(3)
                    .map(|c| c.item.clone())
                    .collect();
                let rest = changes.len() - at;
                let dots = if rest > names.len() { ", …" } else { "" };
                page.line(paint(
                    DIM,
                    format_args!("and {rest} more: {}{dots}", names.join(", ")),
                ));
                return;
            }
            page.0 += &drawn;
        }
    }
}
