"""Which embedding model this process uses."""

from app.agent.embedding_local import LocalEmbedder
from app.agent.embedding_openai import OpenAIEmbedder
from app.agent.embeddings import Embedder
from app.config import Settings
from app.errors import CannotStart
from app.models.embedding_model import BUNDLED


def open_embedder(settings: Settings) -> Embedder:
    if settings.embedding_model == BUNDLED.name:
        return LocalEmbedder()
    if not (settings.openai_api_key.get_secret_value() or settings.openai_base_url):
        raise CannotStart(f"SIGMASIGHT_EMBEDDING_MODEL is {settings.embedding_model}: set OPENAI_API_KEY")
    return OpenAIEmbedder(settings)
