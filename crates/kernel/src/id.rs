//! Typed identifiers: UUID version 7, so that ids made later sort later.
//!
//! An id of one kind cannot be passed for another. Their text form is the hyphenated UUID.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::{Clock, Entropy};

/// The text is not a hyphenated UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a hyphenated UUID")]
pub struct ParseIdError;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that a store or a caller gave.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError)
            }
        }
    )+};
}

typed_ids! {
    /// One thing worth proving, in the act log.
    ActId,
    /// Many calls that are made one after another in the background.
    BatchId,
    /// A budget or rate of somebody in the institution.
    BudgetId,
    /// A collection of documents (文書集).
    CollectionId,
    /// One conversation of a person with the system.
    ConversationId,
    /// A department (課) of an institution.
    DepartmentId,
    /// A document in a collection.
    DocumentId,
    /// An exercise in doing without something.
    DrillId,
    /// A model endpoint.
    EndpointId,
    /// A file of calls, or of what came of them.
    FileId,
    /// An institution (機関): the border of isolation.
    InstitutionId,
    /// A durable job.
    JobId,
    /// An API key.
    KeyId,
    /// One message in a conversation.
    MessageId,
    /// A named way to one or more endpoints.
    RouteId,
    /// A signed-in session.
    SessionId,
    /// A team inside a department.
    TeamId,
    /// A person with an account.
    UserId,
}

/// Makes ids from a clock and entropy; ids from one source rise strictly.
#[derive(Debug, Clone)]
pub struct IdSource {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<Mutex<u128>>,
}

impl IdSource {
    /// A source that reads `clock` and `entropy`.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, last: Arc::new(Mutex::new(0)) }
    }

    /// A fresh id, greater than every one this source gave before.
    pub fn next<Id: From<Uuid>>(&self) -> Id {
        let mut random = [0_u8; 10];
        self.entropy.fill(&mut random);
        let millis = u64::try_from(self.clock.now().as_millis()).unwrap_or(0);
        let fresh = Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that stands still or steps back must not break the order: the sequence goes
        // on from the last id. Adding one keeps version and variant bits for 2^62 ids.
        *last = if fresh > *last { fresh } else { last.saturating_add(1) };
        Id::from(Uuid::from_u128(*last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1_700_000_000_000)
        }
    }

    impl Entropy for Still {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn ids_rise_even_when_time_and_randomness_stand_still() {
        let source = IdSource::new(Arc::new(Still), Arc::new(Still));
        let ids: Vec<ActId> = (0..100).map(|_| source.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.as_uuid().get_version_num() == 7));
    }

    #[test]
    fn text_round_trips_and_garbage_is_refused() {
        let source = IdSource::new(Arc::new(Still), Arc::new(Still));
        let id: UserId = source.next();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("'; drop table".parse::<UserId>(), Err(ParseIdError));
    }
}
