//! Server-sent events: bytes in, whole events out, each with the very bytes it came in.
//!
//! Pure; knows nothing of what the events say.

use bytes::{Bytes, BytesMut};

/// Largest single event.
const EVENT_BYTES_MAX: usize = 4 << 20;

/// One event, with its closing blank line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The bytes as they came.
    pub(crate) raw: Bytes,
    /// The joined `data` lines; none for a comment.
    pub(crate) data: Option<String>,
}

/// Why the bytes are no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SseError {
    Utf8,
    TooLarge,
}

/// Cuts a stream of bytes into events.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    buffer: BytesMut,
    /// Where the line begins that has not ended yet.
    line_start: usize,
}

impl Decoder {
    /// Takes more bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), SseError> {
        if self.buffer.len().saturating_add(bytes.len()) > EVENT_BYTES_MAX {
            return Err(SseError::TooLarge);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// The next whole event, if there is one.
    pub(crate) fn pop(&mut self) -> Result<Option<Event>, SseError> {
        let Some(end) = self.event_end() else { return Ok(None) };
        let raw = self.buffer.split_to(end).freeze();
        self.line_start = 0;
        let data = data_of(std::str::from_utf8(&raw).map_err(|_| SseError::Utf8)?);
        Ok(Some(Event { raw, data }))
    }

    fn event_end(&mut self) -> Option<usize> {
        loop {
            let rest = self.buffer.get(self.line_start..)?;
            let length = rest.iter().position(|byte| *byte == b'\n')?;
            let line = rest.get(..length)?;
            let blank = line.is_empty() || line == b"\r";
            self.line_start += length + 1;
            if blank {
                return Some(self.line_start);
            }
        }
    }
}

fn data_of(event: &str) -> Option<String> {
    let mut lines = event.lines().filter_map(|line| {
        let value = line.strip_prefix("data:")?;
        Some(value.strip_prefix(' ').unwrap_or(value))
    });
    let first = lines.next()?.to_owned();
    Some(lines.fold(first, |data, line| data + "\n" + line))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(chunks: &[&[u8]]) -> Vec<Event> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for chunk in chunks {
            decoder.push(chunk).unwrap();
            while let Some(event) = decoder.pop().unwrap() {
                events.push(event);
            }
        }
        events
    }

    const STREAM: &str =
        "data: {\"a\":\"粗大\"}\n\n: wait\n\ndata:x\r\ndata: y\r\n\r\nevent: e\ndata: [DONE]\n\n";

    #[test]
    fn events_come_out_whole_with_their_bytes() {
        let events = decode(&[STREAM.as_bytes()]);
        let data: Vec<_> = events.iter().map(|event| event.data.as_deref()).collect();
        assert_eq!(data, [Some("{\"a\":\"粗大\"}"), None, Some("x\ny"), Some("[DONE]")]);
        let raw: Vec<u8> = events.iter().flat_map(|event| event.raw.to_vec()).collect();
        assert_eq!(raw, STREAM.as_bytes());
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(one in 0..STREAM.len(), two in 0..STREAM.len()) {
            let (one, two) = (one.min(two), one.max(two));
            let bytes = STREAM.as_bytes();
            let cut = decode(&[&bytes[..one], &bytes[one..two], &bytes[two..]]);
            prop_assert_eq!(cut, decode(&[bytes]));
        }
    }

    #[test]
    fn an_event_without_end_is_refused_in_time() {
        let mut decoder = Decoder::default();
        assert!(decoder.push(&vec![b'a'; EVENT_BYTES_MAX]).is_ok());
        assert_eq!(decoder.push(b"a"), Err(SseError::TooLarge));
    }
}
