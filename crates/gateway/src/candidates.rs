//! Which endpoints may answer a call, in the order to try: by the name that the caller wrote, or,
//! for the other slices, by what has to be done.

use std::{collections::HashMap, time::Duration};

use kaname_guard::{Action, Caller};
use kaname_kernel::{EndpointId, InstitutionId, RouteId};
use kaname_platform::db::Conn;

use crate::{
    block,
    breaker::Circuit,
    chat_stream::ChatRequest,
    error::Error,
    gateway::Gateway,
    model::{Capability, Endpoint, EndpointKind, Language},
    order::Reach,
    routes::{Asked, Bounds, Chosen, Conditions, Leg, Route, choose, store as routes},
    store,
};

/// The endpoints to try, first to last; none while all that would do are left alone.
#[derive(Debug, Clone)]
pub(crate) struct Candidates {
    pub(crate) reaches: Vec<Reach>,
    /// The route that was named or that serves the workspace, for the record.
    pub(crate) route: Option<RouteId>,
    /// The endpoint that was named itself.
    pub(crate) named: Option<EndpointId>,
    /// After which time without content another one is asked alongside, if ever.
    pub(crate) hedge_after: Option<Duration>,
}

impl Candidates {
    /// This endpoint and no other.
    pub(crate) fn only(reach: Reach) -> Self {
        Self {
            named: Some(reach.endpoint.id),
            reaches: vec![reach],
            route: None,
            hedge_after: None,
        }
    }

    /// What they stand behind: a route or the endpoint itself.
    pub(crate) fn way(&self) -> (Option<RouteId>, Option<EndpointId>) {
        (self.route, self.named)
    }
}

impl Gateway {
    /// The endpoints for the model `name` that a caller wrote: a route's, or the one of that name.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`] when nothing of that name can do it.
    pub(crate) async fn named(
        &self,
        conn: &mut Conn,
        (institution, name): (InstitutionId, &str),
        asked: &Asked<'_>,
    ) -> Result<Candidates, Error> {
        let unknown = || Error::UnknownModel(name.to_owned());
        let found = routes::by_public_name(conn, institution, name).await?;
        if let Some(route) = found.filter(|route| route.enabled) {
            let endpoints = store::all(conn, institution).await?;
            let chosen = self.choose_of(conn, &route, endpoints, asked).await?;
            let reached = self.reached(conn, chosen, &route).await?.ok_or_else(unknown)?;
            return Ok(Candidates { route: Some(route.id), ..reached });
        }
        let found = store::by_public_name(conn, institution, name).await?;
        let endpoint = found.ok_or_else(unknown)?;
        let (id, route) = (endpoint.id, own_route(&endpoint));
        // What it does beyond its first capability is between the caller and the endpoint.
        let asked = Asked { needs: asked.needs.get(..1).unwrap_or_default(), ..asked.clone() };
        let chosen = self.choose_of(conn, &route, vec![endpoint], &asked).await?;
        let reached = self.reached(conn, chosen, &route).await?.ok_or_else(unknown)?;
        Ok(Candidates { named: Some(id), ..reached })
    }

    /// The endpoints for something that another slice needs done: for text those of the route that
    /// serves the workspace, if there is one, else the first of all, whatever their names.
    ///
    /// The embedded models come first for vectors, since the index is made of theirs, and last for
    /// text. When none is cleared, the first is given, so that the guard refuses and records it.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`] when none can do it.
    pub(crate) async fn any(
        &self,
        caller: &Caller,
        asked: &Asked<'_>,
        language: Option<Language>,
    ) -> Result<Candidates, Error> {
        let mut tx = self.platform.db.read().await?;
        let (route, chosen) = self.chosen(&mut tx, caller.institution(), asked, language).await?;
        let reached = self.reached(&mut tx, chosen, &route).await?.ok_or(Error::NoEndpoint)?;
        Ok(Candidates { route: route.serves_workspace.then_some(route.id), ..reached })
    }

    /// The endpoint that `request` would be put to first: one that is on, in service, cleared for all
    /// of it and trusted with its language. None where nobody could answer.
    ///
    /// Endpoints that were added come before the embedded generator, which is small. A language
    /// that an endpoint does not claim is one it cannot be trusted with. That everything on the
    /// route that serves the workspace is out of service is noted, since no call will tell of it.
    pub async fn capable_endpoint(
        &self,
        caller: &Caller,
        request: &ChatRequest,
    ) -> Result<Option<Endpoint>, Error> {
        let (institution, label) = (caller.institution(), request.joined_label());
        let asked = request.asked(&label);
        let mut tx = self.platform.db.read().await?;
        let (route, chosen) = self.chosen(&mut tx, institution, &asked, request.language).await?;
        drop(tx);
        match chosen {
            Chosen::These(endpoints) => return Ok(endpoints.into_iter().next()),
            Chosen::Resting if route.serves_workspace => {
                let way = (Some(route.id), None);
                self.unserved(institution, way, (request.purpose, Action::Chat)).await?;
            }
            _ => {}
        }
        Ok(None)
    }

