//! The documents as the workspace's answerer: the same answer as `ask` gives, event by event.

use futures_util::{StreamExt as _, future};
use kaname_knowledge::{Ask, AskEvent, Knowledge};
use kaname_platform::http::Fault as _;
use kaname_workspace::{
    AnswerEvent, AnswerFault, AnswerMode, Answered, Answerer, Answers, Citation, Question, Stage,
};

/// Answers from the documents.
#[derive(Debug, Clone)]
pub(super) struct FromDocuments(pub(super) Knowledge);

impl Answerer for FromDocuments {
    fn answer(&self, question: Question) -> Answers {
        let collections = (!question.collections.is_empty()).then(|| question.collections.clone());
        let ask = Ask {
            question: question.text,
            earlier: question.earlier,
            collections,
            quotation_only: false,
            label: Some(question.label),
            parent: Some(question.act),
        };
        let events = self.0.ask_stream(question.principal, ask);
        events
            .map(|event| match event {
                Ok(event) => Ok(translate(event)),
                Err(error) => {
                    Err(AnswerFault { code: error.code().to_owned(), detail: error.to_string() })
                }
            })
            .flat_map(|events| match events {
                Ok(events) => futures_util::stream::iter(events).map(Ok).left_stream(),
                Err(fault) => futures_util::stream::once(future::ready(Err(fault))).right_stream(),
            })
            .boxed()
    }
}

fn translate(event: AskEvent) -> Vec<AnswerEvent> {
    match event {
        AskEvent::Searching => vec![AnswerEvent::Stage(Stage::Searching)],
        AskEvent::Writing(label) => {
            vec![AnswerEvent::Stage(Stage::Writing), AnswerEvent::Label(label)]
        }
        AskEvent::Delta(text) => vec![AnswerEvent::Delta(text)],
        AskEvent::Checking => vec![AnswerEvent::Stage(Stage::Checking)],
        AskEvent::Citations(citations) => {
            vec![AnswerEvent::Citations(citations.into_iter().map(citation).collect())]
        }
        AskEvent::Done(answer) => vec![AnswerEvent::Done(Answered {
            text: Some(answer.answer),
            mode: match answer.mode {
                kaname_knowledge::AnswerMode::Quotation => AnswerMode::Quotation,
                kaname_knowledge::AnswerMode::Written => AnswerMode::Written,
                kaname_knowledge::AnswerMode::NotFound => AnswerMode::NotFound,
            },
            label: answer.label,
            endpoint_name: answer.endpoint.map(|(_, name)| name),
        })],
    }
}

fn citation(cited: kaname_knowledge::Citation) -> Citation {
    let hit = cited.hit;
    Citation {
        number: u32::try_from(cited.number).unwrap_or(u32::MAX),
        document_id: hit.document,
        title: hit.title,
        version: hit.version,
        page: hit.page.and_then(|page| u32::try_from(page).ok()),
        heading: hit.heading,
        quote: hit.quote,
        start: hit.start as u64,
        end: hit.end as u64,
        label: hit.label,
        collection_id: hit.collection,
        effective_date: hit.effective_date,
    }
}
