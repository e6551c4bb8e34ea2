//! What a caller wants of a chat model, in its own dialect, and how it is put to an endpoint.

use std::{ops::RangeInclusive, sync::Arc};

use bytes::Bytes;
use kaname_budget_core::Tokens;
use kaname_model_core::{
    Dialect, Format, Notes, Part, Request, Stamp, TranslateError,
    json::{Body, Json, Limits, Splice},
};

use crate::{
    bypass,
    error::Error,
    model::{Capability, Endpoint},
    order::OUTPUT_TOKENS,
};

/// Most answers to one request that a caller may ask for, as at `OpenAI`.
const CHOICES_MAX: u64 = 128;
/// Where a caller may say how many tokens an answer may have: in the dialects, and at servers that also
/// listen to their own words.
const OUTPUT_FIELDS: [&str; 6] = [
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "n_predict",
    "max_new_tokens",
    "num_predict",
];
/// Where a caller may ask for several answers, of which not all need be given back.
const CHOICE_FIELDS: [&str; 2] = ["n", "best_of"];
/// Most tools of one request.
const TOOLS_MAX: usize = 512;

/// A chat call as it came in, read once.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    dialect: Dialect,
    text: Arc<str>,
    streams: bool,
    include_usage: bool,
    repeatable: bool,
    /// Most tokens of all its answers together.
    output: u64,
    needs: Vec<Capability>,
    /// What it says in no dialect, or why that cannot be said: then only an endpoint that speaks
    /// the caller's dialect can take it.
    neutral: Result<Arc<Request>, TranslateError>,
}

impl Call {
    /// A call that this program makes itself, in `OpenAI`'s Chat Completions.
    ///
    /// # Errors
    ///
    /// [`Error::BadCall`], which would be a fault of this program.
    pub(crate) fn own(body: &serde_json::Value) -> Result<Self, Error> {
        let text = body.to_string();
        Self::read(Dialect::OpenAiChat, &Body::read(text.as_bytes(), Limits::default())?)
    }

    /// A call from outside.
    ///
    /// # Errors
    ///
    /// [`Error::BadCall`] when it is not well-formed, or asks for what would go past the door.
    pub(crate) fn read(dialect: Dialect, body: &Body<'_>) -> Result<Self, Error> {
        let tree = body.tree()?;
        bypass::check(dialect, &tree).map_err(|found| {
            Error::bad_call(found.field, format!("`{}`: {}", found.field, found.why))
        })?;
        let streams = flag(&tree, "stream")?;
        let include_usage = tree
            .get("stream_options")
            .and_then(|options| options.get("include_usage"))
            .is_some_and(|value| *value == Json::Bool(true));
        let output = output_of(&tree)?;
        check_tools(&tree)?;
        let repeatable = is_repeatable(&tree);
        let mut needs = vec![Capability::Chat];
        let neutral = dialect.read_request(tree, &mut Notes::new()).map(Arc::new);
        match &neutral {
            Ok(request) => needs.extend(further_needs(request)),
            // Tools are what an endpoint most often lacks; the rest is between caller and endpoint.
            Err(_) if body.raw("tools").is_some_and(|tools| tools.contains('{')) => {
                needs.push(Capability::Tools);
            }
            Err(_) => {}
        }
        let text = body.text().into();
        Ok(Self { dialect, text, streams, include_usage, repeatable, output, needs, neutral })
    }

    /// The dialect that the caller speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether the answer comes piece by piece.
    pub(crate) fn streams(&self) -> bool {
        self.streams
    }

    /// Whether usage is asked for of the endpoint, but not by the caller.
    pub(crate) fn hides_usage(&self) -> bool {
        self.dialect == Dialect::OpenAiChat && self.streams && !self.include_usage
    }

    /// What an endpoint must be able to do.
    pub(crate) fn needs(&self) -> &[Capability] {
        &self.needs
    }

    /// Whether the caller asks for the same answer each time: with a temperature of 0, or a seed.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// The body without the name of its model, every other byte as it came.
    pub(crate) fn without_model(&self) -> Option<String> {
        let body = Body::read(self.text.as_bytes(), Limits::default()).ok()?;
        let mut splice = Splice::of(&body);
        splice.set(&["model"], &Json::Null).ok()?;
        Some(splice.apply())
    }

