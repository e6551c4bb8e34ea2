//! Label packs: what an institution calls its ranks and compartments. Facts only, read from data.
//!
//! A pack has id, version, source, effective date and status; the laws of labels are in `kernel`.

use std::sync::LazyLock;

use kaname_kernel::{Label, LabelError};
use serde::{Deserialize, Serialize};

/// The packs shipped with the program.
const SHIPPED: [&str; 2] = [
    include_str!("../../../packs/labels/municipality.toml"),
    include_str!("../../../packs/labels/ministry.toml"),
];

static PACKS: LazyLock<Vec<LabelPack>> =
    LazyLock::new(|| SHIPPED.iter().filter_map(|text| LabelPack::parse(text).ok()).collect());

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// How far a pack has been compared with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackStatus {
    /// Compared line by line with the source.
    Verified,
    /// Written from knowledge of the source; not yet compared.
    Unverified,
}

/// One rank of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// Its place: 1 is the least sensitive.
    pub rank: u8,
    /// The source's own short key, as in `3C`.
    pub key: String,
    /// The full name.
    pub name: Named,
    /// The name where space is short.
    pub short: Named,
    /// What falls under it, in one sentence.
    pub description: Named,
}

/// One compartment of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compartment {
    /// The key in a label's text.
    pub key: String,
    /// The name.
    pub name: Named,
}

/// The names of an institution's labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelPack {
    /// Its id: `municipality`, `ministry`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Where it comes from.
    pub source: String,
    /// Since when its source applies, `YYYY-MM-DD`.
    pub effective_date: String,
    /// How far it has been compared with its source.
    pub status: PackStatus,
    /// The rank of text that says nothing of its label.
    pub default_rank: u8,
    /// The name of the whole.
    pub name: Named,
    /// Ranks from 1 upwards, without a gap.
    pub ranks: Vec<Rank>,
    /// Compartments, in the order in which screens list them.
    pub compartments: Vec<Compartment>,
}

/// Why a text is no label pack.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Not TOML, or a field is missing or unknown.
    #[error("the label pack cannot be read")]
    Form(#[from] toml::de::Error),
    /// The ranks are not 1, 2, 3 … in order, or the default is none of them.
    #[error("the ranks of a label pack must be 1, 2, 3 … in order, its default one of them")]
    Ranks,
    /// A compartment's key is not valid.
    #[error("a compartment of the label pack is not valid")]
    Compartment(#[from] LabelError),
}

impl LabelPack {
    /// The shipped pack `id`.
    pub fn shipped(id: &str) -> Option<&'static Self> {
        PACKS.iter().find(|pack| pack.id == id)
    }

    /// Reads a pack.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        let pack: Self = toml::from_str(text)?;
        let in_order = pack.ranks.iter().zip(1_u8..).all(|(rank, place)| rank.rank == place);
        let default_known = pack.ranks.iter().any(|rank| rank.rank == pack.default_rank);
        if !in_order || !default_known {
            return Err(PackError::Ranks);
        }
        pack.top()?;
        Ok(pack)
    }

    /// The label that dominates every other of this pack.
    pub fn highest(&self) -> Label {
        // `parse` has made sure that the compartments are valid.
        self.top().unwrap_or_default()
    }

    /// The label of text that says nothing of its own.
    pub fn default_label(&self) -> Label {
        Label::of_rank(self.default_rank)
    }

    /// Whether every part of `label` has a name in this pack.
    pub fn knows(&self, label: &Label) -> bool {
        label.rank() >= 1 && self.highest().dominates(label)
    }

    fn top(&self) -> Result<Label, LabelError> {
        let rank = self.ranks.last().map_or(0, |rank| rank.rank);
        self.compartments
            .iter()
            .try_fold(Label::of_rank(rank), |label, part| label.with_compartment(&part.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_pack_can_be_read_and_names_what_it_ranks() {
        for text in SHIPPED {
            let pack = LabelPack::parse(text).unwrap();
            assert_eq!(LabelPack::shipped(&pack.id), Some(&pack));
            assert!(pack.knows(&pack.highest()) && pack.knows(&pack.default_label()));
            let names =
                pack.ranks.iter().flat_map(|rank| [&rank.name, &rank.short, &rank.description]);
            let parts = pack.compartments.iter().map(|part| &part.name);
            assert!(names.chain(parts).all(|name| !name.ja.is_empty() && !name.en.is_empty()));
        }
    }

    #[test]
    fn ranks_rise_as_the_sources_say() {
        let keys = |id: &str| -> Vec<String> {
            LabelPack::shipped(id).unwrap().ranks.iter().map(|rank| rank.key.clone()).collect()
        };
        assert_eq!(keys("municipality"), ["1", "2", "3C", "3B", "3A"]);
        assert_eq!(keys("ministry"), ["1", "2", "3"]);
    }

    #[test]
    fn a_gap_a_bad_default_and_an_unknown_label_are_refused() {
        let gap = SHIPPED[1].replace("rank = 3\n", "rank = 4\n");
        assert!(matches!(LabelPack::parse(&gap), Err(PackError::Ranks)));
        let default = SHIPPED[1].replace("default_rank = 2", "default_rank = 9");
        assert!(matches!(LabelPack::parse(&default), Err(PackError::Ranks)));
        let ministry = LabelPack::shipped("ministry").unwrap();
        assert!(!ministry.knows(&Label::of_rank(4)));
        assert!(!ministry.knows(&Label::of_rank(1).with_compartment("moon").unwrap()));
    }
}
