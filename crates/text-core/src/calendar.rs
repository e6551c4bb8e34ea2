//! Dates as Japanese administration writes them, in eras or in Western years.
//!
//! An era goes on arithmetically after its end (`平成32年` is 2020), because documents written before
//! a change of era say so; a date before the first day of its era is no date.
//!
//! # Source
//!
//! First days of the eras: the era ordinances; Meiji from the adoption of the Gregorian calendar.

use std::ops::Range;

use time::{Date, Month};

use crate::normalise::Normalised;

/// An era as in [`ERAS`].
type Era = (&'static str, char, i32, (i32, u8, u8));

/// Name, letter, year before the first, first day as (year, month, day).
const ERAS: &[Era] = &[
    ("令和", 'r', 2018, (2019, 5, 1)),
    ("平成", 'h', 1988, (1989, 1, 8)),
    ("昭和", 's', 1925, (1926, 12, 25)),
    ("大正", 't', 1911, (1912, 7, 30)),
    ("明治", 'm', 1867, (1873, 1, 1)),
];

/// The date that `text` is, white space around it aside; `None` when it is anything else.
///
/// Understands `令和7年4月1日`, `令和元年5月1日`, `R7.4.1`, `Ｒ７／４／１`, `二〇二五年四月一日`, `2025-04-01`.
pub fn parse_date(text: &str) -> Option<Date> {
    let normalised = Normalised::of(text);
    let (date, rest) = read_date(normalised.text())?;
    rest.is_empty().then_some(date)
}

/// Every date in `text` with the bytes where it stands, in order.
pub fn find_dates(text: &str) -> Vec<(Range<usize>, Date)> {
    let normalised = Normalised::of(text);
    let whole = normalised.text();
    let mut found = Vec::new();
    let mut next = 0;
    let mut before = ' ';
    for (at, c) in whole.char_indices() {
        let may_begin = at >= next && !(continues_word(before) && c.is_ascii());
        before = c;
        let Some((date, rest)) = may_begin.then(|| whole.get(at..).and_then(read_date)).flatten()
        else {
            continue;
        };
        next = whole.len() - rest.len();
        found.push((normalised.original_range(at..next), date));
    }
    found
}

fn continues_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/')
}

/// The date that `text` begins with, and what follows it.
fn read_date(text: &str) -> Option<(Date, &str)> {
    let (era, rest) = read_era(text);
    let (year, rest) = match (era, rest.strip_prefix('元')) {
        (Some(_), Some(rest)) => (1, rest),
        _ => read_number(rest)?,
    };
    let (month, day, rest) = read_month_and_day(rest)?;
    let (offset, first) = match era {
        Some(&(_, _, offset, first)) => (offset, first),
        None if (1800..=9999).contains(&year) => (0, (1800, 1, 1)),
        None => return None,
    };
    let date = calendar_date(offset.checked_add(year)?, month, day)?;
    let first = calendar_date(first.0, first.1.into(), first.2.into())?;
    (date >= first && year > 0).then_some((date, rest))
}

fn read_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in ERAS {
        if let Some(rest) = text.strip_prefix(era.0).or_else(|| text.strip_prefix(era.1)) {
            return (Some(era), rest.trim_start());
        }
    }
    (None, text)
}

fn read_month_and_day(text: &str) -> Option<(i32, i32, &str)> {
    if let Some(rest) = text.trim_start().strip_prefix('年') {
        let (month, rest) = read_number(rest.trim_start())?;
        let rest = rest.trim_start().strip_prefix('月')?;
        let (day, rest) = read_number(rest.trim_start())?;
        return Some((month, day, rest.trim_start().strip_prefix('日')?));
    }
    let separator = text.chars().next().filter(|c| matches!(c, '.' | '/' | '-'))?;
    let (month, rest) = read_number(text.strip_prefix(separator)?)?;
    let (day, rest) = read_number(rest.strip_prefix(separator)?)?;
    let goes_on = rest.strip_prefix(separator).is_some_and(|rest| read_number(rest).is_some());
    (!goes_on && !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .then_some((month, day, rest))
}

/// One to four ASCII digits.
fn read_number(text: &str) -> Option<(i32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    (1..=4).contains(&digits.len()).then(|| digits.parse().ok().map(|n| (n, rest))).flatten()
}

fn calendar_date(year: i32, month: i32, day: i32) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a wrong boundary must fail the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn iso(text: &str) -> Option<String> {
        parse_date(text).map(|date| date.to_string())
    }

    #[test]
    fn every_way_of_writing_the_first_of_april_is_understood() {
        for written in [
            "令和7年4月1日",
            "令和７年４月１日",
            "令和七年四月一日",
            "R7.4.1",
            "Ｒ７．４．１",
            "r07/04/01",
            "令和 7 年 4 月 1 日",
            "2025年4月1日",
            "二〇二五年四月一日",
            "2025-04-01",
            "2025/4/1",
            "平成37年4月1日",
            "㋿7年4月1日",
        ] {
            assert_eq!(iso(written).as_deref(), Some("2025-04-01"), "{written}");
        }
    }

    #[test]
    fn the_first_year_of_an_era_begins_on_its_first_day() {
        assert_eq!(iso("令和元年5月1日").as_deref(), Some("2019-05-01"));
        assert_eq!(iso("令和元年4月30日"), None);
        assert_eq!(iso("昭和元年12月25日").as_deref(), Some("1926-12-25"));
        assert_eq!(iso("平成31年4月30日").as_deref(), Some("2019-04-30"));
        assert_eq!(iso("明治22年2月11日").as_deref(), Some("1889-02-11"));
    }

    #[test]
    fn what_is_no_date_is_not_taken_for_one() {
        for written in
            ["", "令和7年2月29日", "令和0年4月1日", "7.4.1", "2025.4.1.2", "令和7年度", "R7.4"]
        {
            assert_eq!(iso(written), None, "{written}");
        }
        assert!(find_dates("ver7.4.1 と 192.168.2025.4.1").is_empty());
    }

    #[test]
    fn dates_are_found_where_they_stand() {
        let text = "この条例は、令和七年四月一日から施行し、Ｒ８.3.31に効力を失う。";
        let found: Vec<_> =
            find_dates(text).into_iter().map(|(at, date)| (&text[at], date.to_string())).collect();
        assert_eq!(
            found,
            [("令和七年四月一日", "2025-04-01".to_owned()), ("Ｒ８.3.31", "2026-03-31".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn any_day_written_in_reiwa_reads_back(day in 0_i64..20_000) {
            let first = calendar_date(2019, 5, 1).unwrap();
            let date = first + time::Duration::days(day);
            let written = format!(
                "令和{}年{}月{}日", date.year() - 2018, u8::from(date.month()), date.day()
            );
            prop_assert_eq!(parse_date(&written), Some(date));
        }

        #[test]
        fn any_text_is_searched_without_panic(text in "[令和平成RrHh0-9.元年月日/ \\-]{0,40}") {
            for (range, _) in find_dates(&text) {
                prop_assert!(parse_date(&text[range]).is_some());
            }
        }
    }
}
