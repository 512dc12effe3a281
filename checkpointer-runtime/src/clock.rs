//! The time of day, which tests may inject.

use chrono::{DateTime, Utc};

/// The time of day.
#[cfg(not(feature = "testing"))]
#[inline]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The time of day, or what a test says that it is.
#[cfg(feature = "testing")]
pub(crate) fn now() -> DateTime<Utc> {
    crate::testing::injected_time().unwrap_or_else(Utc::now)
}
