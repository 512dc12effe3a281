//! Misses that have a name and a reason, so that every other one is a failure.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

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

/// Reads `subject | from | to | reason`, one a line; `*` in an id stands for anything.
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
    from: &str,
    to: &str,
) -> Option<&'a Exception> {
    exceptions.iter().find(|exception| {
        exception.subject == subject && matches(&exception.from, from) && matches(&exception.to, to)
    })
}

fn matches(pattern: &str, id: &str) -> bool {
    let Some((start, stars)) = pattern.split_once('*') else {
        return pattern == id;
    };
    let Some(mut rest) = id.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = stars.rsplit_once('*').unwrap_or(("", stars));
    for part in middle.split('*') {
        let Some(found) = rest.find(part) else {
            return false;
        };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_covers_its_own_subject_only() {
        let exceptions = parse("# remark\n\none | a::* | b::f | because\n").unwrap();
        assert!(find(&exceptions, "one", "a::g", "b::f").is_some());
        assert!(find(&exceptions, "two", "a::g", "b::f").is_none());
    }

    #[test]
    fn a_star_stands_for_anything_and_the_rest_for_itself() {
        assert!(matches("a::<*::tests::*", "a::<T as U>::tests::x"));
        assert!(matches("*", "anything"));
        assert!(matches("a::*::fmt", "a::fmt::b::fmt"));
        assert!(!matches("a::b", "a::bc"));
        assert!(!matches("a::*::c", "a::b::cd"));
    }

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        assert!(parse("one | a | b\n").is_err());
    }
}
