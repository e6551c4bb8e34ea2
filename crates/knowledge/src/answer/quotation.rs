//! The choice of what to quote: one to three passages of one document, or nothing.

use super::evidence::Features;

/// Passages quoted at most.
const QUOTES_MAX: usize = 3;
/// Another passage is quoted when its score is at least this share of the best one's.
const NEAR_ENOUGH: f32 = 0.7;
/// Below this the evidence is too weak to call anything an answer.
const ENOUGH: f32 = 5.62;

/// A passage as the choice sees it, best first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contender<'a> {
    /// Its document, in any form that can be compared.
    pub(crate) document: &'a str,
    /// Its score.
    pub(crate) score: f32,
    /// What speaks for it.
    pub(crate) features: &'a Features,
    /// The share of the question that the considered chunks of its document say together.
    pub(crate) covered_document: f32,
}

/// The places of the passages to quote, best first; empty when the evidence is too weak.
///
/// `strength` is the best BM25 score of the search against the summed weight of the terms.
pub(crate) fn choose(contenders: &[Contender<'_>], strength: f32) -> Vec<usize> {
    let Some(best) = contenders.first() else { return Vec::new() };
    if evidence(best, strength) < ENOUGH {
        return Vec::new();
    }
    contenders
        .iter()
        .enumerate()
        .filter(|(_, one)| one.document == best.document)
        .filter(|(_, one)| one.score >= best.score * NEAR_ENOUGH)
        .map(|(place, _)| place)
        .take(QUOTES_MAX)
        .collect()
}

/// How strong the evidence for the best passage is, comparable between questions and collections:
/// how much of the question the passage says with its headings, how much its document says, and
/// how well any chunk at all matches the words, against the weight of these words.
fn evidence(best: &Contender<'_>, strength: f32) -> f32 {
    2.51 * best.features.covered_above + 3.91 * best.covered_document + 0.84 * strength
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contender<'a>(document: &'a str, score: f32, features: &'a Features) -> Contender<'a> {
        let covered_document = features.covered_above;
        Contender { document, score, features, covered_document }
    }

    fn strong() -> Features {
        Features { covered_above: 1.0, ..Features::default() }
    }

    #[test]
    fn weak_evidence_is_no_answer_and_no_passage_is_none_either() {
        let weak = Features { covered_above: 0.2, ..Features::default() };
        assert!(choose(&[], 2.0).is_empty());
        assert!(choose(&[contender("a", 9.0, &weak)], 1.0).is_empty());
        let strong = strong();
        assert_eq!(choose(&[contender("a", 9.0, &strong)], 1.0), [0]);
    }

    #[test]
    fn quotes_come_from_one_document_and_only_when_they_are_near_the_best() {
        let strong = strong();
        let contender = |document, score| contender(document, score, &strong);
        let all = [
            contender("a", 10.0),
            contender("b", 9.9),
            contender("a", 9.0),
            contender("a", 6.0),
            contender("a", 8.0),
            contender("a", 7.9),
        ];
        assert_eq!(choose(&all, 1.0), [0, 2, 4]);
    }
}
