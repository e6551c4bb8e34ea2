//! Chooses the next token of one sequence: by likelihood or by seeded chance, within a JSON schema where one is given.
//!
//! The grammar is kept here and not in the sampling chain of the library, because there a failing grammar would let
//! every token pass; here it fails the request.

use llama_cpp_2::{
    context::LlamaContext,
    model::LlamaModel,
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
};
use llguidance::{Matcher, ParserFactory, api::TopLevelGrammar};
use serde_json::{Value, json};

use crate::protocol::Generate;

/// Makes matchers for JSON schemas over the tokens of one model.
pub(super) struct Grammars {
    factory: ParserFactory,
}

impl Grammars {
    pub(super) fn of(model: &LlamaModel) -> Result<Self, String> {
        let tokens = LlamaSampler::llguidance_tok_env(model);
        let mut factory = ParserFactory::new_simple(&tokens).map_err(|error| error.to_string())?;
        factory.quiet();
        Ok(Self { factory })
    }

    /// A matcher for one answer. Whitespace between the parts is not allowed: small models lose themselves in it.
    pub(super) fn matcher(&self, schema: Value) -> Result<Matcher, String> {
        let Value::Object(mut schema) = schema else {
            return Err("a JSON schema is an object".to_owned());
        };
        schema.insert("x-guidance".to_owned(), json!({ "whitespace_flexible": false }));
        let grammar = TopLevelGrammar::from_json_schema(Value::Object(schema));
        let parser = self.factory.create_parser(grammar).map_err(|error| error.to_string())?;
        Ok(Matcher::new(Ok(parser)))
    }
}

/// The state of one sequence's choices.
pub(super) struct Picker {
    chain: LlamaSampler,
    matcher: Option<Matcher>,
}

impl Picker {
    pub(super) fn new(request: &Generate, matcher: Option<Matcher>) -> Self {
        Self { chain: chain_of(request), matcher }
    }

    /// Chooses from the outcome of the last step at this place of the batch.
    pub(super) fn pick(
        &mut self,
        context: &LlamaContext<'_>,
        place: i32,
    ) -> Result<LlamaToken, String> {
        let Some(matcher) = &mut self.matcher else {
            return Ok(self.chain.sample(context, place));
        };
        let mask = matcher.compute_mask_or_eos().map_err(|error| error.to_string())?;
        let allowed: Vec<LlamaTokenData> = (0_i32..)
            .zip(context.get_logits_ith(place))
            .filter(|(id, _)| u32::try_from(*id).is_ok_and(|id| mask.is_allowed(id)))
            .map(|(id, logit)| LlamaTokenData::new(LlamaToken::new(id), *logit, 0.0))
            .collect();
        if allowed.is_empty() {
            return Err("the schema allows no further token".to_owned());
        }
        let mut candidates = LlamaTokenDataArray::new(allowed, false);
        self.chain.apply(&mut candidates);
        let token = candidates.selected_token().ok_or("no token was chosen")?;
        self.chain.accept(token);
        let id = u32::try_from(token.0).map_err(|error| error.to_string())?;
        matcher.consume_token(id).map_err(|error| error.to_string())?;
        Ok(token)
    }

    /// Whether the schema's value is complete, so that nothing may follow.
    pub(super) fn is_complete(&self) -> bool {
        self.matcher.as_ref().is_some_and(Matcher::is_stopped)
    }
}

fn chain_of(request: &Generate) -> LlamaSampler {
    if request.temperature <= 0.0 {
        return LlamaSampler::chain([LlamaSampler::greedy()], true);
    }
    let narrowed = (request.top_p < 1.0).then(|| LlamaSampler::top_p(request.top_p, 1));
    let sampled = [LlamaSampler::temp(request.temperature), LlamaSampler::dist(request.seed)];
    LlamaSampler::chain(narrowed.into_iter().chain(sampled), true)
}
