"""The tags of an article are known without opening it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ARTICLE = sa.table(
    "article", sa.column("id", sa.Integer), sa.column("tags", sa.JSON), sa.column("body", sa.LargeBinary)
)
_BATCH = 500


class _Body(msgspec.Struct):
    tags: list[str] = []


def upgrade() -> None:
    op.add_column("article", sa.Column("tags", sa.JSON, nullable=False, server_default="[]"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(_ARTICLE.c.id, _ARTICLE.c.body)).yield_per(_BATCH)
    found = [
        {"which": row.id, "found": tags} for row in rows if (tags := msgspec.json.decode(row.body, type=_Body).tags)
    ]
    if found:
        where = _ARTICLE.c.id == sa.bindparam("which")
        connection.execute(sa.update(_ARTICLE).where(where).values(tags=sa.bindparam("found", type_=sa.JSON)), found)
    with op.batch_alter_table("article") as article:
        article.alter_column("tags", existing_type=sa.JSON, server_default=None)


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
