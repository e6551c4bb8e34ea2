//! From a question to ranked passages that the reader may see: words and meaning, fused.
//!
//! The allowed scopes are worked out first and filter both searches before anything is scored;
//! every document is checked once more against the records before anything of it goes on.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use kaname_gateway::{EmbedRequest, Embedded};
use kaname_guard::{Caller, Purpose};
use kaname_kernel::{ActId, CollectionId, DocumentId, Label, Principal};
use kaname_lexicon_core::{Lexicon, Question};
use kaname_text_core::{BlockKind, Chunk};

use crate::{
    Error, Knowledge,
    answer::{
        evidence::{
            Asked, ChunkEvidence, Features, PassageEvidence, asked, features, said, share_of,
        },
        rank::score,
    },
    index::{
        Near, Shelf, blocking,
        full_text::{ChunkKey, WeightedTerm},
        scope,
        vectors::Query,
    },
    model::{Collection, Document, Hit},
    store,
};

/// Chunks taken from each of the two searches.
const TAKEN: usize = 60;
/// Chunks whose passages are looked at.
const CONSIDERED: usize = 40;
/// What a word counts in the search that the question says only in other words.
const OTHER_WORDS: f32 = 0.8;
/// The constant of reciprocal rank fusion.
const RRF_K: f32 = 60.0;

/// A passage with all that speaks for it.
#[derive(Debug, Clone)]
pub(crate) struct Ranked {
    pub(crate) hit: Hit,
    pub(crate) chunk: usize,
    /// The passage in words: a row with the names of its columns.
    pub(crate) words: String,
    pub(crate) features: Features,
    /// The share of the question that the considered chunks of its document say together.
    pub(crate) covered_document: f32,
}

/// Why, where and after which act something is looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookup<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) collections: Option<&'a [CollectionId]>,
    pub(crate) parent: Option<ActId>,
}

/// What came of a retrieval.
#[derive(Debug)]
pub(crate) struct Retrieved {
    pub(crate) ranked: Vec<Ranked>,
    /// The best BM25 score against the summed weight of the terms.
    pub(crate) strength: f32,
    pub(crate) embedded: Embedded,
}

/// What the reader asks, prepared.
struct Prepared {
    question: Question,
    query: Query,
    /// The question in other words, where there are any.
    restated: Option<Query>,
    scopes: BTreeSet<String>,
}

/// A chunk with its place in both searches.
struct Fused {
    key: ChunkKey,
    lexical: f32,
    score: f32,
}

/// What both searches together put forward.
struct Together {
    chunks: Vec<Fused>,
    near: BTreeMap<ChunkKey, Vec<Near>>,
    best_lexical: f32,
}

/// A fused chunk with its records.
struct Hydrated {
    fused: Fused,
    document: Document,
    chunk: Chunk,
    original: Option<String>,
    passages: Vec<Near>,
}

impl Knowledge {
    /// Ranks the passages of the collections that `by` may read, best first.
    pub(crate) async fn retrieve(
        &self,
        by: &Principal,
        text: &str,
        lookup: Lookup<'_>,
    ) -> Result<Retrieved, Error> {
        let lexicon = self.lexicon()?;
        let question = lexicon.question(text);
        let request = EmbedRequest {
            purpose: lookup.purpose,
            label: self.gateway.guard().default_label(by.institution).await?,
            parent: lookup.parent,
            texts: std::iter::once(text.to_owned()).chain(question.restated.clone()).collect(),
        };
        let embedded = self.gateway.embed(&Caller::from(by), request).await?;
        let query = |place: usize| embedded.vectors.get(place).map(|vector| Query::new(vector));
        let readable = self.readable(by, lookup.collections).await?;
        let shelf = self.shelf(by.institution).await?;
        let prepared = Prepared {
            question,
            query: query(0).unwrap_or_else(|| Query::new(&[])),
            restated: query(1),
            scopes: readable.scopes.clone(),
        };
        let searching = std::sync::Arc::clone(&shelf);
        let (prepared, fusion, (terms, stretch)) = blocking(move || {
            let terms = weighted(&searching, &prepared.question)?;
            let fusion = fuse(&searching, &prepared)?;
            Ok((prepared, fusion, terms))
        })
        .await?;
        let weight: f32 = terms.iter().map(|term| term.weight).sum();
        let scored = fusion.best_lexical * stretch;
        let strength = if weight > 0.0 { scored / weight } else { 0.0 };
        let hydrated = self.hydrate(by, fusion, &readable.collections).await?;
        let ranked =
            blocking(move || Ok(rank(&lexicon, &prepared.question, &terms, hydrated))).await?;
        Ok(Retrieved { ranked, strength, embedded })
    }

