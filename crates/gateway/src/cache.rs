//! Answers that are kept for a while for whoever asked, to exactly the same question.
//!
//! In the memory of this process, bounded in bytes and in age. What is kept belongs to one reader,
//! one label and one state of one endpoint: each is part of the key, so nothing is ever given to
//! anybody else. What was forgotten in the records is not given either. Decides nothing: a hit
//! passes the door like every call.

use std::sync::Arc;

use bytes::Bytes;
use kaname_guard::Caller;
use kaname_kernel::{ActId, Actor, EndpointId, InstitutionId, Timestamp};
use quick_cache::{Weighter, sync};
use sha2::{Digest as _, Sha256};

use crate::{
    error::Error,
    gateway::Gateway,
    model::{Endpoint, Health, HealthState},
    order::Order,
};

/// What an entry takes besides its text.
const ENTRY_BYTES: usize = 256;
/// What most entries take, from which their number is guessed.
const USUAL_BYTES: usize = 4 << 10;

/// What a caller wants of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Wish {
    /// Neither look nor keep. What the program asks by itself is not kept whole.
    #[default]
    Never,
    /// Keep, but do not look.
    Fresh,
    /// Look and keep.
    Any,
}

impl Wish {
    /// What the header `cache-control` of a call says.
    pub(crate) fn of(cache_control: Option<&str>) -> Self {
        let says = |word: &str| {
            let parts = cache_control.unwrap_or_default().split(',');
            parts.map(str::trim).any(|part| part.eq_ignore_ascii_case(word))
        };
        match (says("no-store"), says("no-cache")) {
            (true, _) => Self::Never,
            (false, true) => Self::Fresh,
            (false, false) => Self::Any,
        }
    }
}

/// The hash of reader, endpoint, label and question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

/// Under which key an answer is looked for and kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    key: Key,
    keep_ms: i64,
    wish: Wish,
}

/// What is kept.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    /// A whole answer, and its text for the record.
    Answer { body: Bytes, text: Arc<str> },
    /// The vector of one text.
    Vector(Arc<[f32]>),
}

#[derive(Debug, Clone)]
struct Entry {
    institution: InstitutionId,
    endpoint: EndpointId,
    act: ActId,
    until: Timestamp,
    kept: Kept,
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, Entry> for ByBytes {
    fn weight(&self, _key: &Key, entry: &Entry) -> u64 {
        let own = match &entry.kept {
            Kept::Answer { body, text } => body.len().saturating_add(text.len()),
            Kept::Vector(vector) => size_of_val::<[f32]>(vector),
        };
        u64::try_from(own.saturating_add(ENTRY_BYTES)).unwrap_or(u64::MAX)
    }
}

/// The answers that this process keeps; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Cache(Arc<sync::Cache<Key, Entry, ByBytes>>);

impl Cache {
    /// One that holds `most` bytes.
    pub(crate) fn of_bytes(most: usize) -> Self {
        let capacity = u64::try_from(most).unwrap_or(u64::MAX);
        Self(Arc::new(sync::Cache::with_weighter(most / USUAL_BYTES, capacity, ByBytes)))
    }

    /// Lets go of everything that `endpoint` answered.
    pub(crate) fn drop_endpoint(&self, endpoint: EndpointId) {
        self.0.retain(|_, entry| entry.endpoint != endpoint);
    }
}

impl Gateway {
    /// How an answer of `endpoint` to `question`, as `order` asks it, is kept; `None` where it is not.
    ///
    /// A label with a compartment says that there is personal data or the like: nothing of it is kept
    /// unless the configuration says so.
    pub(crate) fn terms(
        &self,
        order: &Order,
        endpoint: &Endpoint,
        (kind, question): (&str, &[u8]),
    ) -> Option<Terms> {
        let label = order.joined_label();
        let plain = label.compartments().next().is_none();
        let on = endpoint.cache_seconds > 0 && self.config.cache_bytes_max > 0;
        if !on || order.wish == Wish::Never || !(plain || self.config.cache_compartments) {
            return None;
        }
        let facts = facts_of(endpoint);
        let reader = reader_of(&order.caller);
        let label = label.to_string();
        let parts: [&[u8]; 5] =
            [reader.as_bytes(), &facts, label.as_bytes(), kind.as_bytes(), question];
        let keep_ms = i64::from(endpoint.cache_seconds).saturating_mul(1_000);
        Some(Terms { key: key_of(&parts), keep_ms, wish: order.wish })
    }

