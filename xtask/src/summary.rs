//! Counts tests from what cargo's test runner prints, for one plain line at the end.

/// How many tests ran.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

/// Adds up the `test result:` lines.
pub(crate) fn count<'a>(lines: impl IntoIterator<Item = &'a str>) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        let Some(rest) = line.trim_start().strip_prefix("test result:") else {
            continue;
        };
        for part in rest.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match kind {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" => counts.ignored += number,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_several_targets_add_up() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 5 passed; 1 failed; 2 ignored; 0 measured; 9 filtered out; finished in 1.70s",
        ];
        let expected = Counts {
            passed: 8,
            failed: 1,
            ignored: 2,
        };
        assert_eq!(count(lines), expected);
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(count(["12 passed the door", ""]), Counts::default());
    }
}
