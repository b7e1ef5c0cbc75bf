import pytest

from app.commands.ask import Terminal
from app.commands.terminal import plain
from app.schemas.chat import MessageData, MessageEvent


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A\x1b]0;owned\x07B", "A]0;ownedB"),
        ("\x9b31mred\r\x08\x00\x7f", "31mred"),
        ("a table:\n\t1,5 \N{EURO SIGN}", "a table:\n\t1,5 \N{EURO SIGN}"),
    ],
)
def test_a_terminal_is_told_nothing_but_text(text: str, written: str) -> None:
    assert plain(text) == written


def test_an_answer_that_quotes_a_name_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show(MessageEvent(data=MessageData(delta="You hold \x1b[2JPension.")))

    assert capsys.readouterr().out == "You hold [2JPension."
