//! Requests and answers of every form that a dialect can say.

use kaname_model_core::{
    Dialect, Finish, Format, Message, Opened, Part, Reasoning, Request, Response, Role, Sampling,
    Signature, Source, StreamEvent, Thought, Tool, ToolCall, ToolChoice, ToolResult, Usage,
    json::{Json, Number},
};
use proptest::{option, prelude::*, sample::select};

pub(crate) const CHAT: Dialect = Dialect::OpenAiChat;
pub(crate) const RESPONSES: Dialect = Dialect::OpenAiResponses;
pub(crate) const ANTHROPIC: Dialect = Dialect::Anthropic;
pub(crate) const GEMINI: Dialect = Dialect::Gemini;
pub(crate) const BEDROCK: Dialect = Dialect::Bedrock;
pub(crate) const CALLERS: [Dialect; 3] = [CHAT, RESPONSES, ANTHROPIC];

pub(crate) fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

pub(crate) fn text() -> BoxedStrategy<String> {
    "[a-z\u{3042}-\u{3046}\u{1f600}\"\\\\\n{}:, ]{1,8}".boxed()
}

fn word() -> BoxedStrategy<String> {
    "[a-z_]{1,6}".boxed()
}

fn object() -> BoxedStrategy<String> {
    let value = select(vec!["1.0", "1e2", "null", "\"\u{3042}\\n\"", "[true,-0]", "{\"b\":[]}"]);
    prop::collection::vec(value, 0..3)
        .prop_map(|values| {
            let members: Vec<_> =
                values.iter().enumerate().map(|(index, v)| format!("\"k{index}\":{v}")).collect();
            format!("{{{}}}", members.join(","))
        })
        .boxed()
}

fn data(media_type: &'static str) -> BoxedStrategy<Source> {
    "[A-Za-z0-9+/]{4}"
        .prop_map(move |base64| Source::Data { media_type: media_type.to_owned(), base64 })
        .boxed()
}

fn url() -> BoxedStrategy<Source> {
    "https://[a-z]{1,4}\\.example/[a-z]{0,3}".prop_map(Source::Url).boxed()
}

fn image(dialect: Dialect) -> BoxedStrategy<Part> {
    let source = match dialect {
        GEMINI | BEDROCK => data("image/png").boxed(),
        _ => prop_oneof![data("image/png"), url()].boxed(),
    };
    let detail = match dialect {
        CHAT | RESPONSES => option::of(select(vec!["low", "high"]).prop_map(str::to_owned)).boxed(),
        _ => Just(None).boxed(),
    };
    (source, detail).prop_map(|(source, detail)| Part::Image { source, detail }).boxed()
}

fn file(dialect: Dialect) -> BoxedStrategy<Part> {
    let pdf = data("application/pdf");
    let plain = text().prop_map(Source::Text);
    let source = match dialect {
        CHAT | GEMINI => pdf.boxed(),
        RESPONSES => prop_oneof![pdf, url()].boxed(),
        ANTHROPIC => prop_oneof![pdf, url(), plain].boxed(),
        BEDROCK => prop_oneof![pdf, plain].boxed(),
    };
    let name =
        if dialect == BEDROCK { word().prop_map(Some).boxed() } else { option::of(word()).boxed() };
    (source, name).prop_map(|(source, name)| Part::File { source, name }).boxed()
}

fn asked(dialect: Dialect) -> BoxedStrategy<Vec<Part>> {
    let part = prop_oneof![text().prop_map(Part::Text), image(dialect), file(dialect)];
    prop::collection::vec(part, 1..4).boxed()
}

fn token(dialect: Dialect) -> BoxedStrategy<Signature> {
    "[A-Za-z0-9+/=]{1,8}".prop_map(move |value| Signature { dialect, value }).boxed()
}

fn call(dialect: Dialect) -> BoxedStrategy<Part> {
    let token = if dialect == GEMINI { "(~gemini/[A-Za-z0-9+/=]{1,8})?" } else { "" };
    (word(), token, word(), object())
        .prop_map(|(id, token, name, arguments)| {
            Part::ToolCall(ToolCall { id: id + &token, name, arguments })
        })
        .boxed()
}

