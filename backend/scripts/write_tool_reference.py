"""Writes AgentCoPilot/tools_reference.md from the registry of tools.

Run as `python -m scripts.write_tool_reference`.
"""

from app.agent.tools import reference
from app.agent.tools.catalogue import TOOLS
from app.config import REPOSITORY_ROOT

OUTPUT = REPOSITORY_ROOT / "AgentCoPilot" / "tools_reference.md"

HEAD = """# The analyst's tools

Written by `make gen` from the registry of tools (`backend/app/agent/tools/catalogue.py`). Do not edit it: a test
fails on a difference.

A tool's description and its arguments here are what a model is told. OpenAI's `parameters`, Claude's `input_schema` and
MCP's `inputSchema` are one JSON schema, made from the tool's Pydantic input. Whose data a tool reads is the server's
business and in no argument.
"""

ENVELOPE = """## The envelope

Every answer of the risk engine says `portfolio_id`, `portfolio_name` and `base_currency`; `as_of`, the day of the
newest prices; `window`, the first and last trading day it rests on; `method`; `coverage`, which holdings are in it,
which are left out and why; `warnings`; and in `unavailable`, by field, why a figure is null. `limits` names what a list
was cut to. Ratios are fractions, money is in the base currency.
"""


def text() -> str:
    listed = "\n".join(f"- [{tool.name}](#{tool.name})" for tool in TOOLS)
    return "\n".join([HEAD, f"{len(TOOLS)} tools:\n", f"{listed}\n", ENVELOPE, reference.reference()])


if __name__ == "__main__":
    OUTPUT.write_text(text(), encoding="utf-8")
    print(f"Wrote {OUTPUT}")
