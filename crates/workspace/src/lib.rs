//! Conversations of people with the system: kept, labelled, and answered as a stream.
//!
//! Invariants: a conversation is its owner's alone, for everybody else it is not there; its label
//! only rises; a question is on disk before anything is done about it, and an answer with its act
//! before the last event says so; one answer at a time per conversation; what was shown is kept,
//! whoever goes away. Knows no model: answers come from an [`Answerer`].

mod answer;
mod answerer;
mod ask;
mod change_conversation;
mod close_open_messages;
mod config;
mod create_conversation;
mod delete_conversation;
mod error;
mod follow_up;
mod http;
mod list_conversations;
mod model;
mod read_conversation;
mod running;
mod stop_answer;
mod store;
mod text;
mod workspace;

pub use self::{
    answerer::{AnswerEvent, AnswerFault, Answered, Answerer, Answers, Question},
    ask::{Answering, Event, NewQuestion},
    change_conversation::Change,
    config::Config,
    error::{Error, FieldError},
    http::{ROUTES, router},
    list_conversations::Listed,
    model::{AnswerMode, Citation, Conversation, Message, MessageFault, MessageState, Role, Stage},
    text::{QUESTION_LENGTH_MAX, TITLE_LENGTH_MAX},
    workspace::Workspace,
};
