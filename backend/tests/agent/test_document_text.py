"""Files as text: what is read, and the name of each refusal. PDFs are made here, byte for byte or by pypdf itself."""

import asyncio
import io

import pytest
from pypdf import PdfWriter

from app.agent import document_text
from app.agent.document_text import (
    BrokenPdf,
    DocumentEmpty,
    DocumentRefused,
    DocumentTooLarge,
    EncryptedPdf,
    NotText,
    PdfTooLong,
    PdfTooSlow,
    PdfWithoutText,
    UnknownMediaType,
    media_type_of,
    read,
)


def pdf(*pages: str) -> bytes:
    """A PDF with one line on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    written = io.BytesIO(b"")
    written.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(written.tell())
        written.write(f"{number} 0 obj\n{content}\nendobj\n".encode())
    start = written.tell()
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    written.write(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return written.getvalue()


def encrypted(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


async def test_markdown_gives_its_text_and_its_title() -> None:
    text = await read(b"\xef\xbb\xbf# House rules \r\n\r\nNo  debt.\x0c  \r\n\r\n\r\n\r\nNo shorts.", "text/markdown")

    assert (text.title, text.body) == ("House rules", "# House rules\n\nNo  debt.\n\nNo shorts.")


async def test_front_matter_is_no_text_and_its_title_wins() -> None:
    text = await read(b"---\ntitle: Beta\ntags: [a, b]\n---\n\n# Something\n\nThe slope.", "text/markdown")

    assert (text.title, text.body) == ("Beta", "# Something\n\nThe slope.")


async def test_without_a_title_the_file_gives_its_name() -> None:
    text = await read(b"No leverage.", "text/plain", file_name="house rules.txt")

    assert text.title == "house rules"
    assert (await read(b"# Heading\n\nText", "text/markdown", file_name="a.md", title="Given")).title == "Given"


async def test_a_pdf_gives_the_text_of_its_pages() -> None:
    text = await read(pdf("Beta is the slope.", "A drawdown is a loss."), "application/pdf", file_name="rules.pdf")

    assert (text.title, text.body) == ("rules", "Beta is the slope.\n\nA drawdown is a loss.")


async def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    assert (await read(encrypted(pdf("Beta."), ""), "application/pdf")).body == "Beta."


REFUSED: dict[str, tuple[bytes, str, type[DocumentRefused]]] = {
    "nothing": (b"", "text/plain", DocumentEmpty),
    "blanks": (b" \n\n\t ", "text/markdown", DocumentEmpty),
    "only front matter": (b"---\ntitle: Beta\n---\n", "text/markdown", DocumentEmpty),
    "an image called text": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "text/markdown", NotText),
    "zeros called text": (b"abc" + b"\x00" * 500, "text/markdown", NotText),
    "latin-1": ("Übersicht der Größen".encode("latin-1"), "text/plain", NotText),
    "no pdf": (b"not a pdf at all", "application/pdf", BrokenPdf),
    "an empty pdf": (b"", "application/pdf", BrokenPdf),
    "half a pdf": (pdf("Beta is the slope.")[:180], "application/pdf", BrokenPdf),
    "a pdf with a password": (encrypted(pdf("Beta."), "secret"), "application/pdf", EncryptedPdf),
    "a pdf of pictures": (pdf("", ""), "application/pdf", PdfWithoutText),
    "too many bytes": (b"a" * (document_text.MAX_BYTES + 1), "text/plain", DocumentTooLarge),
    "too many characters": (b"word " * (document_text.MAX_CHARS // 5 + 1), "text/plain", DocumentTooLarge),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_read_is_refused_by_name(name: str) -> None:
    content, media_type, failure = REFUSED[name]

    with pytest.raises(failure) as raised:
        await read(content, media_type)  # type: ignore[arg-type]

    assert raised.value.sentence.endswith(".")


async def test_a_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_text, "MAX_PDF_PAGES", 2)

    with pytest.raises(PdfTooLong):
        await read(pdf("a", "b", "c"), "application/pdf")


async def test_a_pdf_that_takes_too_long_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    create = asyncio.create_subprocess_exec

    async def noted(*arguments: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await create(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    monkeypatch.setattr(document_text, "PDF_SECONDS", 0.01)

    with pytest.raises(PdfTooSlow):
        await read(pdf("Beta."), "application/pdf")
    assert [process.returncode is not None for process in started] == [True]


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("a.MD", None, "text/markdown"),
        ("b.txt", "application/octet-stream", "text/plain"),
        ("c", "application/pdf", "application/pdf"),
        ("d", "text/markdown; charset=utf-8", "text/markdown"),
    ],
)
def test_the_kind_is_told_by_the_name_and_else_by_the_sender(name: str, stated: str | None, expected: str) -> None:
    assert media_type_of(name, stated) == expected


@pytest.mark.parametrize("name", ["a.docx", "b", "c.html"])
def test_a_kind_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(UnknownMediaType):
        media_type_of(name, "application/octet-stream")