fn thought(dialect: Dialect) -> BoxedStrategy<Part> {
    let id = "rs_[a-z]{12}";
    match dialect {
        RESPONSES => (id, text(), any::<bool>(), option::of(token(dialect)))
            .prop_map(|(id, text, is_summary, signature)| {
                Part::Thought(Thought { id: Some(id), text, is_summary, signature })
            })
            .boxed(),
        _ => (text(), token(dialect))
            .prop_map(move |(text, token)| {
                let is_summary = dialect == GEMINI;
                Part::Thought(Thought { id: None, text, is_summary, signature: Some(token) })
            })
            .boxed(),
    }
}

/// What the model says, in a form that the dialect can carry.
fn said(dialect: Dialect) -> BoxedStrategy<Vec<Part>> {
    let words = text().prop_map(Part::Text);
    let refusal = text().prop_map(Part::Refusal);
    let many = |part: BoxedStrategy<Part>| prop::collection::vec(part, 1..4).boxed();
    match dialect {
        CHAT => {
            let texts = prop::collection::vec(prop_oneof![words, refusal], 0..3);
            (texts, prop::collection::vec(call(CHAT), 0..3))
                .prop_map(|(texts, calls)| [texts, calls].concat())
                .prop_filter("says nothing", |parts| !parts.is_empty())
                .boxed()
        }
        RESPONSES => many(prop_oneof![words, refusal, thought(dialect), call(dialect)].boxed()),
        GEMINI => many(prop_oneof![words, thought(dialect), call(dialect)].boxed()),
        ANTHROPIC | BEDROCK => {
            let hidden = token(dialect).prop_map(Part::Redacted);
            many(prop_oneof![words, thought(dialect), hidden, call(dialect)].boxed())
        }
    }
}

fn given(dialect: Dialect) -> BoxedStrategy<(Vec<Part>, bool)> {
    let words = || text().prop_map(Part::Text);
    let rich = prop_oneof![words(), image(dialect)];
    match dialect {
        CHAT => (prop::collection::vec(words(), 1..3), Just(false)).boxed(),
        RESPONSES => (prop::collection::vec(rich, 1..3), Just(false)).boxed(),
        GEMINI => (prop::collection::vec(words(), 1), any::<bool>()).boxed(),
        ANTHROPIC | BEDROCK => (prop::collection::vec(rich, 0..3), any::<bool>()).boxed(),
    }
}

/// One exchange: a question, what the model says, and a result for each of its calls.
fn exchange(dialect: Dialect) -> BoxedStrategy<Vec<Message>> {
    (asked(dialect), said(dialect), given(dialect))
        .prop_map(|(asked, said, (parts, is_error))| {
            let result = |part: &Part| match part {
                Part::ToolCall(call) => {
                    let id = call.id.split('~').next().unwrap_or_default().to_owned();
                    Some(Part::ToolResult(ToolResult { id, parts: parts.clone(), is_error }))
                }
                _ => None,
            };
            let results: Vec<_> = said.iter().filter_map(result).collect();
            let mut messages = vec![
                Message { role: Role::User, parts: asked },
                Message { role: Role::Assistant, parts: said },
            ];
            if !results.is_empty() {
                messages.push(Message { role: Role::Tool, parts: results });
            }
            messages
        })
        .boxed()
}

fn messages(dialect: Dialect) -> BoxedStrategy<Vec<Message>> {
    let system = option::of(
        text().prop_map(|text| Message { role: Role::System, parts: vec![Part::Text(text)] }),
    );
    let last = asked(dialect).prop_map(|parts| Message { role: Role::User, parts });
    (system, prop::collection::vec(exchange(dialect), 0..3), last)
        .prop_map(|(system, exchanges, last)| {
            system.into_iter().chain(exchanges.into_iter().flatten()).chain([last]).collect()
        })
        .boxed()
}

fn tool(dialect: Dialect) -> BoxedStrategy<Tool> {
    let strict = if dialect == GEMINI { Just(false).boxed() } else { any::<bool>().boxed() };
    (word(), option::of(text()), object(), strict)
        .prop_map(|(name, description, schema, is_strict)| Tool {
            name,
            description,
            schema: Some(json(&schema)),
            is_strict,
        })
        .boxed()
}

fn choice() -> BoxedStrategy<ToolChoice> {
    prop_oneof![
        Just(ToolChoice::Auto),
        Just(ToolChoice::None),
        Just(ToolChoice::Required),
        word().prop_map(ToolChoice::Named)
    ]
    .boxed()
}

