//! The verb by which other slices have text turned into vectors: one attempt and outcome a batch.

use std::fmt::Write as _;

use bytes::Bytes;
use kaname_budget_core::Tokens;
use kaname_guard::{Action, Caller, Purpose, Usage};
use kaname_kernel::{ActId, EndpointId, Label};
use kaname_platform::outbound::Permit;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    cache::{Kept, Wish},
    chat::not_here,
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::Capability,
    order::{Order, Reach, Settled, settled_kept},
    routes::Asked,
    traffic::Passage,
    upstream::{self, Letter},
};

/// A batch of texts that is to become vectors.
#[derive(Debug, Clone)]
pub struct EmbedRequest {
    /// Why.
    pub purpose: Purpose,
    /// The join of the texts' labels.
    pub label: Label,
    /// The act that leads to this: the call's acts follow from it, and are forgotten with it.
    pub parent: Option<ActId>,
    /// The texts.
    pub texts: Vec<String>,
}

/// The vectors of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// One vector per text, in order.
    pub vectors: Vec<Vec<f32>>,
    /// The model's name: vectors of different models never meet.
    pub model: String,
    /// The endpoint that answered.
    pub endpoint: EndpointId,
    /// The act of the request.
    pub act: ActId,
}

impl Gateway {
    /// Turns texts into vectors at an endpoint that is cleared for their label.
    ///
    /// The embedded model goes before every other, since the index is made of its vectors. For
    /// documents the act commits to the texts' hash, for questions to the text itself.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndpoint`] when none can do it; the guard's refusal, recorded, when none is
    /// cleared; what the model did wrong.
    pub async fn embed(&self, caller: &Caller, request: EmbedRequest) -> Result<Embedded, Failure> {
        let EmbedRequest { purpose, label, parent, texts } = request;
        if texts.is_empty() || texts.len() > self.config.items_max {
            let detail = format!("there must be 1 to {} texts", self.config.items_max);
            return Err(Error::bad_call("input", detail).into());
        }
        let asked = Asked { label: &label, purpose, needs: &[Capability::Embeddings] };
        let found = self.any(caller, &asked, None).await?;
        let why = (purpose, Action::Embed);
        let (reach, passage) = self.first_of(caller.institution(), found, why).await?;
        let (endpoint, model) = (reach.endpoint.id, reach.endpoint.model.clone());
        let what = (Action::Embed, content_of(purpose, &texts));
        // No tokeniser makes more tokens of a text than it has bytes; the record may hold a hash.
        let bytes: usize = texts.iter().map(String::len).sum();
        let bound = Tokens::new(u64::try_from(bytes).unwrap_or(u64::MAX), 0);
        let order = Order::new(caller.clone(), purpose, label, what);
        let order = Order { parent, bound, wish: Wish::Any, ..order };
        let settled = self.vectors_kept_or_new(&order, (&reach, passage), texts).await?;
        Ok(Embedded { vectors: settled.answer, model, endpoint, act: settled.act })
    }

    /// The vectors of `texts`: those that are kept, and the rest from the endpoint.
    async fn vectors_kept_or_new(
        &self,
        order: &Order,
        (reach, passage): (&Reach, Passage),
        texts: Vec<String>,
    ) -> Result<Settled<Vec<Vec<f32>>>, Failure> {
        let endpoint = &reach.endpoint;
        let mut places = Vec::with_capacity(texts.len());
        let mut new = Vec::new();
        for text in texts {
            let terms = self.terms(order, endpoint, ("vector", text.as_bytes()));
            let kept = match &terms {
                Some(terms) => self.kept(terms).await?,
                None => None,
            };
            let Some(Kept::Vector(vector)) = kept else {
                places.push(None);
                new.push((text, terms));
                continue;
            };
            places.push(Some(vector.to_vec()));
        }
        if new.is_empty() {
            let attempt = self.admit_kept(order, endpoint, None).await?;
            let vectors = places.into_iter().flatten().collect();
            return settled_kept(attempt, (vectors, "")).await;
        }
        let (texts, terms): (Vec<_>, Vec<_>) = new.into_iter().unzip();
        let call = |permit, _| self.vectors(reach, permit, texts);
        let settled = self.answer_once(order, (reach, passage), call).await?;
        for (terms, vector) in terms.iter().zip(&settled.answer) {
            if let Some(terms) = terms {
                let kept = Kept::Vector(vector.as_slice().into());
                self.keep(terms, endpoint, (settled.act, kept));
            }
        }
        let mut answered = settled.answer.into_iter();
        let vectors = places.into_iter().filter_map(|kept| kept.or_else(|| answered.next()));
        Ok(Settled { answer: vectors.collect(), ..settled })
    }

