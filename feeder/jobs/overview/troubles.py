"""What could not be read, with the line at fault; and how the sources do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from feeder.articles import encodings
from feeder.editors.facts import SourceLine, Trouble
from feeder.errors import ArticleError
from feeder.jobs import twins
from feeder.jobs.newsroom import Newsroom
from feeder.model import Source, SourceError, SourceState
from feeder.sources import habit
from feeder.store import articles, source_states, surveys, withheld

_LINE_END = re.compile(r"\r\n|\r|\n")
_AROUND = 1  #: lines shown before and after the one at fault
_WIDE = 400  #: characters of a line that are shown
_LARGE = 8 << 20  #: bytes; a larger file is not opened to show a line of it
_DATES = 300  #: of the newest articles, from which a source's habit is known
_MOST = 200  #: troubles shown with their lines


def of_articles(connection: sa.Connection, room: Newsroom) -> tuple[Trouble, ...]:
    """Everything in quarantine, what fails when it is shown, and articles that claim what another one has."""
    refused = articles.quarantined(connection)
    kept = surveys.kept(connection, [(one.source, one.key) for one in refused])
    others = [*withheld.current(connection, room.fingerprint()), *twins.duplicates(connection, room.sources)]
    found = [
        _trouble(one, room, kept=(one.source, one.key) in kept, open_it=n < _MOST) for n, one in enumerate(refused)
    ]
    return (*found, *(_trouble(one, room, kept=False, open_it=False) for one in others))


def _trouble(one: SourceError, room: Newsroom, *, kept: bool, open_it: bool) -> Trouble:
    lines = _lines(_file(one, room.sources), one.line) if open_it and one.line else ()
    return Trouble(
        source=one.source, key=one.key, line=one.line, field=one.field, reason=one.reason, lines=lines, kept=kept
    )


def _file(one: SourceError, sources: Iterable[Source]) -> Path | None:
    """The file of a folder's article; None for what does not lie below that folder."""
    folder = next((source.path for source in sources if source.key == one.source and source.kind == "folder"), None)
    if folder is None:
        return None
    path = (folder / one.key).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None


def _lines(path: Path | None, number: int) -> tuple[tuple[int, str], ...]:
    """The line and its neighbours, as the file is now; a line that is too long is cut."""
    if path is None:
        return ()
    try:
        text = _text(path)
    except OSError:
        return ()
    lines = _LINE_END.split(text)
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    return tuple((n, _cut(lines[n - 1])) for n in range(first, last + 1))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_LARGE)
    try:
        return encodings.decode(data).text
    except ArticleError:  # its encoding may be what is wrong
        return data.decode("utf-8", errors="replace")


def _cut(line: str) -> str:
    shown = "".join(
        letter if letter.isprintable() or letter == "\t" else "\N{REPLACEMENT CHARACTER}" for letter in line
    )
    return shown if len(shown) <= _WIDE else shown[: _WIDE - 1] + "…"


def of_sources(connection: sa.Connection, room: Newsroom, now: datetime) -> tuple[SourceLine, ...]:
    """Every source of the site, in the order of the configuration."""
    states = source_states.states(connection)
    return tuple(_source(connection, one, states.get(one.key), now) for one in room.sources)


def _source(connection: sa.Connection, one: Source, state: SourceState | None, now: datetime) -> SourceLine:
    total, dates = articles.newest(connection, one.key, _DATES)
    return SourceLine(
        key=one.key,
        name=one.name,
        kind=one.kind,
        articles=total,
        last=max(dates, default=None),
        visited=state.last_success if state else None,
        next_try=state.next_try if state else None,
        trouble=_why(one, state),
        silence=habit.silence(dates, now),
    )


def _why(one: Source, state: SourceState | None) -> str:
    if state and state.last_error:
        return state.last_error
    if one.path and not (one.path.is_dir() if one.kind == "folder" else one.path.is_file()):
        return f"{one.path} is not there"
    return ""
