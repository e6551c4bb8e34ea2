#!/usr/bin/env python3
"""Checks the demo town: documents, labels, questions, answers, and that the question set is unchanged.

Reads every document the way a plain parser would (no layout tricks) and compares each answer with
that text. A paraphrase may share no content word with its answer; words are UniDic lemmas.

Needs: openpyxl, python-docx, pypdf, fugashi, unidic-lite.
"""

import csv
import hashlib
import html.parser
import json
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE / "documents"
CONTENT = {"名詞", "動詞", "形容詞", "形状詞"}
# Words that carry grammar rather than content, by UniDic lemma.
GRAMMAR = {
    "為る", "居る", "有る", "成る", "出来る", "下さる", "御座る", "致す", "貰う", "頂く", "呉れる", "仕舞う", "置く",
    "事", "物", "時", "為", "様", "所", "訳", "積もり", "方", "良い", "無い", "どう",
}
WANTED_KINDS = {"direct": 60, "paraphrase": 20, "unanswerable": 20}


class TextOfHtml(html.parser.HTMLParser):
    """Collects text; a cell ends in a blank and any other block in a line end."""

    def __init__(self):
        super().__init__()
        self.parts = []
        self.hidden = False

    def handle_starttag(self, tag, attrs):
        self.hidden = tag in ("script", "style", "title")

    def handle_endtag(self, tag):
        self.hidden = False
        self.parts.append(" " if tag in ("td", "th", "a") else "\n")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data.strip("\n"))


def rows_of_csv(path):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp932")
    return list(csv.reader(text.splitlines()))


def rows_of_xlsx(path):
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    return [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]


def blocks_of_docx(path):
    import docx

    for block in docx.Document(path).iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield " ".join(cell.text for cell in row.cells)
        else:
            yield block.text


def pages_of(path):
    """The text of a document, page by page; a document without pages is one page."""
    if path.suffix == ".pdf":
        import pypdf

        return [page.extract_text() for page in pypdf.PdfReader(path).pages]
    if path.suffix == ".docx":
        return ["\n".join(blocks_of_docx(path))]
    if path.suffix in (".xlsx", ".csv"):
        rows = rows_of_xlsx(path) if path.suffix == ".xlsx" else rows_of_csv(path)
        return ["\n".join(" ".join(str(cell) for cell in row if cell not in (None, "")) for row in rows)]
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        parser = TextOfHtml()
        parser.feed(text)
        return ["".join(parser.parts)]
    return [text]


def squeezed(text):
    return re.sub(r"\s", "", text)


def contains(path, page, answer):
    """Plain text and rows must match to the character, laid-out text but for white space."""
    if path.suffix in (".md", ".txt"):
        return answer in page
    if path.suffix in (".xlsx", ".csv"):
        return answer in page.splitlines()
    return squeezed(answer) in squeezed(page)


def content_words(tagger, text):
    words = set()
    for word in tagger(text):
        feature = word.feature
        if feature.pos1 in CONTENT and feature.pos2 != "数詞":
            lemma = (feature.lemma or word.surface).split("-")[0]
            if lemma not in GRAMMAR:
                words.update((lemma, word.surface))
    return words


def check_town(town, faults):
    departments = {entry["key"] for entry in town["departments"]}
    collections = {entry["key"]: entry for entry in town["collections"]}
    listed = [entry["path"] for entry in town["documents"]]
    present = {str(path.relative_to(DOCUMENTS)) for path in DOCUMENTS.rglob("*") if path.is_file()}
    faults += [f"listed but missing: {path}" for path in listed if path not in present]
    faults += [f"present but not listed: {path}" for path in sorted(present - set(listed))]
    faults += [f"listed twice: {path}" for path, times in Counter(listed).items() if times > 1]
    if len(listed) < 60:
        faults.append(f"only {len(listed)} documents")
    for entry in town["documents"]:
        if entry["collection"] not in collections:
            faults.append(f"unknown collection of {entry['path']}")
    for entry in town["collections"]:
        if entry["readers"] != "all" and not set(entry["readers"]) <= departments:
            faults.append(f"unknown reader of {entry['key']}")
    for entry in town["accounts"]:
        if entry["department"] not in departments:
            faults.append(f"unknown department of {entry['user']}")
    return present


def check_answers(question, pages, faults):
    name = f"{question['id']} ({question['document']})"
    path = DOCUMENTS / question["document"]
    for answer in question["answer_sentences"]:
        page = question["page"]
        if (page is not None) != (path.suffix == ".pdf"):
            faults.append(f"{name}: a page number belongs to pdf and to nothing else")
            return
        found = [n for n, text in enumerate(pages[question["document"]], 1) if contains(path, text, answer)]
        if not found or (page is not None and page not in found):
            faults.append(f"{name}: not found where it should be: {answer} (pages {found})")
        for other, texts in pages.items():
            if other != question["document"] and any(squeezed(answer) in squeezed(text) for text in texts):
                faults.append(f"{name}: also in {other}: {answer}")
    for cell in question.get("answer_cells", []):
        if not any(squeezed(cell) in squeezed(answer) for answer in question["answer_sentences"]):
            faults.append(f"{name}: a cell outside its row: {cell}")


def check_questions(questions, pages, faults):
    import fugashi

    tagger = fugashi.Tagger()
    kinds = Counter(question["kind"] for question in questions)
    if kinds != WANTED_KINDS:
        faults.append(f"kinds are {dict(kinds)}")
    if [question["id"] for question in questions] != [f"q{n:03}" for n in range(1, 101)]:
        faults.append("ids are not q001 to q100 in order")
    if len({question["question"] for question in questions}) != 100:
        faults.append("a question is asked twice")
    for question in questions:
        if question["kind"] == "unanswerable":
            if question["document"] is not None or question["answer_sentences"]:
                faults.append(f"{question['id']}: unanswerable, yet with an answer")
            continue
        if question["document"] not in pages or not question["answer_sentences"]:
            faults.append(f"{question['id']}: no document or no answer")
            continue
        check_answers(question, pages, faults)
        if question["kind"] == "paraphrase":
            asked = content_words(tagger, question["question"])
            for answer in question["answer_sentences"]:
                if shared := asked & content_words(tagger, answer):
                    faults.append(f"{question['id']}: shares {sorted(shared)} with its answer")


def main():
    faults = []
    town = tomllib.loads((HERE / "town.toml").read_text(encoding="utf-8"))
    present = check_town(town, faults)
    pages = {name: pages_of(DOCUMENTS / name) for name in sorted(present)}
    raw = (HERE / "questions.jsonl").read_bytes()
    questions = [json.loads(line) for line in raw.decode("utf-8").splitlines()]
    check_questions(questions, pages, faults)
    digest = (HERE / "questions.sha256").read_text(encoding="utf-8").split()[0]
    if hashlib.sha256(raw).hexdigest() != digest:
        faults.append("questions.jsonl does not have the hash in questions.sha256")
    for fault in faults:
        print(fault)
    by_format = Counter(Path(name).suffix[1:] for name in present)
    labels = Counter(entry["label"] for entry in town["documents"])
    asked = Counter(Path(q["document"]).suffix[1:] for q in questions if q["document"])
    sizes = sum(len(squeezed(text)) for texts in pages.values() for text in texts)
    print(f"documents {len(present)} {dict(by_format)}; labels {dict(labels)}; {sizes} characters")
    print(f"answerable questions by format {dict(asked)}; faults {len(faults)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