    async fn readable(
        &self,
        by: &Principal,
        wanted: Option<&[CollectionId]>,
    ) -> Result<Readable, Error> {
        let mut tx = self.platform.db.read().await?;
        let all = store::collections::all(&mut tx, by.institution).await?;
        let collections: BTreeMap<CollectionId, Collection> = all
            .into_iter()
            .filter(|collection| wanted.is_none_or(|wanted| wanted.contains(&collection.id)))
            .map(|collection| (collection.id, collection))
            .collect();
        let scopes = store::documents::scopes(&mut tx, by.institution).await?;
        let may = |(id, label): &(CollectionId, Label)| {
            collections.get(id).is_some_and(|collection| collection.may_read(by, label))
        };
        let scopes = scopes.into_iter().filter(may).map(|(id, label)| scope(id, &label)).collect();
        Ok(Readable { collections, scopes })
    }

    /// Adds the records; whatever the reader may not see by now is dropped.
    async fn hydrate(
        &self,
        by: &Principal,
        Together { chunks, near, .. }: Together,
        collections: &BTreeMap<CollectionId, Collection>,
    ) -> Result<Vec<Hydrated>, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut documents: BTreeMap<DocumentId, Option<Document>> = BTreeMap::new();
        let mut hydrated = Vec::with_capacity(chunks.len());
        for fused in chunks {
            let (id, place) = fused.key;
            if let Entry::Vacant(vacant) = documents.entry(id) {
                let found = store::documents::find(&mut tx, by.institution, id).await?;
                let may = |document: &Document| {
                    let home = collections.get(&document.collection);
                    home.is_some_and(|home| home.may_read(by, &document.label))
                };
                vacant.insert(found.filter(may));
            }
            let Some(Some(document)) = documents.get(&id) else { continue };
            let chunk = store::chunks::find(&mut tx, (by.institution, id), place).await?;
            let passages = near.get(&fused.key).cloned().unwrap_or_default();
            if let Some((chunk, original)) = chunk {
                let document = document.clone();
                hydrated.push(Hydrated { fused, document, chunk, original, passages });
            }
        }
        Ok(hydrated)
    }
}

struct Readable {
    collections: BTreeMap<CollectionId, Collection>,
    scopes: BTreeSet<String>,
}

/// The terms with their weights, and how much more these are than in the scores of the search.
fn weighted(shelf: &Shelf, question: &Question) -> Result<(Vec<Asked>, f32), Error> {
    let own = question.terms.iter().map(|term| term.text.as_str());
    let other = question.instead.iter().flat_map(|one| &one.texts).map(String::as_str);
    let texts: BTreeSet<&str> = own.chain(other).collect();
    let texts = texts.into_iter();
    let rarity = shelf.full_text.rarity(texts)?;
    Ok((asked(question, &rarity), rarity.stretch))
}

/// The best chunks of both searches by reciprocal rank, and the passages of each with cosines.
fn fuse(shelf: &Shelf, prepared: &Prepared) -> Result<Together, Error> {
    let terms = search_terms(&prepared.question);
    let scopes: Vec<String> = prepared.scopes.iter().cloned().collect();
    let by_words = shelf.full_text.search(&terms, &scopes, TAKEN)?;
    let mut near: BTreeMap<ChunkKey, Vec<Near>> = BTreeMap::new();
    for passage in nearest(shelf, prepared) {
        near.entry((passage.document, passage.chunk)).or_default().push(passage);
    }
    let best = |passages: &Vec<Near>| passages.iter().map(|one| one.cosine).fold(-1.0, f32::max);
    let mut by_meaning: Vec<(ChunkKey, f32)> =
        near.iter().map(|(key, passages)| (*key, best(passages))).collect();
    by_meaning.sort_by(|left, right| right.1.total_cmp(&left.1));
    by_meaning.truncate(TAKEN);
    let mut fused: BTreeMap<ChunkKey, f32> = BTreeMap::new();
    for list in [&by_words, &by_meaning] {
        for ((key, _), rank) in list.iter().zip(1_u16..) {
            *fused.entry(*key).or_default() += 1.0 / (RRF_K + f32::from(rank));
        }
    }
    let mut order: Vec<(ChunkKey, f32)> = fused.into_iter().collect();
    order.sort_by(|left, right| right.1.total_cmp(&left.1));
    order.truncate(CONSIDERED);
    let top = order.first().map_or(1.0, |(_, score)| *score);
    let best_lexical = by_words.first().map_or(0.0, |(_, score)| *score);
    let lexical: BTreeMap<ChunkKey, f32> = by_words.into_iter().collect();
    let fused = order
        .into_iter()
        .map(|(key, score)| Fused {
            key,
            lexical: lexical.get(&key).map_or(0.0, |score| score / best_lexical),
            score: score / top,
        })
        .collect();
    Ok(Together { chunks: fused, near, best_lexical })
}

