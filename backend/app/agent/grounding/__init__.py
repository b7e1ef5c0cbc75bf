"""Every figure of an answer against the evidence of its turn: code checks what the model words.

figures.py finds what a text shows, tree.py and evidence.py hold what it is held against, scope.py says which of it a
passage can mean, matching.py and derivation.py whether it is that; checking.py puts them together.
"""

from app.agent.grounding.checking import MAX_CHARS, MAX_FIGURES, check
from app.agent.grounding.evidence import Document

__all__ = ["MAX_CHARS", "MAX_FIGURES", "Document", "check"]
