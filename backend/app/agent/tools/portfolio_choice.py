"""Which portfolio a call is about. Names and ids are looked up among the caller's own, and nowhere else."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.agent.tools.contract import AmbiguousPortfolio, PortfolioNotFound, ToolRun
from app.repositories import portfolio as portfolio_repository
from app.schemas.base import Request

# Names told when a portfolio must be chosen; a person with more finds them with list_portfolios
MAX_NAMED = 12

PortfolioName = Annotated[
    str | None,
    Field(
        default=None,
        min_length=1,
        max_length=120,
        description="Name or id of the portfolio. Leave out for the one that the person is looking at, "
        "or the only one they have.",
    ),
]


class PortfolioArguments(Request):
    portfolio: PortfolioName


# A portfolio as it can be named
Named = tuple[UUID, str]


async def chosen(run: ToolRun, wanted: str | None) -> UUID:
    return choose(await _known(run), wanted, default=run.context.portfolio_id)


async def every(run: ToolRun) -> list[UUID]:
    return [portfolio_id for portfolio_id, _ in await _known(run)]


async def _known(run: ToolRun) -> list[Named]:
    return [(row.id, row.name) for row in await portfolio_repository.list_all(run.session)]


def choose(known: Sequence[Named], wanted: str | None, *, default: UUID | None) -> UUID:
    """By id, by exact name, by the beginning of one name only; without a name the default, or the only one."""
    if wanted is not None:
        return _by_name(known, wanted)
    if default is not None and any(portfolio_id == default for portfolio_id, _ in known):
        return default
    if len(known) == 1:
        return known[0][0]
    if not known:
        raise PortfolioNotFound
    raise _ambiguous("This person has several portfolios", known)


def _by_name(known: Sequence[Named], wanted: str) -> UUID:
    folded = wanted.strip().casefold()
    exact = [entry for entry in known if folded in (str(entry[0]), entry[1].casefold())]
    matches = exact or [entry for entry in known if entry[1].casefold().startswith(folded)]
    if not matches:
        raise PortfolioNotFound
    if len(matches) > 1:
        raise _ambiguous("Several portfolios are named like that", matches)
    return matches[0][0]


def _ambiguous(why: str, candidates: Sequence[Named]) -> AmbiguousPortfolio:
    listed = "; ".join(f"{name} (id {portfolio_id})" for portfolio_id, name in candidates[:MAX_NAMED])
    more = f"; and {len(candidates) - MAX_NAMED} more" if len(candidates) > MAX_NAMED else ""
    return AmbiguousPortfolio(f"{why}: {listed}{more}. Name one of them as `portfolio`, or ask which is meant.")
