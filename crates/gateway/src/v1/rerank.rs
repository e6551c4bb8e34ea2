//! `POST /v1/rerank`: documents in the order in which they answer a question.
//!
//! An endpoint that can rerank is given the body as it came. Where the model can only embed, the
//! documents are put in order by the cosine of their vectors, and the answer says so.

use axum::{
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use kaname_budget_core::Tokens;
use kaname_guard::{Action, Purpose, Usage};
use kaname_kernel::ActId;
use kaname_model_core::{
    Dialect,
    json::{Body, Json, Limits},
};
use kaname_platform::outbound::Permit;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    arrived::{Arrived, ModelCaller, answered},
    embeddings::with_model,
    refusal::ErrorBody,
    speak::json_response,
};
use crate::{
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::Capability,
    observe::Context,
    order::{Order, Reach},
    upstream::{self, Letter},
};

/// Puts documents in the order in which they answer a question. The body is that of Jina and
/// Cohere: `model`, `query`, `documents`, `top_n`, `return_documents`; unknown fields pass to an
/// endpoint that can rerank.
#[utoipa::path(post, path = "/v1/rerank", tag = "models", operation_id = "rerank",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "The documents' places with their scores, best first"),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 429, body = ErrorBody), (status = 502, body = ErrorBody),
))]
pub(super) async fn rerank(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    answered(&gateway, Dialect::OpenAiChat, (caller, request), answer).await
}

/// What is asked, read and checked.
struct Asked {
    query: String,
    documents: Vec<String>,
    top_n: usize,
    return_documents: bool,
}

/// As the route, for a call that was read.
pub(super) async fn answer(gateway: &Gateway, arrived: Arrived) -> Result<Response, Failure> {
    let limits = Limits { bytes: gateway.config.body_bytes_max, ..Limits::default() };
    let body = Body::read(&arrived.body, limits).map_err(Error::from)?;
    let asked = read(&body, gateway.config.items_max)?;
    let able = gateway.reached_by(&arrived, &body, &[Capability::Rerank]).await;
    let own = !matches!(able, Err(Error::UnknownModel(_)));
    let (label, found) = match able {
        Err(Error::UnknownModel(_)) => {
            gateway.reached_by(&arrived, &body, &[Capability::Embeddings]).await?
        }
        able => able?,
    };
    // Scores of another model would mean something else: there is no second endpoint to try.
    let (route, why) = (found.route, (Purpose::DirectCall, Action::Rerank));
    let (reach, passage) = gateway.first_of(arrived.caller.institution, found, why).await?;
    let what = (Action::Rerank, ("request", body.text().as_bytes().to_vec()));
    let order = Order::new((&arrived.caller).into(), Purpose::DirectCall, label, what);
    let (wish, parent) = (arrived.wish(), arrived.parent);
    let (bound, context) = (bound_of(&asked, body.text()), Context::of_headers(&arrived.headers));
    let order = Order { parent, bound, route, context, wish, ..order };
    let question = with_model(&body, &Json::Null)?;
    let sent = with_model(&body, &Json::Text(reach.endpoint.model.clone()))?;
    let call = async |permit, act| {
        if own {
            pass_on(gateway, &reach, permit, (sent, asked.documents.len())).await
        } else {
            compare(gateway, &reach, (permit, act), &asked).await
        }
    };
    let (only, question) = ((&reach, passage), ("rerank", question.as_str()));
    Ok(json_response(gateway.answer_once_or_again(&order, only, question, call).await?))
}

/// A model that reads question and document together reads the question once for each.
fn bound_of(asked: &Asked, text: &str) -> Tokens {
    let questions = asked.query.len().saturating_mul(asked.documents.len());
    Tokens::new(u64::try_from(text.len().saturating_add(questions)).unwrap_or(u64::MAX), 0)
}

fn read(body: &Body<'_>, most: usize) -> Result<Asked, Error> {
    let value: Value = serde_json::from_str(body.text())
        .map_err(|_| Error::BadCall { param: None, detail: "the body is not JSON".to_owned() })?;
    let query = value.get("query").and_then(Value::as_str).filter(|query| !query.is_empty());
    let query = query.ok_or_else(|| Error::bad_call("query", "`query` must be a text"))?;
    let fault = || {
        let detail =
            format!("`documents` must be a list of 1 to {most} texts, or objects with `text`");
        Error::bad_call("documents", detail)
    };
    let documents = value.get("documents").and_then(Value::as_array).ok_or_else(fault)?;
    if documents.is_empty() || documents.len() > most {
        return Err(fault());
    }
    let text = |document: &Value| {
        let text = document.as_str().or_else(|| document.get("text").and_then(Value::as_str));
        text.map(str::to_owned).ok_or_else(fault)
    };
    let documents = documents.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let top_n = match value.get("top_n") {
        None | Some(Value::Null) => documents.len(),
        Some(number) => {
            let number = number.as_u64().filter(|number| *number > 0);
            let number = number.and_then(|number| usize::try_from(number).ok());
            number
                .ok_or_else(|| Error::bad_call("top_n", "`top_n` must be a whole number from 1"))?
        }
    };
    let return_documents = match value.get("return_documents") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => {
            let detail = "`return_documents` must be true or false";
            return Err(Error::bad_call("return_documents", detail));
        }
    };
    Ok(Asked { query: query.to_owned(), documents, top_n, return_documents })
}

