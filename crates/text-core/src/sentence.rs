//! Sentence boundaries in Japanese and mixed text.
//!
//! A line break always ends a sentence, so list items and headings stand alone; a line with tabs
//! or between bars is a table row and stays whole. Inside a line the Japanese and ASCII full stops
//! end a sentence, except inside brackets, numbers, abbreviations and list markers.

use std::ops::Range;

/// A pair of brackets further apart than this many characters is taken for a slip of the pen.
const BRACKET_SPAN_MAX_CHARS: usize = 400;

/// What a period does not end when it follows one of these words.
const ABBREVIATIONS: &[&str] = &[
    "art", "cf", "co", "corp", "dept", "dr", "e.g", "ed", "eq", "etc", "fig", "i.e", "inc", "jr",
    "ltd", "mr", "mrs", "ms", "no", "p", "pp", "prof", "ref", "sec", "sr", "st", "vol", "vs",
];

/// The sentences of `text` as byte ranges, in order, disjoint, without surrounding white space.
///
/// Together they cover every character that is not white space.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| is_line_break(c)) {
        split_line(text, line_start..at, &mut found);
        line_start = at + c.len_utf8();
    }
    split_line(text, line_start..text.len(), &mut found);
    found
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn split_line(text: &str, line: Range<usize>, found: &mut Vec<Range<usize>>) {
    let Some(content) = text.get(line.clone()) else { return };
    if content.trim().is_empty() {
        return;
    }
    if is_table_row(content) {
        push_trimmed(text, line, found);
        return;
    }
    let scan = Line::new(content);
    let mut start = 0;
    while let Some(end) = scan.next_end(start) {
        push_trimmed(text, line.start + scan.byte_of(start)..line.start + scan.byte_of(end), found);
        start = end;
    }
}

fn is_table_row(line: &str) -> bool {
    let line = line.trim();
    line.contains('\t') || (line.len() > 1 && line.starts_with('|') && line.ends_with('|'))
}

fn push_trimmed(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let Some(content) = text.get(range.clone()) else { return };
    let start = range.start + (content.len() - content.trim_start().len());
    let end = start + content.trim().len();
    if start < end {
        found.push(start..end);
    }
}

/// One line, by characters, with its brackets matched.
struct Line {
    chars: Vec<(usize, char)>,
    /// For each character, the number of matched brackets that are open after it.
    depth: Vec<u16>,
    /// For each character that closes a matched bracket, the place of the opening one.
    opener: Vec<Option<usize>>,
    len: usize,
}

impl Line {
    fn new(content: &str) -> Self {
        let chars: Vec<(usize, char)> = content.char_indices().collect();
        let opener = match_brackets(&chars);
        let mut is_opener = vec![false; chars.len()];
        for &open in opener.iter().flatten() {
            if let Some(flag) = is_opener.get_mut(open) {
                *flag = true;
            }
        }
        let mut open = 0_u16;
        let depth = opener
            .iter()
            .zip(is_opener)
            .map(|(closes, opens)| {
                open = open.saturating_add(u16::from(opens));
                open = open.saturating_sub(u16::from(closes.is_some()));
                open
            })
            .collect();
        Self { chars, depth, opener, len: content.len() }
    }

    fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).map(|&(_, c)| c)
    }

    fn before(&self, place: usize) -> Option<char> {
        place.checked_sub(1).and_then(|previous| self.at(previous))
    }

    fn byte_of(&self, place: usize) -> usize {
        self.chars.get(place).map_or(self.len, |&(byte, _)| byte)
    }

    /// The place after the sentence that begins at `start`, or `None` when the line is used up.
    fn next_end(&self, start: usize) -> Option<usize> {
        if start >= self.chars.len() {
            return None;
        }
        let first = (start..self.chars.len())
            .find(|&place| self.at(place).is_some_and(|c| !c.is_whitespace()))
            .unwrap_or(start);
        let end = (first..self.chars.len()).find_map(|place| self.end_at(first, place));
        Some(end.unwrap_or(self.chars.len()))
    }

    /// Where the sentence from `first` ends if the character at `place` ends it.
    fn end_at(&self, first: usize, place: usize) -> Option<usize> {
        if self.depth.get(place).is_some_and(|&depth| depth > 0) {
            return None;
        }
        let c = self.at(place)?;
        if let Some(Some(open)) = self.opener.get(place) {
            return self.bracket_ends(first, *open, place).then_some(place + 1);
        }
        let ends = match c {
            '。' | '｡' => true,
            '！' | '？' | '‼' | '⁇' | '⁈' | '⁉' | '!' | '?' => {
                self.exclamation_ends(place)
            }
            '．' => self.wide_period_ends(first, place),
            '.' => self.period_ends(first, place),
            _ => false,
        };
        ends.then(|| self.after_run(place))
    }

    /// The place after the stops and closing marks that follow one another from `place`.
    fn after_run(&self, place: usize) -> usize {
        let belongs = |next: usize| {
            self.depth.get(next).is_some_and(|&depth| depth == 0)
                && self.at(next).is_some_and(|c| is_stop(c) || is_closer(c) || is_attached(c))
        };
        let mut next = place + 1;
        while belongs(next) {
            next += 1;
        }
        next
    }

    /// A bracket that holds whole sentences ends one itself, unless the sentence goes on after it.
    fn bracket_ends(&self, first: usize, open: usize, place: usize) -> bool {
        let holds_sentence = self.before(place).is_some_and(is_japanese_stop);
        if !holds_sentence {
            return false;
        }
        let next = self.at(place + 1);
        let is_quote = matches!(self.at(place), Some('」' | '』'));
        match next {
            None => true,
            Some(next) if is_stop(next) || is_closer(next) => false,
            Some('「' | '『') => is_quote,
            Some(next) if next.is_whitespace() => true,
            Some(_) => open == first && !is_quote,
        }
    }

    fn exclamation_ends(&self, place: usize) -> bool {
        let Some(next) = self.at(place + 1) else { return true };
        let quoted = next == 'と'
            && self.at(place + 2).is_some_and(|c| "、いの聞尋問言思書答申述呼記".contains(c));
        let inside_word = matches!(self.at(place), Some('!' | '?'))
            && (next.is_ascii_alphanumeric() || "=&/%#_-".contains(next));
        !quoted && !inside_word
    }

    /// `．` is a full stop in some documents, and a decimal point or the end of a number in others.
    fn wide_period_ends(&self, first: usize, place: usize) -> bool {
        let digit_follows = self.at(place + 1).is_some_and(char::is_numeric);
        let digit_precedes = self.before(place).is_some_and(char::is_numeric);
        let is_decimal = digit_precedes && digit_follows;
        !is_decimal && !self.is_list_marker(first, place)
    }

    fn period_ends(&self, first: usize, place: usize) -> bool {
        let after = self.after_run(place);
        if self.at(after).is_some_and(|c| !c.is_whitespace()) || self.is_list_marker(first, place) {
            return false;
        }
        let follows =
            (after..self.chars.len()).find_map(|next| self.at(next).filter(|c| !c.is_whitespace()));
        let may_begin = follows.is_none_or(|c| !c.is_lowercase());
        may_begin && (follows.is_none() || !self.follows_abbreviation(place))
    }

    /// Whether only a short number or letter stands between `first` and `place`: `1.`, `２．`, `a.`
    fn is_list_marker(&self, first: usize, place: usize) -> bool {
        let marker = self.chars.get(first..place).unwrap_or_default();
        let is_number = marker.iter().all(|&(_, c)| c.is_numeric() || is_kanji_digit(c));
        let is_letter = marker.len() == 1 && marker.iter().all(|&(_, c)| c.is_alphabetic());
        !marker.is_empty() && marker.len() <= 3 && (is_number || is_letter)
    }

    fn follows_abbreviation(&self, place: usize) -> bool {
        let before = self.chars.get(..place).unwrap_or_default();
        let mut word: Vec<char> = before
            .iter()
            .rev()
            .map(|&(_, c)| c)
            .take_while(|&c| c.is_ascii_alphabetic() || c == '.')
            .take(8)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        word.reverse();
        let word: String = word.into_iter().collect();
        let is_initial = word.len() == 1 || word.chars().rev().nth(1) == Some('.');
        !word.is_empty() && (is_initial || ABBREVIATIONS.contains(&word.as_str()))
    }
}

/// For each closing bracket the place of its opening one, where both exist and are near enough.
fn match_brackets(chars: &[(usize, char)]) -> Vec<Option<usize>> {
    let mut opener = vec![None; chars.len()];
    let mut open: Vec<(usize, char)> = Vec::new();
    for (place, &(_, c)) in chars.iter().enumerate() {
        if let Some(expected) = closer_of(c) {
            open.push((place, expected));
        } else if is_closer(c)
            && let Some(depth) = open.iter().rposition(|&(_, expected)| expected == c)
        {
            let matched = open.get(depth).map(|&(from, _)| from);
            open.truncate(depth);
            if let Some(slot) = opener.get_mut(place) {
                *slot = matched.filter(|from| place - from <= BRACKET_SPAN_MAX_CHARS);
            }
        }
    }
    opener
}

