"""What alembic runs: the steps, on the connection and in the transaction that `tracer.casework.db` opened."""

from alembic import context

from tracer.casework.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True
)
context.run_migrations()
