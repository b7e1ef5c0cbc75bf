from dataclasses import replace
from functools import partial
from uuid import UUID

import numpy as np

from app.repositories.holding import HoldingsRow
from app.repositories.price import PricePanel
from app.services.analytics.book import Book
from app.services.analytics.kept_answers import ANSWER_IN_LOTS, KeptAnswers, Question

ROW = HoldingsRow(
    id=UUID(int=1), user_id=UUID(int=2), name="Growth", base_currency="USD", benchmark="SP500", opening_cash=1.0,
    inception_date=None, lots=(), flows=(), market_version=1,
)  # fmt: skip


def panel() -> PricePanel:
    return PricePanel(np.empty(0, dtype="datetime64[D]"), (), np.empty((0, 0)), np.empty((0, 0)))


def measure(book: Book, window: int = 252, keys: tuple[str, ...] = ()) -> str:
    return f"{book.row.name} {window} {keys}"


def test_the_same_question_of_the_same_holdings_has_the_same_answer() -> None:
    answers, prices = KeptAnswers(), panel()
    answers.put(ROW, prices, Question.of(partial(measure, window=21)), "kept")
    assert answers.get(replace(ROW), prices, Question.of(partial(measure, window=21))) == "kept"


def test_another_question_holdings_person_or_prices_have_none() -> None:
    answers, prices = KeptAnswers(), panel()
    question = Question.of(partial(measure, window=21, keys=("a",)))
    answers.put(ROW, prices, question, "kept")
    for other in (measure, partial(measure, window=63, keys=("a",)), partial(measure, window=21, keys=("b",))):
        assert answers.get(ROW, prices, Question.of(other)) is None
    assert answers.get(replace(ROW, opening_cash=2.0), prices, question) is None
    assert answers.get(replace(ROW, market_version=2), prices, question) is None
    assert answers.get(replace(ROW, user_id=UUID(int=3)), prices, question) is None
    assert answers.get(ROW, panel(), question) is None
    assert answers.get(ROW, prices, question) == "kept"


def test_the_answer_goes_with_the_prices_that_it_was_made_from() -> None:
    answers, prices = KeptAnswers(), panel()
    answers.put(ROW, prices, Question.of(measure), "kept")
    del prices
    assert answers.get(ROW, panel(), Question.of(measure)) is None


def test_only_so_many_are_kept_and_the_one_not_asked_for_goes_first() -> None:
    answers, prices = KeptAnswers(capacity=2 * ANSWER_IN_LOTS), panel()
    first, second, third = (Question.of(partial(measure, window=window)) for window in (21, 63, 252))
    answers.put(ROW, prices, first, 1)
    answers.put(ROW, prices, first, 1)
    answers.put(ROW, prices, second, 2)
    assert answers.get(ROW, prices, first) == 1
    answers.put(ROW, prices, third, 3)
    assert [answers.get(ROW, prices, question) for question in (first, second, third)] == [1, None, 3]
