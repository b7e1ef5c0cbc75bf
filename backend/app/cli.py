"""The `sigmasight` command. What goes wrong before a command has begun is told in one sentence.

Each command imports what it needs when it runs: the numerical libraries alone take seconds, and most need few of them.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

import typer

from app import startup
from app.config import REPOSITORY_ROOT, Settings
from app.errors import AppError, CannotStart

app = typer.Typer(
    help="SigmaSight: portfolio risk and an AI analyst.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

prices = typer.Typer(help="Market data.", no_args_is_help=True)
app.add_typer(prices, name="prices")
context = typer.Typer(help="What the analyst is given.", no_args_is_help=True)
app.add_typer(context, name="context")


kb = typer.Typer(help="The knowledge base.", no_args_is_help=True)
app.add_typer(kb, name="kb")
learn = typer.Typer(help="What people ask, and how well it is answered.", no_args_is_help=True)
app.add_typer(learn, name="learn")
exports = typer.Typer(help="What is kept, as files.", no_args_is_help=True)
app.add_typer(exports, name="export")
accounts = typer.Typer(help="Who may sign in.", no_args_is_help=True)
app.add_typer(accounts, name="accounts")


@app.command()
def serve() -> None:
    """Run the API."""
    from app import server
    from app.main import create_app

    with _in_one_sentence(), _ready() as settings:
        server.run(create_app(settings), settings)


@app.command()
def worker() -> None:
    """Run background jobs."""
    from app import logging
    from app.jobs import app as job_app

    with _in_one_sentence(), _ready() as settings:
        logging.configure(settings)
        asyncio.run(job_app.work(settings))


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    with _in_one_sentence(), startup.database_of(startup.load_settings()) as settings:
        startup.migrate(settings)
        typer.echo("The database has this version's schema.")


@app.command("seed-demo")
def seed_demo() -> None:
    """Load the bundled market data and the demo accounts. Only where SIGMASIGHT_ENVIRONMENT is demo."""
    with _in_one_sentence(), _ready() as settings:
        asyncio.run(_seed(settings))
        typer.echo("The demo accounts and portfolios are there.")


@accounts.command("add")
def add_account(
    email: Annotated[str, typer.Argument(help="With which they sign in")],
    name: Annotated[str, typer.Option(help="As the app calls them")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[Literal["user", "admin"], typer.Option(help="Within their tenant")] = "user",
    beside: Annotated[str | None, typer.Option(help="E-mail address of somebody whose tenant they join")] = None,
) -> None:
    """Make an account, also where strangers may not. The password is asked for."""
    from app.commands import account

    with _in_one_sentence(), _ready() as settings:
        account.add(settings, email, name, password, role=role, beside=beside)
        typer.echo(f"{email} may sign in.")


@accounts.command("role")
def set_role(
    email: Annotated[str, typer.Argument(help="Whose")],
    role: Annotated[Literal["user", "admin"], typer.Argument(help="Within their tenant")],
) -> None:
    """Make somebody an administrator of their tenant, or no longer."""
    from app.commands import account

    with _in_one_sentence(), _ready() as settings:
        account.set_role(settings, email, role)
        typer.echo(f"{email} has the role {role}.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or JSON of a broker")],
    user: Annotated[str, typer.Option(help="E-mail address of the account that it is for")],
    portfolio: Annotated[str | None, typer.Option(help="Put all of it into one new portfolio of this name")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of what has no date")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only show what would be made")] = True,
    accept_partial: Annotated[bool, typer.Option(help="Keep the good rows although others are rejected")] = False,
) -> None:
    """Import positions and cash: the CSV template, or an export of a broker."""
    from app.commands import importing

    day = as_of.date() if as_of else None
    with _in_one_sentence(), _ready() as settings:
        importing.import_and_show(
            settings, file, user, name=portfolio, as_of=day, is_dry_run=dry_run, accepts_partial=accept_partial
        )


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In plain words")],
    portfolio: Annotated[str | None, typer.Option(help="Name of the portfolio that it is about")] = None,
    mode: Annotated[
        Literal["standard", "deep", "research", "offline"] | None, typer.Option(help="How thoroughly")
    ] = None,
    model: Annotated[str | None, typer.Option(help="One of the configured models")] = None,
    email: Annotated[str, typer.Option(help="Whose portfolios")] = "demo@sigmasight.example",
) -> None:
    """Ask the analyst. The answer is printed as it comes, and kept as a conversation. Ends with 1 without one."""
    from app.commands import ask

    asking = ask.Asking(question, email, portfolio, mode, model)
    with _in_one_sentence(), _ready() as settings:
        is_answered = ask.ask_and_show(settings, asking)
    raise typer.Exit(0 if is_answered else 1)


@app.command()
def mcp(
    user: Annotated[str, typer.Option(help="E-mail address of the account whose portfolios it may read")],
) -> None:
    """Give an assistant on this machine the tools, over standard input and output (MCP)."""
    from app.commands import mcp

    with _in_one_sentence(), _ready() as settings:
        mcp.serve(settings, user)


@prices.command("refresh")
def refresh_prices(
    source: Annotated[
        Literal["bundled", "csv", "yahoo"] | None, typer.Option(help="Default: SIGMASIGHT_MARKET_DATA_SOURCE")
    ] = None,
    path: Annotated[Path | None, typer.Option(help="For csv: a file, or a folder of them")] = None,
    symbols: Annotated[str | None, typer.Option(help="Only these, parted by commas")] = None,
    replace: Annotated[bool, typer.Option(help="Put the source's history in the place of the stored one")] = False,
    accept_jumps: Annotated[str | None, typer.Option(help="Symbols whose jumps are real, parted by commas")] = None,
) -> None:
    """Bring prices up to a source. Ends with 1 where a symbol or a day could not be taken."""
    from app.commands import price_refresh

    with _in_one_sentence(), _ready() as settings:
        options = price_refresh.options(symbols, accept_jumps, replaces=replace)
        complete = price_refresh.refresh_and_show(settings, source, path, options)
    raise typer.Exit(0 if complete else 1)


@context.command("show")
def show_context(
    run_id: Annotated[UUID, typer.Argument(help="As in the event `start`")],
) -> None:
    """Print what the model was given in a turn: sections with their sizes, and what they were made of."""
    from app.commands import turn_context

    with _in_one_sentence(), _ready() as settings:
        turn_context.load_and_show(settings, run_id)


@kb.command("index")
def index_knowledge(
    files: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="Markdown, text or PDF")
    ] = None,
    user: Annotated[str | None, typer.Option(help="E-mail address of the account that the files are for")] = None,
    scope: Annotated[Literal["user", "tenant"], typer.Option(help="Who may read the files")] = "user",
) -> None:
    """Index files; without any, what ships with the product and whatever waits. Ends with 1 where something failed."""
    from app.commands import knowledge

    with _in_one_sentence(), _ready() as settings:
        complete = knowledge.index_and_show(settings, files or [], user, scope)
    raise typer.Exit(0 if complete else 1)


@kb.command("search")
def search_knowledge(
    question: Annotated[str, typer.Argument(help="As it would be asked")],
    user: Annotated[str | None, typer.Option(help="E-mail address of who asks; default: nobody in particular")] = None,
    page: Annotated[str | None, typer.Option(help="The page of the app that it is asked on")] = None,
) -> None:
    """Show what a search finds, by which half of it, and what of it an answer would be given."""
    from app.commands import knowledge

    with _in_one_sentence(), _ready() as settings:
        knowledge.search_and_show(settings, question, user, page)


@kb.command("export")
def export_knowledge(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to write one Markdown file for each document")],
    user: Annotated[str | None, typer.Option(help="E-mail address of whose documents to write too")] = None,
) -> None:
    """Write the documents that one may read as files."""
    from app.commands import knowledge

    with _in_one_sentence(), _ready() as settings:
        typer.echo(f"Wrote {knowledge.export(settings, folder, user):,} documents to {folder}.")


@exports.command("conversations")
def export_conversations(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write JSON, one message a line")],
    user: Annotated[str, typer.Option(help="E-mail address of whose conversations")],
) -> None:
    """Write a person's conversations with all that is kept of them: tools, sources, grounding, times, ratings."""
    from app.commands import personal_data

    with _in_one_sentence(), _ready() as settings:
        typer.echo(f"Wrote {personal_data.conversations(settings, user, out):,} messages to {out}.")


