//! The matching form of Japanese text: one spelling for what a reader takes for the same.
//!
//! NFKC, lower case, one kind of dash and long vowel, no variation selectors, digits for numbers
//! (`第三条` and `第３条`, `１０万円` and `100,000円`), single spaces. For comparing and indexing only:
//! it is never shown, and a match is shown through [`Normalised::original_range`].

use std::ops::Range;

use crate::{
    fold::{Folded, fold, unify_marks},
    number::unify_numbers,
};

/// The matching form of `text`.
pub fn normalise(text: &str) -> String {
    folded(text).iter().map(|item| item.c).collect()
}

/// The matching form of a text, with the way back to the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    text: String,
    /// For each character of `text`: where it starts there, and what it stands for.
    map: Vec<(usize, Range<usize>)>,
}

impl Normalised {
    /// Brings `original` into the matching form.
    pub fn of(original: &str) -> Self {
        let items = folded(original);
        let mut text = String::with_capacity(original.len());
        let mut map = Vec::with_capacity(items.len());
        for item in items {
            map.push((text.len(), item.start..item.end));
            text.push(item.c);
        }
        Self { text, map }
    }

    /// The matching form.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that `range` of the matching form stands for.
    ///
    /// Always on character boundaries of the original. A character that came from a longer piece
    /// (`㍻`, `１０万`) stands for the whole piece.
    pub fn original_range(&self, range: Range<usize>) -> Range<usize> {
        let after = self.map.partition_point(|&(at, _)| at < range.end);
        let first = self.map.partition_point(|&(at, _)| at <= range.start).saturating_sub(1);
        let Some((_, start)) = self.map.get(first) else { return 0..0 };
        let covered = self.map.get(first..after).unwrap_or_default();
        match covered.last() {
            Some((_, last)) if range.start < range.end => start.start..last.end,
            _ => start.start..start.start,
        }
    }
}

fn folded(text: &str) -> Vec<Folded> {
    unify_numbers(&unify_marks(fold(text)))
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a wrong boundary must fail the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_case_and_variants_are_one() {
        assert_eq!(normalise("ＡＢＣ　ｶﾞｽ㍑"), "abc ガスリットル");
        assert_eq!(normalise("葛\u{e0100}飾区"), "葛飾区");
        assert_eq!(normalise("か\u{3099}き"), "がき");
        assert_eq!(normalise("ｶ\u{e0100}\u{3099}"), "ガ");
        assert_eq!(normalise("㈱かなめ"), "(株)かなめ");
    }

    #[test]
    fn dashes_and_long_vowels_are_one() {
        for written in ["コンピューター", "コンピュータ", "コンピュ−タ", "ｺﾝﾋﾟｭｰﾀｰ"]
        {
            assert_eq!(normalise(written), "コンピュータ", "{written}");
        }
        for written in ["03-1234", "０３－１２３４", "03‐1234", "03−1234", "03ー1234"] {
            assert_eq!(normalise(written), "03-1234", "{written}");
        }
        assert_eq!(normalise("コピー代"), "コピー代");
        assert_eq!(normalise("9時〜17時"), normalise("９時～１７時"));
    }

    #[test]
    fn numbers_are_one() {
        for written in ["100,000円", "１０万円", "十万円", "10万円", "１００，０００円"]
        {
            assert_eq!(normalise(written), "100000円", "{written}");
        }
        assert_eq!(normalise("第二十三条の二"), "第23条の2");
        assert_eq!(normalise("二〇二五年"), "2025年");
        assert_eq!(normalise("1.5万円"), "15000円");
        for written in ["3ヶ月", "３か月", "三箇月", "3カ月", "3ケ月"] {
            assert_eq!(normalise(written), "3か月", "{written}");
        }
        assert_eq!(normalise("一般の方は十分に四方を"), "一般の方は十分に四方を");
        assert_eq!(normalise("1,23"), "1,23");
    }

    #[test]
    fn a_match_is_found_in_the_original() {
        let original = "手数料は１０万円、葛\u{e0100}飾区の㍻元年です";
        let found = |needle: &str| {
            let normalised = Normalised::of(original);
            let at = normalised.text().find(needle).unwrap();
            &original[normalised.original_range(at..at + needle.len())]
        };
        assert_eq!(found("100000円"), "１０万円");
        assert_eq!(found("葛飾区"), "葛\u{e0100}飾区");
        assert_eq!(found("成元"), "㍻元");
    }

    proptest! {
        #[test]
        fn ranges_map_back_to_character_boundaries_in_order(
            text in "([ｱ-ﾟ０-９ー−ヶ万千一二第条円,.㍻㈱ \n\u{e0100}\u{3099}]|\\PC){0,40}"
        ) {
            let normalised = Normalised::of(&text);
            prop_assert_eq!(normalised.text(), normalise(&text));
            let mut before = 0;
            for (at, c) in normalised.text().char_indices() {
                let range = normalised.original_range(at..at + c.len_utf8());
                prop_assert!(text.get(range.clone()).is_some_and(|piece| !piece.is_empty()));
                prop_assert!(range.start >= before);
                before = range.start;
            }
        }

        #[test]
        fn normalising_twice_changes_nothing(
            text in "[ｱ-ﾟ０-９あ-んア-ヴー−\\-ヶヵ万千百十一二第条円月,.、。㍻㈱ A-Za-z\u{e0100}\u{3099}]{0,30}"
        ) {
            let once = normalise(&text);
            prop_assert_eq!(&normalise(&once), &once);
        }
    }
}
