//! Fifth stage: the model of a normal year, and with it how much warmer or colder than normal every hour was.

use anyhow::Result;
use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::harmonics::{Orders, terms};
use crate::least_squares::Normal;
use crate::panel::Panel;

/// The fitted model of the mean temperature over the stations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Climate {
    /// Its waves.
    pub orders: Orders,
    coefficients: Vec<f64>,
    /// Standard deviation in °C of what the model leaves over: the weather.
    pub weather: f64,
    /// Share of the temperature's variance that season and hour of the day explain.
    pub explained: f64,
}

impl Climate {
    /// Fits a model to the panel.
    #[checkpoint]
    pub(crate) fn fit(panel: &Panel, orders: Orders) -> Result<Climate> {
        let columns = orders.columns();
        let mut normal = Normal::new(columns.len());
        let mean_temperature = panel.mean_temperature();
        for (hour, temperature) in panel.hours().zip(&mean_temperature) {
            if !temperature.is_nan() {
                normal.observe(&row(hour, &columns), *temperature);
            }
        }
        let coefficients = normal.solve()?;
        let left_over = normal.squared_error(&coefficients);
        let constant = normal.select(&[0]);
        let total = constant.squared_error(&constant.solve()?);
        let freedom = normal.count.saturating_sub(columns.len()).max(1);
        Ok(Climate {
            orders,
            weather: (left_over / freedom as f64).sqrt(),
            explained: 1.0 - left_over / total,
            coefficients,
        })
    }

    /// The normal temperature in °C at an hour.
    pub(crate) fn normal_at(&self, hour: i64) -> f64 {
        row(hour, &self.orders.columns())
            .iter()
            .zip(&self.coefficients)
            .map(|(term, coefficient)| term * coefficient)
            .sum()
    }

    /// How much warmer than normal each hour of the panel was, in °C; NaN where a station did not report.
    #[checkpoint]
    pub(crate) fn anomalies(&self, panel: &Panel) -> Vec<f64> {
        panel
            .hours()
            .zip(panel.mean_temperature())
            .map(|(hour, temperature)| temperature - self.normal_at(hour))
            .collect()
    }
}

fn row(hour: i64, columns: &[usize]) -> Vec<f64> {
    let all = terms(hour);
    columns.iter().map(|column| all[*column]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn wavy_panel() -> Panel {
        let temperature: Vec<f64> = (0..24 * 400)
            .map(|hour| 10.0 + 3.0 * (TAU * hour as f64 / 24.0).sin())
            .collect();
        Panel {
            stations: vec!["A".into()],
            first_hour: 0,
            wind: vec![vec![0.0; temperature.len()]],
            temperature: vec![temperature],
        }
    }

    const SMALL: Orders = Orders {
        annual: 1,
        diurnal: 1,
        seasonal: false,
    };

    #[test]
    fn a_year_without_weather_has_no_anomalies() {
        let panel = wavy_panel();
        let climate = Climate::fit_call(&panel, SMALL).original().unwrap();
        assert!(
            climate
                .anomalies_call(&panel)
                .original()
                .iter()
                .all(|a| a.abs() < 1e-6)
        );
        assert!(climate.explained > 0.999_999 && climate.weather < 1e-4);
    }

    #[test]
    fn a_missing_hour_stays_missing() {
        let mut panel = wavy_panel();
        panel.temperature[0][5] = f64::NAN;
        let climate = Climate::fit_call(&panel, SMALL).original().unwrap();
        let anomalies = climate.anomalies_call(&panel).original();
        assert!(anomalies[5].is_nan() && anomalies[6].abs() < 1e-6);
    }
}
