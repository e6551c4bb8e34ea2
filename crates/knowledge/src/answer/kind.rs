//! Whether a passage holds the kind of thing that is asked for, as far as its form tells: an amount,
//! a count of the unit asked for, a date, a place.
//!
//! Pure; knows no subject, only how such things are written.

use kaname_lexicon_core::{Asks, fold::fold};

/// What stands for an amount besides yen.
const RATES: &[&str] = &["無料", "免除", "無償", "全額", "半額", "分の", "%", "割"];
/// What a date or a time has behind its digits.
const TIMES: &[&str] = &["年", "月", "日", "時", "分", "週", "か月", "期", "開庁日", ":"];
/// What a time may say without digits.
const TIMES_IN_WORDS: &[&str] = &["曜", "まで", "以内", "随時", "毎日", "直ちに", "速やか"];
const PLACES: &[&str] =
    &["課", "窓口", "場所", "階", "館", "役場", "センター", "所", "室", "公園", "学校"];
const PERSONS: &[&str] = &["者", "人", "方", "員", "長", "課"];
const METHODS: &[&str] = &["ください", "申請", "申込", "提出", "により", "する", "して", "れば"];
const THINGS: &[&str] = &["必要", "持", "書", "証", "カード", "印"];
const REASONS: &[&str] = &["ため", "から", "ので", "理由", "により"];

/// How well `words` fit what is asked for, 0 to 1; one half when the question does not say.
pub(crate) fn fits(asks: &[Asks], units: &[String], words: &str) -> f32 {
    let plain = fold(words);
    let degrees: Vec<f32> = asks.iter().map(|asks| holds(*asks, plain.as_str())).collect();
    let counted = units.iter().map(|unit| counts(plain.as_str(), unit));
    let degrees: Vec<f32> = degrees.into_iter().chain(counted).collect();
    if degrees.is_empty() {
        return 0.5;
    }
    mean(&degrees)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of kinds")]
fn mean(degrees: &[f32]) -> f32 {
    degrees.iter().sum::<f32>() / degrees.len() as f32
}

/// Whether digits stand before `unit`, other words between them aside.
fn counts(plain: &str, unit: &str) -> f32 {
    let exact = behind_digits(plain).any(|behind| behind.starts_with(unit));
    if exact {
        1.0
    } else if plain.contains(unit) && has_digits(plain) {
        0.5
    } else {
        0.0
    }
}

fn holds(asks: Asks, plain: &str) -> f32 {
    let any = |signs: &[&str]| signs.iter().any(|sign| plain.contains(sign));
    let digits = has_digits(plain);
    match asks {
        Asks::Amount if has_amount(plain) => 1.0,
        Asks::Amount if any(RATES) => 0.8,
        Asks::Amount if digits && any(&["料", "額", "率"]) => 0.4,
        Asks::Count if digits => 1.0,
        Asks::Time if behind_digits(plain).any(|behind| starts_with(behind, TIMES)) => 1.0,
        Asks::Time if any(TIMES_IN_WORDS) => 0.7,
        Asks::Amount | Asks::Count | Asks::Time => 0.0,
        Asks::Place => degree(any(PLACES)),
        Asks::Person => degree(any(PERSONS)),
        Asks::Method => degree(any(METHODS)),
        Asks::Things => degree(any(THINGS)),
        Asks::Reason => degree(any(REASONS)),
    }
}

fn degree(holds: bool) -> f32 {
    if holds { 1.0 } else { 0.0 }
}

fn has_digits(plain: &str) -> bool {
    plain.chars().any(|c| c.is_ascii_digit())
}

/// Digits, perhaps a myriad, then yen.
fn has_amount(plain: &str) -> bool {
    behind_digits(plain)
        .any(|behind| behind.trim_start_matches(['万', '千', '億', '百']).starts_with('円'))
}

fn starts_with(behind: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| behind.starts_with(sign))
}

/// What stands behind each run of digits.
fn behind_digits(plain: &str) -> impl Iterator<Item = &str> {
    let digit = |c: char| c.is_ascii_digit();
    plain.match_indices(digit).filter_map(move |(at, found)| {
        let behind = plain.get(at + found.len()..)?;
        (!behind.starts_with(digit)).then_some(behind.trim_start())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_fits_the_question_of_an_amount_better_than_a_date_does() {
        let fits = |words| fits(&[Asks::Amount], &[], words);
        for words in ["1通につき300円", "上限は5万円です", "１，５００円"] {
            assert!(fits(words) > 0.9, "{words}");
        }
        assert!(fits("利用は無料です") > 0.5);
        assert!(fits("手数料は、申請の際に徴収する。") < 0.1);
        assert!(fits("手数料は、4月1日から徴収する。") < 0.5);
    }

    #[test]
    fn a_count_fits_when_its_digits_stand_before_the_unit_that_is_asked_for() {
        let fits = |words| fits(&[Asks::Count], &["枚".to_owned()], words);
        assert!(fits("毛布 20枚") > fits("写し 2部"));
        assert!(fits("毛布 20枚") > fits("予備"));
    }

    #[test]
    fn a_time_needs_its_digits_or_its_words() {
        let fits = |words| fits(&[Asks::Time], &[], words);
        assert!(fits("12月28日まで") > fits("速やかに届け出る"));
        assert!(fits("速やかに届け出る") > fits("1件300円"));
    }

    #[test]
    fn a_question_that_does_not_say_favours_nothing() {
        assert!((fits(&[], &[], "300円") - fits(&[], &[], "窓口")).abs() < f32::EPSILON);
    }

    proptest! {
        #[test]
        fn the_degree_stays_between_nothing_and_all(words in "\\PC{0,60}", unit in "[枚回]") {
            let asks = [Asks::Amount, Asks::Count, Asks::Time, Asks::Place];
            let degree = fits(&asks, &[unit], &words);
            prop_assert!((0.0..=1.0).contains(&degree));
        }
    }
}
