"""Settings: the only reader of the environment. Every variable stands in `.env.example` with its default."""

from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic.networks import IPvAnyNetwork
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.models.embedding_model import EmbeddingModelName

DEVELOPMENT_SECRET = "development-only-secret-change-me-please"  # noqa: S105 - refused in production below
REPOSITORY_ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SIGMASIGHT_", env_file=REPOSITORY_ROOT / ".env", extra="ignore")

    environment: Literal["development", "demo", "test", "production"] = "development"
    home: Path = REPOSITORY_ROOT / ".sigmasight"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    # Empty: an embedded PostgreSQL in `home`
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    # The owner of the schema, where the application's own login is a lesser one; empty: the same as DATABASE_URL
    migration_database_url: str = Field(default="", validation_alias="MIGRATION_DATABASE_URL")
    database_pool_size: int = Field(default=10, ge=1, le=200)

    api_host: str = Field(default="127.0.0.1", validation_alias="API_HOST")
    api_port: int = Field(default=8000, ge=1, le=65535, validation_alias="API_PORT")
    web_port: int = Field(default=3000, ge=1, le=65535, validation_alias="WEB_PORT")
    # Whose `X-Forwarded-For` is believed: the web server's, which tells by it who asks
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(ip_network("127.0.0.1"), ip_network("::1")), validation_alias="API_TRUSTED_PROXIES"
    )

    token_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    access_token_minutes: int = Field(default=15, ge=1, le=120)
    refresh_token_days: int = Field(default=30, ge=1, le=365)
    registration_enabled: bool = True
    # With which Prometheus reads /api/v1/metrics; empty: there are none
    metrics_token: SecretStr = SecretStr("")

    # Whether other assistants may use the tools: over /mcp, with a token that a person has made for them
    mcp_enabled: bool = True
    # Where they find it. Its host is one of those that /mcp answers to; empty: this machine
    mcp_url: str = Field(default="", pattern=r"^(https?://[^\s/@?#]+(/[^\s?#]*)?)?$")
    mcp_calls_per_minute: int = Field(default=120, ge=1, le=100_000)

    # Where the nightly job takes prices from: `csv` reads the file or folder at `market_data_path`, and of `bundled`
    # there is nothing newer to take
    market_data_source: Literal["bundled", "csv", "yahoo"] = "bundled"
    market_data_path: Path | None = None

    ai_provider: Literal["auto", "openai", "claude", "offline"] = "auto"
    # Who goes on where a provider fails: nobody, the other configured provider, or in the end the offline analyst
    ai_failover: Literal["none", "providers", "offline"] = "providers"
    # USD that one person's model calls may cost in a day (UTC); none: as much as they do
    ai_daily_budget_usd: Decimal | None = Field(default=None, gt=0, max_digits=12, decimal_places=4)
    # Prices in JSON that win over the built-in ones: {"version": …, "models": {"name": {"input": …, "output": …}}}
    ai_price_file: Path | None = None
    ai_turns_per_minute: int = Field(default=30, ge=1, le=100_000)
    # Figures of an answer: not checked; checked and marked; or held back until the model has mended what has no source
    grounding: Literal["off", "check", "strict"] = "check"
    # Whether anything that people say is remembered here; each of them may also switch it off for themselves
    memory_enabled: bool = True
    # Conversations that nobody went on with for so long are purged; none: they are kept
    conversation_retention_days: int | None = Field(default=None, ge=1, le=36_500)
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    openai_model: str = "gpt-5.4-mini"
    openai_heavy_model: str = "gpt-5.4"
    anthropic_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="ANTHROPIC_API_KEY")
    anthropic_base_url: str = Field(default="", validation_alias="ANTHROPIC_BASE_URL")
    claude_model: str = "claude-sonnet-5-5"
    claude_heavy_model: str = "claude-opus-5-5"
    # With which the knowledge base is searched. Another one means that every document is embedded again
    embedding_model: EmbeddingModelName = "all-MiniLM-L6-v2"
    # A turn waits this long for a provider: to connect, for its first event, and between two events
    provider_connect_seconds: float = Field(default=10.0, gt=0)
    provider_first_event_seconds: float = Field(default=90.0, gt=0)
    provider_silence_seconds: float = Field(default=45.0, gt=0)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, given: object) -> object:
        return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given

    @property
    def mcp_address(self) -> str:
        return self.mcp_url or f"http://127.0.0.1:{self.api_port}/mcp"

    @model_validator(mode="after")
    def _refuse_default_secrets_in_production(self) -> Self:
        secret = self.token_secret.get_secret_value()
        if self.environment == "production" and (secret == DEVELOPMENT_SECRET or len(secret) < 32):
            raise ValueError("SIGMASIGHT_TOKEN_SECRET must be set to at least 32 random characters in production")
        if self.environment == "production" and not self.database_url:
            raise ValueError("DATABASE_URL must be set in production: the embedded PostgreSQL is for one machine")
        return self


@lru_cache
def get_settings() -> Settings:
    return Settings()
