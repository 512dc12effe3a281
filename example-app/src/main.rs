//! How much do the airports of New York differ in temperature, at which hours, and how sure is that?
//!
//! A year of hourly weather reports goes through nine stages that feed each other. Each stage is remembered by checkpointer: the second
//! run computes nothing, and after an edit only the stages run that the edit can reach.

mod blocks;
mod calendar;
mod chart;
mod climate;
mod contrast;
mod days;
mod harmonics;
mod least_squares;
mod panel;
mod readings;
mod regime;
mod report;
mod selection;
mod stages;
mod sun;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use futures_lite::future::{block_on, zip};

use crate::climate::Climate;
use crate::contrast::Contrast;
use crate::report::Findings;

/// The pairs of stations that are compared: the first is measured against the second.
const PAIRS: [(&str, &str); 3] = [("LGA", "JFK"), ("EWR", "JFK"), ("LGA", "EWR")];

/// Compares the temperatures of New York's airports, hour by hour.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Hourly weather reports (CSV with the columns origin, temp, wind_speed, time_hour)
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/nyc-weather-2013.csv"))]
    input: PathBuf,
    /// Folder for the table and the chart; made if it does not exist
    #[arg(long, default_value = "target/example-app")]
    output: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let start = Instant::now();
    let text = std::fs::read_to_string(&arguments.input).with_context(|| {
        format!(
            "cannot read {}: give another file with --input",
            arguments.input.display()
        )
    })?;
    let readings =
        readings::parse(&text).with_context(|| format!("in {}", arguments.input.display()))?;
    println!(
        "{} reports of {} stations, {} with a flaw:",
        readings.rows,
        readings.stations.len(),
        readings.rejected.len()
    );
    for rejected in &readings.rejected {
        println!("  {rejected}");
    }
    let findings = analyse(&readings)?;
    let table = findings.table();
    println!("\n{table}");
    let chart = chart::draw(&findings.contrasts)?;
    println!("{}", stages::table(&checkpointer_runtime::stats()));
    save(&arguments.output, "airports.txt", &table)?;
    save(&arguments.output, "airports.svg", &chart)?;
    println!("done in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn analyse(readings: &readings::Readings) -> Result<Findings> {
    let panel = panel::align(readings);
    let regimes = regime::classify(&panel);
    let selection = selection::select_model(&panel)?;
    let climate = Climate::fit(&panel, selection.chosen.orders)?;
    let anomalies = climate.anomalies(&panel);
    let tables = PAIRS
        .iter()
        .map(|pair| days::add_up(&panel, &regimes, &anomalies, *pair))
        .collect::<Result<Vec<_>>>()?;
    let block_days = tables
        .iter()
        .map(|table| blocks::block_length(&table.daily_means()))
        .max()
        .unwrap_or(1);
    let contrasts = block_on(contrast_all(tables, block_days));
    let names = PAIRS
        .iter()
        .map(|(first, second)| format!("{first} − {second}"));
    Ok(Findings {
        selection,
        climate,
        regimes,
        block_days,
        contrasts: names.zip(contrasts).collect(),
    })
}

/// All pairs at once.
async fn contrast_all(tables: Vec<days::DayTable>, block: usize) -> Vec<Contrast> {
    let mut all: futures_lite::future::Boxed<Vec<Contrast>> = Box::pin(async { Vec::new() });
    for table in tables {
        all = Box::pin(async move {
            let (mut earlier, this) = zip(all, contrast::contrast(table, block)).await;
            earlier.push(this);
            earlier
        });
    }
    all.await
}

fn save(folder: &std::path::Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, text))
        .with_context(|| {
            format!(
                "cannot write {}: give another folder with --output",
                path.display()
            )
        })?;
    println!("wrote {}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed apart from this program, from the same file by a script in another language.
    #[test]
    fn the_differences_between_the_airports_agree_with_an_independent_calculation() {
        let text = include_str!("../data/nyc-weather-2013.csv");
        let panel = panel::align::original(&readings::parse::original(text).unwrap());
        let regimes = regime::classify::original(&panel);
        let mean = |pair, cell| {
            let anomalies = vec![0.0; regimes.len()];
            let table = days::add_up::original(&panel, &regimes, &anomalies, pair).unwrap();
            let sum_over_days =
                |values: &[f64]| -> f64 { values.iter().skip(cell).step_by(days::CELLS).sum() };
            sum_over_days(&table.sums) / sum_over_days(&table.counts)
        };
        let calm_night = days::regime_cell(regime::Regime::CalmNight).unwrap();
        let windy_day = days::regime_cell(regime::Regime::WindyDay).unwrap();
        assert!((mean(("LGA", "JFK"), days::ALL_HOURS) - 0.72).abs() < 0.005);
        assert!((mean(("LGA", "JFK"), calm_night) - 1.52).abs() < 0.005);
        assert!((mean(("LGA", "EWR"), windy_day) + 0.48).abs() < 0.005);
    }
}
