//! Changes an endpoint: its clearance, whether it is on, where it is.

use kaname_kernel::{EndpointId, Principal};
use kaname_platform::{Act, Tx};

use crate::{
    create_endpoint::{describe, free_of_routes, require_administrator, taken},
    endpoint_fields::{EndpointChange, check, check_key},
    error::Error,
    gateway::{Gateway, secret_name},
    model::{Endpoint, Health, HealthState},
    store,
};

impl Gateway {
    /// Changes the endpoint `id` of the institution of `by`, an administrator.
    ///
    /// A base URL on another server drops the API key that was kept, unless a new one comes along:
    /// nobody may learn a key by pointing its endpoint elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Invalid`] by field, [`Error::NameTaken`].
    pub async fn change_endpoint(
        &self,
        by: &Principal,
        id: EndpointId,
        change: &EndpointChange,
    ) -> Result<Endpoint, Error> {
        require_administrator(by)?;
        let pack = self.guard.pack(by.institution).await?;
        let mut tx = self.platform.db.begin().await?;
        let before = store::by_id(&mut tx, by.institution, id).await?.ok_or(Error::NotFound)?;
        let mut endpoint = before.clone();
        change.apply(&mut endpoint)?;
        check(&mut endpoint, pack, self.config.allow_insecure)?;
        let moved = endpoint.target()? != before.target()?;
        self.change_key(&mut tx, &mut endpoint, change.api_key.as_deref(), moved).await?;
        if moved || endpoint.model != before.model {
            endpoint.health =
                Health { state: HealthState::Unknown, checked_at_ms: None, detail: String::new() };
        }
        free_of_routes(&mut tx, &endpoint).await?;
        store::update(&mut tx, &endpoint).await.map_err(taken)?;
        let act = describe(Act::by(by, "gateway.endpoint_changed"), &endpoint)
            .reference("clearance_before", &before.clearance)
            .reference(
                "key_changed",
                change.api_key.is_some() || before.has_api_key != endpoint.has_api_key,
            );
        self.platform.append(&mut tx, act).await?;
        tx.commit().await.map_err(taken)?;
        self.cache.drop_endpoint(id);
        Ok(endpoint)
    }

    async fn change_key(
        &self,
        tx: &mut Tx,
        endpoint: &mut Endpoint,
        given: Option<&str>,
        moved: bool,
    ) -> Result<(), Error> {
        let key = check_key(given)?;
        if let Some(key) = key {
            self.seal_key(tx, endpoint, key).await?;
            endpoint.has_api_key = true;
        } else if given.is_some() || moved {
            let scope = endpoint.institution.to_string();
            self.platform.secrets.remove(tx, &scope, &secret_name(endpoint.id)).await?;
            endpoint.has_api_key = false;
        }
        Ok(())
    }
}
