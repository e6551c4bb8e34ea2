//! Turns the bytes of tokens into text that may be shown: whole characters only, and nothing of a stop string.

/// Text on its way out. Holds back a character that is not complete and an ending that may become a stop string.
#[derive(Debug, Default)]
pub(super) struct TextGate {
    stops: Vec<String>,
    /// The beginning of a character whose rest has not come yet: at most three bytes.
    incomplete: Vec<u8>,
    held: String,
}

/// What came through the gate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) text: String,
    /// A stop string appeared; nothing more will pass.
    pub(super) stopped: bool,
}

impl TextGate {
    pub(super) fn new(stops: Vec<String>) -> Self {
        Self { stops, ..Self::default() }
    }

    /// Takes the bytes of one token and lets through what is certain.
    pub(super) fn push(&mut self, piece: &[u8]) -> Passed {
        self.incomplete.extend_from_slice(piece);
        let bytes = std::mem::take(&mut self.incomplete);
        self.decode(&bytes);
        let stop = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min();
        if let Some(stop) = stop {
            self.held.truncate(stop);
            return Passed { text: std::mem::take(&mut self.held), stopped: true };
        }
        let kept = self.held.split_off(self.certain_bytes());
        Passed { text: std::mem::replace(&mut self.held, kept), stopped: false }
    }

    /// Lets through what was held back; call it when no more will come and no stop string appeared.
    pub(super) fn finish(&mut self) -> String {
        if !std::mem::take(&mut self.incomplete).is_empty() {
            self.held.push(char::REPLACEMENT_CHARACTER);
        }
        std::mem::take(&mut self.held)
    }

    /// Appends all that is decided; bytes that can never become a character are replaced.
    fn decode(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.held.push_str(chunk.valid());
            let invalid = chunk.invalid();
            if chunks.peek().is_none() && may_continue(invalid) {
                self.incomplete = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.held.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    /// How much of what is held cannot be the beginning of a stop string.
    fn certain_bytes(&self) -> usize {
        self.held
            .char_indices()
            .map(|(start, _)| start)
            .find(|start| {
                let rest = self.held.get(*start..).unwrap_or_default();
                self.stops.iter().any(|stop| stop.starts_with(rest))
            })
            .unwrap_or(self.held.len())
    }
}

/// Whether bytes that are no character yet can become one with what follows.
fn may_continue(bytes: &[u8]) -> bool {
    !bytes.is_empty() && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stops: &[String], pieces: &[&[u8]]) -> (String, bool) {
        let mut gate = TextGate::new(stops.to_vec());
        let mut all = String::new();
        for piece in pieces {
            let passed = gate.push(piece);
            all.push_str(&passed.text);
            if passed.stopped {
                return (all, true);
            }
        }
        all.push_str(&gate.finish());
        (all, false)
    }

    #[test]
    fn a_character_in_pieces_comes_out_whole() {
        let mut gate = TextGate::new(Vec::new());
        assert_eq!(gate.push(&[0xE8]).text, "");
        assert_eq!(gate.push(&[0xA6]).text, "");
        assert_eq!(gate.push(&[0x81, b'!']).text, "要!");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(run(&[], &[&[0xFF, b'a'], &[0xE8, 0xA6]]).0, "\u{FFFD}a\u{FFFD}");
    }

    #[test]
    fn an_ending_that_turns_out_not_to_be_a_stop_string_is_given_out() {
        let stops = ["終わり".to_owned()];
        assert_eq!(run(&stops, &["これで終".as_bytes(), "了".as_bytes()]).0, "これで終了");
        assert_eq!(
            run(&stops, &["これで終".as_bytes(), "わりです".as_bytes()]),
            ("これで".to_owned(), true)
        );
    }

    proptest! {
        #[test]
        fn the_gate_gives_the_text_up_to_the_first_stop_however_it_is_cut(
            text in "[ab要約]{0,24}",
            stops in proptest::collection::vec("[ab要約]{1,3}", 0..3),
            size in 1_usize..5,
        ) {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let (given, stopped) = run(&stops, &pieces);
            // The obvious model sees one byte more at a time and stops at the first stop string it contains.
            let mut expected = (text.clone(), false);
            for end in (1..=pieces.len()).map(|count| (count * size).min(text.len())) {
                let whole = (0..=end).rev().find_map(|end| text.get(..end)).unwrap_or_default();
                if let Some(at) = stops.iter().filter_map(|stop| whole.find(stop.as_str())).min() {
                    expected = (text.get(..at).unwrap_or_default().to_owned(), true);
                    break;
                }
            }
            prop_assert_eq!((given, stopped), expected);
        }

        #[test]
        fn any_bytes_pass_as_valid_text_and_none_is_lost(bytes in proptest::collection::vec(any::<u8>(), 0..64), size in 1_usize..5) {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(run(&[], &pieces).0, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}
