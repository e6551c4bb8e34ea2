//! Terms: what an index keeps of a text and what a question asks for.
//!
//! Besides the word itself: pairs of neighbours in a compound noun (手数+料), codes with their parts (DS-920),
//! numbers in digits, and pairs of characters of words that the dictionary lacks.

use crate::fold::{Folded, fold};
use crate::number;
use crate::spelling::even_spelling;
use crate::word::{PartOfSpeech, Word};

/// For whom terms are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A document: every term under which it may be found.
    Index,
    /// A question: words that only ask (いくら, どこ, 教えて) are left out.
    Query,
}

/// How a term came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TermKind {
    /// A word of the text in its base form.
    Word,
    /// Two neighbours of a compound noun as one term.
    Compound,
    /// Letters and digits held together by dashes or dots: 様式A-12, 0120-000-000.
    Code,
    /// Two neighbouring characters of a word that the dictionary lacks.
    Bigram,
}

/// A term with its place in the original text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The spelling under which texts and questions meet; not for display.
    pub text: String,
    /// First byte in the original text; always on a character border.
    pub start: usize,
    /// Byte after the last one in the original text; always on a character border.
    pub end: usize,
    /// Number of the word in the text, counting words that are no terms.
    pub position: usize,
    /// Number of words that the term covers.
    pub position_length: usize,
    /// Does it say what the text is about?
    pub is_content: bool,
    /// Part of speech of the word; a compound is a noun.
    pub part_of_speech: PartOfSpeech,
    /// How it came about.
    pub kind: TermKind,
}

/// A line of the original text, folded, and where it stands.
pub(crate) struct Line {
    folded: Folded,
    offset: usize,
    first_position: usize,
}

impl Line {
    pub(crate) fn new(text: &str, offset: usize, first_position: usize) -> Self {
        Self { folded: fold(text), offset, first_position }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.folded.as_str()
    }

    fn term(&self, text: String, words: &[Word], at: usize, kind: TermKind) -> Option<Term> {
        let (first, last) = (words.first()?, words.last()?);
        let (start, end) = self.folded.origin(first.start, last.end);
        let one = words.len() == 1;
        let is_content = !one || first.part_of_speech.is_content();
        Some(Term {
            text,
            start: self.offset + start,
            end: self.offset + end,
            position: self.first_position + at,
            position_length: words.len(),
            is_content,
            part_of_speech: if one { first.part_of_speech } else { PartOfSpeech::Noun },
            kind,
        })
    }

    /// The terms of a line that was cut into `words`, in the order of their places.
    pub(crate) fn terms(&self, words: &[Word]) -> Vec<Term> {
        let words = join_numbers(words);
        let spellings: Vec<String> = words.iter().map(spelling).collect();
        let mut terms = Vec::with_capacity(words.len() * 2);
        for (at, word) in words.iter().enumerate() {
            let Some(text) = spellings.get(at).filter(|text| !text.is_empty()) else { continue };
            if word.part_of_speech == PartOfSpeech::Dropped {
                continue;
            }
            let single = std::slice::from_ref(word);
            terms.extend(self.term(text.clone(), single, at, TermKind::Word));
            for length in compound_lengths(words.get(at..).unwrap_or_default()) {
                let parts = words.get(at..at + length).unwrap_or_default();
                let text = spellings.get(at..at + length).unwrap_or_default().concat();
                terms.extend(self.term(text, parts, at, TermKind::Compound));
            }
            if let Some(code) = code_from(words.get(at..).unwrap_or_default(), at, &words) {
                let text = code.iter().map(|part| part.surface.as_str()).collect();
                terms.extend(self.term(text, code, at, TermKind::Code));
            }
            if word.is_unknown && word.part_of_speech == PartOfSpeech::Noun {
                terms.extend(self.bigrams(word, at));
            }
        }
        terms
    }

