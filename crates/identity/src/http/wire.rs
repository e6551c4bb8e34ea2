//! The shapes of identity in JSON.

use kaname_kernel::{Role, Scope, Timestamp};
use kaname_platform::http::list_of;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{ToSchema, openapi::Schema};

use crate::model;

/// How the OpenAPI document lists the names of roles.
pub(super) fn roles() -> Schema {
    list_of(Role::ALL.map(Role::as_str))
}

/// How the OpenAPI document lists the names of scopes.
pub(super) fn scopes() -> Schema {
    list_of(Scope::ALL.map(Scope::as_str))
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Institution {
    id: String,
    key: String,
    name: String,
}

impl From<&model::Institution> for Institution {
    fn from(it: &model::Institution) -> Self {
        Self { id: it.id.to_string(), key: it.key.clone(), name: it.name.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InstitutionWithPack {
    id: String,
    key: String,
    name: String,
    label_pack: String,
}

impl From<&model::Institution> for InstitutionWithPack {
    fn from(it: &model::Institution) -> Self {
        let Institution { id, key, name } = it.into();
        Self { id, key, name, label_pack: it.label_pack.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    pub(super) version: String,
    /// Whether anybody has an account.
    pub(super) set_up: bool,
    /// The caller's institution, or the only one there is.
    pub(super) institution: Option<Institution>,
    pub(super) signed_in: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "user_name is the contract's name")]
pub(super) struct User {
    id: String,
    user_name: String,
    display_name: String,
    #[schema(schema_with = roles)]
    roles: Vec<Role>,
    department_id: Option<String>,
    department_name: Option<String>,
    team_ids: Vec<String>,
    /// Canonical label text.
    clearance: String,
    disabled: bool,
    locked_until_ms: Option<i64>,
    must_change_password: bool,
    created_at_ms: i64,
    last_sign_in_at_ms: Option<i64>,
}

impl From<model::User> for User {
    fn from(it: model::User) -> Self {
        Self {
            id: it.id.to_string(),
            user_name: it.user_name,
            display_name: it.display_name,
            roles: it.roles.into_iter().collect(),
            department_id: it.department.map(|id| id.to_string()),
            department_name: it.department_name,
            team_ids: it.teams.iter().map(ToString::to_string).collect(),
            clearance: it.clearance.to_string(),
            disabled: it.disabled,
            locked_until_ms: it.locked_until.map(Timestamp::as_millis),
            must_change_password: it.must_change_password,
            created_at_ms: it.created_at.as_millis(),
            last_sign_in_at_ms: it.last_sign_in_at.map(Timestamp::as_millis),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    pub(super) user: User,
    pub(super) institution: InstitutionWithPack,
    /// To be sent as `x-kaname-csrf` with every request that changes something.
    pub(super) csrf_token: String,
    pub(super) expires_at_ms: i64,
    pub(super) must_change_password: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Key {
    id: String,
    name: String,
    user_id: String,
    user_name: String,
    /// How the secret starts.
    prefix: String,
    #[schema(schema_with = scopes)]
    scopes: Vec<Scope>,
    created_at_ms: i64,
    expires_at_ms: i64,
    last_used_at_ms: Option<i64>,
    revoked_at_ms: Option<i64>,
}

impl From<model::Key> for Key {
    fn from(it: model::Key) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            user_id: it.user.to_string(),
            user_name: it.user_name,
            prefix: it.prefix,
            scopes: it.scopes.into_iter().collect(),
            created_at_ms: it.created_at.as_millis(),
            expires_at_ms: it.expires_at.as_millis(),
            last_used_at_ms: it.last_used_at.map(Timestamp::as_millis),
            revoked_at_ms: it.revoked_at.map(Timestamp::as_millis),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Department {
    id: String,
    key: String,
    name: String,
}

impl From<model::Department> for Department {
    fn from(it: model::Department) -> Self {
        Self { id: it.id.to_string(), key: it.key, name: it.name }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Team {
    id: String,
    department_id: String,
    key: String,
    name: String,
}

impl From<model::Team> for Team {
    fn from(it: model::Team) -> Self {
        Self {
            id: it.id.to_string(),
            department_id: it.department.to_string(),
            key: it.key,
            name: it.name,
        }
    }
}

/// A text field of a change: absent stays, `null` clears.
#[derive(Debug, Default)]
pub(super) enum Nullable {
    #[default]
    Absent,
    Null,
    Value(String),
}

impl<'de> Deserialize<'de> for Nullable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

macro_rules! pages {
    ($($name:ident of $item:ident),+ $(,)?) => {$(
        #[derive(Debug, Serialize, ToSchema)]
        pub(super) struct $name {
            items: Vec<$item>,
            /// Where the next page starts; `null` on the last.
            next_cursor: Option<String>,
        }

        impl<T: Into<$item>> From<model::Listed<T>> for $name {
            fn from(page: model::Listed<T>) -> Self {
                let items = page.items.into_iter().map(Into::into).collect();
                Self { items, next_cursor: page.next_cursor }
            }
        }
    )+};
}

pages! {
    UserPage of User,
    KeyPage of Key,
    DepartmentPage of Department,
    TeamPage of Team,
}
