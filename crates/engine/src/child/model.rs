//! The loaded model with what is derived from it once: its chat template and its token table for constrained output.

use std::{cell::OnceCell, num::NonZeroU32};

use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
};

use super::{picker::Grammars, prompt::Template};
use crate::protocol::{ModelFacts, Open, OpenFault};

/// A model in memory.
pub(super) struct Loaded {
    pub(super) model: LlamaModel,
    /// The template of the file, or why there is none to use.
    pub(super) template: Result<Template, String>,
    grammars: OnceCell<Result<Grammars, String>>,
}

impl Loaded {
    pub(super) fn load(backend: &LlamaBackend, open: &Open) -> Result<Self, OpenFault> {
        let unreadable = |detail: String| OpenFault::ModelUnreadable { detail };
        let parameters = LlamaModelParams::default();
        let model =
            LlamaModel::load_from_file(backend, &open.model_path, &parameters).map_err(|_| {
                unreadable(
                    "it is damaged, or not a GGUF model of a kind that this engine knows"
                        .to_owned(),
                )
            })?;
        let pieces = model.meta_val_str("split.count").unwrap_or_default();
        if pieces.parse::<u32>().is_ok_and(|count| count > 1) {
            return Err(unreadable(
                "it is one piece of a split model; merge the pieces".to_owned(),
            ));
        }
        let template = Template::of(&model);
        Ok(Self { model, template, grammars: OnceCell::new() })
    }

    /// The most tokens that one request may hold.
    pub(super) fn request_context(&self, open: &Open) -> u32 {
        open.context_tokens.min(self.model.n_ctx_train())
    }

    pub(super) fn new_context(
        &self,
        backend: &LlamaBackend,
        open: &Open,
    ) -> Result<LlamaContext<'_>, OpenFault> {
        let fault = |detail: String| OpenFault::Context { detail };
        let threads =
            i32::try_from(open.threads.max(1)).map_err(|error| fault(error.to_string()))?;
        // One pool of cells for all sequences: the scheduler reserves, so that it never overflows.
        let parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(open.context_tokens))
            .with_n_batch(open.batch_tokens.max(open.parallel_sequences))
            .with_n_ubatch(open.batch_tokens.max(open.parallel_sequences))
            .with_n_seq_max(open.parallel_sequences)
            .with_n_threads(threads)
            .with_n_threads_batch(threads)
            .with_kv_unified(true);
        self.model.new_context(backend, parameters).map_err(|_| {
            fault(format!(
                "no context of {} tokens for {} sequences could be made; lower one of them, or raise the memory limit",
                open.context_tokens, open.parallel_sequences
            ))
        })
    }

    /// The token table for constrained output, made at first use.
    pub(super) fn grammars(&self) -> Result<&Grammars, String> {
        self.grammars.get_or_init(|| Grammars::of(&self.model)).as_ref().map_err(Clone::clone)
    }

    pub(super) fn facts(&self, open: &Open) -> ModelFacts {
        ModelFacts {
            name: self.model.meta_val_str("general.name").unwrap_or_default(),
            architecture: self.model.meta_val_str("general.architecture").unwrap_or_default(),
            parameters: self.model.n_params(),
            size_bytes: self.model.size(),
            context_tokens: self.request_context(open),
            has_chat_template: self.template.is_ok(),
        }
    }
}
