//! What stops if an endpoint, a vendor or a country is gone: each way is put to the same choice that
//! real calls are, once as it is and once without.

use std::collections::{BTreeMap, BTreeSet};

use kaname_kernel::{EndpointId, Label};
use kaname_platform::named_variants;
use serde::Serialize;

use super::{
    concentration::share,
    ways::{ById, Case, Way, WayKind},
};
use crate::{
    block::Blocked,
    breaker::Circuit,
    model::{Capability, Endpoint, Language},
    routes::{Asked, Chosen, choose},
};

named_variants! {
    /// What becomes of a way.
    ExitOutcome {
        /// Nothing changes.
        Unchanged = "unchanged",
        /// Everything goes on, with fewer endpoints behind it.
        Fewer = "fewer",
        /// It goes on, but no longer for every label or everything it could do.
        Partly = "partly",
        /// It stops.
        Stops = "stops",
        /// Nothing answers there as it is.
        NotServed = "not_served",
    }
}

/// An endpoint by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct NamedEndpoint {
    /// Its id.
    #[schema(value_type = String)]
    pub id: EndpointId,
    /// What administrators call it.
    pub name: String,
}

/// What a way can do, and for which labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ability {
    /// What a call needs.
    pub needs: Vec<Capability>,
    /// The language, where the way looks at it.
    pub language: Option<Language>,
    /// The highest labels that are served now; several where none of them dominates the others.
    #[schema(value_type = Vec<String>)]
    pub highest_before: Vec<Label>,
    /// The highest labels that are served without it; none when it stops.
    #[schema(value_type = Vec<String>)]
    pub highest_after: Vec<Label>,
    /// The labels at which it stops.
    #[schema(value_type = Vec<String>)]
    pub stops_at: Vec<Label>,
}

/// What becomes of one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Exit {
    /// What kind of way it is.
    pub kind: WayKind,
    /// The route or endpoint; none for an own use.
    pub id: Option<String>,
    /// The name that callers write; `answers` or `vectors` for an own use.
    pub public_name: String,
    /// What people call it; for an own use, the route that serves it, empty where none does.
    pub name: String,
    /// In a word.
    pub outcome: ExitOutcome,
    /// The endpoints that go on.
    pub remaining: Vec<NamedEndpoint>,
    /// The endpoints that are gone.
    pub gone: Vec<NamedEndpoint>,
    /// What it can do, thing by thing.
    pub abilities: Vec<Ability>,
    /// Its calls of the last 30 days.
    pub calls: i64,
    /// Those of them that went to what would be gone.
    pub calls_touched: i64,
    /// These as a share of all calls of the institution, in hundredths of a percent.
    pub touched_share: Option<u32>,
}

/// What stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Exits {
    /// What would be gone.
    #[serde(flatten)]
    pub without: Blocked,
    /// The endpoints of which that is true.
    pub endpoints: Vec<NamedEndpoint>,
    /// Since when calls are counted: 30 days ago.
    pub since_ms: i64,
    /// All calls since then.
    pub calls: i64,
    /// Those that went to what would be gone.
    pub calls_touched: i64,
    /// These as a share of all, in hundredths of a percent.
    pub touched_share: Option<u32>,
    /// Way by way.
    pub ways: Vec<Exit>,
}

/// Calls of a way in a span.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Touched {
    pub(super) calls: i64,
    pub(super) touched: i64,
}

impl Touched {
    /// These and so many more.
    pub(super) fn plus(self, calls: i64, touched: i64) -> Self {
        Self {
            calls: self.calls.saturating_add(calls),
            touched: self.touched.saturating_add(touched),
        }
    }
}

/// What every way is looked at with.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) endpoints: &'a ById,
    /// The labels that are tried, and the one that a direct call has at least.
    pub(super) labels: (&'a BTreeSet<LabelOrder>, &'a Label),
    pub(super) without: &'a Blocked,
    /// All calls of the institution.
    pub(super) calls: i64,
}

/// A label in an order of its text: rank first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LabelOrder(u8, String);

impl LabelOrder {
    pub(super) fn of(label: &Label) -> Self {
        Self(label.rank(), label.to_string())
    }

    fn label(&self) -> Label {
        // It was made of a label.
        self.1.parse().unwrap_or_default()
    }
}

