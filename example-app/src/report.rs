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
        write!(text, "{:<20}{:>6}", "", "hours")?;
        for (name, _) in &self.contrasts {
            write!(text, "{name:>23}")?;
        }
        writeln!(text)?;
        self.row(text, "all hours", self.regimes.len(), |c| {
            c.cells[ALL_HOURS]
        })?;
        for regime in Regime::KNOWN {
            let hours = self
                .regimes
                .iter()
                .filter(|known| **known == regime)
                .count();
            if let Some(cell) = regime_cell(regime) {
                self.row(text, regime.name(), hours, |c| c.cells[cell])?;
            }
        }
        let nights = self
            .regimes
            .iter()
            .filter(|regime| regime.is_night())
            .count();
        self.row(text, "night, per °C warm", nights, |c| c.warm_spell)
    }

    fn row(
        &self,
        text: &mut String,
        name: &str,
        hours: usize,
        pick: impl Fn(&Contrast) -> Estimate,
    ) -> std::fmt::Result {
        write!(text, "{name:<20}{hours:>6}")?;
        for (_, contrast) in &self.contrasts {
            write!(text, "{:>23}", show(pick(contrast)))?;
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
