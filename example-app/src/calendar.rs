//! Time: hours since 1970 in UTC, and the local standard time that the sun knows (no daylight saving).

use chrono::DateTime;

/// New York's standard time is five hours behind UTC all year.
const STANDARD_OFFSET_HOURS: i64 = -5;

/// Hours since 1970-01-01T00:00Z of a time such as `2013-01-01T06:00:00Z`.
pub(crate) fn hour_of_timestamp(text: &str) -> Option<i64> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.timestamp().div_euclid(3600))
}

/// Hour of the day, 0 to 23, in standard time.
pub(crate) fn standard_hour(hour: i64) -> usize {
    (hour + STANDARD_OFFSET_HOURS).rem_euclid(24) as usize
}

/// Number of the day, counted from noon to noon in standard time, so that no night is cut in two.
pub(crate) fn noon_day(hour: i64) -> i64 {
    (hour + STANDARD_OFFSET_HOURS + 12).div_euclid(24)
}

/// Where in the year an hour stands, as a fraction of a mean tropical year since 1970 began.
pub(crate) fn year_fraction(hour: i64) -> f64 {
    hour as f64 / (365.2422 * 24.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_of_a_timestamp_counts_from_1970() {
        assert_eq!(hour_of_timestamp("1970-01-02T03:00:00Z"), Some(27));
        assert_eq!(hour_of_timestamp("2013-01-01T06:00:00Z"), Some(376_950));
        assert_eq!(hour_of_timestamp("2013-13-01T06:00:00Z"), None);
    }

    #[test]
    fn standard_time_is_five_hours_behind() {
        let six_utc = hour_of_timestamp("2013-01-01T06:00:00Z").unwrap();
        assert_eq!(standard_hour(six_utc), 1);
        assert_eq!(standard_hour(six_utc - 2), 23);
    }

    #[test]
    fn a_night_belongs_to_one_day() {
        let evening = hour_of_timestamp("2013-07-02T02:00:00Z").unwrap();
        let morning = hour_of_timestamp("2013-07-02T10:00:00Z").unwrap();
        let afternoon = hour_of_timestamp("2013-07-02T18:00:00Z").unwrap();
        assert_eq!(noon_day(evening), noon_day(morning));
        assert_eq!(noon_day(morning) + 1, noon_day(afternoon));
    }
}
