"""One machine, one command: starts database, API, worker and web app, watches them, and ends them together."""

import asyncio
import fcntl
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import startup
from app.config import DEVELOPMENT_SECRET, REPOSITORY_ROOT, Settings
from app.db import Database
from app.errors import CannotStart
from app.services import demo

# Enough for a slow machine that is busy with something else
READY_SECONDS = 180.0
POLL_SECONDS = 0.1
# Together with the database's own stop this stays below ten seconds
TERMINATE_SECONDS = 6.0
SHOWN_LOG_LINES = 20

# What RESET throws away: never the whole folder, which somebody may have pointed at their home
DATA = (startup.POSTGRES_FOLDER, "token_secret", "logs")

LOCK = "demo.lock"
LOOPBACK = "127.0.0.1"
BACKEND = REPOSITORY_ROOT / "backend"
FRONTEND = REPOSITORY_ROOT / "frontend"


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    command: Sequence[str]
    folder: Path
    # Answers once the service is of use; empty: as soon as it runs
    ready_url: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    service: Service
    process: asyncio.subprocess.Process
    log: Path


class Steps:
    """Tells what is being done and for how long: a live line at a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        if self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            with Progress(*columns, console=self._console, transient=True) as progress:
                progress.add_task(what, total=None)
                yield
        else:
            self._console.print(f"... {what}", highlight=False)
            yield
        self._console.print(f"[green]ok[/]  {what} ({time.monotonic() - began:.1f} s)", highlight=False)


def run(settings: Settings, *, with_web: bool, reset: bool, reload: bool) -> int:
    """Until somebody stops it (0) or a part of it ends by itself (1)."""
    # Until the event loop takes the signals over, both end this process by way of the clean-up below
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings.home.mkdir(parents=True, exist_ok=True)
    console = Console(soft_wrap=True)
    try:
        with _only_one_from(settings.home):
            if reset:
                _reset(settings)
            with _database(settings, Steps(console)) as ready:
                code = asyncio.run(_Supervisor(ready, console, with_web=with_web, reload=reload).run())
                _ignore_further_signals()
            return code
    except KeyboardInterrupt:
        return 0


def _ignore_further_signals() -> None:
    # An impatient second Ctrl-C must not leave a database server behind
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


class _Supervisor:
    def __init__(self, settings: Settings, console: Console, *, with_web: bool, reload: bool) -> None:
        self._settings = settings
        self._console = console
        self._steps = Steps(console)
        self._services = services(settings, with_web=with_web, reload=reload)
        self._with_web = with_web
        self._running: list[Running] = []
        self._stop = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        try:
            return await self._watch()
        finally:
            await _end(self._running)

    async def _watch(self) -> int:
        for service in self._services:
            self._running.append(await _start(service, self._settings))
        _note_processes(self._settings.home, [os.getpid(), *(child.process.pid for child in self._running)])
        ended = asyncio.create_task(self._until_one_ends())
        stopped = asyncio.create_task(self._stop.wait())
        ready = asyncio.create_task(self._until_ready())
        await asyncio.wait([ended, stopped, ready], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            self._console.print(ready.result(), markup=False, highlight=False)
            await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        return self._verdict()

    async def _until_one_ends(self) -> None:
        await asyncio.wait(
            [asyncio.create_task(child.process.wait()) for child in self._running], return_when=asyncio.FIRST_COMPLETED
        )

    async def _until_ready(self) -> str:
        # While the demo data is loaded the others are starting up already
        with self._steps.step("Market data and demo portfolios"):
            await _seed(self._settings)
        with self._steps.step(", ".join(service.name for service in self._services)):
            for service in self._services:
                try:
                    async with asyncio.timeout(READY_SECONDS):
                        await _answers(service)
                except TimeoutError as error:
                    raise CannotStart(f"The {service.name} does not answer after {READY_SECONDS:.0f} s.") from error
        return announcement(self._settings, with_web=self._with_web)

    def _verdict(self) -> int:
        if self._stop.is_set():
            self._console.print("Stopping.", highlight=False)
            return 0
        for child in self._running:
            if child.process.returncode is not None:
                code = child.process.returncode
                self._console.print(f"The {child.service.name} ended with code {code}. Its last words ({child.log}):")
                self._console.print(_tail(child.log), markup=False, highlight=False)
        return 1


def services(settings: Settings, *, with_web: bool, reload: bool) -> list[Service]:
    python = sys.executable
    sigmasight = (python, "-m", "app.cli")
    api = f"http://{LOOPBACK}:{settings.api_port}"
    api_command: tuple[str, ...] = (*sigmasight, "serve")
    if reload:
        uvicorn = (python, "-m", "uvicorn", "app.main:create_app", "--factory", "--reload", "--reload-dir", "app")
        api_command = (*uvicorn, "--no-proxy-headers", "--host", LOOPBACK, "--port", str(settings.api_port))
    found = [
        Service("API", api_command, BACKEND, f"{api}/api/v1/health/ready"),
        Service("worker", (*sigmasight, "worker"), BACKEND),
    ]
    if with_web:
        next_command = ("node", "node_modules/next/dist/bin/next", "dev" if reload else "start")
        command = (*next_command, "--hostname", LOOPBACK, "--port", str(settings.web_port))
        found.append(Service("web app", command, FRONTEND, f"http://{LOOPBACK}:{settings.web_port}/sign-in"))
    return found


def announcement(settings: Settings, *, with_web: bool) -> str:
    web = f"  Web app   http://localhost:{settings.web_port}\n" if with_web else ""
    return (
        "\nSigmaSight is running.\n\n"
        f"{web}"
        f"  API       http://localhost:{settings.api_port}/docs\n\n"
        f"  Sign in   {demo.DEMO.email} (three portfolios)\n"
        f"            {demo.OTHER.email} (another tenant)\n"
        f"            {demo.ADMINISTRATOR.email} (administrator)\n"
        f"  Password  {demo.PASSWORD}\n\n"
        f"  Data      {settings.home}\n"
        f"  Logs      {settings.home / 'logs'}\n\n"
        "Ctrl-C stops everything; the data is kept.\n"
    )


@contextmanager
def _only_one_from(home: Path) -> Iterator[None]:
    with (home / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CannotStart(
                f"A demo runs from {home} already (process {lock.read().split()[0]}). Stop it with Ctrl-C in its "
                "terminal, or give this one a folder and ports of its own: SIGMASIGHT_HOME, API_PORT, WEB_PORT."
            ) from error
        _note_processes(home, [os.getpid()])
        yield


def _note_processes(home: Path, pids: Sequence[int]) -> None:
    """For whoever finds a port taken by what a demo left behind that was killed."""
    (home / LOCK).write_text(" ".join(str(pid) for pid in pids))


def _reset(settings: Settings) -> None:
    if settings.database_url:
        raise CannotStart(
            "RESET throws away the embedded database only, and DATABASE_URL names another: empty that one."
        )
    if (settings.home / startup.POSTGRES_FOLDER / "postmaster.pid").exists():
        # A server that outlived its demo would go on writing into the folder
        startup.start_embedded(settings).stop()
    for name in DATA:
        path = settings.home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _database(settings: Settings, steps: Steps) -> Iterator[Settings]:
    """A migrated database, and the secret that this folder's tokens are signed with."""
    with ExitStack() as stack:
        with steps.step("Database"):
            ready = stack.enter_context(startup.database_of(settings))
        with steps.step("Schema"):
            startup.migrate(ready)
        yield ready.model_copy(update={"token_secret": _token_secret(ready)})


