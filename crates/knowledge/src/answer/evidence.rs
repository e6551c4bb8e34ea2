//! What speaks for a passage as the answer to a question: numbers between 0 and 1, nothing else.
//!
//! Pure: the question's terms, how rare they are and the chunks come in. Nothing here knows of a
//! single document, place or topic.

use std::collections::{BTreeMap, BTreeSet};

use kaname_lexicon_core::{Lexicon, Mode, PartOfSpeech, Question, Term, TermKind};

/// How much a term counts that is said in other words.
const SAID_OTHERWISE: f32 = 0.8;

/// How rare terms are among the chunks: the inverse document frequency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rarity<'t> {
    /// Of each term that occurs.
    pub(crate) of: BTreeMap<&'t str, f32>,
    /// Of a term that does not.
    pub(crate) unknown: f32,
    /// How much more these are than in the scores of the search, whose collection may be small.
    pub(crate) stretch: f32,
}

/// A term of the question with what it counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// The term.
    pub(crate) text: String,
    /// How much it counts: its rarity, less for what says less.
    pub(crate) weight: f32,
    /// Whether it is a word of its own, not a pair made of two.
    pub(crate) is_word: bool,
    /// What says the same, each as terms that must all be there.
    pub(crate) instead: Vec<Vec<String>>,
}

impl Asked {
    /// How well a text with the terms that `has` tells of says this.
    fn said_in(&self, has: impl Fn(&str) -> bool) -> f32 {
        let all = |texts: &Vec<String>| texts.iter().all(|text| has(text));
        if has(&self.text) {
            1.0
        } else if self.instead.iter().any(all) {
            SAID_OTHERWISE
        } else {
            0.0
        }
    }
}

/// A chunk that may hold the answer.
#[derive(Debug, Clone)]
pub(crate) struct ChunkEvidence {
    /// The title of its document.
    pub(crate) title: String,
    /// The headings above it.
    pub(crate) heading: String,
    /// What it says, rows with the names of their columns.
    pub(crate) words: String,
    /// BM25 against the best chunk's, 0 to 1.
    pub(crate) lexical: f32,
    /// The fused rank against the best chunk's, 0 to 1.
    pub(crate) fused: f32,
    /// Its passages, in order.
    pub(crate) passages: Vec<PassageEvidence>,
}

/// A passage of a chunk.
#[derive(Debug, Clone)]
pub(crate) struct PassageEvidence {
    /// Its text, a row with the names of its columns.
    pub(crate) words: String,
    /// Cosine with the question, as it is asked or in other words.
    pub(crate) cosine: f32,
}

/// What speaks for one passage.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Features {
    /// Share of the question that the passage itself says.
    pub(crate) covered: f32,
    /// The same with its heading and title.
    pub(crate) covered_above: f32,
    /// The same with the whole chunk, heading and title.
    pub(crate) covered_chunk: f32,
    /// Cosine of the passage with the question, as it is asked or in other words.
    pub(crate) cosine: f32,
    /// Best cosine in its chunk.
    pub(crate) cosine_chunk: f32,
    /// BM25 of its chunk against the best.
    pub(crate) lexical: f32,
    /// Fused rank of its chunk against the best.
    pub(crate) fused: f32,
    /// Whether it holds the kind of thing that is asked for: 1, 0, or one half when nothing is said.
    pub(crate) fits: f32,
    /// The weight of the heaviest term that chunk, heading and title lack, against the whole.
    pub(crate) missing: f32,
    /// The share of the question that the title alone says.
    pub(crate) covered_title: f32,
    /// How far its length is from a sentence's.
    pub(crate) length: f32,
}

/// The question's terms with their weights.
pub(crate) fn asked(question: &Question, rarity: &Rarity<'_>) -> Vec<Asked> {
    let mut seen = BTreeSet::new();
    let known = |text: &str| rarity.of.get(text).copied();
    question
        .terms
        .iter()
        .enumerate()
        .filter(|(_, term)| seen.insert(term.text.as_str()))
        .filter(|(_, term)| !is_accidental(term, rarity))
        .map(|(place, term)| {
            let instead: Vec<Vec<String>> = question
                .instead
                .iter()
                .filter(|one| one.places.contains(&place))
                .map(|one| one.texts.clone())
                .collect();
            // What no document says counts no more than what they say in its stead.
            let said = instead.iter().filter_map(|texts| {
                texts.iter().map(|text| known(text)).reduce(|a, b| Some(a?.max(b?))).flatten()
            });
            let otherwise = said.reduce(f32::max).unwrap_or(rarity.unknown);
            Asked {
                text: term.text.clone(),
                weight: known(&term.text).unwrap_or(otherwise) * importance(term),
                is_word: term.kind == TermKind::Word,
                instead,
            }
        })
        .collect()
}

