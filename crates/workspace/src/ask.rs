//! Takes a question: on disk with its act, and a place for the answer, before anything is done.

use kaname_kernel::{ActId, CollectionId, ConversationId, Label, MessageId, Principal};
use kaname_platform::{Act, DbError, Tx};
use tokio::sync::{mpsc, oneshot};

use crate::{
    AnswerFault, Citation, Conversation, Error, Message, MessageState, Question, Role, Stage,
    Workspace, follow_up,
    model::MESSAGES_MAX,
    running::Place,
    store::{Owner, conversations, messages},
    text,
    workspace::require_cleared,
};

/// Events that wait for a client that reads slowly; more are held back at their source.
const EVENTS_WAITING: usize = 64;

/// What a person asks.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    /// The question.
    pub text: String,
    /// Where to look, from now on in this conversation; `None` keeps what it has.
    pub collections: Option<Vec<CollectionId>>,
}

/// A question that is on disk, and where its answer arrives.
#[derive(Debug)]
pub struct Answering {
    /// The question as it was kept.
    pub user_message: Message,
    /// The id that the answer will have.
    pub message_id: MessageId,
    /// The act of the asking.
    pub act_id: ActId,
    /// The answer. Dropped, the answer stops and what came so far is kept.
    pub events: mpsc::Receiver<Event>,
}

/// What the person sees of an answer on its way. `Done` or `Failed` is the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A stage begins.
    Stage(Stage),
    /// The next piece of text.
    Delta(String),
    /// What the text stands on.
    Citations(Vec<Citation>),
    /// The answer, complete or stopped, is on disk with its act.
    Done {
        /// The answer.
        message: Message,
        /// The conversation after it.
        conversation: Conversation,
    },
    /// It went wrong.
    Failed {
        /// Why.
        fault: AnswerFault,
        /// What was kept of it, if anything could be.
        message: Option<Message>,
    },
}

/// A question that was taken and waits for its answer.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) question: Question,
    pub(crate) conversation: ConversationId,
    pub(crate) user_message: Message,
    pub(crate) place: Place,
}

impl Workspace {
    /// Asks `question` in the conversation `id` of `principal`.
    ///
    /// # Errors
    ///
    /// [`Error::AnswerRunning`] while another answer is on its way there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future, or the events, stops the answer; the question stays.
    pub async fn ask(
        &self,
        principal: &Principal,
        id: ConversationId,
        question: NewQuestion,
    ) -> Result<Answering, Error> {
        let text = text::question(&question.text)?;
        let selected = question.collections.map(text::collections).transpose()?;
        let label = self.label_of_writing(principal).await?;
        let user_message = self.user_message(text, label);
        let places = self.config.answers_at_once_max;
        let place = self.running.enter(id, self.platform.ids.next(), places).ok_or(Error::Busy)?;
        let (sender, receiver) = oneshot::channel();
        let (workspace, principal) = (self.clone(), principal.clone());
        self.platform.tasks.spawn("workspace-answer", async move {
            let draft = Draft { principal, id, selected, user_message, place };
            match workspace.take(draft).await {
                Err(error) => drop(sender.send(Err(error))),
                Ok(turn) => {
                    let (events, shown) = mpsc::channel(EVENTS_WAITING);
                    // If nobody waits any more, the receiver of the events goes with this.
                    let _unheard = sender.send(Ok(turn.shown_by(shown)));
                    workspace.answer(turn, events).await;
                }
            }
        });
        receiver.await.map_err(|_| Error::Stopping)?
    }

    /// Writes the question, its act and the open answer in one transaction.
    async fn take(&self, draft: Draft) -> Result<Turn, Error> {
        let Draft { principal, id, selected, user_message, place } = draft;
        let owner = Owner::from(&principal);
        let mut tx = self.platform.db.begin().await?;
        let found = conversations::lock(&mut tx, owner, id).await?;
        let mut conversation = found.ok_or(Error::NotFound)?;
        require_cleared(&principal, &conversation)?;
        self.close_dead(&mut tx, id).await?;
        if conversation.message_count >= MESSAGES_MAX {
            return Err(Error::Full);
        }
        if conversation.title.is_empty() {
            conversation.title = text::title_from(&user_message.text);
        }
        if let Some(selected) = selected {
            conversation.collection_ids = selected;
        }
        conversation.label = conversation.label.join(&user_message.label);
        conversation.updated_at = self.platform.now();
        let at = (owner.institution, id);
        let mut earlier = None;
        if follow_up::leans_back(&user_message.text) {
            earlier = messages::last_question(&mut tx, at).await?;
        }
        let asked = self.append_asked(&mut tx, &principal, &conversation, &user_message).await?;
        messages::insert(&mut tx, at, &user_message).await?;
        let open = open_answer(&user_message, place.message());
        messages::insert_open(&mut tx, at, &open).await.map_err(one_at_a_time)?;
        conversations::update(&mut tx, owner, &conversation).await?;
        tx.commit().await?;
        let question = Question {
            principal,
            text: user_message.text.clone(),
            earlier,
            collections: conversation.collection_ids,
            label: conversation.label,
            act: asked,
        };
        Ok(Turn { question, conversation: id, user_message, place })
    }

    async fn append_asked(
        &self,
        tx: &mut Tx,
        principal: &Principal,
        conversation: &Conversation,
        message: &Message,
    ) -> Result<ActId, DbError> {
        let names: Vec<String> =
            conversation.collection_ids.iter().map(ToString::to_string).collect();
        let act = Act::by(principal, "workspace.question_asked")
            .with_id(message.act_id)
            .label(&conversation.label)
            .reference("conversation", conversation.id)
            .reference("message", message.id)
            .content("question", message.text.as_str());
        // No selection is no reference: answers are looked for wherever the person may read.
        let act =
            if names.is_empty() { act } else { act.reference("collections", names.join(",")) };
        self.platform.append(tx, act).await
    }

    fn user_message(&self, text: String, label: Label) -> Message {
        Message {
            id: self.platform.ids.next(),
            role: Role::User,
            text,
            mode: None,
            citations: Vec::new(),
            label,
            state: MessageState::Complete,
            error: None,
            act_id: self.platform.ids.next(),
            endpoint_name: None,
            created_at: self.platform.now(),
        }
    }
}

/// What is needed to take a question.
struct Draft {
    principal: Principal,
    id: ConversationId,
    selected: Option<Vec<CollectionId>>,
    user_message: Message,
    place: Place,
}

impl Turn {
    fn shown_by(&self, events: mpsc::Receiver<Event>) -> Answering {
        Answering {
            user_message: self.user_message.clone(),
            message_id: self.place.message(),
            act_id: self.question.act,
            events,
        }
    }
}

/// The answer to `asked` while nothing of it is known.
fn open_answer(asked: &Message, id: MessageId) -> Message {
    Message { id, role: Role::Assistant, text: String::new(), ..asked.clone() }
}

/// The only row that can be in the way of an open answer is another open answer.
fn one_at_a_time(error: DbError) -> Error {
    match error {
        DbError::Conflict(_) => Error::AnswerRunning,
        other => Error::Db(other),
    }
}
