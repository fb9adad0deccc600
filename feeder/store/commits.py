"""Small commits of many threads, over one connection: what is asked for while one is on its way to the disk goes together.

    commits.commit("mark", {"row": 7, "owner": "x-1", ...})     True when it touched that row; on the disk when it returns

They are run by the driver itself, for every message needs two: SQLAlchemy would take as long for them as the disk. SQLite
has no way to the server, so there each is a statement. PostgreSQL has one, so there all of them are a single one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from feeder.errors import StoreError

Kind = Literal["mark", "sent", "other", "left"]

_ACTIVE = """EXISTS (
    SELECT 1 FROM subscriber AS s WHERE s.id = delivery.subscriber AND s.state = 'active' AND s.email IS NOT NULL)"""
#: What happens to a row that is ours, and of the values the names and types. `{row}` and so on are the values of one row.
_KINDS: Mapping[Kind, tuple[str, str, Mapping[str, str]]] = {
    "mark": (
        "UPDATE delivery SET state = 'sending', lease = {until}",
        f"state = 'queued' AND lease > {{now}} AND {_ACTIVE}",
        {"now": "bigint", "until": "bigint"},
    ),
    "sent": (
        "UPDATE delivery SET state = 'sent', why = '', sent = {now}, lease = NULL",
        "true",
        {"now": "bigint"},
    ),
    "other": (
        "UPDATE delivery SET owner = NULL, lease = NULL, state = {state}, why = {why}, attempts = {attempts}, due = {due}",
        "state <> 'sent'",
        {"state": "text", "why": "text", "attempts": "int", "due": "bigint"},
    ),
    "left": ("DELETE FROM delivery", f"state = 'queued' AND NOT {_ACTIVE}", {}),
}
_ROW = {"row": "bigint", "owner": "text"}


@dataclass(slots=True)
class Wish:
    """What a thread wants committed, and whether it touched its row."""

    kind: Kind
    values: Mapping[str, Any]
    done: bool = False
    touched: bool = False
    error: Exception | None = field(default=None)


class Commits:
    """See above. `turn` is held while the connection is in use; whoever else uses it takes it, too."""

    def __init__(self, connection: sa.Connection) -> None:
        self.turn = Lock()
        self._connection = connection
        self._refused: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._run = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
        self._waiting: list[Wish] = []
        self._list = Lock()

    def commit(self, kind: Kind, values: Mapping[str, Any]) -> bool:
        """Whether the row was ours and as it should be. Raises StoreError."""
        wish = Wish(kind, values)
        with self._list:
            self._waiting.append(wish)
        with self.turn:
            if not wish.done:  # else another thread has just taken it along
                with self._list:
                    wishes, self._waiting = self._waiting, []
                self._grant(wishes)
        if wish.error:
            raise wish.error
        return wish.touched

    def _grant(self, wishes: Sequence[Wish]) -> None:
        raw: Any = self._connection.connection.dbapi_connection
        try:
            self._run(raw, wishes)
        except self._refused as error:
            with suppress(self._refused):
                raw.rollback()
            what = StoreError(f"the store cannot be used: {str(error).strip().splitlines()[0]}")
            for wish in wishes:
                wish.error = what
        for wish in wishes:
            wish.done = True


# --- SQLite ---------------------------------------------------------------------------------------


def _single(kind: Kind) -> str:
    act, which, values = _KINDS[kind]
    text = f"{act} WHERE id = {{row}} AND owner = {{owner}} AND {which}"
    return text.format(**{name: f":{name}" for name in {**_ROW, **values}})


def _on_sqlite(raw: Any, wishes: Sequence[Wish]) -> None:
    raw.execute("BEGIN IMMEDIATE")
    touched = [raw.execute(_SINGLE[wish.kind], wish.values).rowcount == 1 for wish in wishes]
    raw.execute("COMMIT")
    for wish, was in zip(wishes, touched, strict=True):
        wish.touched = was


# --- PostgreSQL -----------------------------------------------------------------------------------


def _many() -> str:
    """One statement for rows of every kind; no row is there twice, for it is in one connection's hand."""
    columns = dict(_ROW)
    for _, _, values in _KINDS.values():
        columns |= values
    shape = ", ".join(f"{name}_ {type_}" for name, type_ in columns.items())
    given = f"json_to_recordset(%(rows)s::json) AS w(kind_ text, {shape})"
    parts = [f"w AS MATERIALIZED (SELECT * FROM {given})"]  # noqa: S608  made of constants
    for kind, (act, which, _) in _KINDS.items():
        source = "USING" if act.startswith("DELETE") else "FROM"
        ours = f"w.kind_ = '{kind}' AND id = w.row_ AND owner = w.owner_"
        one = f"{act} {source} w WHERE {ours} AND {which} RETURNING id, w.owner_"
        parts.append(f"{kind}_ AS ({one.format(**{name: f'w.{name}_' for name in columns})})")
    found = " UNION ALL ".join(f"SELECT id, owner_ FROM {kind}_" for kind in _KINDS)  # noqa: S608  likewise
    return f"WITH {', '.join(parts)} {found}"


def _on_postgresql(raw: Any, wishes: Sequence[Wish]) -> None:
    """A statement that is a transaction of its own: one way to the server and back."""
    rows = [{"kind_": wish.kind, **{f"{name}_": value for name, value in wish.values.items()}} for wish in wishes]
    raw.autocommit = True
    try:
        touched = set(raw.execute(_MANY, {"rows": msgspec.json.encode(rows).decode()}, prepare=True).fetchall())
    finally:
        raw.autocommit = False
    for wish in wishes:
        wish.touched = (wish.values["row"], wish.values["owner"]) in touched


_SINGLE: Mapping[Kind, str] = {kind: _single(kind) for kind in _KINDS}
_MANY = _many()
