//! The dictionary on disk: built once from the IPADIC source, then mapped into memory.
//!
//! Layout: `ipadic/source/*.csv, *.def` (fetched, pinned by hash) and `ipadic/dictionary/` (built here).
//! A dictionary is put in place whole, with a seal that lists its files; one without a whole seal is not opened.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lindera::dictionary::load_fs_dictionary;
use lindera::mode::{Mode as Cut, Penalty};
use lindera::segmenter::Segmenter;
use lindera_dictionary::builder::DictionaryBuilder;
use lindera_dictionary::dictionary::metadata::Metadata;
use sha2::{Digest, Sha256};

use crate::question::{Question, question};
use crate::term::{Line, Mode, Term};
use crate::thesaurus::Thesaurus;
use crate::word::{PartOfSpeech, cut};

/// Changes when the built form changes; a dictionary with another seal is built again.
const SEAL_VERSION: &str = "kaname-dictionary 1 lindera 6.2";
const SEAL: &str = "seal.txt";
/// Longest stretch that is cut at once; a longer line is taken in pieces.
const LINE_BYTES: usize = 16 * 1024;

/// Why there is no dictionary.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// The dictionary was never built, or not finished.
    #[error("no dictionary in {0}: run `make setup`, or `kaname model build-dictionary`")]
    Missing(PathBuf),
    /// Files of the dictionary are not those that were built.
    #[error("the dictionary in {0} is damaged: delete it and run `kaname model build-dictionary`")]
    Damaged(PathBuf),
    /// The source to build from is not there.
    #[error("no dictionary source in {0}: run `make setup`, or `kaname model fetch ipadic`")]
    NoSource(PathBuf),
    /// The source could not be built.
    #[error("the dictionary source in {path} cannot be built: {detail}")]
    Build {
        /// Folder of the source.
        path: PathBuf,
        /// What the builder said.
        detail: String,
    },
    /// Reading or writing failed.
    #[error("cannot use {path}")]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Words and terms of Japanese text. Cheap to clone; shared between threads.
#[derive(Clone)]
pub struct Lexicon {
    segmenter: Arc<Segmenter>,
    thesaurus: Arc<OnceLock<Thesaurus>>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lexicon").finish_non_exhaustive()
    }
}

impl Lexicon {
    /// Builds the dictionary from the IPADIC source (EUC-JP) into `out_dir`, replacing what was there.
    /// About two seconds of one core; `out_dir` changes in one step at the end.
    pub fn build(source_dir: &Path, out_dir: &Path) -> Result<(), LexiconError> {
        if !source_dir.join("matrix.def").is_file() {
            return Err(LexiconError::NoSource(source_dir.to_owned()));
        }
        let unfinished = out_dir.with_extension("part");
        remove_dir(&unfinished)?;
        let metadata =
            Metadata { name: "IPADIC".into(), encoding: "EUC-JP".into(), ..Metadata::default() };
        DictionaryBuilder::new(metadata).build_dictionary(source_dir, &unfinished).map_err(
            |error| LexiconError::Build { path: source_dir.into(), detail: error.to_string() },
        )?;
        let seal = seal_of(&unfinished)?;
        let seal_path = unfinished.join(SEAL);
        fs::write(&seal_path, seal)
            .map_err(|source| LexiconError::Io { path: seal_path, source })?;
        remove_dir(out_dir)?;
        fs::rename(&unfinished, out_dir)
            .map_err(|source| LexiconError::Io { path: out_dir.to_owned(), source })
    }

    /// Builds `dictionary/` from `source/` in the given `ipadic` folder unless a current one is there.
    /// Several processes may call it at once: one builds, the others wait.
    pub fn prepare(ipadic_dir: &Path) -> Result<PathBuf, LexiconError> {
        let dictionary = ipadic_dir.join("dictionary");
        if is_sealed(&dictionary) {
            return Ok(dictionary);
        }
        let source = ipadic_dir.join("source");
        if !source.is_dir() {
            return Err(LexiconError::NoSource(source));
        }
        let path = ipadic_dir.join("dictionary.lock");
        let lock = File::create(&path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|source| LexiconError::Io { path, source })?;
        if !is_sealed(&dictionary) {
            Self::build(&source, &dictionary)?;
        }
        drop(lock);
        Ok(dictionary)
    }

    /// Opens a built dictionary: about a millisecond, mapped into memory.
    pub fn open(dictionary_dir: &Path) -> Result<Self, LexiconError> {
        if !dictionary_dir.join(SEAL).is_file() {
            return Err(LexiconError::Missing(dictionary_dir.to_owned()));
        }
        if !is_sealed(dictionary_dir) {
            return Err(LexiconError::Damaged(dictionary_dir.to_owned()));
        }
        let dictionary = load_fs_dictionary(dictionary_dir)
            .map_err(|_| LexiconError::Damaged(dictionary_dir.to_owned()))?;
        let segmenter = Segmenter::new(Cut::Decompose(Penalty::default()), dictionary, None);
        Ok(Self { segmenter: Arc::new(segmenter), thesaurus: Arc::default() })
    }

