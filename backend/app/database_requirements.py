"""What a database server must offer, told as what its administrator has to do."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from app.database_connection import reachability
from app.db import APPLICATION_ROLE
from app.errors import CannotStart

# pg_has_role knows the privilege SET from here on
OLDEST_SERVER = 160_000
# Searches with a filter find what they should only with its iterative scans
OLDEST_VECTOR = (0, 8)
SCRIPT = "backend/database/roles.sql"

_OFFER = """
    select current_user as login, current_database() as database,
        (select extversion from pg_extension where extname = 'vector') as vector,
        (select default_version from pg_available_extensions where name = 'vector') as vector_on_offer,
        me.rolsuper or me.rolcreaterole as may_create_roles,
        exists(select from pg_roles where rolname = %(role)s) as has_role,
        coalesce((select pg_has_role(oid, 'set') or pg_has_role(oid, 'usage with admin option')
                  from pg_roles where rolname = %(role)s), false) as may_take_role,
        has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as may_create
    from pg_roles me where me.rolname = current_user
"""


@dataclass(frozen=True, slots=True)
class Offer:
    login: str
    database: str
    # Its version where it is installed in this database, and the one that could be
    vector: str | None
    vector_on_offer: str | None
    may_create_roles: bool
    has_role: bool
    may_take_role: bool
    may_create: bool


def check_for_migrations(url: str) -> None:
    """That the schema's owner can make it: told before the first statement, not in the middle of a migration."""
    with psycopg.connect(url, **reachability()) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise CannotStart("The database server is older than PostgreSQL 16.")
        cursor = connection.cursor(row_factory=class_row(Offer))
        offer = cursor.execute(_OFFER, {"role": APPLICATION_ROLE}).fetchone()
        problems = problems_of(offer, _may_add_vector(connection)) if offer is not None else []
    if problems:
        raise CannotStart(f"The database is not ready for SigmaSight: {'; '.join(problems)}. All of it: {SCRIPT}.")


def _may_add_vector(connection: psycopg.Connection) -> bool:
    """Tried and taken back: providers allow it to others than superusers, each in a way of its own."""
    try:
        connection.execute("create extension if not exists vector")
    except psycopg.Error:
        return False
    finally:
        connection.rollback()
    return True


def problems_of(offer: Offer, may_add_vector: bool) -> list[str]:
    problems = [_problem_with_vector(offer, may_add_vector), _problem_with_role(offer)]
    if not offer.may_create:
        problems.append(
            f"{offer.login} may not create schemas and tables in it: `alter database {offer.database} "
            f"owner to {offer.login}`"
        )
    return [problem for problem in problems if problem]


def _problem_with_vector(offer: Offer, may_add: bool) -> str:
    version = offer.vector or offer.vector_on_offer
    if version is None:
        return "its server has no extension `vector`: install pgvector (the image pgvector/pgvector:pg18 has it)"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VECTOR:
        return f"its extension `vector` is of version {version}: 0.8 or newer is needed"
    if not may_add:
        return "the extension `vector` is not in it yet: an administrator must run `create extension vector`"
    return ""


def _problem_with_role(offer: Offer) -> str:
    if not offer.has_role and not offer.may_create_roles:
        return (
            f"{offer.login} may not create roles: an administrator must run `create role {APPLICATION_ROLE}` and "
            f"`grant {APPLICATION_ROLE} to {offer.login}`"
        )
    if offer.has_role and not offer.may_take_role:
        return f"an administrator must run `grant {APPLICATION_ROLE} to {offer.login}`"
    return ""


def check_login(url: str) -> None:
    """That the login of API and worker may act as the application's role, where that is there already."""
    with psycopg.connect(url, **reachability()) as connection:
        look = "select current_user, pg_has_role(oid, 'set') from pg_roles where rolname = %s"
        found = connection.execute(look, (APPLICATION_ROLE,)).fetchone()
    if found is not None and not found[1]:
        raise CannotStart(
            f"The login {found[0]} may not act as {APPLICATION_ROLE}: an administrator must run "
            f"`grant {APPLICATION_ROLE} to {found[0]}`."
        )
