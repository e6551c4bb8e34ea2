//! The binary framing of AWS event streams: length, headers, payload, two checksums.
//!
//! Knows nothing of what the messages say.
//!
//! # Source
//! AWS, "Amazon event stream encoding": prelude of two big-endian lengths and its CRC-32, headers,
//! payload, and the CRC-32 of everything before it.

use crate::stream::{StreamError, malformed};

const PRELUDE: usize = 12;
const OVERHEAD: usize = 16;

/// One message with its headers of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names and values. Headers of other types are checked and passed over.
    pub headers: Vec<(String, String)>,
    /// The payload.
    pub payload: Vec<u8>,
}

impl Message {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The bytes of the message. Names are cut to 255 bytes of ASCII by whoever makes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            headers.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            headers.extend_from_slice(name.as_bytes());
            headers.push(7);
            headers
                .extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
            headers.extend_from_slice(value.as_bytes());
        }
        let total = OVERHEAD + headers.len() + self.payload.len();
        let mut out = Vec::with_capacity(total);
        for length in [total, headers.len()] {
            out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out.extend_from_slice(&headers);
        out.extend_from_slice(&self.payload);
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out
    }
}

/// Cuts bytes into messages.
#[derive(Debug)]
pub struct MessageFrames {
    buffer: Vec<u8>,
    message_bytes_max: usize,
}

impl MessageFrames {
    /// No bytes yet. A single message may have `message_bytes_max`.
    pub const fn new(message_bytes_max: usize) -> Self {
        Self { buffer: Vec::new(), message_bytes_max }
    }

    /// Takes more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether no bytes are left over.
    pub const fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next whole message, if there is one.
    ///
    /// # Errors
    /// [`StreamError::Checksum`], [`StreamError::Oversize`], or [`StreamError::Malformed`] where the
    /// lengths or the headers do not fit.
    pub fn pop(&mut self) -> Result<Option<Message>, StreamError> {
        let Some(prelude) = self.buffer.get(..PRELUDE) else { return Ok(None) };
        let mut prelude = Cursor(prelude);
        let (total, headers) = (prelude.u32()?, prelude.u32()?);
        let checked = self.buffer.get(..PRELUDE - 4).unwrap_or_default();
        if crc32fast::hash(checked) != prelude.u32()? {
            return Err(StreamError::Checksum);
        }
        let (total, headers) = (size(total)?, size(headers)?);
        if total > self.message_bytes_max {
            return Err(StreamError::Oversize { bytes_max: self.message_bytes_max });
        }
        let Some(payload) = total.checked_sub(OVERHEAD).and_then(|rest| rest.checked_sub(headers))
        else {
            return Err(malformed("the lengths of a message do not fit"));
        };
        if self.buffer.len() < total {
            return Ok(None);
        }
        let rest = self.buffer.split_off(total);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let mut cursor = Cursor(&bytes);
        cursor.take(PRELUDE)?;
        let (headers, payload) = (cursor.take(headers)?, cursor.take(payload)?);
        let covered = bytes.get(..total - 4).unwrap_or_default();
        if crc32fast::hash(covered) != cursor.u32()? {
            return Err(StreamError::Checksum);
        }
        Ok(Some(Message { headers: read_headers(headers)?, payload: payload.to_vec() }))
    }
}

fn size(length: u32) -> Result<usize, StreamError> {
    usize::try_from(length).map_err(|_| malformed("a length is too large"))
}

fn read_headers(bytes: &[u8]) -> Result<Vec<(String, String)>, StreamError> {
    let mut cursor = Cursor(bytes);
    let mut headers = Vec::new();
    while !cursor.0.is_empty() {
        let length = usize::from(cursor.u8()?);
        let name = cursor.text(length)?;
        match cursor.u8()? {
            0 | 1 => {}
            2 => drop(cursor.take(1)?),
            3 => drop(cursor.take(2)?),
            4 => drop(cursor.take(4)?),
            5 | 8 => drop(cursor.take(8)?),
            9 => drop(cursor.take(16)?),
            6 => {
                let length = usize::from(cursor.u16()?);
                cursor.take(length)?;
            }
            7 => {
                let length = usize::from(cursor.u16()?);
                headers.push((name, cursor.text(length)?));
            }
            _ => return Err(malformed("a header has an unknown type")),
        }
    }
    Ok(headers)
}

/// Bytes that are read from the front.
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], StreamError> {
        let split = self.0.split_at_checked(count);
        let (taken, rest) = split.ok_or_else(|| malformed("a message is too short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StreamError> {
        self.take(N)?.try_into().map_err(|_| malformed("a message is too short"))
    }

    fn u8(&mut self) -> Result<u8, StreamError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn u16(&mut self) -> Result<u16, StreamError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, StreamError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn text(&mut self, length: usize) -> Result<String, StreamError> {
        let text = std::str::from_utf8(self.take(length)?);
        text.map(str::to_owned).map_err(|_| malformed("a header is not valid UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Made by hand after the description: no headers, no payload; the sums by zlib's crc32.
    const EMPTY: [u8; 16] =
        [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];

    fn message(payload: &[u8]) -> Message {
        let headers = vec![(":event-type".to_owned(), "messageStart".to_owned())];
        Message { headers, payload: payload.to_vec() }
    }

    #[test]
    fn the_smallest_message_is_as_described() {
        let empty = Message { headers: vec![], payload: vec![] };
        assert_eq!(empty.encode(), EMPTY);
        let mut frames = MessageFrames::new(100);
        frames.push(&EMPTY);
        assert_eq!(frames.pop().unwrap(), Some(empty));
        assert!(frames.is_empty());
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let whole = message(b"{}").encode();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            let mut frames = MessageFrames::new(1000);
            frames.push(&bytes);
            assert!(frames.pop().is_err(), "{place}");
        }
    }

    #[test]
    fn a_message_that_is_too_large_is_refused_before_it_came() {
        let mut frames = MessageFrames::new(50);
        frames.push(&message(&[0; 100]).encode()[..12]);
        assert_eq!(frames.pop(), Err(StreamError::Oversize { bytes_max: 50 }));
    }

    proptest! {
        #[test]
        fn messages_come_out_as_they_went_in(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..4),
            step in 1_usize..40,
        ) {
            let bytes: Vec<u8> = payloads.iter().flat_map(|p| message(p).encode()).collect();
            let mut frames = MessageFrames::new(1000);
            let mut found = Vec::new();
            for portion in bytes.chunks(step) {
                frames.push(portion);
                while let Some(message) = frames.pop().unwrap() {
                    found.push(message.payload);
                }
            }
            prop_assert_eq!(found, payloads);
            prop_assert!(frames.is_empty());
        }

        #[test]
        fn no_bytes_bring_it_down(bytes: Vec<u8>) {
            let mut frames = MessageFrames::new(1000);
            frames.push(&bytes);
            let _ = frames.pop();
            let _ = read_headers(&bytes);
        }
    }
}
