//! The handle that every verb works through.

use std::sync::Arc;

use axum::extract::FromRef;
use kaname_guard::Guard;
use kaname_identity::Identity;
use kaname_kernel::{Label, Principal};
use kaname_platform::Platform;

use crate::{Answerer, Config, Error, model::Conversation, running::Running};

/// The workspace, ready to work; clones are cheap and share the running answers.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) platform: Platform,
    pub(crate) identity: Identity,
    pub(crate) guard: Guard,
    pub(crate) answerer: Arc<dyn Answerer>,
    pub(crate) running: Running,
    pub(crate) config: Config,
}

impl Workspace {
    /// The workspace for the people of `identity`, with answers from `answerer`.
    pub fn new(
        identity: Identity,
        guard: Guard,
        answerer: Arc<dyn Answerer>,
        config: Config,
    ) -> Self {
        let platform = identity.platform.clone();
        Self { platform, identity, guard, answerer, running: Running::default(), config }
    }

    /// The label of what `principal` writes: the institution's default, which never lies above
    /// what the person may see, since nobody writes what they may not read.
    pub(crate) async fn label_of_writing(&self, principal: &Principal) -> Result<Label, Error> {
        let usual = self.guard.default_label(principal.institution).await?;
        let clearance = &principal.clearance;
        Ok(if clearance.dominates(&usual) { usual } else { clearance.clone() })
    }
}

/// Refuses to show a conversation whose label `principal` may not read (any more).
pub(crate) fn require_cleared(
    principal: &Principal,
    conversation: &Conversation,
) -> Result<(), Error> {
    let cleared = principal.clearance.dominates(&conversation.label);
    if cleared { Ok(()) } else { Err(Error::NotCleared) }
}

impl FromRef<Workspace> for Identity {
    fn from_ref(workspace: &Workspace) -> Self {
        workspace.identity.clone()
    }
}
