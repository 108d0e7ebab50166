//! Times, as clients send them.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};

/// A time in the years 0 to 9999, the range of RFC 3339. PostgreSQL cannot store every later or earlier time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "DateTime<Utc>", into = "DateTime<Utc>")]
pub struct Time(pub DateTime<Utc>);

/// What was wrong with a time.
#[derive(Debug, thiserror::Error)]
#[error("must be a time such as 2026-01-31T09:30:00Z")]
pub struct BadTime;

impl TryFrom<DateTime<Utc>> for Time {
    type Error = BadTime;

    fn try_from(time: DateTime<Utc>) -> Result<Self, BadTime> {
        if (0..=9999).contains(&time.year()) { Ok(Self(time)) } else { Err(BadTime) }
    }
}

impl From<Time> for DateTime<Utc> {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl FromStr for Time {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        Self::try_from(DateTime::<Utc>::from_str(text).map_err(|_| BadTime)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_four_digits_for_the_year() {
        for good in ["2026-01-31T09:30:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z"] {
            assert!(good.parse::<Time>().is_ok(), "{good}");
        }
        for bad in
            ["", "2026-01-31", "-0001-12-31T00:00:00Z", "+10000-01-01T00:00:00Z", "+262142-12-31T00:00:00Z"]
        {
            assert!(bad.parse::<Time>().is_err(), "{bad}");
        }
    }
}
