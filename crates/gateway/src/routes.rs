//! Routes: a name that people and programs call, and the endpoints behind it in the order to try.
//!
//! A route widens nothing: whatever it offers, the guard decides on each endpoint anew. A call that
//! names an endpoint by its own public name takes the route of that endpoint alone.

mod choose;
mod edit;
pub(crate) mod http;
pub(crate) mod store;

use std::{ops::RangeInclusive, time::Duration};

use kaname_guard::Purpose;
use kaname_kernel::{EndpointId, InstitutionId, Label, RouteId};
use serde::{Deserialize, Serialize};

pub(crate) use self::choose::{Asked, Chosen, choose};
use crate::{error::Error, model::Capability};

/// Most endpoints behind one route.
const LEGS_MAX: usize = 32;
/// How long a route may wait before it asks a second endpoint.
const HEDGE_MS: RangeInclusive<u32> = 10..=120_000;

/// A named way to one or more endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Route {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RouteId,
    /// Whose it is.
    #[serde(skip)]
    pub institution: InstitutionId,
    /// The name that callers write, `kaname/standard` say.
    pub public_name: String,
    /// What people call it.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The endpoints behind it.
    pub legs: Vec<Leg>,
    /// What every endpoint behind it must keep to.
    pub bounds: Bounds,
    /// Whether the institution's own workspace goes by it: one route at most does.
    pub serves_workspace: bool,
    /// Since when it is here.
    pub created_at_ms: i64,
}

/// One endpoint behind a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// The endpoint.
    #[schema(value_type = String)]
    pub endpoint_id: EndpointId,
    /// When it is tried: 0 first; a higher tier only when every lower one failed or does not apply.
    #[serde(default)]
    pub tier: u8,
    /// Its share inside its tier, 1 to 1,000; twice the weight is tried first twice as often.
    #[serde(default = "one")]
    pub weight: u32,
    /// When it applies.
    #[serde(default)]
    pub when: Conditions,
}

fn one() -> u32 {
    1
}

/// When a leg applies; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Only where the request's label dominates this one.
    #[schema(value_type = Option<String>)]
    pub label_from: Option<Label>,
    /// Only where this label dominates the request's.
    #[schema(value_type = Option<String>)]
    pub label_to: Option<Label>,
    /// Only for these purposes; none given means all.
    pub purposes: Vec<Purpose>,
    /// Only for requests that need all of these.
    pub needs: Vec<Capability>,
}

/// What every endpoint behind a route must keep to, whatever else is configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// Only endpoints hosted in these countries; none given means all.
    pub hosting_countries: Vec<String>,
    /// Only endpoints operated from these countries; none given means all.
    pub operator_countries: Vec<String>,
    /// Only endpoints whose million output tokens cost at most this many yen. One without a price
    /// is then left out.
    pub output_yen_most: Option<u64>,
    /// Whether a call may go on to another endpoint when one fails before its first content.
    /// Absent means yes.
    pub failover: Option<bool>,
    /// After how many milliseconds without content another endpoint is asked alongside, 10 to 120,000.
    /// The first content wins, the other call is given up. Absent means never.
    pub hedge_after_ms: Option<u32>,
}

/// A new route.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoute {
    /// The name that callers write.
    pub public_name: String,
    /// What people call it.
    pub name: String,
    /// The endpoints behind it.
    pub legs: Vec<Leg>,
    /// What every endpoint behind it must keep to.
    #[serde(default)]
    pub bounds: Bounds,
    /// Whether the institution's own workspace goes by it. It takes that from the route that did.
    #[serde(default)]
    pub serves_workspace: bool,
}

/// A change of a route; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteChange {
    /// The name that callers write.
    pub public_name: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is switched on.
    pub enabled: Option<bool>,
    /// The endpoints behind it, all of them.
    pub legs: Option<Vec<Leg>>,
    /// What every endpoint behind it must keep to.
    pub bounds: Option<Bounds>,
    /// Whether the institution's own workspace goes by it. It takes that from the route that did; a
    /// route that is switched off takes nothing.
    pub serves_workspace: Option<bool>,
}

impl RouteChange {
    fn apply(&self, route: &mut Route) -> Result<(), Error> {
        if let Some(name) = &self.public_name {
            name.trim().clone_into(&mut route.public_name);
        }
        if let Some(name) = &self.name {
            name.trim().clone_into(&mut route.name);
        }
        route.enabled = self.enabled.unwrap_or(route.enabled);
        if let Some(legs) = &self.legs {
            route.legs.clone_from(legs);
        }
        if let Some(bounds) = &self.bounds {
            route.bounds.clone_from(bounds);
        }
        let serves = self.serves_workspace.unwrap_or(route.serves_workspace);
        if serves && !route.serves_workspace && !route.enabled {
            let detail = "the route is switched off; switch it on first";
            return Err(Error::invalid("serves_workspace", detail));
        }
        route.serves_workspace = serves;
        Ok(())
    }
}

impl Route {
    /// Whether a call may go on to another endpoint.
    pub(crate) fn fails_over(&self) -> bool {
        self.bounds.failover.unwrap_or(true)
    }

    /// After which time without content another endpoint is asked alongside.
    pub(crate) fn hedge_after(&self) -> Option<Duration> {
        let after = self.bounds.hedge_after_ms.filter(|_| self.fails_over())?;
        Some(Duration::from_millis(after.into()))
    }

    /// Checks what does not depend on other records.
    fn check(&self) -> Result<(), Error> {
        crate::endpoint_fields::check_public_name(&self.public_name)?;
        crate::endpoint_fields::text("name", &self.name, 1..=100)?;
        if self.legs.is_empty() || self.legs.len() > LEGS_MAX {
            return Err(Error::invalid("legs", format!("there must be 1 to {LEGS_MAX} endpoints")));
        }
        if self.legs.iter().any(|leg| !(1..=1_000).contains(&leg.weight)) {
            return Err(Error::invalid("legs", "a weight is 1 to 1,000"));
        }
        if self.bounds.hedge_after_ms.is_some_and(|after| !HEDGE_MS.contains(&after)) {
            return Err(Error::invalid("hedge_after_ms", "the wait is 10 to 120,000 milliseconds"));
        }
        if self.bounds.hedge_after_ms.is_some() && !self.fails_over() {
            let detail = "a second endpoint is asked only where failover is on; switch it on";
            return Err(Error::invalid("hedge_after_ms", detail));
        }
        let countries = self.bounds.hosting_countries.iter().chain(&self.bounds.operator_countries);
        for country in countries {
            crate::endpoint_fields::text("bounds", country, 1..=100)?;
        }
        Ok(())
    }
}
