"""What articles are compared by, to find the same story in two sources; every article is read again to fill it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CODE = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "trace",
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.Column("stated", sa.Boolean, nullable=False),
        sa.Column("language", _CODE, nullable=False),
        sa.Column("publisher", _NAME, nullable=False),
        sa.Column("page", _NAME, nullable=False),
        sa.Column("title", sa.String(16), nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_trace"),
    )
    op.create_index("ix_trace_story", "trace", ["story", "language"])
    op.create_index("ix_trace_page", "trace", ["language", "page", "story"])
    op.create_index("ix_trace_title", "trace", ["language", "title", "story"])
    op.create_table(
        "alternate",
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("language", _CODE, nullable=False),
        sa.Column("page", _NAME, nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", "language", "page", name="pk_alternate"),
    )
    op.create_index("ix_alternate_story", "alternate", ["story"])
    op.create_table(
        "joined",
        sa.Column("story", _NAME, nullable=False),
        sa.Column("shown_as", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("story", name="pk_joined"),
    )
    op.execute("UPDATE article SET stamp = ''")


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
