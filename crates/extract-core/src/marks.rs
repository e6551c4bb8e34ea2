//! What the first characters of a line say in Japanese administrative writing: item or heading.

/// The longest line that may be a heading without marks of its own.
const HEADING_MAX_CHARS: usize = 40;

/// Whether the line begins with the mark of a list item: `・`, `(1)`, `①`, `ア　`, `1.`, `- `.
pub(crate) fn is_list_item(line: &str) -> bool {
    let line = line.trim_start();
    let mut chars = line.chars();
    let Some(first) = chars.next() else { return false };
    let rest = chars.as_str();
    if "・•‣◦○◎●□■◇◆☆★※→✓".contains(first) {
        return true;
    }
    if matches!(first, '①'..='⑳' | '㋐'..='㋾' | '⑴'..='⒇') {
        return true;
    }
    if matches!(first, '-' | '*' | '+' | '–') {
        return rest.starts_with([' ', '\u{3000}']);
    }
    if matches!(first, '(' | '（' | '〔' | '[') {
        return closes_short(rest);
    }
    let (number, after) = leading_number(line);
    if !number.is_empty() {
        return number.chars().count() <= 2
            && after.starts_with(['.', '．', ')', '）', '、', ' ', '\u{3000}']);
    }
    matches!(first, 'ア'..='ン' | 'a'..='z') && rest.starts_with(['\u{3000}', ')', '）', '．'])
}

/// `1)…`, `ア）…`: a bracket that closes after at most three letters or digits.
fn closes_short(rest: &str) -> bool {
    let inside = rest.chars().take(4).take_while(|c| !matches!(c, ')' | '）' | '〕' | ']')).count();
    let is_mark = rest.chars().take(inside).all(|c| {
        c.is_numeric() || matches!(c, 'ア'..='ン' | 'a'..='z' | 'A'..='Z') || is_kanji_digit(c)
    });
    (1..=3).contains(&inside) && is_mark && rest.chars().nth(inside).is_some()
}

/// The level of the heading that `line` is; `next` is the line after it, blank ones passed over.
pub(crate) fn heading_level(line: &str, next: Option<&str>) -> Option<u8> {
    let line = line.trim();
    let chars = line.chars().count();
    if chars == 0 || chars > HEADING_MAX_CHARS || line.ends_with(['。', '、', '，', '．']) {
        return None;
    }
    if matches!(line, "附則" | "附　則" | "附 則" | "目次" | "目　次" | "記" | "別記")
    {
        return (line != "記").then_some(1);
    }
    if let Some(level) = part_level(line) {
        return Some(level);
    }
    if line.starts_with('【') && line.ends_with('】') {
        return Some(2);
    }
    if line.starts_with(['■', '◆', '●', '▼', '□', '◇']) && !line.contains('。') {
        return Some(2);
    }
    let next = next.unwrap_or_default().trim();
    let is_caption = line.starts_with(['（', '(']) && line.ends_with(['）', ')']);
    if is_caption && article_number(next) {
        return Some(3);
    }
    let (number, after) = leading_number(line);
    let is_numbered = !number.is_empty() && after.starts_with(['\u{3000}', ' ', '.', '．']);
    let body_follows = next.chars().count() > chars || is_list_item(next);
    let next_is_sibling = !leading_number(next).0.is_empty()
        && leading_number(next).1.starts_with(['\u{3000}', ' ', '.', '．']);
    (is_numbered && chars <= 30 && !next.is_empty() && body_follows && !next_is_sibling)
        .then_some(3)
}

/// `第1編`, `第２章`, `第三節`, `第1款`: the outer the higher.
fn part_level(line: &str) -> Option<u8> {
    let rest = line.strip_prefix('第')?;
    let (number, after) = leading_number(rest);
    let level = match after.chars().next()? {
        '編' | '部' | '章' => 1,
        '節' => 2,
        '款' | '目' => 3,
        _ => return None,
    };
    (!number.is_empty()).then_some(level)
}

fn article_number(line: &str) -> bool {
    line.strip_prefix('第').is_some_and(|rest| {
        let (number, after) = leading_number(rest);
        !number.is_empty() && after.starts_with('条')
    })
}

/// The digits that `text` begins with, of any width or in kanji, and the rest.
fn leading_number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '０'..='９') || is_kanji_digit(c)))
        .unwrap_or(text.len());
    text.split_at_checked(end)
        .filter(|(number, _)| number.chars().count() <= 4)
        .unwrap_or(("", text))
}

fn is_kanji_digit(c: char) -> bool {
    "〇一二三四五六七八九十百".contains(c)
}

/// How many columns of half width the text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() || matches!(c, '｡'..='ﾟ') { 1 } else { 2 }).sum()
}

/// Whether a line that reaches the right margin goes on in `next`.
pub(crate) fn goes_on(line: &str, next: &str) -> bool {
    let ends =
        line.trim_end().ends_with(['。', '！', '？', '．', '：', ':', '」', '』', '】', '｡']);
    let begins = next.starts_with([' ', '\u{3000}', '\t', '（', '【', '第'])
        || is_list_item(next)
        || heading_level(next, None).is_some();
    !ends && !begins && !next.trim().is_empty()
}

/// Joins a line to the text before it, with a space between Latin words only.
pub(crate) fn join(text: &mut String, line: &str) {
    let line = line.trim();
    let is_latin = |c: char| c.is_ascii_graphic() || matches!(c, '\u{c0}'..='\u{24f}');
    let needs_space =
        text.chars().next_back().is_some_and(is_latin) && line.chars().next().is_some_and(is_latin);
    if needs_space {
        text.push(' ');
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_known_by_their_marks() {
        for line in [
            "・印鑑",
            "(1) 氏名",
            "（２）住所",
            "①通帳",
            "ア　届出人",
            "1. 氏名",
            "３　電話",
            "- a",
        ] {
            assert!(is_list_item(line), "{line}");
        }
        for line in ["手数料", "（趣旨）", "令和7年", "2025年度", "アイスは不可", "-5度"]
        {
            assert!(!is_list_item(line), "{line}");
        }
    }

    #[test]
    fn headings_are_known_by_their_form_and_what_follows() {
        assert_eq!(heading_level("第1章　総則", None), Some(1));
        assert_eq!(heading_level("第二節 手数料", None), Some(2));
        assert_eq!(heading_level("【お知らせ】", None), Some(2));
        assert_eq!(heading_level("（趣旨）", Some("第1条　この条例は")), Some(3));
        assert_eq!(heading_level("（趣旨）", Some("続き")), None);
        assert_eq!(heading_level("１　目的", Some("この要綱は、必要な事項を定める。")), Some(3));
        assert_eq!(heading_level("1. 氏名", Some("2. 住所")), None);
        assert_eq!(heading_level("第1条　この条例は", None), None);
    }
}
