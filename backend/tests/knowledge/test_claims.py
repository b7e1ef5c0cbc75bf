"""A page and the code say the same: windows, constants, defaults, names."""

from typing import Literal

import pytest

from app.analytics.scenarios import SCENARIOS, ReplayScenario, Scenario, Shocks, ShockScenario
from evaluation.retrieval.pages import FOLDER, KnowledgePage, page, pages
from tests.knowledge.claims import agrees, numbers, resolve

CLAIMS = [
    pytest.param(found, words, path, id=f"{found.name}-{path}")
    for found in pages()
    for words, path in found.front_matter.get("claims", {}).items()
]


@pytest.mark.parametrize(("found", "words", "path"), CLAIMS)
def test_a_page_says_what_the_code_does(found: KnowledgePage, words: str, path: str) -> None:
    assert words in found.running_text, f"{found.name}.md no longer says {words!r}"

    value = resolve(path)

    assert agrees(words, value), f"{found.name}.md says {words!r}, {path} is {value!r}"


def test_most_of_what_can_change_is_claimed() -> None:
    assert len(CLAIMS) >= 80


@pytest.mark.parametrize(
    ("words", "value", "is_true"),
    [
        ("over 21, 63 and 252 days", (21, 63, 252), True),
        ("over 21, 63 and 250 days", (21, 63, 252), False),
        ("over 21 and 63 days", (21, 63, 252), False),
        ("a decay of 0.94", 0.94, True),
        ("at 95 % and 99 %", (0.95, 0.99), True),
        ("at 95% and 99%", (0.95, 0.999), False),
        ("at most 10 MB", 10 * 1024 * 1024, True),
        ("20,000 rows", 20_000, True),
        ("minimum volatility and value", ("minimum_volatility", "value"), True),
        ("value", ("minimum_volatility", "value"), False),
        ("historical or normal", Literal["historical", "normal"], True),
        ("SP500 unless", "SP5", False),
    ],
)
def test_words_are_compared_with_a_constant(words: str, value: object, is_true: bool) -> None:
    assert agrees(words, value) is is_true


SCENARIO_PAGES = ("stress_scenarios", "crisis_replays")


@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=scenario.key) for scenario in SCENARIOS])
def test_each_scenario_is_described_as_it_is(scenario: Scenario) -> None:
    line = _scenario_lines()[scenario.name]

    match scenario:
        case ReplayScenario():
            assert f"{scenario.start} to {scenario.end}" in line
        case ShockScenario():
            # A fall by 5 % may be told in the scenario's name
            told = numbers(f"{scenario.name} {line}")
            assert all(size in told for size in _sizes(scenario.shocks)), line


def test_no_scenario_is_described_that_does_not_exist() -> None:
    assert set(_scenario_lines()) == {scenario.name for scenario in SCENARIOS}


def _scenario_lines() -> dict[str, str]:
    lines = [
        line.removeprefix("- **").partition("**")
        for name in SCENARIO_PAGES
        for section in page(FOLDER / f"{name}.md").sections
        for line in section.text.splitlines()
        if line.startswith("- **")
    ]
    return {name: text for name, _, text in lines}


def _sizes(shocks: Shocks) -> list[float]:
    moves = [*shocks.factors.values(), *shocks.sectors.values(), shocks.liquidation_cost]
    # Volatility is told in points
    points = [abs(shocks.volatility) * 100] if shocks.volatility else []
    return [round(abs(move), 9) for move in moves if move] + [round(point, 9) for point in points]
