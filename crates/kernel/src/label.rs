//! The label (取扱区分): a rank and a set of compartments, ordered as a lattice.
//!
//! Labels only rise: [`Label::join`] is the one way to combine two. What a rank or a compartment
//! is called, and where it maps to, is a rule pack of the institution; here are only the laws.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// At most this many compartments in one label.
pub const MAX_COMPARTMENTS: usize = 16;

/// A rank plus a set of compartments.
///
/// `dominates` is a partial order, `join` its least upper bound. The canonical text form is the
/// rank, then each compartment in order, joined by `+`: `2`, `3+my_number+personal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label {
    rank: u8,
    compartments: BTreeSet<String>,
}

/// Why a text is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The part before the first `+` is not a number from 0 to 255.
    #[error("the rank of a label must be a whole number from 0 to 255")]
    Rank,
    /// A compartment's key is empty, over 32 characters, or not of `a-z`, `0-9`, `_`.
    #[error("a compartment must be 1 to 32 characters of a-z, 0-9 or _")]
    Compartment,
    /// More than [`MAX_COMPARTMENTS`] compartments.
    #[error("a label has at most {MAX_COMPARTMENTS} compartments")]
    TooMany,
}

impl Label {
    /// A label of `rank` without compartments.
    pub fn of_rank(rank: u8) -> Self {
        Self { rank, compartments: BTreeSet::new() }
    }

    /// This label with one more compartment.
    ///
    /// # Errors
    ///
    /// When the key is not valid or the label is full.
    pub fn with_compartment(mut self, key: &str) -> Result<Self, LabelError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if key.is_empty() || key.len() > 32 || !key.chars().all(allowed) {
            return Err(LabelError::Compartment);
        }
        self.compartments.insert(key.to_owned());
        if self.compartments.len() > MAX_COMPARTMENTS {
            return Err(LabelError::TooMany);
        }
        Ok(self)
    }

    /// The rank: higher is more sensitive.
    pub fn rank(&self) -> u8 {
        self.rank
    }

    /// The compartments' keys, in order.
    pub fn compartments(&self) -> impl Iterator<Item = &str> {
        self.compartments.iter().map(String::as_str)
    }

    /// The least label that dominates both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self {
            rank: self.rank.max(other.rank),
            compartments: self.compartments.union(&other.compartments).cloned().collect(),
        }
    }

    /// Whether what is cleared for `self` may handle what is labelled `other`.
    pub fn dominates(&self, other: &Self) -> bool {
        self.rank >= other.rank && self.compartments.is_superset(&other.compartments)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rank)?;
        self.compartments.iter().try_for_each(|key| write!(f, "+{key}"))
    }
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let mut parts = text.split('+');
        let rank = parts.next().unwrap_or_default();
        if rank.is_empty() || !rank.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LabelError::Rank);
        }
        let rank = rank.parse().map_err(|_| LabelError::Rank)?;
        parts.try_fold(Self::of_rank(rank), Self::with_compartment)
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;

    fn try_from(text: String) -> Result<Self, LabelError> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_label() -> impl Strategy<Value = Label> {
        (0_u8..4, proptest::collection::btree_set("[a-d]", 0..4))
            .prop_map(|(rank, compartments)| Label { rank, compartments })
    }

    proptest! {
        #[test]
        fn join_is_the_least_upper_bound(a in any_label(), b in any_label(), c in any_label()) {
            let join = a.join(&b);
            prop_assert!(join.dominates(&a) && join.dominates(&b));
            if c.dominates(&a) && c.dominates(&b) {
                prop_assert!(c.dominates(&join));
            }
        }

        #[test]
        fn join_is_commutative_associative_and_idempotent(
            a in any_label(), b in any_label(), c in any_label()
        ) {
            prop_assert_eq!(a.join(&b), b.join(&a));
            prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
            prop_assert_eq!(a.join(&a), a);
        }

        #[test]
        fn dominance_is_a_partial_order(a in any_label(), b in any_label(), c in any_label()) {
            prop_assert!(a.dominates(&a));
            if a.dominates(&b) && b.dominates(&a) {
                prop_assert_eq!(&a, &b);
            }
            if a.dominates(&b) && b.dominates(&c) {
                prop_assert!(a.dominates(&c));
            }
        }

        #[test]
        fn canonical_text_round_trips(a in any_label()) {
            prop_assert_eq!(a.to_string().parse::<Label>(), Ok(a));
        }
    }

    #[test]
    fn bad_texts_are_refused_by_name() {
        assert_eq!("".parse::<Label>(), Err(LabelError::Rank));
        assert_eq!("+1".parse::<Label>(), Err(LabelError::Rank));
        assert_eq!("256".parse::<Label>(), Err(LabelError::Rank));
        assert_eq!("1+".parse::<Label>(), Err(LabelError::Compartment));
        assert_eq!("1+個人".parse::<Label>(), Err(LabelError::Compartment));
    }
}
