"""A graph build as CSV files for `neo4j-admin database import`, which fills an empty database fastest.

One file per label and per edge type and pair of labels, with the tool's own header, and `import.args`, which
names them all: `neo4j-admin database import full neo4j @import.args`, called in the folder. The database that
it makes is the one that `Neo4jStore.load` makes of the build, its state node included.
"""

from pathlib import Path

import duckdb

from tracer.errors import UsageError
from tracer.graph import content
from tracer.graph.content import Table
from tracer.graph.model import BOOL, INT, TEXT
from tracer.graph.neo4j import STATE_LABEL

TYPES = {TEXT: "string", INT: "long", BOOL: "boolean"}

ARGUMENTS = "import.args"


def write_import_files(build: Path, folder: Path) -> dict[str, int]:
    """Write the files of a build folder into an empty folder; returns the rows by label and edge type.

    Raises UsageError where the folder has files already, DataRefusedError where `build` is no build.
    """
    rows, present = content.rows_of(build), content.files(build)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} 不是空文件夹：请另指定一个 / {folder} is not empty: name another folder")
    arguments = ["--multiline-fields=true", _state(build, folder)]
    with duckdb.connect() as db:
        for table, path in present.items():
            if rows[table]:
                arguments.append(_write(db, table, path, folder))
    (folder / ARGUMENTS).write_text("\n".join(arguments) + "\n", "utf-8")
    return content.counts_by_name(rows)


def _write(db: duckdb.DuckDBPyConnection, table: Table, path: Path, folder: Path) -> str:
    """Write one table; returns the argument that names it."""
    name = table.file.removesuffix(".parquet") + ".csv"
    kinds = {column: table.columns[column] for column in table.properties}
    columns = [f'"{column}" AS "{_header(column, kind)}"' for column, kind in kinds.items()]
    if table.ends:
        start, end = table.ends
        columns = [f'"from_key" AS ":START_ID({start})"', f'"to_key" AS ":END_ID({end})"', *columns]
    else:
        columns = [f'"key" AS ":ID({table.name})"', *columns]
    texts = [_header(column, kind) for column, kind in kinds.items() if kind == TEXT]
    # A text is quoted, so that an empty one is told from none.
    quoted = ", ".join(f'"{text}"' for text in texts)
    force = f", FORCE_QUOTE ({quoted})" if texts else ""
    target = str(folder / name).replace("'", "''")
    db.execute(
        f"COPY (SELECT {', '.join(columns)} FROM {content.parquet(path)})"
        f" TO '{target}' (FORMAT csv, HEADER, NULLSTR ''{force})"
    )
    return f"--{'relationships' if table.ends else 'nodes'}={table.name}={name}"


def _header(column: str, kind: str) -> str:
    return f"{column}:{TYPES[kind]}"


def _state(build: Path, folder: Path) -> str:
    """The node by which the database is known to hold this build, whole."""
    name = f"{STATE_LABEL}.csv"
    values = ("state", content.folder_digest(build), content.model_digest())
    header = (f":ID({STATE_LABEL})", "key:string", "digest:string", "model:string")
    lines = [",".join(header), ",".join(f'"{value}"' for value in (values[0], *values))]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return f"--nodes={STATE_LABEL}={name}"
