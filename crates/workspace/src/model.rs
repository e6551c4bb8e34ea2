//! What a conversation is made of. These are also the shapes of the API.

use kaname_kernel::{ActId, CollectionId, ConversationId, DocumentId, Label, MessageId, Timestamp};
use kaname_platform::named_variants;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// Messages of one conversation at most, so that it can always be read whole.
pub(crate) const MESSAGES_MAX: i64 = 1_000;

named_variants! {
    /// Who speaks.
    Role {
        /// The person.
        User = "user",
        /// The system.
        Assistant = "assistant",
    }
}

named_variants! {
    /// How a message ended.
    MessageState {
        /// It is whole.
        Complete = "complete",
        /// The person stopped it or went away; what was shown is kept.
        Stopped = "stopped",
        /// It went wrong; what was shown is kept.
        Failed = "failed",
    }
}

named_variants! {
    /// What kind of answer it is.
    AnswerMode {
        /// Sentences of the documents, word for word.
        Quotation = "quotation",
        /// Written by a model from the documents.
        Written = "written",
        /// No document answers it.
        NotFound = "not_found",
    }
}

named_variants! {
    /// What is being done for an answer.
    Stage {
        /// Looking for passages.
        Searching = "searching",
        /// A model writes.
        Writing = "writing",
        /// What was written is held against its passages.
        Checking = "checking",
    }
}

/// The place in a document that a sentence stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MessageCitation)]
pub struct Citation {
    /// The number that the text refers to, as in `[1]`.
    pub number: u32,
    /// The document.
    #[schema(value_type = String)]
    pub document_id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: i64,
    /// The page, where the format has pages.
    pub page: Option<u32>,
    /// The heading above.
    pub heading: Option<String>,
    /// The passage, word for word.
    pub quote: String,
    /// Where it starts in the document's text, in bytes.
    pub start: u64,
    /// Where it ends, in bytes.
    pub end: u64,
    /// The document's label.
    #[schema(value_type = String)]
    pub label: Label,
    /// The collection that it was found in.
    #[schema(value_type = String)]
    pub collection_id: CollectionId,
    /// Since when the document applies, `YYYY-MM-DD`.
    pub effective_date: Option<String>,
}

/// A conversation, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conversation {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ConversationId,
    /// Its title; empty until the first question.
    pub title: String,
    /// The join of everything said in it. Never falls.
    #[schema(value_type = String)]
    pub label: Label,
    /// Where answers are looked for; empty means everywhere the person may read.
    #[schema(value_type = Vec<String>)]
    pub collection_ids: Vec<CollectionId>,
    /// When it was begun.
    #[serde(rename = "created_at_ms", serialize_with = "as_millis")]
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// When something last happened in it.
    #[serde(rename = "updated_at_ms", serialize_with = "as_millis")]
    #[schema(value_type = i64)]
    pub updated_at: Timestamp,
    /// Messages in it, without an answer on its way.
    pub message_count: i64,
    /// The act of its beginning.
    #[serde(skip)]
    pub act: ActId,
}

/// Why an answer failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageFault {
    /// The stable code.
    pub code: String,
    /// What happened, in English; screens translate by code.
    pub detail: String,
}

/// A question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Message {
    /// Its id.
    #[schema(value_type = String)]
    pub id: MessageId,
    /// Who speaks.
    #[schema(inline)]
    pub role: Role,
    /// The text, plain.
    pub text: String,
    /// What kind of answer it is; none for a question, or for an answer that did not come so far.
    pub mode: Option<AnswerMode>,
    /// What the text stands on.
    pub citations: Vec<Citation>,
    /// The label of what it says.
    #[schema(value_type = String)]
    pub label: Label,
    /// How it ended.
    pub state: MessageState,
    /// Why it failed.
    pub error: Option<MessageFault>,
    /// The act that proves it: of the asking, or of the answer.
    #[schema(value_type = String)]
    pub act_id: ActId,
    /// The endpoint that wrote it; none for quotations.
    pub endpoint_name: Option<String>,
    /// When it was begun.
    #[serde(rename = "created_at_ms", serialize_with = "as_millis")]
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn as_millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.as_millis())
}
