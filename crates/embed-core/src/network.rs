//! The network: a table of token vectors, three convolutions over neighbouring tokens, a mean, four dense layers.
//!
//! The table stays in its 8-bit form (66 MB); row `id` lies in block `id % 17` at row `id / 17`.

use crate::archive::{Archive, ArchiveError};
use crate::encoder::DIMENSIONS;
use crate::matrix::{LayerNorm, Matrix, add_row, count, rectify, sum};

const BLOCKS: usize = 17;
/// Width of each branch in tokens, and how many of them stand before the current one.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Features of one branch.
const BRANCH: usize = 256;
const PROJECTED: usize = BRANCHES.len() * BRANCH;
/// Token vector and all branches.
const FEATURES: usize = DIMENSIONS + PROJECTED;
const HIDDEN: usize = 320;

/// A block of the table: `value = byte * scale + low`.
#[derive(Debug)]
struct Block {
    bytes: Vec<u8>,
    scale: f32,
    low: f32,
}

/// One branch: looks at `width` tokens, `left` of them before the current one.
#[derive(Debug)]
struct Branch {
    width: usize,
    left: usize,
    first: Matrix,
    first_bias: Vec<f32>,
    second: Matrix,
    second_bias: Vec<f32>,
}

/// What comes before the branches: all of their inputs in one product and one norm.
#[derive(Debug)]
struct Projection {
    weights: Matrix,
    bias: Vec<f32>,
    norm: LayerNorm,
}

/// The dense layers after the mean, with their shortcuts.
#[derive(Debug)]
struct Dense {
    first: Matrix,
    second: Matrix,
    second_shortcut: Matrix,
    third: Matrix,
    last: Matrix,
    last_shortcut: Matrix,
}

/// The weights, ready to run.
#[derive(Debug)]
pub(crate) struct Network {
    table: Vec<Block>,
    projection: Projection,
    branches: Vec<Branch>,
    norm: LayerNorm,
    mean: Matrix,
    mean_bias: Vec<f32>,
    dense: Dense,
    epsilon: f32,
}

impl Network {
    /// Reads the weights for a vocabulary of `tokens` pieces.
    pub(crate) fn from_archive(
        archive: &mut Archive<'_>,
        tokens: usize,
    ) -> Result<Self, ArchiveError> {
        let epsilon = archive.scalar("eps")?;
        let mut matrix = |name: &str, rows: usize, columns: usize| {
            archive.floats(name, rows * columns).map(|values| Matrix::new(values, columns))
        };
        let dense = Dense {
            first: matrix("d0", DIMENSIONS, HIDDEN)?,
            second: matrix("d1", HIDDEN, HIDDEN)?,
            second_shortcut: matrix("p1", DIMENSIONS, HIDDEN)?,
            third: matrix("d2", HIDDEN, DIMENSIONS)?,
            last: matrix("d3", DIMENSIONS, DIMENSIONS)?,
            last_shortcut: matrix("p3", HIDDEN, DIMENSIONS)?,
        };
        let mean = matrix("cnn_W", FEATURES, DIMENSIONS)?;
        let branches = BRANCHES
            .into_iter()
            .map(|(width, left)| Branch::from_archive(archive, width, left))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            table: read_table(archive, tokens)?,
            projection: Projection::from_archive(archive, epsilon)?,
            branches,
            norm: layer_norm(archive, ["ln_g", "ln_b"], FEATURES, epsilon)?,
            mean,
            mean_bias: archive.floats("cnn_b", DIMENSIONS)?,
            dense,
            epsilon,
        })
    }

    /// The vectors of texts, each given by its tokens, of which there must be at least one.
    pub(crate) fn run(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let count = lengths.iter().sum();
        let mut features = vec![0.0; count * FEATURES];
        for (id, row) in texts.iter().flatten().zip(features.chunks_exact_mut(FEATURES)) {
            self.look_up(*id, row);
        }
        let projected = self.projection.run(&features, count);
        for (number, branch) in self.branches.iter().enumerate() {
            let found = branch.run(&projected, number, &lengths);
            for (row, values) in features.chunks_exact_mut(FEATURES).zip(found.chunks_exact(BRANCH))
            {
                copy(values, row.get_mut(DIMENSIONS + number * BRANCH..).unwrap_or_default());
            }
        }
        self.norm.apply(&mut features);
        self.finish(&features, &lengths)
    }

    /// Writes the vector of a token to the front of a row.
    fn look_up(&self, id: u32, row: &mut [f32]) {
        let id = id as usize;
        let Some(block) = self.table.get(id % BLOCKS) else { return };
        let start = id / BLOCKS * DIMENSIONS;
        let bytes = block.bytes.get(start..start + DIMENSIONS).unwrap_or_default();
        for (value, byte) in row.iter_mut().zip(bytes) {
            *value = f32::from(*byte) * block.scale + block.low;
        }
    }

    /// From normed features to vectors of length one: sum over the tokens of each text, then the dense layers.
    fn finish(&self, features: &[f32], lengths: &[usize]) -> Vec<Vec<f32>> {
        let mut sums = vec![0.0; lengths.len() * FEATURES];
        let mut rows = features.chunks_exact(FEATURES);
        for (sum, length) in sums.chunks_exact_mut(FEATURES).zip(lengths) {
            for row in rows.by_ref().take(*length) {
                add_row(sum, row);
            }
        }
        let mut means = product(&self.mean, &sums);
        for (mean, length) in means.chunks_exact_mut(DIMENSIONS).zip(lengths) {
            let count = count(*length);
            for (value, bias) in mean.iter_mut().zip(&self.mean_bias) {
                *value = (*value + count * bias) / count.sqrt();
            }
        }
        let vectors = self.dense.run(&means);
        vectors.chunks_exact(DIMENSIONS).map(|vector| self.of_length_one(vector)).collect()
    }

    fn of_length_one(&self, vector: &[f32]) -> Vec<f32> {
        let square = sum(vector, |value| value * value);
        let factor = 1.0 / square.max(self.epsilon).sqrt();
        vector.iter().map(|value| value * factor).collect()
    }
}

