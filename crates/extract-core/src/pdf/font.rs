//! Which characters the codes of a font mean, and how wide they are.
//!
//! A `ToUnicode` map wins; then the predefined encodings of Japanese fonts (by way of UTF-16,
//! Shift_JIS, EUC-JP) and the encodings of simple fonts. A code that none explains is counted.

use std::collections::HashMap;

use encoding_rs::{EUC_JP, SHIFT_JIS, UTF_16BE};
use lopdf::{Dictionary, Document, Object};
use unicode_normalization::UnicodeNormalization as _;

use super::unicode_map::UnicodeMap;

/// What a `ToUnicode` map may inflate to.
const MAP_BYTES_MAX: usize = 8 << 20;
/// More widths than this are not looked at.
const WIDTHS_MAX: usize = 200_000;

/// Radicals without a compatibility form, each before the character of the same shape.
///
/// # Source
///
/// Unicode Character Database, `EquivalentUnifiedIdeograph`.
const RADICALS: &str = "\
    ⺁厂⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹\
    ⺯糹⺱罓⺲罒⺶羊⺷羊⺹耂⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻆角⻊足⻌辶⻍辶⻎辶⻏邑⻑長⻒镸⻕阜⻖阝⻗雨⻘青⻝食⻞食⻟飠⻡首⻣骨⻤鬼⻨麦⻩黄⻫斉⻭歯⻯竜⻱龜\
    ⻲亀\
    ";

/// How many bytes a code has, and what it says where no map explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codes {
    Single,
    Glyphs,
    Utf16,
    ShiftJis,
    EucJp,
    Jis,
}

/// One character of a shown string.
pub(super) struct Glyph {
    pub(super) text: String,
    /// In units of the font size.
    pub(super) advance: f32,
    pub(super) is_single_space: bool,
}

/// Decodes the codes of a simple font by its own encoding.
type Decode<'d> = Box<dyn Fn(&[u8]) -> Option<String> + 'd>;

pub(super) struct Font<'d> {
    codes: Codes,
    pub(super) is_vertical: bool,
    to_unicode: Option<UnicodeMap>,
    simple: Option<Decode<'d>>,
    widths: HashMap<u32, f32>,
    width_ranges: Vec<(u32, u32, f32)>,
    default_width: f32,
}

impl<'d> Font<'d> {
    pub(super) fn read(document: &'d Document, dictionary: &'d Dictionary) -> Self {
        let is_composite = name_of(document, dictionary, b"Subtype") == Some(b"Type0");
        let encoding = name_of(document, dictionary, b"Encoding").unwrap_or_default();
        let codes = if is_composite { codes_of(encoding) } else { Codes::Single };
        let simple = if is_composite { None } else { simple_decoder(document, dictionary) };
        let mut font = Self {
            codes,
            is_vertical: is_composite && encoding.ends_with(b"V"),
            to_unicode: to_unicode(document, dictionary),
            simple,
            widths: HashMap::new(),
            width_ranges: Vec::new(),
            default_width: if is_composite { 1.0 } else { 0.5 },
        };
        if is_composite {
            font.read_composite_widths(document, dictionary);
        } else {
            font.read_simple_widths(document, dictionary);
        }
        font
    }