    /// What is kept under `terms`, if it is still good and nobody had it forgotten.
    pub(crate) async fn kept(&self, terms: &Terms) -> Result<Option<Kept>, Error> {
        if terms.wish != Wish::Any {
            return Ok(None);
        }
        let Some(entry) = self.cache.0.get(&terms.key) else { return Ok(None) };
        let mut good = entry.until > self.platform.now();
        if good {
            let mut tx = self.platform.db.read().await?;
            good = !self.platform.is_forgotten(&mut tx, entry.institution, entry.act).await?;
        }
        if !good {
            self.cache.0.remove(&terms.key);
        }
        Ok(good.then_some(entry.kept))
    }

    /// Keeps what `endpoint` answered to the request `act`.
    pub(crate) fn keep(&self, terms: &Terms, endpoint: &Endpoint, (act, kept): (ActId, Kept)) {
        let until = self.platform.now().plus_millis(terms.keep_ms);
        let (institution, endpoint) = (endpoint.institution, endpoint.id);
        self.cache.0.insert(terms.key, Entry { institution, endpoint, act, until, kept });
    }
}

/// Who alone may be given the answer again: the person, by the same key if by one.
fn reader_of(caller: &Caller) -> String {
    match caller {
        Caller::System(institution) => format!("{institution}/system"),
        Caller::Person(person) => {
            let key = match &person.actor {
                Actor::Key { id, .. } => id.to_string(),
                Actor::Session(_) | Actor::Console => String::new(),
            };
            format!("{}/{}/{key}", person.institution, person.user)
        }
    }
}

/// Everything that was ever said of the endpoint but its health: one that is changed is another.
fn facts_of(endpoint: &Endpoint) -> Vec<u8> {
    let health = Health { state: HealthState::Unknown, checked_at_ms: None, detail: String::new() };
    serde_json::to_vec(&Endpoint { health, ..endpoint.clone() }).unwrap_or_default()
}

/// The hash of the parts, each with its length, so that none runs into the next.
fn key_of(parts: &[&[u8]]) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Key(hash.finalize().into())
}

/// Whether what was asked could be kept, and had been: the header `x-kaname-cache`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It was given again.
    Hit,
    /// It was asked anew.
    Miss,
}

impl Mark {
    /// The value of the header.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_caller_may_keep_the_cache_out_of_it() {
        for (header, wish) in [
            (None, Wish::Any),
            (Some("max-age=0"), Wish::Any),
            (Some("no-cache"), Wish::Fresh),
            (Some("max-age=0, No-Store"), Wish::Never),
            (Some("no-cache, no-store"), Wish::Never),
        ] {
            assert_eq!(Wish::of(header), wish, "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn two_keys_are_the_same_exactly_when_every_part_is(
            one in proptest::collection::vec("[ab]{0,3}", 5),
            other in proptest::collection::vec("[ab]{0,3}", 5),
        ) {
            let key = |parts: &[String]| {
                key_of(&parts.iter().map(String::as_bytes).collect::<Vec<_>>())
            };
            prop_assert_eq!(key(&one) == key(&other), one == other);
        }
    }

    #[test]
    fn what_is_kept_stays_within_its_bytes() {
        let ids = kaname_kernel::IdSource::new(
            Arc::new(kaname_testkit::FixedClock::default()),
            Arc::new(kaname_testkit::SeededEntropy::new(1)),
        );
        let cache = Cache::of_bytes(1 << 20);
        let endpoint = ids.next();
        for number in 0_u32..2_000 {
            let entry = Entry {
                institution: ids.next(),
                endpoint,
                act: ids.next(),
                until: Timestamp::from_millis(1),
                kept: Kept::Answer { body: vec![0; 2_000].into(), text: "".into() },
            };
            cache.0.insert(key_of(&[&number.to_be_bytes()]), entry);
        }
        assert!(cache.0.weight() <= 1 << 20, "{}", cache.0.weight());
        assert!(cache.0.len() > 100, "{}", cache.0.len());
        cache.drop_endpoint(endpoint);
        assert_eq!(cache.0.len(), 0);
    }
}
