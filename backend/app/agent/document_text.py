"""A file as text that can be cut into passages.

DocumentRefused                  422
├── DocumentTooLarge         413
├── DocumentEmpty
├── UnknownMediaType
├── NotText                      bytes that are no text, whatever the file is called
├── TooManyQuestions             in its front matter, or one that is too long
├── BrokenPdf, EncryptedPdf, PdfTooLong, PdfTooSlow
└── PdfWithoutText               pictures of pages
"""

import asyncio
import json
import re
import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args

from app.agent import document_questions
from app.agent.document_questions import DocumentQuestion
from app.errors import Invalid

MediaType = Literal["text/markdown", "text/plain", "application/pdf"]

MAX_BYTES = 10 * 1024 * 1024
# About 400,000 words: a longer text is a library, and is better searched in parts
MAX_CHARS = 2_500_000
MAX_TITLE_CHARS = 200
MAX_PDF_PAGES = 1_000
# For the whole file, in a process of its own that is then ended
PDF_SECONDS = 60.0
PDF_MEMORY_BYTES = 1024**3
# Two at once: each keeps a core busy
PDF_PARALLEL = 2

_SUFFIXES: dict[str, MediaType] = {
    ".md": "text/markdown", ".markdown": "text/markdown", ".txt": "text/plain", ".text": "text/plain",
    ".pdf": "application/pdf",
}  # fmt: skip
_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_FIELD = re.compile(r"^(\w+):[ \t]*(\S.*)$", re.MULTILINE)
_FIRST_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
# Of a text file hardly any: more is an image or an archive that calls itself text
MOST_CONTROL_SHARE = 0.05

_pdf_places = asyncio.Semaphore(PDF_PARALLEL)


class DocumentRefused(Invalid):
    code = "document_refused"


class DocumentTooLarge(DocumentRefused):
    status = 413
    code = "document_too_large"
    detail = (
        f"The document is larger than {MAX_BYTES // 1024 // 1024} MB or {MAX_CHARS:,} characters. Split it into parts."
    )


class DocumentEmpty(DocumentRefused):
    code = "document_empty"
    detail = "There is no text in the document."


class UnknownMediaType(DocumentRefused):
    code = "unknown_media_type"
    detail = "The document is of no known kind. Markdown (.md), plain text (.txt) and PDF (.pdf) can be read."


class NotText(DocumentRefused):
    code = "not_text"
    detail = "The file is called text and is none: it holds bytes that are not UTF-8 text."


class TooManyQuestions(DocumentRefused):
    code = "too_many_questions"
    detail = (
        f"`questions` in the front matter holds more than {document_questions.MAX_QUESTIONS} questions, "
        f"or one of more than {document_questions.MAX_CHARS} characters."
    )


class BrokenPdf(DocumentRefused):
    code = "broken_pdf"
    detail = "The PDF cannot be read: it is damaged or incomplete. Save it again, or send its text."


class EncryptedPdf(DocumentRefused):
    code = "encrypted_pdf"
    detail = "The PDF is protected by a password. Save it without one and send it again."


class PdfTooLong(DocumentRefused):
    code = "pdf_too_long"
    detail = f"The PDF has more than {MAX_PDF_PAGES:,} pages. Split it into parts."


class PdfTooSlow(DocumentRefused):
    code = "pdf_too_slow"
    detail = f"The PDF's text could not be had within {PDF_SECONDS:.0f} seconds. Send its text instead."


class PdfWithoutText(DocumentRefused):
    code = "pdf_without_text"
    detail = "The PDF holds pictures of pages and no text. Run text recognition over it first."


_PDF_FAILURES: dict[str, type[DocumentRefused]] = {
    failure.code: failure for failure in (BrokenPdf, EncryptedPdf, PdfTooLong, PdfWithoutText, DocumentTooLarge)
}


@dataclass(frozen=True, slots=True)
class DocumentText:
    title: str
    body: str
    media_type: MediaType
    questions: tuple[DocumentQuestion, ...] = ()


def media_type_of(file_name: str, stated: str | None) -> MediaType:
    """By the name; where that says nothing, by what the sender states."""
    known = _SUFFIXES.get(PurePath(file_name).suffix.lower())
    if known is None and stated is not None:
        known = next((kind for kind in get_args(MediaType) if stated.split(";")[0].strip().lower() == kind), None)
    if known is None:
        raise UnknownMediaType
    return known


async def read(content: bytes, media_type: MediaType, *, file_name: str = "", title: str | None = None) -> DocumentText:
    """`title` wins over the one in the text, which wins over the file's name."""
    if len(content) > MAX_BYTES:
        raise DocumentTooLarge
    text = await _pdf_text(content) if media_type == "application/pdf" else _decoded(content)
    whole = _normalised(text)
    body, found, questions = _without_front_matter(whole), front_matter(whole).get("title"), _questions(whole)
    if not body:
        raise DocumentEmpty
    if len(body) > MAX_CHARS:
        raise DocumentTooLarge
    named = title or found or _heading(body, media_type) or PurePath(file_name).stem or "Untitled"
    return DocumentText(" ".join(named.split())[:MAX_TITLE_CHARS], body, media_type, questions)


def _questions(text: str) -> tuple[DocumentQuestion, ...]:
    found = _FRONT_MATTER.match(f"{text}\n")
    questions = document_questions.in_front_matter(found[1]) if found else []
    if len(questions) > document_questions.MAX_QUESTIONS or any(
        len(question.text) > document_questions.MAX_CHARS for question in questions
    ):
        raise TooManyQuestions
    return tuple(questions)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText from error
    if len(_UNSTORABLE.findall(text.replace("\r\n", "\n"))) > len(text) * MOST_CONTROL_SHARE:
        raise NotText
    return text


def _normalised(text: str) -> str:
    """One kind of line end, no blanks at line ends, no control characters, one blank line at most."""
    lines = _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def front_matter(text: str) -> dict[str, str]:
    """Its plain fields: `title: Beta`. Lists and what lies below a field are not read."""
    found = _FRONT_MATTER.match(f"{text}\n")
    return {name: value.strip("\"'") for name, value in _FIELD.findall(found[1])} if found else {}


def _without_front_matter(text: str) -> str:
    found = _FRONT_MATTER.match(f"{text}\n")
    return text[found.end() :].strip() if found else text


def _heading(body: str, media_type: MediaType) -> str | None:
    found = _FIRST_HEADING.search(body) if media_type == "text/markdown" else None
    return found[1].strip("# ") if found else None


async def _pdf_text(content: bytes) -> str:
    """In a process of its own: a file may be made to take for ever, and no thread can be ended."""
    async with _pdf_places:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app.agent.pdf_text", str(MAX_PDF_PAGES), str(MAX_CHARS), str(PDF_MEMORY_BYTES),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PDF_SECONDS):
                output, _ = await process.communicate(content)
        except TimeoutError as error:
            raise PdfTooSlow from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return _answered(output)


def _answered(output: bytes) -> str:
    try:
        answer = json.loads(output)
    except ValueError as error:
        # It ended without a word: out of memory, or a fault in the reader
        raise BrokenPdf from error
    if "text" not in answer:
        raise _PDF_FAILURES[answer["failure"]]
    return str(answer["text"])
