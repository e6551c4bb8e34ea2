//! Puts a request into tokens: a conversation through the model's own chat template, a plain prompt as it stands.
//!
//! Only the template may write control tokens. Text of the conversation that would be read as one (a turn marker typed
//! by a user, say) stays plain text.

use llama_cpp_2::{model::LlamaModel, token::LlamaToken, vocab::LlamaVocab};
use minijinja::{Environment, Error, ErrorKind, Value, context};
use minijinja_contrib::pycompat::unknown_method_callback;

use super::model::Loaded;
use crate::protocol::{Fault, Message, WireInput};

const NAME: &str = "chat";
/// Work that a template may cost per request; real ones need a few thousand.
const FUEL: u64 = 5_000_000;
/// No tokeniser in use makes one token of more bytes than this, white space included.
const MAX_TOKEN_BYTES: usize = 512;
/// Private-use characters that stand around a message's number while its text is kept out of the template's output.
const MARK_OPEN: char = '\u{F57A0}';
const MARK_CLOSE: char = '\u{F57A1}';

/// A chat template that compiles.
pub(super) struct Template {
    environment: Environment<'static>,
    bos: String,
    eos: String,
}

impl Template {
    /// The template of the model file, or why there is none to use.
    pub(super) fn of(model: &LlamaModel) -> Result<Self, String> {
        let source = model.chat_template(None).map_err(|_| "the file contains none".to_owned())?;
        let source = source.to_string().map_err(|error| error.to_string())?;
        let vocabulary = model.vocab();
        // Where the tokeniser adds the first token by itself, the template must not write it too.
        let bos = if vocabulary.should_add_bos() {
            String::new()
        } else {
            token_text(&vocabulary, vocabulary.bos())
        };
        let eos = token_text(&vocabulary, vocabulary.eos());
        Self::compile(source, bos, eos)
    }

    fn compile(source: String, bos: String, eos: String) -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_fuel(Some(FUEL));
        environment.set_unknown_method_callback(unknown_method_callback);
        environment.add_function("raise_exception", raise_exception);
        environment.add_template_owned(NAME, source).map_err(|error| error.to_string())?;
        Ok(Self { environment, bos, eos })
    }

    fn render(&self, messages: &[Message]) -> Result<String, String> {
        let template = self.environment.get_template(NAME).map_err(|error| error.to_string())?;
        let values = context! {
            messages,
            add_generation_prompt => true,
            bos_token => self.bos,
            eos_token => self.eos,
        };
        template.render(values).map_err(|error| error.to_string())
    }
}

fn raise_exception(message: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

fn token_text(vocabulary: &LlamaVocab<'_>, token: LlamaToken) -> String {
    if token.0 < 0 {
        return String::new();
    }
    vocabulary.text(token).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The tokens of a request's prompt; fewer than the context, and at least one.
pub(super) fn tokens_of(
    loaded: &Loaded,
    input: &WireInput,
    context_tokens: u32,
) -> Result<Vec<LlamaToken>, Fault> {
    let too_long = |tokens: usize| Fault::PromptTooLong {
        prompt_tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
        context_tokens,
    };
    let limit = usize::try_from(context_tokens).unwrap_or(usize::MAX);
    let least = text_bytes(input) / MAX_TOKEN_BYTES;
    if least >= limit {
        return Err(too_long(least));
    }
    let vocabulary = loaded.model.vocab();
    let tokens = match input {
        WireInput::Prompt(text) => vocabulary.tokenize(text.as_bytes(), true, false),
        WireInput::Messages(messages) => conversation_tokens(loaded, messages)?,
    };
    if tokens.is_empty() {
        return Err(Fault::InvalidRequest { detail: "the prompt is empty".to_owned() });
    }
    if tokens.len() >= limit {
        return Err(too_long(tokens.len()));
    }
    Ok(tokens)
}

fn text_bytes(input: &WireInput) -> usize {
    match input {
        WireInput::Prompt(text) => text.len(),
        WireInput::Messages(messages) => messages.iter().map(|message| message.content.len()).sum(),
    }
}

fn conversation_tokens(loaded: &Loaded, messages: &[Message]) -> Result<Vec<LlamaToken>, Fault> {
    let template = loaded
        .template
        .as_ref()
        .map_err(|detail| Fault::NoChatTemplate { detail: detail.clone() })?;
    let refused = |detail: String| Fault::InvalidRequest {
        detail: format!("the model's chat template refuses the conversation: {detail}"),
    };
    let vocabulary = loaded.model.vocab();
    if messages.iter().all(|message| is_plain(&vocabulary, &message.content)) {
        let text = template.render(messages).map_err(refused)?;
        return Ok(vocabulary.tokenize(text.as_bytes(), true, true));
    }
    let marked: Vec<Message> = messages
        .iter()
        .enumerate()
        .map(|(number, message)| Message {
            role: message.role,
            content: format!("{MARK_OPEN}{number}{MARK_CLOSE}"),
        })
        .collect();
    let text = template.render(&marked).map_err(refused)?;
    Ok(piecewise_tokens(&vocabulary, &text, messages))
}

/// Whether nothing in a text would be read as a control token.
fn is_plain(vocabulary: &LlamaVocab<'_>, text: &str) -> bool {
    let bytes = text.as_bytes();
    vocabulary.tokenize(bytes, false, true) == vocabulary.tokenize(bytes, false, false)
}

/// Tokens of a rendered template whose marks stand for messages: control tokens are read in the template alone.
fn piecewise_tokens(
    vocabulary: &LlamaVocab<'_>,
    rendered: &str,
    messages: &[Message],
) -> Vec<LlamaToken> {
    let mut tokens = Vec::new();
    for (index, piece) in rendered.split([MARK_OPEN, MARK_CLOSE]).enumerate() {
        // Marks come in pairs, so every second piece is a message's number.
        let message = piece.parse::<usize>().ok().and_then(|number| messages.get(number));
        match message.filter(|_| index % 2 == 1) {
            Some(message) => {
                let text = message.content.trim();
                vocabulary.tokenize_into(text.as_bytes(), &mut tokens, false, false);
            }
            None => vocabulary.tokenize_into(piece.as_bytes(), &mut tokens, index == 0, true),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Role;

    fn message(role: Role, content: &str) -> Message {
        Message { role, content: content.to_owned() }
    }

    #[test]
    fn a_template_sees_messages_roles_and_tokens() {
        let source = "{{ bos_token }}{% for m in messages %}\n<{{ m.role }}>{{ m['content'].strip() }}\n{% endfor %}{% if add_generation_prompt %}<go>{% endif %}";
        let template =
            Template::compile(source.to_owned(), "<s>".to_owned(), "</s>".to_owned()).unwrap();
        let text =
            template.render(&[message(Role::System, " 規則 "), message(Role::User, "x")]).unwrap();
        assert_eq!(text, "<s><system>規則\n<user>x\n<go>");
    }

    #[test]
    fn a_template_that_refuses_or_never_ends_is_an_error() {
        let refusing = "{{ raise_exception('roles must alternate') }}";
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        for source in [refusing, endless] {
            let template =
                Template::compile(source.to_owned(), String::new(), String::new()).unwrap();
            assert!(template.render(&[message(Role::User, "x")]).is_err(), "{source}");
        }
    }

    #[test]
    fn a_template_that_is_no_template_is_named() {
        assert!(Template::compile("{% for %}".to_owned(), String::new(), String::new()).is_err());
    }
}
