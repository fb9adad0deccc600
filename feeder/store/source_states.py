"""What is remembered of remote feeds between two visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from feeder.model import SourceState
from feeder.store.engine import insert
from feeder.store.tables import source_state as table


def states(connection: sa.Connection) -> dict[str, SourceState]:
    """Of every source that was ever visited, by its key."""
    return {row.key: _state(row) for row in connection.execute(sa.select(table))}


def _state(row: Any) -> SourceState:
    values = {one.name: getattr(row, one.name) for one in fields(SourceState)}
    seconds = values.pop("interval")
    return SourceState(**values, interval=None if seconds is None else timedelta(seconds=seconds))


def put(connection: sa.Connection, state: SourceState) -> None:
    values = {one.name: getattr(state, one.name) for one in fields(SourceState)}
    values["interval"] = None if state.interval is None else int(state.interval.total_seconds())
    rest = {name: value for name, value in values.items() if name != "key"}
    connection.execute(
        insert(connection, table).values(**values).on_conflict_do_update(index_elements=["key"], set_=rest)
    )


def forget(connection: sa.Connection, kept: Collection[str]) -> None:
    """Forget sources that are no longer configured."""
    connection.execute(table.delete().where(table.c.key.not_in(kept)))
