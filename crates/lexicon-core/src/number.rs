//! Numbers written with digits, kanji or both: 三百, 3万5千, 二〇二六 become 300, 35000, 2026.

/// The number in digits; `None` when the text is not one number or does not fit 64 bits.
pub(crate) fn digits(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let mut whole: u64 = 0;
    let mut section: u64 = 0;
    let mut run: Option<u64> = None;
    for character in text.chars() {
        if let Some(digit) = digit(character) {
            run = Some(run.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
        } else if let Some(unit) = small_unit(character) {
            section = section.checked_add(run.take().unwrap_or(1).checked_mul(unit)?)?;
        } else {
            let count = section.checked_add(run.take().unwrap_or(0))?.max(1);
            whole = whole.checked_add(count.checked_mul(large_unit(character)?)?)?;
            section = 0;
        }
    }
    Some(whole.checked_add(section)?.checked_add(run.unwrap_or(0))?.to_string())
}

fn digit(character: char) -> Option<u64> {
    match character {
        '0'..='9' => character.to_digit(10).map(u64::from),
        '〇' | '零' => Some(0),
        '一' | '壱' => Some(1),
        '二' | '弐' => Some(2),
        '三' | '参' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    }
}

fn small_unit(character: char) -> Option<u64> {
    match character {
        '十' | '拾' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

fn large_unit(character: char) -> Option<u64> {
    match character {
        '万' => Some(10_000),
        '億' => Some(100_000_000),
        '兆' => Some(1_000_000_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kanji_and_digits_give_the_same_number() {
        for (text, expected) in [
            ("三百", "300"),
            ("十五", "15"),
            ("千二百三十四", "1234"),
            ("二〇二六", "2026"),
            ("3万5千", "35000"),
            ("一億二千万", "120000000"),
            ("万", "10000"),
            ("0120", "0120"),
        ] {
            assert_eq!(digits(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_refused() {
        for text in ["", "数百", "三.五", "九九九九九九九九九九九九九九九九九九九九九", "兆兆円"]
        {
            assert_eq!(digits(text), None, "{text}");
        }
    }
}
