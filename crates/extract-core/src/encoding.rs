//! Which of the encodings of Japanese text a file is in.
//!
//! A byte order mark, the escapes of ISO-2022-JP and well-formed UTF-8 are proof. Between Shift_JIS
//! and EUC-JP the text that looks more like Japanese wins; what fits neither is refused.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::ExtractError;

/// More lost characters than one in this many, and the encoding counts as unknown.
const LOST_ONE_IN: usize = 50;

/// How much of a file is looked at to choose between Shift_JIS and EUC-JP.
const SAMPLE_BYTES: usize = 64 * 1024;

/// A text and how it was read.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: &'static str,
    /// How many characters did not belong to the encoding.
    pub(crate) replaced: usize,
}

pub(crate) fn decode(bytes: &[u8], is_html: bool) -> Result<Decoded, ExtractError> {
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| utf_16_without_mark(bytes.get(..1024).unwrap_or(bytes)))
        .or_else(|| is_iso_2022_jp(bytes).then_some(ISO_2022_JP))
        .or_else(|| std::str::from_utf8(bytes).is_ok().then_some(UTF_8))
        .or_else(|| if is_html { declared(bytes) } else { None })
        .unwrap_or_else(|| most_japanese(bytes));
    let (text, used, _) = encoding.decode(bytes);
    let replaced = text.matches('\u{fffd}').count();
    if replaced * LOST_ONE_IN > text.chars().count() {
        return Err(ExtractError::Encoding);
    }
    Ok(Decoded { text: text.into_owned(), encoding: used.name(), replaced })
}

/// UTF-16 whose mark is missing: every second byte of its ASCII is zero, always on the same side.
pub(crate) fn utf_16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even, odd) {
        (0, odd) if odd * 16 >= head.len().max(16) => Some(UTF_16LE),
        (even, 0) if even * 16 >= head.len().max(16) => Some(UTF_16BE),
        _ => None,
    }
}

fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let escapes: [&[u8]; 4] = [b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I"];
    bytes.is_ascii()
        && bytes.contains(&0x1b)
        && bytes.windows(3).any(|window| escapes.contains(&window))
}

/// The `charset` that an HTML file names near its beginning.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..2048).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))?;
    Encoding::for_label(label.get(..end)?.as_bytes()).filter(|&encoding| encoding != UTF_8)
}

fn most_japanese(bytes: &[u8]) -> &'static Encoding {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let score =
        |encoding: &'static Encoding| score(&encoding.decode_without_bom_handling(sample).0);
    let best = if score(EUC_JP) > score(SHIFT_JIS) { EUC_JP } else { SHIFT_JIS };
    // A file that is almost UTF-8 is UTF-8 with a fault, not Shift_JIS.
    if score(UTF_8) > score(best) { UTF_8 } else { best }
}

/// How Japanese a text looks, per character, in thousandths.
fn score(text: &str) -> i64 {
    let (mut sum, mut chars) = (0_i64, 0_i64);
    for c in text.chars() {
        chars += 1;
        sum += match c {
            'ぁ'..='ん' | 'ァ'..='ー' | '、' | '。' | '\n' | ' '..='~' => 3,
            '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{30ff}' | '\u{ff01}'..='\u{ff5e}' => 2,
            '\u{ff61}'..='\u{ff9f}' => -2,
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => -30,
            c if c.is_control() => -10,
            _ => 0,
        };
    }
    sum * 1000 / chars.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "粗大ごみの手数料は、品目ごとに㈱かなめ清掃が定める。髙木ビル①階\r\nソファ,800円\r\n";

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes, false).unwrap();
        assert_eq!(decoded.replaced, 0);
        (decoded.text, decoded.encoding)
    }

    fn utf_16(text: &str, mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn every_encoding_of_japanese_offices_is_told_apart() {
        assert_eq!(read(TEXT.as_bytes()), (TEXT.to_owned(), "UTF-8"));
        assert_eq!(read(&[b"\xef\xbb\xbf", TEXT.as_bytes()].concat()), (TEXT.to_owned(), "UTF-8"));
        assert_eq!(read(&utf_16(TEXT, true)), (TEXT.to_owned(), "UTF-16LE"));
        assert_eq!(read(&utf_16(TEXT, false)), (TEXT.to_owned(), "UTF-16LE"));
        for encoding in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            let (bytes, _, lost) = encoding.encode(TEXT);
            assert!(!lost);
            assert_eq!(read(&bytes), (TEXT.to_owned(), encoding.name()));
        }
    }

    #[test]
    fn short_texts_are_told_apart_too() {
        for text in ["はい", "料金表", "町長室", "サービス", "品目,料金"] {
            for encoding in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
                let (bytes, _, _) = encoding.encode(text);
                assert_eq!(read(&bytes).0, text, "{}", encoding.name());
            }
        }
    }

    #[test]
    fn a_single_fault_is_counted_and_noise_is_refused() {
        let (mut bytes, _, _) = SHIFT_JIS.encode(TEXT);
        let bytes = bytes.to_mut();
        let mut faulty = bytes.repeat(4);
        faulty.extend_from_slice(b"\xff\xff");
        assert_eq!(decode(&faulty, false).unwrap().replaced, 2);
        let noise: Vec<u8> = (0..400_u32).map(|n| (n * 97 % 251) as u8 | 0x80).collect();
        assert!(matches!(decode(&noise, false), Err(ExtractError::Encoding)));
    }
}
