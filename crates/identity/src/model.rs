//! What identity knows: institutions, people, sessions, keys, departments, teams.

use std::collections::BTreeSet;

use kaname_kernel::{
    Actor, DepartmentId, InstitutionId, KeyId, Label, Principal, Role, Scope, SessionId, TeamId,
    Timestamp, UserId,
};

/// An institution (機関): the border that nothing crosses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// Its key in addresses.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The label pack it chose.
    pub label_pack: String,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// Where the person works.
    pub institution: InstitutionId,
    /// The name to sign in with, in its one form.
    pub user_name: String,
    /// The name that is shown.
    pub display_name: String,
    /// What the person is. At least one.
    pub roles: BTreeSet<Role>,
    /// The department, if any.
    pub department: Option<DepartmentId>,
    /// The department's name.
    pub department_name: Option<String>,
    /// Teams inside the department.
    pub teams: Vec<TeamId>,
    /// The highest label the person may see.
    pub clearance: Label,
    /// Whether the account is switched off.
    pub disabled: bool,
    /// Until when sign-in is blocked.
    pub locked_until: Option<Timestamp>,
    /// Whether the password is a temporary one.
    pub must_change_password: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl User {
    /// The principal that this person is when coming in as `actor`.
    pub(crate) fn principal(&self, actor: Actor) -> Principal {
        Principal {
            institution: self.institution,
            user: self.id,
            display_name: self.display_name.clone(),
            actor,
            roles: self.roles.clone(),
            department: self.department,
            clearance: self.clearance.clone(),
        }
    }
}

/// A signed-in session, as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// Where.
    pub institution: InstitutionId,
    /// What every changing request must carry in `x-kaname-csrf`.
    pub csrf_token: Vec<u8>,
    /// When a request last came.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub user: UserId,
    /// The user name of that person.
    pub user_name: String,
    /// What it is for.
    pub name: String,
    /// How the secret starts: enough to tell keys apart.
    pub prefix: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it last worked, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A department (課).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A team inside a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its department.
    pub department: DepartmentId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<String>,
}

impl<T> Listed<T> {
    /// Makes a page of `limit` out of `limit + 1` rows read; `cursor` names the last on the page.
    pub(crate) fn cut(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(cursor);
        Self { items, next_cursor }
    }
}

/// Letters of an API key that are not secret.
pub(crate) const KEY_LETTERS: usize = 8;
/// Characters of an API key that are not secret: `kn_` and the letters.
pub(crate) const KEY_PREFIX_LENGTH: usize = 3 + KEY_LETTERS;
