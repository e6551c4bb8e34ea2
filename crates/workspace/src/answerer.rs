//! What the workspace needs of whoever answers: a stream of events, cancelled by dropping it.
//!
//! The wiring gives one that asks the documents; a test gives one that it steps through by hand.

use std::{borrow::Cow, fmt};

use futures_util::stream::BoxStream;
use kaname_kernel::{ActId, CollectionId, Label, Principal};

use crate::model::{AnswerMode, Citation, MessageFault, Stage};

/// A question that is recorded and wants an answer.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks.
    pub principal: Principal,
    /// What is asked.
    pub text: String,
    /// The question before, where this one leans on it: for looking up, not for answering twice.
    pub earlier: Option<String>,
    /// Where to look; empty means everywhere the person may read.
    pub collections: Vec<CollectionId>,
    /// The label of the conversation: what is sent anywhere is at least this.
    pub label: Label,
    /// The act of the asking: acts on the way to the answer follow from it.
    pub act: ActId,
}

impl Question {
    /// The text to look up: with the question before, where this one leans on it.
    pub fn looked_up(&self) -> Cow<'_, str> {
        match &self.earlier {
            Some(earlier) => Cow::Owned(format!("{earlier}\n{}", self.text)),
            None => Cow::Borrowed(&self.text),
        }
    }
}

/// What happens on the way to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerEvent {
    /// A stage begins.
    Stage(Stage),
    /// The label of what the following text stands on. Comes before the first text.
    Label(Label),
    /// The next piece of the answer.
    Delta(String),
    /// What the answer stands on.
    Citations(Vec<Citation>),
    /// The answer is whole. The last event.
    Done(Answered),
}

/// What is known of an answer at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The whole text, where it is not just what was streamed.
    pub text: Option<String>,
    /// What kind of answer it is.
    pub mode: AnswerMode,
    /// The join of everything it stands on.
    pub label: Label,
    /// The endpoint that wrote it; none for quotations.
    pub endpoint_name: Option<String>,
}

/// Why there is no answer: a stable code and what happened.
pub type AnswerFault = MessageFault;

/// The events of one answer. Dropped, the work for it ends.
pub type Answers = BoxStream<'static, Result<AnswerEvent, AnswerFault>>;

/// Answers questions.
pub trait Answerer: Send + Sync + fmt::Debug {
    /// Begins to answer. Nothing happens until the stream is polled.
    fn answer(&self, question: Question) -> Answers;
}

impl AnswerFault {
    pub(crate) fn of(code: &'static str, detail: &str) -> Self {
        Self { code: code.to_owned(), detail: detail.to_owned() }
    }

    pub(crate) fn interrupted() -> Self {
        Self::of("workspace.interrupted", "the program ended while the answer was on its way")
    }

    pub(crate) fn timed_out() -> Self {
        Self::of("workspace.timed_out", "the answer took too long")
    }

    pub(crate) fn cut_off() -> Self {
        Self::of("workspace.cut_off", "the answer broke off before its end")
    }
}
