//! `ToUnicode` maps: which characters the codes of a font stand for.
//!
//! # Source
//!
//! ISO 32000-1, 9.10.3: `bfchar` and `bfrange` sections of a `CMap` are all that matters.

use std::collections::{BTreeMap, HashMap};

/// More entries than this are not looked at.
const ENTRIES_MAX: usize = 200_000;

/// Codes are told apart by their length in bytes too.
#[derive(Debug, Default)]
pub(super) struct UnicodeMap {
    chars: HashMap<(usize, u32), String>,
    /// By length and first code: the last code and what the first one stands for.
    ranges: BTreeMap<(usize, u32), (u32, String)>,
}

enum Token<'m> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'m str),
}

impl UnicodeMap {
    pub(super) fn parse(map: &[u8]) -> Self {
        let text = String::from_utf8_lossy(map);
        let mut parsed = Self::default();
        let mut section: Vec<Token<'_>> = Vec::new();
        for token in tokens(&text) {
            match token {
                Token::Word("beginbfchar" | "beginbfrange") => section.clear(),
                Token::Word("endbfchar") => parsed.add_chars(&std::mem::take(&mut section)),
                Token::Word("endbfrange") => parsed.add_ranges(&std::mem::take(&mut section)),
                other => section.push(other),
            }
        }
        parsed
    }

    /// What the code of `length` bytes stands for.
    pub(super) fn get(&self, code: u32, length: usize) -> Option<String> {
        if let Some(text) = self.chars.get(&(length, code)) {
            return Some(text.clone());
        }
        let (&(of_length, first), (last, text)) =
            self.ranges.range(..=(length, code)).next_back()?;
        let offset = (of_length == length && code <= *last).then(|| code - first)?;
        let mut chars: Vec<char> = text.chars().collect();
        let end = chars.last_mut()?;
        *end = char::from_u32(u32::from(*end).checked_add(offset)?)?;
        Some(chars.into_iter().collect())
    }

    fn add_chars(&mut self, section: &[Token<'_>]) {
        for pair in section.chunks_exact(2) {
            if let [Token::Hex(code), Token::Hex(text)] = pair {
                self.insert(code.len(), number(code), text);
            }
        }
    }

    fn add_ranges(&mut self, section: &[Token<'_>]) {
        let mut rest = section.iter();
        while let (Some(Token::Hex(first)), Some(Token::Hex(last)), Some(target)) =
            (rest.next(), rest.next(), rest.next())
        {
            match target {
                Token::Hex(text) if self.ranges.len() < ENTRIES_MAX => {
                    let target = (number(last), utf_16(text));
                    self.ranges.insert((first.len(), number(first)), target);
                }
                Token::Open => {
                    let mut code = number(first);
                    while let Some(Token::Hex(text)) = rest.next() {
                        self.insert(first.len(), code, text);
                        code = code.saturating_add(1);
                    }
                }
                _ => return,
            }
        }
    }

    fn insert(&mut self, length: usize, code: u32, text: &[u8]) {
        if self.chars.len() < ENTRIES_MAX {
            self.chars.insert((length, code), utf_16(text));
        }
    }
}

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
            let first = rest.chars().next()?;
            let after = rest.get(first.len_utf8()..).unwrap_or_default();
            match first {
                '[' | ']' => {
                    rest = after;
                    return Some(if first == '[' { Token::Open } else { Token::Close });
                }
                '%' => rest = after.split_once(['\n', '\r']).map_or("", |(_, next)| next),
                '<' if !after.starts_with('<') => {
                    let (hex, next) = after.split_once('>').unwrap_or((after, ""));
                    rest = next;
                    return Some(Token::Hex(bytes_of(hex)));
                }
                '<' | '>' | '(' | ')' | '{' | '}' => rest = after,
                _ => {
                    let ends = |c: char| c.is_whitespace() || "<>[](){}%".contains(c);
                    let (word, next) =
                        rest.split_at_checked(rest.find(ends).unwrap_or(rest.len()))?;
                    rest = next;
                    return Some(Token::Word(word));
                }
            }
        }
    })
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect()
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |sum, &byte| sum << 8 | u32::from(byte))
}

fn utf_16(bytes: &[u8]) -> String {
    let units =
        bytes.chunks(2).map(|pair| pair.iter().fold(0, |sum, &byte| sum << 8 | u16::from(byte)));
    char::decode_utf16(units).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chars_ranges_and_lists_are_understood() {
        let map = b"/CMapName /x def % <00> <01>\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            2 beginbfchar <0001> <7C97> <0002> <D842DFB7> endbfchar\n\
            2 beginbfrange <0010> <0012> <3042> <0020><0021> [<3044> <30463048>] endbfrange";
        let map = UnicodeMap::parse(map);
        assert_eq!(map.get(1, 2).as_deref(), Some("粗"));
        assert_eq!(map.get(2, 2).as_deref(), Some("𠮷"));
        assert_eq!(map.get(0x12, 2).as_deref(), Some("い"));
        assert_eq!(map.get(0x21, 2).as_deref(), Some("うえ"));
        assert_eq!(map.get(0x13, 2), None);
        assert_eq!(map.get(1, 1), None);
    }
}
