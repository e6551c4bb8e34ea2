//! Streams in OpenAI Chat Completions, read: chunks, then `[DONE]`.

use super::{failure::read_failure, messages::read_reasoning, response};
use crate::{
    fields::Fields,
    json::Json,
    response::Opened,
    stream::{StreamError, Track, malformed},
};

/// Which function is being asked for, by the vendor's index.
#[derive(Debug, Default)]
pub(crate) struct StreamReader {
    call: Option<u64>,
}

impl StreamReader {
    pub(crate) fn read(&mut self, data: &str, track: &mut Track) -> Result<(), StreamError> {
        if data.trim() == "[DONE]" {
            return track.end();
        }
        track.not_over()?;
        let json = Json::parse(data.as_bytes()).map_err(|_| malformed("a chunk is not JSON"))?;
        if let Some(error) = json.get("error").filter(|error| !error.is_null()) {
            return track.fail(read_failure(error, None));
        }
        self.chunk(json, track)
    }

    fn chunk(&mut self, json: Json, track: &mut Track) -> Result<(), StreamError> {
        let bad = |_| malformed("a chunk has a field of the wrong type");
        let mut chunk = Fields::of(json, "").map_err(bad)?;
        let id = chunk.text("id").map_err(bad)?.unwrap_or_default();
        let model = chunk.text("model").map_err(bad)?.unwrap_or_default();
        let created_s = chunk.take("created").and_then(|created| created.as_u64());
        let choices = chunk.objects("choices").map_err(bad)?;
        let usage = chunk.object("usage").map_err(bad)?;
        for mut choice in choices {
            if choice.count("index").map_err(bad)?.unwrap_or_default() != 0 {
                return Err(malformed("a second answer was not asked for"));
            }
            track.start(id.clone(), model.clone(), created_s);
            if let Some(delta) = choice.object("delta").map_err(bad)? {
                self.delta(delta, track)?;
            }
            let word = choice.text("finish_reason").map_err(bad)?;
            // Some servers repeat the reason in the chunk that carries the usage.
            if let Some(word) = word.filter(|_| !track.has_finished()) {
                track.finish(response::read_finish(&word, track.called_tools()))?;
            }
        }
        if let Some(usage) = usage {
            track.usage(response::read_usage(usage).map_err(bad)?);
        }
        Ok(())
    }

    fn delta(&mut self, mut delta: Fields, track: &mut Track) -> Result<(), StreamError> {
        let bad = |_| malformed("a delta has a field of the wrong type");
        let thought = read_reasoning(&mut delta).map_err(bad)?;
        let text = delta.text("content").map_err(bad)?;
        let refusal = delta.text("refusal").map_err(bad)?;
        let kinds = [
            (thought, Opened::Thought { id: None, is_summary: false }),
            (text, Opened::Text),
            (refusal, Opened::Refusal),
        ];
        for (words, kind) in kinds {
            // The first chunk and the last carry empty words that open nothing.
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                track.ensure(kind)?;
                track.delta(words)?;
            }
        }
        for call in delta.objects("tool_calls").map_err(bad)? {
            self.call(call, track)?;
        }
        Ok(())
    }

    fn call(&mut self, mut call: Fields, track: &mut Track) -> Result<(), StreamError> {
        let bad = |_| malformed("a function call has a field of the wrong type");
        let index = call.count("index").map_err(bad)?.unwrap_or_default();
        let id = call.text("id").map_err(bad)?.filter(|id| !id.is_empty());
        let mut function = call.object("function").map_err(bad)?;
        let mut take = |key: &str| function.as_mut().map_or(Ok(None), |f| f.text(key));
        let name = take("name").map_err(bad)?.filter(|name| !name.is_empty());
        let arguments = take("arguments").map_err(bad)?.unwrap_or_default();
        let is_open = matches!(track.opened(), Some(Opened::ToolCall { .. }));
        if self.call != Some(index) || !is_open {
            if self.call.is_some_and(|before| index <= before) {
                return Err(malformed("a function call goes on after it ended"));
            }
            let (Some(id), Some(name)) = (id, name) else {
                return Err(malformed("a function call begins without an id or a name"));
            };
            self.call = Some(index);
            track.open(Opened::ToolCall { id, name })?;
        }
        track.delta(arguments)
    }
}
