//! Reads what shares and exits are made of, and gives it to the arithmetic.

use std::collections::BTreeMap;

use kaname_kernel::{InstitutionId, Label};

use super::{
    MONTH_MS,
    concentration::share,
    error::ContinuityError,
    exit::{Exits, Touched, View, labels_to_try},
    shares::{Shares, shares_of},
    start_drill::affected,
    store::{self, Traffic},
    ways::{WayKind, ways},
};
use crate::{
    block::Blocked,
    error::Error,
    gateway::Gateway,
    model::Endpoint,
    routes::{Route, store as routes},
    store as endpoints,
};

impl Gateway {
    /// Who has which share of the calls of `institution` from `since_ms` until `until_ms`: the last
    /// 30 days until now, where nobody says.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::Invalid`] where the span is empty.
    pub async fn shares(
        &self,
        institution: InstitutionId,
        (since_ms, until_ms): (Option<i64>, Option<i64>),
    ) -> Result<Shares, ContinuityError> {
        let until_ms = until_ms.unwrap_or_else(|| self.platform.now().as_millis());
        let since_ms = since_ms.unwrap_or_else(|| until_ms.saturating_sub(MONTH_MS));
        if since_ms >= until_ms {
            return Err(ContinuityError::invalid("since_ms", "this must be before `until_ms`"));
        }
        let mut tx = self.platform.db.read().await?;
        let tallies = store::tallies(&mut tx, institution, (since_ms, until_ms)).await?;
        Ok(shares_of(&tallies, (since_ms, until_ms)))
    }

    /// What stops in `institution` if `without` is gone, by its routes and endpoints as they are set
    /// up. What is blocked or failing at the moment does not matter.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::Invalid`] where no endpoint is such.
    pub async fn exits(
        &self,
        institution: InstitutionId,
        without: Blocked,
    ) -> Result<Exits, ContinuityError> {
        // Up to this moment, and with what began in it.
        let until_ms = self.platform.now().as_millis().saturating_add(1);
        let since_ms = until_ms.saturating_sub(MONTH_MS);
        let mut tx = self.platform.db.read().await?;
        let pack = self.guard.pack_in(&mut tx, institution).await.map_err(Error::from)?;
        let endpoints = endpoints::all(&mut tx, institution).await?;
        let gone = affected(&endpoints, &without)?;
        let routes = routes::all(&mut tx, institution).await?;
        let span = (institution, (since_ms, until_ms));
        let traffic = store::traffic(&mut tx, span, &without).await?;
        drop(tx);
        let all = sum(traffic.iter());
        let ranks = pack.ranks.iter().map(|rank| rank.rank);
        let labels = labels_to_try(ranks, named_labels(&routes, &endpoints));
        let ways = ways(institution, &routes, &endpoints);
        let view = View {
            endpoints: &self.present(endpoints),
            labels: (&labels, &pack.default_label()),
            without: &without,
            calls: all.calls,
        };
        let by_way = by_way(&traffic);
        let exit = |way| view.exit(way, by_way.get(&way.key()).copied().unwrap_or_default());
        Ok(Exits {
            ways: ways.iter().map(exit).collect(),
            endpoints: gone,
            since_ms,
            calls: all.calls,
            calls_touched: all.touched,
            touched_share: share(all.touched, all.calls),
            without,
        })
    }
}

/// The labels that endpoints are cleared for and conditions name.
fn named_labels<'a>(
    routes: &'a [Route],
    endpoints: &'a [Endpoint],
) -> impl Iterator<Item = &'a Label> {
    let legs = routes.iter().flat_map(|route| &route.legs);
    let conditions = legs.flat_map(|leg| leg.when.label_from.iter().chain(&leg.when.label_to));
    endpoints.iter().map(|endpoint| &endpoint.clearance).chain(conditions)
}

fn sum<'a>(traffic: impl Iterator<Item = &'a Traffic>) -> Touched {
    traffic.fold(Touched::default(), |all, one| all.plus(one.calls, one.touched))
}

fn by_way(traffic: &[Traffic]) -> BTreeMap<(WayKind, &str), Touched> {
    let mut sums: BTreeMap<(WayKind, &str), Touched> = BTreeMap::new();
    for one in traffic {
        let sum = sums.entry((one.way.0, &one.way.1)).or_default();
        *sum = sum.plus(one.calls, one.touched);
    }
    sums
}
