//! The vocabulary file: a sentencepiece model, which is a protocol-buffer message. Only what is needed is read.
//!
//! # Source
//! sentencepiece_model.proto: ModelProto.pieces = 1 (piece = 1, score = 2, type = 3),
//! ModelProto.normalizer_spec = 3 (precompiled_charsmap = 2).

/// A piece of the vocabulary, in the order of ids.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) score: f32,
    /// An ordinary piece: not a mark, not the unknown piece.
    pub(crate) is_normal: bool,
}

/// What the file holds; `None` when it is no such message.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Vec<Piece<'_>>, &[u8])> {
    let mut pieces = Vec::new();
    let mut charsmap: &[u8] = &[];
    let mut message = Message(bytes);
    while let Some((number, value)) = message.next()? {
        match (number, value) {
            (1, Value::Bytes(bytes)) => pieces.push(piece(bytes)?),
            (3, Value::Bytes(bytes)) => charsmap = normalizer_charsmap(bytes)?,
            _ => {}
        }
    }
    Some((pieces, charsmap))
}

fn piece(bytes: &[u8]) -> Option<Piece<'_>> {
    const NORMAL: u64 = 1;
    let mut piece = Piece { text: "", score: 0.0, is_normal: true };
    let mut message = Message(bytes);
    while let Some((number, value)) = message.next()? {
        match (number, value) {
            (1, Value::Bytes(text)) => piece.text = str::from_utf8(text).ok()?,
            (2, Value::Fixed32(bits)) => piece.score = f32::from_bits(bits),
            (3, Value::Number(kind)) => piece.is_normal = kind == NORMAL,
            _ => {}
        }
    }
    Some(piece)
}

fn normalizer_charsmap(bytes: &[u8]) -> Option<&[u8]> {
    let mut charsmap: &[u8] = &[];
    let mut message = Message(bytes);
    while let Some((number, value)) = message.next()? {
        if let (2, Value::Bytes(bytes)) = (number, value) {
            charsmap = bytes;
        }
    }
    Some(charsmap)
}

enum Value<'a> {
    Number(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
    Skipped,
}

/// The unread rest of a message.
struct Message<'a>(&'a [u8]);

impl<'a> Message<'a> {
    /// The next field; `Some(None)` at the end, `None` when the bytes are no message.
    #[expect(clippy::option_option, reason = "the end and a fault are different")]
    fn next(&mut self) -> Option<Option<(u64, Value<'a>)>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            1 => self.take(8).map(|_| Value::Skipped)?,
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some(Some((key >> 3, value)))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pieces_and_the_map_of_characters_are_read() {
        let message = b"\x0a\x0a\x0a\x03\xe3\x81\x94\x15\x00\x00\x80\xbf\x0a\x07\x0a\x03</s\x18\x03\x1a\x04\x12\x02hi";
        let (pieces, charsmap) = parse(message).unwrap();
        assert_eq!(pieces[0], Piece { text: "ご", score: -1.0, is_normal: true });
        assert_eq!(pieces[1], Piece { text: "</s", score: 0.0, is_normal: false });
        assert_eq!(charsmap, b"hi");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
