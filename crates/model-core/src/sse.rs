//! Server-sent events: bytes in any portions in, whole events out, each with the bytes it came in.
//!
//! Knows nothing of what the events say.
//!
//! # Source
//! WHATWG HTML, section 9.2 (server-sent events).

use crate::{json::Json, stream::StreamError};

/// One event, or a comment, with the blank line that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// The name of the event.
    pub name: Option<String>,
    /// The `data` lines, joined; none for a comment or a blank line.
    pub data: Option<String>,
}

/// Cuts bytes into events.
#[derive(Debug)]
pub struct SseFrames {
    /// Bytes that came: events that were given out, then what follows.
    buffer: Vec<u8>,
    /// Where the event begins that has not been given out.
    begin: usize,
    /// Bytes of `buffer` that were looked at.
    seen: usize,
    /// Where the last line begins.
    line: usize,
    /// Whether the last byte looked at was a carriage return that ended a line.
    after_return: bool,
    event_bytes_max: usize,
}

impl SseFrames {
    /// No bytes yet. A single event may have `event_bytes_max`.
    pub const fn new(event_bytes_max: usize) -> Self {
        Self {
            buffer: Vec::new(),
            begin: 0,
            seen: 0,
            line: 0,
            after_return: false,
            event_bytes_max,
        }
    }

    /// Takes more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        // Once for many events: to move the rest after each would take the square of their number.
        self.buffer.drain(..self.begin);
        self.seen -= self.begin;
        self.line = self.line.saturating_sub(self.begin);
        self.begin = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole event, if there is one.
    ///
    /// # Errors
    /// [`StreamError::Oversize`], [`StreamError::Malformed`] where the event is not UTF-8.
    pub fn pop(&mut self) -> Result<Option<Frame>, StreamError> {
        while let Some(&byte) = self.buffer.get(self.seen) {
            self.seen += 1;
            let pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if pair {
                // It belongs to the return before it, which may have ended the event before.
                self.line = self.seen;
                continue;
            }
            if byte == b'\n' || byte == b'\r' {
                let is_blank = self.line + 1 == self.seen;
                self.line = self.seen;
                if is_blank {
                    return self.cut().map(Some);
                }
            }
            self.check_size()?;
        }
        Ok(None)
    }

    /// What is left when no more bytes come: an event without its blank line.
    pub fn rest(&mut self) -> Result<Option<Frame>, StreamError> {
        if self.begin == self.buffer.len() { Ok(None) } else { self.cut().map(Some) }
    }

    fn check_size(&self) -> Result<(), StreamError> {
        if self.seen - self.begin > self.event_bytes_max {
            return Err(StreamError::Oversize { bytes_max: self.event_bytes_max });
        }
        Ok(())
    }

    fn cut(&mut self) -> Result<Frame, StreamError> {
        self.check_size()?;
        let raw = self.buffer.get(self.begin..self.seen).unwrap_or_default().to_vec();
        self.begin = self.seen;
        self.line = self.seen;
        let text = std::str::from_utf8(&raw)
            .map_err(|_| StreamError::Malformed { why: "an event is not valid UTF-8" })?;
        let (name, data) = fields(text);
        Ok(Frame { raw, name, data })
    }
}

fn fields(text: &str) -> (Option<String>, Option<String>) {
    let mut name = None;
    let mut data: Option<String> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.split(['\n', '\r']) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = Some(value.to_owned()),
            "data" => {
                let joined = data.get_or_insert_default();
                if !joined.is_empty() {
                    joined.push('\n');
                }
                joined.push_str(value);
            }
            _ => {}
        }
    }
    (name, data)
}

/// Writes an event: its name, where it has one, and its data on one line.
pub(crate) fn write(name: Option<&str>, data: &Json, out: &mut Vec<u8>) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(data.to_text().as_bytes());
    out.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8], cuts: &[usize]) -> (Vec<Frame>, Option<StreamError>) {
        let mut frames = SseFrames::new(64);
        let mut found = Vec::new();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
        cuts.push(text.len());
        cuts.sort_unstable();
        let mut from = 0;
        for to in cuts {
            frames.push(&text[from..to]);
            from = to;
            loop {
                match frames.pop() {
                    Ok(Some(frame)) => found.push(frame),
                    Ok(None) => break,
                    Err(error) => return (found, Some(error)),
                }
            }
        }
        (found, None)
    }

    fn data(text: &str) -> Vec<(Option<String>, Option<String>)> {
        all(text.as_bytes(), &[]).0.into_iter().map(|frame| (frame.name, frame.data)).collect()
    }

    #[test]
    fn every_form_of_line_end_is_read() {
        let expected =
            vec![(Some("a".to_owned()), Some("1\n2".to_owned())), (None, Some("x: y".to_owned()))];
        for end in ["\n", "\r\n", "\r"] {
            let text = "event: a\ndata:1\ndata: 2\n\n: ping\ndata: x: y\n\n".replace('\n', end);
            assert_eq!(data(&text), expected, "{end:?}");
        }
        assert_eq!(data(": ping\n\n"), [(None, None)]);
    }

    #[test]
    fn an_event_that_is_too_large_or_no_text_is_refused() {
        let long = format!("data: {}\n\n", "x".repeat(64));
        assert_eq!(all(long.as_bytes(), &[]).1, Some(StreamError::Oversize { bytes_max: 64 }));
        let never_ends = "x".repeat(65);
        assert!(all(never_ends.as_bytes(), &[]).1.is_some());
        assert!(matches!(all(b"data: \xff\n\n", &[]).1, Some(StreamError::Malformed { .. })));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_events(
            text in "(data|event|:)?[ a\u{3042}:]{0,3}(\r\n|\n|\r|\n\n|data: x\n){0,6}[ad:\n\r]{0,12}",
            cuts in prop::collection::vec(0_usize..100, 0..8),
        ) {
            let (whole, error) = all(text.as_bytes(), &[]);
            prop_assert_eq!(all(text.as_bytes(), &cuts), (whole.clone(), error));
            let raw: Vec<u8> = whole.iter().flat_map(|frame| frame.raw.clone()).collect();
            prop_assert!(text.as_bytes().starts_with(&raw));
        }
    }
}
