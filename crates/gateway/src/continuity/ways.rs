//! The ways on which calls come: routes, endpoints by their own names, and the program's own uses.
//! What stops is said way by way, and so is what a drill left without an answer.

use std::collections::HashMap;

use kaname_guard::{Action, Purpose};
use kaname_kernel::{EndpointId, InstitutionId};
use kaname_platform::named_variants;

use crate::{
    candidates::{own_route, route_of_own_use},
    model::{Capability, Endpoint, Language},
    routes::Route,
};

named_variants! {
    /// How a call names what it wants.
    WayKind {
        /// By the name of a route.
        Route = "route",
        /// By the name of an endpoint.
        Endpoint = "endpoint",
        /// Not at all: the program asks for an answer to a question, or for vectors.
        OwnUse = "own_use",
    }
}

/// What a call asks for on a way, and the route that is tried for it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) route: Route,
    pub(super) needs: Vec<Capability>,
    pub(super) language: Option<Language>,
}

/// One way.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) kind: WayKind,
    /// The id of the route or endpoint.
    pub(super) id: Option<String>,
    /// The name that callers write; `answers` and `vectors` for own uses.
    pub(super) public_name: String,
    /// What people call it; for an own use, the route that serves it, if one does.
    pub(super) name: String,
    pub(super) purpose: Purpose,
    pub(super) cases: Vec<Case>,
}

/// What a call can need: the work first, then what few endpoints can do besides.
const NEEDS: [&[Capability]; 7] = [
    &[Capability::Chat],
    &[Capability::Chat, Capability::Tools],
    &[Capability::Chat, Capability::Images],
    &[Capability::Chat, Capability::Files],
    &[Capability::Chat, Capability::StructuredOutput],
    &[Capability::Embeddings],
    &[Capability::Rerank],
];

/// Every way of `institution`, over what is switched on.
pub(super) fn ways(
    institution: InstitutionId,
    routes: &[Route],
    endpoints: &[Endpoint],
) -> Vec<Way> {
    let named = routes.iter().filter(|route| route.enabled).map(way_of_route);
    let on = endpoints.iter().filter(|endpoint| endpoint.enabled).map(way_of_endpoint);
    named.chain(on).chain(own_uses(institution, routes, endpoints)).collect()
}

fn way_of_route(route: &Route) -> Way {
    let case = |needs: &&[Capability]| Case {
        route: route.clone(),
        needs: needs.to_vec(),
        language: None,
    };
    Way {
        kind: WayKind::Route,
        id: Some(route.id.to_string()),
        public_name: route.public_name.clone(),
        name: route.name.clone(),
        purpose: Purpose::DirectCall,
        cases: NEEDS.iter().map(case).collect(),
    }
}

fn way_of_endpoint(endpoint: &Endpoint) -> Way {
    // What an endpoint can do beyond its work is between it and a caller who names it.
    let works = NEEDS.iter().filter(|needs| needs.len() == 1);
    let case = |needs: &&[Capability]| Case {
        route: own_route(endpoint),
        needs: needs.to_vec(),
        language: None,
    };
    Way {
        kind: WayKind::Endpoint,
        id: Some(endpoint.id.to_string()),
        public_name: endpoint.public_name.clone(),
        name: endpoint.name.clone(),
        purpose: Purpose::DirectCall,
        cases: works.map(case).collect(),
    }
}

/// Answers to questions in both languages, and vectors for the index.
fn own_uses(institution: InstitutionId, routes: &[Route], endpoints: &[Endpoint]) -> [Way; 2] {
    let case = |needs: Capability, language| Case {
        route: route_of_own_use(institution, (routes, endpoints), (&[needs], language)),
        needs: vec![needs],
        language,
    };
    let way = |name: &str, purpose, cases: Vec<Case>| Way {
        kind: WayKind::OwnUse,
        id: None,
        public_name: name.to_owned(),
        name: cases.first().map(|case| case.route.name.clone()).unwrap_or_default(),
        purpose,
        cases,
    };
    let spoken = [Language::Ja, Language::En].map(|one| case(Capability::Chat, Some(one)));
    [
        way("answers", Purpose::Ask, spoken.to_vec()),
        way("vectors", Purpose::Index, vec![case(Capability::Embeddings, None)]),
    ]
}

/// The way of calls with these columns: its kind, and its id or the name of the use. A question on the
/// workspace's screens is an own use also where a route serves it: nobody called that by its name.
pub(super) fn way_key(
    route: Option<&str>,
    endpoint: Option<&str>,
    (purpose, action): (&str, &str),
) -> (WayKind, String) {
    let named = purpose == Purpose::DirectCall.as_str();
    match (route, endpoint) {
        (Some(route), _) if named => (WayKind::Route, route.to_owned()),
        (None, Some(endpoint)) if named => (WayKind::Endpoint, endpoint.to_owned()),
        _ if action == Action::Embed.as_str() => (WayKind::OwnUse, "vectors".to_owned()),
        _ => (WayKind::OwnUse, "answers".to_owned()),
    }
}

impl Way {
    /// What [`way_key`] gives for its calls.
    pub(super) fn key(&self) -> (WayKind, &str) {
        (self.kind, self.id.as_deref().unwrap_or(&self.public_name))
    }
}

/// Endpoints by their ids.
pub(super) type ById = HashMap<EndpointId, Endpoint>;
