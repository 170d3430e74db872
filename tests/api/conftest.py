"""A small county taken in through the command line, once for all tests of the doors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_county import write_files
from typer.testing import CliRunner

from api.cli import app

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    files = write_files(folder / "files")
    result = CliRunner().invoke(app, ["--home", str(folder / "home"), "ingest", str(files)])
    assert result.exit_code == 0, result.stderr
    return folder / "home"


@pytest.fixture(scope="session")
def run(home: Path) -> Run:
    """Run a command on the county; the result has `exit_code`, `stdout` and `stderr`."""

    def invoke(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--home", str(home), *arguments])

    return invoke
