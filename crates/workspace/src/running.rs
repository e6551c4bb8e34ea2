//! The answers that are on their way in this process: how many, and how to stop each.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kaname_kernel::{ConversationId, MessageId};
use tokio_util::sync::CancellationToken;

/// The set of running answers; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<BTreeMap<MessageId, Signals>>>);

#[derive(Debug, Clone)]
struct Signals {
    conversation: ConversationId,
    stop: CancellationToken,
    ended: CancellationToken,
}

/// A place among the running answers, free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    running: Running,
    message: MessageId,
    signals: Signals,
}

impl Running {
    /// Takes a place for `message`; `None` when `places` are taken.
    pub(crate) fn enter(
        &self,
        conversation: ConversationId,
        message: MessageId,
        places: usize,
    ) -> Option<Place> {
        let mut entries = self.entries();
        if entries.len() >= places {
            return None;
        }
        let signals = Signals {
            conversation,
            stop: CancellationToken::new(),
            ended: CancellationToken::new(),
        };
        entries.insert(message, signals.clone());
        Some(Place { running: self.clone(), message, signals })
    }

    /// Asks the answer `message` to stop, if it runs here.
    pub(crate) fn stop(&self, message: MessageId) {
        if let Some(signals) = self.entries().get(&message) {
            signals.stop.cancel();
        }
    }

    /// Asks every answer of `conversation` to stop; gives what is cancelled when each has ended.
    pub(crate) fn stop_all_of(&self, conversation: ConversationId) -> Vec<CancellationToken> {
        let entries = self.entries();
        let own = entries.values().filter(|signals| signals.conversation == conversation);
        own.map(|signals| {
            signals.stop.cancel();
            signals.ended.clone()
        })
        .collect()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<MessageId, Signals>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The message that the place was taken for.
    pub(crate) fn message(&self) -> MessageId {
        self.message
    }

    /// Cancelled when somebody wants the answer to stop.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.signals.stop
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.entries().remove(&self.message);
        self.signals.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kaname_kernel::IdSource;
    use kaname_testkit::{FixedClock, SeededEntropy};

    use super::*;

    #[test]
    fn places_are_bounded_and_free_again_when_left() {
        let ids = IdSource::new(Arc::new(FixedClock::default()), Arc::new(SeededEntropy::new(5)));
        let running = Running::default();
        let conversation = ids.next();
        let place = running.enter(conversation, ids.next(), 1).unwrap();
        assert!(running.enter(ids.next(), ids.next(), 1).is_none());
        running.stop(ids.next());
        assert!(!place.stop().is_cancelled());
        let ended = running.stop_all_of(conversation);
        assert!(place.stop().is_cancelled() && !ended[0].is_cancelled());
        drop(place);
        assert!(ended[0].is_cancelled());
        assert!(running.enter(ids.next(), ids.next(), 1).is_some());
    }
}
