"""What is worth the heavy model is what a question asks for, not what it mentions."""

import pytest

from app.agent.heavy_question import task_of


@pytest.mark.parametrize(
    "question",
    [
        "Give me a 30-day post-mortem.",
        "Write a post mortem of the last month for my portfolio",
        "Can you do a postmortem?",
        "30-day post-mortem please",
        "Post-mortem of the last 30 days",
        "Please run a full review of my portfolio",
        "I'd like a comprehensive risk review.",
        "I would like a full portfolio review, with the beta.",
        "Could you prepare an in-depth performance analysis of Growth?",
        "My beta looks odd. Let's do a complete portfolio review!",
        "Full review",
        "Monthly review of Balanced, please",
        "What went wrong in the last 30 days?",
        "What went well and what went badly this month?",
        "I\u2019d like a thorough assessment",
    ],
)
def test_a_request_for_long_work_is_heavy(question: str) -> None:
    assert task_of(question) == "heavy"


@pytest.mark.parametrize(
    "question",
    [
        "What is my beta?",
        "What is a post-mortem?",
        "I read your post-mortem yesterday. What is my beta now?",
        "Don't do a full review, just tell me the beta.",
        "Thanks for the full review! How is volatility?",
        "In the post-mortem you said beta was 1.2, is that still so?",
        "Show my positions without a detailed report",
        "Give me the beta instead of a full analysis.",
        "Explain the second point of the comprehensive review",
        "Review the price of AAPL",
        "How did I do over 30 days?",
        "What does a full risk review cover?",
        "What went up the most?",
        "",
        "give me a 30 day " * 400,
        "full review of " * 500 + "?",
        "post-mortem " * 600 + "and what is my beta?",
    ],
    ids=lambda question: question[:40],
)
def test_a_mention_is_not(question: str) -> None:
    assert task_of(question) == "chat"
