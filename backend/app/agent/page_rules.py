"""What a page means for an answer. A page adds a sentence and its knowledge; it takes no tool away."""

PAGE_RULES = {
    "portfolio": "They are on a portfolio's page, with its figures and charts before them. `this` and `here` mean that "
    "portfolio, or what is selected. Do not repeat what the page shows: say what stands out, or what it does not show.",
    "analyst": "They are on the analyst's page, beside the newest insights. `this insight` or `the note` means one of "
    "those: get_recent_insights has them.",
    "insights": "They are reading insights. `this insight` or `the note` means one of those: get_recent_insights has "
    "them.",
    "import": "They are importing a file. Questions about formats, columns and refused rows are answered from the "
    "knowledge base; no file is before you.",
    "settings": "They are in the settings: what is remembered of them, what the analyst has cost, their account.",
}


def of(page: str | None) -> str | None:
    """Only for pages that are known: the name comes from a browser."""
    return PAGE_RULES.get(page) if page is not None else None
