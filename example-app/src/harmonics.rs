//! The terms of a climate model: waves of the year, waves of the day, and waves of the day whose size changes with the season.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use crate::calendar::year_fraction;

/// How many waves a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Orders {
    /// Waves of the year.
    pub annual: usize,
    /// Waves of the day.
    pub diurnal: usize,
    /// Whether the waves of the day change with the season.
    pub seasonal: bool,
}

/// The largest model that is tried; each other one has some of its columns.
pub(crate) const LARGEST: Orders = Orders {
    annual: 4,
    diurnal: 4,
    seasonal: true,
};

impl Orders {
    /// Every model that is tried, the smallest first.
    pub(crate) fn candidates() -> impl Iterator<Item = Orders> {
        (1..=LARGEST.annual).flat_map(|annual| {
            (1..=LARGEST.diurnal).flat_map(move |diurnal| {
                [false, true].map(|seasonal| Orders {
                    annual,
                    diurnal,
                    seasonal,
                })
            })
        })
    }

    /// The columns of the largest model that this one has.
    pub(crate) fn columns(self) -> Vec<usize> {
        let diurnal_start = 1 + 2 * LARGEST.annual;
        let seasonal_start = diurnal_start + 2 * LARGEST.diurnal;
        let mut columns = vec![0];
        columns.extend(1..1 + 2 * self.annual);
        columns.extend(diurnal_start..diurnal_start + 2 * self.diurnal);
        if self.seasonal {
            columns.extend(seasonal_start..seasonal_start + 4 * self.diurnal);
        }
        columns
    }
}

/// The values of all terms of the largest model at an hour (UTC, since 1970).
pub(crate) fn terms(hour: i64) -> Vec<f64> {
    let year = TAU * year_fraction(hour);
    let day = TAU * (hour.rem_euclid(24) as f64 / 24.0);
    let mut terms = vec![1.0];
    for wave in 1..=LARGEST.annual {
        let (sin, cos) = (wave as f64 * year).sin_cos();
        terms.extend([cos, sin]);
    }
    let diurnal_start = terms.len();
    for wave in 1..=LARGEST.diurnal {
        let (sin, cos) = (wave as f64 * day).sin_cos();
        terms.extend([cos, sin]);
    }
    let (season_sin, season_cos) = year.sin_cos();
    for index in diurnal_start..diurnal_start + 2 * LARGEST.diurnal {
        let wave = terms[index];
        terms.extend([wave * season_cos, wave * season_sin]);
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_model_has_every_column_once() {
        let count = terms(0).len();
        assert_eq!(LARGEST.columns(), (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn a_model_with_fewer_daily_waves_keeps_their_seasonal_terms_together() {
        let small = Orders {
            annual: 1,
            diurnal: 1,
            seasonal: true,
        };
        let (all, columns) = (terms(12_345), small.columns());
        let day = [all[columns[3]], all[columns[4]]];
        let year = [all[1], all[2]];
        let products = [
            day[0] * year[0],
            day[0] * year[1],
            day[1] * year[0],
            day[1] * year[1],
        ];
        let chosen: Vec<f64> = columns[5..].iter().map(|c| all[*c]).collect();
        assert_eq!(chosen, products);
    }

    #[test]
    fn there_are_thirty_two_candidates() {
        assert_eq!(Orders::candidates().count(), 32);
    }
}
