"""Empty databases of cases, one after the other, as fast as a state machine wants them."""

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from tracer.casework.db import Cases, connect
from tracer.settings import DATABASE_VARIABLE, cases_file


def fresh_store(folder: Path) -> Callable[[], Cases]:
    """Gives empty databases on the engine that the environment names.

    SQLite: copies of an empty one. PostgreSQL: the one database, whose guards are put aside to empty it.
    """
    numbers = count()
    with_url = bool(os.environ.get(DATABASE_VARIABLE))
    connect(folder / "empty").close()

    def fresh() -> Cases:
        home = folder / f"home{next(numbers)}"
        if not with_url:
            home.mkdir()
            shutil.copy(cases_file(folder / "empty"), cases_file(home))
            return connect(home)
        cases = connect(home)
        with cases.write() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text("TRUNCATE alerts, alert_moves, slips, updates, pair_decisions"))
        return cases

    return staticmethod(fresh)  # type: ignore[return-value]
