//! Check questions of a drill: what is asked, what an answer must hold, and what came of it.
//!
//! They check a few chosen questions and are no measure of quality. A call that fails is never a
//! wrong answer. What was answered is not kept here: the act of the call commits to it.

use kaname_kernel::ActId;
use kaname_platform::named_variants;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::error::ContinuityError;

/// Most questions of a drill.
const QUESTIONS_MAX: usize = 20;
/// Most characters of a question.
const QUESTION_CHARS_MAX: usize = 2_000;
/// Most texts that an answer must hold, and most that it must not.
const TEXTS_MAX: usize = 10;
/// Most characters of such a text, and of the name of a model.
const TEXT_CHARS_MAX: usize = 200;

/// A check question, and by what its answer is judged.
///
/// Texts are compared without regard to width and other compatibility forms (NFKC), upper and lower
/// case, and white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckQuestion {
    /// What is asked, in 1 to 2,000 characters. It has the institution's default label.
    pub question: String,
    /// The model that is asked: the public name of a route or an endpoint.
    pub model: String,
    /// The answer must hold all of these 1 to 10 texts of 1 to 200 characters.
    pub expected: Vec<String>,
    /// The answer must hold none of these; 10 at most.
    #[serde(default)]
    pub forbidden: Vec<String>,
}

named_variants! {
    /// How a question ended.
    CheckOutcome {
        /// The answer holds all that it must, and nothing that it must not.
        AsExpected = "as_expected",
        /// The answer lacks a text that it must hold, or holds one that it must not.
        NotAsExpected = "not_as_expected",
        /// No answer came; nothing is known of its quality.
        Unanswered = "unanswered",
    }
}

/// What came of a question in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckAnswer {
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Why no answer came: a stable code.
    pub code: Option<String>,
    /// The public name of the endpoint that answered.
    pub endpoint: Option<String>,
    /// Whether the answer stopped at the most tokens that a check question is given.
    pub cut_short: bool,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The act of the request, if it came so far; the calls and the answer follow from it.
    #[schema(value_type = Option<String>)]
    pub act_id: Option<ActId>,
}

/// A question with both its results. One without a result was not asked to the end in that round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckResult {
    /// What is asked.
    #[serde(flatten)]
    pub question: CheckQuestion,
    /// Before anything was out of service.
    pub before: Option<CheckAnswer>,
    /// While it was.
    pub during: Option<CheckAnswer>,
}

/// A round in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckTally {
    /// Questions that were asked to the end.
    pub asked: i64,
    /// Those with an answer.
    pub answered: i64,
    /// Those whose answer was as expected.
    pub as_expected: i64,
    /// Those without an answer.
    pub unanswered: i64,
}

/// The check questions of a drill: a check of a few chosen questions, no general measure of quality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Checks {
    /// The round before anything was out of service.
    pub before: CheckTally,
    /// The round while it was.
    pub during: CheckTally,
    /// Question by question.
    pub questions: Vec<CheckResult>,
}

impl Checks {
    /// What came of `questions`; nothing where there are none.
    pub(super) fn of(questions: Vec<CheckResult>) -> Option<Self> {
        if questions.is_empty() {
            return None;
        }
        let before = tally(questions.iter().filter_map(|one| one.before.as_ref()));
        let during = tally(questions.iter().filter_map(|one| one.during.as_ref()));
        Some(Self { before, during, questions })
    }
}

fn tally<'a>(answers: impl Iterator<Item = &'a CheckAnswer>) -> CheckTally {
    let mut tally = CheckTally::default();
    for answer in answers {
        tally.asked += 1;
        match answer.outcome {
            CheckOutcome::AsExpected => tally.as_expected += 1,
            CheckOutcome::NotAsExpected => {}
            CheckOutcome::Unanswered => tally.unanswered += 1,
        }
    }
    tally.answered = tally.asked - tally.unanswered;
    tally
}

impl CheckQuestion {
    /// Whether `answer` holds all that it must, and nothing that it must not.
    pub(super) fn judge(&self, answer: &str) -> CheckOutcome {
        let answer = plain(answer);
        let holds = |text: &String| answer.contains(&plain(text));
        if self.expected.iter().all(holds) && !self.forbidden.iter().any(holds) {
            CheckOutcome::AsExpected
        } else {
            CheckOutcome::NotAsExpected
        }
    }