    /// Reads every byte of a built dictionary and compares it with the seal (about 46 MB).
    pub fn verify(dictionary_dir: &Path) -> Result<(), LexiconError> {
        let sealed = read_seal(dictionary_dir)
            .ok_or_else(|| LexiconError::Missing(dictionary_dir.to_owned()))?;
        if seal_of(dictionary_dir)? == sealed {
            Ok(())
        } else {
            Err(LexiconError::Damaged(dictionary_dir.to_owned()))
        }
    }

    /// Every term of a text in the order of its places: content words and others, compounds, codes, bigrams.
    /// Time and memory grow with the length of the text.
    pub fn terms(&self, text: &str) -> Vec<Term> {
        let mut terms = Vec::new();
        let mut position = 0;
        for (offset, piece) in pieces(text) {
            let line = Line::new(piece, offset, position);
            let words = cut(&self.segmenter, line.as_str());
            position += words.len();
            terms.extend(line.terms(&words));
        }
        terms
    }

    /// The terms to search by: content only; for a question also without the words that only ask.
    pub fn search_terms(&self, text: &str, mode: Mode) -> Vec<Term> {
        let terms = match mode {
            Mode::Index => self.terms(text),
            Mode::Query => self.question(text).terms,
        };
        terms.into_iter().filter(|term| term.is_content).collect()
    }

    /// What a question asks for, and by which terms.
    pub fn question(&self, text: &str) -> Question {
        let thesaurus = self.thesaurus.get_or_init(|| Thesaurus::read(|phrase| self.terms(phrase)));
        question(text, self.terms(text), thesaurus)
    }

    /// The words of a text with their part of speech, as the dictionary cuts the folded text.
    pub fn words(&self, text: &str) -> Vec<(String, PartOfSpeech)> {
        let cut_piece = |(_, piece)| cut(&self.segmenter, Line::new(piece, 0, 0).as_str());
        pieces(text).flat_map(cut_piece).map(|word| (word.surface, word.part_of_speech)).collect()
    }
}

/// Lines with their offsets; a line longer than [`LINE_BYTES`] in several pieces.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = text.get(offset..).filter(|rest| !rest.is_empty())?;
        let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let piece = rest.get(..rest.floor_char_boundary(line.min(LINE_BYTES)))?;
        let at = offset;
        offset += piece.len();
        Some((at, piece))
    })
}

