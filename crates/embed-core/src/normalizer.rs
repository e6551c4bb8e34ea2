//! Spelling of a text before it is cut into pieces: width, case of compatibility characters, spaces.
//!
//! The map of characters comes with the model: a double-array trie from character sequences to replacements.
//!
//! # Source
//! sentencepiece, `Normalizer` (rule nmt_nfkc, dummy prefix, spaces joined and written as U+2581);
//! darts-clone, layout of a unit of the trie.

/// How a space is written in pieces.
pub(crate) const SPACE: char = '\u{2581}';

/// The map of characters.
#[derive(Debug)]
pub(crate) struct Normalizer {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Normalizer {
    /// Reads the map: length of the trie in bytes, the trie, then replacements that each end in a zero byte.
    pub(crate) fn parse(charsmap: &[u8]) -> Option<Self> {
        let (length, rest) = charsmap.split_first_chunk::<4>()?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let units: Vec<u32> =
            trie.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        (!units.is_empty()).then(|| Self { units, replacements: replacements.to_vec() })
    }

    /// The text as pieces spell it: begins with a space, has single spaces and none at the end; may be empty.
    pub(crate) fn normalize(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 3);
        out.push(SPACE);
        let mut after_space = true;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (replaced, length) = self.replace(rest, first);
            let new = if after_space { replaced.trim_start_matches(' ') } else { replaced };
            out.extend(
                new.chars().map(|character| if character == ' ' { SPACE } else { character }),
            );
            if !new.is_empty() {
                after_space = new.ends_with(' ');
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        out.truncate(out.trim_end_matches(SPACE).len());
        out
    }

    /// What the text begins with, as it is to be spelt, and how many bytes of the text that covers.
    fn replace<'a>(&'a self, text: &'a str, first: char) -> (&'a str, usize) {
        let found = self
            .longest_match(text.as_bytes())
            .filter(|(length, _)| text.is_char_boundary(*length));
        let replacement = found.and_then(|(length, at)| Some((self.replacement(at)?, length)));
        replacement.unwrap_or_else(|| {
            let length = first.len_utf8();
            (text.get(..length).unwrap_or_default(), length)
        })
    }

    fn longest_match(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let offset = |unit: u32| (unit >> 10) << ((unit & 0x200) >> 6);
        let mut position = offset(*self.units.first()?);
        let mut best = None;
        for (index, byte) in bytes.iter().enumerate() {
            position ^= u32::from(*byte);
            let Some(unit) = self.units.get(position as usize) else { break };
            if unit & 0x8000_00ff != u32::from(*byte) {
                break;
            }
            position ^= offset(*unit);
            if unit & 0x100 != 0 {
                let leaf = self.units.get(position as usize)?;
                best = Some((index + 1, (leaf & 0x7fff_ffff) as usize));
            }
        }
        best
    }

    fn replacement(&self, at: usize) -> Option<&str> {
        let rest = self.replacements.get(at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        str::from_utf8(rest.get(..length)?).ok()
    }
}