    async fn chosen(
        &self,
        conn: &mut Conn,
        institution: InstitutionId,
        asked: &Asked<'_>,
        language: Option<Language>,
    ) -> Result<(Route, Chosen), Error> {
        let endpoints = store::all(conn, institution).await?;
        let routes = routes::all(conn, institution).await?;
        let what = (asked.needs, language);
        let route = route_of_own_use(institution, (&routes, &endpoints), what);
        let chosen = self.choose_of(conn, &route, endpoints, asked).await?;
        Ok((route, chosen))
    }

    async fn choose_of(
        &self,
        conn: &mut Conn,
        route: &Route,
        endpoints: Vec<Endpoint>,
        asked: &Asked<'_>,
    ) -> Result<Chosen, Error> {
        let now = self.platform.now();
        let blocks = block::active(conn, route.institution, now).await?;
        let blocked = |endpoint: &Endpoint| blocks.iter().any(|block| block.holds(endpoint));
        let by_id = self.present(endpoints);
        let circuit = |id: EndpointId| match by_id.get(&id) {
            Some(endpoint) if blocked(endpoint) => Circuit::Open,
            _ => self.traffic.circuit(id, now),
        };
        let draw = || u64::from_le_bytes(self.platform.random::<8>());
        Ok(choose(route, &by_id, asked, circuit, draw))
    }

    /// What was chosen, with keys; `None` when nothing can do it.
    async fn reached(
        &self,
        conn: &mut Conn,
        chosen: Chosen,
        route: &Route,
    ) -> Result<Option<Candidates>, Error> {
        let mut endpoints = match chosen {
            Chosen::These(endpoints) => endpoints,
            Chosen::OnlyToRefuse(endpoint) => vec![*endpoint],
            Chosen::Resting => Vec::new(),
            Chosen::Unable => return Ok(None),
        };
        if !route.fails_over() {
            endpoints.truncate(1);
        }
        let mut reaches = Vec::with_capacity(endpoints.len());
        for endpoint in endpoints {
            reaches.push(self.with_key(conn, endpoint).await?);
        }
        let hedge_after = route.hedge_after();
        Ok(Some(Candidates { reaches, route: None, named: None, hedge_after }))
    }

    /// Those of `endpoints` behind which something is there to answer.
    pub(crate) fn present(&self, endpoints: Vec<Endpoint>) -> HashMap<EndpointId, Endpoint> {
        let here = endpoints.into_iter().filter(|endpoint| self.is_present(endpoint));
        here.map(|endpoint| (endpoint.id, endpoint)).collect()
    }

    /// Whether what answers there is part of this process, or another server.
    fn is_present(&self, endpoint: &Endpoint) -> bool {
        match endpoint.kind {
            EndpointKind::EmbeddedEmbedding => {
                self.embedder.as_ref().is_some_and(|model| model.model() == endpoint.model)
            }
            EndpointKind::EmbeddedGeneration => {
                self.generator.as_ref().is_some_and(|model| model.model() == endpoint.model)
            }
            _ => true,
        }
    }
}

/// Vectors of the embedded model are what the index is made of; its text is the last resort.
fn rank_of(kind: EndpointKind) -> u8 {
    match kind {
        EndpointKind::EmbeddedEmbedding => 0,
        EndpointKind::EmbeddedGeneration => 2,
        _ => 1,
    }
}

fn leg(endpoint_id: EndpointId, tier: u8) -> Leg {
    Leg { endpoint_id, tier, weight: 1, when: Conditions::default() }
}

/// The route of an endpoint that is called by its own name: itself alone.
pub(crate) fn own_route(endpoint: &Endpoint) -> Route {
    unnamed(endpoint.institution, vec![leg(endpoint.id, 0)])
}

/// The route for what the program itself needs done, over what can be trusted with `language`: for
/// text the one that serves the workspace, if there is one, else every endpoint in a fixed order, of
/// which one is tried.
pub(crate) fn route_of_own_use(
    institution: InstitutionId,
    (routes, endpoints): (&[Route], &[Endpoint]),
    (needs, language): (&[Capability], Option<Language>),
) -> Route {
    let speaks = |one: &&Endpoint| language.is_none_or(|spoken| one.languages.contains(&spoken));
    let mut able: Vec<&Endpoint> = endpoints.iter().filter(speaks).collect();
    let serving = routes.iter().find(|route| route.enabled && route.serves_workspace);
    // Vectors of another model would mean something else: they go by no route.
    if let Some(route) = serving.filter(|_| needs.contains(&Capability::Chat)) {
        let is_able = |leg: &&Leg| able.iter().any(|one| one.id == leg.endpoint_id);
        let legs = route.legs.iter().filter(is_able).cloned().collect();
        return Route { legs, ..route.clone() };
    }
    able.sort_by_key(|endpoint| rank_of(endpoint.kind));
    let legs = able.iter().zip(0..=u8::MAX).map(|(one, tier)| leg(one.id, tier)).collect();
    let bounds = Bounds { failover: Some(false), ..Bounds::default() };
    Route { bounds, ..unnamed(institution, legs) }
}

/// A route that is nobody's: what the program itself puts together.
fn unnamed(institution: InstitutionId, legs: Vec<Leg>) -> Route {
    Route {
        id: RouteId::from_uuid(institution.as_uuid()),
        institution,
        public_name: String::new(),
        name: String::new(),
        enabled: true,
        legs,
        bounds: Bounds::default(),
        serves_workspace: false,
        created_at_ms: 0,
    }
}