fn remove_dir(path: &Path) -> Result<(), LexiconError> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(LexiconError::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// The version, then `sha256 size name` for each file.
fn seal_of(folder: &Path) -> Result<String, LexiconError> {
    let failed = |source| LexiconError::Io { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let mut seal = format!("{SEAL_VERSION}\n");
    for name in names.iter().filter(|name| *name != SEAL) {
        let (digest, size) = hash(&folder.join(name)).map_err(failed)?;
        seal.extend([digest.as_str(), " ", &size.to_string(), " ", name.as_str(), "\n"]);
    }
    Ok(seal)
}

fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        let Some(block) = buffer.get(..read).filter(|block| !block.is_empty()) else { break };
        hasher.update(block);
        size += read as u64;
    }
    Ok((hex(&hasher.finalize()), size))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn read_seal(folder: &Path) -> Option<String> {
    let seal = fs::read_to_string(folder.join(SEAL)).ok()?;
    (seal.lines().next() == Some(SEAL_VERSION)).then_some(seal)
}

/// Is there a seal of this version, and has every file the size that it states?
fn is_sealed(folder: &Path) -> bool {
    let Some(seal) = read_seal(folder) else { return false };
    seal.lines().skip(1).all(|line| {
        let mut parts = line.splitn(3, ' ').skip(1);
        let (Some(size), Some(name)) = (parts.next(), parts.next()) else { return false };
        let found = fs::metadata(folder.join(name)).map(|file| file.len().to_string());
        found.is_ok_and(|found| found == size)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::lexicon;
    use crate::question::Asks;
    use crate::term::TermKind;

    fn content(text: &str) -> Vec<String> {
        let terms = lexicon().search_terms(text, Mode::Index);
        terms.into_iter().map(|term| term.text).collect()
    }

    fn share_a_term(left: &str, right: &str) -> bool {
        content(left).iter().any(|term| content(right).contains(term))
    }

    #[test]
    fn particles_and_helping_words_are_no_content() {
        assert_eq!(content("粗大ごみを捨てたい"), ["粗大", "粗大ゴミ", "ゴミ", "捨てる"]);
        assert_eq!(content("手続きについて教えてください。"), ["手続"]);
    }

    #[test]
    fn spellings_that_mean_the_same_meet() {
        for (left, right) in [
            ("ゴミ", "粗大ごみ"),
            ("住民票", "住民票の写し"),
            ("申込書", "申し込み"),
            ("第三条", "第3条"),
            ("令和六年", "令和6年"),
            ("三百円", "300円"),
            ("1,500円", "１５００円"),
            ("四月", "4月"),
            ("障がい", "障害者手帳"),
            ("子ども医療費", "こどもの医療費"),
            ("サーバー", "サーバ"),
            ("髙﨑", "高崎市"),
            ("ﾏｲﾅﾎﾟｰﾀﾙ", "マイナポータル"),
            ("様式A-12", "ａ－１２"),
            ("引っ越し", "引越しの届出"),
        ] {
            assert!(
                share_a_term(left, right),
                "{left} {:?} / {right} {:?}",
                content(left),
                content(right)
            );
        }
        assert!(!share_a_term("交付", "公布"));
        assert!(!share_a_term("第3条", "第13条"));
    }

    #[test]
    fn compounds_numbers_and_codes_are_terms_with_their_place() {
        let text = "医療費助成は１，５００円（ＤＳ－９２０）";
        let terms = lexicon().terms(text);
        let find = |kind, wanted: &str| {
            let term = terms.iter().find(|term| term.kind == kind && term.text == wanted).unwrap();
            text.get(term.start..term.end).unwrap()
        };
        assert_eq!(find(TermKind::Compound, "医療費助成"), "医療費助成");
        assert_eq!(find(TermKind::Compound, "1500円"), "１，５００円");
        assert_eq!(find(TermKind::Code, "ds-920"), "ＤＳ－９２０");
    }

    #[test]
    fn a_word_that_the_dictionary_lacks_is_found_by_a_part_of_it() {
        let terms = lexicon().terms("マイナポータルの使い方");
        assert!(terms.iter().any(|term| term.kind == TermKind::Bigram && term.text == "タル"));
        assert!(share_a_term("ポータル", "マイナポータル"));
    }

    #[test]
    fn a_question_keeps_what_it_is_about_and_says_what_it_wants() {
        let question = lexicon().question("粗大ごみの手数料はいくらですか");
        let words: Vec<&str> = question.terms.iter().map(|term| term.text.as_str()).collect();
        assert_eq!(words, ["粗大", "粗大ゴミ", "ゴミ", "手数料"]);
        assert_eq!(question.asks, [Asks::Amount]);
        let question = lexicon().question("転入届は何時まで、どこで出せますか？");
        assert_eq!(question.asks, [Asks::Time, Asks::Place]);
        assert!(question.terms.iter().all(|term| !term.text.contains('何')), "{question:?}");
        assert_eq!(lexicon().question("いつですか").terms, []);
    }

    #[test]
    fn a_long_line_is_cut_in_pieces_and_offsets_stay_right() {
        let text = format!("{}住民票", "あ".repeat(LINE_BYTES));
        let terms = lexicon().terms(&text);
        let last = terms.iter().rfind(|term| term.text == "住民票").unwrap();
        assert_eq!(text.get(last.start..last.end), Some("住民票"));
    }

    #[test]
    fn a_missing_dictionary_says_how_to_get_it() {
        let empty = tempfile::tempdir().unwrap();
        let error = Lexicon::open(empty.path()).unwrap_err();
        assert!(error.to_string().contains("make setup"), "{error}");
        let error = Lexicon::prepare(empty.path()).unwrap_err();
        assert!(error.to_string().contains("kaname model fetch ipadic"), "{error}");
    }

    #[test]
    fn a_shortened_dictionary_is_refused_and_a_changed_byte_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let text = "だれもいない";
        fs::write(folder.path().join("words"), text).unwrap();
        fs::write(folder.path().join(SEAL), seal_of(folder.path()).unwrap()).unwrap();
        assert!(Lexicon::verify(folder.path()).is_ok());
        fs::write(folder.path().join("words"), text.replace('な', "た")).unwrap();
        assert!(matches!(Lexicon::verify(folder.path()), Err(LexiconError::Damaged(_))));
        fs::write(folder.path().join("words"), "").unwrap();
        assert!(matches!(Lexicon::open(folder.path()), Err(LexiconError::Damaged(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_text_gives_terms_on_character_borders(text in "\\PC{0,60}|[\\x00-\u{ffff}]{0,40}") {
            let terms = lexicon().terms(&text);
            for term in &terms {
                prop_assert!(text.get(term.start..term.end).is_some_and(|part| !part.is_empty()), "{:?}", term);
                prop_assert!(!term.text.is_empty());
            }
            prop_assert!(terms.is_sorted_by_key(|term| term.position));
            let _ = lexicon().question(&text);
        }
    }
}
