"""The bytes that entries of feeds were made from, and the articles that cannot be shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "original",
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("page", sa.String(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("fetched", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_original"),
    )
    op.create_table(
        "withheld",
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_withheld"),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
