"""The queue's tables, a ledger that only grows, and the sequence of case numbers."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The queue's tables, a ledger that only grows, and the sequence of case numbers."""
    connection = op.get_bind()
    # Straight to the driver: the library's text contains signs that SQLAlchemy would take for parameters.
    connection.connection.cursor().execute(SchemaManager.get_schema())
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_number")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("permit_number")))
    connection.exec_driver_sql(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the ledger only grows';
        END $$;
        CREATE TRIGGER event_only_grows BEFORE UPDATE OR DELETE ON event
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """
    )


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise NotImplementedError
