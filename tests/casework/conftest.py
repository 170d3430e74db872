"""Databases of cases for tests: every test that takes `cases` runs on SQLite and on PostgreSQL."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from doors import AS_OF, FILES, Run
from fastapi.testclient import TestClient
from postgres import cluster
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
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


@pytest.fixture(scope="session")
def scanned_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files taken in and scanned once; every test gets a copy, so that only what it changes is built."""
    folder = tmp_path_factory.mktemp("template")
    files = folder / "files"
    files.mkdir()
    for name, text in FILES.items():
        (files / name).write_text(text, "utf-8")
    for command in (["ingest", str(files)], ["scan", "--as-of", AS_OF]):
        result = CliRunner().invoke(app, ["--home", str(folder / "home"), *command])
        assert result.exit_code == 0, result.stderr
    return folder / "home"


@pytest.fixture
def home(scanned_home: Path, database: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(scanned_home, tmp_path / "home"))


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: object, code: int = 0) -> Any:
        result = CliRunner().invoke(app, ["--home", str(home), *map(str, arguments)])
        assert result.exit_code == code, result.stdout + result.stderr
        is_json = "json" in arguments and code == 0
        return json.loads(result.stdout) if is_json else result.stdout + result.stderr

    return invoke


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    made = create_app(home)
    with TestClient(made, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client
        made.state.books.cases.close()
