//! The choice of what to quote: one to three passages of one document, or nothing.

use super::evidence::Features;

/// Passages quoted at most.
const QUOTES_MAX: usize = 3;
/// Another passage is quoted when its score is at least this share of the best one's.
const NEAR_ENOUGH: f32 = 0.8;
/// Below this the evidence is too weak to call anything an answer.
const ENOUGH: f32 = 0.5;

/// A passage as the choice sees it, best first.
#[derive(Debug, Clone, Copy)]
pub struct Contender<'a> {
    /// Its document, in any form that can be compared.
    pub document: &'a str,
    /// Its score.
    pub score: f32,
    /// What speaks for it.
    pub features: &'a Features,
}

/// The places of the passages to quote, best first; empty when the evidence is too weak.
pub fn choose(contenders: &[Contender<'_>]) -> Vec<usize> {
    let Some(best) = contenders.first() else { return Vec::new() };
    if evidence(best.features) < ENOUGH {
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

/// How strong the evidence for the best passage is, comparable between questions.
pub fn evidence(features: &Features) -> f32 {
    features.covered_chunk * 0.5 + features.cosine * 0.5
}
