//! Eighth stage, the slow one: how large the difference between two stations is, and how sure that is, by a block bootstrap.

use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::days::{CELLS, DayTable, MOMENTS};

/// How often the year is drawn anew.
const REPLICATES: usize = 4_000;

/// The same draws for every pair and every run.
const SEED: u128 = 2013;

/// A block is replaced by one that begins at most so many days earlier or later: in its own season.
const NEIGHBOURHOOD_DAYS: usize = 45;

/// Share of replicates that an interval leaves out on each side: 95 % lie between.
const TAIL: f64 = 0.025;

/// A value and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Estimate {
    /// From the year as it was.
    pub value: f64,
    /// 2.5 % of the replicates are lower.
    pub low: f64,
    /// 2.5 % of the replicates are higher.
    pub high: f64,
}

/// What is known about a pair of stations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Contrast {
    /// The mean difference in °C by cell, see `days`.
    pub cells: Vec<Estimate>,
    /// How many °C the difference at night grows with each °C that the weather is warmer than normal.
    pub warm_spell: Estimate,
}

/// Draws whole blocks of days with replacement, on the thread pool for blocking work, so that several pairs run at once.
#[checkpoint]
pub(crate) async fn contrast(table: DayTable, block: usize) -> Contrast {
    blocking::unblock(move || bootstrap(&table, block)).await
}

/// The local block bootstrap of E. Paparoditis and D. Politis (Comptes Rendus 335, 2002), which keeps the seasons in their places, with
/// percentile intervals; the year is closed to a circle.
fn bootstrap(table: &DayTable, block: usize) -> Contrast {
    let reach = NEIGHBOURHOOD_DAYS.min(table.days / 2);
    let observed = statistics(table, 0..table.days);
    let mut random = oorandom::Rand64::new(SEED);
    let mut replicates = vec![Vec::with_capacity(REPLICATES); observed.len()];
    let mut drawn = Vec::with_capacity(table.days + block);
    for _ in 0..REPLICATES {
        drawn.clear();
        while drawn.len() < table.days {
            let here = drawn.len() + table.days - reach;
            let start = here + random.rand_range(0..2 * reach as u64 + 1) as usize;
            drawn.extend((start..start + block).map(|day| day % table.days));
        }
        let statistics = statistics(table, drawn[..table.days].iter().copied());
        for (replicate, statistic) in replicates.iter_mut().zip(statistics) {
            if statistic.is_finite() {
                replicate.push(statistic);
            }
        }
    }
    let mut estimates: Vec<Estimate> = observed
        .into_iter()
        .zip(&mut replicates)
        .map(|(value, replicates)| interval(value, replicates))
        .collect();
    let warm_spell = estimates.split_off(CELLS)[0];
    Contrast {
        cells: estimates,
        warm_spell,
    }
}

/// The mean of every cell and, last, the slope of the difference at night on the anomaly, over some days.
fn statistics(table: &DayTable, days: impl Iterator<Item = usize>) -> Vec<f64> {
    let (mut sums, mut counts) = ([0.0; CELLS], [0.0; CELLS]);
    let mut moments = [0.0; MOMENTS];
    for day in days {
        let cells = day * CELLS..(day + 1) * CELLS;
        add(&mut sums, &table.sums[cells.clone()]);
        add(&mut counts, &table.counts[cells]);
        add(
            &mut moments,
            &table.moments[day * MOMENTS..(day + 1) * MOMENTS],
        );
    }
    let means = sums.iter().zip(&counts).map(|(sum, count)| sum / count);
    means.chain([slope(&moments)]).collect()
}

fn add(total: &mut [f64], part: &[f64]) {
    for (total, part) in total.iter_mut().zip(part) {
        *total += part;
    }
}

fn slope([n, x, y, xy, xx]: &[f64; MOMENTS]) -> f64 {
    (n * xy - x * y) / (n * xx - x * x)
}

fn interval(value: f64, replicates: &mut [f64]) -> Estimate {
    replicates.sort_by(f64::total_cmp);
    Estimate {
        value,
        low: quantile(replicates, TAIL),
        high: quantile(replicates, 1.0 - TAIL),
    }
}

/// By linear interpolation between order statistics; NaN if there are none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = share * last as f64;
    let (below, above) = (
        sorted[position.floor() as usize],
        sorted[position.ceil() as usize],
    );
    below + (above - below) * position.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::days::ALL_HOURS;

    /// One hour a day with the given difference, and an anomaly of which the difference is twice, plus one.
    fn table(differences: &[f64]) -> DayTable {
        let mut table = DayTable {
            days: differences.len(),
            sums: vec![0.0; differences.len() * CELLS],
            counts: vec![0.0; differences.len() * CELLS],
            moments: Vec::new(),
        };
        for (day, y) in differences.iter().enumerate() {
            table.sums[day * CELLS + ALL_HOURS] = *y;
            table.counts[day * CELLS + ALL_HOURS] = 1.0;
            let x = (y - 1.0) / 2.0;
            table.moments.extend([1.0, x, *y, x * y, x * x]);
        }
        table
    }

    #[test]
    fn independent_days_have_the_interval_of_the_normal_approximation() {
        let mut random = oorandom::Rand64::new(3);
        let differences: Vec<f64> = (0..400).map(|_| random.rand_float()).collect();
        let contrast = bootstrap(&table(&differences), 1);
        let mean = differences.iter().sum::<f64>() / 400.0;
        let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 400.0;
        let half = 1.96 * (variance / 400.0).sqrt();
        let all = contrast.cells[ALL_HOURS];
        assert!((all.value - mean).abs() < 1e-12);
        assert!((all.low - (mean - half)).abs() < 0.1 * half);
        assert!((all.high - (mean + half)).abs() < 0.1 * half);
    }

    #[test]
    fn days_that_resemble_their_neighbours_make_the_interval_wider_when_drawn_in_blocks() {
        let differences: Vec<f64> = (0..400).map(|day| f64::from(day / 20 % 2)).collect();
        let width = |block| {
            let all = bootstrap(&table(&differences), block).cells[ALL_HOURS];
            all.high - all.low
        };
        assert!(width(20) > 2.0 * width(1));
    }

    #[test]
    fn the_slope_on_the_anomaly_is_found() {
        let contrast = bootstrap(&table(&[1.0, 3.0, 2.0, 7.0, 5.0, 4.0]), 1);
        assert!((contrast.warm_spell.value - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_cell_without_data_is_not_a_number_instead_of_a_guess() {
        let contrast = bootstrap(&table(&[1.0, 2.0, 3.0]), 1);
        assert!(contrast.cells[0].value.is_nan() && contrast.cells[0].low.is_nan());
    }

    #[test]
    fn the_same_table_gives_the_same_result_on_every_run() {
        let table = table(&[1.0, 3.0, 2.0, 7.0]);
        let first = futures_lite::future::block_on(contrast::original(table.clone(), 2));
        let second = futures_lite::future::block_on(contrast::original(table, 2));
        assert_eq!(first.warm_spell, second.warm_spell);
        assert_eq!(first.cells[ALL_HOURS], second.cells[ALL_HOURS]);
    }
}
