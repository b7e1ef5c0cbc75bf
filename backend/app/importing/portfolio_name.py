import re

from app.importing.display import shown
from app.importing.parsed import RowProblem

MAX_NAME_CHARS = 120
# Enough to tell one's own accounts apart, and no more than a statement's window shows
ACCOUNT_DIGITS_SHOWN = 4


def portfolio_name(text: str, column: str) -> str:
    """A name that a file gives. Its words are kept as they are; what does not print is refused."""
    name = " ".join(text.split())
    if not name:
        raise RowProblem(column, "", "no portfolio", "Fill in the portfolio, or remove the column.")
    if len(name) > MAX_NAME_CHARS:
        reason = f"a name longer than {MAX_NAME_CHARS} characters"
        raise RowProblem(column, shown(name), reason, "Shorten the name.")
    if not name.isprintable():
        raise RowProblem(column, shown(name), "a name with invisible characters", "Type the name anew.")
    return name


def account_label(name: str, account_number: str) -> str:
    """An account as a portfolio's name, with no more of its number than tells it apart."""
    digits = re.sub(r"[^A-Za-z0-9]", "", account_number)[-ACCOUNT_DIGITS_SHOWN:]
    printable = "".join(character for character in name if character.isprintable())
    words = " ".join(printable.split())[: MAX_NAME_CHARS - 10] or "Account"
    return f"{words} ...{digits}" if digits else words
