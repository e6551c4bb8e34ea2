//! What is run with each input, and what must hold of it. Each gives a number for how it behaved.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use kaname_model_core::{
    Collector, Decoder, Dialect, Encoder, Notes, Request, Stamp, StreamError, StreamEvent,
    json::{Body, Json, Limits, Splice},
    sse::SseFrames,
};

/// Small, so that inputs of a few kilobytes reach it.
const EVENT_BYTES_MAX: usize = 4 << 10;

/// What is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Stream(Dialect),
    Frames,
    Splice,
    Request(Dialect),
    Response(Dialect),
}

impl Target {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Frames, Self::Splice];
        for dialect in Dialect::ALL {
            all.extend([Self::Stream(dialect), Self::Request(dialect), Self::Response(dialect)]);
        }
        all
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::Stream(dialect) => format!("stream-{}", dialect.name()),
            Self::Request(dialect) => format!("request-{}", dialect.name()),
            Self::Response(dialect) => format!("response-{}", dialect.name()),
            Self::Frames => "frames".to_owned(),
            Self::Splice => "splice".to_owned(),
        }
    }

    pub(crate) fn names() -> String {
        Self::all().into_iter().map(Self::name).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|target| target.name() == name)
    }

    /// Whether its inputs are messages with checksums.
    pub(crate) fn is_framed(self) -> bool {
        self == Self::Stream(Dialect::Bedrock)
    }

    /// Runs `input`; gives a number that is the same for inputs that are treated alike.
    pub(crate) fn run(self, input: &[u8]) -> u64 {
        let behaviour = match self {
            Self::Stream(dialect) => stream(dialect, input),
            Self::Frames => frames(input),
            Self::Splice => splice(input),
            Self::Request(dialect) => request(dialect, input),
            Self::Response(dialect) => response(dialect, input),
        };
        let mut hasher = DefaultHasher::new();
        behaviour.hash(&mut hasher);
        hasher.finish()
    }
}

fn decoded(
    dialect: Dialect,
    input: &[u8],
    portion: usize,
) -> (Vec<StreamEvent>, Result<(), StreamError>) {
    let mut decoder = Decoder::new(dialect, EVENT_BYTES_MAX);
    let mut events = Vec::new();
    let mut end = Ok(());
    for part in input.chunks(portion.max(1)) {
        end = decoder.push(part, &mut events);
        if let Err(error) = &end {
            let before = events.len();
            assert_eq!(decoder.push(b"data: {}\n\n", &mut events), Err(error.clone()));
            assert_eq!(events.len(), before, "nothing comes after an error");
            break;
        }
    }
    let end = end.and_then(|()| decoder.finish(&mut events));
    (events, end)
}

/// Decoding does not depend on portions, gives no more than it was given, and every caller's dialect
/// can say what was read, in words that read the same.
fn stream(dialect: Dialect, input: &[u8]) -> Vec<String> {
    let (events, end) = decoded(dialect, input, usize::MAX);
    let portion = 1 + input.len() % 13;
    assert_eq!(decoded(dialect, input, portion), (events.clone(), end.clone()), "portions matter");
    let text: usize = events.iter().map(size).sum();
    // Every byte of text was a byte of input; a `{}` that nobody sent and names are the rest.
    assert!(text <= 4 * input.len() + 64, "{text} of {}", input.len());
    let mut collector = Collector::new();
    for event in &events {
        collector.add(event);
    }
    let _whole = collector.into_response();
    for caller in [Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::Anthropic] {
        let stamp = Stamp { id: "x".to_owned(), model: "m".to_owned(), created_s: 1 };
        let Ok(mut encoder) = Encoder::new(caller, &Request::default(), stamp) else { continue };
        let mut written = Vec::new();
        for event in &events {
            encoder.write(event, &mut written);
        }
        assert!(std::str::from_utf8(&written).is_ok(), "what is written is text");
        assert!(written.len() <= 64 * (input.len() + 64), "{} of {}", written.len(), input.len());
        if end.is_ok() && matches!(events.last(), Some(StreamEvent::End)) {
            let again = decoded_wide(caller, &written);
            assert!(again.is_ok(), "{caller:?} cannot read its own words: {again:?}");
        }
    }
    let mut behaviour: Vec<String> = events.iter().map(kind).collect();
    behaviour.dedup();
    behaviour.truncate(24);
    behaviour.push(format!("{end:?}"));
    behaviour
}

fn decoded_wide(dialect: Dialect, bytes: &[u8]) -> Result<(), StreamError> {
    let mut decoder = Decoder::new(dialect, Decoder::EVENT_BYTES_MAX);
    let mut events = Vec::new();
    decoder.push(bytes, &mut events)?;
    decoder.finish(&mut events)
}

