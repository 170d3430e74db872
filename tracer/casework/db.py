"""The database of cases: SQLite in the home folder, or PostgreSQL by URL; opened in its newest form.

All writers take one lock, so that both engines do the same: one write at a time, reads beside it.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError

from tracer.errors import DataRefusedError, FundtrailError, UsageError
from tracer.lock import only_process
from tracer.settings import DATABASE_VARIABLE, cases_file

NEWEST = "0002"
"""The migration that this code works with."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITES = "fundtrail_writes"
_WAIT_SECONDS = 60
_SQLITE_BYTES_MIN = 512
"""The smallest page of SQLite: a file below it holds no database, though SQLite takes it for an empty one."""
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_WRITERS_LOCK = 7_202_011
"""Number of the advisory lock of PostgreSQL that writers hold until their commit."""


class DatabaseUnavailable(FundtrailError):  # noqa: N818 - reads better where it is raised
    """The database of cases cannot be reached, or is held by somebody else for too long."""


class Cases:
    """An open database of cases."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with _told(self.engine), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, the only writing one at a time: committed at the end, or nothing of it is."""
        with _told(self.engine), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                if self.engine.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


@contextmanager
def open_cases(home: Path) -> Iterator[Cases]:
    """The database of a home folder, made or brought up to date where needed, closed at the end.

    Raises `UsageError` for a URL that is none, `DatabaseUnavailable` where nobody answers, and
    `DataRefusedError` where a newer fundtrail has made the database or its file is damaged.
    """
    cases = connect(home)
    try:
        yield cases
    finally:
        cases.close()


@contextmanager
def read_cases(home: Path) -> Iterator[Connection]:
    """One state of the database of a home folder, which may be one that nobody can write.

    SQLite is opened for reading alone; a home without alerts reads as an empty database. A file in an older
    form stays as it is: a copy in memory is brought up to date and read. Raises as `open_cases`.
    """
    url = database_url(home)
    if url.get_backend_name() != "sqlite":
        with open_cases(home) as cases, cases.read() as connection:
            yield connection
        return
    file = Path(url.database or "")
    _refuse_stump(file)
    cases = Cases(_reading_engine(file) if file.exists() else _engine(URL.create("sqlite")))
    try:
        if _checked_form(cases) != NEWEST:
            cases = _copied(cases)
            _upgrade(cases)
        with cases.read() as connection:
            yield connection
    finally:
        cases.close()


def connect(home: Path) -> Cases:
    """As `open_cases`, for a service that keeps it open."""
    url = database_url(home)
    if url.get_backend_name() == "sqlite":
        home.mkdir(parents=True, exist_ok=True)
        if url.database not in (None, "", ":memory:"):
            _make_whole(Path(str(url.database)))
    cases = Cases(_engine(url))
    if _checked_form(cases) != NEWEST:
        _upgrade(cases)
    return cases


def check_cases(home: Path) -> bool:
    """Whether a home folder has a file of cases, every page of which was then looked at; makes nothing.

    Raises `DataRefusedError` where it is damaged, else as `read_cases`.
    """
    url = database_url(home)
    if url.get_backend_name() != "sqlite" or not Path(url.database or "").exists():
        return False
    with read_cases(home) as connection:
        if connection.execute(sa.text("PRAGMA quick_check(1)")).scalar() != "ok":
            raise _damaged(str(url.database))
    return True


def database_url(home: Path) -> URL:
    """Where the cases are: `FUNDTRAIL_DATABASE`, else a file in the home folder."""
    given = os.environ.get(DATABASE_VARIABLE)
    if not given:
        return URL.create("sqlite", database=str(cases_file(home)))
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise UsageError(_bad_url()) from error
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise UsageError(_bad_url())


def _bad_url() -> str:
    # The text itself is not repeated: it may hold a password.
    return (
        f"{DATABASE_VARIABLE} 应写作 postgresql://用户:密码@主机:端口/库名 / "
        f"{DATABASE_VARIABLE} is written postgresql://USER:PASSWORD@HOST:PORT/NAME"
    )