@learn.command("report")
def report_on_questions(
    user: Annotated[str, typer.Option(help="E-mail address of an administrator: it is about their tenant")],
    days: Annotated[int, typer.Option(min=1, max=366, help="Up to now")] = 90,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for report.md and report.json")] = None,
) -> None:
    """Group what was asked into topics and say how well each was answered. The report is kept as well as printed."""
    from app.commands import learning_report

    with _in_one_sentence(), _ready() as settings:
        learning_report.report_and_show(settings, user, days, out)


@app.command("eval")
def evaluate(
    provider: Annotated[
        Literal["openai", "claude", "offline"] | None, typer.Option(help="Default: SIGMASIGHT_AI_PROVIDER")
    ] = None,
    model: Annotated[str | None, typer.Option(help="One of the configured models")] = None,
    cases: Annotated[str, typer.Option(help="Names or a group, such as 'beta-*' or refusal")] = "*",
    at_once: Annotated[int, typer.Option(min=1, max=16, help="Questions side by side")] = 2,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for report.md and report.json")] = None,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(help="Two such folders: is the change chance?")] = None,
) -> None:
    """Ask the analyst questions whose answers are known. Ends with 1 where it answers one of them badly."""
    from app.commands import evaluation

    with _in_one_sentence():
        if compare is not None:
            evaluation.compare(*compare)
            return
        overrides = {"ai_provider": provider} if provider else {}
        wanted = evaluation.chosen(cases)
        settings = startup.load_settings(**overrides)
        verdicts = evaluation.evaluate(settings, wanted, model=model, at_once=at_once)
        evaluation.show(verdicts, out, provider=settings.ai_provider, model=model or "as routed")
    raise typer.Exit(0 if all(verdict.is_passed for verdict in verdicts) else 1)


