//! Makes inputs out of others: bits, bytes, numbers, pieces of two, and words of the dialects.

/// Words that the readers look for.
const WORDS: [&str; 44] = [
    "data: ",
    "event: ",
    "\n\n",
    "\r\n\r\n",
    ": \n\n",
    "[DONE]",
    "{}",
    "[]",
    "null",
    "true",
    "\"\"",
    "\\u0000",
    "\\ud800",
    "\\",
    "1e999",
    "-0",
    "18446744073709551616",
    "\"choices\":",
    "\"delta\":",
    "\"index\":",
    "\"usage\":",
    "\"finish_reason\":\"stop\"",
    "\"tool_calls\":",
    "\"type\":",
    "\"message_start\"",
    "\"message_stop\"",
    "\"content_block_start\"",
    "\"content_block_stop\"",
    "\"message_delta\"",
    "\"error\":",
    "\"response.completed\"",
    "\"response.failed\"",
    "\"response.output_item.added\"",
    "\"candidates\":",
    "\"finishReason\":\"STOP\"",
    "\"parts\":",
    "\"functionCall\":",
    "\"model\":",
    "\"stream\":",
    "\"messages\":",
    "あ",
    "🏯",
    "\u{feff}",
    "~gemini/",
];

/// A repeatable source of choices (SplitMix64) and the inputs they lead to.
pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, or 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// One of `inputs`, changed in one to eight ways. A `framed` one has its checksums put right, mostly,
    /// for otherwise nothing behind them is ever reached.
    pub(crate) fn mutated(&mut self, inputs: &[Vec<u8>], most: usize, framed: bool) -> Vec<u8> {
        let at = self.below(inputs.len());
        let mut input = inputs.get(at).cloned().unwrap_or_default();
        for _ in 0..=self.below(8) {
            self.change(&mut input, inputs);
        }
        input.truncate(most);
        if framed && self.below(8) != 0 { with_checksums(&input) } else { input }
    }

    fn change(&mut self, input: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let size = 1 + self.below(32);
        let end = (at + size).min(input.len());
        match self.below(9) {
            0 => {
                let bit = self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let value = self.next().to_le_bytes()[0];
                if let Some(byte) = input.get_mut(at) {
                    *byte = value;
                }
            }
            2 => drop(input.drain(at..end)),
            3 => {
                let piece = input.get(at..end).unwrap_or_default().to_vec();
                let to = self.below(input.len() + 1);
                drop(input.splice(to..to, piece));
            }
            4 | 5 => {
                let word = self.below(WORDS.len());
                let word = WORDS.get(word).copied().unwrap_or_default();
                let over = if self.below(2) == 0 { at } else { end };
                drop(input.splice(at..over, word.bytes()));
            }
            6 => {
                let other = self.below(inputs.len());
                let other = inputs.get(other).map(Vec::as_slice).unwrap_or_default();
                let from = self.below(other.len() + 1);
                let to = (from + self.below(512)).min(other.len());
                let piece = other.get(from..to).unwrap_or_default().to_vec();
                drop(input.splice(at..at, piece));
            }
            7 => {
                let times = 1 + self.below(200);
                let byte = input.get(at).copied().unwrap_or(b'[');
                drop(input.splice(at..at, std::iter::repeat_n(byte, times)));
            }
            _ => input.truncate(at),
        }
    }
}

/// `bytes` as messages of an event stream whose lengths and checksums are right: what stands where
/// lengths would is taken as such as far as it can be.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    const PRELUDE: usize = 12;
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while rest.len() > PRELUDE {
        let number = |from: usize| {
            let read = rest.get(from..from + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
            usize::try_from(read.map_or(0, u32::from_be_bytes)).unwrap_or_default()
        };
        let total = number(0).clamp(PRELUDE + 4, rest.len().max(PRELUDE + 4));
        let headers = number(4).min(total - PRELUDE - 4);
        let body = rest.get(PRELUDE..(total - 4).min(rest.len())).unwrap_or_default();
        let mut message = Vec::with_capacity(total);
        let total_said = u32::try_from(PRELUDE + body.len() + 4).unwrap_or_default();
        let headers_said = u32::try_from(headers.min(body.len())).unwrap_or_default();
        message.extend_from_slice(&total_said.to_be_bytes());
        message.extend_from_slice(&headers_said.to_be_bytes());
        message.extend_from_slice(&crc32fast::hash(&message).to_be_bytes());
        message.extend_from_slice(body);
        message.extend_from_slice(&crc32fast::hash(&message).to_be_bytes());
        out.append(&mut message);
        rest = rest.get(total..).unwrap_or_default();
    }
    out
}