/// A compound that no document has says nothing: its words are there on their own.
fn is_accidental(term: &Term, rarity: &Rarity<'_>) -> bool {
    let unknown = !rarity.of.contains_key(term.text.as_str());
    term.kind == TermKind::Compound && (unknown || term.text.contains('何'))
}

fn importance(term: &Term) -> f32 {
    match (term.kind, term.part_of_speech) {
        (TermKind::Compound, _) => 0.5,
        (TermKind::Bigram, _) | (TermKind::Word, PartOfSpeech::Verb | PartOfSpeech::Adjective) => {
            0.3
        }
        (TermKind::Word, PartOfSpeech::Number) => 0.7,
        (TermKind::Word | TermKind::Code, _) => 1.0,
    }
}

fn terms_of(lexicon: &Lexicon, text: &str) -> BTreeSet<String> {
    lexicon.search_terms(text, Mode::Index).into_iter().map(|term| term.text).collect()
}

fn share(asked: &[Asked], has: impl Fn(&str) -> bool) -> f32 {
    let said: Vec<f32> = asked.iter().map(|term| term.said_in(&has)).collect();
    share_of(asked, &said)
}

/// How well `chunk` says each of `asked` with its headings and title.
pub(crate) fn said(lexicon: &Lexicon, asked: &[Asked], chunk: &ChunkEvidence) -> Vec<f32> {
    let mut known = terms_of(lexicon, &chunk.words);
    known.extend(terms_of(lexicon, &chunk.heading));
    known.extend(terms_of(lexicon, &chunk.title));
    asked.iter().map(|term| term.said_in(|text| known.contains(text))).collect()
}

/// The share of the question that is said, where `said` tells how well each of `asked` is.
pub(crate) fn share_of(asked: &[Asked], said: &[f32]) -> f32 {
    let whole: f32 = asked.iter().map(|term| term.weight).sum();
    let found: f32 = asked.iter().zip(said).map(|(term, said)| term.weight * said).sum();
    if whole > 0.0 { found / whole } else { 0.0 }
}

/// The features of each passage of `chunk`, in order.
pub(crate) fn features(
    lexicon: &Lexicon,
    question: &Question,
    asked: &[Asked],
    chunk: &ChunkEvidence,
) -> Vec<Features> {
    let title = terms_of(lexicon, &chunk.title);
    let mut above = terms_of(lexicon, &chunk.heading);
    above.extend(title.iter().cloned());
    let inside = terms_of(lexicon, &chunk.words);
    let anywhere = |text: &str| inside.contains(text) || above.contains(text);
    let whole: f32 = asked.iter().map(|term| term.weight).sum();
    let missing = asked
        .iter()
        .filter(|term| term.is_word)
        .map(|term| term.weight * (1.0 - term.said_in(anywhere)))
        .fold(0.0_f32, f32::max);
    let cosine_chunk = chunk.passages.iter().fold(0.0_f32, |best, one| best.max(one.cosine));
    let covered_chunk = share(asked, anywhere);
    let covered_title = share(asked, |text| title.contains(text));
    chunk
        .passages
        .iter()
        .map(|passage| {
            let own = terms_of(lexicon, &passage.words);
            Features {
                covered: share(asked, |text| own.contains(text)),
                covered_above: share(asked, |text| own.contains(text) || above.contains(text)),
                covered_chunk,
                cosine: passage.cosine,
                cosine_chunk,
                lexical: chunk.lexical,
                fused: chunk.fused,
                fits: fits(question, &passage.words),
                missing: missing / whole.max(f32::MIN_POSITIVE),
                covered_title,
                length: length(&passage.words),
            }
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "a length in characters")]
fn length(words: &str) -> f32 {
    (words.chars().count() as f32 / 120.0).min(1.0)
}

/// Whether `words` hold the kind of thing that is asked for.
fn fits(question: &Question, words: &str) -> f32 {
    super::kind::fits(&question.asks, &question.units, words)
}