    /// The characters of a shown string; the second is how many codes mean nothing known.
    pub(super) fn decode(&self, bytes: &[u8]) -> (Vec<Glyph>, usize) {
        let mut glyphs = Vec::with_capacity(bytes.len() / 2 + 1);
        let mut unreadable = 0;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, after) =
                rest.split_at_checked(self.code_length(rest)).unwrap_or((rest, &[]));
            rest = after;
            let number = code.iter().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
            let text = self.mapped(number, code.len()).or_else(|| self.meant(code));
            unreadable += usize::from(text.is_none());
            let text = text.unwrap_or_default();
            let advance = self.width(number, &text);
            glyphs.push(Glyph { text, advance, is_single_space: code == b" " });
        }
        (glyphs, unreadable)
    }

    fn code_length(&self, rest: &[u8]) -> usize {
        let lead = rest.first().copied().unwrap_or(0);
        match self.codes {
            Codes::Utf16 if (0xd8..0xdc).contains(&lead) => 4,
            Codes::Glyphs | Codes::Jis | Codes::Utf16 => 2,
            Codes::ShiftJis if matches!(lead, 0x81..=0x9f | 0xe0..=0xfc) => 2,
            Codes::EucJp if lead >= 0x8e => 2,
            Codes::Single | Codes::ShiftJis | Codes::EucJp => 1,
        }
    }

    fn mapped(&self, code: u32, length: usize) -> Option<String> {
        let text = self.to_unicode.as_ref()?.get(code, length)?;
        let text: String = text.chars().map(unified).collect();
        (!text.is_empty() && !text.contains('\u{fffd}')).then_some(text)
    }

    /// What the code means by the font's own encoding.
    fn meant(&self, code: &[u8]) -> Option<String> {
        let encoding = match self.codes {
            Codes::Single => {
                let text = self.simple.as_ref()?(code)?;
                return (!text.contains('\u{fffd}')).then_some(text);
            }
            Codes::Glyphs => return None,
            Codes::Utf16 => UTF_16BE,
            Codes::ShiftJis => SHIFT_JIS,
            Codes::EucJp | Codes::Jis => EUC_JP,
        };
        let high = if self.codes == Codes::Jis { 0x80 } else { 0 };
        let bytes: Vec<u8> = code.iter().map(|byte| byte | high).collect();
        let (text, had_errors) = encoding.decode_without_bom_handling(&bytes);
        (!had_errors).then(|| text.into_owned())
    }

    fn width(&self, code: u32, text: &str) -> f32 {
        // Widths go by glyph; only where codes are glyphs can they be looked up.
        if matches!(self.codes, Codes::Single | Codes::Glyphs) {
            let in_range = |&&(first, last, _): &&(u32, u32, f32)| (first..=last).contains(&code);
            let ranged = || self.width_ranges.iter().find(in_range).map(|&(.., width)| width);
            return self.widths.get(&code).copied().or_else(ranged).unwrap_or(self.default_width);
        }
        if text.is_ascii() || text.chars().all(|c| matches!(c, '｡'..='ﾟ')) { 0.5 } else { 1.0 }
    }

    fn read_simple_widths(&mut self, document: &Document, dictionary: &Dictionary) {
        let is_type3 = name_of(document, dictionary, b"Subtype") == Some(b"Type3");
        let matrix = dictionary.get_deref(b"FontMatrix", document).and_then(Object::as_array);
        let scale = match matrix.ok().and_then(|matrix| matrix.first()?.as_float().ok()) {
            Some(scale) if is_type3 => scale,
            _ => 0.001,
        };
        let first =
            dictionary.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
        let first = u32::try_from(first).unwrap_or(0);
        let Ok(widths) = dictionary.get_deref(b"Widths", document).and_then(Object::as_array)
        else {
            return;
        };
        for (code, width) in (first..).zip(widths.iter().take(256)) {
            if let Some(width) = number(document, width) {
                self.widths.insert(code, width * scale);
            }
        }
    }

    fn read_composite_widths(&mut self, document: &Document, dictionary: &Dictionary) {
        let descendants =
            dictionary.get_deref(b"DescendantFonts", document).and_then(Object::as_array);
        let Some(descendant) = descendants.ok().and_then(|fonts| fonts.first()) else { return };
        let Ok((_, Object::Dictionary(font))) = document.dereference(descendant) else { return };
        if let Some(width) =
            font.get_deref(b"DW", document).ok().and_then(|dw| number(document, dw))
        {
            self.default_width = width / 1000.0;
        }
        let Ok(list) = font.get_deref(b"W", document).and_then(Object::as_array) else { return };
        let mut rest = list.iter();
        while let (Some(first), Some(second)) = (rest.next(), rest.next()) {
            let Some(first) = code_of(document, first) else { return };
            if let Ok((_, Object::Array(widths))) = document.dereference(second) {
                for (code, width) in (first..).zip(widths) {
                    self.widths.extend(number(document, width).map(|width| (code, width / 1000.0)));
                }
            } else {
                let (Some(last), Some(width)) = (code_of(document, second), rest.next()) else {
                    return;
                };
                let width = number(document, width).map(|width| (first, last, width / 1000.0));
                self.width_ranges.extend(width);
            }
            if self.widths.len() + self.width_ranges.len() > WIDTHS_MAX {
                return;
            }
        }
    }
}

/// Radicals that some programs write for the kanji of the same shape.
fn unified(c: char) -> char {
    match c {
        '\u{2f00}'..='\u{2fdf}' => c.nfkc().next().unwrap_or(c),
        '\u{2e80}'..='\u{2eff}' => radical(c).unwrap_or(c),
        '\u{a0}' => ' ',
        _ => c,
    }
}

fn radical(c: char) -> Option<char> {
    let mut chars = RADICALS.chars();
    while let (Some(radical), Some(kanji)) = (chars.next(), chars.next()) {
        if radical == c {
            return Some(kanji);
        }
    }
    None
}

fn codes_of(encoding: &[u8]) -> Codes {
    let has = |part: &[u8]| encoding.windows(part.len()).any(|window| window == part);
    if has(b"UTF16") || has(b"UCS2") {
        Codes::Utf16
    } else if has(b"RKSJ") {
        Codes::ShiftJis
    } else if has(b"EUC") {
        Codes::EucJp
    } else if matches!(encoding, b"H" | b"V") {
        Codes::Jis
    } else {
        Codes::Glyphs
    }
}

fn to_unicode(document: &Document, dictionary: &Dictionary) -> Option<UnicodeMap> {
    let stream = dictionary.get_deref(b"ToUnicode", document).ok()?.as_stream().ok()?;
    let map = stream.get_plain_content_with_limit(MAP_BYTES_MAX).ok()?;
    Some(UnicodeMap::parse(&map))
}

fn simple_decoder<'d>(document: &'d Document, dictionary: &'d Dictionary) -> Option<Decode<'d>> {
    let encoding = dictionary.get_font_encoding_with_limit(document, MAP_BYTES_MAX).ok()?;
    Some(Box::new(move |code| Document::decode_text(&encoding, code).ok()))
}

fn name_of<'d>(document: &'d Document, dictionary: &'d Dictionary, key: &[u8]) -> Option<&'d [u8]> {
    dictionary.get_deref(key, document).ok()?.as_name().ok()
}

fn number(document: &Document, object: &Object) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok().filter(|number| number.is_finite())
}

fn code_of(document: &Document, object: &Object) -> Option<u32> {
    document.dereference(object).ok()?.1.as_i64().ok().and_then(|code| u32::try_from(code).ok())
}
