//! Numbers in the matching form: grouping commas go, and kanji numerals that count become digits.

use crate::fold::Folded;

/// What a kanji numeral counts; before anything else it stays a word (`一般`, `四方`).
const COUNTERS: &str = "円年月日条項号章節款人名個点枚台回歳才時分秒週階丁番件倍割級種";

/// What follows `か`, `ヶ` or `箇` after a number.
const COUNTED_BY_KA: &str = "月所国年条村町日件";

/// The items with every number in one form.
pub(crate) fn unify_numbers(items: &[Folded]) -> Vec<Folded> {
    let mut unified = Vec::with_capacity(items.len());
    let mut at = 0;
    while let Some(item) = items.get(at) {
        let length = run_length(items, at);
        if length == 0 {
            unified.push(*item);
            at += 1;
            continue;
        }
        let run = items.get(at..at + length).unwrap_or_default();
        at += length;
        let digits = digits_of(run, &unified, items.get(at..).unwrap_or_default());
        let (start, end) = (item.start, run.last().map_or(item.end, |last| last.end));
        match digits {
            Some(digits) => unified.extend(digits.chars().map(|c| Folded { c, start, end })),
            None => unified.extend_from_slice(run),
        }
        if let Some(ka) = items.get(at)
            && counts_by_ka(items, at)
        {
            unified.push(Folded { c: 'か', ..*ka });
            at += 1;
        }
    }
    unified
}

/// How many items from `at` may be one number.
fn run_length(items: &[Folded], at: usize) -> usize {
    let is_digit = |place: usize| items.get(place).is_some_and(|item| item.c.is_ascii_digit());
    let mut end = at;
    while let Some(item) = items.get(end) {
        let joins =
            matches!(item.c, ',' | '.') && end > at && is_digit(end - 1) && is_digit(end + 1);
        if !joins && numeral(item.c).is_none() {
            break;
        }
        end += 1;
    }
    end - at
}

fn counts_by_ka(items: &[Folded], at: usize) -> bool {
    let is_ka = items.get(at).is_some_and(|item| "ケカか箇个".contains(item.c));
    is_ka && items.get(at + 1).is_some_and(|item| COUNTED_BY_KA.contains(item.c))
}

/// The run in ASCII digits, or `None` when it should stay as it is.
fn digits_of(run: &[Folded], before: &[Folded], after: &[Folded]) -> Option<String> {
    let text: String = run.iter().map(|item| item.c).collect();
    let ascii_end = text.find(|c: char| !c.is_ascii()).unwrap_or(text.len());
    let (ascii, kanji) = text.split_at_checked(ascii_end)?;
    let lead = without_grouping(ascii)?;
    if kanji.is_empty() {
        return Some(lead);
    }
    if lead.is_empty() && !is_counted(kanji, before, after) {
        return None;
    }
    value_of(&lead, kanji).map(|value| value.to_string())
}

/// `1,234,567.8` without its commas; `None` when the commas do not group thousands.
fn without_grouping(ascii: &str) -> Option<String> {
    if !ascii.contains(',') {
        return Some(ascii.to_owned());
    }
    let (whole, fraction) = ascii.split_once('.').unwrap_or((ascii, "0"));
    let mut groups = whole.split(',');
    let first_fits = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let all_fit = groups.all(|group| group.len() == 3) && !fraction.contains([',', '.']);
    (first_fits && all_fit).then(|| ascii.replace(',', ""))
}

fn is_counted(kanji: &str, before: &[Folded], after: &[Folded]) -> bool {
    let mut back = before.iter().rev().map(|item| item.c);
    let ordinal = match back.next() {
        Some('第') => true,
        Some('の') => back.next().is_some_and(|c| "条項号".contains(c)),
        _ => false,
    };
    let next = after.first().map(|item| item.c);
    let is_word = matches!((kanji, next), ("十", Some('分')) | ("一", Some('時')));
    let counter = next.is_some_and(|c| COUNTERS.contains(c)) || counts_by_ka(after, 0);
    ordinal || (counter && !is_word)
}

enum Numeral {
    Digit(u64),
    Unit(u64),
    Myriad(u64),
}

fn numeral(c: char) -> Option<Numeral> {
    Some(match c {
        '0'..='9' => Numeral::Digit(u64::from(c.to_digit(10)?)),
        '〇' | '零' => Numeral::Digit(0),
        '一' => Numeral::Digit(1),
        '二' => Numeral::Digit(2),
        '三' => Numeral::Digit(3),
        '四' => Numeral::Digit(4),
        '五' => Numeral::Digit(5),
        '六' => Numeral::Digit(6),
        '七' => Numeral::Digit(7),
        '八' => Numeral::Digit(8),
        '九' => Numeral::Digit(9),
        '十' => Numeral::Unit(10),
        '百' => Numeral::Unit(100),
        '千' => Numeral::Unit(1_000),
        '万' => Numeral::Myriad(10_000),
        '億' => Numeral::Myriad(100_000_000),
        '兆' => Numeral::Myriad(1_000_000_000_000),
        _ => return None,
    })
}

/// The value of an ASCII number followed by kanji numerals: `1.5` + `万`, `` + `二千五百`.
fn value_of(lead: &str, kanji: &str) -> Option<u64> {
    if let Some((whole, fraction)) = lead.split_once('.') {
        return scaled(whole, fraction, kanji);
    }
    let mut sum = Sum { pending: lead.parse().ok(), ..Sum::default() };
    if !lead.is_empty() && (sum.pending.is_none() || !starts_with_unit(kanji)) {
        return None;
    }
    for c in kanji.chars() {
        sum.take(&numeral(c)?)?;
    }
    sum.total.checked_add(sum.section)?.checked_add(sum.pending.unwrap_or(0))
}

fn starts_with_unit(kanji: &str) -> bool {
    let first = kanji.chars().next().and_then(numeral);
    matches!(first, Some(Numeral::Unit(_) | Numeral::Myriad(_)))
}

fn scaled(whole: &str, fraction: &str, kanji: &str) -> Option<u64> {
    let mut chars = kanji.chars();
    let (Some(Numeral::Unit(unit) | Numeral::Myriad(unit)), None) =
        (chars.next().and_then(numeral), chars.next())
    else {
        return None;
    };
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    (unit % scale == 0).then(|| digits.checked_mul(unit / scale)).flatten()
}

#[derive(Default)]
struct Sum {
    total: u64,
    section: u64,
    pending: Option<u64>,
    last_unit: Option<u64>,
    last_myriad: Option<u64>,
}

impl Sum {
    fn take(&mut self, numeral: &Numeral) -> Option<()> {
        match *numeral {
            Numeral::Digit(digit) => {
                self.pending = Some(self.pending.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            }
            Numeral::Unit(unit) => {
                let descends = self.last_unit.is_none_or(|last| unit < last);
                let part = self.pending.take().unwrap_or(1).checked_mul(unit)?;
                self.section = descends.then(|| self.section.checked_add(part)).flatten()?;
                self.last_unit = Some(unit);
            }
            Numeral::Myriad(myriad) => {
                let descends = self.last_myriad.is_none_or(|last| myriad < last);
                let section = self.section.checked_add(self.pending.take().unwrap_or(0))?;
                let part = section.checked_mul(myriad).filter(|&part| descends && part > 0)?;
                self.total = self.total.checked_add(part)?;
                (self.section, self.last_unit, self.last_myriad) = (0, None, Some(myriad));
            }
        }
        Some(())
    }
}
