//! Moments as text.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_OF_A_DAY: i64 = 86_400;
/// Days of 400 years, after which the Gregorian calendar repeats.
const DAYS_OF_AN_ERA: i64 = 146_097;
/// From the first of March of the year 0, when the counted years begin, to 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A moment as RFC 3339 §5.6 writes it: in UTC, to the nanosecond, all digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp(pub SystemTime);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanoseconds) = since_1970(self.0);
        let (year, month, day) = date(seconds.div_euclid(SECONDS_OF_A_DAY));
        let second = seconds.rem_euclid(SECONDS_OF_A_DAY);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{nanoseconds:09}Z",
            second / 3_600,
            second / 60 % 60,
            second % 60,
        )
    }
}

/// From one moment to another, which may be earlier.
pub(crate) fn milliseconds(from: SystemTime, to: SystemTime) -> f64 {
    match to.duration_since(from) {
        Ok(after) => after.as_secs_f64() * 1e3,
        Err(before) => before.duration().as_secs_f64() * -1e3,
    }
}

/// Whole seconds, and the nanoseconds after them.
fn since_1970(time: SystemTime) -> (i64, u32) {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (after.as_secs() as i64, after.subsec_nanos()),
        Err(error) => {
            let before = error.duration();
            match before.subsec_nanos() {
                0 => (-(before.as_secs() as i64), 0),
                nanoseconds => (-(before.as_secs() as i64) - 1, 1_000_000_000 - nanoseconds),
            }
        }
    }
}

/// Year, month and day; years are counted from March, so that a leap day is the last of its year.
fn date(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + DAYS_BEFORE_1970;
    let era = days.div_euclid(DAYS_OF_AN_ERA);
    let day = days.rem_euclid(DAYS_OF_AN_ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let first = (153 * month + 2) / 5;
    let year = era * 400 + year;
    match month {
        0..=9 => (year, month + 3, day - first + 1),
        _ => (year + 1, month - 9, day - first + 1),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_are_written_with_all_their_digits() {
        let after = |seconds, nanoseconds| {
            Timestamp(UNIX_EPOCH + Duration::new(seconds, nanoseconds)).to_string()
        };
        assert_eq!(after(0, 0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(after(951_782_399, 1), "2000-02-28T23:59:59.000000001Z");
        assert_eq!(after(951_782_400, 0), "2000-02-29T00:00:00.000000000Z");
        assert_eq!(after(951_868_800, 0), "2000-03-01T00:00:00.000000000Z");
        assert_eq!(
            after(1_795_270_108, 992_895_063),
            "2026-11-21T14:08:28.992895063Z"
        );
        assert_eq!(after(4_107_542_400, 0), "2100-03-01T00:00:00.000000000Z");
        let before = UNIX_EPOCH - Duration::new(1, 1);
        assert_eq!(
            Timestamp(before).to_string(),
            "1969-12-31T23:59:58.999999999Z"
        );
    }
}
