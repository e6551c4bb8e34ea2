//! The embedding model of this process behind the gateway's door; loaded at first use.

use std::{path::PathBuf, sync::Arc};

use futures_util::{FutureExt as _, future::BoxFuture};
use kaname_embed_core::Encoder;
use kaname_gateway::{EmbeddedEmbedder, EmbeddedError, EmbeddedFault};
use kaname_platform::outbound::{Permit, Target};
use tokio::sync::OnceCell;

/// The encoder and where its files are.
#[derive(Debug, Clone)]
pub(super) struct LocalEmbedder {
    folder: PathBuf,
    encoder: Arc<OnceCell<Arc<Encoder>>>,
}

impl LocalEmbedder {
    /// An embedder whose files are in `folder`; nothing is read yet.
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self { folder, encoder: Arc::default() }
    }

    async fn encoder(&self) -> Result<Arc<Encoder>, EmbeddedError> {
        let load = || async {
            let folder = self.folder.clone();
            let loaded = tokio::task::spawn_blocking(move || Encoder::open(&folder)).await;
            match loaded {
                Ok(Ok(encoder)) => Ok(Arc::new(encoder)),
                Ok(Err(error)) => Err(EmbeddedError {
                    fault: EmbeddedFault::NoModel,
                    detail: format!("{error}; run `kaname model check`"),
                }),
                Err(_) => Err(failed("loading the embedding model was interrupted")),
            }
        };
        self.encoder.get_or_try_init(load).await.cloned()
    }
}

impl EmbeddedEmbedder for LocalEmbedder {
    fn model(&self) -> &str {
        kaname_embed_core::MODEL_ID
    }

    fn dimensions(&self) -> usize {
        kaname_embed_core::DIMENSIONS
    }

    fn embed(
        &self,
        permit: Permit,
        texts: Vec<String>,
    ) -> BoxFuture<'static, Result<Vec<Vec<f32>>, EmbeddedError>> {
        let this = self.clone();
        async move {
            let target = Target::Embedded(this.model().to_owned());
            permit.spend(&target).map_err(|error| failed(&error.to_string()))?;
            let encoder = this.encoder().await?;
            let work = move || {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                encoder.embed_all(&texts)
            };
            tokio::task::spawn_blocking(work).await.map_err(|_| failed("embedding was interrupted"))
        }
        .boxed()
    }
}

fn failed(detail: &str) -> EmbeddedError {
    EmbeddedError { fault: EmbeddedFault::Failed, detail: detail.to_owned() }
}
