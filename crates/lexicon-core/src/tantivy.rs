//! The tokenizer of the full-text index: search terms as tokens with positions and byte offsets.

use tantivy_tokenizer_api::{Token, TokenStream, Tokenizer};

use crate::lexicon::Lexicon;
use crate::term::{Mode, Term};

/// A tokenizer over a [`Lexicon`]; register one per [`Mode`], or search by `search_terms` directly.
#[derive(Debug, Clone)]
pub struct LexiconTokenizer {
    lexicon: Lexicon,
    mode: Mode,
}

impl LexiconTokenizer {
    /// A tokenizer for documents or for questions.
    pub fn new(lexicon: Lexicon, mode: Mode) -> Self {
        Self { lexicon, mode }
    }
}

impl Tokenizer for LexiconTokenizer {
    type TokenStream<'a> = LexiconTokenStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LexiconTokenStream {
        let terms = self.lexicon.search_terms(text, self.mode);
        LexiconTokenStream { terms: terms.into_iter(), token: Token::default() }
    }
}

/// The tokens of one text.
#[derive(Debug)]
pub struct LexiconTokenStream {
    terms: std::vec::IntoIter<Term>,
    token: Token,
}

impl TokenStream for LexiconTokenStream {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else { return false };
        self.token = Token {
            offset_from: term.start,
            offset_to: term.end,
            position: term.position,
            text: term.text,
            position_length: term.position_length,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
    use tantivy::schema::{
        IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
    };
    use tantivy::tokenizer::TextAnalyzer;
    use tantivy::{Index, IndexWriter, TantivyDocument, doc};

    use super::*;
    use crate::models::lexicon;

    const DOCUMENTS: [&str; 4] = [
        "粗大ゴミの処理手数料は、一点につき三百円です。",
        "住民票の写しの交付手数料は、一通につき３００円です。",
        "引越しの届出は、市民課の窓口で受け付けます。",
        "障がい者手帳の申込は福祉課へ。",
    ];

    fn best(question: &str) -> String {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("japanese")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::from(STORED).set_indexing_options(indexing);
        let body = schema.add_text_field("body", options);
        let index = Index::create_in_ram(schema.build());
        let tokenizer = LexiconTokenizer::new(lexicon(), Mode::Index);
        index.tokenizers().register("japanese", TextAnalyzer::builder(tokenizer).build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for text in DOCUMENTS {
            writer.add_document(doc!(body => text)).unwrap();
        }
        writer.commit().unwrap();
        let should = |term: Term| {
            let term = tantivy::Term::from_field_text(body, &term.text);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(query) as Box<dyn Query>)
        };
        let terms = lexicon().search_terms(question, Mode::Query);
        let query = BooleanQuery::new(terms.into_iter().map(should).collect());
        let searcher = index.reader().unwrap().searcher();
        let hits = searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).unwrap();
        let found: TantivyDocument = searcher.doc(hits[0].1).unwrap();
        found.get_first(body).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn a_question_finds_its_document_through_the_index_in_another_spelling() {
        assert_eq!(best("粗大ごみを捨てるのはいくらですか"), DOCUMENTS[0]);
        assert_eq!(best("ｼﾞｭｳﾐﾝ票　住民票の写し はおいくら"), DOCUMENTS[1]);
        assert_eq!(best("引っ越しの届け出はどこ？"), DOCUMENTS[2]);
        assert_eq!(best("障害者手帳を申し込みたい"), DOCUMENTS[3]);
    }

    #[test]
    fn tokens_carry_places_of_the_original_text() {
        let text = "住民票は３００円";
        let mut tokenizer = LexiconTokenizer::new(lexicon(), Mode::Index);
        let mut stream = tokenizer.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            let token = stream.token();
            let surface = text.get(token.offset_from..token.offset_to).unwrap();
            found.push((token.text.clone(), surface, token.position, token.position_length));
        }
        let expected = [
            ("住民", "住民", 0, 1),
            ("住民票", "住民票", 0, 2),
            ("300", "３００", 3, 1),
            ("300円", "３００円", 3, 2),
        ];
        assert_eq!(
            found,
            expected.map(|(text, surface, at, length)| (text.to_owned(), surface, at, length))
        );
    }
}
