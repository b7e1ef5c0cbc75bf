"""Which portfolio a call is about: names and ids are looked up among the person's own."""

from uuid import UUID

import pytest

from app.agent.tools.contract import AmbiguousPortfolio, PortfolioNotFound
from app.agent.tools.portfolio_choice import MAX_NAMED, choose

GROWTH, GROWTH_PLUS, INCOME = (UUID(int=number) for number in (1, 2, 3))
ALL = [(GROWTH, "Growth"), (GROWTH_PLUS, "Growth Plus"), (INCOME, "Dividend Income")]


@pytest.mark.parametrize(
    ("wanted", "default", "found"),
    [
        ("Growth", None, GROWTH),
        ("growth plus", None, GROWTH_PLUS),
        ("  dividend ", None, INCOME),
        (str(INCOME), None, INCOME),
        (str(INCOME).upper(), GROWTH, INCOME),
        (None, GROWTH_PLUS, GROWTH_PLUS),
    ],
)
def test_a_portfolio_is_chosen_by_id_by_name_by_beginning_or_by_default(
    wanted: str | None, default: UUID | None, found: UUID
) -> None:
    assert choose(ALL, wanted, default=default) == found


def test_the_only_portfolio_need_not_be_named() -> None:
    assert choose(ALL[:1], None, default=None) == GROWTH


def test_a_default_that_is_not_the_persons_own_is_no_permission() -> None:
    assert choose(ALL[:1], None, default=UUID(int=99)) == GROWTH


@pytest.mark.parametrize("wanted", ["Value", str(UUID(int=99)), "income", "%"])
def test_what_the_person_does_not_have_is_not_found(wanted: str) -> None:
    with pytest.raises(PortfolioNotFound):
        choose(ALL, wanted, default=GROWTH)


def test_nobody_without_portfolios_has_one() -> None:
    with pytest.raises(PortfolioNotFound):
        choose([], None, default=GROWTH)


def test_several_that_fit_are_listed_with_their_ids() -> None:
    with pytest.raises(AmbiguousPortfolio) as refused:
        choose(ALL, "grow", default=None)
    assert f"Growth (id {GROWTH}); Growth Plus (id {GROWTH_PLUS})." in str(refused.value)


def test_without_a_name_all_are_listed_up_to_a_limit() -> None:
    many = [(UUID(int=number), f"Portfolio {number}") for number in range(MAX_NAMED + 5)]
    with pytest.raises(AmbiguousPortfolio, match="and 5 more"):
        choose(many, None, default=None)
