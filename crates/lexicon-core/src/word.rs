//! Words: what the dictionary cuts a folded line into, with a part of speech small enough to decide on.

use std::borrow::Cow;

use lindera::segmenter::Segmenter;
use lindera::token::Token;

use crate::spelling::is_kanji;

/// Part of speech, as far as search needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartOfSpeech {
    /// A common noun, also one that makes a verb with する.
    Noun,
    /// A name of a person, place or organisation.
    Name,
    /// A number.
    Number,
    /// What is counted: 円, 年, 枚.
    Counter,
    /// Before a noun: 第, 各, 新.
    Prefix,
    /// Behind a noun: 課, 料, 者. Searched only together with that noun.
    Suffix,
    /// A verb that carries meaning.
    Verb,
    /// An adjective that carries meaning.
    Adjective,
    /// Pronouns, adverbs, conjunctions, helping verbs and formal nouns.
    Function,
    /// Particles, auxiliaries, symbols: never a term.
    Dropped,
}

impl PartOfSpeech {
    /// Does such a word say what a text is about?
    pub fn is_content(self) -> bool {
        matches!(self, Self::Noun | Self::Name | Self::Number | Self::Verb | Self::Adjective)
    }

    /// Can a compound noun begin with such a word?
    pub(crate) fn begins_compounds(self) -> bool {
        matches!(self, Self::Noun | Self::Name | Self::Number | Self::Prefix)
    }

    /// Can a compound noun go on with such a word?
    pub(crate) fn continues_compounds(self) -> bool {
        matches!(self, Self::Noun | Self::Name | Self::Number | Self::Counter | Self::Suffix)
    }
}

/// A word of a folded line; `start..end` are bytes of that line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) surface: String,
    pub(crate) base: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) part_of_speech: PartOfSpeech,
    pub(crate) is_unknown: bool,
}

/// Cuts a folded line into words. A line that the dictionary cannot cut has none.
pub(crate) fn cut(segmenter: &Segmenter, line: &str) -> Vec<Word> {
    let tokens = segmenter.segment(Cow::Borrowed(line)).unwrap_or_default();
    tokens.into_iter().map(word_of).flat_map(split_refuse).collect()
}

fn word_of(mut token: Token<'_>) -> Word {
    let is_unknown = token.word_id.is_unknown();
    let surface = token.surface.to_string();
    let (start, end) = (token.byte_start, token.byte_end);
    let details = token.details();
    let detail = |index: usize| details.get(index).copied().unwrap_or("*");
    let base = match detail(6) {
        "*" | "" | "UNK" => surface.clone(),
        base => base.to_owned(),
    };
    let part_of_speech = if is_unknown {
        of_unknown(&surface)
    } else {
        of_known([detail(0), detail(1), detail(2)], &base)
    };
    Word { surface, base, start, end, part_of_speech, is_unknown }
}

/// 粗大ごみ is one word of the dictionary; people also search for ごみ alone.
fn split_refuse(word: Word) -> Vec<Word> {
    const REFUSE: &str = "ごみ";
    match word.surface.strip_suffix(REFUSE) {
        Some(kind) if !kind.is_empty() && word.part_of_speech == PartOfSpeech::Noun => {
            let border = word.start + kind.len();
            let part = |text: &str, start, end| Word {
                surface: text.to_owned(),
                base: text.to_owned(),
                start,
                end,
                ..word.clone()
            };
            vec![part(kind, word.start, border), part(REFUSE, border, word.end)]
        }
        _ => vec![word],
    }
}

fn of_unknown(surface: &str) -> PartOfSpeech {
    if surface.chars().all(|character| character.is_ascii_digit()) {
        PartOfSpeech::Number
    } else if surface.chars().any(|character| character.is_alphanumeric() || is_kanji(character)) {
        PartOfSpeech::Noun
    } else {
        PartOfSpeech::Dropped
    }
}

fn of_known(path: [&str; 3], base: &str) -> PartOfSpeech {
    match path {
        ["助詞" | "助動詞" | "記号" | "フィラー", ..] => PartOfSpeech::Dropped,
        ["名詞", "数", _] => PartOfSpeech::Number,
        ["名詞", "固有名詞", _] => PartOfSpeech::Name,
        ["名詞", "接尾", "助数詞"] => PartOfSpeech::Counter,
        ["名詞", "接尾", "助動詞語幹" | "特殊"] => PartOfSpeech::Function,
        ["名詞", "接尾", _] => PartOfSpeech::Suffix,
        ["名詞", "代名詞" | "非自立" | "特殊" | "接続詞的" | "動詞非自立的", _] => {
            PartOfSpeech::Function
        }
        ["名詞", _, _] if !base.chars().any(char::is_alphanumeric) => PartOfSpeech::Dropped,
        ["名詞", ..] => PartOfSpeech::Noun,
        ["接頭詞", ..] => PartOfSpeech::Prefix,
        ["動詞", "自立", _] if !GENERIC_VERBS.contains(&base) => PartOfSpeech::Verb,
        ["形容詞", "自立", _] if !GENERIC_ADJECTIVES.contains(&base) => {
            PartOfSpeech::Adjective
        }
        _ => PartOfSpeech::Function,
    }
}

/// Verbs that every document and every polite question has.
const GENERIC_VERBS: &[&str] = &[
    "する",
    "ある",
    "いる",
    "なる",
    "できる",
    "出来る",
    "おる",
    "ござる",
    "やる",
    "行う",
    "行なう",
    "おこなう",
    "よる",
    "おく",
    "つく",
    "いう",
    "言う",
    "くださる",
    "下さる",
    "いただく",
    "頂く",
    "もらう",
    "貰う",
    "くれる",
    "いたす",
    "致す",
    "願う",
    "教える",
    "おしえる",
    "知る",
    "しる",
    "分かる",
    "わかる",
    "思う",
    "おもう",
    "聞く",
    "きく",
    "困る",
    "ねがう",
];

const GENERIC_ADJECTIVES: &[&str] = &["ない", "無い", "よい", "良い", "いい", "ほしい", "欲しい"];