    /// The tokens that it takes at most: no tokeniser makes more of a text than it has bytes.
    pub(crate) fn bound(&self) -> Tokens {
        Tokens::new(u64::try_from(self.text.len()).unwrap_or(u64::MAX), self.output)
    }

    /// What it says in no dialect.
    ///
    /// # Errors
    ///
    /// [`Error::BadCall`] with the field that only the caller's own dialect can say.
    pub(crate) fn neutral(&self) -> Result<&Request, Error> {
        self.neutral.as_deref().map_err(untranslatable)
    }

    /// The body for `endpoint` in `dialect`: in the caller's own, every byte as it came but for what
    /// the route and the record need; in another, translated.
    ///
    /// # Errors
    ///
    /// [`Error::BadCall`] with the field that `dialect` cannot say.
    pub(crate) fn body_for(&self, endpoint: &Endpoint, dialect: Dialect) -> Result<Bytes, Error> {
        if dialect == self.dialect && !(self.carries_marks() && self.neutral.is_ok()) {
            return self.spliced(endpoint);
        }
        let mut request = self.neutral()?.clone();
        request.model.clone_from(&endpoint.model);
        request.include_usage = request.stream;
        let written = dialect.write_request(&request, &mut Notes::new());
        Ok(Bytes::from(written.map_err(|error| untranslatable(&error))?.to_text()))
    }

    /// Whether it gives back what another vendor said in this conversation, under our wrapping: that
    /// vendor's tokens and ids mean nothing to the one that goes on, and are taken out.
    fn carries_marks(&self) -> bool {
        let wrapped =
            |dialect: &Dialect| self.text.contains(&format!("kaname/{}/", dialect.name()));
        // As it is, and as Anthropic's clients have it.
        let calls = ["~gemini/", "_7egemini_2f"];
        calls.iter().any(|mark| self.text.contains(mark)) || Dialect::ALL.iter().any(wrapped)
    }

    fn spliced(&self, endpoint: &Endpoint) -> Result<Bytes, Error> {
        let body = Body::read(self.text.as_bytes(), Limits::default())?;
        let mut splice = Splice::of(&body);
        let mut set = |path: &[&str], value: &Json| {
            splice
                .set(path, value)
                .map_err(|error| Error::BadCall { param: None, detail: error.to_string() })
        };
        set(&["model"], &Json::Text(endpoint.model.clone()))?;
        match self.dialect {
            // What an answer cost is part of its record, whether the caller wants to know or not.
            Dialect::OpenAiChat if self.hides_usage() => {
                set(&["stream_options", "include_usage"], &Json::Bool(true))?;
            }
            // Left out, it means yes: the vendor would keep the conversation.
            Dialect::OpenAiResponses if body.raw("store") != Some("false") => {
                set(&["store"], &Json::Bool(false))?;
            }
            _ => {}
        }
        Ok(Bytes::from(splice.apply()))
    }

    /// What an answer of `endpoint` to it is called.
    pub(crate) fn stamp(&self, act: kaname_kernel::ActId, model: &str, now_ms: i64) -> Stamp {
        let kind = match self.dialect {
            Dialect::OpenAiResponses => "resp_",
            Dialect::Anthropic => "msg_",
            _ => "chatcmpl-",
        };
        Stamp {
            id: format!("{kind}{}", act.as_uuid().simple()),
            model: model.to_owned(),
            created_s: u64::try_from(now_ms / 1_000).unwrap_or_default(),
        }
    }
}

fn flag(tree: &Json, field: &'static str) -> Result<bool, Error> {
    match tree.get(field) {
        None | Some(Json::Null) => Ok(false),
        Some(Json::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::bad_call(field, format!("`{field}` must be true or false"))),
    }
}

/// Whether a body asks for the likeliest words, or names the seed of its chances.
fn is_repeatable(tree: &Json) -> bool {
    let cold =
        matches!(tree.get("temperature"), Some(Json::Number(heat)) if heat.as_f64() == Some(0.0));
    cold || tree.get("seed").is_some_and(|seed| *seed != Json::Null)
}

/// Most tokens that a body allows, in whichever dialect and for every choice it asks for. Read from
/// the body itself: what cannot be translated is paid for all the same.
///
/// # Errors
///
/// [`Error::BadCall`] for what is no plain whole number: `1e2` and `2.0` are numbers to some vendors,
/// and no bound would hold.
fn output_of(tree: &Json) -> Result<u64, Error> {
    let mut most = None;
    for field in OUTPUT_FIELDS {
        most = most.max(count(tree, field, 1..=u64::MAX)?);
    }
    let mut choices = 1;
    for field in CHOICE_FIELDS {
        choices = choices.max(count(tree, field, 1..=CHOICES_MAX)?.unwrap_or(1));
    }
    Ok(most.unwrap_or(OUTPUT_TOKENS).saturating_mul(choices))
}

