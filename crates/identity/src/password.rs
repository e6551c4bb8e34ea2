//! The rules for passwords: long, not common, not made of the names around it. Nothing else.
//!
//! No rules of composition, no forced change by date; any character counts, spaces too.
//!
//! # Source
//!
//! NIST SP 800-63B-4, 3.1.1.2.

use std::fmt;

use kaname_platform::Platform;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::token;

/// Characters of a password at most: enough for any phrase, small enough to hash.
const LENGTH_MAX: usize = 256;
/// Characters that must remain once everything guessable is taken out.
const UNGUESSABLE_MIN: usize = 8;
/// Names shorter than this are too short to be looked for inside a password.
const CONTEXT_LENGTH_MIN: usize = 3;

const COMMON: &str = include_str!("common_passwords.txt");
/// Runs of keys and letters that people type in a row.
const SEQUENCES: [&str; 5] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "あいうえおかきくけこさしすせそたちつてと",
    "いろはにほへとちりぬるを",
];

/// A password in its normal form (NFKC), never printed by `Debug`.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(from = "String")]
#[schema(value_type = String, format = Password)]
pub struct Password(String);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Which rule a password breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too few characters.
    #[error("the password must have at least {min} characters")]
    TooShort {
        /// How many it must have.
        min: usize,
    },
    /// Too many characters.
    #[error("the password must have at most {LENGTH_MAX} characters")]
    TooLong,
    /// On the list of common ones, a repetition or a sequence.
    #[error("the password is made of words or sequences that are tried first")]
    TooCommon,
    /// Made of the user's, the institution's or the product's name.
    #[error("the password is made of the user name or the institution's name")]
    ContainsName,
    /// The same as the one to be replaced.
    #[error("the new password is the present one")]
    Unchanged,
}

impl PasswordError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "identity.password_too_short",
            Self::TooLong => "identity.password_too_long",
            Self::TooCommon => "identity.password_too_common",
            Self::ContainsName => "identity.password_contains_name",
            Self::Unchanged => "identity.password_unchanged",
        }
    }
}

impl Password {
    /// The password that `text` is, whatever keyboard wrote it.
    pub fn new(text: &str) -> Self {
        Self(text.nfkc().collect())
    }

    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Holds the password against the rules; `context` are the names around it.
    pub(crate) fn check(&self, length_min: usize, context: &[&str]) -> Result<(), PasswordError> {
        let length = self.0.chars().count();
        if length < length_min {
            return Err(PasswordError::TooShort { min: length_min });
        }
        if length > LENGTH_MAX {
            return Err(PasswordError::TooLong);
        }
        let folded = self.0.to_lowercase();
        if is_guessable(&without_common(folded.clone())) {
            return Err(PasswordError::TooCommon);
        }
        if is_guessable(&without_common(without_names(folded, context))) {
            return Err(PasswordError::ContainsName);
        }
        Ok(())
    }
}

/// A password to hand over: five groups of four clear letters, 100 random bits.
pub(crate) fn temporary(platform: &Platform) -> Password {
    let groups: Vec<String> = (0..5).map(|_| token::letters::<4>(platform)).collect();
    Password(groups.join("-"))
}

fn without_names(mut text: String, context: &[&str]) -> String {
    for name in context {
        let name: String = name.nfkc().flat_map(char::to_lowercase).collect();
        let parts = name.split(|c: char| !c.is_alphanumeric()).chain([name.as_str()]);
        for part in parts.filter(|part| part.chars().count() >= CONTEXT_LENGTH_MIN) {
            text = text.replace(part, "");
        }
    }
    text
}

fn without_common(text: String) -> String {
    COMMON.lines().fold(text, |text, word| text.replace(word, ""))
}

/// Whether what is left is short, all digits or marks, a repetition, or runs in a row.
fn is_guessable(rest: &str) -> bool {
    let kept: Vec<char> = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let letters = kept.iter().filter(|c| c.is_alphabetic()).count();
    let distinct_steps = kept.windows(2).filter(|pair| !is_step(pair)).count();
    let unguessable = distinct_steps.min(shortest_unit(&kept));
    // Digits alone are dates and telephone numbers unless there are many.
    unguessable + 1 < UNGUESSABLE_MIN || (letters == 0 && kept.len() < 2 * UNGUESSABLE_MIN)
}

/// Whether two characters repeat, or stand side by side in a sequence, either way.
fn is_step(pair: &[char]) -> bool {
    let [one, other] = pair else { return false };
    let (forth, back) = (format!("{one}{other}"), format!("{other}{one}"));
    one == other || SEQUENCES.iter().any(|run| run.contains(&forth) || run.contains(&back))
}

/// The length of the unit that the text repeats; its own length if it repeats none.
fn shortest_unit(text: &[char]) -> usize {
    let repeats = |unit: &usize| {
        let (start, rest) = (text.iter(), text.iter().skip(*unit));
        start.zip(rest).all(|(one, other)| one == other)
    };
    (1..text.len()).find(repeats).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), PasswordError> {
        Password::new(text).check(15, &["hanako.sato", "みなと町役場"])
    }

    #[test]
    fn length_counts_characters_of_any_script() {
        assert_eq!(check("港のかもめが三羽とまる朝"), Err(PasswordError::TooShort { min: 15 }));
        assert_eq!(check("港のかもめが三羽とまる朝に散歩する"), Ok(()));
        assert_eq!(check("slow green kettle by the window"), Ok(()));
        assert_eq!(check(&"長い文".repeat(90)), Err(PasswordError::TooLong));
        assert_eq!(check(&random_text(256)), Ok(()));
    }

    #[test]
    fn common_words_repetitions_and_sequences_are_refused() {
        for bad in [
            "passwordpassword",
            "Password20262026",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "k7mk7mk7mk7mk7mk7m",
            "123456789012345",
            "987654321987654321",
            "qwertyuiopasdfgh",
            "correct horse battery staple",
            "ぱすわーどぱすわーどぱすわーど",
            "090-1234-5678 ",
            "               ",
        ] {
            let refused = matches!(
                check(bad),
                Err(PasswordError::TooCommon | PasswordError::TooShort { .. })
            );
            assert!(refused, "{bad}: {:?}", check(bad));
        }
    }

    #[test]
    fn names_around_it_do_not_count() {
        for bad in ["hanako.sato-hanako", "HanakoSato202611", "みなと町役場みなと町役場みなと町"]
        {
            let refused =
                matches!(check(bad), Err(PasswordError::ContainsName | PasswordError::TooCommon));
            assert!(refused, "{bad}: {:?}", check(bad));
        }
        assert_eq!(check("hanako rides a slow kettle"), Ok(()));
    }

    #[test]
    fn forms_of_width_are_one_password() {
        assert_eq!(Password::new("ＡＢＣ　ｶﾞ").reveal(), "ABC ガ");
        assert_eq!(format!("{:?}", Password::new("x")), "Password(…)");
    }

    fn random_text(length: u32) -> String {
        (0..length).filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20_000)).collect()
    }
}