    fn bigrams(&self, word: &Word, at: usize) -> Vec<Term> {
        let places: Vec<(usize, char)> = word.surface.char_indices().collect();
        if places.len() < 3 || word.surface.is_ascii() {
            return Vec::new();
        }
        let pair_of = |pair: &[(usize, char)]| {
            let [(from, first), (to, second)] = *pair else { return None };
            let start = word.start + from;
            let end = word.start + to + second.len_utf8();
            let part = Word { start, end, ..word.clone() };
            let text = even_spelling(&String::from_iter([first, second]));
            self.term(text, &[part], at, TermKind::Bigram)
        };
        places.windows(2).filter_map(pair_of).collect()
    }
}

/// The spelling of a word as a term.
fn spelling(word: &Word) -> String {
    match word.part_of_speech {
        PartOfSpeech::Number => {
            number::digits(&word.surface).unwrap_or_else(|| word.surface.clone())
        }
        PartOfSpeech::Dropped => String::new(),
        _ => counted_in_kanji(&word.base).unwrap_or_else(|| even_spelling(&word.base)),
    }
}

/// Words of the dictionary that hold a number: 四月, 一人.
fn counted_in_kanji(base: &str) -> Option<String> {
    let unit = base.chars().next_back().filter(|last| matches!(last, '月' | '日' | '人' | '回'))?;
    let count = number::digits(base.strip_suffix(unit)?)?;
    Some(format!("{count}{unit}"))
}

/// How many words the compounds that begin here have: two, and three when the second is a suffix (医療+費+助成).
fn compound_lengths(rest: &[Word]) -> Vec<usize> {
    let goes_on = |pair: &[Word]| match pair {
        [left, right] => {
            left.end == right.start
                && right.part_of_speech.continues_compounds()
                && !(left.surface.is_ascii() && right.surface.is_ascii())
        }
        _ => false,
    };
    let begins = rest.first().is_some_and(|first| first.part_of_speech.begins_compounds());
    if !begins || !rest.get(..2).is_some_and(goes_on) {
        return Vec::new();
    }
    let bound =
        |word: &Word| matches!(word.part_of_speech, PartOfSpeech::Suffix | PartOfSpeech::Number);
    if rest.get(1).is_some_and(bound) && rest.get(1..3).is_some_and(goes_on) {
        vec![2, 3]
    } else {
        vec![2]
    }
}

/// Neighbouring numerals become one word: 三 + 百, 3 + 万 + 5 + 千.
fn join_numbers(words: &[Word]) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        let is_number = word.part_of_speech == PartOfSpeech::Number;
        match joined.last_mut() {
            Some(last)
                if is_number
                    && last.part_of_speech == PartOfSpeech::Number
                    && last.end == word.start
                    && number::digits(&format!("{}{}", last.surface, word.surface)).is_some() =>
            {
                last.surface.push_str(&word.surface);
                last.base.push_str(&word.surface);
                last.end = word.end;
            }
            _ => joined.push(word.clone()),
        }
    }
    joined
}

/// The longest code that begins with the first of `rest`, which is word number `at` of `words`.
fn code_from<'a>(rest: &'a [Word], at: usize, words: &[Word]) -> Option<&'a [Word]> {
    let before = at.checked_sub(1).and_then(|index| words.get(index));
    let first = rest.first()?;
    if !is_code_part(first)
        || before.is_some_and(|word| word.end == first.start && is_ascii_word(word))
    {
        return None;
    }
    let mut length = 1;
    for pair in rest.windows(2) {
        let [left, right] = pair else { break };
        if left.end != right.start || !(is_code_part(right) || is_joint(right)) {
            break;
        }
        length += 1;
    }
    while length > 1 && rest.get(length - 1).is_some_and(is_joint) {
        length -= 1;
    }
    rest.get(..length).filter(|code| code.len() > 1)
}

fn is_code_part(word: &Word) -> bool {
    word.surface.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_joint(word: &Word) -> bool {
    matches!(word.surface.as_str(), "-" | "_" | "." | "/")
}

fn is_ascii_word(word: &Word) -> bool {
    is_code_part(word) || is_joint(word)
}
