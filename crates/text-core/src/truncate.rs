//! Cutting text for display without breaking what a reader sees as one character.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;

/// The longest start of `text` of at most `max_chars` characters that ends between graphemes.
///
/// A kanji is never parted from its variation selector, nor a letter from its sound mark; when the
/// first grapheme alone is too long the result is empty.
pub fn truncate_chars(text: &str, max_chars: usize) -> &str {
    let mut chars = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        chars += grapheme.chars().count();
        if chars > max_chars {
            break;
        }
        end = start + grapheme.len();
    }
    text.get(..end).unwrap_or_default()
}

/// `text` itself when it fits into `max_chars` characters, else its start and `…`.
pub fn excerpt(text: &str, max_chars: usize) -> Cow<'_, str> {
    let whole = truncate_chars(text, max_chars);
    if whole.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let start = truncate_chars(text, max_chars.saturating_sub(1));
    Cow::Owned(format!("{}…", start.trim_end()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_kanji_keeps_its_variation_selector() {
        let text = "葛\u{e0100}飾区";
        assert_eq!(truncate_chars(text, 1), "");
        assert_eq!(truncate_chars(text, 2), "葛\u{e0100}");
        assert_eq!(truncate_chars("ｶﾞｽ", 1), "");
    }

    #[test]
    fn an_excerpt_says_that_it_was_cut() {
        assert_eq!(excerpt("粗大ごみ", 4), "粗大ごみ");
        assert_eq!(excerpt("粗大ごみの手数料", 5), "粗大ごみ…");
    }

    proptest! {
        #[test]
        fn an_excerpt_is_never_longer_than_asked(text in "\\PC{0,40}", max in 1_usize..20) {
            prop_assert!(excerpt(&text, max).chars().count() <= max);
            prop_assert!(text.starts_with(truncate_chars(&text, max)));
        }
    }
}
