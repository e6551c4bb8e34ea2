//! Search: the best places in the documents that the reader may see.

use std::collections::BTreeSet;

use kaname_guard::Purpose;
use kaname_kernel::{ActId, CollectionId, Principal};
use kaname_platform::Act;

use crate::{Error, Knowledge, model::Hit, retrieve::Lookup};

/// Places given at most.
pub const HITS_MAX: usize = 50;

impl Knowledge {
    /// The best places for `query`, best first, at most one per chunk; and the act, on disk.
    pub async fn search(
        &self,
        by: &Principal,
        query: &str,
        (collections, limit): (Option<&[CollectionId]>, usize),
    ) -> Result<(Vec<Hit>, ActId), Error> {
        let query = self.checked_question("query", query)?;
        let lookup = Lookup { purpose: Purpose::Search, collections, parent: None };
        let found = self.retrieve(by, &query, lookup).await?;
        let mut seen = BTreeSet::new();
        let best = found.ranked.first().map_or(1.0, |first| first.hit.score).max(f32::MIN_POSITIVE);
        let hits: Vec<Hit> = found
            .ranked
            .into_iter()
            .filter(|ranked| seen.insert((ranked.hit.document, ranked.chunk)))
            .take(limit.clamp(1, HITS_MAX))
            .map(|ranked| Hit { score: (ranked.hit.score / best).max(0.0), ..ranked.hit })
            .collect();
        let label = self.gateway.guard().default_label(by.institution).await?;
        let label = hits.iter().fold(label, |label, hit| label.join(&hit.label));
        let act = Act::by(by, "knowledge.searched")
            .label(&label)
            .following(found.embedded.act)
            .reference("results", hits.len())
            .content("query", query);
        let act = self.platform.record(act).await?;
        Ok((hits, act))
    }

    pub(crate) fn checked_question(
        &self,
        field: &'static str,
        text: &str,
    ) -> Result<String, Error> {
        let text = text.trim();
        let most = self.config.question_chars_max;
        if text.is_empty() || text.chars().count() > most {
            return Err(Error::invalid(field, format!("this must be 1 to {most} characters")));
        }
        Ok(text.to_owned())
    }
}
