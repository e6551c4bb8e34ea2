//! Small real documents, built part by part.

use std::io::{Cursor, Write as _};

use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{Block, BlockKind};

pub(super) fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn to_text_block(block: &Block) -> kaname_text_core::Block<'_> {
    use kaname_text_core::BlockKind as Kind;
    let kind = match block.kind {
        BlockKind::Heading(_) => Kind::Heading,
        BlockKind::Paragraph => Kind::Paragraph,
        BlockKind::ListItem => Kind::ListItem,
        BlockKind::TableHeader => Kind::TableHeader,
        BlockKind::TableRow => Kind::TableRow,
    };
    let (headings, columns) = (&block.headings[..], &block.columns[..]);
    kaname_text_core::Block {
        kind,
        range: block.range.clone(),
        page: block.page,
        headings,
        columns,
    }
}

pub(super) fn docx() -> Vec<u8> {
    let styles = r#"<w:styles xmlns:w="w">
        <w:style w:styleId="a1"><w:name w:val="見出し 1"/></w:style>
        <w:style w:styleId="a2"><w:name w:val="小見出し"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
        <w:style w:styleId="a3"><w:name w:val="x"/><w:basedOn w:val="a2"/></w:style></w:styles>"#;
    let paragraph = |properties: &str, text: &str| {
        format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", paragraph("", text))
    };
    let body = [
        paragraph(r#"<w:pStyle w:val="a1"/>"#, "転入の届出"),
        "<w:p><w:r><w:t>14日以内に</w:t></w:r><w:del><w:r><w:delText>廃止</w:delText></w:r></w:del>\
         <w:r><w:t>届け出る。</w:t></w:r></w:p>"
            .to_owned(),
        paragraph(r#"<w:numPr><w:numId w:val="1"/></w:numPr>"#, "本人確認書類"),
        paragraph(r#"<w:pStyle w:val="a3"/>"#, "持ち物"),
        "<w:tbl><w:tr>".to_owned(),
        cell("", "区分"),
        cell("", "書類"),
        "</w:tr><w:tr>".to_owned(),
        cell(r#"<w:vMerge w:val="restart"/>"#, "本人"),
        cell("", "運転免許証"),
        "</w:tr><w:tr>".to_owned(),
        cell("<w:vMerge/>", ""),
        cell("", "旅券<w:lastRenderedPageBreak/>").replace("<w:lastRenderedPageBreak/></w:t>", "</w:t><w:lastRenderedPageBreak/>"),
        "</w:tr></w:tbl>".to_owned(),
    ]
    .concat();
    let document = format!(r#"<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    let core = r#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>窓口の手引</dc:title></cp:coreProperties>"#;
    zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("docProps/core.xml", core.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}

pub(super) fn xlsx() -> Vec<u8> {
    let text = |place: &str, text: &str| {
        format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    };
    let number = |place: &str, style: u8, number: &str| {
        format!(r#"<c r="{place}" s="{style}"><v>{number}</v></c>"#)
    };
    let rows = [
        format!(r#"<row r="1">{}</row>"#, text("B1", "指定避難所一覧")),
        format!(
            r#"<row r="2">{}{}{}</row>"#,
            text("B2", "地区"),
            text("C2", "収容人数"),
            text("E2", "開設日")
        ),
        format!(r#"<row r="3">{}{}</row>"#, text("C3", "屋内"), text("D3", "屋外")),
        format!(
            r#"<row r="4">{}{}{}{}</row>"#,
            text("B4", "東"),
            number("C4", 0, "120"),
            number("D4", 0, "300.5"),
            number("E4", 1, "45748")
        ),
        format!(r#"<row r="5" hidden="1">{}</row>"#, number("C5", 0, "80")),
    ]
    .concat();
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>
        <mergeCells><mergeCell ref="B1:E1"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:D2"/><mergeCell ref="E2:E3"/>
        <mergeCell ref="B4:B5"/></mergeCells></worksheet>"#
    );
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{office}">
        <sheets><sheet name="一覧" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let relations = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/></Relationships>"#
    );
    let root = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// Two pages in a font whose codes are UTF-16, as printers without embedded fonts wrote them.
pub(super) fn pdf() -> Vec<u8> {
    let line = |size: u32, x: u32, y: u32, text: &str| {
        let hex: String =
            text.encode_utf16().fold(String::new(), |hex, unit| format!("{hex}{unit:04X}"));
        format!("BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{hex}> Tj ET\n")
    };
    let first = [
        line(18, 72, 760, "粗大ごみの出し方"),
        line(10, 72, 730, "収集日の七日前までに受付センターへ申し込んで"),
        line(10, 72, 714, "ください。料金は表のとおりです。"),
        line(10, 72, 680, "品目"),
        line(10, 200, 680, "手数料"),
        line(10, 72, 664, "ソファ"),
        line(10, 200, 664, "八百円"),
        line(10, 290, 40, "1"),
    ];
    let second = [line(10, 72, 760, "処理券は取扱店で買えます。"), line(10, 290, 40, "2")];
    pdf_of(&[first.concat(), second.concat()])
}

pub(super) fn pdf_of(pages: &[String]) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let descendant = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType0", "BaseFont" => "HeiseiMin-W3",
    });
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "HeiseiMin-W3",
        "Encoding" => "UniJIS-UTF16-H", "DescendantFonts" => vec![descendant.into()],
    });
    let kids: Vec<Object> = pages
        .iter()
        .map(|content| {
            let stream = Stream::new(Dictionary::new(), content.clone().into_bytes());
            let contents = document.add_object(stream);
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => contents,
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            };
            document.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap();
    document
        .objects
        .insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