def _make_whole(file: Path) -> None:
    """Make a new SQLite database under another name first, so that a kill leaves none that is empty."""
    if file.exists():
        _refuse_stump(file)
        return
    with only_process(file.with_name(f".{file.name}.lock")):
        if file.exists():
            return
        new = file.with_name(f".{file.name}.new")
        for left in (new, *(new.with_name(f"{new.name}{end}") for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
        cases = Cases(_engine(URL.create("sqlite", database=str(new))))
        try:
            _upgrade(cases)
        finally:
            cases.close()
        os.rename(new, file)


def _refuse_stump(file: Path) -> None:
    if file.is_file() and file.stat().st_size < _SQLITE_BYTES_MIN:
        raise _damaged(str(file))


def _damaged(file: str) -> DataRefusedError:
    return DataRefusedError(
        f"案件库 {file} 已损坏；请从备份恢复它（预警和处理单无法重新计算）"
        f" / the database of cases {file} is damaged; restore it from a backup (alerts and slips cannot be"
        " computed again)"
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise UsageError(
            "PostgreSQL 需要另装：pip install 'fundtrail[postgres]' / PostgreSQL needs that extra"
        ) from error


def _reading_engine(file: Path) -> Engine:
    """SQLite for reading alone."""
    query = {"mode": "ro", "uri": "true"}
    log = file.with_name(f"{file.name}-wal")
    # Readers too keep files beside a database in WAL mode. Where they cannot make them and no writer has left
    # a log to be read, the file is all that there is.
    if not os.access(file.parent, os.W_OK) and not (log.exists() and log.stat().st_size):
        query["immutable"] = "1"
    url = URL.create("sqlite", database=f"file:{quote(str(file.absolute()))}", query=query)
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _copied(cases: Cases) -> Cases:
    """The same SQLite database in memory."""
    made = _engine(URL.create("sqlite"))
    with (
        _told(cases.engine),
        closing(cases.engine.raw_connection()) as old,
        closing(made.raw_connection()) as new,
    ):
        source: Any = old.driver_connection
        source.backup(new.driver_connection)
    cases.close()
    return Cases(made)


def _begin_ourselves(connection: Any, _: object) -> None:
    """Let us begin transactions ourselves, so that a reader sees one state."""
    connection.isolation_level = None


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Let us begin transactions ourselves; an acknowledged commit is on the disk."""
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Tell in words of ours that the database does not answer, or is damaged."""
    try:
        yield
    except (DatabaseError, InterfaceError, sqlite3.DatabaseError) as error:
        told = _in_our_words(engine, error)
        if told is error:
            raise
        raise told from error


def _in_our_words(engine: Engine, error: DBAPIError | sqlite3.DatabaseError) -> Exception:
    """What to raise in place of an error of a database; itself, where it is a bug of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    shown = engine.url.render_as_string(hide_password=True)
    # The low byte is the kind of error, what is above it a detail.
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return _damaged(shown)
    if not isinstance(error, OperationalError | InterfaceError):
        return error
    reason = str(cause).strip().splitlines()[0]
    return DatabaseUnavailable(f"案件库不能使用（{shown}）：{reason} / the database of cases cannot be used")


def _checked_form(cases: Cases) -> str | None:
    """As `_form`; raises `DataRefusedError` where a newer fundtrail has made the database."""
    found = _form(cases)
    if found is not None and found > NEWEST:
        raise DataRefusedError(
            f"案件库由更新的版本建立（{found}），请升级 fundtrail / "
            f"the database of cases was made by a newer fundtrail ({found}); upgrade this one"
        )
    return found


def _form(cases: Cases) -> str | None:
    """The migration that a database stands at; None where it holds nothing yet."""
    with cases.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(cases: Cases) -> None:
    """Run the migrations that are missing, in one transaction."""
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with cases.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, NEWEST)
