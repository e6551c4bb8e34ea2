//! Adds, changes and removes routes; each an act.

use kaname_kernel::{InstitutionId, Principal, RouteId};
use kaname_platform::{Act, Tx};

use super::{NewRoute, Route, RouteChange, store};
use crate::{
    create_endpoint::{require_administrator, taken},
    error::Error,
    gateway::Gateway,
    store as endpoints,
};

impl Gateway {
    /// Every route of `institution`, oldest first.
    pub async fn routes(&self, institution: InstitutionId) -> Result<Vec<Route>, Error> {
        let mut tx = self.platform.db.read().await?;
        Ok(store::all(&mut tx, institution).await?)
    }

    /// The route `id` of `institution`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also for a route of another institution.
    pub async fn route(&self, institution: InstitutionId, id: RouteId) -> Result<Route, Error> {
        let mut tx = self.platform.db.read().await?;
        store::by_id(&mut tx, institution, id).await?.ok_or(Error::NotFound)
    }

    /// Adds the route `new` to the institution of `by`, an administrator. It is switched on.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] by field; [`Error::NameTaken`], also by an endpoint.
    pub async fn create_route(&self, by: &Principal, new: NewRoute) -> Result<Route, Error> {
        require_administrator(by)?;
        let route = Route {
            id: self.platform.ids.next(),
            institution: by.institution,
            public_name: new.public_name.trim().to_owned(),
            name: new.name.trim().to_owned(),
            enabled: true,
            legs: new.legs,
            bounds: new.bounds,
            serves_workspace: new.serves_workspace,
            created_at_ms: self.platform.now().as_millis(),
        };
        let mut tx = self.platform.db.begin().await?;
        self.check_route(&mut tx, &route).await?;
        store::insert(&mut tx, &route).await.map_err(taken)?;
        let before = store::keep_workspace(&mut tx, &route).await?;
        let act = describe(Act::by(by, "gateway.route_created"), &route);
        self.platform.append(&mut tx, taking_over(act, before)).await?;
        tx.commit().await.map_err(taken)?;
        Ok(route)
    }

    /// Changes the route `id` of the institution of `by`, an administrator.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Invalid`] by field, [`Error::NameTaken`].
    pub async fn change_route(
        &self,
        by: &Principal,
        id: RouteId,
        change: &RouteChange,
    ) -> Result<Route, Error> {
        require_administrator(by)?;
        let mut tx = self.platform.db.begin().await?;
        let found = store::by_id(&mut tx, by.institution, id).await?;
        let mut route = found.ok_or(Error::NotFound)?;
        change.apply(&mut route)?;
        self.check_route(&mut tx, &route).await?;
        store::update(&mut tx, &route).await.map_err(taken)?;
        let before = store::keep_workspace(&mut tx, &route).await?;
        let act = describe(Act::by(by, "gateway.route_changed"), &route);
        self.platform.append(&mut tx, taking_over(act, before)).await?;
        tx.commit().await.map_err(taken)?;
        Ok(route)
    }

    /// Removes the route `id` of the institution of `by`, an administrator.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn remove_route(&self, by: &Principal, id: RouteId) -> Result<(), Error> {
        require_administrator(by)?;
        let mut tx = self.platform.db.begin().await?;
        let found = store::by_id(&mut tx, by.institution, id).await?;
        let route = found.ok_or(Error::NotFound)?;
        store::delete(&mut tx, by.institution, id).await?;
        let act = describe(Act::by(by, "gateway.route_removed"), &route);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Checks `route` by itself and against the endpoints and the label pack of its institution.
    async fn check_route(&self, tx: &mut Tx, route: &Route) -> Result<(), Error> {
        route.check()?;
        let institution = route.institution;
        if endpoints::by_public_name(tx, institution, &route.public_name).await?.is_some() {
            return Err(Error::NameTaken);
        }
        let pack = self.guard.pack(institution).await?;
        for leg in &route.legs {
            if endpoints::by_id(tx, institution, leg.endpoint_id).await?.is_none() {
                return Err(Error::invalid("legs", "there is no such endpoint"));
            }
            let labels = [&leg.when.label_from, &leg.when.label_to];
            if labels.into_iter().flatten().any(|label| !pack.knows(label)) {
                return Err(Error::invalid("legs", "the label pack does not know this label"));
            }
        }
        Ok(())
    }
}

/// What an act about `route` says of it.
fn describe(act: Act, route: &Route) -> Act {
    act.reference("route", route.id)
        .reference("enabled", route.enabled)
        .reference("serves_workspace", route.serves_workspace)
        .content("route", serde_json::to_vec(route).unwrap_or_default())
}

/// `act`, and which route served the workspace until then, if this one takes that over.
fn taking_over(act: Act, before: Option<RouteId>) -> Act {
    before.into_iter().fold(act, |act, before| act.reference("workspace_taken_from", before))
}