#[derive(Deserialize)]
struct WireAnswer {
    results: Vec<WireResult>,
    #[serde(default)]
    usage: Option<WireTokens>,
}

#[derive(Deserialize)]
struct WireResult {
    index: usize,
    relevance_score: f64,
}

#[derive(Deserialize)]
struct WireTokens {
    prompt_tokens: Option<u64>,
    total_tokens: Option<u64>,
}

/// The upstream's answer byte for byte, once every place in it is one of the documents'.
async fn pass_on(
    gateway: &Gateway,
    reach: &Reach,
    permit: Permit,
    (body, count): (String, usize),
) -> Result<(Bytes, Usage), Error> {
    let letter = Letter {
        address: reach.bearer_address("/rerank")?,
        body: Some(Bytes::from(body)),
        accept: "application/json",
    };
    let body = upstream::call_json(&gateway.outbound, gateway.config, permit, letter).await?;
    let answer: WireAnswer = serde_json::from_slice(&body).map_err(|_| UpstreamFault::Malformed)?;
    let good = |one: &WireResult| one.index < count && one.relevance_score.is_finite();
    if answer.results.len() > count || !answer.results.iter().all(good) {
        return Err(UpstreamFault::Malformed.into());
    }
    let tokens = answer.usage.and_then(|usage| usage.prompt_tokens.or(usage.total_tokens));
    let completion_tokens = tokens.map(|_| 0);
    Ok((body, Usage { prompt_tokens: tokens, completion_tokens, cached_tokens: None }))
}

/// The order of the documents by the cosine of their vectors with the question's.
async fn compare(
    gateway: &Gateway,
    reach: &Reach,
    (permit, act): (Permit, ActId),
    asked: &Asked,
) -> Result<(Bytes, Usage), Error> {
    let texts = std::iter::once(&asked.query).chain(&asked.documents).cloned().collect();
    let (vectors, usage) = gateway.vectors(reach, permit, texts).await?;
    let (query, documents) = vectors.split_first().ok_or(UpstreamFault::Malformed)?;
    let results: Vec<Value> = ranked(query, documents)
        .into_iter()
        .take(asked.top_n)
        .map(|(index, score)| {
            let text = asked.documents.get(index).filter(|_| asked.return_documents);
            match text {
                Some(text) => {
                    json!({"index": index, "relevance_score": score, "document": {"text": text}})
                }
                None => json!({"index": index, "relevance_score": score}),
            }
        })
        .collect();
    let body = json!({
        "id": format!("rerank-{}", act.as_uuid().simple()),
        "object": "rerank",
        "model": format!("{} (cosine of embeddings)", reach.endpoint.public_name),
        "results": results,
        "usage": {"prompt_tokens": 0, "total_tokens": 0},
        "meta": {"method": "cosine_of_embeddings"},
    });
    Ok((Bytes::from(body.to_string()), usage))
}

/// Place and score of every vector, nearest first; of equal ones the earlier comes first.
fn ranked(query: &[f32], documents: &[Vec<f32>]) -> Vec<(usize, f64)> {
    let mut all: Vec<(usize, f64)> =
        documents.iter().map(|document| cosine(query, document)).enumerate().collect();
    all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    all
}

/// The cosine of the angle between two vectors; 0 where one has no direction.
fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let pairs = || one.iter().zip(other).map(|(a, b)| (f64::from(*a), f64::from(*b)));
    let product: f64 = pairs().map(|(a, b)| a * b).sum();
    let length = |sum: f64| sum.sqrt();
    let lengths =
        length(pairs().map(|(a, _)| a * a).sum()) * length(pairs().map(|(_, b)| b * b).sum());
    if lengths > 0.0 { product / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_points_the_same_way_comes_first_whatever_its_length() {
        let documents = [vec![0.0, 1.0], vec![9.0, 0.0], vec![1.0, 1.0], vec![0.0, 0.0]];
        let order: Vec<usize> =
            ranked(&[2.0, 0.0], &documents).into_iter().map(|(place, _)| place).collect();
        assert_eq!(order, [1, 2, 0, 3]);
    }

    proptest! {
        #[test]
        fn a_cosine_is_between_minus_one_and_one_and_the_same_both_ways(
            one in proptest::collection::vec(-9.0_f32..9.0, 4),
            other in proptest::collection::vec(-9.0_f32..9.0, 4),
        ) {
            let found = cosine(&one, &other);
            prop_assert!((-1.000_001..=1.000_001).contains(&found));
            prop_assert!((found - cosine(&other, &one)).abs() < 1e-12);
        }
    }
}
