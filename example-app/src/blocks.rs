//! Seventh stage: how many days in a row must be drawn together, because the weather of one day lasts into the next.

use std::f64::consts::TAU;

use checkpointer_runtime::checkpoint;

use crate::least_squares::Normal;

/// The length in days of the blocks of a circular block bootstrap that is best for the mean of a series: the automatic choice of
/// D. Politis and H. White, Econometric Reviews 23 (2004), as corrected by A. Patton, D. Politis and H. White in 28 (2009).
#[checkpoint]
pub(crate) fn block_length(daily: &[f64]) -> usize {
    let n = daily.len() as f64;
    if daily.len() < 10 {
        return 1;
    }
    let series = &without_season(daily);
    let last_lag = (n.sqrt().ceil() as usize) + window(n);
    let covariances: Vec<f64> = (0..=last_lag)
        .map(|lag| autocovariance(series, lag))
        .collect();
    if covariances[0] <= NEGLIGIBLE_VARIANCE {
        return 1;
    }
    let bandwidth = (2 * memory(&covariances, n)).clamp(1, last_lag);
    let (mut slope, mut level) = (0.0, covariances[0]);
    for (lag, covariance) in covariances.iter().enumerate().take(bandwidth + 1).skip(1) {
        let weight = flat_top(lag as f64 / bandwidth as f64);
        slope += 2.0 * weight * lag as f64 * covariance;
        level += 2.0 * weight * covariance;
    }
    let variance = 4.0 / 3.0 * level * level;
    let length = (2.0 * slope * slope / variance * n).cbrt();
    let longest = (3.0 * n.sqrt()).min(n / 3.0).ceil();
    length.clamp(1.0, longest).round() as usize
}

/// Variance in °C² that is rounding, not weather.
const NEGLIGIBLE_VARIANCE: f64 = 1e-12;

/// The shortest series, in days, that shows a season.
const HALF_A_YEAR: usize = 183;

/// Takes the wave of the year out: it is no memory of the weather, but would look like a very long one.
fn without_season(daily: &[f64]) -> Vec<f64> {
    if daily.len() < HALF_A_YEAR {
        return daily.to_vec();
    }
    let row = |day: usize| {
        let (sin, cos) = (TAU * day as f64 / 365.2422).sin_cos();
        [1.0, cos, sin]
    };
    let mut normal = Normal::new(3);
    for (day, value) in daily.iter().enumerate() {
        normal.observe(&row(day), *value);
    }
    let Ok(season) = normal.solve() else {
        return daily.to_vec();
    };
    let normal_of = |day| {
        row(day)
            .iter()
            .zip(&season)
            .map(|(x, b)| x * b)
            .sum::<f64>()
    };
    daily
        .iter()
        .enumerate()
        .map(|(day, value)| value - normal_of(day))
        .collect()
}

/// How many lags in a row must be insignificant.
fn window(n: f64) -> usize {
    (n.log10().sqrt().ceil() as usize).max(5)
}

/// The lag after which a whole window of autocorrelations is insignificant.
fn memory(covariances: &[f64], n: f64) -> usize {
    let significant = 2.0 * (n.log10() / n).sqrt();
    let window = window(n);
    (0..covariances.len() - window)
        .find(|lag| {
            covariances[lag + 1..=lag + window]
                .iter()
                .all(|covariance| (covariance / covariances[0]).abs() < significant)
        })
        .unwrap_or(covariances.len() - 1)
}

fn autocovariance(series: &[f64], lag: usize) -> f64 {
    let mean = series.iter().sum::<f64>() / series.len() as f64;
    let products = series
        .iter()
        .zip(&series[lag..])
        .map(|(a, b)| (a - mean) * (b - mean));
    products.sum::<f64>() / series.len() as f64
}

fn flat_top(share: f64) -> f64 {
    (2.0 * (1.0 - share)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn autoregressive(coefficient: f64, length: usize) -> Vec<f64> {
        let mut random = oorandom::Rand64::new(11);
        let mut value = 0.0;
        (0..length)
            .map(|_| {
                let noise: f64 = (0..12).map(|_| random.rand_float()).sum::<f64>() - 6.0;
                value = coefficient * value + noise;
                value
            })
            .collect()
    }

    #[test]
    fn independent_days_need_short_blocks() {
        assert!(block_length::original(&autoregressive(0.0, 2_000)) <= 4);
    }

    #[test]
    fn the_length_of_an_autoregressive_series_is_near_its_theoretical_optimum() {
        // For an AR(1) with coefficient r the optimum is (6 r² / (1 - r²)² · n)^(1/3): 28.3 days here.
        let (r, n) = (0.7_f64, 2_000);
        let optimum = (6.0 * r * r / (1.0 - r * r).powi(2) * n as f64).cbrt();
        let length = block_length::original(&autoregressive(r, n)) as f64;
        assert!(
            (length / optimum - 1.0).abs() < 0.4,
            "{length} against {optimum}"
        );
    }

    #[test]
    fn a_season_is_not_taken_for_memory() {
        let noise = autoregressive(0.0, 365);
        let seasonal: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(day, value)| value + 10.0 * (TAU * day as f64 / 365.0).cos())
            .collect();
        assert!(block_length::original(&seasonal) <= 4);
    }

    #[test]
    fn a_constant_series_needs_no_blocks() {
        assert_eq!(block_length::original(&[2.5; 100]), 1);
    }
}
