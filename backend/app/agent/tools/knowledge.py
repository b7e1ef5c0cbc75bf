from typing import Annotated

from pydantic import Field

from app.agent.embeddings import EmbeddingFailed
from app.agent.tools.contract import ToolRefused, ToolRun, tool
from app.agent.tools.results import KnowledgeFound, KnowledgePassage
from app.schemas.base import Request

MAX_QUESTION_CHARS = 500


class KnowledgeUnavailable(ToolRefused):
    code = "knowledge_unavailable"

    def __init__(self) -> None:
        super().__init__("The knowledge base cannot be searched right now. Go on without it, and say so.")


class KnowledgeArguments(Request):
    question: Annotated[
        str, Field(min_length=2, max_length=MAX_QUESTION_CHARS, description="What to find, as a question or in words.")
    ]


@tool
async def search_knowledge(arguments: KnowledgeArguments, run: ToolRun) -> KnowledgeFound:
    """Passages of the knowledge base: what a measure means and how it is computed here, how the product is used, and
    documents that this person or their organisation has added. Not for figures of a portfolio.

    Cite a passage that you use by its mark, such as [2]. Nothing found means that nothing is known about it here.
    """
    context = run.context
    if context.knowledge is None:
        raise KnowledgeUnavailable
    try:
        found = await context.knowledge.find(context.database, context.scope, arguments.question)
    except EmbeddingFailed as error:
        raise KnowledgeUnavailable from error
    return KnowledgeFound(
        passages=[
            KnowledgePassage(
                mark=each.mark, title=each.passage.title, section=each.passage.section, text=each.passage.content
            )
            for each in found
        ]
    )
