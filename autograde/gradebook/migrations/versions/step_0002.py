"""Who a learner is at a learning platform, by its realm: two that call themselves the same may have people of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
NAME = "autograde_platform_person"


def upgrade() -> None:
    """Make the table anew, since SQLite changes no key; until now, the issuer was the realm."""
    before = sa.table(NAME, sa.column("learner"), sa.column("issuer"), sa.column("subject"))
    rows = op.get_bind().execute(sa.select(before.c.learner, before.c.issuer.label("realm"), before.c.subject)).mappings().all()
    op.drop_table(NAME)
    table = op.create_table(
        NAME,
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("realm", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("learner", "realm"),
    )
    op.create_index("autograde_platform_person_once", NAME, ["realm", "subject"], unique=True)
    op.bulk_insert(table, [dict(row) for row in rows])
