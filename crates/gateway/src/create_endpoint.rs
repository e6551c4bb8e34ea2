//! Adds an endpoint.

use kaname_identity::{require_person, require_role};
use kaname_kernel::{Principal, Role};
use kaname_platform::{Act, DbError, Tx};

use crate::{
    endpoint_fields::{NewEndpoint, check, check_key},
    error::Error,
    gateway::{Gateway, secret_name},
    model::{Endpoint, Health, HealthState},
    routes::store as routes,
    store,
};

impl Gateway {
    /// Adds the endpoint `new` to the institution of `by`, an administrator. It is switched on.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] by field; [`Error::NameTaken`].
    pub async fn create_endpoint(
        &self,
        by: &Principal,
        new: NewEndpoint,
    ) -> Result<Endpoint, Error> {
        require_administrator(by)?;
        if new.kind.is_embedded() {
            return Err(Error::invalid("kind", "embedded endpoints are made by the program"));
        }
        let key = check_key(new.api_key.as_deref())?.map(str::to_owned);
        let mut endpoint = Endpoint {
            id: self.platform.ids.next(),
            institution: by.institution,
            name: new.name.trim().to_owned(),
            kind: new.kind,
            base_url: new.base_url,
            has_api_key: key.is_some(),
            model: new.model.trim().to_owned(),
            public_name: new.public_name.trim().to_owned(),
            capabilities: new.capabilities,
            languages: new.languages,
            clearance: new.clearance,
            enabled: true,
            vendor: new.vendor.trim().to_owned(),
            operator_country: new.operator_country.trim().to_owned(),
            hosting_country: new.hosting_country.trim().to_owned(),
            open_weights: new.open_weights,
            licence: new.licence.trim().to_owned(),
            dialects: new.dialects,
            region: new.region.trim().to_owned(),
            context_tokens: new.context_tokens,
            concurrent_max: new.concurrent_max,
            cache_seconds: new.cache_seconds,
            price: new.price,
            created_at_ms: self.platform.now().as_millis(),
            health: Health {
                state: HealthState::Unknown,
                checked_at_ms: None,
                detail: String::new(),
            },
        };
        check(&mut endpoint, self.guard.pack(by.institution).await?, self.config.allow_insecure)?;
        let mut tx = self.platform.db.begin().await?;
        free_of_routes(&mut tx, &endpoint).await?;
        store::insert(&mut tx, &endpoint).await.map_err(taken)?;
        if let Some(key) = key {
            self.seal_key(&mut tx, &endpoint, &key).await?;
        }
        let act = describe(Act::by(by, "gateway.endpoint_created"), &endpoint);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await.map_err(taken)?;
        Ok(endpoint)
    }

    pub(crate) async fn seal_key(
        &self,
        tx: &mut Tx,
        endpoint: &Endpoint,
        key: &str,
    ) -> Result<(), Error> {
        let scope = endpoint.institution.to_string();
        let name = secret_name(endpoint.id);
        Ok(self.platform.secrets.put(tx, &scope, &name, key.as_bytes()).await?)
    }
}

pub(crate) fn require_administrator(by: &Principal) -> Result<(), Error> {
    require_person(by)?;
    Ok(require_role(by, &[Role::Administrator])?)
}

/// What an act about `endpoint` says of it: never the key.
pub(crate) fn describe(act: Act, endpoint: &Endpoint) -> Act {
    let facts = serde_json::to_vec(endpoint).unwrap_or_default();
    act.reference("endpoint", endpoint.id)
        .reference("clearance", &endpoint.clearance)
        .reference("enabled", endpoint.enabled)
        .content("endpoint", facts)
}

/// Endpoints and routes share one space of names: which one a caller means is never a guess.
pub(crate) async fn free_of_routes(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), Error> {
    let found = routes::by_public_name(tx, endpoint.institution, &endpoint.public_name).await?;
    found.map_or(Ok(()), |_| Err(Error::NameTaken))
}

/// A conflict on endpoints is always the public name.
pub(crate) fn taken(error: DbError) -> Error {
    match error {
        DbError::Conflict(_) => Error::NameTaken,
        other => Error::Db(other),
    }
}
