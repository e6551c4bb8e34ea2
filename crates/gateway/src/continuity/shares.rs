//! Who has which share of the calls, the tokens and the yen, layer by layer: a pure function of the
//! sums that the database made.

use std::collections::BTreeMap;

use kaname_platform::named_variants;
use serde::Serialize;

use super::concentration::{hhi, share};

named_variants! {
    /// What is depended on for which work.
    Layer {
        /// Models that write: every call of a chat model.
        Model = "model",
        /// Models that turn text into vectors.
        Embedding = "embedding",
        /// Where models run, whatever they do.
        Hosting = "hosting",
        /// Tools. There are none yet.
        Tool = "tool",
    }
}

named_variants! {
    /// By what calls are put together.
    Shown {
        /// Who made the model.
        Vendor = "vendor",
        /// The country of who runs it.
        OperatorCountry = "operator_country",
        /// The country where it runs.
        HostingCountry = "hosting_country",
        /// Whether its weights are open.
        Weights = "weights",
    }
}

/// Calls of one kind and one origin, summed up by the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) action: String,
    pub(crate) vendor: String,
    pub(crate) operator_country: String,
    pub(crate) hosting_country: String,
    pub(crate) open_weights: bool,
    pub(crate) amounts: Amounts,
}

/// How much of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Amounts {
    /// Calls that were let through, whatever came of them.
    pub calls: i64,
    /// Tokens in and out, as far as endpoints said.
    pub tokens: i64,
    /// Millionths of a yen, as far as prices are stated.
    pub cost_micro_yen: i64,
    /// Calls of which nobody said how many tokens they took.
    pub calls_without_tokens: i64,
    /// Calls without a cost: the endpoint has no price, runs inside this program, or is not done yet.
    pub calls_without_cost: i64,
}

impl Amounts {
    fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.cost_micro_yen = self.cost_micro_yen.saturating_add(other.cost_micro_yen);
        self.calls_without_tokens =
            self.calls_without_tokens.saturating_add(other.calls_without_tokens);
        self.calls_without_cost = self.calls_without_cost.saturating_add(other.calls_without_cost);
    }
}

/// A number for each measure; none where there is nothing to measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Measured {
    /// By calls.
    pub calls: Option<u32>,
    /// By tokens.
    pub tokens: Option<u32>,
    /// By cost.
    pub cost: Option<u32>,
}

/// Shares over a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Shares {
    /// From this moment on.
    pub since_ms: i64,
    /// Until just before this one.
    pub until_ms: i64,
    /// Layer by layer.
    pub layers: Vec<LayerShares>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LayerShares {
    /// Which.
    pub layer: Layer,
    /// All of it.
    pub total: Amounts,
    /// What it is made of, one way after another; empty where nothing is counted yet.
    pub dimensions: Vec<Dimension>,
}

/// A layer taken apart in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Dimension {
    /// In which.
    pub dimension: Shown,
    /// The Herfindahl-Hirschman index, 0 to 10,000. What is not stated counts as one holder.
    pub hhi: Measured,
    /// Its groups, the most calls first.
    pub groups: Vec<Group>,
}

/// What has one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Group {
    /// The vendor or country, or `open` and `closed`; nothing where it is not stated.
    pub value: Option<String>,
    /// How much.
    pub amounts: Amounts,
    /// Its shares in hundredths of a percent.
    pub shares: Measured,
}

/// The shares that `tallies` make.
pub(crate) fn shares_of(tallies: &[Tally], (since_ms, until_ms): (i64, i64)) -> Shares {
    let both = [Shown::OperatorCountry, Shown::HostingCountry];
    let all = [Shown::Vendor, Shown::OperatorCountry, Shown::HostingCountry, Shown::Weights];
    let layers = vec![
        layer(Layer::Model, tallies.iter().filter(|one| one.action == "chat"), &all),
        layer(Layer::Embedding, tallies.iter().filter(|one| one.action == "embed"), &all),
        layer(Layer::Hosting, tallies.iter(), &both),
        layer(Layer::Tool, [].iter(), &[]),
    ];
    Shares { since_ms, until_ms, layers }
}

