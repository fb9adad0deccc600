"""Whether articles come in: folders that can be read, feeds that answer and have news, articles that were refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta

from feeder.errors import FolderError
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding, Source, SourceState
from feeder.sources import folder, habit
from feeder.store import articles, withheld

_OFTEN = 3  #: failures in a row that are no accident
_LONG = timedelta(days=1)  #: without a success
_SHOWN = 3  #: refused articles that are named


def folders(patient: Patient) -> Iterator[Finding]:
    for source in patient.room.sources:
        if source.kind == "folder":
            yield _folder(patient, source)


def _folder(patient: Patient, source: Source) -> Finding:
    subject = f"source {source.key}"
    try:
        number = len(folder.look(source, "", patient.room.site.zone).found)
    except FolderError as error:
        return Finding(
            level="blocker",
            subject=subject,
            what=str(error),
            why="nothing new is published from it; what it gave before stays",
            todo="make the folder readable for the user that feeder runs as, or correct path in feeder.toml",
        )
    if number:
        return Finding(level="fine", subject=subject, what=f"{number} {'article' if number == 1 else 'articles'}")
    return Finding(
        level="warning",
        subject=subject,
        what="the folder has no articles",
        why="a site without articles has empty pages and feeds",
        todo="put .md, .txt or .html files there, or see whether a disk is missing",
    )


def saved_feeds(patient: Patient) -> Iterator[Finding]:
    """Feeds that are a file on this machine."""
    for source in patient.room.sources:
        if source.kind != "feed" or source.path is None:
            continue
        if source.path.is_file() and os.access(source.path, os.R_OK):
            yield Finding(level="fine", subject=f"source {source.key}", what="the saved feed can be read")
        else:
            yield Finding(
                level="warning",
                subject=f"source {source.key}",
                what="there is no such file, or it cannot be read",
                why="nothing new comes from it; what it gave before stays",
                todo="save the feed there, or correct path in feeder.toml",
            )


def feeds(patient: Patient) -> Iterator[Finding]:
    """How the last visits to feeds on the web went. None is visited now."""
    for source in patient.room.sources:
        if source.url:
            yield from _feed(patient, source, patient.states.get(source.key))


def _feed(patient: Patient, source: Source, state: SourceState | None) -> Iterator[Finding]:
    subject = f"source {_shown(source.key)}"
    if state is None:
        what = "was never asked yet" if patient.store else "is not known here, for want of a store"
        yield Finding(
            level="note", subject=subject, what=what, why="its stories come with a build", todo="run: feeder build"
        )
        return
    yield _state(patient, state, subject)
    if state.permanent_url and state.permanent_url != source.url:
        yield Finding(
            level="note",
            subject=subject,
            what=f"has moved for good to {_shown(state.permanent_url)}, and is asked there",
            why="the old address may end one day",
            todo="write the new address in feeder.toml; its stories keep their ids",
        )
    yield from _silence(patient, source, subject)


def _state(patient: Patient, state: SourceState, subject: str) -> Finding:
    worked = f"last worked {patient.when(state.last_success)}" if state.last_success else "never worked yet"
    if not state.last_error:
        tried = f"; next try {patient.when(state.next_try)}" if state.next_try else ""
        return Finding(level="fine", subject=subject, what=f"{worked}{tried}")
    if state.next_try is None:
        return Finding(
            level="warning",
            subject=subject,
            what=f"{_shown(state.last_error)}; {worked}",
            why="it is not asked again; what it gave before stays",
            todo="remove it from feeder.toml, or correct its address",
        )
    long_ago = state.last_success is None or patient.now - state.last_success > _LONG
    times = "1 time" if state.failures == 1 else f"{state.failures} times"
    return Finding(
        level="warning" if state.failures >= _OFTEN or long_ago else "note",
        subject=subject,
        what=(
            f"failed {times} in a row: {_shown(state.last_error)}; {worked}; next try {patient.when(state.next_try)}, "
            f"{_pause(state.next_try - patient.now)} from now"
        ),
        why="its new stories are missing; it is tried by itself, less and less often",
        todo="open its address in a browser; if it is wrong, correct it in feeder.toml",
    )


def _pause(pause: timedelta) -> str:
    minutes = max(0, int(pause.total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _silence(patient: Patient, source: Source, subject: str) -> Iterator[Finding]:
    if patient.store is None:
        return
    with patient.store.read() as connection:
        dates = articles.dates(connection, source.key)
    silent, usual = habit.silence(dates, patient.now), habit.usual(dates)
    if silent and usual:
        yield Finding(
            level="warning",
            subject=subject,
            what=f"has had nothing new for {silent.days} days; it usually has within {_pause(usual)}",
            why="a feed that answers and says nothing is often one that was left behind",
            todo="look whether the publisher has moved, or the feed has another address now",
        )


def _shown(text: str) -> str:
    """Without what stands behind "?" in addresses: it may be a key."""
    return re.sub(r"(https?://[^\s?'\"]*)\?[^\s'\"]+", r"\1?…", text)


def quarantine(patient: Patient) -> Iterator[Finding]:
    """Articles that could not be read, or shown."""
    if patient.store is None:
        return
    with patient.store.read() as connection:
        bad = [*articles.quarantined(connection), *withheld.current(connection, patient.room.fingerprint())]
    if not bad:
        yield Finding(level="fine", subject="quarantine", what="every article could be read")
        return
    names = ", ".join(_shown(one.key) for one in bad[:_SHOWN]) + (" …" if len(bad) > _SHOWN else "")
    yield Finding(
        level="warning",
        subject="quarantine",
        what=f"{len(bad)} {'article' if len(bad) == 1 else 'articles'} could not be published: {names}",
        why="readers do not get them; everything else is published",
        todo="run: feeder build, which names each with the line and what to do",
    )
