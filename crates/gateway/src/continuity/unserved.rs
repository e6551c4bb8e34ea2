//! Calls that nothing in service was left to answer. They reach no endpoint, so that only here it is
//! noted that they came: on which way, for what, and nothing of their content.

use kaname_guard::{Action, Purpose};
use kaname_kernel::{ActId, EndpointId, InstitutionId, RouteId};
use kaname_platform::DbError;

use super::store;
use crate::gateway::Gateway;

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
}
