//! Matrices of 32-bit floats, row by row; products by `matrixmultiply`, which picks the fastest code of the machine.

/// A matrix of constant weights.
#[derive(Debug)]
pub(crate) struct Matrix {
    values: Vec<f32>,
    columns: usize,
}

impl Matrix {
    /// A matrix of `values.len() / columns` rows.
    pub(crate) fn new(values: Vec<f32>, columns: usize) -> Self {
        debug_assert!(columns > 0 && values.len().is_multiple_of(columns));
        Self { values, columns }
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// `out = left * self`, where row `i` of `left` begins at `i * stride` and is as long as `self` has rows.
    /// Rows of `left` may overlap: a window that slides over rows of a padded matrix is such a `left`.
    pub(crate) fn multiply(&self, left: &[f32], stride: usize, out: &mut [f32]) {
        self.multiply_add(left, stride, 0.0, out);
    }

    /// `out = left * self + kept * out`.
    pub(crate) fn multiply_add(&self, left: &[f32], stride: usize, kept: f32, out: &mut [f32]) {
        let (inner, columns) = (self.rows(), self.columns);
        let rows = out.len() / columns;
        if rows == 0 {
            return;
        }
        assert!(left.len() >= (rows - 1) * stride + inner, "left matrix is too short");
        #[expect(
            unsafe_code,
            reason = "the only door to the fast product; bounds are asserted above"
        )]
        // SAFETY: `left` holds `rows` rows of `inner` elements at `stride`, `values` holds `inner * columns`, and
        // `out`, which nothing else borrows, holds `rows * columns`.
        unsafe {
            matrixmultiply::sgemm(
                rows,
                inner,
                columns,
                1.0,
                left.as_ptr(),
                stride.cast_signed(),
                1,
                self.values.as_ptr(),
                columns.cast_signed(),
                1,
                kept,
                out.as_mut_ptr(),
                columns.cast_signed(),
                1,
            );
        }
    }
}

/// Adds the same row to every row of `values`.
pub(crate) fn add_row(values: &mut [f32], row: &[f32]) {
    for line in values.chunks_exact_mut(row.len()) {
        for (value, add) in line.iter_mut().zip(row) {
            *value += add;
        }
    }
}

/// Sets negative values to zero.
pub(crate) fn rectify(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// The sum of `term` over all values, in eight lanes that the processor adds side by side.
pub(crate) fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane += term(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| term(*value)).sum::<f32>()
}

/// A number of rows or columns as a float.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^23")]
pub(crate) fn count(number: usize) -> f32 {
    number as f32
}

/// Scale and shift of a layer norm.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
    pub(crate) epsilon: f32,
}

impl LayerNorm {
    /// Brings every row to mean zero and variance one, then scales and shifts it.
    pub(crate) fn apply(&self, values: &mut [f32]) {
        for row in values.chunks_exact_mut(self.scale.len()) {
            let length = count(row.len());
            let mean = sum(row, |value| value) / length;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / length;
            let factor = 1.0 / (variance + self.epsilon).sqrt();
            for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = (*value - mean) * factor * scale + shift;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_are_those_of_the_plain_loops(
            (rows, inner, columns) in (1..9usize, 1..40usize, 1..40usize),
            stride in 1..50usize,
            kept in 0..2u8,
            seed in any::<u32>(),
        ) {
            let number = |index: usize| count((index * 7919 + seed as usize % 1000) % 97) / 97.0 - 0.5;
            let left: Vec<f32> = (0..(rows - 1) * stride + inner).map(number).collect();
            let right: Vec<f32> = (0..inner * columns).map(number).collect();
            let before: Vec<f32> = (0..rows * columns).map(number).collect();
            let mut out = before.clone();
            let kept = f32::from(kept);
            Matrix::new(right.clone(), columns).multiply_add(&left, stride, kept, &mut out);
            for (at, value) in out.iter().enumerate() {
                let (row, column) = (at / columns, at % columns);
                let products = (0..inner).map(|k| left[row * stride + k] * right[k * columns + column]);
                let expected = kept * before[at] + products.sum::<f32>();
                prop_assert!((value - expected).abs() < 1e-4, "{} {}", value, expected);
            }
        }

        #[test]
        fn sums_are_those_of_the_plain_loop(values in prop::collection::vec(-1.0..1.0f32, 0..50)) {
            prop_assert!((sum(&values, |value| value * 2.0) - values.iter().sum::<f32>() * 2.0).abs() < 1e-4);
        }
    }
}
