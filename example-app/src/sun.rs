//! Where the sun stands over New York: enough astronomy to tell night from day.

use std::f64::consts::TAU;

use crate::calendar::year_fraction;

const LATITUDE_DEGREES: f64 = 40.70;
const LONGITUDE_DEGREES: f64 = -73.92;

/// Below this elevation it is night: the sun's upper edge, lifted by refraction, touches the horizon.
const HORIZON_DEGREES: f64 = -0.833;

/// Whether the sun is down at an hour (in UTC, since 1970).
pub(crate) fn is_night(hour: i64) -> bool {
    elevation_degrees(hour) < HORIZON_DEGREES
}

/// The sun's elevation, after J. W. Spencer, "Fourier series representation of the position of the sun", Search 2 (1971): good to some
/// hundredths of a degree in declination, far better than hourly data asks for.
fn elevation_degrees(hour: i64) -> f64 {
    let angle = TAU * year_fraction(hour).fract();
    let (s1, c1) = angle.sin_cos();
    let (s2, c2) = (2.0 * angle).sin_cos();
    let (s3, c3) = (3.0 * angle).sin_cos();
    let declination = 0.006_918 - 0.399_912 * c1 + 0.070_257 * s1 - 0.006_758 * c2 + 0.000_907 * s2
        - 0.002_697 * c3
        + 0.001_480 * s3;
    let equation_of_time =
        0.000_075 + 0.001_868 * c1 - 0.032_077 * s1 - 0.014_615 * c2 - 0.040_849 * s2;
    let utc_angle = TAU * (hour.rem_euclid(24) as f64 / 24.0 - 0.5);
    let hour_angle = utc_angle + LONGITUDE_DEGREES.to_radians() + equation_of_time;
    let latitude = LATITUDE_DEGREES.to_radians();
    let sine =
        latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos();
    sine.clamp(-1.0, 1.0).asin().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::hour_of_timestamp;

    fn elevation(time: &str) -> f64 {
        elevation_degrees(hour_of_timestamp(time).unwrap())
    }

    #[test]
    fn the_noon_sun_stands_as_high_as_latitude_and_season_say() {
        let solstice_difference =
            elevation("2013-06-21T17:00:00Z") - elevation("2013-12-21T17:00:00Z");
        assert!((solstice_difference - 2.0 * 23.44).abs() < 0.3);
        assert!((elevation("2013-06-21T17:00:00Z") - (90.0 - 40.70 + 23.44)).abs() < 0.3);
    }

    #[test]
    fn nights_are_as_long_as_the_almanac_says() {
        let night_hours = |day: &str| {
            let start = hour_of_timestamp(&format!("{day}T17:00:00Z")).unwrap();
            (start..start + 24).filter(|h| is_night(*h)).count()
        };
        // Sunset to sunrise: 14 h 45 min at the winter solstice, 8 h 54 min at the summer one.
        assert!((14..=15).contains(&night_hours("2013-12-21")));
        assert!((8..=9).contains(&night_hours("2013-06-21")));
    }
}
