//! The rules for single values: names, keys, roles, labels; pure, so that HTTP, CLI and CSV agree.

use std::collections::BTreeSet;

use kaname_kernel::{Label, Role, Scope};
use unicode_normalization::UnicodeNormalization as _;

use crate::password::PasswordError;

/// Characters of a shown name at most.
pub const NAME_LENGTH_MAX: usize = 100;
/// Characters of a user name or key at most.
pub const KEY_LENGTH_MAX: usize = 64;

/// Why a value was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Not a user name.
    #[error(
        "a user name is 1 to {KEY_LENGTH_MAX} of a-z, 0-9, '.', '_', '-', '@', starting with a letter or digit"
    )]
    UserName,
    /// Not a name to be shown.
    #[error("{field} must be 1 to {NAME_LENGTH_MAX} characters without control characters")]
    Text {
        /// Which field.
        field: &'static str,
    },
    /// Not a key.
    #[error(
        "a key is 1 to {KEY_LENGTH_MAX} of a-z, 0-9, '-', '_', starting with a letter or digit"
    )]
    Key,
    /// No roles, or one that does not exist.
    #[error("roles must be one or more of staff, section_head, ai_officer, administrator, auditor")]
    Roles,
    /// Not a label.
    #[error("clearance must be a label such as 1 or 3+personal")]
    Clearance,
    /// No scopes, or one that does not exist.
    #[error("scopes must be one or more of models, knowledge, documents, ledger")]
    Scopes,
    /// Not a time within bounds.
    #[error("expires_in_days must be from 1 to {}", crate::create_key::DAYS_MAX)]
    Expiry,
    /// Not a label pack that this program carries.
    #[error("label_pack must be municipality or ministry")]
    LabelPack,
    /// Names something that is not in this institution.
    #[error("{field} names nothing in this institution")]
    Unknown {
        /// Which field.
        field: &'static str,
    },
    /// Another one has it already.
    #[error("this {field} is in use already")]
    Taken {
        /// Which field.
        field: &'static str,
    },
    /// The cursor is not one that this list gave.
    #[error("cursor must be the next_cursor of the page before")]
    Cursor,
    /// The password breaks a rule.
    #[error("{error}")]
    Password {
        /// Which field.
        field: &'static str,
        /// Which rule.
        error: PasswordError,
    },
}

impl FieldError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UserName => "identity.invalid_user_name",
            Self::Text { .. } => "identity.invalid_text",
            Self::Key => "identity.invalid_key",
            Self::Roles => "identity.invalid_roles",
            Self::Clearance => "identity.invalid_clearance",
            Self::Scopes => "identity.invalid_scopes",
            Self::Expiry => "identity.invalid_expiry",
            Self::LabelPack => "identity.invalid_label_pack",
            Self::Unknown { .. } => "identity.unknown_reference",
            Self::Taken { .. } => "identity.taken",
            Self::Cursor => "identity.invalid_cursor",
            Self::Password { error, .. } => error.code(),
        }
    }

    /// The field at fault, as the API names it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::UserName => "user_name",
            Self::Key => "key",
            Self::Roles => "roles",
            Self::Clearance => "clearance",
            Self::Scopes => "scopes",
            Self::Expiry => "expires_in_days",
            Self::LabelPack => "label_pack",
            Self::Cursor => "cursor",
            Self::Text { field }
            | Self::Unknown { field }
            | Self::Taken { field }
            | Self::Password { field, .. } => field,
        }
    }
}

/// A user name in its one form: compatibility forms folded (so full-width input works), lower case.
pub(crate) fn user_name(text: &str) -> Result<String, FieldError> {
    let folded: String =
        text.trim().nfkc().flat_map(char::to_lowercase).take(KEY_LENGTH_MAX + 1).collect();
    let fits = starts_plain(&folded) && folded.len() <= KEY_LENGTH_MAX;
    let allowed = |c: char| is_plain(c) || matches!(c, '.' | '_' | '-' | '@');
    if fits && folded.chars().all(allowed) { Ok(folded) } else { Err(FieldError::UserName) }
}

/// A key for addresses and files: `resident-affairs`.
pub(crate) fn key(text: &str) -> Result<String, FieldError> {
    let allowed = |c: char| is_plain(c) || matches!(c, '-' | '_');
    let fits = starts_plain(text) && text.len() <= KEY_LENGTH_MAX && text.chars().all(allowed);
    if fits { Ok(text.to_owned()) } else { Err(FieldError::Key) }
}

/// A name to be shown, trimmed. Any script; shown as text, so that markup in it stays inert.
pub(crate) fn name(text: &str, field: &'static str) -> Result<String, FieldError> {
    let trimmed = text.trim();
    let count = trimmed.chars().take(NAME_LENGTH_MAX + 1).count();
    if count == 0 || count > NAME_LENGTH_MAX || trimmed.chars().any(char::is_control) {
        return Err(FieldError::Text { field });
    }
    Ok(trimmed.to_owned())
}

/// A set of roles, at least one.
pub(crate) fn roles<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<Role>, FieldError> {
    let parsed: Result<BTreeSet<Role>, _> = names.into_iter().map(str::parse).collect();
    parsed.ok().filter(|roles| !roles.is_empty()).ok_or(FieldError::Roles)
}

/// A set of scopes, at least one.
pub(crate) fn scopes<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<Scope>, FieldError> {
    let find = |name: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    let parsed: Option<BTreeSet<Scope>> = names.into_iter().map(find).collect();
    parsed.filter(|scopes| !scopes.is_empty()).ok_or(FieldError::Scopes)
}

/// A label.
pub(crate) fn clearance(text: &str) -> Result<Label, FieldError> {
    text.trim().parse().map_err(|_| FieldError::Clearance)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn starts_plain(text: &str) -> bool {
    text.chars().next().is_some_and(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_has_one_form() {
        assert_eq!(user_name("ＳＡＴＯ.Hanako ").unwrap(), "sato.hanako");
        for bad in ["", " ", "-a", "a b", "佐藤", "a'; DROP TABLE account;--", &"a".repeat(65)] {
            assert_eq!(user_name(bad), Err(FieldError::UserName), "{bad}");
        }
    }

    #[test]
    fn a_name_may_be_any_text_but_control_characters() {
        assert_eq!(name(" <b>住民課</b> ", "name").unwrap(), "<b>住民課</b>");
        for bad in ["", "　", "a\0b", "a\nb", &"課".repeat(101)] {
            assert_eq!(name(bad, "name"), Err(FieldError::Text { field: "name" }), "{bad:?}");
        }
    }

    #[test]
    fn sets_are_never_empty() {
        assert_eq!(roles([]), Err(FieldError::Roles));
        assert_eq!(roles(["staff", "king"]), Err(FieldError::Roles));
        assert_eq!(scopes([]), Err(FieldError::Scopes));
        assert_eq!(roles(["staff", "staff"]).unwrap().len(), 1);
    }
}
