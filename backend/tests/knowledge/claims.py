"""What a page says of the code, and what the code says: both as numbers or names that can be compared.

A claim ties words of the page to a constant: `"over 21, 63 and 252 days": app.services.analytics.volatility.WINDOWS`.
A path is a module followed by attributes, and may end in a parameter whose default is meant: `module.function(name)`,
or in a field of a Pydantic model: `module.Model(field)`.
"""

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, get_args

from pydantic import BaseModel

_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\w|,\d)|(?<![\w.,])\d+(?:\.\d+)?")
_UNIT = re.compile(r"\s?(%|MB\b)")
_UNITS = {"%": 0.01, "MB": 1024.0 * 1024.0}


def numbers(text: str) -> list[float]:
    """In their order; a percentage as a fraction, megabytes as bytes."""
    found = []
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        found.append(round(float(match[0].replace(",", "")) * (_UNITS[unit[1]] if unit else 1.0), 9))
    return found


def resolve(path: str) -> Any:
    dotted, _, parameter = path.rstrip(")").partition("(")
    names = dotted.split(".")
    for length in range(len(names), 0, -1):
        try:
            found: Any = import_module(".".join(names[:length]))
        except ModuleNotFoundError:
            continue
        for name in names[length:]:
            found = getattr(found, name)
        return _default(found, parameter) if parameter else found
    raise ModuleNotFoundError(path)


def _default(owner: Any, name: str) -> Any:
    if isinstance(owner, type) and issubclass(owner, BaseModel):
        return owner.model_fields[name].default
    return inspect.signature(owner).parameters[name].default


def leaves(value: Any) -> list[float | str]:
    """A constant's numbers and names, in their order. Of a mapping the values; of a Literal what it allows."""
    if isinstance(value, bool):
        raise TypeError("a claim is about a number or a name")
    if isinstance(value, int | float):
        return [round(float(value), 9)]
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else get_args(value) or value
    return [leaf for item in items for leaf in leaves(item)]


def agrees(words: str, value: Any) -> bool:
    """Whether the words state the constant's numbers, no other and in this order, and each of its names."""
    stated = leaves(value)
    named = [leaf.replace("_", " ").casefold() for leaf in stated if isinstance(leaf, str)]
    if named:
        plain = words.replace("_", " ").casefold()
        return all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in named)
    return numbers(words) == stated
