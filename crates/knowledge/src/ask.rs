//! Ask: a question to the documents, answered by quotation or, where a capable endpoint is
//! cleared for everything involved, in writing that cites its passages.
//!
//! The asking is on disk before anything else happens, the answer before it is given out.

use futures_util::{StreamExt as _, future, stream};
use kaname_guard::Purpose;
use kaname_kernel::{ActId, CollectionId, Label, Principal};
use kaname_platform::Act;
use tokio::sync::mpsc;

use crate::{
    Error, Knowledge,
    answer::quotation::{Contender, choose},
    model::{Answer, AnswerMode, Citation},
    retrieve::{Lookup, Ranked},
    write::Writing,
};

/// Passages handed to a model that writes.
const PASSAGES_FOR_WRITING: usize = 8;
/// Events that may wait for the reader.
const EVENTS_WAITING: usize = 64;

/// A question.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is asked.
    pub question: String,
    /// The question before, where this one leans on it: for looking up only.
    pub earlier: Option<String>,
    /// Where to look; `None` means everywhere the person may read.
    pub collections: Option<Vec<CollectionId>>,
    /// Only by quotation, even where a capable endpoint could write.
    pub quotation_only: bool,
    /// The label of what surrounds the question, a conversation say.
    pub label: Option<Label>,
    /// The act that this question follows from.
    pub parent: Option<ActId>,
}

impl Ask {
    /// `question` to everything that the person may read.
    pub fn new(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            earlier: None,
            collections: None,
            quotation_only: false,
            label: None,
            parent: None,
        }
    }
}

/// What happens on the way to an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AskEvent {
    /// The documents are searched.
    Searching,
    /// A model begins to write; the label of all that it is given.
    Writing(Label),
    /// More text.
    Delta(String),
    /// What was written is held against its passages.
    Checking,
    /// What the answer stands on.
    Citations(Vec<Citation>),
    /// The whole answer; its act is on disk. The last event.
    Done(Box<Answer>),
}

/// Where events go; whether anybody still listens is not asked here.
pub(crate) type Events = mpsc::Sender<AskEvent>;

impl Knowledge {
    /// Answers a question whole.
    pub async fn ask(&self, by: &Principal, ask: Ask) -> Result<Answer, Error> {
        let (events, mut heard) = mpsc::channel(EVENTS_WAITING);
        let drain = async { while heard.recv().await.is_some() {} };
        let (answer, ()) = future::join(self.answer(by, ask, events), drain).await;
        answer
    }

