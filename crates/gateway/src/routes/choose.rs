//! Which endpoints a call may try, in which order: a pure function of the route and the moment.

use std::collections::HashMap;

use kaname_guard::Purpose;
use kaname_kernel::{EndpointId, Label};

use super::{Conditions, Leg, Route};
use crate::{
    breaker::Circuit,
    model::{Capability, Endpoint},
};

/// What a call asks of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) label: &'a Label,
    pub(crate) purpose: Purpose,
    /// What an endpoint must be able to do.
    pub(crate) needs: &'a [Capability],
}

/// The endpoints to try, first to last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// At least one.
    These(Vec<Endpoint>),
    /// None is cleared: this one is put to the guard, which refuses and records it.
    OnlyToRefuse(Box<Endpoint>),
    /// All that would do are left alone for a while, or taken out of service.
    Resting,
    /// None can do what is asked.
    Unable,
}

/// The endpoints of `route` that may answer `asked`: by tier, inside a tier drawn by weight.
///
/// `circuit` says how far an endpoint is trusted at the moment (a blocked one counts as open);
/// `draw` gives a number for each leg, from which the order inside a tier follows.
pub(crate) fn choose(
    route: &Route,
    endpoints: &HashMap<EndpointId, Endpoint>,
    asked: &Asked<'_>,
    circuit: impl Fn(EndpointId) -> Circuit,
    mut draw: impl FnMut() -> u64,
) -> Chosen {
    let able: Vec<(&Leg, &Endpoint)> = route
        .legs
        .iter()
        .filter_map(|leg| Some((leg, endpoints.get(&leg.endpoint_id)?)))
        .filter(|(leg, endpoint)| applies(&leg.when, asked) && keeps_to(route, endpoint, asked))
        .collect();
    let open = |endpoint: &Endpoint| endpoint.enabled && endpoint.clearance.dominates(asked.label);
    let mut ready: Vec<(u8, f64, &Endpoint)> = able
        .iter()
        .filter(|(_, endpoint)| open(endpoint))
        .filter(|(_, endpoint)| circuit(endpoint.id) != Circuit::Open)
        .map(|(leg, endpoint)| (leg.tier, place(draw(), leg.weight), *endpoint))
        .collect();
    if !ready.is_empty() {
        ready.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        return Chosen::These(ready.into_iter().map(|(_, _, endpoint)| endpoint.clone()).collect());
    }
    if able.iter().any(|(_, endpoint)| open(endpoint)) {
        return Chosen::Resting;
    }
    match able.first() {
        Some((_, endpoint)) => Chosen::OnlyToRefuse(Box::new((*endpoint).clone())),
        None => Chosen::Unable,
    }
}

/// The place of a leg inside its tier: sorting exponential draws by rate picks by weight.
fn place(draw: u64, weight: u32) -> f64 {
    // The top 53 bits fill a double's mantissa: a number above 0 and at most 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
    let uniform = ((draw >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
    -uniform.ln() / f64::from(weight.max(1))
}

fn applies(when: &Conditions, asked: &Asked<'_>) -> bool {
    when.label_from.as_ref().is_none_or(|from| asked.label.dominates(from))
        && when.label_to.as_ref().is_none_or(|to| to.dominates(asked.label))
        && (when.purposes.is_empty() || when.purposes.contains(&asked.purpose))
        && when.needs.iter().all(|need| asked.needs.contains(need))
}

fn keeps_to(route: &Route, endpoint: &Endpoint, asked: &Asked<'_>) -> bool {
    let bounds = &route.bounds;
    let among = |allowed: &[String], country: &str| {
        allowed.is_empty() || allowed.iter().any(|one| one == country)
    };
    asked.needs.iter().all(|need| endpoint.can(*need))
        && among(&bounds.hosting_countries, &endpoint.hosting_country)
        && among(&bounds.operator_countries, &endpoint.operator_country)
        && bounds.output_yen_most.is_none_or(|most| {
            endpoint.price.as_ref().is_some_and(|price| price.output_yen_at_most(most))
        })
}