/// The terms of the question, and at less weight what says the same in other words.
fn search_terms(question: &Question) -> Vec<WeightedTerm> {
    let mut terms: Vec<WeightedTerm> = question
        .terms
        .iter()
        .map(|term| WeightedTerm { text: term.text.clone(), weight: 1.0 })
        .collect();
    let known: BTreeSet<&str> = question.terms.iter().map(|term| term.text.as_str()).collect();
    let other: BTreeSet<&str> = question
        .instead
        .iter()
        .flat_map(|one| &one.texts)
        .map(String::as_str)
        .filter(|text| !known.contains(text))
        .collect();
    let weighted = |text: &str| WeightedTerm { text: text.to_owned(), weight: OTHER_WORDS };
    terms.extend(other.into_iter().map(weighted));
    terms
}

/// Every passage with its cosine: with the question or with the question in other words, whichever
/// is nearer.
fn nearest(shelf: &Shelf, prepared: &Prepared) -> Vec<Near> {
    let mut near = shelf.near(&prepared.query, &prepared.scopes);
    let restated = prepared.restated.as_ref().map(|query| shelf.near(query, &prepared.scopes));
    for (one, restated) in near.iter_mut().zip(restated.into_iter().flatten()) {
        one.cosine = one.cosine.max(restated.cosine);
    }
    near
}

fn rank(
    lexicon: &Lexicon,
    question: &Question,
    terms: &[Asked],
    hydrated: Vec<Hydrated>,
) -> Vec<Ranked> {
    let mut ranked = Vec::new();
    let mut said_by: BTreeMap<DocumentId, Vec<f32>> = BTreeMap::new();
    for one in hydrated {
        let words: Vec<String> =
            one.passages.iter().map(|near| in_words(&one.chunk, near)).collect();
        let evidence = ChunkEvidence {
            title: one.document.title.clone(),
            heading: one.chunk.heading.clone(),
            words: one.chunk.text.clone(),
            lexical: one.fused.lexical,
            fused: one.fused.score,
            passages: words
                .iter()
                .zip(&one.passages)
                .map(|(words, near)| PassageEvidence { words: words.clone(), cosine: near.cosine })
                .collect(),
        };
        let all = said_by.entry(one.document.id).or_insert_with(|| vec![0.0; terms.len()]);
        for (all, one) in all.iter_mut().zip(said(lexicon, terms, &evidence)) {
            *all = all.max(one);
        }
        let features = features(lexicon, question, terms, &evidence);
        for ((near, words), features) in one.passages.iter().zip(words).zip(features) {
            ranked.push(Ranked {
                hit: hit(&one, near, score(&features)),
                chunk: near.chunk,
                words,
                features,
                covered_document: 0.0,
            });
        }
    }
    for one in &mut ranked {
        let said = said_by.get(&one.hit.document);
        one.covered_document = said.map_or(0.0, |said| share_of(terms, said));
    }
    ranked.sort_by(|left, right| right.hit.score.total_cmp(&left.hit.score));
    ranked
}

/// A row in the words of its columns; a sentence as it stands.
fn in_words(chunk: &Chunk, near: &Near) -> String {
    if chunk.kind == BlockKind::TableRow {
        return chunk.text.clone();
    }
    let inside = within(chunk, near);
    chunk.text.get(inside).unwrap_or_default().to_owned()
}

fn within(chunk: &Chunk, near: &Near) -> std::ops::Range<usize> {
    let first = chunk.range.start;
    near.start.saturating_sub(first)..near.end.saturating_sub(first)
}

fn hit(one: &Hydrated, near: &Near, score: f32) -> Hit {
    let original = one.original.as_ref().unwrap_or(&one.chunk.text);
    Hit {
        document: one.document.id,
        collection: one.document.collection,
        title: one.document.title.clone(),
        version: one.document.indexed_version.unwrap_or(one.document.version),
        page: one.chunk.page.map(i64::from),
        heading: (!one.chunk.heading.is_empty()).then(|| one.chunk.heading.clone()),
        quote: original.get(within(&one.chunk, near)).unwrap_or_default().to_owned(),
        start: near.start,
        end: near.end,
        label: one.document.label.clone(),
        score,
        effective_date: one.document.effective_date.clone(),
    }
}