fn kind(event: &StreamEvent) -> String {
    let text = format!("{event:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

fn size(event: &StreamEvent) -> usize {
    match event {
        StreamEvent::Delta(text) => text.len(),
        StreamEvent::Signature(token) => token.value.len(),
        _ => 0,
    }
}

/// The events' bytes and what is left are the input, whatever its portions.
fn frames(input: &[u8]) -> Vec<String> {
    let mut behaviour = Vec::new();
    let mut all = Vec::new();
    for portion in [usize::MAX, 1 + input.len() % 7] {
        let mut frames = SseFrames::new(EVENT_BYTES_MAX);
        let mut found = Vec::new();
        let mut end = Ok(());
        'read: for part in input.chunks(portion) {
            frames.push(part);
            loop {
                match frames.pop() {
                    Ok(Some(frame)) => found.push(frame),
                    Ok(None) => break,
                    Err(error) => {
                        end = Err(error);
                        break 'read;
                    }
                }
            }
        }
        if end.is_ok() {
            match frames.rest() {
                Ok(rest) => {
                    let told: usize = found.iter().chain(&rest).map(|frame| frame.raw.len()).sum();
                    assert_eq!(told, input.len(), "bytes are lost or made");
                }
                Err(error) => end = Err(error),
            }
        }
        behaviour = vec![
            format!("{}", found.len().min(12)),
            format!("{}", found.iter().filter(|frame| frame.data.is_some()).count().min(12)),
            format!("{end:?}"),
        ];
        all.push((found, end));
    }
    assert!(all.windows(2).all(|two| two.first() == two.last()), "portions matter");
    behaviour
}

/// A splice changes what it names and not one byte else.
fn splice(input: &[u8]) -> Vec<String> {
    let body = match Body::read(input, Limits { bytes: 16 << 10, depth: 64 }) {
        Ok(body) => body,
        Err(error) => return vec![format!("{:?}", error.fault)],
    };
    let tree = body.tree();
    assert!(tree.is_ok(), "what was read once is read again");
    let mut spliced = Splice::of(&body);
    let name = Json::Text("m".to_owned());
    let set = spliced.set(&["model"], &name).is_ok();
    let usage = spliced.set(&["stream_options", "include_usage"], &Json::Bool(true)).is_ok();
    let text = spliced.apply();
    let again = Body::read(text.as_bytes(), Limits::default());
    assert!(again.is_ok(), "a splice spoils the body: {text}");
    if let (Ok(again), true) = (&again, set) {
        assert_eq!(again.string("model").as_deref(), Some("m"));
        for member in body.members() {
            if !matches!(member.key.as_ref(), "model" | "stream_options") {
                assert_eq!(body.raw(&member.key), again.raw(&member.key), "{}", member.key);
            }
        }
    }
    if let Ok(tree) = tree {
        let written = tree.to_text();
        assert_eq!(Json::parse(written.as_bytes()).ok(), Some(tree), "{written}");
    }
    vec![format!("{set} {usage} {}", body.members().len().min(12))]
}

/// What is read as a request can be written, or is refused by name.
fn request(dialect: Dialect, input: &[u8]) -> Vec<String> {
    let Ok(json) = Json::parse(input) else { return vec!["no JSON".to_owned()] };
    let request = match dialect.read_request(json, &mut Notes::new()) {
        Ok(request) => request,
        Err(error) => return vec![error.to_string().chars().take(60).collect()],
    };
    let mut behaviour = vec![
        format!("{} {}", request.messages.len().min(6), request.tools.len().min(3)),
        format!("{:?} {:?}", request.tool_choice.is_some(), request.reasoning.is_some()),
    ];
    for to in Dialect::ALL {
        let written = to.write_request(&request, &mut Notes::new());
        behaviour.push(match written {
            Ok(json) => {
                let text = json.to_text();
                assert!(Json::parse_within(text.as_bytes(), WIDE).is_ok(), "{text}");
                "ok".to_owned()
            }
            Err(error) => error.to_string().chars().take(40).collect(),
        });
    }
    behaviour
}

/// Room for what a translation adds around the same text.
const WIDE: Limits = Limits { bytes: usize::MAX, depth: 512 };

/// What is read as an answer can be written, and any body at all is read as a failure.
fn response(dialect: Dialect, input: &[u8]) -> Vec<String> {
    let failure = dialect.read_failure(400 + u16::try_from(input.len() % 200).unwrap_or(0), input);
    let mut behaviour = vec![format!("{:?}", failure.kind)];
    for to in Dialect::ALL {
        let (status, body) = to.write_failure(&failure);
        assert!((400..600).contains(&status), "{status} for {body:?}");
    }
    let Ok(json) = Json::parse(input) else { return behaviour };
    match dialect.read_response(json, &mut Notes::new()) {
        Err(error) => behaviour.push(error.to_string().chars().take(60).collect()),
        Ok(response) => {
            behaviour.push(format!(
                "{} {:?}",
                response.parts.len().min(6),
                kind_of(&response.finish)
            ));
            for to in [Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::Anthropic] {
                let stamp = Stamp { id: "x".to_owned(), model: "m".to_owned(), created_s: 1 };
                let asked = Request::default();
                let written = to.write_response(&response, &asked, &stamp, &mut Notes::new());
                behaviour.push(format!("{}", written.is_ok()));
            }
        }
    }
    behaviour
}

fn kind_of(finish: &kaname_model_core::Finish) -> String {
    format!("{finish:?}").split('(').next().unwrap_or_default().to_owned()
}