fn format(dialect: Dialect) -> BoxedStrategy<Format> {
    let schema = (word(), option::of(text()), object(), any::<bool>()).prop_map(
        move |(name, description, schema, is_strict)| match dialect {
            CHAT | RESPONSES => {
                Format::JsonSchema { name, description, schema: json(&schema), is_strict }
            }
            BEDROCK => {
                Format::JsonSchema { name, description, schema: json(&schema), is_strict: true }
            }
            ANTHROPIC | GEMINI => Format::JsonSchema {
                name: "answer".to_owned(),
                description: None,
                schema: json(&schema),
                is_strict: true,
            },
        },
    );
    match dialect {
        ANTHROPIC | BEDROCK => prop_oneof![Just(Format::Text), schema].boxed(),
        _ => prop_oneof![Just(Format::Text), Just(Format::JsonObject), schema].boxed(),
    }
}

fn number() -> BoxedStrategy<Option<Number>> {
    let spelling = select(vec!["0", "0.70", "1.0", "1e-1", "1"]);
    option::of(spelling.prop_map(|spelling| Number::parse(spelling).unwrap())).boxed()
}

fn sampling(dialect: Dialect) -> BoxedStrategy<Sampling> {
    let numbers = (number(), number(), number(), number(), number(), option::of(0_u64..100));
    numbers
        .prop_map(move |(temperature, top_p, frequency, presence, seed, top_k)| {
            let with_penalties = matches!(dialect, CHAT | GEMINI);
            Sampling {
                temperature,
                top_p,
                top_k: top_k.filter(|_| with_penalties || dialect == ANTHROPIC),
                frequency_penalty: frequency.filter(|_| with_penalties),
                presence_penalty: presence.filter(|_| with_penalties),
                seed: seed.filter(|_| with_penalties),
            }
        })
        .boxed()
}

fn reasoning(dialect: Dialect) -> BoxedStrategy<Option<Reasoning>> {
    let effort = select(vec!["low", "medium", "high"]).prop_map(str::to_owned);
    (option::of(effort), option::of(1_u64..9000), any::<bool>())
        .prop_map(move |(effort, budget, told)| {
            let effort = effort.or_else(|| {
                (matches!(dialect, CHAT | BEDROCK) || budget.is_none()).then(|| "none".to_owned())
            });
            let is_off = effort.as_deref() == Some("none");
            let budget_tokens = budget.filter(|_| matches!(dialect, ANTHROPIC | GEMINI) && !is_off);
            let can_tell = match dialect {
                RESPONSES | GEMINI => true,
                ANTHROPIC => !is_off,
                CHAT | BEDROCK => false,
            };
            let summary = (told && can_tell).then(|| "auto".to_owned());
            Some(Reasoning { effort, budget_tokens, summary })
        })
        .boxed()
}

/// A request that the dialect can say in full.
pub(crate) fn request(dialect: Dialect) -> BoxedStrategy<Request> {
    let in_body = !matches!(dialect, GEMINI | BEDROCK);
    let tools = (
        prop::collection::vec(tool(dialect), 0..3),
        option::of(choice()),
        option::of(any::<bool>()),
    );
    let limits = (option::of(1_u64..9000), prop::collection::vec(text(), 0..3), option::of(word()));
    let flags = (any::<bool>(), any::<bool>(), prop::collection::vec(text(), 0..3));
    (
        word(),
        messages(dialect),
        tools,
        format(dialect),
        sampling(dialect),
        limits,
        option::of(reasoning(dialect)),
        flags,
    )
        .prop_map(move |(model, messages, tools, format, sampling, limits, reasoning, flags)| {
            let (tools, choice, parallel) = tools;
            let (max, stop, user) = limits;
            let (stream, include_usage, metadata) = flags;
            let names_choice = choice.is_some() && choice != Some(ToolChoice::None);
            let max_usual = (dialect == ANTHROPIC).then_some(100);
            let metadata = metadata.into_iter().enumerate();
            Request {
                model: if in_body { model } else { String::new() },
                messages,
                tool_choice: choice
                    .filter(|choice| dialect != BEDROCK || *choice != ToolChoice::None)
                    .filter(|_| dialect != BEDROCK || !tools.is_empty()),
                tools,
                parallel_tool_calls: parallel.filter(|_| match dialect {
                    CHAT | RESPONSES => true,
                    ANTHROPIC => names_choice,
                    GEMINI | BEDROCK => false,
                }),
                format,
                sampling,
                max_output_tokens: max.or(max_usual),
                stop: if dialect == RESPONSES { Vec::new() } else { stop },
                reasoning: reasoning.flatten(),
                stream: stream && in_body,
                include_usage: include_usage && dialect == CHAT,
                metadata: if matches!(dialect, ANTHROPIC | GEMINI) {
                    Vec::new()
                } else {
                    metadata.map(|(index, text)| (format!("k{index}"), text)).collect()
                },
                user: user.filter(|_| in_body),
            }
        })
        .boxed()
}

