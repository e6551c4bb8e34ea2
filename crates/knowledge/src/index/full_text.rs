//! The full-text index of one institution: a tantivy folder that can be made again at any time.
//!
//! Every search carries the scopes (collection and label) that the reader may see; they filter
//! before anything is scored. The index never leads the database: it is written after the commit.

use std::{collections::BTreeMap, path::Path, sync::Mutex};

use kaname_kernel::DocumentId;
use kaname_lexicon_core::{Lexicon, Mode, tantivy::LexiconTokenizer};
use kaname_text_core::Chunk;
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    collector::TopDocs,
    directory::MmapDirectory,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery},
    schema::{
        Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
        Value as _,
    },
    tokenizer::TextAnalyzer,
};

use crate::answer::evidence::Rarity;

/// Memory that the writer may gather before it writes a segment.
const WRITER_BYTES: usize = 32 << 20;
const TOKENIZER: &str = "kaname";
/// Rarity is judged as if there were at least so many chunks: in a collection of three, a word
/// that is missing would otherwise outweigh everything that is there.
const CHUNKS_MIN: f32 = 200.0;
/// How much a word in the title or heading counts against one in the text.
const HEADING_BOOST: f32 = 1.2;

/// A chunk, by document and place.
pub(crate) type ChunkKey = (DocumentId, usize);

/// What a search term weighs.
#[derive(Debug, Clone)]
pub(crate) struct WeightedTerm {
    /// The term as the index keeps it.
    pub(crate) text: String,
    /// How much it counts.
    pub(crate) weight: f32,
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    document: Field,
    place: Field,
    scope: Field,
    body: Field,
    heading: Field,
}

/// A full-text index.
pub(crate) struct FullText {
    index: Index,
    reader: IndexReader,
    writer: Mutex<Option<IndexWriter>>,
    fields: Fields,
}

impl std::fmt::Debug for FullText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FullText").finish_non_exhaustive()
    }
}

