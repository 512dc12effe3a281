//! Misses that have a name and a reason, so that every other one is a failure.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

use super::measure::Miss;

/// One miss that is known, and why it is none.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    subject: String,
    from: String,
    to: String,
    reason: String,
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            from,
            to,
            reason,
        } = self;
        write!(f, "{subject}: `{from}` → `{to}`: {reason}")
    }
}

/// Reads `subject | from | to | reason`, one a line; `*` at the end of an id stands for anything.
pub(crate) fn read(path: &Path) -> Result<Vec<Exception>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<Exception>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.split(" | ").map(|part| part.trim().to_owned());
            let mut next = || parts.next().filter(|part| !part.is_empty());
            let exception = (|| {
                Some(Exception {
                    subject: next()?,
                    from: next()?,
                    to: next()?,
                    reason: next()?,
                })
            })();
            exception.with_context(|| format!("`{line}` is no `subject | from | to | reason`"))
        })
        .collect()
}

/// The exception that covers a miss of a subject.
pub(crate) fn find<'a>(
    exceptions: &'a [Exception],
    subject: &str,
    miss: &Miss,
) -> Option<&'a Exception> {
    exceptions.iter().find(|exception| {
        exception.subject == subject
            && matches(&exception.from, &miss.from)
            && matches(&exception.to, &miss.to)
    })
}

fn matches(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => pattern == id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_covers_its_own_subject_only() {
        let exceptions = parse("# remark\n\none | a::* | b::f | because\n").unwrap();
        let miss = Miss {
            from: "a::g".to_owned(),
            to: "b::f".to_owned(),
        };
        assert!(find(&exceptions, "one", &miss).is_some());
        assert!(find(&exceptions, "two", &miss).is_none());
    }

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        assert!(parse("one | a | b\n").is_err());
    }
}
