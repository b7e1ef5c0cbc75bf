import psycopg

from app.models import Base
from scripts import write_api_db_summary as script


def test_the_summary_is_up_to_date() -> None:
    assert script.OUTPUT.read_text() == script.summary(), "run `make gen`"


def test_it_says_of_each_table_what_the_database_does(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("select oid::regclass::text from pg_class where relrowsecurity").fetchall()
    protected = {name for (name,) in rows}
    summary = script.summary()

    for table in Base.metadata.tables.values():
        kind = "own rows" if table.fullname in protected else "shared"
        assert f"### {table.fullname} ({kind})" in summary
