//! Follows one answer from its first event to its end, and keeps it, whoever goes away.

use std::pin::pin;

use futures_util::StreamExt as _;
use kaname_kernel::Label;
use kaname_platform::{Act, http::Fault as _};
use tokio::sync::mpsc;

use crate::{
    AnswerEvent, AnswerFault, Answered, Citation, Error, Event, Message, MessageState, Role,
    Workspace,
    ask::Turn,
    store::{Owner, conversations, messages},
};

/// The act of an answer, whole or not.
pub(crate) const ANSWERED: &str = "workspace.answered";

/// How an answer ended.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Complete(Answered),
    Stopped,
    Failed(AnswerFault),
}

/// What came of an answer so far.
#[derive(Debug, Default)]
struct Draft {
    text: String,
    citations: Vec<Citation>,
    label: Option<Label>,
}

impl Workspace {
    /// Passes the answer on to `events`, keeps it, and only then says how it ended.
    pub(crate) async fn answer(&self, turn: Turn, events: mpsc::Sender<Event>) {
        let mut draft = Draft::default();
        let ending = self.follow(&turn, &events, &mut draft).await;
        let message = draft.into_message(&turn, ending);
        let last = self.keep(&turn, message).await.unwrap_or_else(|error| {
            let cause = &error as &dyn std::error::Error;
            tracing::error!(message = %turn.place.message(), error = cause, "answer not kept");
            let fault = AnswerFault { code: error.code().to_owned(), detail: error.to_string() };
            Event::Failed { fault, message: None }
        });
        // All is on disk: another question may come even before the last event is read.
        drop(turn);
        let waiting = self.platform.tasks.stopping();
        tokio::select! {
            biased;
            _unheard = events.send(last) => {}
            () = waiting.cancelled() => {}
            () = tokio::time::sleep(self.config.answer_time_max) => {}
        }
    }

    async fn follow(&self, turn: &Turn, events: &mpsc::Sender<Event>, draft: &mut Draft) -> Ending {
        let stopping = self.platform.tasks.stopping();
        let mut leave = pin!(async {
            tokio::select! {
                () = turn.place.stop().cancelled() => Ending::Stopped,
                () = events.closed() => Ending::Stopped,
                () = stopping.cancelled() => Ending::Failed(AnswerFault::interrupted()),
                () = tokio::time::sleep(self.config.answer_time_max) => {
                    Ending::Failed(AnswerFault::timed_out())
                }
            }
        });
        let mut answers = self.answerer.answer(turn.question.clone());
        loop {
            let next = tokio::select! {
                biased;
                ending = &mut leave => return ending,
                next = answers.next() => next,
            };
            let event = match next {
                None => return Ending::Failed(AnswerFault::cut_off()),
                Some(Err(fault)) => return Ending::Failed(fault),
                Some(Ok(AnswerEvent::Done(answered))) => return Ending::Complete(answered),
                Some(Ok(event)) => draft.take(event),
            };
            let Some(event) = event else { continue };
            tokio::select! {
                biased;
                ending = &mut leave => return ending,
                sent = events.send(event) => if sent.is_err() { return Ending::Stopped },
            }
        }
    }

    /// Writes the answer, the label of the conversation and the act in one transaction.
    async fn keep(&self, turn: &Turn, mut message: Message) -> Result<Event, Error> {
        let principal = &turn.question.principal;
        let owner = Owner::from(principal);
        let mut tx = self.platform.db.begin().await?;
        let found = conversations::lock(&mut tx, owner, turn.conversation).await?;
        message.act_id = self.platform.ids.next();
        let act = answered_act(turn, &message);
        // Of a conversation that was deleted meanwhile nothing more is written but the act.
        let act = if found.is_some() { act.content("answer", message.text.as_str()) } else { act };
        self.platform.append(&mut tx, act).await?;
        let kept = messages::close(&mut tx, owner.institution, &message).await?;
        let Some(mut conversation) = found.filter(|_| kept) else {
            tx.commit().await?;
            let fault = AnswerFault::of(Error::NotFound.code(), &Error::NotFound.to_string());
            return Ok(Event::Failed { fault, message: None });
        };
        conversation.label = conversation.label.join(&message.label);
        conversation.updated_at = self.platform.now();
        conversations::update(&mut tx, owner, &conversation).await?;
        conversation.message_count += 1;
        tx.commit().await?;
        Ok(match message.error.clone() {
            Some(fault) => Event::Failed { fault, message: Some(message) },
            None => Event::Done { message, conversation },
        })
    }
}

impl Draft {
    /// Takes an event in; gives what is passed on of it.
    fn take(&mut self, event: AnswerEvent) -> Option<Event> {
        match event {
            AnswerEvent::Stage(stage) => Some(Event::Stage(stage)),
            AnswerEvent::Label(label) => {
                self.raise(&label);
                None
            }
            AnswerEvent::Delta(text) => {
                self.text.push_str(&text);
                Some(Event::Delta(text))
            }
            AnswerEvent::Citations(citations) => {
                for citation in &citations {
                    self.raise(&citation.label);
                }
                self.citations.clone_from(&citations);
                Some(Event::Citations(citations))
            }
            AnswerEvent::Done(_) => None,
        }
    }

    fn raise(&mut self, label: &Label) {
        self.label = Some(self.label.as_ref().map_or_else(|| label.clone(), |own| own.join(label)));
    }

    /// The answer as it is kept. Its label is never lower than anything it may stand on: of text
    /// whose label was not told, that is the person's clearance, the bound of all that was read.
    fn into_message(self, turn: &Turn, ending: Ending) -> Message {
        let asked = &turn.user_message;
        let untold =
            if self.text.is_empty() { &asked.label } else { &turn.question.principal.clearance };
        let told = self.label.as_ref().unwrap_or(untold).join(&asked.label);
        let mut message = Message {
            id: turn.place.message(),
            role: Role::Assistant,
            text: self.text,
            citations: self.citations,
            label: told,
            mode: None,
            state: MessageState::Stopped,
            ..asked.clone()
        };
        match ending {
            Ending::Stopped => {}
            Ending::Failed(fault) => {
                message.state = MessageState::Failed;
                message.error = Some(fault);
            }
            Ending::Complete(answered) => {
                let known = message
                    .citations
                    .iter()
                    .fold(answered.label, |label, citation| label.join(&citation.label));
                message.label = known.join(&asked.label);
                message.state = MessageState::Complete;
                message.mode = Some(answered.mode);
                message.endpoint_name = answered.endpoint_name;
                message.text = answered.text.unwrap_or(message.text);
            }
        }
        message
    }
}

fn answered_act(turn: &Turn, message: &Message) -> Act {
    let act = Act::by(&turn.question.principal, ANSWERED)
        .with_id(message.act_id)
        .label(&message.label)
        .following(turn.question.act)
        .reference("conversation", turn.conversation)
        .reference("message", message.id)
        .reference("state", message.state.as_str())
        .reference("citations", message.citations.len());
    let act = match message.mode {
        Some(mode) => act.reference("mode", mode.as_str()),
        None => act,
    };
    match &message.error {
        Some(fault) => act.reference("code", &fault.code),
        None => act,
    }
}
