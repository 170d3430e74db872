"""Triggers that keep what may never happen out of the database itself, on both engines."""

from alembic import op


def guard(table: str, change: str, forbidden: str) -> None:
    """Refuse a change of rows of a table where a condition holds, whoever asks for it.

    `change` is INSERT, UPDATE or DELETE; the condition is in SQL, over the rows OLD and NEW.
    """
    name = f"{table}_no_{change.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        condition = forbidden.replace("IS DISTINCT FROM", "IS NOT")  # which older SQLite has not
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: forbidden {change}'); END"
        )
        return
    row = "OLD" if change == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {forbidden} THEN RAISE EXCEPTION '{table}: forbidden {change}'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if change == "DELETE":
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()")
