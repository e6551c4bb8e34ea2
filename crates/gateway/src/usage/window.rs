//! Which time is looked at, cut into how many points, and by which dimension. Pure.

use kaname_platform::named_variants;

use crate::{error::Error, hours::HOUR_MS};

/// Most points of a series.
pub(crate) const POINTS_MAX: i64 = 120;
/// The longest time that is looked at.
const LONGEST_MS: i64 = 400 * DAY_MS;
/// What is looked at where nobody says.
const USUAL_MS: i64 = HOUR_MS;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days begin at midnight in Japan.
const JAPAN_MS: i64 = 9 * HOUR_MS;

/// The widths that a point may have.
const WIDTHS_MS: [i64; 11] = [
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    7 * DAY_MS,
];

named_variants! {
    /// What calls are counted by.
    TrafficBy {
        /// The department of the caller.
        Department = "department",
        /// The application that the caller named.
        App = "app",
        /// The model's name at its endpoint.
        Model = "model",
        /// The endpoint.
        Endpoint = "endpoint",
        /// The route that was asked for.
        Route = "route",
        /// Who made the model.
        Vendor = "vendor",
        /// Why the call was made.
        Purpose = "purpose",
        /// How it ended.
        Outcome = "outcome",
    }
}

/// A time, and what its calls are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then on.
    pub since_ms: i64,
    /// Until before then.
    pub until_ms: i64,
    /// Counted by this.
    pub by: TrafficBy,
}

impl Window {
    /// From `since_ms` until `until_ms`; the last hour before `now_ms` where nothing is said.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] by field, when the time ends before it begins or is longer than 400 days.
    pub fn new(
        (since_ms, until_ms): (Option<i64>, Option<i64>),
        by: TrafficBy,
        now_ms: i64,
    ) -> Result<Self, Error> {
        let until_ms = until_ms.unwrap_or(now_ms);
        let since_ms = since_ms.unwrap_or_else(|| until_ms.saturating_sub(USUAL_MS));
        if since_ms < 0 || since_ms >= until_ms {
            return Err(Error::invalid(
                "since_ms",
                "this must be before until_ms, and not below 0",
            ));
        }
        if until_ms.saturating_sub(since_ms) > LONGEST_MS {
            return Err(Error::invalid("since_ms", "at most 400 days can be looked at together"));
        }
        Ok(Self { since_ms, until_ms, by })
    }

    /// The narrowest width from `narrowest_ms` on of which at most [`POINTS_MAX`] points cover it.
    pub(crate) fn width_ms(&self, narrowest_ms: i64) -> i64 {
        let fits = |width: &i64| *width >= narrowest_ms && self.points(*width) <= POINTS_MAX;
        WIDTHS_MS.into_iter().find(fits).unwrap_or(7 * DAY_MS)
    }

    /// Where the first point of this width begins: at or before the beginning, on a whole width.
    pub(crate) fn first_ms(&self, width_ms: i64) -> i64 {
        let local = self.since_ms.saturating_add(JAPAN_MS);
        local.saturating_sub(local.rem_euclid(width_ms)).saturating_sub(JAPAN_MS)
    }

    /// How many points of this width cover it.
    pub(crate) fn points(&self, width_ms: i64) -> i64 {
        let span = self.until_ms.saturating_sub(self.first_ms(width_ms));
        span.saturating_add(width_ms - 1) / width_ms
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_hour_is_looked_at_by_the_minute_and_a_day_by_the_quarter() {
        let now = 1_900_000_000_000;
        let hour = Window::new((None, None), TrafficBy::Model, now).unwrap();
        assert_eq!((hour.since_ms, hour.until_ms), (now - HOUR_MS, now));
        assert_eq!((hour.width_ms(0), hour.width_ms(HOUR_MS)), (MINUTE_MS, HOUR_MS));
        let day = Window { since_ms: now - DAY_MS, ..hour };
        assert_eq!(day.width_ms(0), 15 * MINUTE_MS);
        let month = Window { since_ms: now - 30 * DAY_MS, ..hour };
        assert_eq!(month.width_ms(HOUR_MS), 12 * HOUR_MS);
        let midnight = (month.first_ms(DAY_MS) + JAPAN_MS) % DAY_MS;
        assert_eq!(midnight, 0);
    }

    #[test]
    fn a_time_that_is_upside_down_or_too_long_is_refused_by_field() {
        let refused = |since, until| {
            let error = Window::new((Some(since), Some(until)), TrafficBy::App, 0).unwrap_err();
            matches!(error, Error::Invalid { field: "since_ms", .. })
        };
        assert!(refused(2, 1) && refused(1, 1) && refused(-1, 1));
        assert!(refused(0, LONGEST_MS + 1));
        assert!(Window::new((Some(0), Some(LONGEST_MS)), TrafficBy::App, 0).is_ok());
    }

    proptest! {
        #[test]
        fn points_cover_the_window_and_are_never_too_many(
            since in 0_i64..4_000_000_000_000, span in 1_i64..=LONGEST_MS
        ) {
            let window = Window { since_ms: since, until_ms: since + span, by: TrafficBy::App };
            let width = window.width_ms(0);
            let (first, points) = (window.first_ms(width), window.points(width));
            prop_assert!((1..=POINTS_MAX).contains(&points));
            prop_assert!(first <= since && since < first + width);
            prop_assert!(first + points * width >= window.until_ms);
            prop_assert!(first + (points - 1) * width < window.until_ms);
        }
    }
}
