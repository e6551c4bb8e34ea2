//! Who may call what, as data: every slice lists its routes, and a test tries each.

use kaname_kernel::{Actor, Principal, Role, Scope};

use crate::Error;

/// Who may call a route. An empty list of roles means every role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// A person in a session with one of the roles; no key.
    Person(&'static [Role]),
    /// A person with one of the roles, or a key with the scope on behalf of such a person.
    Program(Scope, &'static [Role]),
}

/// One route: method, path as in the OpenAPI document without the base, and who may call it.
pub type Route = (&'static str, &'static str, Access);

impl Access {
    /// Whether `principal` may; for tests by list and for handlers that read their own row.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`].
    pub fn check(self, principal: &Principal) -> Result<(), Error> {
        match self {
            Self::Public => Ok(()),
            Self::Person(roles) => {
                require_person(principal)?;
                require_role(principal, roles)
            }
            Self::Program(scope, roles) => {
                require_scope(principal, scope)?;
                require_role(principal, roles)
            }
        }
    }
}

/// Refuses who has none of `roles`; an empty list refuses nobody.
///
/// # Errors
///
/// [`Error::NotAllowed`].
pub fn require_role(principal: &Principal, roles: &[Role]) -> Result<(), Error> {
    let allowed = roles.is_empty() || roles.iter().any(|role| principal.is(*role));
    if allowed { Ok(()) } else { Err(Error::NotAllowed) }
}

/// Refuses a key without `scope`.
///
/// # Errors
///
/// [`Error::NotAllowed`].
pub fn require_scope(principal: &Principal, scope: Scope) -> Result<(), Error> {
    if principal.may_use(scope) { Ok(()) } else { Err(Error::NotAllowed) }
}

/// Refuses every key: what only a person may do.
///
/// # Errors
///
/// [`Error::NotAllowed`].
pub fn require_person(principal: &Principal) -> Result<(), Error> {
    match principal.actor {
        Actor::Session(_) | Actor::Console => Ok(()),
        Actor::Key { .. } => Err(Error::NotAllowed),
    }
}
