//! Questions: what is asked for (an amount, a place, a time ...) and the terms to search by.

use crate::spelling::is_kanji;
use crate::term::Term;
use crate::thesaurus::{Instead, Thesaurus};

/// What kind of answer a question wants; a hint for choosing between sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asks {
    /// いくら, 料金は: an amount of money.
    Amount,
    /// いくつ, 何枚, 何人: a count.
    Count,
    /// いつ, 何時, 期限は: a time or a date.
    Time,
    /// どこ, 場所は: a place or a counter.
    Place,
    /// 誰, 対象は: a person, or who is entitled.
    Person,
    /// どうやって, 方法は: how to do it.
    Method,
    /// 何が必要, 持ち物: what to bring.
    Things,
    /// なぜ: a reason.
    Reason,
}

/// A question, understood as far as search needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Content terms in the order of their places, without words that only ask.
    pub terms: Vec<Term>,
    /// What is asked for; empty when the question does not say.
    pub asks: Vec<Asks>,
    /// The units of counts that are asked for: 枚 of 何枚, メートル of 何メートル.
    pub units: Vec<String>,
    /// Other words for parts of the question, as offices write them.
    pub instead: Vec<Instead>,
    /// The question with those words in their places; none where there are none.
    pub restated: Option<String>,
}

/// Phrases that show what is asked for. A phrase here may also be a content word (料金).
const SIGNS: &[(Asks, &[&str])] = &[
    (
        Asks::Amount,
        &["いくら", "幾ら", "料金", "手数料", "費用", "金額", "何円", "値段", "額は", "おいくら"],
    ),
    (
        Asks::Count,
        &[
            "いくつ",
            "何枚",
            "何人",
            "何個",
            "何点",
            "何回",
            "何部",
            "何冊",
            "何台",
            "何件",
            "何歳",
            "何割",
        ],
    ),
    (
        Asks::Time,
        &[
            "いつ",
            "何時",
            "何日",
            "何月",
            "何年",
            "何曜",
            "期限",
            "期間",
            "締切",
            "締め切り",
            "何週間",
            "何分",
            "時間は",
            "日時",
            "何か月",
            "何ヶ月",
            "何カ月",
        ],
    ),
    (
        Asks::Place,
        &["どこ", "何処", "場所", "窓口", "どちらで", "どちらへ", "どちらに", "何課", "行き先"],
    ),
    (Asks::Person, &["誰", "だれ", "どなた", "対象者", "対象は", "資格"]),
    (
        Asks::Method,
        &[
            "どうやって",
            "どのように",
            "どうすれば",
            "どうしたら",
            "方法",
            "やり方",
            "仕方",
            "手順",
            "手続",
        ],
    ),
    (
        Asks::Things,
        &["必要なもの", "必要な物", "持ち物", "何が必要", "必要書類", "必要な書類", "何を持"],
    ),
    (Asks::Reason, &["なぜ", "何故", "どうして", "理由"]),
];

/// Words that only ask; dropped from the terms whatever their part of speech.
const ASKING: &[&str] = &[
    "いくら",
    "幾ら",
    "おいくら",
    "いくつ",
    "いつ",
    "いつごろ",
    "どこ",
    "何処",
    "どちら",
    "どれ",
    "どの",
    "どんな",
    "どう",
    "どなた",
    "どうして",
    "なぜ",
    "何故",
    "何",
    "なん",
    "なに",
    "誰",
    "だれ",
    "いかが",
    "ください",
    "下さい",
    "お願い",
    "質問",
    "ところ",
];

/// Reads a question; `terms` are the terms of its text.
pub(crate) fn question(text: &str, terms: Vec<Term>, thesaurus: &Thesaurus) -> Question {
    let folded = crate::fold::fold(text);
    let asks = SIGNS
        .iter()
        .filter(|(_, signs)| signs.iter().any(|sign| folded.as_str().contains(sign)))
        .map(|(asks, _)| *asks)
        .collect();
    let units = units(folded.as_str());
    let terms: Vec<Term> =
        terms.into_iter().filter(|term| term.is_content && !only_asks(text, term)).collect();
    let instead = thesaurus.instead(text, &terms);
    let restated = restated(text, &terms, &instead);
    Question { terms, asks, units, instead, restated }
}

/// What is counted: the kanji or katakana right behind 何.
fn units(folded: &str) -> Vec<String> {
    let unit = |behind: &str| {
        let first = behind.chars().next()?;
        let alike: fn(char) -> bool = if is_kanji(first) { is_kanji } else { is_katakana };
        let unit: String = behind.chars().take_while(|c| alike(*c)).collect();
        (!unit.is_empty()).then_some(unit)
    };
    folded.split('何').skip(1).filter_map(unit).collect()
}

fn is_katakana(character: char) -> bool {
    matches!(character, 'ァ'..='ヺ' | 'ー')
}

/// `text` with the first of the other words in the place of each part; a longer part goes first.
fn restated(text: &str, terms: &[Term], instead: &[Instead]) -> Option<String> {
    let span = |one: &Instead| {
        let inside = || one.places.iter().filter_map(|place| terms.get(*place));
        let start = inside().map(|term| term.start).min()?;
        Some(start..inside().map(|term| term.end).max()?)
    };
    let mut parts: Vec<_> =
        instead.iter().filter_map(|one| Some((span(one)?, one.phrase.as_str()))).collect();
    parts.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    let (mut said, mut from) = (String::with_capacity(text.len()), 0);
    for (span, phrase) in &parts {
        if span.start >= from {
            said.push_str(text.get(from..span.start)?);
            said.push_str(phrase);
            from = span.end;
        }
    }
    said.push_str(text.get(from..)?);
    (!parts.is_empty()).then_some(said)
}

fn only_asks(text: &str, term: &Term) -> bool {
    let surface = text.get(term.start..term.end).unwrap_or_default();
    ASKING.contains(&surface) || surface.starts_with('何') && term.position_length > 1
}