@app.command()
def openapi(
    output: Annotated[Path, typer.Option(help="Where to write it")] = REPOSITORY_ROOT / "backend" / "openapi.json",
) -> None:
    """Write the API's description, from which the web client is generated."""
    with _in_one_sentence():
        startup.load_settings(_env_file=None)
        output.write_text(openapi_text(), encoding="utf-8")
        typer.echo(f"Wrote {output}")


@app.command()
def demo(
    web: Annotated[bool, typer.Option(help="Run the web app too")] = True,
    reset: Annotated[bool, typer.Option(help="Throw the demo's data away first")] = False,
    reload: Annotated[bool, typer.Option(help="Restart on changes of the code")] = False,
) -> None:
    """Run everything on this machine, with demo data: database, API, worker and web app."""
    from app import supervisor

    with _in_one_sentence():
        settings = startup.load_settings(environment="demo")
        raise typer.Exit(supervisor.run(settings, with_web=web, reset=reset, reload=reload))


def openapi_text() -> str:
    return json.dumps(openapi_description(), indent=2, ensure_ascii=False) + "\n"


def openapi_description() -> dict[str, Any]:
    """The same on every machine, whatever its environment."""
    from app.main import create_app

    return create_app(Settings(_env_file=None)).openapi()


async def _seed(settings: Settings) -> None:
    from app.db import Database
    from app.services import demo as demo_service

    async with Database(settings.database_url) as database:
        await demo_service.seed(database, settings)


@contextmanager
def _ready() -> Iterator[Settings]:
    with startup.database_of(startup.load_settings()) as settings:
        startup.check_schema(settings.database_url)
        yield settings


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # Whoever reads has seen enough: typer ends quietly
        raise
    except (CannotStart, AppError) as failure:
        _tell(str(failure), failure)
    except OSError as failure:
        _tell(": ".join(filter(None, [failure.filename, failure.strerror])) or type(failure).__name__, failure)


def _tell(sentence: str, failure: Exception) -> NoReturn:
    from app.commands.terminal import plain

    typer.echo(plain(sentence), err=True)
    raise typer.Exit(1) from failure


if __name__ == "__main__":
    app()
