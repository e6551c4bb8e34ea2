//! Holds a written answer against the passages that it cites, sentence by sentence.
//!
//! A sentence stays when it cites a passage that was given, every number in it stands in a cited
//! passage, and most of its content words do too or come from the question. What this does not
//! find: a sentence whose words all stand in the passage and that yet says something else.

use std::collections::BTreeSet;

use kaname_lexicon_core::{Lexicon, Mode, PartOfSpeech, TermKind};

/// Share of a sentence's content words that must be supported.
const SUPPORTED: f32 = 0.6;

/// A passage that was given, with its place in the list as its number less one.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// What it says.
    pub(crate) words: String,
    /// Its title and headings.
    pub(crate) above: String,
}

/// What is left of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// The supported sentences, citations numbered anew from 1.
    pub(crate) text: String,
    /// The sources cited, by place, in the order of their new numbers.
    pub(crate) cited: Vec<usize>,
    /// Sentences that were taken out.
    pub(crate) removed: usize,
}

/// Keeps what `sources` support.
pub(crate) fn verify(lexicon: &Lexicon, text: &str, question: &str, sources: &[Source]) -> Checked {
    let asked = words_of(lexicon, question);
    let mut checked = Checked { text: String::new(), cited: Vec::new(), removed: 0 };
    for sentence in split(text) {
        let (bare, numbers) = without_marks(sentence);
        if bare.trim().is_empty() {
            continue;
        }
        let places: Vec<usize> = numbers
            .iter()
            .filter_map(|number| number.checked_sub(1).filter(|place| *place < sources.len()))
            .collect();
        if !supported(lexicon, &bare, &asked, places.iter().filter_map(|place| sources.get(*place)))
        {
            checked.removed += 1;
            continue;
        }
        checked.text.push_str(bare.trim_end());
        for place in places {
            let known = checked.cited.iter().position(|cited| *cited == place);
            let number = known.unwrap_or_else(|| {
                checked.cited.push(place);
                checked.cited.len() - 1
            });
            checked.text.extend(["[", (number + 1).to_string().as_str(), "]"]);
        }
        if bare.is_ascii() {
            checked.text.push(' ');
        }
    }
    checked.text.truncate(checked.text.trim_end().len());
    checked
}

fn supported<'s>(
    lexicon: &Lexicon,
    sentence: &str,
    asked: &BTreeSet<String>,
    sources: impl Iterator<Item = &'s Source>,
) -> bool {
    let (mut known, mut figures) = (asked.clone(), BTreeSet::new());
    let mut cites = false;
    for source in sources {
        cites = true;
        for text in [&source.words, &source.above] {
            known.extend(words_of(lexicon, text));
            figures.extend(figures_of(text));
        }
    }
    let own = words_of(lexicon, sentence);
    let found = own.iter().filter(|word| known.contains(*word)).count();
    cites && figures_of(sentence).is_subset(&figures) && ratio(found, own.len()) >= SUPPORTED
}

#[expect(clippy::cast_precision_loss, reason = "counts of words in a sentence")]
fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 { 1.0 } else { part as f32 / whole as f32 }
}

fn words_of(lexicon: &Lexicon, text: &str) -> BTreeSet<String> {
    let terms = lexicon.search_terms(text, Mode::Index);
    let words = terms
        .into_iter()
        .filter(|term| term.kind == TermKind::Word && term.part_of_speech != PartOfSpeech::Number);
    words.map(|term| term.text).collect()
}

/// The numbers of a text in digits, thousands separators aside.
fn figures_of(text: &str) -> BTreeSet<String> {
    let plain = kaname_text_core::normalise(text).replace(',', "");
    plain
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|figure| figure.trim_matches('.').to_owned())
        .filter(|figure| !figure.is_empty())
        .collect()
}

/// Sentences, each with the citations that follow its end.
fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut ended = false;
    let mut in_mark = false;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let goes_on = in_mark || c == '[' || (c.is_whitespace() && c != '\n');
        if ended && !goes_on {
            sentences.push(text.get(start..at).unwrap_or_default());
            start = at;
            ended = false;
        }
        match c {
            '[' => in_mark = true,
            ']' => in_mark = false,
            '。' | '！' | '？' | '!' | '?' | '\n' => ended = true,
            c if c.is_whitespace() && before == '.' => ended = true,
            _ => {}
        }
        before = c;
    }
    sentences.push(text.get(start..).unwrap_or_default());
    sentences
}

/// A sentence without its `[n]`, and the numbers.
fn without_marks(sentence: &str) -> (String, Vec<usize>) {
    let (mut bare, mut numbers) = (String::new(), Vec::new());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('[') {
        bare.push_str(before);
        let mark = after.split_once(']').map(|(inside, after)| (inside.trim().parse(), after));
        if let Some((Ok(number), after)) = mark {
            numbers.push(number);
            rest = after;
        } else {
            bare.push('[');
            rest = after;
        }
    }
    bare.push_str(rest);
    (bare, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_behind_the_full_stop_belong_to_the_sentence_before() {
        let text =
            "手数料は300円です。[1][2] 申込みは電話です[3]。\nIt is open. [4] Closed on 3.5 days.";
        let parts: Vec<(String, Vec<usize>)> = split(text)
            .into_iter()
            .map(without_marks)
            .filter(|(bare, _)| !bare.trim().is_empty())
            .collect();
        let numbers: Vec<&[usize]> = parts.iter().map(|(_, numbers)| numbers.as_slice()).collect();
        assert_eq!(numbers, [&[1, 2][..], &[3], &[4], &[]]);
        assert_eq!(parts[1].0.trim(), "申込みは電話です。");
        assert_eq!(parts[3].0, "Closed on 3.5 days.");
    }

    #[test]
    fn what_is_no_mark_stays_text() {
        assert_eq!(without_marks("a[b]c[1"), ("a[b]c[1".to_owned(), vec![]));
    }

    #[test]
    fn figures_are_compared_as_numbers_are_read() {
        assert_eq!(figures_of("１，２００円、2.5倍"), figures_of("1200円 2.5倍"));
        assert!(!figures_of("900円").is_subset(&figures_of("300円")));
    }
}
