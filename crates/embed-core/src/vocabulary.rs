//! From text to the ids of vocabulary pieces: the cut with the highest sum of scores (unigram model, Viterbi).
//!
//! Ids of ordinary pieces only: the text cannot write the marks of beginning and end.

use crate::normalizer::Normalizer;
use crate::pieces;

const UNKNOWN: u32 = 0;
const BEGINNING: u32 = 1;
const END: u32 = 2;
/// How much less a character without a piece scores than the rarest piece.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Why the vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// Not a sentencepiece model.
    #[error("not a sentencepiece model")]
    NotAModel,
    /// The model has no map of characters, or no pieces.
    #[error("the sentencepiece model lacks {0}")]
    Lacks(&'static str),
}

/// The pieces, sorted by their bytes so that all pieces with a common beginning lie together.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    normalizer: Normalizer,
    bytes: Vec<u8>,
    /// Of each piece in sorted order: where it begins in `bytes`; one more at the end.
    starts: Vec<u32>,
    ids: Vec<u32>,
    scores: Vec<f32>,
    unknown_score: f64,
    count: usize,
}

/// The best way to reach a place in the text.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    start: usize,
    id: u32,
}

impl Vocabulary {
    pub(crate) fn parse(model: &[u8]) -> Result<Self, VocabularyError> {
        let (pieces, charsmap) = pieces::parse(model).ok_or(VocabularyError::NotAModel)?;
        let lacks = VocabularyError::Lacks;
        let normalizer = Normalizer::parse(charsmap).ok_or_else(|| lacks("a map of characters"))?;
        let count = pieces.len();
        let mut sorted: Vec<_> = (0..)
            .zip(pieces)
            .filter(|(_, piece)| piece.is_normal && !piece.text.is_empty())
            .collect();
        sorted.sort_unstable_by_key(|(_, piece)| piece.text);
        let lowest = sorted.iter().map(|(_, piece)| piece.score).reduce(f32::min);
        let unknown_score = f64::from(lowest.ok_or_else(|| lacks("pieces"))?) - UNKNOWN_PENALTY;
        let mut bytes = Vec::new();
        let mut starts = vec![0];
        for (_, piece) in &sorted {
            bytes.extend_from_slice(piece.text.as_bytes());
            starts.push(u32::try_from(bytes.len()).map_err(|_| VocabularyError::NotAModel)?);
        }
        let ids = sorted.iter().map(|(id, _)| *id).collect();
        let scores = sorted.iter().map(|(_, piece)| piece.score).collect();
        Ok(Self { normalizer, bytes, starts, ids, scores, unknown_score, count })
    }

    /// Number of ids, marks included.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The ids of a text, without marks; a text without anything to read is one unknown piece.
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let spelt = self.normalizer.normalize(text);
        if spelt.is_empty() {
            return vec![UNKNOWN];
        }
        self.best_cut(&spelt)
    }

    fn best_cut(&self, text: &str) -> Vec<u32> {
        let unreached = Step { score: f64::NEG_INFINITY, start: 0, id: UNKNOWN };
        let mut steps = vec![unreached; text.len() + 1];
        if let Some(first) = steps.first_mut() {
            first.score = 0.0;
        }
        let mut found = Vec::new();
        for (start, character) in text.char_indices() {
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            let base = steps.get(start).map_or(f64::NEG_INFINITY, |step| step.score);
            let single = character.len_utf8();
            self.find_beginnings(rest, &mut found);
            if found.first().is_none_or(|(length, _)| *length != single) {
                offer(
                    &mut steps,
                    start + single,
                    Step { score: base + self.unknown_score, start, id: UNKNOWN },
                );
            }
            for (length, index) in &found {
                let score = base + f64::from(self.scores.get(*index).copied().unwrap_or(0.0));
                let id = self.ids.get(*index).copied().unwrap_or(UNKNOWN);
                offer(&mut steps, start + length, Step { score, start, id });
            }
        }
        walk_back(&steps)
    }

    /// Length and index of every piece that the bytes begin with, shortest first.
    fn find_beginnings(&self, bytes: &[u8], found: &mut Vec<(usize, usize)>) {
        found.clear();
        let (mut low, mut high) = (0, self.ids.len());
        for (depth, byte) in bytes.iter().enumerate() {
            low = self.first_from(low, high, depth, u16::from(*byte));
            high = self.first_from(low, high, depth, u16::from(*byte) + 1);
            if low == high {
                return;
            }
            if self.piece(low).len() == depth + 1 {
                found.push((depth + 1, low));
            }
        }
    }

    /// The first piece in `low..high` whose byte at `depth` is at least `least`; all agree before `depth`.
    fn first_from(&self, mut low: usize, mut high: usize, depth: usize, least: u16) -> usize {
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.piece(middle).get(depth).is_some_and(|byte| u16::from(*byte) >= least) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    fn piece(&self, index: usize) -> &[u8] {
        let border = |index: usize| self.starts.get(index).map_or(0, |start| *start as usize);
        self.bytes.get(border(index)..border(index + 1)).unwrap_or_default()
    }
}

/// The ids between the marks of beginning and end.
pub(crate) fn between_marks(ids: &[u32]) -> Vec<u32> {
    [&[BEGINNING], ids, &[END]].concat()
}

fn offer(steps: &mut [Step], end: usize, step: Step) {
    if let Some(best) = steps.get_mut(end).filter(|best| step.score > best.score) {
        *best = step;
    }
}

fn walk_back(steps: &[Step]) -> Vec<u32> {
    let mut ids = Vec::new();
    let mut end = steps.len() - 1;
    while let Some(step) = steps.get(end).filter(|_| end > 0) {
        ids.push(step.id);
        end = step.start.min(end - 1);
    }
    ids.reverse();
    ids
}
