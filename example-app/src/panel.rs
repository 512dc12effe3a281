//! Second stage: all stations on one axis of hours, gaps as NaN, so that stations can be compared hour by hour.

use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::readings::Readings;

/// Temperatures and winds of all stations on a common axis of hours without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Panel {
    /// The stations' names, sorted.
    pub stations: Vec<String>,
    /// The first hour, since 1970-01-01T00:00Z.
    pub first_hour: i64,
    /// °C by station and hour; NaN where nothing was reported.
    pub temperature: Vec<Vec<f64>>,
    /// m/s by station and hour; NaN where nothing was reported.
    pub wind: Vec<Vec<f64>>,
}

impl Panel {
    /// All hours of the axis.
    pub(crate) fn hours(&self) -> impl Iterator<Item = i64> + use<> {
        let count = self.temperature.first().map_or(0, Vec::len) as i64;
        self.first_hour..self.first_hour + count
    }

    /// The mean over the stations at each hour, NaN unless all reported.
    pub(crate) fn mean_temperature(&self) -> Vec<f64> {
        mean_over_stations(&self.temperature)
    }

    /// The mean wind over the stations at each hour, NaN unless all reported.
    pub(crate) fn mean_wind(&self) -> Vec<f64> {
        mean_over_stations(&self.wind)
    }
}

/// Puts every station's reports on the common axis. Of two reports for one hour the later one in the file stays.
#[checkpoint]
pub(crate) fn align(readings: &Readings) -> Panel {
    let hours = || readings.stations.iter().flat_map(|series| &series.hours);
    let first = hours().copied().min().unwrap_or(0);
    let count = hours()
        .copied()
        .max()
        .map_or(0, |last| (last - first + 1) as usize);
    let column = |series_hours: &[i64], values: &[f64]| {
        let mut column = vec![f64::NAN; count];
        for (hour, value) in series_hours.iter().zip(values) {
            column[(hour - first) as usize] = *value;
        }
        column
    };
    let stations = &readings.stations;
    Panel {
        stations: stations.iter().map(|s| s.station.clone()).collect(),
        first_hour: first,
        temperature: stations
            .iter()
            .map(|s| column(&s.hours, &s.temperature))
            .collect(),
        wind: stations.iter().map(|s| column(&s.hours, &s.wind)).collect(),
    }
}

fn mean_over_stations(columns: &[Vec<f64>]) -> Vec<f64> {
    let hours = columns.first().map_or(0, Vec::len);
    (0..hours)
        .map(|h| columns.iter().map(|c| c[h]).sum::<f64>() / columns.len() as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readings::Series;

    fn series(station: &str, hours: &[i64], temperature: &[f64]) -> Series {
        Series {
            station: station.into(),
            hours: hours.to_vec(),
            temperature: temperature.to_vec(),
            wind: vec![1.0; hours.len()],
        }
    }

    #[test]
    fn gaps_become_nan_and_the_mean_skips_hours_that_any_station_missed() {
        let readings = Readings {
            stations: vec![
                series("A", &[10, 12], &[1.0, 3.0]),
                series("B", &[10, 11, 12], &[2.0, 5.0, 5.0]),
            ],
            rows: 5,
            rejected: Vec::new(),
        };
        let panel = align::original(&readings);
        assert_eq!(panel.hours().collect::<Vec<_>>(), [10, 11, 12]);
        let mean = panel.mean_temperature();
        assert_eq!((mean[0], mean[2]), (1.5, 4.0));
        assert!(mean[1].is_nan());
    }
}
