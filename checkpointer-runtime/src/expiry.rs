//! When a stored result is too old.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock;
use crate::config::ShouldExpire;
use crate::setting::Setting;

/// A layer's expiry: by age, by a closure, by both or never.
pub(crate) struct Expiry {
    age: Option<Setting<Duration>>,
    should_expire: Option<ShouldExpire>,
}

impl Expiry {
    pub(crate) fn new(age: Option<Setting<Duration>>, should_expire: Option<ShouldExpire>) -> Self {
        Self { age, should_expire }
    }

    /// Whether nothing ever expires.
    pub(crate) fn is_never(&self) -> bool {
        self.age.is_none() && self.should_expire.is_none()
    }

    /// Whether a result stored at this time has expired.
    pub(crate) fn has_expired(&self, stored: DateTime<Utc>) -> bool {
        let by_age = self
            .age
            .as_ref()
            .is_some_and(|age| is_older(stored, clock::now(), age.get()));
        by_age
            || self
                .should_expire
                .as_ref()
                .is_some_and(|should_expire| (should_expire.0)(stored))
    }
}

/// A result stored in the future (a clock was set back) has no age, and is not older than anything.
fn is_older(stored: DateTime<Utc>, now: DateTime<Utc>, age: Duration) -> bool {
    (now - stored).to_std().is_ok_and(|passed| passed >= age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_expires_when_its_age_is_reached() {
        let stored = DateTime::from_timestamp(1_000, 0).expect("a valid time");
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a valid time");
        let age = Duration::from_secs(60);
        assert!(!is_older(stored, at(1_059), age));
        assert!(is_older(stored, at(1_060), age));
        assert!(!is_older(stored, at(900), age), "the clock was set back");
    }
}
