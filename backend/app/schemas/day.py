"""A day in a request, written out: 2022-01-31.

Pydantic would read a number as seconds since 1970, so that a spreadsheet's 44561 were a day without anybody's noticing.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

_WRITTEN_OUT = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _is_written_out(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and not _WRITTEN_OUT.match(value)):
        raise ValueError("must be a date such as 2022-01-31")
    return value


Day = Annotated[date, BeforeValidator(_is_written_out)]
