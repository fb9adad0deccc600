"""Pings: what a WebSub hub is still to be told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "ping",
        sa.Column("path", _NAME, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_ping"),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
