"""Reads a PDF from standard input and writes its text, or why there is none, as JSON. A program of its own.

`python -m app.agent.pdf_text MAX_PAGES MAX_CHARS MAX_MEMORY_BYTES`
"""

import io
import json
import logging
import resource
import sys
from typing import Literal

from pypdf import PdfReader
from pypdf.errors import PyPdfError

Failure = Literal["broken_pdf", "encrypted_pdf", "pdf_too_long", "pdf_without_text", "document_too_large"]


class Unreadable(Exception):
    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure)


def text_of(content: bytes, max_pages: int, max_chars: int) -> str:
    reader = PdfReader(io.BytesIO(content))
    # Many files are encrypted with no password, so that a viewer may only forbid printing
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted_pdf")
    if len(reader.pages) > max_pages:
        raise Unreadable("pdf_too_long")
    pages: list[str] = []
    left = max_chars
    for page in reader.pages:
        pages.append(page.extract_text())
        left -= len(pages[-1])
        if left < 0:
            raise Unreadable("document_too_large")
    if not any(page.strip() for page in pages):
        raise Unreadable("pdf_without_text")
    return "\n\n".join(pages)


def main() -> None:
    max_pages, max_chars, max_memory = (int(argument) for argument in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    logging.disable()
    try:
        answer = {"text": text_of(sys.stdin.buffer.read(), max_pages, max_chars)}
    except Unreadable as error:
        answer = {"failure": error.failure}
    # What a broken file makes the reader stumble over is not all of its own making
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        answer = {"failure": "broken_pdf"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
