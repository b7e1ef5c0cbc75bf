"""Whether a labelled set is what it claims to be. `python -m evaluation.retrieval.check [FILE]` prints what is wrong.

Checked: how many questions of each kind, that each answer is a section that exists, that paraphrases share few words
with what answers them, that nothing speaks of what an unanswerable question asks for, that no question ships with
the product, and that the distractors are many, different from one another and from the shipped knowledge.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, groupby
from pathlib import Path

import snowballstemmer

from app.agent import unanswered
from evaluation.retrieval.distractors import Distractor, distractors
from evaluation.retrieval.labelled_set import TUNING, Kind, Passage, PassageName, Question, asked, questions, shipped

FEWEST_QUESTIONS = 100
# Of a set
LEAST_SHARES: dict[Kind, float] = {"direct": 0.4, "paraphrase": 0.4, "unanswerable": 0.2}
DISTRACTORS_A_PASSAGE = 5
# Of the content words of a paraphrase, those that its passage has too
LARGEST_SHARED = 0.30
# Jaccard overlap of content words: above it two passages of one subject would say the same
LARGEST_LIKENESS = 0.75
# Above it a distractor might answer what a shipped passage answers
LARGEST_LIKENESS_TO_SHIPPED = 0.20

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split())


@dataclass
class Problems:
    found: list[str] = field(default_factory=list)

    def expect(self, is_met: bool, otherwise: str) -> None:
        if not is_met:
            self.found.append(otherwise)


@cache
def content_words(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    words = (word.replace("\u2019", "'").removesuffix("'s") for word in _WORD.findall(text.casefold()))
    return frozenset(_stem(word) for word in words if word not in _STOP_WORDS)


def shared(question: str, passage: str) -> float:
    """The share of the question's content words that the passage has too."""
    asked = content_words(question)
    return len(asked & content_words(passage)) / len(asked)


def check(file: Path = TUNING) -> list[str]:
    problems = Problems()
    asked, known, others = questions(file), {passage.name: passage for passage in shipped()}, list(distractors())
    _check_counts(asked, problems)
    _check_answers(asked, known, problems)
    _check_paraphrases(asked, known, problems)
    _check_absence(asked, known.values(), others, problems)
    _check_shipped(asked, problems)
    _check_distractors(known.values(), others, problems)
    return problems.found


def _check_counts(asked: Sequence[Question], problems: Problems) -> None:
    problems.expect(len(asked) >= FEWEST_QUESTIONS, f"{len(asked)} questions, at least {FEWEST_QUESTIONS} are wanted")
    by_kind = Counter(question.kind for question in asked)
    for kind, share in LEAST_SHARES.items():
        least = round(share * len(asked))
        problems.expect(by_kind[kind] >= least, f"{by_kind[kind]} {kind} questions, at least {least} are wanted")
    problems.found += [f"{name} twice" for name in _repeated(question.id for question in asked)]
    problems.found += [f"asked twice: {text}" for text in _repeated(question.text.casefold() for question in asked)]


def _check_answers(asked: Iterable[Question], known: dict[PassageName, Passage], problems: Problems) -> None:
    for question in asked:
        is_answered = question.kind != "unanswerable"
        problems.expect(is_answered == bool(question.answers), f"{question.id}: answers do not fit its kind")
        problems.expect(is_answered != bool(question.absent), f"{question.id}: absent phrases do not fit its kind")
        for name in question.answers:
            problems.expect(name in known, f"{question.id}: there is no section {name.document}#{name.heading}")
            if name in known:
                scopes = {"global", f"page:{question.page}"}
                problems.expect(known[name].scope in scopes, f"{question.id}: {name.document} is not in its scope")


def _check_paraphrases(asked: Iterable[Question], known: dict[PassageName, Passage], problems: Problems) -> None:
    for question in asked:
        for name in question.answers if question.kind == "paraphrase" else ():
            share = shared(question.text, known[name].whole) if name in known else 0.0
            problems.expect(
                share <= LARGEST_SHARED,
                f"{question.id}: {share:.0%} of its words are in {name.document}#{name.heading}: "
                f"{_listed(content_words(question.text) & content_words(known[name].whole) if name in known else ())}",
            )


def _check_absence(
    asked: Iterable[Question], known: Iterable[Passage], others: Iterable[Distractor], problems: Problems
) -> None:
    texts = [passage.whole for passage in known] + [f"{other.title}\n{other.heading}\n{other.text}" for other in others]
    everything = _words_in_order("\n".join(texts))
    for question in asked:
        for phrase in question.absent:
            speaks = _words_in_order(phrase).rstrip() in everything
            problems.expect(not speaks, f"{question.id}: a passage speaks of {phrase}")


def _words_in_order(text: str) -> str:
    """With a space before each word, so that a phrase is found at the beginning of words only."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _check_shipped(asked_about: Iterable[Question], problems: Problems) -> None:
    shipped_questions = [*unanswered.texts(), *(text for texts in asked().values() for text in texts)]
    known = {_words_in_order(text) for text in shipped_questions}
    for question in asked_about:
        problems.expect(_words_in_order(question.text) not in known, f"{question.id}: ships with the product")


def _check_distractors(known: Iterable[Passage], others: Sequence[Distractor], problems: Problems) -> None:
    shipped_words = {passage.name: content_words(passage.whole) for passage in known}
    wanted = DISTRACTORS_A_PASSAGE * len(shipped_words)
    problems.expect(len(others) >= wanted, f"{len(others)} distractors, at least {wanted} are wanted")
    for what in (_id, _text):
        problems.found += [f"distractor twice: {name}" for name in _repeated(map(what, others))]
    words = {other.id: content_words(f"{other.heading} {other.text}") for other in others}
    for name, mine in words.items():
        likeness, nearest = max((_likeness(mine, theirs), passage) for passage, theirs in shipped_words.items())
        problems.expect(likeness <= LARGEST_LIKENESS_TO_SHIPPED, f"{name} is like {nearest.document}#{nearest.heading}")
    for first, second in _of_one_subject(others):
        likeness = _likeness(words[first.id], words[second.id])
        problems.expect(likeness <= LARGEST_LIKENESS, f"{first.id} and {second.id} say the same ({likeness:.2f})")


def _of_one_subject(others: Iterable[Distractor]) -> Iterator[tuple[Distractor, Distractor]]:
    for _, group in groupby(others, key=lambda other: other.title):
        yield from combinations(group, 2)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


_stemmer = snowballstemmer.stemmer("english")
_stem: Callable[[str], str] = cache(_stemmer.stemWord)


def _id(distractor: Distractor) -> str:
    return distractor.id


def _text(distractor: Distractor) -> str:
    return distractor.text


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def main() -> int:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else TUNING
    found = check(file)
    by_kind = Counter(question.kind for question in questions(file))
    counted = ", ".join(f"{count} {kind}" for kind, count in by_kind.items())
    print(f"{counted}; {sum(1 for _ in shipped())} passages, {sum(1 for _ in distractors())} distractors")
    print("\n".join(found) or "nothing is wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