fn usage(dialect: Dialect) -> BoxedStrategy<Usage> {
    (0_u64..1000, 0_u64..100, 0_u64..100, 0_u64..100)
        .prop_map(move |(more, read, write, thought)| {
            let write = if dialect == CHAT { 0 } else { write };
            Usage {
                input_tokens: more + read + write,
                output_tokens: more + thought,
                cached_tokens: read,
                cache_write_tokens: write,
                reasoning_tokens: thought,
            }
        })
        .boxed()
}

/// An answer that the dialect can say in full.
pub(crate) fn response(dialect: Dialect) -> BoxedStrategy<Response> {
    let parts = if dialect == CHAT {
        let thought = text().prop_map(|text| Part::Thought(Thought { text, ..Thought::default() }));
        let words = option::of(text().prop_map(Part::Text));
        let refusal = option::of(text().prop_map(Part::Refusal));
        (option::of(thought), words, refusal, prop::collection::vec(call(CHAT), 0..3))
            .prop_map(|(thought, words, refusal, calls)| {
                thought.into_iter().chain(words).chain(refusal).chain(calls).collect()
            })
            .boxed()
    } else {
        said(dialect)
    };
    let stops = match dialect {
        ANTHROPIC => {
            vec![
                Finish::Stop,
                Finish::Length,
                Finish::Filtered,
                Finish::StopSequence(Some("x".into())),
            ]
        }
        _ => vec![Finish::Stop, Finish::Length, Finish::Filtered],
    };
    (word(), word(), parts, select(stops), usage(dialect))
        .prop_map(move |(id, model, parts, finish, usage)| {
            let called = parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
            Response {
                id,
                model,
                created_s: (dialect != ANTHROPIC).then_some(1_700_000_000),
                parts,
                finish: if called { Finish::ToolCalls } else { finish },
                usage: Some(usage),
            }
        })
        .boxed()
}

/// The events that an answer is told in, its texts in pieces of `piece` letters.
pub(crate) fn events(response: &Response, piece: usize) -> Vec<StreamEvent> {
    let mut events = vec![StreamEvent::Start {
        id: response.id.clone(),
        model: response.model.clone(),
        created_s: response.created_s,
    }];
    for part in &response.parts {
        let (opened, text, token) = match part {
            Part::Text(text) => (Opened::Text, text.as_str(), None),
            Part::Refusal(text) => (Opened::Refusal, text.as_str(), None),
            Part::Thought(thought) => {
                let Thought { id, text, is_summary, signature } = thought;
                let opened = Opened::Thought { id: id.clone(), is_summary: *is_summary };
                (opened, text.as_str(), signature.clone())
            }
            Part::Redacted(token) => (Opened::Redacted(token.clone()), "", None),
            Part::ToolCall(call) => {
                let opened = Opened::ToolCall { id: call.id.clone(), name: call.name.clone() };
                (opened, call.arguments.as_str(), None)
            }
            other => panic!("not of an answer: {other:?}"),
        };
        events.push(StreamEvent::Open(opened));
        let letters: Vec<char> = text.chars().collect();
        for portion in letters.chunks(piece) {
            events.push(StreamEvent::Delta(portion.iter().collect()));
        }
        events.extend(token.map(StreamEvent::Signature));
        events.push(StreamEvent::Close);
    }
    events.push(StreamEvent::Finish(response.finish.clone()));
    events.extend(response.usage.map(StreamEvent::Usage));
    events.push(StreamEvent::End);
    events
}