impl View<'_> {
    /// What becomes of `way`, of which `traffic` is known.
    pub(super) fn exit(&self, way: &Way, traffic: Touched) -> Exit {
        let (mut before, mut after) = (Behind::new(), Behind::new());
        let abilities: Vec<Ability> = way
            .cases
            .iter()
            .filter_map(|case| self.ability(way, case, (&mut before, &mut after)))
            .collect();
        let gone = before.iter().filter(|(id, _)| !after.contains_key(id));
        let gone: Vec<_> = gone.map(|(_, endpoint)| endpoint.clone()).collect();
        let outcome = if abilities.is_empty() {
            ExitOutcome::NotServed
        } else if abilities.iter().all(|ability| ability.highest_after.is_empty()) {
            ExitOutcome::Stops
        } else if abilities.iter().any(|ability| !ability.stops_at.is_empty()) {
            ExitOutcome::Partly
        } else if gone.is_empty() {
            ExitOutcome::Unchanged
        } else {
            ExitOutcome::Fewer
        };
        Exit {
            kind: way.kind,
            id: way.id.clone(),
            public_name: way.public_name.clone(),
            name: way.name.clone(),
            outcome,
            remaining: after.into_values().collect(),
            gone,
            abilities,
            calls: traffic.calls,
            calls_touched: traffic.touched,
            touched_share: share(traffic.touched, self.calls),
        }
    }

    /// What `way` can do of `case` before and after, if anything; who serves it is added to `behind`.
    fn ability(
        &self,
        way: &Way,
        case: &Case,
        (behind_before, behind_after): (&mut Behind, &mut Behind),
    ) -> Option<Ability> {
        let (labels, least) = self.labels;
        let (mut before, mut after, mut stops_at) = (Vec::new(), Vec::new(), Vec::new());
        for label in labels.iter().map(LabelOrder::label) {
            // A caller's own text has the institution's default label at least.
            if way.kind != WayKind::OwnUse && !label.dominates(least) {
                continue;
            }
            let asked = Asked { label: &label, purpose: way.purpose, needs: &case.needs };
            let now = self.serving(case, &asked, |_| false);
            let then = self.serving(case, &asked, |endpoint| self.without.holds(endpoint));
            let (served, serves) = (!now.is_empty(), !then.is_empty());
            behind_before.extend(now);
            behind_after.extend(then);
            if served && !serves {
                stops_at.push(label.clone());
            }
            if serves {
                after.push(label.clone());
            }
            if served {
                before.push(label);
            }
        }
        (!before.is_empty()).then(|| Ability {
            needs: case.needs.clone(),
            language: case.language,
            highest_before: highest(&before),
            highest_after: highest(&after),
            stops_at,
        })
    }

    /// Who may be tried for `asked`, as real calls are put: whoever is gone counts as blocked.
    fn serving(&self, case: &Case, asked: &Asked<'_>, gone: impl Fn(&Endpoint) -> bool) -> Behind {
        let circuit = |id: EndpointId| match self.endpoints.get(&id) {
            Some(endpoint) if gone(endpoint) => Circuit::Open,
            _ => Circuit::Closed,
        };
        match choose(&case.route, self.endpoints, asked, circuit, || 0) {
            Chosen::These(endpoints) => {
                endpoints.iter().map(|endpoint| (endpoint.id, named(endpoint))).collect()
            }
            _ => Behind::new(),
        }
    }
}

type Behind = BTreeMap<EndpointId, NamedEndpoint>;

/// `endpoint` by its name.
pub(super) fn named(endpoint: &Endpoint) -> NamedEndpoint {
    NamedEndpoint { id: endpoint.id, name: endpoint.name.clone() }
}

/// Those of `labels` that no other of them dominates.
fn highest(labels: &[Label]) -> Vec<Label> {
    let topped = |one: &Label| labels.iter().any(|other| other != one && other.dominates(one));
    labels.iter().filter(|one| !topped(one)).cloned().collect()
}

/// The labels to try: every rank, alone and with every set of compartments that an endpoint is cleared
/// for or a condition names. What is served changes nowhere else.
pub(super) fn labels_to_try<'a>(
    ranks: impl Iterator<Item = u8>,
    named: impl Iterator<Item = &'a Label>,
) -> BTreeSet<LabelOrder> {
    let mut sets: BTreeSet<Vec<String>> = [Vec::new()].into();
    sets.extend(named.map(|label| label.compartments().map(str::to_owned).collect()));
    let with = |rank: u8, set: &Vec<String>| {
        set.iter().try_fold(Label::of_rank(rank), |label, key| label.with_compartment(key)).ok()
    };
    ranks
        .flat_map(|rank| sets.iter().filter_map(move |set| with(rank, set)).collect::<Vec<_>>())
        .map(|label| LabelOrder::of(&label))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_labels_are_those_that_no_other_dominates() {
        let label = |text: &str| text.parse::<Label>().unwrap();
        let served: Vec<Label> = ["1", "2", "1+personal", "3"].map(label).to_vec();
        assert_eq!(highest(&served), [label("1+personal"), label("3")]);
        assert!(highest(&[]).is_empty());
    }

    #[test]
    fn every_rank_is_tried_alone_and_with_each_set_of_compartments() {
        let named = ["2+personal".parse::<Label>().unwrap(), Label::of_rank(1)];
        let tried: Vec<String> = labels_to_try([1_u8, 2].into_iter(), named.iter())
            .iter()
            .map(|label| label.label().to_string())
            .collect();
        assert_eq!(tried, ["1", "1+personal", "2", "2+personal"]);
    }
}
