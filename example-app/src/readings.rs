//! First stage: from the text of the weather file to clean series, with a note on everything that was left out.

use anyhow::{Context, Result, ensure};
use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::calendar::hour_of_timestamp;

/// Faster than any wind ever measured near the ground (231 mph, Mount Washington 1934): an instrument's error.
const IMPOSSIBLE_WIND_MPH: f64 = 231.0;

/// Outside of this range (°F) no temperature was ever measured in the city.
const PLAUSIBLE_FAHRENHEIT: std::ops::RangeInclusive<f64> = -20.0..=110.0;

const METRES_PER_SECOND_IN_A_MILE_AN_HOUR: f64 = 0.447_04;

/// What one airport reported, in the order of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Series {
    /// The airport's code, such as `JFK`.
    pub station: String,
    /// Hours since 1970-01-01T00:00Z.
    pub hours: Vec<i64>,
    /// °C.
    pub temperature: Vec<f64>,
    /// m/s; NaN where the wind is missing or impossible.
    pub wind: Vec<f64>,
}

/// The cleaned file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Readings {
    /// One series an airport, sorted by name.
    pub stations: Vec<Series>,
    /// Data rows in the file.
    pub rows: usize,
    /// What was left out, one sentence each, with its line in the file.
    pub rejected: Vec<String>,
}

#[derive(Deserialize)]
struct Row<'a> {
    origin: &'a str,
    temp: &'a str,
    wind_speed: &'a str,
    time_hour: &'a str,
}

/// Reads the file's text. A row whose time cannot be read is an error, since it means another kind of file; a value that is missing or
/// impossible is noted and left out.
#[checkpoint]
pub(crate) fn parse(text: &str) -> Result<Readings> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .context("the weather file has no header line")?
        .clone();
    let mut readings = Readings {
        stations: Vec::new(),
        rows: 0,
        rejected: Vec::new(),
    };
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .context("the weather file is not valid CSV")?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let row: Row<'_> = record
            .deserialize(Some(&headers))
            .with_context(|| format!("line {line} lacks a column that the analysis needs"))?;
        readings.rows += 1;
        add(&mut readings, &row, line)?;
    }
    ensure!(readings.rows > 0, "the weather file has no rows");
    readings.stations.sort_by(|a, b| a.station.cmp(&b.station));
    Ok(readings)
}

fn add(readings: &mut Readings, row: &Row<'_>, line: u64) -> Result<()> {
    let hour = hour_of_timestamp(row.time_hour)
        .with_context(|| format!("line {line}: `{}` is not a time in UTC", row.time_hour))?;
    let Some(fahrenheit) = number(row.temp).filter(|f| PLAUSIBLE_FAHRENHEIT.contains(f)) else {
        readings.rejected.push(format!(
            "line {line}: {} has no plausible temperature (`{}`), row left out",
            row.origin, row.temp
        ));
        return Ok(());
    };
    let wind = number(row.wind_speed).filter(|mph| *mph < IMPOSSIBLE_WIND_MPH);
    if wind.is_none() {
        readings.rejected.push(format!(
            "line {line}: {} has no plausible wind (`{}`), wind left out",
            row.origin, row.wind_speed
        ));
    }
    let series = series_of(&mut readings.stations, row.origin);
    series.hours.push(hour);
    series.temperature.push(celsius(fahrenheit));
    series
        .wind
        .push(wind.map_or(f64::NAN, |mph| mph * METRES_PER_SECOND_IN_A_MILE_AN_HOUR));
    Ok(())
}

fn series_of<'a>(stations: &'a mut Vec<Series>, name: &str) -> &'a mut Series {
    let index = stations
        .iter()
        .position(|series| series.station == name)
        .unwrap_or_else(|| {
            stations.push(Series {
                station: name.to_owned(),
                hours: Vec::new(),
                temperature: Vec::new(),
                wind: Vec::new(),
            });
            stations.len() - 1
        });
    &mut stations[index]
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn celsius(fahrenheit: f64) -> f64 {
    (fahrenheit - 32.0) / 1.8
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "origin,temp,wind_speed,time_hour\n";

    #[test]
    fn a_clean_row_is_converted_to_metric_units() {
        let readings =
            parse::original(&format!("{HEADER}JFK,50,10,2013-01-01T06:00:00Z\n")).unwrap();
        let series = &readings.stations[0];
        assert_eq!(series.station, "JFK");
        assert_eq!(series.hours, [376_950]);
        assert!((series.temperature[0] - 10.0).abs() < 1e-12);
        assert!((series.wind[0] - 4.4704).abs() < 1e-12);
        assert!(readings.rejected.is_empty());
    }

    #[test]
    fn an_impossible_wind_is_left_out_but_the_temperature_stays() {
        let readings =
            parse::original(&format!("{HEADER}EWR,39,1048.4,2013-02-12T08:00:00Z\n")).unwrap();
        assert!(readings.stations[0].wind[0].is_nan());
        assert_eq!(readings.stations[0].temperature.len(), 1);
        assert!(readings.rejected[0].starts_with("line 2: EWR has no plausible wind"));
    }

    #[test]
    fn a_row_without_temperature_is_left_out_and_named() {
        let readings = parse::original(&format!(
            "{HEADER}EWR,NA,5,2013-08-22T13:00:00Z\nEWR,70,5,2013-08-22T14:00:00Z\n"
        ))
        .unwrap();
        assert_eq!(readings.rows, 2);
        assert_eq!(readings.stations[0].hours.len(), 1);
        assert!(readings.rejected[0].contains("line 2"));
    }

    #[test]
    fn an_unreadable_time_is_an_error_that_names_its_line() {
        let error = parse::original(&format!("{HEADER}EWR,70,5,yesterday\n")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: `yesterday` is not a time in UTC"
        );
    }

    #[test]
    fn stations_come_sorted_whatever_their_order_in_the_file() {
        let readings = parse::original(&format!(
            "{HEADER}LGA,70,5,2013-08-22T14:00:00Z\nEWR,70,5,2013-08-22T14:00:00Z\n"
        ))
        .unwrap();
        let names: Vec<_> = readings
            .stations
            .iter()
            .map(|s| s.station.as_str())
            .collect();
        assert_eq!(names, ["EWR", "LGA"]);
    }
}
