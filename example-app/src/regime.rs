//! Third stage: which hours are nights, and which are calm. A city's warmth shows in calm nights and is blown away in windy ones.

use checkpointer_runtime::checkpoint;
use serde::{Deserialize, Serialize};

use crate::panel::Panel;
use crate::sun::is_night;

/// Below this mean wind (m/s) over the airports an hour is calm: about the calmest quarter of the year.
const CALM_WIND: f64 = 3.0;

/// What kind of hour it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub(crate) enum Regime {
    /// The sun is down, little wind.
    CalmNight,
    /// The sun is down, wind.
    WindyNight,
    /// The sun is up, little wind.
    CalmDay,
    /// The sun is up, wind.
    WindyDay,
    /// A station did not report its wind.
    Unknown,
}

impl Regime {
    /// The four regimes that results are given for.
    pub(crate) const KNOWN: [Regime; 4] = [
        Regime::CalmNight,
        Regime::WindyNight,
        Regime::CalmDay,
        Regime::WindyDay,
    ];

    /// Whether the sun is down.
    pub(crate) fn is_night(self) -> bool {
        matches!(self, Regime::CalmNight | Regime::WindyNight)
    }

    /// As a heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Regime::CalmNight => "calm night",
            Regime::WindyNight => "windy night",
            Regime::CalmDay => "calm day",
            Regime::WindyDay => "windy day",
            Regime::Unknown => "unknown",
        }
    }
}

impl From<Regime> for u8 {
    fn from(regime: Regime) -> u8 {
        regime as u8
    }
}

impl TryFrom<u8> for Regime {
    type Error = String;

    fn try_from(code: u8) -> Result<Regime, String> {
        Regime::KNOWN
            .into_iter()
            .chain([Regime::Unknown])
            .find(|regime| *regime as u8 == code)
            .ok_or_else(|| format!("{code} is no regime"))
    }
}

/// The regime of every hour of the panel.
#[checkpoint]
pub(crate) fn classify(panel: &Panel) -> Vec<Regime> {
    panel
        .hours()
        .zip(panel.mean_wind())
        .map(|(hour, wind)| match (is_night(hour), wind < CALM_WIND) {
            _ if wind.is_nan() => Regime::Unknown,
            (true, true) => Regime::CalmNight,
            (true, false) => Regime::WindyNight,
            (false, true) => Regime::CalmDay,
            (false, false) => Regime::WindyDay,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_by_sun_and_wind() {
        let midnight = crate::calendar::hour_of_timestamp("2013-03-20T05:00:00Z").unwrap();
        let mut wind = vec![5.0; 24];
        wind[0] = 1.0;
        wind[1] = f64::NAN;
        wind[12] = 2.9;
        let panel = Panel {
            stations: vec!["A".into()],
            first_hour: midnight,
            temperature: vec![vec![0.0; 24]],
            wind: vec![wind],
        };
        let regimes = classify::original(&panel);
        assert_eq!(regimes[0], Regime::CalmNight);
        assert_eq!(regimes[1], Regime::Unknown);
        assert_eq!(regimes[2], Regime::WindyNight);
        assert_eq!(regimes[12], Regime::CalmDay);
        assert_eq!(regimes[13], Regime::WindyDay);
    }
}
