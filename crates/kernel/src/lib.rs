//! The words that every layer of Kaname shares: ids, labels, principals, time and randomness.
//!
//! Knows nothing of storage, HTTP or an asynchronous runtime. Time, randomness and ids come in
//! through the traits here, so that every layer above can be replayed in a test.

mod clock;
mod id;
mod label;
mod principal;

pub use clock::{Clock, Entropy, Timestamp};
pub use id::{
    ActId, BatchId, BudgetId, CollectionId, ConversationId, DepartmentId, DocumentId, DrillId,
    EndpointId, FileId, IdSource, InstitutionId, JobId, KeyId, MessageId, ParseIdError, RouteId,
    SessionId, TeamId, UserId,
};
pub use label::{Label, LabelError, MAX_COMPARTMENTS};
pub use principal::{Actor, ParseRoleError, Principal, Role, Scope};
