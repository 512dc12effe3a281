//! Sixth stage: the difference between two stations, added up day by day, so that whole days can be drawn again and again.

use anyhow::{Context, Result};
use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::calendar::{noon_day, standard_hour};
use crate::panel::Panel;
use crate::regime::Regime;

/// What a day's differences are added up for: 24 hours, the known regimes, and all hours together.
pub(crate) const CELLS: usize = 24 + Regime::KNOWN.len() + 1;

/// The cell of all hours together.
pub(crate) const ALL_HOURS: usize = CELLS - 1;

/// The cell of a regime, if results are given for it.
pub(crate) fn regime_cell(regime: Regime) -> Option<usize> {
    let index = Regime::KNOWN
        .into_iter()
        .position(|known| known == regime)?;
    Some(24 + index)
}

/// One pair of stations, day by day; every vector runs over days, and within a day over its cells or moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DayTable {
    /// Number of days.
    pub days: usize,
    /// Sums of the differences in °C by day and cell.
    pub sums: Vec<f64>,
    /// How many hours each sum has.
    pub counts: Vec<f64>,
    /// By day, over the hours of its night: number, Σx, Σy, Σxy, Σx² with x the anomaly and y the difference.
    pub moments: Vec<f64>,
}

/// Moments a day.
pub(crate) const MOMENTS: usize = 5;

impl DayTable {
    /// The mean difference of each day, for days with data.
    pub(crate) fn daily_means(&self) -> Vec<f64> {
        (0..self.days)
            .map(|day| day * CELLS + ALL_HOURS)
            .filter(|cell| self.counts[*cell] > 0.0)
            .map(|cell| self.sums[cell] / self.counts[cell])
            .collect()
    }
}

/// Adds up `first - second` in days from noon to noon.
#[checkpoint]
pub(crate) fn add_up(
    panel: &Panel,
    regimes: &[Regime],
    anomalies: &[f64],
    pair: (&str, &str),
) -> Result<DayTable> {
    let station = |name: &str| {
        let index = panel.stations.iter().position(|s| s == name);
        index.with_context(|| {
            format!(
                "no station `{name}` in the data; it has {}",
                panel.stations.join(", ")
            )
        })
    };
    let (first, second) = (
        &panel.temperature[station(pair.0)?],
        &panel.temperature[station(pair.1)?],
    );
    let first_day = noon_day(panel.first_hour);
    let days = panel
        .hours()
        .last()
        .map_or(0, |last| (noon_day(last) - first_day + 1) as usize);
    let mut table = DayTable {
        days,
        sums: vec![0.0; days * CELLS],
        counts: vec![0.0; days * CELLS],
        moments: vec![0.0; days * MOMENTS],
    };
    for (index, hour) in panel.hours().enumerate() {
        let difference = first[index] - second[index];
        if difference.is_nan() {
            continue;
        }
        let day = (noon_day(hour) - first_day) as usize;
        let cells = [
            Some(standard_hour(hour)),
            regime_cell(regimes[index]),
            Some(ALL_HOURS),
        ];
        for cell in cells.into_iter().flatten() {
            table.sums[day * CELLS + cell] += difference;
            table.counts[day * CELLS + cell] += 1.0;
        }
        let anomaly = anomalies[index];
        if regimes[index].is_night() && !anomaly.is_nan() {
            let terms = [
                1.0,
                anomaly,
                difference,
                anomaly * difference,
                anomaly * anomaly,
            ];
            for (moment, term) in table.moments[day * MOMENTS..].iter_mut().zip(terms) {
                *moment += term;
            }
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        Panel {
            stations: vec!["A".into(), "B".into()],
            // 17:00 UTC is noon in New York's standard time, so the panel is two whole days.
            first_hour: 17,
            temperature: vec![vec![3.0; 48], vec![1.0; 48]],
            wind: vec![vec![1.0; 48]; 2],
        }
    }

    #[test]
    fn a_constant_difference_is_the_mean_of_every_day() {
        let table =
            add_up::original(&panel(), &[Regime::CalmNight; 48], &[0.5; 48], ("A", "B")).unwrap();
        assert_eq!(table.days, 2);
        assert_eq!(table.daily_means(), [2.0, 2.0]);
        assert_eq!(table.moments[..MOMENTS], [24.0, 12.0, 48.0, 24.0, 6.0]);
    }

    #[test]
    fn an_hour_that_one_station_missed_counts_nowhere() {
        let mut panel = panel();
        panel.temperature[1][0] = f64::NAN;
        let table =
            add_up::original(&panel, &[Regime::WindyDay; 48], &[0.0; 48], ("A", "B")).unwrap();
        assert_eq!(table.counts[12], 0.0);
        assert_eq!(table.counts[ALL_HOURS], 23.0);
        assert_eq!(table.moments, [0.0; 2 * MOMENTS]);
    }

    #[test]
    fn an_unknown_station_is_an_error_that_lists_the_known_ones() {
        let error =
            add_up::original(&panel(), &[Regime::Unknown; 48], &[0.0; 48], ("A", "C")).unwrap_err();
        assert_eq!(error.to_string(), "no station `C` in the data; it has A, B");
    }
}
