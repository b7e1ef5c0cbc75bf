"""Every case of the evaluation. Their figures come from `reference`, never from the code under test."""

from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import holdings, returns, risk, scenarios, talk

ALL: tuple[Case, ...] = (*holdings.CASES, *returns.CASES, *risk.CASES, *scenarios.CASES, *talk.CASES)
