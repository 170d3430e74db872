"""Databases of cases for tests: every test that takes `cases` runs on SQLite and on PostgreSQL."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres import cluster

from tracer.casework.db import Cases, connect
from tracer.settings import DATABASE_VARIABLE

MakeUrl = Callable[[], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[MakeUrl]:
    """Gives the URL of a new, empty database, as often as it is asked."""
    with cluster() as url:
        server = sa.create_engine(
            url.format(name="postgres").replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT"
        )

        def make() -> str:
            name = f"cases_{secrets.token_hex(4)}"
            with server.connect() as connection:
                connection.execute(sa.text(f"CREATE DATABASE {name}"))
            return url.format(name=name)

        yield make
        server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine of this test: the environment names its database."""
    if request.param == "postgresql":
        monkeypatch.setenv(DATABASE_VARIABLE, request.getfixturevalue("postgres")())
    else:
        monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    return str(request.param)


@pytest.fixture
def cases(database: str, tmp_path: Path) -> Iterator[Cases]:
    """An empty database of cases on this engine."""
    opened = connect(tmp_path / "home")
    yield opened
    opened.close()
