from typing import Any

import pytest

from app.agent.openai_input import tool_params
from app.agent.tools.catalogue import TOOLS, standard_registry
from app.agent.tools.contract import Tool
from app.agent.tools.json_schema import parameters_of
from scripts import write_tool_reference as script


def test_the_reference_is_up_to_date() -> None:
    assert script.OUTPUT.read_text() == script.text(), "run `make gen`"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_is_described_whole(tool: Tool) -> None:
    (section,) = [part for part in script.text().split("\n## ") if part.startswith(f"{tool.name}\n")]
    assert tool.description in section
    for argument in parameters_of(tool.input_model)["properties"]:
        assert f"| `{argument}` |" in section
    for field in set(tool.output_model.model_fields) - set(script.reference.ENVELOPE):
        assert f"`{field}`" in section


def test_every_provider_is_given_the_same_schema() -> None:
    specs = standard_registry().specs()
    openai: list[dict[str, Any]] = tool_params(specs)
    assert [tool["parameters"] for tool in openai] == [parameters_of(tool.input_model) for tool in TOOLS]
    assert [(tool["name"], tool["description"]) for tool in openai] == [(t.name, t.description) for t in TOOLS]
