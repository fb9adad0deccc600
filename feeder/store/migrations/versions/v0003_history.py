"""History: entries are numbered in the order of their first publication; stories can be retracted, and issues tell it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CODE = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")

_NUMBERED = """
    UPDATE entry SET number = (
        SELECT count(*) FROM entry AS other
        WHERE other.locale = entry.locale
          AND (other.published < entry.published OR (other.published = entry.published AND other.story <= entry.story))
    )
"""


def upgrade() -> None:
    op.add_column("entry", sa.Column("number", sa.Integer))
    op.execute(_NUMBERED)
    with op.batch_alter_table("entry") as entry:
        entry.alter_column("number", existing_type=sa.Integer, nullable=False)
        entry.create_unique_constraint("uq_entry_locale_number", ["locale", "number"])
    op.add_column("issue_story", sa.Column("told", sa.String(16), nullable=False, server_default="story"))
    with op.batch_alter_table("issue_story") as issue_story:
        issue_story.alter_column("told", existing_type=sa.String(16), server_default=None)
    op.create_table(
        "retraction",
        sa.Column("story", _NAME, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("language", _CODE, nullable=False),
        sa.Column("titles", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("story", name="pk_retraction"),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
