"""An index with all that lists of articles ask of them, so that none of their texts is passed over on the way."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

COLUMNS = ["draft", "story", "language", "published", "first_seen", "changed_at", "pinned", "source", "key"]


def upgrade() -> None:
    op.create_index("ix_article_survey", "article", COLUMNS)


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
