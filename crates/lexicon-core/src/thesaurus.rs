//! What else a question may mean: everyday words and the words that offices write.
//!
//! The list is data (`data/thesaurus.txt`), read through the dictionary once, so that every form of
//! a word is meant. It adds to a question and never takes a word away.

use std::collections::HashMap;

use crate::term::{Term, TermKind};

/// The list.
const LIST: &str = include_str!("../data/thesaurus.txt");
/// The words of a phrase may stand so far apart: a particle or two between them.
const APART_MAX: usize = 3;
/// Characters behind a phrase in which its negation must stand.
const NEGATION_CHARS: usize = 5;
/// How a negation looks, whatever the form of the verb before it.
const NEGATIONS: &[&str] = &["ない", "なく", "なか", "なけ", "ませ", "ず", "無い"];

/// Other words for a part of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    /// The terms of the question that it stands for, by place.
    pub places: Vec<usize>,
    /// The other words as they are written.
    pub phrase: String,
    /// Their terms; only all of them together say the same.
    pub texts: Vec<String>,
}

/// A phrase to look out for.
#[derive(Debug)]
struct Entry {
    words: Vec<String>,
    is_negated: bool,
    instead: Vec<(String, Vec<String>)>,
}

/// The list, ready to be asked, by the first word of each phrase.
#[derive(Debug, Default)]
pub(crate) struct Thesaurus {
    by_first: HashMap<String, Vec<Entry>>,
}

impl Thesaurus {
    /// Reads the list with `terms_of` for the terms of a text.
    pub(crate) fn read(terms_of: impl Fn(&str) -> Vec<Term>) -> Self {
        let mut thesaurus = Self::default();
        for line in LIST.lines() {
            for (from, to) in meanings(line) {
                thesaurus.add(&terms_of, from, &to);
            }
        }
        thesaurus
    }

    fn add(&mut self, terms_of: impl Fn(&str) -> Vec<Term>, from: &str, to: &[&str]) {
        let words = words_of(&terms_of(from));
        let Some(first) = words.first().cloned() else { return };
        let instead = to
            .iter()
            .map(|phrase| ((*phrase).to_owned(), said_by(&terms_of(phrase), phrase.len())))
            .filter(|(_, texts)| !texts.is_empty() && *texts != words)
            .collect();
        let entry = Entry { words, is_negated: from.ends_with("ない"), instead };
        self.by_first.entry(first).or_default().push(entry);
    }

    /// Every other wording of a part of `text`, whose content terms are `terms`.
    pub(crate) fn instead(&self, text: &str, terms: &[Term]) -> Vec<Instead> {
        let words: Vec<&Term> = terms.iter().filter(|term| term.kind == TermKind::Word).collect();
        let mut found: Vec<Instead> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for entry in self.by_first.get(&word.text).into_iter().flatten() {
                let rest = words.get(at..).unwrap_or_default();
                let Some(last) = last_of(entry, rest) else { continue };
                if entry.is_negated && !is_negated(text, last.end) {
                    continue;
                }
                let within = |term: &Term| term.start >= word.start && term.end <= last.end;
                let places: Vec<usize> =
                    (0..terms.len()).filter(|at| terms.get(*at).is_some_and(within)).collect();
                found.extend(entry.instead.iter().map(|(phrase, texts)| Instead {
                    places: places.clone(),
                    phrase: phrase.clone(),
                    texts: texts.clone(),
                }));
            }
        }
        found
    }
}

/// What a line of the list says: each phrase with its other wordings.
fn meanings(line: &str) -> Vec<(&str, Vec<&str>)> {
    let line = line.split('#').next().unwrap_or_default();
    if let Some((from, to)) = line.split_once('>') {
        let to: Vec<&str> = to.split_whitespace().collect();
        return from.split_whitespace().map(|from| (from, to.clone())).collect();
    }
    let all: Vec<&str> = line.split('=').map(str::trim).filter(|one| !one.is_empty()).collect();
    let others = |one: &&str| all.iter().copied().filter(|other| other != one).collect();
    all.iter().map(|one| (*one, others(one))).collect()
}

fn words_of(terms: &[Term]) -> Vec<String> {
    let words = terms.iter().filter(|term| term.kind == TermKind::Word && term.is_content);
    words.map(|term| term.text.clone()).collect()
}

/// The terms that say a phrase of `bytes` bytes: the one that is all of it, or its words together.
fn said_by(terms: &[Term], bytes: usize) -> Vec<String> {
    let whole = terms.iter().find(|term| term.is_content && term.start == 0 && term.end == bytes);
    whole.map_or_else(|| words_of(terms), |term| vec![term.text.clone()])
}

/// The last word of `entry` where `words` begin with it.
fn last_of<'t>(entry: &Entry, words: &[&'t Term]) -> Option<&'t Term> {
    let found = words.get(..entry.words.len())?;
    let same = found.iter().zip(&entry.words).all(|(term, word)| term.text == *word);
    let near = found.windows(2).all(|pair| match pair {
        [left, right] => right.position - left.position <= APART_MAX,
        _ => true,
    });
    found.last().copied().filter(|_| same && near)
}

fn is_negated(text: &str, from: usize) -> bool {
    let behind: String =
        text.get(from..).unwrap_or_default().chars().take(NEGATION_CHARS).collect();
    NEGATIONS.iter().any(|negation| behind.contains(negation))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::lexicon;

    fn instead(text: &str) -> Vec<String> {
        let lexicon = lexicon();
        lexicon.question(text).instead.into_iter().map(|one| one.phrase).collect()
    }

    #[test]
    fn an_everyday_word_in_any_form_leads_to_the_word_that_offices_write() {
        assert!(instead("町へ引っ越したいです").contains(&"転入".to_owned()));
        assert!(instead("父が亡くなりました").contains(&"死亡".to_owned()));
        assert!(instead("転入はいつまで").is_empty(), "and not the other way round");
    }

    #[test]
    fn a_phrase_is_found_across_its_particles_and_stands_for_all_its_terms() {
        let lexicon = lexicon();
        let question = lexicon.question("耳が聞こえない人の相談");
        let phrase = question.instead.iter().find(|one| one.phrase == "聴覚障害").unwrap();
        let said: Vec<&str> =
            phrase.places.iter().map(|place| question.terms[*place].text.as_str()).collect();
        assert!(said.len() >= 2 && said.contains(&"耳"), "{said:?}");
    }

    #[test]
    fn what_is_listed_with_a_negation_needs_one() {
        let reduced = "減免".to_owned();
        assert!(instead("税金が払えません").contains(&reduced));
        assert!(instead("保険料を払えなくなった").contains(&reduced));
        assert!(!instead("税金はどこで払えますか").contains(&reduced));
    }

    #[test]
    fn every_line_of_the_list_can_be_read_and_says_something_new() {
        let lexicon = lexicon();
        for line in LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let said = meanings(line);
            assert!(!said.is_empty(), "{line}");
            let mut leads = 0;
            for (from, to) in said {
                let words = words_of(&lexicon.terms(from));
                assert!(!words.is_empty(), "{from} in {line} has no word of its own");
                let other = |to: &&str| said_by(&lexicon.terms(to), to.len()) != words;
                leads += to.iter().filter(|to| other(to)).count();
            }
            assert!(leads > 0, "{line} leads nowhere");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_other_words_stand_for_terms_that_are_there(text in "\\PC{0,40}") {
            let question = lexicon().question(&text);
            for one in question.instead {
                prop_assert!(!one.texts.is_empty() && !one.places.is_empty());
                prop_assert!(one.places.iter().all(|place| *place < question.terms.len()));
            }
        }
    }
}
