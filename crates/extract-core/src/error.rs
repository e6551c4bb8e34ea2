//! Why a document cannot be read, each with a stable code and with what to do about it.

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// There is nothing in it.
    #[error("the file is empty: check that it was saved, and send it again")]
    Empty,
    /// Neither the name nor the content says what it is.
    #[error("the type of the file is not known: send txt, md, html, docx, pdf, csv or xlsx")]
    UnknownType,
    /// A known format that is not read.
    #[error("{format} files are not read: {how}")]
    Unsupported {
        /// The format's usual extension.
        format: &'static str,
        /// What to do instead.
        how: HowToConvert,
    },
    /// It opens only with a password.
    #[error("the file is protected by a password: remove the password and send it again")]
    PasswordProtected,
    /// The bytes are not what the format demands.
    #[error("the {format} file is damaged ({detail}): open and save it again in its application")]
    Corrupt {
        /// The format's usual extension.
        format: &'static str,
        /// What is wrong, for whoever looks into it.
        detail: String,
    },
    /// The file is larger than allowed.
    #[error("the file has {size} bytes and {limit} are allowed: split it")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It expands to more than any real document.
    #[error("the file expands beyond what a document may ({what}): save it again without packing")]
    Bomb {
        /// Which bound it broke.
        what: &'static str,
    },
    /// Its characters fit no known encoding.
    #[error("the characters of the file fit no known encoding: save it as UTF-8 or Shift_JIS")]
    Encoding,
    /// The caller cancelled.
    #[error("reading was cancelled")]
    Cancelled,
    /// It has more pages, cells or text than allowed.
    #[error("the file has more than {limit} {what}: split it")]
    TooMuch {
        /// `pages`, `cells` or `bytes of text`.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

impl ExtractError {
    /// The stable code that a caller gets.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "document_empty",
            Self::UnknownType => "document_type_unknown",
            Self::Unsupported { .. } => "document_type_unsupported",
            Self::PasswordProtected => "document_password_protected",
            Self::Corrupt { .. } => "document_corrupt",
            Self::TooLarge { .. } => "document_too_large",
            Self::Bomb { .. } => "document_bomb",
            Self::Encoding => "document_encoding",
            Self::Cancelled => "document_cancelled",
            Self::TooMuch { .. } => "document_too_much",
        }
    }

    pub(crate) fn corrupt(format: &'static str, detail: &dyn std::fmt::Display) -> Self {
        Self::Corrupt { format, detail: detail.to_string().chars().take(200).collect() }
    }
}

/// What to do with a format that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HowToConvert {
    /// Open it in Word or LibreOffice Writer and save it as docx.
    SaveAsDocx,
    /// Open it in Excel or LibreOffice Calc and save it as xlsx.
    SaveAsXlsx,
    /// Open it in the application that made it and print or export it as PDF.
    ExportAsPdf,
    /// It is a picture of text: run character recognition and send the PDF with its text layer.
    RecogniseText,
    /// It holds other files: unpack it and send those.
    Unpack,
}

impl HowToConvert {
    /// The key under which a screen finds its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::SaveAsDocx => "save_as_docx",
            Self::SaveAsXlsx => "save_as_xlsx",
            Self::ExportAsPdf => "export_as_pdf",
            Self::RecogniseText => "recognise_text",
            Self::Unpack => "unpack",
        }
    }
}

impl std::fmt::Display for HowToConvert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SaveAsDocx => "open it in its word processor and save it as docx",
            Self::SaveAsXlsx => "open it in its spreadsheet and save it as xlsx",
            Self::ExportAsPdf => "open it in the application that made it and export it as PDF",
            Self::RecogniseText => "run character recognition and send the PDF that has text",
            Self::Unpack => "unpack it and send the files inside",
        })
    }
}