    /// Calls the model of `reach` under `permit`. What it used is not told.
    pub(crate) async fn vectors(
        &self,
        reach: &Reach,
        permit: Permit,
        texts: Vec<String>,
    ) -> Result<(Vec<Vec<f32>>, Usage), Error> {
        let endpoint = &reach.endpoint;
        if endpoint.kind.is_embedded() {
            let embedder = self.embedder.as_ref().ok_or_else(|| not_here(endpoint))?;
            return Ok((embedder.embed(permit, texts).await?, Usage::default()));
        }
        let body = json!({"model": endpoint.model, "input": texts, "encoding_format": "float"});
        let letter = Letter {
            address: reach.bearer_address("/embeddings")?,
            body: Some(Bytes::from(body.to_string())),
            accept: "application/json",
        };
        let answer = upstream::call_json(&self.outbound, self.config, permit, letter).await?;
        read(&answer, texts.len())
    }
}

fn content_of(purpose: Purpose, texts: &[String]) -> (&'static str, Vec<u8>) {
    let joined = json!(texts).to_string();
    if purpose == Purpose::Index {
        let digest = Sha256::digest(joined.as_bytes());
        let hex = digest.iter().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        });
        return ("input_sha256", hex.into_bytes());
    }
    ("input", joined.into_bytes())
}

#[derive(Deserialize)]
struct WireVectors {
    data: Vec<WireVector>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct WireUsage {
    prompt_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct WireVector {
    index: usize,
    embedding: Vec<f32>,
}

/// The vectors of an answer in the order of the texts, as many and all of one length; and the tokens
/// that it says were read.
fn read(answer: &[u8], expected: usize) -> Result<(Vec<Vec<f32>>, Usage), Error> {
    let malformed = || Error::Upstream(UpstreamFault::Malformed);
    let mut wire: WireVectors = serde_json::from_slice(answer).map_err(|_| malformed())?;
    wire.data.sort_by_key(|vector| vector.index);
    let in_order = wire.data.iter().enumerate().all(|(place, vector)| vector.index == place);
    let vectors: Vec<Vec<f32>> = wire.data.into_iter().map(|vector| vector.embedding).collect();
    let length = vectors.first().map_or(0, Vec::len);
    let whole = vectors.len() == expected && in_order && length > 0;
    if whole && vectors.iter().all(|vector| vector.len() == length) {
        let prompt_tokens = wire.usage.and_then(|usage| usage.prompt_tokens);
        let completion_tokens = prompt_tokens.map(|_| 0);
        Ok((vectors, Usage { prompt_tokens, completion_tokens, cached_tokens: None }))
    } else {
        Err(malformed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_in_order_and_whole_or_not_at_all() {
        let good = br#"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2]}]}"#;
        assert_eq!(
            read(good, 2).unwrap(),
            (vec![vec![1.0, 2.0], vec![3.0, 4.0]], Usage::default())
        );
        let told = br#"{"data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":7}}"#;
        let usage = Usage::of(7, 0);
        assert_eq!(read(told, 1).unwrap(), (vec![vec![1.0]], usage));
        let bad: [&[u8]; 4] = [
            br#"{"data":[{"index":0,"embedding":[1,2]}]}"#,
            br#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}"#,
            br#"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2,3]}]}"#,
            br#"{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}"#,
        ];
        assert!(bad.iter().all(|answer| read(answer, 2).is_err()));
    }
}
