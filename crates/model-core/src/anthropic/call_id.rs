//! Ids of calls as Anthropic's API takes them: letters, digits, `_` and `-` alone.
//!
//! Other vendors' ids hold more (`functions.f:0`, or Gemini's token at the end). They are escaped on the
//! way out and read back on the way in, so that every vendor gets its own ids again.

/// Begins an id that was escaped.
const ESCAPED: &str = "kn__";

/// `id` in letters that Anthropic's clients and API take; as it is, where it is of such letters.
pub(crate) fn escaped(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !id.is_empty() && id.bytes().all(is_plain) && !id.starts_with(ESCAPED) {
        return id.to_owned();
    }
    id.bytes().fold(ESCAPED.to_owned(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0');
            out.extend(['_', digit(byte >> 4), digit(byte & 15)]);
        }
        out
    })
}

/// The id that [`escaped`] was given; any other text as it is.
pub(crate) fn unescaped(id: &str) -> String {
    let read = id.strip_prefix(ESCAPED).and_then(|rest| {
        let mut bytes = Vec::with_capacity(rest.len());
        let mut left = rest.bytes();
        while let Some(byte) = left.next() {
            if byte == b'_' {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(left.next()?)? * 16 + digit(left.next()?)?;
                bytes.push(u8::try_from(value).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).ok()
    });
    read.unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_ids_stay_and_others_are_of_letters_that_are_taken() {
        assert_eq!(escaped("toolu_01A-b"), "toolu_01A-b");
        assert_eq!(escaped("functions.f:0"), "kn__functions_2ef_3a0");
        assert_eq!(escaped("x~gemini/ab+=="), "kn__x_7egemini_2fab_2b_3d_3d");
        assert_eq!(unescaped("kn__a_zz"), "kn__a_zz");
        assert_eq!(unescaped("call_1"), "call_1");
    }

    proptest! {
        #[test]
        fn every_id_comes_back(id in "(kn__)?.{0,40}") {
            let out = escaped(&id);
            let taken = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            prop_assert!(!out.is_empty() && out.chars().all(taken), "{}", out);
            prop_assert_eq!(unescaped(&out), id);
        }
    }
}
