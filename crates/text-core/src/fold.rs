//! The first steps to the matching form: compatibility forms, width, case and marks become one.
//!
//! Works on [`Folded`] characters that remember where they came from, so that any match can be
//! shown in the original text.

use unicode_normalization::{
    UnicodeNormalization as _,
    char::{canonical_combining_class, compose, decompose_compatible},
};

/// A character of the matching form with the bytes of the original that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) c: char,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// NFKC, lower case and no invisible characters; each result remembers its source.
pub(crate) fn fold(text: &str) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::with_capacity(text.len() / 2);
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let mut end = start + first.len_utf8();
        let mut last = first;
        let belongs = |last: char, next: char| is_invisible(next) || attaches(last, next);
        while let Some((_, next)) = chars.next_if(|&(_, next)| belongs(last, next)) {
            end += next.len_utf8();
            last = if is_invisible(next) { last } else { next };
        }
        if is_plain(first) && end == start + first.len_utf8() {
            folded.push(Folded { c: full_size(first).to_ascii_lowercase(), start, end });
        } else {
            let cluster = text.get(start..end).unwrap_or_default();
            let visible = cluster.chars().filter(|&c| !is_invisible(c)).map(full_size);
            let lowered = visible.nfkc().flat_map(char::to_lowercase).nfkc();
            let visible = lowered.filter(|&c| !is_invisible(c));
            folded.extend(visible.map(|c| Folded { c, start, end }));
        }
    }
    folded
}

/// `霞ヶ関` and `霞ケ関` are one place.
fn full_size(c: char) -> char {
    match c {
        'ヶ' => 'ケ',
        'ヵ' => 'カ',
        c => c,
    }
}

/// Dashes, long vowels and white space in one form each.
pub(crate) fn unify_marks(folded: Vec<Folded>) -> Vec<Folded> {
    let mut unified: Vec<Folded> = Vec::with_capacity(folded.len());
    let mut rest = folded.into_iter().peekable();
    while let Some(item) = rest.next() {
        let next = rest.peek().map(|next| next.c);
        let previous = unified.last().map(|last| last.c);
        let c = match item.c {
            c if c.is_whitespace() && previous.is_none_or(|c| c == ' ') => {
                extend_last(&mut unified, item.end);
                continue;
            }
            c if c.is_whitespace() => ' ',
            c if is_dash(c) => dash_between(previous, c, next),
            '〜' | '∼' | '∿' => '~',
            c => c,
        };
        unified.push(Folded { c, ..item });
        if next.is_none_or(|next| !is_katakana(next) && !is_dash(next)) {
            drop_final_long_vowel(&mut unified);
        }
    }
    if unified.last().is_some_and(|last| last.c == ' ') {
        unified.pop();
    }
    unified
}

/// `サーバー` and `サーバ` are one word: a katakana word of four or more loses its last `ー`.
fn drop_final_long_vowel(unified: &mut Vec<Folded>) {
    while unified.last().is_some_and(|last| last.c == 'ー') {
        let word = unified.iter().rev().take(5).take_while(|item| is_katakana(item.c)).count();
        let before = unified.iter().rev().nth(1).map(|item| item.c);
        if word < 4 && before != Some('ー') {
            return;
        }
        let Some(dropped) = unified.pop() else { return };
        extend_last(unified, dropped.end);
    }
}

fn extend_last(items: &mut [Folded], end: usize) {
    if let Some(last) = items.last_mut() {
        last.end = end;
    }
}

fn dash_between(previous: Option<char>, dash: char, next: Option<char>) -> char {
    let after_kana = previous.is_some_and(|c| is_katakana(c) || is_hiragana(c));
    let between_katakana = previous.is_some_and(is_katakana) && next.is_some_and(is_katakana);
    let is_long_vowel = match dash {
        'ー' => after_kana,
        '-' => false,
        _ => between_katakana,
    };
    if is_long_vowel { 'ー' } else { '-' }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | 'ー' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{2501}')
        || matches!(c, '\u{207b}' | '\u{208b}' | '\u{2043}')
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー')
}

fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}')
}

/// Characters that NFKC leaves alone and that never combine with the one before.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '、'..='〃' | '〆'..='】')
        || matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}' | '\u{4e00}'..='\u{9fff}')
}

fn attaches(before: char, c: char) -> bool {
    if is_plain(c) {
        return false;
    }
    let mut first = None;
    decompose_compatible(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) != 0 || compose(before, first).is_some()
}

/// Variation selectors, joiners, marks of direction and control characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}' | '\u{ad}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || (c.is_control() && !c.is_whitespace())
}
