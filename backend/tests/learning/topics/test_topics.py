from collections import Counter

import pytest
from sklearn.metrics import adjusted_rand_score

from app.learning.topics import subjects
from app.learning.topics.finding import Topics, find_topics
from evaluation.topics import labelled_set
from evaluation.topics.labelled_set import Labelled
from evaluation.topics.remembering import Remembering

REMEMBERING = Remembering()


async def found(questions: list[str]) -> Topics:
    return await find_topics(REMEMBERING, questions)


def rand_index(rows: tuple[Labelled, ...], topics: Topics) -> float:
    """What is in no topic counts as one group: to leave questions out is no way to win."""
    given = [-1] * len(rows)
    for number, topic in enumerate(topics.topics):
        for place in topic.places:
            given[place] = number
    return float(adjusted_rand_score([row.topic for row in rows], given))


def test_the_labelled_set_has_20_topics_of_30_questions_and_none_twice() -> None:
    rows = labelled_set.load("questions")

    assert len({row.question for row in rows}) == 600
    assert {sum(row.topic == topic for row in rows) for topic in {row.topic for row in rows}} == {30}
    assert len({row.topic for row in rows}) == 20


@pytest.mark.parametrize(
    ("hand", "least"), [("first", 0.75), ("second", 0.75), ("third", 0.6), ("fourth", 0.6), ("fifth", 0.6)]
)
async def test_topics_are_those_that_a_person_would_make(hand: str, least: float) -> None:
    """Of questions by one hand, after the examples of the others. What is reached stands in the benchmarks; `least` is
    below it, as the last digits of a vector are not those of every processor."""
    rows = labelled_set.HANDS[hand]

    topics = await find_topics(REMEMBERING, [row.question for row in rows[:600]], known=labelled_set.of_others(rows))

    index = rand_index(rows[:600], topics)
    print(f"adjusted Rand index {index:.3f} in {len(topics.topics)} topics, {len(topics.unsorted)} in none")
    assert index >= least


def test_no_example_is_ambiguous() -> None:
    said = Counter(labelled_set.plain(example.question) for example in subjects.examples())

    assert [question for question, times in said.items() if times > 1] == []


@pytest.mark.parametrize("row", [*labelled_set.load("third")[:1], *labelled_set.load("third")[-1:]])
def test_what_a_set_asks_is_no_example_for_it(row: Labelled) -> None:
    kept = labelled_set.of_others([row])

    assert len(kept) == len(subjects.examples()) - 1


async def test_a_topic_is_named_by_what_is_said_in_it_and_not_elsewhere() -> None:
    rows = [row for row in labelled_set.load("questions") if row.topic in {"dividends", "sign_in", "bonds"}]

    topics = await found([row.question for row in rows])

    named = {term for topic in topics.topics[:3] for term in topic.terms[:2]}
    assert {"bonds", "password"} < named
    assert named & {"dividend", "dividends"}
    assert all(topic.nearest in [rows[place].question for place in topic.places] for topic in topics.topics)


async def test_the_same_question_many_times_is_one_topic() -> None:
    topics = await found(["What is my beta?"] * 40 + ["  What is  my beta? "])

    assert [len(topic.places) for topic in topics.topics] == [41]
    assert topics.topics[0].nearest == "What is my beta?"


@pytest.mark.parametrize("questions", [[], ["What is my beta?"], ["What is my beta?", "Where do I log in?"]])
async def test_what_too_few_ask_is_no_topic(questions: list[str]) -> None:
    assert await found(questions) == Topics((), tuple(range(len(questions))), ())


async def test_few_questions_of_one_kind_are_a_topic() -> None:
    """Also of a kind that nobody has thought of."""
    topics = await found(
        ["Can I pay with PayPal?", "paypal payment possible?", "do you take paypal", "What is my beta?"]
    )

    assert ([topic.places for topic in topics.topics], topics.unsorted) == ([(0, 1, 2)], (3,))


async def test_a_script_that_the_embedding_does_not_know_is_set_apart() -> None:
    unknown = ["我的投资组合风险有多大", "Какова волатильность моего портфеля?", "ما هو خطر محفظتي؟", "???"]
    english = ["How volatile am I?", "What is my volatility?", "Is my vol high?"]

    topics = await found([*unknown, *english])

    assert topics.unread == (0, 1, 2, 3)
    assert [topic.places for topic in topics.topics] == [(4, 5, 6)]
