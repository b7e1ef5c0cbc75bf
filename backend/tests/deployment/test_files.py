"""What images, compose.yaml and Railway's files name is what the code has. None of them is built here."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from sqlalchemy.engine import make_url
from typer.main import get_command

from app import cli
from app.config import REPOSITORY_ROOT, Settings
from app.db import APPLICATION_ROLE
from app.embedded_postgres import EmbeddedPostgres
from app.server import GRACEFUL_SHUTDOWN_SECONDS

BACKEND, FRONTEND = REPOSITORY_ROOT / "backend", REPOSITORY_ROOT / "frontend"
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY_ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
RAILWAY = {path.name: json.loads(path.read_text()) for path in BACKEND.glob("railway*.json")}
# What a container has no use for: folders and addresses of one machine, and the owner's login, which migrates only
OF_ONE_MACHINE = {"SIGMASIGHT_HOME", "API_HOST", "API_PORT", "WEB_PORT", "MIGRATION_DATABASE_URL"}
# What the web server is told of what stands before it
FOR_CLIENT_ADDRESSES = ("WEB_TRUSTED_PROXIES", "WEB_CLIENT_ADDRESS_HEADER")


def dockerfile(folder: Path) -> str:
    return (folder / "Dockerfile").read_text()


def variables() -> set[str]:
    return {
        str(field.validation_alias or f"SIGMASIGHT_{name.upper()}") for name, field in Settings.model_fields.items()
    }


def test_the_images_have_versions_that_the_project_runs_on(postgres: EmbeddedPostgres) -> None:
    project = (BACKEND / "pyproject.toml").read_text()
    package = json.loads((FRONTEND / "package.json").read_text())
    with psycopg.connect(postgres.url("postgres")) as connection:
        postgres_major = connection.info.server_version // 10_000
    (oldest_python,) = re.findall(r'requires-python = ">=([\d.]+)"', project)
    (oldest_node,) = re.findall(r">=(\d+)", package["engines"]["node"])

    assert set(re.findall(r"FROM python:([\d.]+)-", dockerfile(BACKEND))) == {oldest_python}
    (node,) = set(re.findall(r"FROM node:(\d+)-", dockerfile(FRONTEND)))
    assert int(node) >= int(oldest_node)
    assert SERVICES["database"]["image"] == f"pgvector/pgvector:pg{postgres_major}"


@pytest.mark.parametrize("folder", [BACKEND, FRONTEND], ids=["backend", "frontend"])
def test_what_is_copied_into_an_image_is_there_and_not_ignored(folder: Path) -> None:
    copied = [line.split()[1:-1] for line in dockerfile(folder).splitlines() if re.match(r"COPY (?!--from)", line)]
    ignored = (folder / ".dockerignore").read_text().splitlines()

    for name in (name for names in copied for name in names):
        assert (folder / name).exists()
        assert name == "." or name not in ignored
        assert "*" not in ignored or f"!{name}" in ignored


def test_no_secrets_of_this_machine_get_into_an_image() -> None:
    backend, frontend = ((folder / ".dockerignore").read_text().splitlines() for folder in (BACKEND, FRONTEND))

    assert "*" in backend
    assert "!.env" not in backend
    assert ".env*" in frontend


@pytest.mark.parametrize("folder", [BACKEND, FRONTEND], ids=["backend", "frontend"])
def test_images_do_not_run_as_root(folder: Path) -> None:
    (user,) = re.findall(r"^USER (\d+)$", dockerfile(folder), flags=re.MULTILINE)

    assert int(user) > 0


@pytest.mark.parametrize(
    ("environment", "port"),
    [({}, "8000"), ({"API_PORT": "9000"}, "9000"), ({"PORT": "5555", "API_PORT": "9000"}, "5555")],
)
def test_the_api_listens_where_the_platform_says(environment: dict[str, str], port: str, tmp_path: Path) -> None:
    (stated,) = re.findall(r"^CMD (.*)$", dockerfile(BACKEND), flags=re.MULTILINE)
    program = tmp_path / "sigmasight"
    program.write_text('#!/bin/sh\necho "$1 $API_PORT"\n')
    program.chmod(0o755)

    done = subprocess.run(  # noqa: S603 - the image's command
        json.loads(stated),
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert done.stdout == f"serve {port}\n"


def test_every_command_is_one_of_ours() -> None:
    known = set(getattr(get_command(cli.app), "commands"))  # noqa: B009 - typer's type does not state it
    named = [SERVICES[name]["command"] for name in ("migrate", "worker")]
    named += [command.split() for file in RAILWAY.values() for command in _commands(file["deploy"])]

    assert len(named) == 4
    assert all(program == "sigmasight" and command in known for program, command in named)


def _commands(deploy: dict[str, Any]) -> list[str]:
    return [*deploy.get("preDeployCommand", []), *([deploy["startCommand"]] if "startCommand" in deploy else [])]


def test_every_health_check_asks_a_route_that_there_is() -> None:
    routes = set(json.loads((BACKEND / "openapi.json").read_text())["paths"])
    web = json.loads((FRONTEND / "railway.json").read_text())["deploy"]["healthcheckPath"]
    checks = {name: " ".join(SERVICES[name]["healthcheck"]["test"]) for name in ("api", "web")}

    assert RAILWAY["railway.json"]["deploy"]["healthcheckPath"] in routes
    assert re.findall(r":8000(/[\w/]+)", checks["api"])[0] in routes
    assert re.findall(r":3000(/[\w-]+)", checks["web"]) == [web]
    assert (FRONTEND / "src" / "app" / web.lstrip("/") / "page.tsx").exists()


def test_every_setting_reaches_api_and_worker() -> None:
    assert set(SERVICES["api"]["environment"]) == variables() - OF_ONE_MACHINE
    assert SERVICES["worker"]["environment"] == SERVICES["api"]["environment"]
    assert set(SERVICES["migrate"]["environment"]) - set(SERVICES["api"]["environment"]) == {"MIGRATION_DATABASE_URL"}


def test_every_variable_of_the_compose_file_stands_in_the_example() -> None:
    example = (REPOSITORY_ROOT / ".env.example").read_text()
    used = set(re.findall(r"\$\{(\w+)", (REPOSITORY_ROOT / "compose.yaml").read_text()))

    assert used == {name for name in used if re.search(rf"^#?{name}=", example, flags=re.MULTILINE)}
    assert SERVICES["web"]["environment"] == {"API_URL": "http://api:8000"} | dict.fromkeys(FOR_CLIENT_ADDRESSES)
    assert all(re.search(rf"^{name}=", example, flags=re.MULTILINE) for name in FOR_CLIENT_ADDRESSES)


def test_the_logins_are_those_that_the_script_makes() -> None:
    script = (BACKEND / "database" / "roles.sql").read_text()
    logins = {
        name: make_url(re.sub(r"\$\{[^}]*\}", "secret", SERVICES["migrate"]["environment"][name])).username
        for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    }
    mounted = [volume.split(":")[0] for volume in SERVICES["database"]["volumes"] if volume.startswith(".")]

    assert logins == {"DATABASE_URL": "sigmasight_service", "MIGRATION_DATABASE_URL": "sigmasight_owner"}
    assert all(f"'{name}'" in script for name in (*logins.values(), APPLICATION_ROLE))
    assert all((REPOSITORY_ROOT / path).exists() for path in mounted)
    assert "SIGMASIGHT_OWNER_PASSWORD" not in str(SERVICES["api"]) + str(SERVICES["worker"]) + str(SERVICES["web"])


def test_each_stop_leaves_time_to_end_what_is_under_way() -> None:
    given = [int(SERVICES[name]["stop_grace_period"].rstrip("s")) for name in ("api", "worker")]
    given += [file["deploy"]["drainingSeconds"] for file in RAILWAY.values()]

    assert min(given) > 2 * GRACEFUL_SHUTDOWN_SECONDS