impl FullText {
    /// Opens the index in `folder`, making an empty one when there is none.
    pub(crate) fn open(folder: &Path, lexicon: &Lexicon) -> Result<Self, tantivy::TantivyError> {
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder)?;
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .open_or_create(directory)?;
        Self::over(index, fields, lexicon)
    }

    fn over(
        index: Index,
        fields: Fields,
        lexicon: &Lexicon,
    ) -> Result<Self, tantivy::TantivyError> {
        let tokenizer = LexiconTokenizer::new(lexicon.clone(), Mode::Index);
        index.tokenizers().register(TOKENIZER, TextAnalyzer::from(tokenizer));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader, writer: Mutex::new(None), fields })
    }

    /// The generation that the last commit stands for; none when it was never committed.
    pub(crate) fn generation(&self) -> Option<i64> {
        self.index.load_metas().ok()?.payload?.parse().ok()
    }

    /// Puts `chunks` in the place of what the index has of `document`.
    pub(crate) fn replace(
        &self,
        document: DocumentId,
        scope: &str,
        title: &str,
        chunks: &[Chunk],
    ) -> Result<(), tantivy::TantivyError> {
        self.with_writer(|writer| {
            writer.delete_term(Term::from_field_text(self.fields.document, &document.to_string()));
            for (place, chunk) in chunks.iter().enumerate() {
                let mut entry = TantivyDocument::default();
                entry.add_text(self.fields.document, document.to_string());
                entry.add_u64(self.fields.place, u64::try_from(place).unwrap_or(u64::MAX));
                entry.add_text(self.fields.scope, scope);
                entry.add_text(self.fields.body, &chunk.text);
                entry.add_text(self.fields.heading, format!("{title}\n{}", chunk.heading));
                writer.add_document(entry)?;
            }
            Ok(())
        })
    }

    /// Takes `document` out.
    pub(crate) fn remove(&self, document: DocumentId) -> Result<(), tantivy::TantivyError> {
        self.replace(document, "", "", &[])
    }

    /// Takes everything out.
    pub(crate) fn clear(&self) -> Result<(), tantivy::TantivyError> {
        self.with_writer(|writer| writer.delete_all_documents().map(|_| ()))
    }

    /// Makes what was written durable and visible, as the state of `generation`.
    pub(crate) fn commit(&self, generation: i64) -> Result<(), tantivy::TantivyError> {
        self.with_writer(|writer| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&generation.to_string());
            prepared.commit().map(|_| ())
        })?;
        self.reader.reload()
    }

    fn with_writer(
        &self,
        work: impl FnOnce(&mut IndexWriter) -> Result<(), tantivy::TantivyError>,
    ) -> Result<(), tantivy::TantivyError> {
        let mut held = self.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let writer = match held.take() {
            Some(writer) => held.insert(writer),
            None => held.insert(self.index.writer_with_num_threads(1, WRITER_BYTES)?),
        };
        work(writer)
    }

    /// The best chunks for `terms` among `scopes`, best first, with their BM25 scores.
    pub(crate) fn search(
        &self,
        terms: &[WeightedTerm],
        scopes: &[String],
        limit: usize,
    ) -> Result<Vec<(ChunkKey, f32)>, tantivy::TantivyError> {
        if terms.is_empty() || scopes.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let query = self.query(terms, scopes);
        let found = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        let mut hits = Vec::with_capacity(found.len());
        for (score, address) in found {
            let entry: TantivyDocument = searcher.doc(address)?;
            let document = entry.get_first(self.fields.document).and_then(|value| value.as_str());
            let place = entry.get_first(self.fields.place).and_then(|value| value.as_u64());
            let document = document.and_then(|text| text.parse::<DocumentId>().ok());
            if let Some((document, place)) = document.zip(place) {
                hits.push(((document, usize::try_from(place).unwrap_or(usize::MAX)), score));
            }
        }
        Ok(hits)
    }

    fn query(&self, terms: &[WeightedTerm], scopes: &[String]) -> BooleanQuery {
        let allowed = scopes.iter().map(|scope| Term::from_field_text(self.fields.scope, scope));
        let filter = ConstScoreQuery::new(Box::new(TermSetQuery::new(allowed)), 0.0);
        let mut wanted: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(terms.len() * 2);
        for term in terms {
            for (field, boost) in [(self.fields.body, 1.0), (self.fields.heading, HEADING_BOOST)] {
                let query = TermQuery::new(
                    Term::from_field_text(field, &term.text),
                    IndexRecordOption::WithFreqs,
                );
                let weighted = BoostQuery::new(Box::new(query), boost * term.weight);
                wanted.push((Occur::Should, Box::new(weighted)));
            }
        }
        BooleanQuery::new(vec![
            (Occur::Must, Box::new(filter)),
            (Occur::Must, Box::new(BooleanQuery::new(wanted))),
        ])
    }

    /// How rare each of `terms` is.
    pub(crate) fn rarity<'t>(
        &self,
        terms: impl Iterator<Item = &'t str>,
    ) -> Result<Rarity<'t>, tantivy::TantivyError> {
        let searcher = self.reader.searcher();
        let all = as_f32(searcher.num_docs());
        let among =
            |all: f32, found: f32| (1.0 + (all - found + 0.5).max(0.5) / (found + 0.5)).ln();
        let many = all.max(CHUNKS_MIN);
        let mut rarity = Rarity { of: BTreeMap::new(), unknown: among(many, 0.0), stretch: 1.0 };
        let (mut judged, mut scored) = (0.0, 0.0);
        for text in terms {
            let found = searcher.doc_freq(&Term::from_field_text(self.fields.body, text))?;
            if found > 0 {
                let found = as_f32(found);
                rarity.of.insert(text, among(many, found));
                judged += among(many, found);
                scored += among(all, found);
            }
        }
        if scored > 0.0 {
            rarity.stretch = judged / scored;
        }
        Ok(rarity)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 matter to a score")]
fn as_f32(count: u64) -> f32 {
    count as f32
}

fn schema() -> (Schema, Fields) {
    let words = || {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(TOKENIZER)
                .set_index_option(IndexRecordOption::WithFreqs),
        )
    };
    let mut builder = Schema::builder();
    let fields = Fields {
        document: builder.add_text_field("document", STRING | STORED),
        place: builder.add_u64_field("place", STORED),
        scope: builder.add_text_field("scope", STRING),
        body: builder.add_text_field("body", words()),
        heading: builder.add_text_field("heading", words()),
    };
    (builder.build(), fields)
}