fn layer<'a>(
    layer: Layer,
    tallies: impl Iterator<Item = &'a Tally>,
    shown: &[Shown],
) -> LayerShares {
    let tallies: Vec<&Tally> = tallies.collect();
    let mut total = Amounts::default();
    for tally in &tallies {
        total.add(&tally.amounts);
    }
    let dimensions = shown.iter().map(|shown| dimension(*shown, &tallies, &total)).collect();
    LayerShares { layer, total, dimensions }
}

fn dimension(shown: Shown, tallies: &[&Tally], total: &Amounts) -> Dimension {
    let mut sums: BTreeMap<&str, Amounts> = BTreeMap::new();
    for tally in tallies {
        sums.entry(value_of(shown, tally)).or_default().add(&tally.amounts);
    }
    let mut groups: Vec<Group> = sums
        .into_iter()
        .map(|(value, amounts)| Group {
            value: (!value.is_empty()).then(|| value.to_owned()),
            amounts,
            shares: Measured {
                calls: share(amounts.calls, total.calls),
                tokens: share(amounts.tokens, total.tokens),
                cost: share(amounts.cost_micro_yen, total.cost_micro_yen),
            },
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.amounts.calls));
    let hhi_by = |of: fn(&Amounts) -> i64| hhi(groups.iter().map(|group| of(&group.amounts)));
    let hhi = Measured {
        calls: hhi_by(|amounts| amounts.calls),
        tokens: hhi_by(|amounts| amounts.tokens),
        cost: hhi_by(|amounts| amounts.cost_micro_yen),
    };
    Dimension { dimension: shown, hhi, groups }
}

fn value_of(shown: Shown, tally: &Tally) -> &str {
    match shown {
        Shown::Vendor => &tally.vendor,
        Shown::OperatorCountry => &tally.operator_country,
        Shown::HostingCountry => &tally.hosting_country,
        Shown::Weights if tally.open_weights => "open",
        Shown::Weights => "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(action: &str, vendor: &str, country: &str, (calls, tokens): (i64, i64)) -> Tally {
        Tally {
            action: action.to_owned(),
            vendor: vendor.to_owned(),
            operator_country: country.to_owned(),
            hosting_country: "JP".to_owned(),
            open_weights: vendor == "甲",
            amounts: Amounts { calls, tokens, ..Amounts::default() },
        }
    }

    #[test]
    fn what_is_not_stated_is_a_group_of_its_own_and_layers_do_not_mix() {
        let tallies = [
            tally("chat", "甲", "JP", (6, 10)),
            tally("chat", "乙", "US", (2, 30)),
            tally("chat", "", "US", (2, 0)),
            tally("embed", "", "", (90, 0)),
        ];
        let shares = shares_of(&tallies, (0, 1));
        let [model, embedding, hosting, tool] = &shares.layers[..] else { panic!("four layers") };
        let vendors = &model.dimensions[0];
        let seen: Vec<_> =
            vendors.groups.iter().map(|one| (one.value.as_deref(), one.shares.calls)).collect();
        assert_eq!(
            seen,
            [(Some("甲"), Some(6_000)), (None, Some(2_000)), (Some("乙"), Some(2_000))]
        );
        assert_eq!(vendors.hhi, Measured { calls: Some(4_400), tokens: Some(6_250), cost: None });
        assert_eq!(model.dimensions[1].hhi.calls, Some(5_200));
        assert_eq!(model.dimensions[3].groups[0].value.as_deref(), Some("open"));
        assert_eq!((model.total.calls, embedding.total.calls, hosting.total.calls), (10, 90, 100));
        assert_eq!(hosting.dimensions[1].hhi.calls, Some(10_000));
        assert_eq!((tool.total, tool.dimensions.len()), (Amounts::default(), 0));
    }
}
