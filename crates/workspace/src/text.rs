//! The rules for what people write: questions, titles, selections; pure.

use kaname_kernel::CollectionId;
use kaname_text_core::excerpt;

use crate::error::FieldError;

/// Characters of a question at most.
pub const QUESTION_LENGTH_MAX: usize = 8_000;
/// Characters of a title at most.
pub const TITLE_LENGTH_MAX: usize = 100;
/// Characters of a title that is taken from the first question.
const TITLE_TAKEN_MAX: usize = 40;
/// Collections that one conversation may name.
pub(crate) const COLLECTIONS_MAX: usize = 50;

/// A question, trimmed. Line breaks and tabs stay; it is kept and shown as text alone.
pub(crate) fn question(text: &str) -> Result<String, FieldError> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    fitting(text, QUESTION_LENGTH_MAX, odd).ok_or(FieldError::Question)
}

/// A title, trimmed, on one line.
pub(crate) fn title(text: &str) -> Result<String, FieldError> {
    fitting(text, TITLE_LENGTH_MAX, char::is_control).ok_or(FieldError::Title)
}

/// The title of a conversation that begins with `question`: its first line, cut between characters.
pub(crate) fn title_from(question: &str) -> String {
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    excerpt(plain.trim(), TITLE_TAKEN_MAX).into_owned()
}

/// A selection of collections, each once, in the order given.
pub(crate) fn collections(given: Vec<CollectionId>) -> Result<Vec<CollectionId>, FieldError> {
    if given.len() > COLLECTIONS_MAX {
        return Err(FieldError::Collections);
    }
    let mut once = Vec::with_capacity(given.len());
    for id in given {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    Ok(once)
}

fn fitting(text: &str, length_max: usize, odd: impl Fn(char) -> bool) -> Option<String> {
    let trimmed = text.trim();
    let length = trimmed.chars().take(length_max + 1).count();
    let fits = length > 0 && length <= length_max && !trimmed.chars().any(odd);
    fits.then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_from_one_to_8000_characters_of_any_script() {
        assert_eq!(question(" 粗大ごみは\nいくら？　").as_deref(), Ok("粗大ごみは\nいくら？"));
        assert!(question(&"課".repeat(QUESTION_LENGTH_MAX)).is_ok());
        for bad in ["", " 　\n", "a\0b", "a\u{1b}[2J", &"課".repeat(QUESTION_LENGTH_MAX + 1)] {
            assert_eq!(question(bad), Err(FieldError::Question));
        }
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(title(" <b>ごみ</b> ").as_deref(), Ok("<b>ごみ</b>"));
        for bad in ["", "　", "a\nb", &"課".repeat(TITLE_LENGTH_MAX + 1)] {
            assert_eq!(title(bad), Err(FieldError::Title), "{bad:?}");
        }
    }

    #[test]
    fn a_title_taken_from_a_question_is_its_first_line_cut_short() {
        assert_eq!(title_from("ごみは\tいつ？\n二行目"), "ごみは いつ？");
        let taken = title_from(&"葛\u{e0100}".repeat(60));
        assert!(taken.ends_with('…') && taken.chars().count() <= TITLE_TAKEN_MAX);
        assert!(!taken.trim_end_matches('…').ends_with('葛'), "parted from its selector");
    }
}
