//! How long calls took, by group and together: counted in the buckets of `hours/buckets.rs`, from the
//! lines of hours and from single calls. A call that was refused took no time, and one that was lost
//! has none.

use std::collections::HashMap;

use kaname_platform::{Conn, DbError, params};

use super::{
    store::{Seen, key},
    window::TrafficBy,
};
use crate::hours::{HOUR_MS, buckets::Counts, counted, counts};

/// The lines that are looked at together span this much at most.
const STEP_MS: i64 = 24 * HOUR_MS;

/// How long some calls took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    /// Until their end.
    pub(crate) took: Counts,
    /// Until the first of the answer.
    pub(crate) first: Counts,
}

/// How long the calls of some groups took, and all together.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimesBy {
    groups: HashMap<String, Times>,
    none: Times,
    pub(crate) whole: Times,
}

impl TimesBy {
    /// Those of the group `key`.
    pub(crate) fn of(&self, key: &str) -> &Times {
        self.groups.get(key).unwrap_or(&self.none)
    }

    fn add(&mut self, key: &str, times: &Times) {
        let group = self.groups.get_mut(key);
        for sum in [Some(&mut self.whole), group].into_iter().flatten() {
            sum.took.join(&times.took);
            sum.first.join(&times.first);
        }
    }
}

/// How long the calls that are `seen` took, by the groups `keys` of the dimension `by`.
pub(crate) async fn read(
    conn: &mut Conn,
    seen: &Seen,
    (by, keys): (TrafficBy, impl Iterator<Item = &str>),
) -> Result<TimesBy, DbError> {
    let groups = keys.map(|key| (key.to_owned(), Times::default())).collect();
    let mut times = TimesBy { groups, ..TimesBy::default() };
    add_hours(conn, seen, by, &mut times).await?;
    add_calls(conn, seen, by, &mut times).await?;
    Ok(times)
}

const OF_HOURS: &str = concat!(
    "SELECT key, string_agg(took_counts, ' ') AS took_counts, \
     string_agg(first_counts, ' ') AS first_counts FROM (SELECT ",
    key!("$5"),
    " AS key, took_counts, first_counts FROM call_hour WHERE institution_id = $1 AND hour_ms >= $2 \
     AND hour_ms < $3 AND outcome <> 'denied' AND ($4 = '' OR department_id = $4)) AS seen \
     GROUP BY key"
);

async fn add_hours(
    conn: &mut Conn,
    seen: &Seen,
    by: TrafficBy,
    times: &mut TimesBy,
) -> Result<(), DbError> {
    let (mut from, until) = seen.split.hours();
    while from < until {
        let to = until.min(from.saturating_add(STEP_MS));
        let values = params![seen.institution, from, to, seen.department(), by.as_str()];
        for row in conn.fetch_all(OF_HOURS, values).await? {
            let (took, first) = (counts(&row, "took_counts")?, counts(&row, "first_counts")?);
            let found = Times { took, first };
            times.add(&row.get::<String>("key")?, &found);
        }
        from = to;
    }
    Ok(())
}

// The same buckets as in `hours/buckets.rs`: whole numbers rounded down to five significant bits.
const OF_CALLS: &str = concat!(
    "SELECT key, CASE WHEN ms < 32 THEN ms WHEN ms < 64 THEN ms - ms % 2 \
     WHEN ms < 128 THEN ms - ms % 4 WHEN ms < 256 THEN ms - ms % 8 \
     WHEN ms < 512 THEN ms - ms % 16 WHEN ms < 1024 THEN ms - ms % 32 \
     WHEN ms < 2048 THEN ms - ms % 64 WHEN ms < 4096 THEN ms - ms % 128 \
     WHEN ms < 8192 THEN ms - ms % 256 WHEN ms < 16384 THEN ms - ms % 512 \
     WHEN ms < 32768 THEN ms - ms % 1024 WHEN ms < 65536 THEN ms - ms % 2048 \
     WHEN ms < 131072 THEN ms - ms % 4096 WHEN ms < 262144 THEN ms - ms % 8192 \
     WHEN ms < 524288 THEN ms - ms % 16384 WHEN ms < 1048576 THEN ms - ms % 32768 \
     ELSE ms - ms % 65536 END AS low, COUNT(*) AS calls FROM (SELECT ",
    key!("$10"),
    " AS key, CASE $11 WHEN 'first' THEN first_ms ELSE took_ms END AS ms FROM ",
    counted!(),
    "WHERE outcome <> 'denied' AND ($9 = '' OR department_id = $9)) AS seen \
     WHERE ms IS NOT NULL GROUP BY 1, 2"
);

async fn add_calls(
    conn: &mut Conn,
    seen: &Seen,
    by: TrafficBy,
    times: &mut TimesBy,
) -> Result<(), DbError> {
    let seen = Seen { split: seen.split.without_hours(), ..*seen };
    for which in ["took", "first"] {
        let mut values = seen.bind();
        values.extend(params![by.as_str(), which]);
        for row in conn.fetch_all(OF_CALLS, values).await? {
            let mut found = Times::default();
            let counts = if which == "first" { &mut found.first } else { &mut found.took };
            counts.add(row.get("low")?, row.get("calls")?);
            times.add(&row.get::<String>("key")?, &found);
        }
    }
    Ok(())
}