impl Projection {
    fn from_archive(archive: &mut Archive<'_>, epsilon: f32) -> Result<Self, ArchiveError> {
        let mut joined = vec![0.0; DIMENSIONS * PROJECTED];
        let (mut bias, mut scale, mut shift) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (width, _)) in BRANCHES.into_iter().enumerate() {
            let part = archive.floats(&format!("proj{width}"), DIMENSIONS * BRANCH)?;
            for (row, values) in joined.chunks_exact_mut(PROJECTED).zip(part.chunks_exact(BRANCH)) {
                copy(values, row.get_mut(number * BRANCH..).unwrap_or_default());
            }
            bias.extend(archive.floats(&format!("proj_b{width}"), BRANCH)?);
            scale.extend(archive.floats(&format!("ln_g{width}"), BRANCH)?);
            shift.extend(archive.floats(&format!("ln_b{width}"), BRANCH)?);
        }
        let norm = LayerNorm { scale, shift, epsilon };
        Ok(Self { weights: Matrix::new(joined, PROJECTED), bias, norm })
    }

    /// One row of [`PROJECTED`] values per token, from rows of [`FEATURES`] that begin with the token vectors.
    fn run(&self, features: &[f32], count: usize) -> Vec<f32> {
        let mut projected = vec![0.0; count * PROJECTED];
        self.weights.multiply(features, FEATURES, &mut projected);
        add_row(&mut projected, &self.bias);
        self.norm.apply(&mut projected);
        projected
    }
}

impl Branch {
    fn from_archive(
        archive: &mut Archive<'_>,
        width: usize,
        left: usize,
    ) -> Result<Self, ArchiveError> {
        let mut weights = |name: String| {
            archive.floats(&name, width * BRANCH * BRANCH).map(|values| Matrix::new(values, BRANCH))
        };
        let first = weights(format!("w1_{width}"))?;
        let second = weights(format!("w2_{width}"))?;
        let first_bias = archive.floats(&format!("b1_{width}"), BRANCH)?;
        let second_bias = archive.floats(&format!("b2_{width}"), BRANCH)?;
        Ok(Self { width, left, first, first_bias, second, second_bias })
    }

    /// One row of [`BRANCH`] features per token, from this branch's share of the projection.
    fn run(&self, projected: &[f32], number: usize, lengths: &[usize]) -> Vec<f32> {
        let mut input = vec![0.0; projected.len() / BRANCHES.len()];
        for (row, values) in input.chunks_exact_mut(BRANCH).zip(projected.chunks_exact(PROJECTED)) {
            copy(values.get(number * BRANCH..).unwrap_or_default(), row);
        }
        let hidden = self.convolve(&input, lengths, &self.first, &self.first_bias);
        self.convolve(&hidden, lengths, &self.second, &self.second_bias)
    }