/// The whole number in `field`, within `bounds`; none where there is none.
fn count(
    tree: &Json,
    field: &'static str,
    bounds: RangeInclusive<u64>,
) -> Result<Option<u64>, Error> {
    let value = match tree.get(field) {
        None | Some(Json::Null) => return Ok(None),
        Some(value) => value,
    };
    let within = value.as_u64().filter(|number| bounds.contains(number));
    let (least, most) = bounds.into_inner();
    let wanted = match most {
        u64::MAX => format!("`{field}` must be a whole number of at least {least}"),
        most => format!("`{field}` must be a whole number, {least} to {most}"),
    };
    within.map(Some).ok_or_else(|| Error::bad_call(field, wanted))
}

/// Refuses more tools than any model can choose among.
fn check_tools(tree: &Json) -> Result<(), Error> {
    match tree.get("tools") {
        Some(Json::List(tools)) if tools.len() > TOOLS_MAX => {
            let detail = format!("`tools` may hold {TOOLS_MAX} tools at most; send fewer");
            Err(Error::bad_call("tools", detail))
        }
        None | Some(Json::Null | Json::List(_)) => Ok(()),
        Some(_) => Err(Error::bad_call("tools", "`tools` must be a list")),
    }
}

/// What a request needs besides chat.
fn further_needs(request: &Request) -> Vec<Capability> {
    let parts = || request.messages.iter().flat_map(|message| &message.parts);
    let images = parts().any(|part| matches!(part, Part::Image { .. }));
    let files = parts().any(|part| matches!(part, Part::File { .. }));
    [
        (!request.tools.is_empty(), Capability::Tools),
        (images, Capability::Images),
        (files, Capability::Files),
        (matches!(request.format, Format::JsonSchema { .. }), Capability::StructuredOutput),
    ]
    .into_iter()
    .filter_map(|(needed, capability)| needed.then_some(capability))
    .collect()
}

/// A field that cannot be said, by its name at the top level.
fn untranslatable(error: &TranslateError) -> Error {
    let top = error.field().and_then(|path| path.split(['.', '[']).next());
    let param = top.map(|top| top.to_owned().into());
    Error::BadCall { param, detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dialect: Dialect, text: &str) -> Call {
        Call::read(dialect, &Body::read(text.as_bytes(), Limits::default()).unwrap()).unwrap()
    }

    #[test]
    fn the_bound_is_what_the_caller_allows_for_every_choice_also_where_it_cannot_be_translated() {
        let chat = |rest: &str| {
            let text = format!(
                "{{\"model\":\"m\",\"messages\":[{{\"role\":\"user\",\"content\":\"a\"}}]{rest}}}"
            );
            read(Dialect::OpenAiChat, &text).bound().output
        };
        assert_eq!(chat(""), OUTPUT_TOKENS);
        assert_eq!(chat(",\"max_tokens\":10"), 10);
        assert_eq!(chat(",\"max_tokens\":10,\"max_completion_tokens\":20"), 20);
        assert_eq!(chat(",\"max_tokens\":100000,\"n\":5"), 500_000);
        assert_eq!(chat(",\"n\":3"), 3 * OUTPUT_TOKENS);
        assert_eq!(chat(",\"n\":2,\"best_of\":3,\"max_tokens\":10"), 30);
        assert_eq!(chat(",\"max_tokens\":10,\"n_predict\":40000"), 40_000);
        assert_eq!(chat(",\"max_tokens\":70000,\"unknown_field\":1"), 70_000);
        let responses = r#"{"model":"m","input":"a","max_output_tokens":50000}"#;
        assert_eq!(read(Dialect::OpenAiResponses, responses).bound().output, 50_000);
    }

    #[test]
    fn a_field_that_cannot_be_said_is_named() {
        let text = r#"{"model":"m","messages":[{"role":"user","content":"a"}],"x_new":1}"#;
        let refused = read(Dialect::OpenAiChat, text).neutral().unwrap_err();
        assert!(matches!(refused, Error::BadCall { param: Some(param), .. } if param == "x_new"));
    }
}
