//! Fourth stage: how many waves describe the year, by cross-validation over blocks of days.

use anyhow::{Context, Result};
use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::calendar::noon_day;
use crate::harmonics::{LARGEST, Orders, terms};
use crate::least_squares::Normal;
use crate::panel::Panel;

/// Days in a block that is left out as a whole: longer than weather lasts, so that no day is predicted from its own weather.
const BLOCK_DAYS: i64 = 10;

/// Every sixth block is left out at a time.
const FOLDS: usize = 6;

/// How well a model predicts the days that it was not fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Score {
    /// The model.
    pub orders: Orders,
    /// Mean squared error in °C² on days left out.
    pub error: f64,
    /// Standard error of that mean, from the spread over the folds.
    pub uncertainty: f64,
}

/// The choice among all candidates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Selection {
    /// How many models were tried.
    pub tried: usize,
    /// The one with the smallest error.
    pub best: Score,
    /// The smallest model whose error cannot be told from the best one's.
    pub chosen: Score,
}

/// Tries every candidate and chooses by the one-standard-error rule of L. Breiman and others, "Classification and Regression Trees"
/// (1984): one year has few seasons, so the least error alone would fit that year's weather.
#[checkpoint]
pub(crate) fn select_model(panel: &Panel) -> Result<Selection> {
    let size = LARGEST.columns().len();
    let mut folds = vec![Normal::new(size); FOLDS];
    for (hour, temperature) in panel.hours().zip(panel.mean_temperature()) {
        if !temperature.is_nan() {
            let fold = noon_day(hour)
                .div_euclid(BLOCK_DAYS)
                .rem_euclid(FOLDS as i64);
            folds[fold as usize].observe(&terms(hour), temperature);
        }
    }
    let mut whole = Normal::new(size);
    for fold in &folds {
        whole.combine(fold, 1.0);
    }
    let scores = Orders::candidates()
        .map(|orders| score(orders, &whole, &folds))
        .collect::<Result<Vec<Score>>>()
        .context("cannot compare models on this data")?;
    let best = scores
        .iter()
        .min_by(|a, b| a.error.total_cmp(&b.error))
        .context("no model to compare")?;
    let chosen = scores
        .iter()
        .filter(|score| score.error <= best.error + best.uncertainty)
        .min_by_key(|score| score.orders.columns().len())
        .unwrap_or(best);
    Ok(Selection {
        tried: scores.len(),
        best: *best,
        chosen: *chosen,
    })
}

fn score(orders: Orders, whole: &Normal, folds: &[Normal]) -> Result<Score> {
    let columns = orders.columns();
    let mut errors = Vec::with_capacity(folds.len());
    for fold in folds {
        let mut rest = whole.clone();
        rest.combine(fold, -1.0);
        let coefficients = rest.select(&columns).solve()?;
        let squares = fold.select(&columns).squared_error(&coefficients);
        errors.push(squares / fold.count.max(1) as f64);
    }
    let count = errors.len() as f64;
    let mean = errors.iter().sum::<f64>() / count;
    let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Ok(Score {
        orders,
        error: mean,
        uncertainty: (variance / count).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn the_model_that_made_the_data_is_found() {
        let mut random = oorandom::Rand64::new(7);
        let first_hour = 376_950;
        let temperature = (first_hour..first_hour + 24 * 365)
            .map(|hour| {
                let year = TAU * crate::calendar::year_fraction(hour);
                let day = TAU * hour as f64 / 24.0;
                12.0 - 11.0 * year.cos()
                    + 4.0 * day.cos()
                    + 2.0 * (2.0 * day).sin()
                    + random.rand_float()
            })
            .collect();
        let panel = Panel {
            stations: vec!["A".into()],
            first_hour,
            temperature: vec![temperature],
            wind: vec![vec![0.0; 24 * 365]],
        };
        let chosen = select_model::original(&panel).unwrap().chosen;
        assert_eq!(
            chosen.orders,
            Orders {
                annual: 1,
                diurnal: 2,
                seasonal: false
            }
        );
        // The noise is uniform on [0, 1): its variance is a twelfth.
        assert!((chosen.error - 1.0 / 12.0).abs() < 0.005);
    }
}
