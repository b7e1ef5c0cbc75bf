"""Which measures are compared with something that is not ours: another library, or an identity over any numbers."""

import ast
import re
from pathlib import Path

import app.analytics

LIBRARIES = ("empyrical", "hypothesis", "pandas", "QuantLib", "scipy", "skfolio", "sklearn", "statsmodels")
INDEPENDENT = re.compile(rf"^(?:import|from) (?:{'|'.join(LIBRARIES)})\b", flags=re.MULTILINE)
# Public for other modules of the engine, and no measure
CHECKS = {
    "returns.require_complete": "refuses; each measure's own refusal is in test_edge_cases",
    "value_at_risk.minimum_observations": "a count; literal in test_edge_cases",
    "value_at_risk.require_level": "refuses; test_edge_cases",
}


def measures() -> dict[str, str]:
    """`module.function` and the name that a test would call it by."""
    found = {}
    for path in sorted(Path(app.analytics.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found[f"{path.stem}.{node.name}"] = node.name
    return found


def called_beside_something_independent() -> set[str]:
    """Names that are called or handed on in tests whose module uses a library of others."""
    names: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        text = path.read_text()
        if path != Path(__file__) and INDEPENDENT.search(text):
            names |= {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    return names


def test_every_measure_is_compared_with_something_independent() -> None:
    compared = called_beside_something_independent()

    assert sorted(name for name, called in measures().items() if called not in compared) == sorted(CHECKS)
