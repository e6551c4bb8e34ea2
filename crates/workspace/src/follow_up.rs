//! Whether a question leans on the one before it. A plain rule that anybody can check by eye.
//!
//! A question that names nothing (「いくらですか」), or that begins by pointing back
//! (「その手数料は」, "When does it …"), is looked up together with the question before it.

/// Beginnings that point back, in Japanese.
const POINTING: [&str; 12] = [
    "それ",
    "その",
    "そこ",
    "そちら",
    "そういう",
    "これ",
    "この",
    "あれ",
    "あの",
    "では",
    "じゃあ",
    "ほかに",
];
/// English words that name nothing.
const EMPTY_WORDS: [&str; 44] = [
    "a", "about", "and", "any", "are", "at", "be", "by", "can", "cost", "did", "do", "does", "for",
    "from", "get", "how", "i", "in", "is", "long", "many", "much", "must", "of", "on", "or",
    "please", "should", "so", "the", "then", "there", "to", "until", "was", "we", "what", "when",
    "where", "who", "why", "will", "you",
];
/// English words that point back.
const POINTING_WORDS: [&str; 7] = ["it", "its", "that", "these", "they", "this", "those"];

/// Whether `question` should be looked up together with the one before.
pub(crate) fn leans_back(question: &str) -> bool {
    let points = POINTING.iter().any(|word| question.starts_with(word));
    let words =
        || question.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    let points_in_english = words().any(|word| POINTING_WORDS.contains(&word.as_str()));
    points || points_in_english || !names_something(question)
}

/// Whether there is a word of kanji or katakana (two or more), a number, or a word of Latin letters.
fn names_something(question: &str) -> bool {
    let characters: Vec<char> = question.chars().collect();
    let naming = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | 'ァ'..='ヺ' | 'ー' | '々');
    let japanese = characters.windows(2).any(|pair| pair.iter().all(|c| naming(*c)));
    let latin = question
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .any(|word| !EMPTY_WORDS.contains(&word.to_ascii_lowercase().as_str()));
    japanese || latin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_names_nothing_or_points_back_leans_on_the_one_before() {
        for question in [
            "いくらですか",
            "いつまで？",
            "その手数料はいくらですか",
            "それは土曜日でもできますか",
            "How much is it?",
            "And where?",
        ] {
            assert!(leans_back(question), "{question}");
        }
    }

    #[test]
    fn a_question_that_names_its_subject_stands_alone() {
        for question in [
            "粗大ごみの手数料はいくらですか",
            "マイナンバーカードの受け取り",
            "Where can I register a dog?",
            "住民票の写しは郵送で取れますか",
        ] {
            assert!(!leans_back(question), "{question}");
        }
    }
}
