"""Remote feeds: what is remembered of each between two visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "source_state",
        sa.Column("key", _NAME, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("permanent_url", sa.Text, nullable=False),
        sa.Column("last_success", sa.BigInteger),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try", sa.BigInteger),
        sa.Column("interval", sa.BigInteger),
        sa.Column("silence_told", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="pk_source_state"),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
