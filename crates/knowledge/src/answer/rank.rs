//! From what speaks for a passage to one number, and from the best passage to a verdict.
//!
//! The weights were fitted on half of the demo town's questions and held against the other half;
//! `bench/knowledge` says how, and what came of it.

use super::evidence::Features;

/// How much each feature speaks for a passage.
const WEIGHTS: Features = Features {
    covered: 1.94,
    covered_above: 2.93,
    covered_chunk: 13.43,
    cosine: 13.35,
    cosine_chunk: -2.9,
    lexical: 0.32,
    fused: 0.89,
    fits: 10.13,
    missing: 2.57,
    covered_title: 5.06,
    length: 3.07,
};

/// How well a passage answers; comparable within one question only.
pub(crate) fn score(features: &Features) -> f32 {
    dot(features, &WEIGHTS)
}

fn dot(left: &Features, right: &Features) -> f32 {
    let values = |it: &Features| {
        [
            it.covered,
            it.covered_above,
            it.covered_chunk,
            it.cosine,
            it.cosine_chunk,
            it.lexical,
            it.fused,
            it.fits,
            it.missing,
            it.covered_title,
            it.length,
        ]
    };
    values(left).iter().zip(values(right)).map(|(left, right)| left * right).sum()
}
