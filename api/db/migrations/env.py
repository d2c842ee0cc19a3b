"""How Alembic finds the database and the tables."""

from alembic import context

from api.db import tables  # noqa: F401 - declares them
from api.db.base import Table

connection = context.config.attributes["connection"]
# The queue's tables are made by its own schema and are none of ours.
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    include_object=lambda _object, name, kind, _reflected, _other: (
        not (kind in {"table", "index"} and str(name).startswith("procrastinate"))
    ),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