def _token_secret(settings: Settings) -> SecretStr:
    if settings.token_secret.get_secret_value() != DEVELOPMENT_SECRET:
        return settings.token_secret
    path = settings.home / "token_secret"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return SecretStr(path.read_text())


async def _seed(settings: Settings) -> None:
    async with Database(settings.database_url) as database:
        await demo.seed(database, settings)


async def _start(service: Service, settings: Settings) -> Running:
    log = settings.home / "logs" / f"{service.name.lower().replace(' ', '-')}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *service.command,
                cwd=service.folder,
                env=_environment(settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C reaches this process alone, which ends the others in order
                start_new_session=True,
            )
        except OSError as error:
            raise CannotStart(f"The {service.name} cannot be started: {error}.") from error
    return Running(service, process, log)


def _environment(settings: Settings) -> Mapping[str, str]:
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "SIGMASIGHT_ENVIRONMENT": settings.environment,
        "SIGMASIGHT_HOME": str(settings.home),
        "SIGMASIGHT_TOKEN_SECRET": settings.token_secret.get_secret_value(),
        "API_HOST": LOOPBACK,
        "API_PORT": str(settings.api_port),
        "WEB_PORT": str(settings.web_port),
        "API_URL": f"http://{LOOPBACK}:{settings.api_port}",
        "NEXT_TELEMETRY_DISABLED": "1",
    }


async def _answers(service: Service) -> None:
    """Returns once the service is of use."""
    if not service.ready_url:
        return
    # No proxy of the environment stands between two processes of one machine
    async with httpx.AsyncClient(trust_env=False, timeout=READY_SECONDS) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(service.ready_url)).status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return
            await asyncio.sleep(POLL_SECONDS)


async def _end(running: Sequence[Running]) -> None:
    """All at once: asked first, and made to after a while."""
    for child in running:
        _signal(child, signal.SIGTERM)
    waiting = [asyncio.create_task(child.process.wait()) for child in running]
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=TERMINATE_SECONDS)
    if late:
        for child in running:
            _signal(child, signal.SIGKILL)
        await asyncio.wait(late)


def _signal(child: Running, number: signal.Signals) -> None:
    # The whole session, with what the child has started itself
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-SHOWN_LOG_LINES:])
