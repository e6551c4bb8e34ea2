//! What a file is, by its content first and by its name where the content does not say.

use crate::{
    error::{ExtractError, HowToConvert},
    model::Format,
    package::Package,
};

/// How a file will be read.
pub(crate) enum Kind<'a> {
    Text(Format),
    Pdf,
    Docx(Package<'a>),
    Xlsx(Package<'a>),
}

const HEAD_BYTES: usize = 1024;

/// Content that names a format which is not read.
const FOREIGN_MAGIC: &[(&[u8], &str, HowToConvert)] = &[
    (b"\x89PNG", "png", HowToConvert::RecogniseText),
    (b"\xff\xd8\xff", "jpg", HowToConvert::RecogniseText),
    (b"II*\0", "tif", HowToConvert::RecogniseText),
    (b"MM\0*", "tif", HowToConvert::RecogniseText),
    (b"GIF8", "gif", HowToConvert::RecogniseText),
    (b"BM", "bmp", HowToConvert::RecogniseText),
    (b"{\\rtf", "rtf", HowToConvert::SaveAsDocx),
    (b"\x1f\x8b", "gz", HowToConvert::Unpack),
    (b"7z\xbc\xaf\x27\x1c", "7z", HowToConvert::Unpack),
    (b"Rar!", "rar", HowToConvert::Unpack),
];

/// Names of formats that are not read, for contents that do not say it themselves.
const FOREIGN_NAMES: &[(&[&str], &str, HowToConvert)] = &[
    (&["xdw", "xbd", "xct"], "xdw", HowToConvert::ExportAsPdf),
    (&["jtd", "jtt", "jtdc", "jfw", "jbw"], "jtd", HowToConvert::SaveAsDocx),
    (&["doc", "dot", "wps"], "doc", HowToConvert::SaveAsDocx),
    (&["xls", "xlt"], "xls", HowToConvert::SaveAsXlsx),
    (&["ppt", "pps", "pptx"], "ppt", HowToConvert::ExportAsPdf),
    (&["odt"], "odt", HowToConvert::SaveAsDocx),
    (&["ods"], "ods", HowToConvert::SaveAsXlsx),
    (&["tif", "tiff"], "tif", HowToConvert::RecogniseText),
    (&["jpg", "jpeg"], "jpg", HowToConvert::RecogniseText),
    (&["png"], "png", HowToConvert::RecogniseText),
    (&["zip", "lzh", "tar", "gz"], "zip", HowToConvert::Unpack),
];

pub(crate) fn detect<'a>(name: &str, bytes: &'a [u8]) -> Result<Kind<'a>, ExtractError> {
    let extension = extension_of(name);
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    if head.iter().all(u8::is_ascii_whitespace) && bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ExtractError::Empty);
    }
    if find(head, b"%PDF-").is_some() {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return of_package(&extension, bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(of_compound_file(&extension, bytes));
    }
    for &(magic, format, how) in FOREIGN_MAGIC {
        let is_text = magic.len() < 3 && looks_like_text(head);
        if bytes.starts_with(magic) && !is_text {
            return Err(ExtractError::Unsupported { format, how });
        }
    }
    of_name(&extension, bytes)
}

fn extension_of(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

fn of_name<'a>(extension: &str, bytes: &[u8]) -> Result<Kind<'a>, ExtractError> {
    for &(names, format, how) in FOREIGN_NAMES {
        if names.contains(&extension) {
            return Err(ExtractError::Unsupported { format, how });
        }
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    match extension {
        "docx" | "docm" => Err(ExtractError::corrupt("docx", &"it is no package")),
        "xlsx" | "xlsm" => Err(ExtractError::corrupt("xlsx", &"it is no package")),
        "pdf" => Err(ExtractError::corrupt("pdf", &"the header is missing")),
        _ if !looks_like_text(head) => Err(ExtractError::UnknownType),
        "md" | "markdown" => Ok(Kind::Text(Format::Markdown)),
        "html" | "htm" | "xhtml" => Ok(Kind::Text(Format::Html)),
        "csv" | "tsv" => Ok(Kind::Text(Format::Csv)),
        _ if begins_as_html(head) => Ok(Kind::Text(Format::Html)),
        "txt" | "text" | "log" | "" => Ok(Kind::Text(Format::Text)),
        _ => Err(ExtractError::UnknownType),
    }
}

fn begins_as_html(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start: Vec<u8> =
        head.trim_ascii_start().iter().take(14).map(u8::to_ascii_lowercase).collect();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

/// No byte that text never holds, unless it is UTF-16.
fn looks_like_text(head: &[u8]) -> bool {
    let is_utf_16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let is_odd = |b: &&u8| matches!(**b, 0..=8 | 14..=26 | 28..=31 | 127);
    is_utf_16
        || crate::encoding::utf_16_without_mark(head).is_some()
        || !head.iter().any(|b| is_odd(&b))
}

fn of_package<'a>(extension: &str, bytes: &'a [u8]) -> Result<Kind<'a>, ExtractError> {
    let format = match extension {
        "docx" | "docm" => "docx",
        "xlsx" | "xlsm" => "xlsx",
        _ => "zip",
    };
    let package = Package::open(bytes, format)?;
    if package.has("word/document.xml") {
        return Ok(Kind::Docx(package));
    }
    if package.has("xl/workbook.xml") {
        return Ok(Kind::Xlsx(package));
    }
    let (format, how) = if package.has("ppt/presentation.xml") {
        ("pptx", HowToConvert::ExportAsPdf)
    } else if package.has("xl/workbook.bin") {
        ("xlsb", HowToConvert::SaveAsXlsx)
    } else if package.has("content.xml") && extension == "ods" {
        ("ods", HowToConvert::SaveAsXlsx)
    } else if package.has("content.xml") {
        ("odt", HowToConvert::SaveAsDocx)
    } else if format != "zip" {
        return Err(ExtractError::corrupt(format, &"the main part is missing"));
    } else {
        ("zip", HowToConvert::Unpack)
    };
    Err(ExtractError::Unsupported { format, how })
}

/// Formats in the compound file container, told apart by the names of the streams inside.
fn of_compound_file(extension: &str, bytes: &[u8]) -> ExtractError {
    let has_stream = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide).is_some()
    };
    if has_stream("EncryptedPackage") {
        return ExtractError::PasswordProtected;
    }
    let by_name = FOREIGN_NAMES.iter().find(|(names, ..)| names.contains(&extension));
    let (format, how) = if extension.starts_with("jt") || has_stream("JSRV_SegmentInformation") {
        ("jtd", HowToConvert::SaveAsDocx)
    } else if has_stream("WordDocument") {
        ("doc", HowToConvert::SaveAsDocx)
    } else if has_stream("Workbook") || has_stream("Book") {
        ("xls", HowToConvert::SaveAsXlsx)
    } else if has_stream("PowerPoint Document") {
        ("ppt", HowToConvert::ExportAsPdf)
    } else if let Some(&(_, format, how)) = by_name {
        (format, how)
    } else {
        return ExtractError::UnknownType;
    };
    ExtractError::Unsupported { format, how }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
