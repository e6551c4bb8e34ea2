//! What comes out of a document, and how much of it is taken.

use std::{ops::Range, sync::Arc};

/// A document as one text with its structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The title that the document gives itself, else its first heading of the highest level.
    pub title: Option<String>,
    /// What the bytes turned out to be.
    pub format: Format,
    /// The canonical text that every range points into.
    pub text: String,
    /// The blocks of the text: in order, disjoint, never empty, on character boundaries.
    pub blocks: Vec<Block>,
    /// How many pages it has, where the format has pages.
    pub pages: Option<u32>,
    /// What a person should know before relying on the text.
    pub warnings: Vec<Warning>,
}

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown (CommonMark with tables).
    Markdown,
    /// HTML.
    Html,
    /// Word, Office Open XML.
    Docx,
    /// PDF with a text layer.
    Pdf,
    /// Text in columns, whatever separates them.
    Csv,
    /// Excel, Office Open XML.
    Xlsx,
}

impl Format {
    /// The usual file extension, which also serves as the stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// One block of the canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands, in bytes of the canonical text.
    pub range: Range<usize>,
    /// Its page, from 1, where the format has pages.
    pub page: Option<u32>,
    /// The headings above it, outermost first; a heading does not count itself.
    pub headings: Arc<[String]>,
    /// For header and rows of a table: the names of its columns; empty when it has none.
    pub columns: Arc<[String]>,
    /// The author hid it: a hidden row, column or sheet.
    pub hidden: bool,
}

/// What kind of text a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A heading of this level, 1 the highest.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// The names of a table's columns, separated by tabs.
    TableHeader,
    /// One row of a table, cells separated by tabs.
    TableRow,
}

/// What a person should know before relying on the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// This many characters did not belong to the encoding and became `U+FFFD`.
    ReplacedCharacters {
        /// The encoding that fitted best.
        encoding: &'static str,
        /// How many characters were lost.
        count: usize,
    },
    /// This many glyphs of a PDF say nothing about what character they are.
    UnreadableGlyphs {
        /// How many.
        count: usize,
    },
    /// These pages of a PDF have no text; perhaps they are scans.
    PagesWithoutText {
        /// Their numbers, from 1.
        pages: Vec<u32>,
    },
    /// A part of the document could not be read and was left out.
    PartLeftOut {
        /// Which part, for a person to find it.
        part: String,
    },
    /// The document holds hidden sheets, rows or columns; their blocks are marked.
    HiddenContent {
        /// How many blocks.
        blocks: usize,
    },
}

impl Warning {
    /// The stable code under which a screen finds its words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ReplacedCharacters { .. } => "replaced_characters",
            Self::UnreadableGlyphs { .. } => "unreadable_glyphs",
            Self::PagesWithoutText { .. } => "pages_without_text",
            Self::PartLeftOut { .. } => "part_left_out",
            Self::HiddenContent { .. } => "hidden_content",
        }
    }
}

/// How much of a document is taken before it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The file itself, in bytes.
    pub input_bytes: usize,
    /// All that a compressed document expands to, in bytes.
    pub expanded_bytes: usize,
    /// Expanded to packed size, looked at from 8 MiB of expanded size on.
    pub expansion_ratio: usize,
    /// Files inside a container.
    pub entries: usize,
    /// Elements inside one another.
    pub depth: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Cells of all tables together.
    pub cells: usize,
    /// The canonical text, in bytes.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 100 << 20,
            expanded_bytes: 512 << 20,
            expansion_ratio: 250,
            entries: 10_000,
            depth: 256,
            pages: 5_000,
            cells: 2_000_000,
            text_bytes: 100 << 20,
        }
    }
}
