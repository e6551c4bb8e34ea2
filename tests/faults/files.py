"""Files that no program can read, made by hand: damaged, locked, exploding, empty, unknown."""

import hashlib
import io
import zipfile

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
BODY = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
)
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def docx(text="窓口は午前九時に開きます。", bomb_bytes=0):
    """A small document; with `bomb_bytes`, one that unpacks to so much more."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        head, tail = BODY.split("{text}")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            part.write((head + text).encode())
            block = b"a" * (1 << 20)
            for _ in range(bomb_bytes >> 20):
                part.write(block)
            part.write(tail.encode())
    return data.getvalue()


def corrupt_docx():
    """The head of a document, its middle overwritten."""
    data = bytearray(docx("壊れた文書です。" * 400))
    data[60:len(data) - 60] = bytes(byte ^ 0x5A for byte in data[60:len(data) - 60])
    return bytes(data)


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def locked_pdf(password=b"himitsu"):
    """A PDF under a user password (standard handler, revision 2, as ISO 32000-1, 7.6.3 describes it)."""
    identity, rights = b"0123456789abcdef", (-4).to_bytes(4, "little", signed=True)
    padded = (password + PADDING)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + rights + identity).digest()[:5]
    user = rc4(key, PADDING)
    text = b"BT /F 12 Tf 20 100 Td (secret) Tj ET"
    stream = rc4(hashlib.md5(key + bytes([4, 0, 0, 0, 0])).digest()[:10], text)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (owner.hex().encode(), user.hex().encode()),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    mark = identity.hex().encode()
    out += b"trailer<</Size %d/Root 1 0 R/Encrypt 6 0 R/ID[<%s><%s>]>>\n" % (len(objects) + 1, mark, mark)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def locked_docx():
    """What a word processor saves under a password: an OLE container with an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)


def every():
    """(name, bytes, the code that the file must get; None for a file that is fine)."""
    return [
        ("good.txt", "窓口は午前九時に開きます。\n".encode(), None),
        ("sjis.txt", "届出は窓口へ提出してください。手数料は三百円です。\r\n".encode("cp932") * 3, None),
        ("utf16.txt", "届出は窓口へ提出してください。\n".encode("utf-16"), None),
        ("good.docx", docx(), None),
        ("empty.txt", b"", "knowledge.document_empty"),
        ("blank.txt", b" \r\n\t\n", "knowledge.document_empty"),
        ("noise.txt", bytes(range(128, 256)) * 8, "knowledge.document_encoding"),
        ("broken.docx", corrupt_docx(), "knowledge.document_corrupt"),
        ("cut.docx", docx("長い文書です。" * 2000)[:400], "knowledge.document_corrupt"),
        ("cut.pdf", locked_pdf()[:60], "knowledge.document_corrupt"),
        ("locked.pdf", locked_pdf(), "knowledge.document_password_protected"),
        ("locked.docx", locked_docx(), "knowledge.document_password_protected"),
        ("bomb.docx", docx(bomb_bytes=600 << 20), "knowledge.document_bomb"),
        ("unknown.xyz", bytes(range(256)) * 4, "knowledge.document_type_unknown"),
        ("program.exe", b"MZ" + bytes(300), "knowledge.document_type_unknown"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "knowledge.document_type_unsupported"),
        ("folder.zip", b"PK\x05\x06" + bytes(18), "knowledge.document_type_unsupported"),
    ]