    /// Answers a question event by event.
    ///
    /// # Cancel safety
    ///
    /// Nothing happens until the stream is polled; dropping it ends the work, and a model that
    /// writes is stopped and recorded as abandoned.
    pub fn ask_stream(
        &self,
        by: Principal,
        ask: Ask,
    ) -> stream::BoxStream<'static, Result<AskEvent, Error>> {
        let knowledge = self.clone();
        let (events, heard) = mpsc::channel(EVENTS_WAITING);
        // The whole answer goes the way of the events before it, so that it cannot overtake them.
        let work = async move {
            let answer = knowledge.answer(&by, ask, events.clone()).await?;
            let _unheard = events.send(AskEvent::Done(Box::new(answer))).await;
            Ok(())
        };
        let last = stream::once(work).filter_map(|ended| future::ready(ended.err().map(Err)));
        let heard = stream::unfold(heard, |mut heard| async move {
            heard.recv().await.map(|event| (Ok(event), heard))
        });
        // The channel is read first, so that a failure comes after what could be read before it.
        stream::select_with_strategy(heard, last, |(): &mut ()| stream::PollNext::Left).boxed()
    }

    async fn answer(&self, by: &Principal, ask: Ask, events: Events) -> Result<Answer, Error> {
        let question = self.checked_question("question", &ask.question)?;
        let own = self.gateway.guard().default_label(by.institution).await?;
        let own = ask.label.as_ref().map_or_else(|| own.clone(), |label| label.join(&own));
        let asked = self.record_asked(by, &ask, &own).await?;
        let _unheard = events.send(AskEvent::Searching).await;
        let looked_up = match &ask.earlier {
            Some(earlier) => format!("{earlier}\n{question}"),
            None => question.clone(),
        };
        let lookup = Lookup {
            purpose: Purpose::Ask,
            collections: ask.collections.as_deref(),
            parent: Some(asked),
        };
        let found = self.retrieve(by, &looked_up, lookup).await?;
        let chosen = chosen(&found.ranked, found.strength);
        let mut answer = quotation(&found.ranked, &chosen, (&own, asked));
        let mut shown = false;
        if answer.mode == AnswerMode::Quotation && !ask.quotation_only {
            let passages = found.ranked.get(..PASSAGES_FOR_WRITING).unwrap_or(&found.ranked);
            let asking = (question.as_str(), &own, asked);
            match self.write(by, asking, passages, &events).await? {
                Writing::Verified(written) => answer = *written,
                Writing::Nothing { streamed } => shown = streamed,
            }
        }
        if answer.mode == AnswerMode::Quotation && !shown {
            let _unheard = events.send(AskEvent::Delta(answer.answer.clone())).await;
        }
        let _unheard = events.send(AskEvent::Citations(answer.citations.clone())).await;
        answer.act = self.record_answered(by, &answer, (asked, found.embedded.act)).await?;
        Ok(answer)
    }

    async fn record_asked(&self, by: &Principal, ask: &Ask, own: &Label) -> Result<ActId, Error> {
        let mut act =
            Act::by(by, "knowledge.asked").label(own).content("question", ask.question.as_str());
        if let Some(parent) = ask.parent {
            act = act.following(parent);
        }
        Ok(self.platform.record(act).await?)
    }

    async fn record_answered(
        &self,
        by: &Principal,
        answer: &Answer,
        (asked, embedded): (ActId, ActId),
    ) -> Result<ActId, Error> {
        let cited: Vec<String> = answer
            .citations
            .iter()
            .map(|citation| {
                let hit = &citation.hit;
                format!("{}@{}:{}-{}", hit.document, hit.version, hit.start, hit.end)
            })
            .collect();
        let mut act = Act::by(by, "knowledge.answered")
            .label(&answer.label)
            .following(asked)
            .reference("mode", answer.mode.as_str())
            .reference("citations", cited.len())
            .reference("question_vector", embedded)
            .content("cited", cited.join(" "))
            .content("answer", answer.answer.as_str());
        if let Some((endpoint, _)) = &answer.endpoint {
            act = act.reference("endpoint", endpoint);
        }
        Ok(self.platform.record(act).await?)
    }
}

/// The places of the passages to quote.
fn chosen(ranked: &[Ranked], strength: f32) -> Vec<usize> {
    let documents: Vec<String> =
        ranked.iter().map(|ranked| ranked.hit.document.to_string()).collect();
    let contenders: Vec<Contender<'_>> = ranked
        .iter()
        .zip(&documents)
        .map(|(ranked, document)| Contender {
            document,
            score: ranked.hit.score,
            features: &ranked.features,
            covered_document: ranked.covered_document,
        })
        .collect();
    choose(&contenders, strength)
}

/// The answer that quotes `chosen`; its act is still to be recorded.
fn quotation(ranked: &[Ranked], chosen: &[usize], (own, asked): (&Label, ActId)) -> Answer {
    let quoted: Vec<&Ranked> = chosen.iter().filter_map(|place| ranked.get(*place)).collect();
    let texts: Vec<&str> = quoted.iter().map(|ranked| ranked.words.as_str()).collect();
    let citations: Vec<Citation> = quoted
        .iter()
        .zip(1..)
        .map(|(ranked, number)| Citation { number, hit: ranked.hit.clone() })
        .collect();
    Answer {
        answer: texts.join("\n"),
        mode: if citations.is_empty() { AnswerMode::NotFound } else { AnswerMode::Quotation },
        label: label_of(&citations, own),
        citations,
        act: asked,
        endpoint: None,
    }
}

/// The join of what is cited; of an answer that cites nothing, the label of the question.
pub(crate) fn label_of(citations: &[Citation], own: &Label) -> Label {
    let labels = citations.iter().map(|citation| citation.hit.label.clone());
    labels.reduce(|all, one| all.join(&one)).unwrap_or_else(|| own.clone())
}
