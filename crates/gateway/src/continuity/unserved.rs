//! Calls that nothing in service was left to answer. They reach no endpoint, so that only here it is
//! noted that they came: on which way, for what, and nothing of their content.

use kaname_guard::{Action, Purpose};
use kaname_kernel::{ActId, EndpointId, InstitutionId, RouteId};
use kaname_platform::DbError;

use super::store;
use crate::{candidates::Candidates, error::Error, gateway::Gateway, order::Reach};

impl Gateway {
    /// Notes a call of `institution` for which nothing was left on this route or at this endpoint. An
    /// administrator's test does not count.
    pub(crate) async fn unserved(
        &self,
        institution: InstitutionId,
        way: (Option<RouteId>, Option<EndpointId>),
        (purpose, action): (Purpose, Action),
    ) -> Result<(), DbError> {
        if purpose == Purpose::EndpointTest {
            return Ok(());
        }
        let mut tx = self.platform.db.begin().await?;
        let id: ActId = self.platform.ids.next();
        let at = (id, institution, self.platform.now());
        store::insert_unserved(&mut tx, at, way, (purpose, action)).await?;
        tx.commit().await
    }

    /// The first of `found`, where no other may be tried.
    ///
    /// # Errors
    ///
    /// [`Error::Resting`], noted, when there is none.
    pub(crate) async fn first_of(
        &self,
        institution: InstitutionId,
        mut found: Candidates,
        why: (Purpose, Action),
    ) -> Result<Reach, Error> {
        if found.reaches.is_empty() {
            self.unserved(institution, found.way(), why).await?;
            return Err(Error::Resting);
        }
        Ok(found.reaches.swap_remove(0))
    }
}
