"""Passages that people wrote: what the documentation strings of the installed packages say, with their vectors.

No two are the same, and they lie as far from each other as the pages of a library do; a few sentences in many copies
would all be equally near. Embedding them takes minutes, even by their beginnings, so vectors are kept in the user's
cache folder, a file for each package, and are made anew only where its text has changed.
"""

import hashlib
import re
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from rich.progress import track

from app.agent.chunking import Chunk
from app.agent.embedding_local import PARALLEL, BundledModel
from app.agent.embeddings import Vectors

CACHE = platformdirs.user_cache_path("sigmasight") / "benchmark-passages"
# A page's section, or a part of it: at most so many words, and none too short to be about anything
MOST_WORDS = 40
FEWEST_WORDS = 12
# What is embedded of it: a whole passage takes twice as long, and tells them apart no better
EMBEDDED_WORDS = 16
# Of a passage's words: what has less is a table or code
PLAIN_SHARE = 0.75
LONGEST_QUESTION = 11
BATCH = 256
SEED = 3

_STRING = re.compile(r'"""(.+?)"""', re.DOTALL)
_PLAIN = re.compile(r"[(\"'`]*[A-Za-z][a-z]*(?:[-'][a-z]+)?[.,:;?!)\"'`]*")
_CODE = re.compile(r"^\s*(>>>|\.\.\.|\.\. |\|)")


@dataclass(frozen=True)
class Text:
    title: str
    section: str
    content: str

    @property
    def embedded(self) -> str:
        beginning = " ".join(self.content.split()[:EMBEDDED_WORDS])
        return Chunk("", beginning, (0, 0)).embedded_text(self.title)


@dataclass(frozen=True)
class RealPassages:
    """In an order that is the same for the same packages. `questions` are sentences that stand in no passage."""

    texts: Sequence[Text]
    vectors: Vectors
    questions: Sequence[str]

    @classmethod
    def read(cls, most: int) -> "RealPassages":
        by_package, sentences = _read_packages()
        places = [(name, place) for name in sorted(by_package) for place in range(len(by_package[name]))]
        if len(places) < most:
            raise LookupError(f"{most:,} passages are wanted, the installed packages have {len(places):,}")
        chosen = [places[int(number)] for number in np.random.default_rng(SEED).permutation(len(places))[:most]]
        vectors = _embedded(by_package, {name for name, _ in chosen})
        return cls(
            texts=[by_package[name][place] for name, place in chosen],
            vectors=np.stack([vectors[name][place] for name, place in chosen]),
            questions=sentences,
        )


def _read_packages() -> tuple[dict[str, list[Text]], list[str]]:
    """Passages by package, and short sentences in a random order. What was said before is passed over."""
    by_package: dict[str, list[Text]] = {}
    sentences: list[str] = []
    seen: set[str] = set()
    for package, section, string in _strings():
        for content in _passages(string):
            bare = " ".join(re.findall(r"[a-z]+", content.lower()))
            if bare in seen:
                continue
            seen.add(bare)
            if len(content.split()) >= FEWEST_WORDS:
                by_package.setdefault(package, []).append(Text(package, section, content))
            elif 5 <= len(content.split()) <= LONGEST_QUESTION and content.endswith("."):
                sentences.append(content)
    order = np.random.default_rng(SEED).permutation(len(sentences))
    return by_package, [sentences[int(place)] for place in order]


def _strings() -> Iterator[tuple[str, str, str]]:
    """Package, module and string, of the standard library and of what is installed."""
    for root in (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))):
        for path in sorted(root.rglob("*.py")):
            module = path.relative_to(root).with_suffix("")
            if "site-packages" not in module.parts:
                for string in _STRING.findall(path.read_text(encoding="utf-8", errors="replace")):
                    yield module.parts[0], " ".join(module.parts[1:]), string


def _passages(string: str) -> Iterator[str]:
    """Whole paragraphs together, as long as they are short; a long one in parts."""
    words: list[str] = []
    for paragraph in re.split(r"\n\s*\n", string):
        new = [word for line in paragraph.splitlines() if not _CODE.match(line) for word in line.split()]
        if words and len(words) + len(new) > MOST_WORDS:
            yield from _plain(words)
            words = []
        words += new
        while len(words) > MOST_WORDS:
            yield from _plain(words[:MOST_WORDS])
            words = words[MOST_WORDS:]
    yield from _plain(words)


def _plain(words: Sequence[str]) -> Iterator[str]:
    if words and sum(1 for word in words if _PLAIN.fullmatch(word)) >= PLAIN_SHARE * len(words):
        yield " ".join(words)


def _embedded(by_package: dict[str, list[Text]], names: Iterable[str]) -> dict[str, Vectors]:
    ordered = sorted(names, key=lambda name: len(by_package[name]))
    return {name: _of_package(by_package[name]) for name in track(ordered, "Embedding passages")}


def _of_package(texts: Sequence[Text]) -> Vectors:
    said = [text.embedded for text in texts]
    kept = CACHE / f"{hashlib.sha256(chr(0).join(said).encode()).hexdigest()}.npy"
    if not kept.exists():
        model = BundledModel()
        with ThreadPoolExecutor(PARALLEL) as pool:
            parts = pool.map(model.embed, (said[start : start + BATCH] for start in range(0, len(said), BATCH)))
            vectors = np.concatenate(list(parts))
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".unfinished.npy")
        np.save(unfinished, vectors)
        unfinished.rename(kept)
    loaded: Vectors = np.load(kept)
    return loaded
