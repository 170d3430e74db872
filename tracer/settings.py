"""Where things lie: the home folder and the data that ships with the package."""

import os
from pathlib import Path

HOME_VARIABLE = "FUNDTRAIL_HOME"
HOME_DEFAULT = "fundtrail-home"
DATABASE_VARIABLE = "FUNDTRAIL_DATABASE"
"""A URL in the environment, as it may hold a password that no list of processes should show."""


def home_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds everything: the one given, else `FUNDTRAIL_HOME`, else `./fundtrail-home`."""
    return Path(given or os.environ.get(HOME_VARIABLE) or HOME_DEFAULT)


def queries_folder() -> Path:
    """The folder of `.cypher` files: shipped inside the wheel, beside the packages in a checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "_queries"
    return shipped if shipped.is_dir() else package.parent / "queries"


def register_queries_folder() -> Path:
    """The rules that use registers of other offices, laid out as the folder of queries is."""
    return queries_folder() / "registers"


def own_queries_folder(home: Path) -> Path:
    """The rules that a home holds beside those that ship, laid out as the folder of queries is."""
    return home / "queries"


def ledger_folder(home: Path) -> Path:
    """The folder of the ledger's Delta tables."""
    return home / "ledger"


def cases_file(home: Path) -> Path:
    """The database of cases, where no other is named by URL."""
    return home / "cases.db"


def has_cases(home: Path) -> bool:
    """Whether there can be alerts: a file in the home folder, or a database named by URL."""
    return bool(os.environ.get(DATABASE_VARIABLE)) or cases_file(home).exists()


def ledger_version(home: Path) -> int:
    """The newest version of the ledger, 0 while it is empty; read from file names alone, so it costs nothing.

    Each version is one entry in the Delta log of the commits table.
    """
    entries = (ledger_folder(home) / "_commits" / "_delta_log").glob("*.json")
    return max((int(entry.stem) for entry in entries if entry.stem.isdigit()), default=-1) + 1
