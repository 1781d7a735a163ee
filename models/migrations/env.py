"""Alembic's way in: `models/keeping/migrate.py` gives the connection, with its transaction."""

from alembic import context

from models.schema.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
