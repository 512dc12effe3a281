//! What the program says: the findings as a table, and what each stage cost or saved.

use std::fmt::Write as _;

use crate::climate::Climate;
use crate::contrast::{Contrast, Estimate};
use crate::days::{ALL_HOURS, regime_cell};
use crate::regime::Regime;
use crate::selection::Selection;

/// Everything that the program found out.
pub(crate) struct Findings {
    /// Which model, and why.
    pub selection: Selection,
    /// The normal year.
    pub climate: Climate,
    /// Hours in each regime.
    pub regimes: Vec<Regime>,
    /// Days that are drawn together.
    pub block_days: usize,
    /// Each pair of stations with its name.
    pub contrasts: Vec<(String, Contrast)>,
}

impl Findings {
    /// As text for people.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        self.write(&mut text)
            .expect("writing to a string cannot fail");
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let orders = self.climate.orders;
        writeln!(
            text,
            "Normal year: {} annual and {} daily wave(s){}, the smallest of {} models as good as the best (error on days left out {:.2} °C, best {:.2}).",
            orders.annual,
            orders.diurnal,
            if orders.seasonal {
                " that change with the season"
            } else {
                ""
            },
            self.selection.tried,
            self.selection.chosen.error.sqrt(),
            self.selection.best.error.sqrt(),
        )?;
        writeln!(
            text,
            "Season and hour explain {:.0} % of the temperature; the weather's standard deviation is {:.1} °C.",
            100.0 * self.climate.explained,
            self.climate.weather,
        )?;
        writeln!(
            text,
            "Mean difference in °C with 95 % interval (blocks of {} days):\n",
            self.block_days
        )?;
        write!(text, "{:<12}{:>20}", "", "all hours")?;
        for regime in Regime::KNOWN {
            write!(text, "{:>21}", regime.name())?;
        }
        writeln!(text, "{:>22}", "night, per °C warm")?;
        for (name, contrast) in &self.contrasts {
            write!(text, "{name:<12}{:>20}", show(contrast.cells[ALL_HOURS]))?;
            for cell in Regime::KNOWN.into_iter().filter_map(regime_cell) {
                write!(text, "{:>21}", show(contrast.cells[cell]))?;
            }
            writeln!(text, "{:>22}", show(contrast.warm_spell))?;
        }
        write!(text, "{:<12}{:>20}", "hours", self.regimes.len())?;
        for known in Regime::KNOWN {
            let hours = self
                .regimes
                .iter()
                .filter(|regime| **regime == known)
                .count();
            write!(text, "{hours:>21}")?;
        }
        writeln!(text)
    }
}

fn show(estimate: Estimate) -> String {
    format!(
        "{:+.2} [{:+.2}, {:+.2}]",
        estimate.value, estimate.low, estimate.high
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_shown_with_its_interval_and_signs() {
        let estimate = Estimate {
            value: 1.234,
            low: -0.5,
            high: 2.0,
        };
        assert_eq!(show(estimate), "+1.23 [-0.50, +2.00]");
    }
}
