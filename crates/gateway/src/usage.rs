//! Live traffic: how many calls, at what cost, how fast and with which faults, by department, app,
//! model, endpoint and more, from the rows that the guard writes with every attempt and outcome.
//!
//! The database counts, hours that are over as a whole; no row of a call is ever loaded. Who does not watch over the institution
//! sees the own department's sums and nothing else. Rows hold no content, and neither does this.

pub(crate) mod http;
mod report;
mod store;
mod times;
mod window;

use kaname_identity::require_person;
use kaname_kernel::{DepartmentId, Principal, Role};

pub use self::{
    report::{CallsUnderWay, TrafficFault, TrafficLine, TrafficPoint, TrafficReport, TrafficScope},
    window::{TrafficBy, Window},
};
use crate::{error::Error, gateway::Gateway};

/// Who sees the traffic of the whole institution.
const WATCHERS: &[Role] = &[Role::Administrator, Role::AiOfficer, Role::Auditor];

/// What a person may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of the institution.
    Institution,
    /// One department.
    Department(DepartmentId),
    /// Nothing: whoever neither watches nor belongs to a department.
    Nothing,
}

impl Scope {
    /// What `by` may see.
    ///
    /// # Errors
    ///
    /// For a key: it is not a person.
    fn of(by: &Principal) -> Result<Self, Error> {
        require_person(by)?;
        if WATCHERS.iter().any(|role| by.is(*role)) {
            return Ok(Self::Institution);
        }
        Ok(by.department.map_or(Self::Nothing, Self::Department))
    }
}

impl Gateway {
    /// The calls that began inside `window`, by one dimension, as far as `by` may see them.
    ///
    /// # Errors
    ///
    /// When `by` is not a person.
    pub async fn traffic(&self, by: &Principal, window: Window) -> Result<TrafficReport, Error> {
        let scope = Scope::of(by)?;
        let mut tx = self.platform.db.read().await?;
        report::read(&mut tx, (by.institution, scope), window).await
    }
}