    /// Which of its fields is not acceptable, and why.
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        let within =
            |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
        let fits = |text: &String| within(text, TEXT_CHARS_MAX) && !plain(text).is_empty();
        let never = |text: &String| {
            let forbidden = plain(text);
            self.expected.iter().any(|expected| plain(expected).contains(&forbidden))
        };
        if !within(&self.question, QUESTION_CHARS_MAX) {
            Some(("question", "ask something, in 1 to 2,000 characters"))
        } else if !within(&self.model, TEXT_CHARS_MAX) {
            Some(("model", "give the public name of a route or an endpoint"))
        } else if !(1..=TEXTS_MAX).contains(&self.expected.len()) || !self.expected.iter().all(fits)
        {
            Some((
                "expected",
                "give 1 to 10 texts of 1 to 200 characters that the answer must hold",
            ))
        } else if self.forbidden.len() > TEXTS_MAX || !self.forbidden.iter().all(fits) {
            Some(("forbidden", "give up to 10 texts of 1 to 200 characters that it must not hold"))
        } else if self.forbidden.iter().any(never) {
            Some(("forbidden", "no answer can hold what is expected and not hold this"))
        } else {
            None
        }
    }
}

/// Refuses questions that cannot be asked or judged.
///
/// # Errors
///
/// [`ContinuityError::Invalid`] with the place and the field: `checks[2].expected`.
pub(super) fn check(questions: &[CheckQuestion]) -> Result<(), ContinuityError> {
    if questions.len() > QUESTIONS_MAX {
        return Err(ContinuityError::invalid("checks", "a drill has up to 20 check questions"));
    }
    for (place, question) in questions.iter().enumerate() {
        if let Some((field, detail)) = question.fault() {
            return Err(ContinuityError::invalid(format!("checks[{place}].{field}"), detail));
        }
    }
    Ok(())
}

/// The one form in which texts are compared. Upper case first: `ß` and `ss` are one, as is every
/// sigma.
fn plain(text: &str) -> String {
    let visible = text.nfkc().filter(|c| !c.is_whitespace());
    visible.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question(expected: &[&str], forbidden: &[&str]) -> CheckQuestion {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        CheckQuestion {
            question: "粗大ごみの手数料は？".to_owned(),
            model: "kaname/standard".to_owned(),
            expected: texts(expected),
            forbidden: texts(forbidden),
        }
    }

    #[test]
    fn width_case_and_white_space_make_no_difference_and_anything_else_does() {
        for (expected, answer) in [
            (&["500円"][..], "手数料は５００\n円です。"),
            (&["kaname"], "「ＫＡＮＡＭＥ」です"),
            (&["ｶﾅﾒ"], "カ ナメ"),
            (&["strasse", "ΟΔΟΣ"], "Straße, οδος"),
            (&["が"], "か\u{3099}"),
        ] {
            assert_eq!(question(expected, &[]).judge(answer), CheckOutcome::AsExpected, "{answer}");
        }
        for (expected, forbidden, answer) in [
            (&["500円", "持込"][..], &[][..], "500円です。"),
            (&["500円"], &["無料"], "500円。無 料の日もあります。"),
            (&["500円"], &[], ""),
        ] {
            let judged = question(expected, forbidden).judge(answer);
            assert_eq!(judged, CheckOutcome::NotAsExpected, "{answer}");
        }
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        let long = "あ".repeat(2_001);
        let eleven = ["a"; 11];
        for (wrong, field) in [
            (CheckQuestion { question: long, ..question(&["a"], &[]) }, "question"),
            (CheckQuestion { model: " ".to_owned(), ..question(&["a"], &[]) }, "model"),
            (question(&[], &[]), "expected"),
            (question(&["a", "\u{3000}"], &[]), "expected"),
            (question(&eleven, &[]), "expected"),
            (question(&["a"], &[""]), "forbidden"),
            (question(&["Ａbc"], &["aB"]), "forbidden"),
        ] {
            let refused = check(&[question(&["a"], &["b"]), wrong]).unwrap_err();
            let place = format!("checks[1].{field}");
            assert!(matches!(refused, ContinuityError::Invalid { field, .. } if field == place));
        }
        let many = vec![question(&["a"], &[]); 21];
        assert!(check(&many).is_err() && check(&many[1..]).is_ok() && check(&[]).is_ok());
    }

    proptest! {
        #[test]
        fn an_answer_that_holds_every_expected_text_somewhere_is_as_expected(
            texts in proptest::collection::vec("[a-zA-Zあ-んＡ-Ｚ０-９ ß]{1,8}", 1..5),
            between in "[ 、。x\n]{0,4}"
        ) {
            let held: Vec<&str> = texts.iter().map(String::as_str).collect();
            let answer = held.join(&between).to_uppercase();
            prop_assert_eq!(question(&held, &[]).judge(&answer), CheckOutcome::AsExpected);
        }

        #[test]
        fn the_one_form_stays_as_it_is(text in "\\PC{0,30}") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }
    }
}