    /// Convolution, rectifier and shortcut. Rows of zeros before, between and behind the texts stand for what
    /// lies outside of them, so that one product of overlapping windows serves all texts.
    fn convolve(
        &self,
        input: &[f32],
        lengths: &[usize],
        weights: &Matrix,
        bias: &[f32],
    ) -> Vec<f32> {
        let gap = (self.width - 1) * BRANCH;
        let between = gap * lengths.len().saturating_sub(1);
        let mut padded = vec![0.0; input.len() + between + gap];
        let mut windows = vec![0.0; input.len() + between];
        let mut rest = input;
        let mut at = 0;
        for length in lengths {
            let (text, after) = rest.split_at_checked(length * BRANCH).unwrap_or_default();
            copy(text, padded.get_mut(at + self.left * BRANCH..).unwrap_or_default());
            rest = after;
            at += text.len() + gap;
        }
        weights.multiply(&padded, BRANCH, &mut windows);
        let mut out = input.to_vec();
        let (mut rest, mut found) = (out.as_mut_slice(), windows.as_slice());
        for length in lengths {
            let (text, after) = rest.split_at_mut_checked(length * BRANCH).unwrap_or_default();
            add_rectified(text, found, bias);
            found = found.get(text.len() + gap..).unwrap_or_default();
            rest = after;
        }
        out
    }
}

impl Dense {
    /// One row in, one row out.
    fn run(&self, mean: &[f32]) -> Vec<f32> {
        let mut first = product(&self.first, mean);
        rectify(&mut first);
        let mut second = product(&self.second_shortcut, mean);
        self.second.multiply_add(&first, HIDDEN, 1.0, &mut second);
        rectify(&mut second);
        let mut third = product(&self.third, &second);
        rectify(&mut third);
        let mut last = product(&self.last_shortcut, &second);
        self.last.multiply_add(&third, DIMENSIONS, 1.0, &mut last);
        for value in &mut last {
            *value = value.tanh();
        }
        last
    }
}

/// Rows times a matrix.
fn product(matrix: &Matrix, rows: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; rows.len() / matrix.rows() * matrix.columns()];
    matrix.multiply(rows, matrix.rows(), &mut out);
    out
}

/// Adds `max(0, found + bias)` to every row of `text`.
fn add_rectified(text: &mut [f32], found: &[f32], bias: &[f32]) {
    for (row, found) in text.chunks_exact_mut(BRANCH).zip(found.chunks_exact(BRANCH)) {
        for ((value, found), bias) in row.iter_mut().zip(found).zip(bias) {
            *value += (found + bias).max(0.0);
        }
    }
}

fn copy(from: &[f32], to: &mut [f32]) {
    for (target, value) in to.iter_mut().zip(from) {
        *target = *value;
    }
}

fn layer_norm(
    archive: &mut Archive<'_>,
    [scale, shift]: [&str; 2],
    length: usize,
    epsilon: f32,
) -> Result<LayerNorm, ArchiveError> {
    let (scale, shift) = (archive.floats(scale, length)?, archive.floats(shift, length)?);
    Ok(LayerNorm { scale, shift, epsilon })
}

/// Unpacks the table on as many threads as the machine has, up to four: it is most of the time of loading.
fn read_table(archive: &mut Archive<'_>, tokens: usize) -> Result<Vec<Block>, ArchiveError> {
    let rows = tokens.div_ceil(BLOCKS);
    let scales = archive.floats("scale", BLOCKS)?;
    let lows = archive.floats("lo", BLOCKS)?;
    let mut table: Vec<Block> = scales
        .into_iter()
        .zip(lows)
        .map(|(scale, low)| Block { bytes: Vec::new(), scale, low })
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let archive = &*archive;
    let unpack = |first: usize, blocks: &mut [Block]| {
        let mut archive = archive.clone();
        blocks.iter_mut().zip(first..).try_for_each(|(block, number)| {
            block.bytes = archive.bytes(&format!("q{}", number + 1), rows * DIMENSIONS)?;
            Ok(())
        })
    };
    let share = BLOCKS.div_ceil(threads);
    std::thread::scope(|scope| {
        let shares = table.chunks_mut(share).zip((0..).step_by(share));
        let workers: Vec<_> =
            shares.map(|(blocks, first)| scope.spawn(move || unpack(first, blocks))).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(ArchiveError::Unreadable("q".to_owned())))
        })
    })?;
    Ok(table)
}
