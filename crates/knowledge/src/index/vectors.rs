//! Vectors of passages, one byte per dimension, scanned exactly.
//!
//! Cosine does not depend on length, so every vector is scaled to use the whole range of a byte.
//! What the caller may not read is passed over before anything is compared.

/// The vectors of one document's passages, with the chunk that each lies in.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DocumentVectors {
    dimensions: usize,
    bytes: Vec<i8>,
    norms: Vec<f32>,
}

impl DocumentVectors {
    /// Packs `vectors`, all of one length.
    pub(crate) fn pack(vectors: &[Vec<f32>]) -> Self {
        let dimensions = vectors.first().map_or(0, Vec::len);
        let mut packed = Self { dimensions, ..Self::default() };
        for vector in vectors {
            packed.push(&quantise(vector));
        }
        packed
    }

    fn push(&mut self, vector: &[i8]) {
        self.norms.push(norm(vector));
        self.bytes.extend_from_slice(vector);
    }

    /// The form kept in the database: the bytes of all vectors, one after another.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.bytes.iter().map(|value| value.cast_unsigned()).collect()
    }

    /// Reads what [`DocumentVectors::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &[u8], dimensions: usize) -> Self {
        let mut packed = Self { dimensions, ..Self::default() };
        let values: Vec<i8> = bytes.iter().map(|value| value.cast_signed()).collect();
        for vector in values.chunks_exact(dimensions.max(1)) {
            packed.push(vector);
        }
        packed
    }

    /// Length of every vector.
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The cosine of each vector with `query`, in order.
    pub(crate) fn cosines<'v>(&'v self, query: &'v Query) -> impl Iterator<Item = f32> + 'v {
        let same = query.values.len() == self.dimensions;
        self.bytes
            .chunks_exact(self.dimensions.max(1))
            .zip(&self.norms)
            .filter(move |_| same)
            .map(|(vector, norm)| dot(vector, &query.values) / (norm * query.norm).max(1.0))
    }
}

/// A question's vector, ready to be compared.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    values: Vec<i8>,
    norm: f32,
}

impl Query {
    /// Prepares `vector`.
    pub(crate) fn new(vector: &[f32]) -> Self {
        let values = quantise(vector);
        Self { norm: norm(&values), values }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the scale keeps every value within a byte")]
fn quantise(vector: &[f32]) -> Vec<i8> {
    let largest = vector.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    vector.iter().map(|value| (value / largest * 127.0).round() as i8).collect()
}

fn norm(vector: &[i8]) -> f32 {
    dot(vector, vector).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "seven digits are enough for a cosine")]
fn dot(left: &[i8], right: &[i8]) -> f32 {
    let sum: i32 =
        left.iter().zip(right).map(|(left, right)| i32::from(*left) * i32::from(*right)).sum();
    sum as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(left: &[f32], right: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(left, right) / (dot(left, left).sqrt() * dot(right, right).sqrt())
    }

    proptest! {
        #[test]
        fn a_byte_per_dimension_keeps_the_cosine(
            left in proptest::collection::vec(-1.0_f32..1.0, 512),
            right in proptest::collection::vec(-1.0_f32..1.0, 512),
        ) {
            let packed = DocumentVectors::pack(&[left.clone(), right.clone()]);
            let again = DocumentVectors::from_bytes(&packed.to_bytes(), 512);
            prop_assert_eq!(&again, &packed);
            let cosines: Vec<f32> = again.cosines(&Query::new(&left)).collect();
            prop_assert!((cosines[0] - 1.0).abs() < 1e-3);
            prop_assert!((cosines[1] - exact(&left, &right)).abs() < 0.01);
        }
    }

    #[test]
    fn vectors_of_another_model_match_nothing() {
        let packed = DocumentVectors::pack(&[vec![1.0; 8]]);
        assert_eq!(packed.cosines(&Query::new(&[1.0; 16])).count(), 0);
        assert_eq!(DocumentVectors::from_bytes(&[1, 2, 3], 0).norms.len(), 3);
    }
}
