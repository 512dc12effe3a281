//! What each stage did in this run, as checkpointer counted it: computed or remembered, and the time that cost or saved.

use std::fmt::Write as _;
use std::time::Duration;

use checkpointer_runtime::{Counts, Stats};

/// A table with a line a stage, and a sum.
pub(crate) fn table(stats: &Stats) -> String {
    let mut text = String::new();
    writeln!(
        text,
        "{:<28}{:>10}{:>12}{:>12}{:>12}",
        "stage", "computed", "remembered", "took", "saved"
    )
    .expect(INFALLIBLE);
    for function in &stats.functions {
        let (_, name) = function
            .function
            .split_once("::")
            .unwrap_or(("", function.function));
        line(&mut text, name, &function.counts);
    }
    line(&mut text, "all", &stats.total);
    text
}

const INFALLIBLE: &str = "writing to a string cannot fail";

fn line(text: &mut String, name: &str, counts: &Counts) {
    writeln!(
        text,
        "{name:<28}{:>10}{:>12}{:>12}{:>12}",
        counts.computed,
        counts.hits,
        milliseconds(counts.spent),
        milliseconds(counts.saved)
    )
    .expect(INFALLIBLE);
}

fn milliseconds(duration: Duration) -> String {
    if duration.is_zero() {
        return "-".to_owned();
    }
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_milliseconds_and_a_dash_where_there_are_none() {
        assert_eq!(milliseconds(Duration::from_micros(1_250)), "1.2 ms");
        assert_eq!(milliseconds(Duration::ZERO), "-");
    }
}
