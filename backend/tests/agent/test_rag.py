import random
from typing import Any

import pytest
from sqlalchemy import text

from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Passage, Retrieval, ask, readable_scopes, retrieve
from app.db import Database
from app.models import User
from app.repositories import knowledge_search
from app.repositories.knowledge_search import Fusion, Way, sifted_of, way_for
from tests.agent.knowledge_base import WordEmbedder, index_document
from tests.builders import make_user, scope_of

NAMES = (
    "amber", "basalt", "chalk", "copper", "coral", "diamond", "flint", "garnet", "gneiss", "granite", "ivory", "jade",
    "jasper", "lapis", "marble", "mica", "obsidian", "onyx", "opal", "pearl", "quartz", "ruby", "sapphire", "slate",
)  # fmt: skip
WAYS: tuple[Way, ...] = ("compared", "sifted", "walked")
CHANCE = random.Random(5)  # noqa: S311 - seeded, guards nothing
BETA = """## What beta means

Beta says how far a portfolio tends to move when its benchmark moves by one per cent.

## How it is computed

The slope of an ordinary least squares regression of daily returns on the benchmark's.
"""
DRAWDOWN = """## Depth

A drawdown is the loss from the highest value so far to the lowest value after it.
"""


async def search(database: Database, user: User, question: str, **options: object) -> list[Passage]:
    embedder: Any = options.pop("embedder", None) or LocalEmbedder()
    query = await ask(embedder, question)
    async with database.session(scope_of(user)) as session:
        return await retrieve(session, embedder.model, query, readable_scopes(scope_of(user)), **options)  # type: ignore[arg-type]


def search_by(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge_search, "way_for", lambda _: way)


async def test_a_question_finds_the_section_that_answers_it(database: Database, user: User) -> None:
    document_id = await index_document(database, LocalEmbedder(), None, BETA, knowledge_scope="global", title="Beta")
    await index_document(database, LocalEmbedder(), None, DRAWDOWN, knowledge_scope="global", title="Drawdown")

    best = (await search(database, user, "What does beta mean here?"))[0]

    assert (best.document_id, best.title, best.section, best.chunk_index) == (document_id, "Beta", "What beta means", 0)
    assert BETA[slice(*best.span)] == best.content
    assert (best.vector_rank, best.text_rank) == (1, 1)


async def test_what_people_say_finds_what_it_is_called(database: Database, user: User) -> None:
    body = "## Depth\n\nA drawdown is measured from the peak of the portfolio's value to the trough after it."
    await index_document(database, LocalEmbedder(), None, body, knowledge_scope="global", title="Drawdown")

    found = await search(database, user, "How far has my nest egg slipped from the top?")

    assert [passage.title for passage in found] == ["Drawdown"]


async def test_a_passage_is_found_by_a_question_that_it_answers_and_shown_without_it(
    database: Database, user: User
) -> None:
    await index_document(
        database,
        LocalEmbedder(),
        None,
        DRAWDOWN,
        knowledge_scope="global",
        title="Drawdown",
        questions=["Was spring worse for me than any other season?"],
    )
    question = "Was spring worse for me than other seasons?"

    (best,) = await search(database, user, question, retrieval=Retrieval(threshold=0.3))
    (unasked,) = await search(database, user, question, retrieval=Retrieval(Fusion(question_share=0), threshold=-1))

    assert best.similarity > unasked.similarity + 0.2

    assert (best.title, best.vector_rank, best.text_rank) == ("Drawdown", 1, 1)
    assert "spring" not in best.content


async def test_what_was_uploaded_is_not_crowded_out_by_what_ships_under_many_questions(
    database: Database, user: User
) -> None:
    for name in NAMES[:8]:
        asked = [f"Where is the {name} ring of the bank kept?"]
        body = f"The {name} fund pays twice a year."
        await index_document(
            database, LocalEmbedder(), None, body, knowledge_scope="global", title=name, questions=asked
        )
    own = f"user:{user.id}"
    body = "The family's wedding ring lies in a vault in Geneva."
    await index_document(database, LocalEmbedder(), scope_of(user), body, knowledge_scope=own, title="House rules")

    everything = Retrieval(threshold=0.0, most_passages=20)
    found = await search(database, user, "Where is the ring of the bank kept?", retrieval=everything)

    (uploaded,) = [passage for passage in found if passage.scope == own]
    assert (uploaded.vector_rank, uploaded.text_rank) == (1, 1)
    assert {passage.vector_rank for passage in found if passage.scope == "global"} == set(range(1, 9))
    assert found == sorted(found, key=lambda passage: passage.score * passage.relevance, reverse=True)


