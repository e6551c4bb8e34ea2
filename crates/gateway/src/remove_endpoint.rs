//! Removes an endpoint and its key.

use kaname_kernel::{EndpointId, Principal};
use kaname_platform::Act;

use crate::{
    create_endpoint::{describe, require_administrator},
    error::Error,
    gateway::{Gateway, secret_name},
    routes::{Route, store as routes},
    store,
};

impl Gateway {
    /// Removes the endpoint `id` of the institution of `by`, an administrator.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::InUse`] while a route has it, since that route would silently be
    /// another; [`Error::Invalid`] for an embedded one, which can only be switched off.
    pub async fn remove_endpoint(&self, by: &Principal, id: EndpointId) -> Result<(), Error> {
        require_administrator(by)?;
        let mut tx = self.platform.db.begin().await?;
        let endpoint = store::by_id(&mut tx, by.institution, id).await?.ok_or(Error::NotFound)?;
        if endpoint.kind.is_embedded() {
            return Err(Error::invalid("kind", "an embedded endpoint can only be switched off"));
        }
        let routes = routes::all(&mut tx, by.institution).await?;
        let has_it = |route: &Route| route.legs.iter().any(|leg| leg.endpoint_id == id);
        let names: Vec<String> =
            routes.into_iter().filter(has_it).map(|route| route.public_name).collect();
        if !names.is_empty() {
            return Err(Error::InUse(names));
        }
        store::delete(&mut tx, by.institution, id).await?;
        let scope = by.institution.to_string();
        self.platform.secrets.remove(&mut tx, &scope, &secret_name(id)).await?;
        let act = describe(Act::by(by, "gateway.endpoint_removed"), &endpoint);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        self.cache.drop_endpoint(id);
        Ok(())
    }
}
