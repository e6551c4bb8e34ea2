#!/usr/bin/env python3
"""Makes the PDFs in this folder with pikepdf, so that the reader is not tested with its own writer.

Each is one page saying "Water fees". `opens-*` has an owner password only: anybody may read it.
"""

import pathlib

import pikepdf

FOLDER = pathlib.Path(__file__).parent
KINDS = {
    "rc4-128": {"R": 3, "aes": False, "metadata": False},
    "aes-128": {"R": 4},
    "aes-256": {"R": 6},
}


def page():
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
                              BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Name.WinAnsiEncoding)
    content = pikepdf.Stream(pdf, b"BT /F1 24 Tf 72 720 Td (Water fees) Tj ET")
    made = pdf.add_blank_page(page_size=(595, 842))
    made.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    made.obj.Contents = content
    return pdf


for name, kind in KINDS.items():
    for beginning, user in (("locked", "himitsu"), ("opens", "")):
        path = FOLDER / f"{beginning}-{name}.pdf"
        page().save(path, encryption=pikepdf.Encryption(user=user, owner="kanrisha", **kind))
