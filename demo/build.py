#!/usr/bin/env python3
"""Builds the binary documents of the demo town from the plain sources in `source/`.

`x.pdf.md` becomes `x.pdf`, `x.docx.md` becomes `x.docx`, `x.sheet` becomes `x.xlsx` and
`x.cp932.csv` becomes `x.csv` (Shift_JIS as Windows writes it), each under the same folder of
`documents/`. The same sources and library versions give the same bytes, every time.

Needs: reportlab, python-docx, openpyxl, and the font IPAexGothic (Debian: fonts-ipaexfont-gothic).
"""

import datetime
import io
import os
import re
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
DOCUMENTS = HERE / "documents"
STAMP = datetime.datetime(2026, 11, 1, 0, 0, 0)
FONT = os.environ.get("DEMO_FONT", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")


def blocks(text):
    """The blocks of a source: ("h1".."h3" | "p" | "li" | "ol" | "page", text) and ("table", rows)."""
    table = []
    for line in text.splitlines() + [""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r"-+", cell) for cell in cells):
                table.append(cells)
            continue
        if table:
            yield "table", table
            table = []
        if not line.strip():
            continue
        if line.strip() == "---page---":
            yield "page", ""
        elif heading := re.match(r"(#{1,3}) (.*)", line):
            yield f"h{len(heading[1])}", heading[2]
        elif line.startswith("- "):
            yield "li", "・" + line[2:]
        elif numbered := re.match(r"(\d+)\. (.*)", line):
            yield "ol", f"({numbered[1]}) {numbered[2]}"
        else:
            yield "p", line


def repack(data):
    """The same zip archive with fixed times, so that equal content is equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-01T00:00:00Z", content)
            new.writestr(info, content)
    return out.getvalue()


def pdf_styles():
    from reportlab.lib.styles import ParagraphStyle

    def style(name, size, before, after, indent=0):
        return ParagraphStyle(
            name, fontName="Demo", fontSize=size, leading=size * 1.55, spaceBefore=before,
            spaceAfter=after, leftIndent=indent, wordWrap="CJK", keepWithNext=name.startswith("h"))

    return {
        "h1": style("h1", 15, 0, 8), "h2": style("h2", 12.5, 8, 4), "h3": style("h3", 11, 6, 3),
        "p": style("p", 10, 0, 4), "li": style("li", 10, 0, 2, 12), "ol": style("ol", 10, 0, 2, 12),
        "cell": style("cell", 9, 0, 0),
    }


def pdf_table(rows, styles, width):
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    longest = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    weights = [4 + min(22, length) for length in longest]
    widths = [width * weight / sum(weights) for weight in weights]
    cells = [[Paragraph(escape(cell), styles["cell"]) for cell in row] for row in rows]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.92, 0.94, 0.97)),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, colWidths=widths, repeatRows=1, style=TableStyle(look), spaceBefore=3, spaceAfter=6)


def build_pdf(text):
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph

    pdfmetrics.registerFont(TTFont("Demo", FONT))
    styles = pdf_styles()
    title = next(body for kind, body in blocks(text) if kind == "h1")
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, topMargin=56, bottomMargin=56, leftMargin=60, rightMargin=60,
        title=title, author="汐見野町（架空）", lang="ja", invariant=1)

    def footer(canvas, page):  # drawn last, so that the text of the page comes first
        canvas.setFont("Demo", 9)
        canvas.drawCentredString(A4[0] / 2, 34, f"－ {page.page} －")

    flow = []
    for kind, body in blocks(text):
        if kind == "page":
            flow.append(PageBreak())
        elif kind == "table":
            flow.append(pdf_table(body, styles, document.width))
        else:
            flow.append(Paragraph(escape(body), styles[kind]))
    frame = Frame(60, 56, document.width, document.height, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame], onPageEnd=footer))
    document.build(flow)
    return out.getvalue()


def build_docx(text):
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = "Yu Gothic"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Yu Gothic")
    document.styles["Normal"].font.size = Pt(10.5)
    for kind, body in blocks(text):
        if kind == "h1":
            document.add_paragraph(body, style="Title")
            document.core_properties.title = body
        elif kind in ("h2", "h3"):
            document.add_heading(body, level=int(kind[1]) - 1)
        elif kind == "table":
            table = document.add_table(rows=len(body), cols=len(body[0]), style="Table Grid")
            for row, cells in zip(table.rows, body):
                for cell, value in zip(row.cells, cells):
                    cell.text = value
        elif kind == "li":
            document.add_paragraph(body[1:], style="List Bullet")
        elif kind == "ol":
            document.add_paragraph(body).paragraph_format.left_indent = Pt(14)
        elif kind == "p":
            document.add_paragraph(body)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "汐見野町（架空）"
    properties.created = properties.modified = STAMP
    out = io.BytesIO()
    document.save(out)
    return repack(out.getvalue())


def build_xlsx(text):
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    line = Side(style="thin", color="888888")
    for part in re.split(r"(?m)^= ", text)[1:]:
        name, *lines = part.strip().splitlines()
        sheet = book.create_sheet(name)
        width = next(entry for entry in lines if entry.startswith("# ")).count("|") + 1
        widths = [8.0] * width
        for number, entry in enumerate(lines, 1):
            if entry[:2] in ("! ", "? "):
                sheet.cell(number, 1, entry[2:]).font = Font(size=14 if entry[0] == "!" else 10, bold=entry[0] == "!")
                sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=width)
                continue
            header = entry.startswith("# ")
            for column, value in enumerate((entry[2:] if header else entry).split("|"), 1):
                number_like = re.fullmatch(r"-?\d+", value) is not None
                cell = sheet.cell(number, column, int(value) if number_like else value or None)
                cell.border = Border(left=line, right=line, top=line, bottom=line)
                cell.alignment = Alignment(wrap_text=header, vertical="center")
                widths[column - 1] = min(44.0, max(widths[column - 1], 2.1 * len(value)))
                if number_like:
                    cell.number_format = "#,##0"
                if header:
                    cell.font = Font(bold=True)
                    cell.fill = PatternFill("solid", fgColor="E8EEF7")
            if header:
                sheet.freeze_panes = sheet.cell(number + 1, 1)
        for column, wide in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = wide
    book.properties.creator = book.properties.lastModifiedBy = "汐見野町（架空）"
    book.properties.created = book.properties.modified = STAMP
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue())


def build_cp932(text):
    return text.replace("\n", "\r\n").encode("cp932")


BUILDERS = {
    ".pdf.md": (".pdf", build_pdf), ".docx.md": (".docx", build_docx),
    ".sheet": (".xlsx", build_xlsx), ".cp932.csv": (".csv", build_cp932),
}


def main():
    stale = []
    for path in sorted(SOURCE.rglob("*.*")):
        suffix = next(suffix for suffix in BUILDERS if path.name.endswith(suffix))
        extension, build = BUILDERS[suffix]
        target = DOCUMENTS / path.relative_to(SOURCE).parent / (path.name[: -len(suffix)] + extension)
        data = build(path.read_text(encoding="utf-8"))
        if not target.exists() or target.read_bytes() != data:
            stale.append(target)
            if "--check" not in sys.argv:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    for target in stale:
        print(("stale " if "--check" in sys.argv else "built ") + str(target.relative_to(HERE)))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
