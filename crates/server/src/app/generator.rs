//! The generation engine behind the gateway's door: a model in a child of this program.

use std::{path::Path, sync::Arc};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};
use kaname_engine::{
    Engine, EngineConfig, EngineError, Event, FinishReason, GenerateRequest, Message, Role,
};
use kaname_gateway::{
    EmbeddedError, EmbeddedFault, EmbeddedGenerator, Generated, GeneratorEvent, GeneratorRequest,
    Language,
};
use kaname_platform::{
    Tasks,
    outbound::{Permit, Target},
};

use crate::config::Config;

/// One engine with the name and the languages of its model.
#[derive(Debug, Clone)]
pub(super) struct LocalGenerator {
    engine: Engine,
    model: Arc<str>,
    languages: Arc<[Language]>,
}

/// The generator that the configuration names; none where it names no model.
pub(super) fn from_config(config: &Config, tasks: &Tasks) -> Option<LocalGenerator> {
    let model = config.engine_model.as_ref()?;
    let spawner = tasks.clone();
    let mut settings = EngineConfig::new(
        config.program.clone(),
        model.path.clone(),
        model.sha256,
        Arc::new(move |name, work| spawner.spawn(name, work)),
    );
    settings.args = vec!["engine-child".into()];
    settings.threads = u32::try_from(config.engine_threads).unwrap_or(2);
    Some(LocalGenerator {
        engine: Engine::spawn(settings),
        model: name_of(&model.path).into(),
        languages: model.languages.clone().into(),
    })
}

/// A model file's name without its ending.
fn name_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

impl EmbeddedGenerator for LocalGenerator {
    fn model(&self) -> &str {
        &self.model
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn generate(
        &self,
        permit: Permit,
        request: GeneratorRequest,
    ) -> BoxFuture<'static, Result<Generated, EmbeddedError>> {
        let this = self.clone();
        async move {
            let target = Target::Embedded(this.model.to_string());
            permit.spend(&target).map_err(|error| EmbeddedError {
                fault: EmbeddedFault::Failed,
                detail: error.to_string(),
            })?;
            let stream = this.engine.generate(to_engine(request)?).await.map_err(fault)?;
            Ok(stream.map(|event| event.map(to_gateway).map_err(fault)).boxed())
        }
        .boxed()
    }
}

fn to_engine(request: GeneratorRequest) -> Result<GenerateRequest, EmbeddedError> {
    let messages = request.messages.into_iter().map(|(role, content)| {
        let role = match role.as_str() {
            "system" | "developer" => Role::System,
            "assistant" => Role::Assistant,
            "user" => Role::User,
            other => {
                return Err(EmbeddedError {
                    fault: EmbeddedFault::BadRequest,
                    detail: format!("the embedded model takes no messages of role {other}"),
                });
            }
        };
        Ok(Message { role, content })
    });
    let mut wanted = GenerateRequest::chat(messages.collect::<Result<_, _>>()?);
    wanted.max_tokens = request.max_tokens.unwrap_or(wanted.max_tokens);
    wanted.temperature = request.temperature.unwrap_or(wanted.temperature);
    wanted.top_p = request.top_p.unwrap_or(wanted.top_p);
    wanted.seed = request.seed.unwrap_or(wanted.seed);
    wanted.stop = request.stop;
    wanted.json_schema = request.json_schema;
    Ok(wanted)
}

fn to_gateway(event: Event) -> GeneratorEvent {
    match event {
        Event::Delta(text) => GeneratorEvent::Delta(text),
        Event::Done { finish_reason, prompt_tokens, completion_tokens } => GeneratorEvent::Done {
            finish_reason: match finish_reason {
                FinishReason::Stop => "stop",
                FinishReason::Length => "length",
            },
            prompt_tokens: u64::from(prompt_tokens),
            completion_tokens: u64::from(completion_tokens),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
fn fault(error: EngineError) -> EmbeddedError {
    let fault = match &error {
        EngineError::Busy { .. } => EmbeddedFault::Busy,
        EngineError::PromptTooLong { .. }
        | EngineError::NoChatTemplate { .. }
        | EngineError::InvalidRequest { .. } => EmbeddedFault::BadRequest,
        EngineError::ModelMissing { .. }
        | EngineError::ModelMismatch { .. }
        | EngineError::ModelUnreadable { .. } => EmbeddedFault::NoModel,
        _ => EmbeddedFault::Failed,
    };
    EmbeddedError { fault, detail: error.to_string() }
}