async def test_questions_of_others_lead_nowhere(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = await make_user(database)
    own = f"user:{eve.id}"
    await index_document(
        database, WordEmbedder(), scope_of(eve), "Blue.", knowledge_scope=own, questions=["ruby opal jade"]
    )

    for way in WAYS:
        search_by(way, monkeypatch)
        async with database.session(scope_of(user)) as session:
            query = await ask(WordEmbedder(), "ruby opal jade")
            found = await retrieve(session, WordEmbedder.model, query, ["global", own], Retrieval(threshold=-1))
        assert found == []
        (hers,) = await search(database, eve, "ruby opal jade", embedder=WordEmbedder())
        assert hers.content == "Blue."


async def test_nothing_is_found_where_nothing_is_about_the_question(database: Database, user: User) -> None:
    await index_document(database, LocalEmbedder(), None, BETA, knowledge_scope="global", title="Beta")

    assert await search(database, user, "How long do I boil an egg?") == []
    assert await search(database, user, "?!") == []


async def test_what_nothing_that_ships_answers_may_be_answered_by_a_document_of_ones_own(
    database: Database, user: User
) -> None:
    own = "## Taxes\n\nGains on shares are taxed at 20 per cent; hand in the tax return by April."
    question = "What is the capital gains tax on shares?"
    await index_document(database, LocalEmbedder(), None, own, knowledge_scope="global", title="Taxes")
    assert await search(database, user, question) == []

    await index_document(
        database, LocalEmbedder(), scope_of(user), own, knowledge_scope=f"user:{user.id}", title="Mine"
    )

    assert [passage.title for passage in await search(database, user, question)] == ["Mine"]


async def test_house_rules_are_found_by_those_who_uploaded_them_and_nothing_else_is_answered_from_them(
    database: Database, user: User
) -> None:
    rules = (
        "## Limits\n\nWe never hold more than 10 % in one name.\n\n"
        "## Options\n\nOptions need the approval of two partners before they are bought or sold."
    )
    scope = f"tenant:{user.tenant_id}"
    await index_document(database, LocalEmbedder(), scope_of(user), rules, knowledge_scope=scope, title="House rules")

    for question, section in (
        ("Who has to approve options?", "Options"),
        ("How much may we hold in one name?", "Limits"),
    ):
        assert (await search(database, user, question))[0].section == section
    for question in ("Is there a dark mode?", "Which broker is the cheapest?", "What is the weather tomorrow?"):
        assert await search(database, user, question) == []


async def test_a_rare_word_is_found_where_the_vector_is_far_off(database: Database, user: User) -> None:
    noise = "\n\n".join(f"## Part {number}\n\nThe error of the regression, number {number}." for number in range(60))
    await index_document(database, WordEmbedder(), None, noise, knowledge_scope="global", title="Noise")
    await index_document(
        database,
        WordEmbedder(),
        None,
        "Run it again after ORA-12899 was raised by the loader.",
        knowledge_scope="global",
    )

    found = await search(database, user, "error ORA-12899", embedder=WordEmbedder(), retrieval=Retrieval(threshold=0))

    (rare,) = [passage for passage in found if "ORA-12899" in passage.content]
    assert (rare.text_rank, rare.vector_rank) == (1, None)


async def test_nearly_the_same_passage_is_given_once(database: Database, user: User) -> None:
    for copy in ("one", "two", "three"):
        await index_document(database, LocalEmbedder(), None, BETA, knowledge_scope="global", title=f"Beta {copy}")

    found = await search(database, user, "What does beta mean?", retrieval=Retrieval(threshold=0))

    assert len({passage.content for passage in found}) == len(found) == 2


async def test_passages_stay_within_number_and_budget(database: Database, user: User) -> None:
    body = "\n\n".join(f"## {word}\n\nBeta of {word} shares is {number}." for number, word in enumerate(NAMES))
    await index_document(database, LocalEmbedder(), None, body, knowledge_scope="global", title="Beta")

    assert len(await search(database, user, "beta of shares")) == 5
    assert len(await search(database, user, "beta of shares", retrieval=Retrieval(token_budget=14))) == 2


async def test_only_scopes_of_the_caller_are_searched(database: Database, user: User) -> None:
    eve = await make_user(database)
    secret = "Eve's beta means that she will sell everything on Friday."
    for scope in (f"user:{eve.id}", f"tenant:{eve.tenant_id}"):
        await index_document(database, LocalEmbedder(), scope_of(eve), secret, knowledge_scope=scope, title=scope)
    await index_document(database, LocalEmbedder(), None, BETA, knowledge_scope="global", title="Beta")
    question = "Will Eve sell everything on Friday? What does her beta mean?"

    async with database.session(scope_of(user)) as session:
        everything = [*readable_scopes(scope_of(user)), *readable_scopes(scope_of(eve))]
        query = await ask(LocalEmbedder(), question)
        found = await retrieve(session, LocalEmbedder.model, query, everything, Retrieval(threshold=-1))

    assert {passage.scope for passage in found} == {"global"}
    # The same text in two of her scopes is given once, whichever it is
    own = {f"user:{eve.id}", f"tenant:{eve.tenant_id}"}
    assert len(own & {passage.scope for passage in await search(database, eve, question)}) == 1


async def test_foreign_passages_change_neither_scores_nor_ranks(database: Database, user: User) -> None:
    own = f"user:{user.id}"
    await index_document(database, WordEmbedder(), scope_of(user), BETA, knowledge_scope=own, title="Beta")
    before = await search(database, user, "beta of a portfolio", embedder=WordEmbedder())
    eve = await make_user(database)
    for number in range(5):
        await index_document(
            database, WordEmbedder(), scope_of(eve), BETA, knowledge_scope=f"user:{eve.id}", title=f"Beta {number}"
        )

    assert before
    assert await search(database, user, "beta of a portfolio", embedder=WordEmbedder()) == before


@pytest.mark.parametrize("way", WAYS[1:])
async def test_no_way_finds_other_passages_than_comparing_all(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    body = "\n\n".join(f"## {word}\n\n{word} means {' '.join(CHANCE.choices(NAMES, k=9))}." for word in NAMES)
    asked = [f"{word} means" for word in NAMES]
    await index_document(database, WordEmbedder(), None, body, knowledge_scope="global", questions=asked)
    search_by(WAYS[0], monkeypatch)
    exact = await search(database, user, "ruby means opal", embedder=WordEmbedder())

    search_by(way, monkeypatch)
    found = await search(database, user, "ruby means opal", embedder=WordEmbedder())

    assert exact
    assert [passage.chunk_id for passage in found] == [passage.chunk_id for passage in exact]


async def test_what_is_most_alike_by_signs_is_compared_by_distance(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "\n\n".join(f"## {word}\n\n{word}." for word in NAMES)
    await index_document(database, LocalEmbedder(), None, body, knowledge_scope="global")
    vectors_alone = Retrieval(Fusion(text_weight=0.0), threshold=-1)

    search_by("sifted", monkeypatch)
    monkeypatch.setattr(knowledge_search, "sifted_of", lambda _: 3)
    found = await search(database, user, "ruby", retrieval=vectors_alone)

    assert found[0].content == "ruby."
    assert len([passage for passage in found if passage.vector_rank]) == 3


@pytest.mark.parametrize(
    ("vectors", "way", "sifted"),
    [
        (0, "compared", 1_000),
        (10_000, "compared", 1_000),
        (10_001, "sifted", 1_000),
        (100_000, "sifted", 2_000),
        (250_000, "sifted", 5_000),
        (250_001, "walked", 5_000),
    ],
)
def test_the_way_depends_on_how_much_there_is_to_search(vectors: int, way: Way, sifted: int) -> None:
    assert (way_for(vectors), sifted_of(vectors)) == (way, sifted)


async def test_a_large_search_is_planned_for_its_own_scopes_however_often_a_connection_makes_it(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_search, "MOST_COMPARED", 0)
    await index_document(database, WordEmbedder(), None, BETA, knowledge_scope="global")
    query, scopes = await ask(WordEmbedder(), "beta"), readable_scopes(scope_of(user))
    planned = text(
        "select sum(custom_plans), sum(generic_plans) from pg_prepared_statements where statement like '%alike_%'"
    )

    async with database.session(scope_of(user)) as session:
        # The driver prepares what it has sent five times, and the server tries as often what a plan of its own is worth
        for _ in range(12):
            await retrieve(session, WordEmbedder.model, query, scopes)
        own, general = (await session.execute(planned)).one()

    assert own > 5
    assert general == 0


async def test_sifting_reads_nothing_but_the_index_of_the_scope(database: Database, user: User) -> None:
    """Otherwise it takes as long as reading every passage, or the longer the more others have stored."""
    async with database.session(scope_of(user)) as session:
        await session.execute(text("set local enable_seqscan = off"))
        await session.execute(text("set local enable_bitmapscan = off"))
        plan = await session.scalars(
            text(
                "explain select id from ai_kb_documents where is_served and embedding_model = 'all-MiniLM-L6-v2' "
                "and scope = any (:scopes) order by embedding_signs <~> binary_quantize(cast(:vector as vector)) "
                "limit 1000"
            ),
            {"scopes": ["global"], "vector": str([1.0] * 384)},
        )

    assert any("Index Only Scan using ix_ai_kb_documents_scope" in line for line in plan)


async def test_two_tenants_in_random_searches_never_meet(database: Database) -> None:
    people = [await make_user(database), await make_user(database)]
    for person in people:
        body = "\n\n".join(
            f"## {' '.join(CHANCE.choices(NAMES, k=2))}\n\n{' '.join(CHANCE.choices(NAMES, k=12))}." for _ in range(40)
        )
        await index_document(
            database, WordEmbedder(), scope_of(person), body, knowledge_scope=f"tenant:{person.tenant_id}"
        )
    searched = [(CHANCE.choice(people), " ".join(CHANCE.choices(NAMES, k=3))) for _ in range(150)]

    for person, question in searched:
        found = await search(database, person, question, embedder=WordEmbedder(), retrieval=Retrieval(threshold=-1))
        assert found
        assert {passage.scope for passage in found} == {f"tenant:{person.tenant_id}"}