fn closer_of(c: char) -> Option<char> {
    Some(match c {
        '「' => '」',
        '『' => '』',
        '（' => '）',
        '(' => ')',
        '【' => '】',
        '〔' => '〕',
        '［' => '］',
        '[' => ']',
        '〈' => '〉',
        '《' => '》',
        '｛' => '｝',
        '｢' => '｣',
        '“' => '”',
        _ => return None,
    })
}

fn is_closer(c: char) -> bool {
    matches!(
        c,
        '」' | '』'
            | '）'
            | ')'
            | '】'
            | '〕'
            | '］'
            | ']'
            | '〉'
            | '》'
            | '｝'
            | '｣'
            | '”'
            | '’'
            | '"'
    )
}

fn is_japanese_stop(c: char) -> bool {
    matches!(c, '。' | '｡' | '．' | '！' | '？' | '!' | '?' | '‼' | '⁇' | '⁈' | '⁉')
}

fn is_stop(c: char) -> bool {
    is_japanese_stop(c) || c == '.'
}

/// Marks that belong to the character before them: variation selectors, combining sound marks.
fn is_attached(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{3099}' | '\u{309a}')
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{20e3}')
}

fn is_kanji_digit(c: char) -> bool {
    "〇一二三四五六七八九十".contains(c)
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a wrong boundary must fail the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn japanese_stops_end_a_sentence_together_with_what_closes_it() {
        assert_eq!(
            split("料金は八百円です。前納です！本当？！はい。"),
            ["料金は八百円です。", "前納です！", "本当？！", "はい。"]
        );
        assert_eq!(
            split("（電話は不要です。）次に進みます。」終わり"),
            ["（電話は不要です。）", "次に進みます。」", "終わり"]
        );
    }

    #[test]
    fn a_quotation_inside_a_sentence_does_not_split_it() {
        let one = "窓口で「粗大ごみです。処理券をください。」と伝えてください。";
        assert_eq!(split(one), [one]);
        let other = "届出（転入した日から14日以内。代理も可。）が必要です。";
        assert_eq!(split(other), [other]);
        assert_eq!(split("「はい。」「いいえ。」"), ["「はい。」", "「いいえ。」"]);
        let asked = "いくらですか？と聞かれた場合は表を示す。";
        assert_eq!(split(asked), [asked]);
    }

    #[test]
    fn an_unclosed_bracket_does_not_swallow_the_rest() {
        assert_eq!(split("「開いたまま。次の文。"), ["「開いたまま。", "次の文。"]);
    }

    #[test]
    fn lists_articles_and_rows_stand_on_their_own_lines() {
        let text = "・印鑑\n(1) 本人確認書類\n①通帳\n第1条　この条例は、手数料を定める。\n一　住所\n1. 氏名\nソファ\t800円。\t可";
        assert_eq!(
            split(text),
            [
                "・印鑑",
                "(1) 本人確認書類",
                "①通帳",
                "第1条　この条例は、手数料を定める。",
                "一　住所",
                "1. 氏名",
                "ソファ\t800円。\t可"
            ]
        );
        assert_eq!(split("１．目的．これを定める．次．"), ["１．目的．", "これを定める．", "次．"]);
    }

    #[test]
    fn periods_in_numbers_abbreviations_and_addresses_do_not_end_a_sentence() {
        assert_eq!(
            split("The fee is 3.5 yen, e.g. Mr. Sato pays at https://a.example/x?y=1. It is due."),
            ["The fee is 3.5 yen, e.g. Mr. Sato pays at https://a.example/x?y=1.", "It is due."]
        );
        assert_eq!(split("税率は３．５％です。"), ["税率は３．５％です。"]);
        assert_eq!(
            split("He left. \"Why?\" she asked. Done"),
            ["He left.", "\"Why?\"", "she asked.", "Done"]
        );
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert!(sentences(" \u{3000}\r\n\n\t ").is_empty());
    }

    proptest! {
        #[test]
        fn sentences_are_ordered_disjoint_and_cover_all_that_is_not_space(
            text in "([。！？．.「」（）()『』 \u{3000}\n\r\t|a-zA-Z0-9あいう一二①・と\u{fe00}\u{3099}]|\\PC){0,80}"
        ) {
            let found = sentences(&text);
            let mut covered = 0;
            for range in &found {
                prop_assert!(range.start >= covered && range.start < range.end);
                prop_assert!(text[covered..range.start].trim().is_empty());
                prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                covered = range.end;
            }
            prop_assert!(text[covered..].trim().is_empty());
        }
    }
}
