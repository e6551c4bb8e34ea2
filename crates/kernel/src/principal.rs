//! Who acts: a person, or a key on a person's behalf, always inside one institution.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, InstitutionId, KeyId, Label, SessionId, UserId};

/// What a person is in the institution. Roles are not ranked: each opens its own doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 職員: asks, reads, uploads to the collections of the department.
    Staff,
    /// 課長: staff, and sees and approves what the department does.
    SectionHead,
    /// AI統括: the register, risk judgements, rules.
    AiOfficer,
    /// 情シス: people, keys, endpoints, health.
    Administrator,
    /// 監査: reads the ledger and verifies it; changes nothing.
    Auditor,
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected staff, section_head, ai_officer, administrator or auditor")]
pub struct ParseRoleError;

impl Role {
    /// Every role, in the order in which screens list them.
    pub const ALL: [Self; 5] =
        [Self::Staff, Self::SectionHead, Self::AiOfficer, Self::Administrator, Self::Auditor];

    /// The stable name used in the store, the API and the CLI.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::SectionHead => "section_head",
            Self::AiOfficer => "ai_officer",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, ParseRoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(ParseRoleError)
    }
}

/// What an API key may be used for. A session of a person has every scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// `/v1/…`: models through the gateway.
    Models,
    /// Read and ask collections.
    Knowledge,
    /// Add and remove documents.
    Documents,
    /// Read the ledger and its proofs.
    Ledger,
}

impl Scope {
    /// Every scope, in the order in which screens list them.
    pub const ALL: [Self; 4] = [Self::Models, Self::Knowledge, Self::Documents, Self::Ledger];

    /// The stable name used in the store, the API and the CLI.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Knowledge => "knowledge",
            Self::Documents => "documents",
            Self::Ledger => "ledger",
        }
    }
}

/// How the principal came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Session(SessionId),
    /// An API key, on behalf of the person who made it.
    Key {
        /// The key.
        id: KeyId,
        /// What the key may be used for.
        scopes: BTreeSet<Scope>,
    },
    /// The administrator at the machine's own command line.
    Console,
}

/// Who asks, on whose behalf, from where in the institution. Made by `identity` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The border that nothing crosses.
    pub institution: InstitutionId,
    /// The person who acts or on whose behalf a key acts.
    pub user: UserId,
    /// The name shown for that person.
    pub display_name: String,
    /// How the person came in.
    pub actor: Actor,
    /// What the person is. At least one.
    pub roles: BTreeSet<Role>,
    /// The department, if the person belongs to one.
    pub department: Option<DepartmentId>,
    /// The highest label that the person may see.
    pub clearance: Label,
}

impl Principal {
    /// Whether the person has `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the way in allows `scope`: sessions and the console always, keys if granted.
    pub fn may_use(&self, scope: Scope) -> bool {
        match &self.actor {
            Actor::Session(_) | Actor::Console => true,
            Actor::Key { scopes, .. } => scopes.contains(&scope),
        }
    }
}
