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
