//! Folding: one spelling for characters that people use alike, with the way back to the original text.
//!
//! NFKC, lower case, old kanji to new, dashes and spaces to one each, invisible characters and thousands
//! separators dropped, a few spellings of public life joined (障がい, 障碍 → 障害). For search, never for display.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::spelling::{modern_kanji, spelling_variant};

/// Folded text; every byte of it knows the bytes of the original that it stands for.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    text: String,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Folded {
    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The range in the original text that folded bytes `start..end` came from; empty when out of range.
    pub fn origin(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.starts.get(start).copied().unwrap_or(0);
        let to = end.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(from);
        (from, to.max(from))
    }

    fn push(&mut self, character: char, start: usize, end: usize) {
        self.text.push(character);
        self.starts.resize(self.text.len(), start);
        self.ends.resize(self.text.len(), end);
    }

    fn push_folded(&mut self, character: char, start: usize, end: usize) {
        if is_invisible(character) {
            return;
        }
        for lower in character.to_lowercase() {
            self.push(plain(modern_kanji(lower)), start, end);
        }
    }
}

/// Folds a text.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded::default();
    folded.text.reserve(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        if let Some((from, to)) = spelling_variant(rest, first) {
            let end = start + from.len();
            to.chars().for_each(|character| folded.push(character, start, end));
            rest = rest.strip_prefix(from).unwrap_or_default();
            continue;
        }
        let mut after = rest.chars();
        after.next();
        if separates_thousands(&folded.text, first, after.as_str()) {
            rest = after.as_str();
            continue;
        }
        let mut single = true;
        while after.clone().next().is_some_and(joins_before) {
            after.next();
            single = false;
        }
        let end = text.len() - after.as_str().len();
        if single && is_plain(first) {
            folded.push_folded(first, start, end);
        } else if let Some(cluster) = text.get(start..end) {
            cluster.nfkc().for_each(|character| folded.push_folded(character, start, end));
        }
        rest = after.as_str();
    }
    folded
}

/// Does this character melt into the one before it under NFKC?
fn joins_before(character: char) -> bool {
    matches!(character, '\u{ff9e}' | '\u{ff9f}')
        || (character >= '\u{300}' && canonical_combining_class(character) != 0)
}

/// Characters that NFKC leaves alone and that make up nearly all Japanese text.
fn is_plain(character: char) -> bool {
    character.is_ascii()
        || matches!(character, 'ぁ'..='ゖ' | 'ァ'..='ヾ' | '\u{4e00}'..='\u{9fff}' | '、' | '。' | '「' | '」')
}

/// Controls, marks of direction and joining, and variation selectors (used for variants of kanji in names).
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// One dash, one wave, one space.
fn plain(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' => '-',
        '\u{301c}' | '\u{223c}' => '~',
        '\u{a0}' | '\u{3000}' => ' ',
        other => other,
    }
}

/// A comma between a digit and exactly three more digits.
fn separates_thousands(before: &str, character: char, after: &str) -> bool {
    matches!(character, ',' | '，')
        && before.chars().next_back().is_some_and(|last| last.is_ascii_digit())
        && after.chars().take_while(|next| matches!(next, '0'..='9' | '０'..='９')).take(4).count()
            == 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_case_and_old_kanji_meet_on_one_spelling() {
        assert_eq!(fold("ＤＳ－９２０　ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ").as_str(), "ds-920 マイナンバーカード");
        assert_eq!(fold("渡邊醫院、圖書館").as_str(), "渡辺医院、図書館");
        assert_eq!(fold("葛\u{e0100}城市").as_str(), "葛城市");
        assert_eq!(fold("㌔㍑ ①").as_str(), "キロリットル 1");
    }

    #[test]
    fn a_comma_between_thousands_goes_and_other_commas_stay() {
        assert_eq!(fold("1,234,567円").as_str(), "1234567円");
        assert_eq!(fold("１，５００円").as_str(), "1500円");
        assert_eq!(fold("1,2,3").as_str(), "1,2,3");
        assert_eq!(fold("第1,0001").as_str(), "第1,0001");
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "料金は１，５００円";
        let folded = fold(text);
        let at = folded.as_str().find("1500").unwrap();
        let (start, end) = folded.origin(at, at + 4);
        assert_eq!(text.get(start..end), Some("１，５００"));
        let text = "障がい者";
        let folded = fold(text);
        let (start, end) = folded.origin(0, "障害".len());
        assert_eq!(text.get(start..end), Some("障がい"));
    }

    proptest! {
        #[test]
        fn any_text_folds_with_origins_on_character_borders(text in "\\PC*|[\\x00-\\u{ffff}]{0,40}") {
            let folded = fold(&text);
            for (at, character) in folded.as_str().char_indices() {
                let (start, end) = folded.origin(at, at + character.len_utf8());
                prop_assert!(start < end && text.get(start..end).is_some());
            }
        }

        #[test]
        fn folding_twice_changes_nothing_more(text in "[ぁ-んァ-ヶ一-龠a-zA-Z0-9０-９Ａ-Ｚ ｦ-ﾟ]{0,30}") {
            let once = fold(&text);
            let twice = fold(once.as_str());
            prop_assert_eq!(twice.as_str(), once.as_str());
        }
    }
}
