"""Where feeder writes: folders, space, the store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from feeder.config import sqlite_path
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding
from feeder.store.upgrade import HEAD

_MB = 2**20
_TIGHT, _FULL = 500 * _MB, 50 * _MB  #: bytes free: below the first soon, below the second at the next build


def data_folder(patient: Patient) -> Iterator[Finding]:
    """Where the store, the outbox and what feeds sent are."""
    yield _writable(patient.room.data, "data folder", "choose another place with --data or FEEDER_DATA")


def output_folder(patient: Patient) -> Iterator[Finding]:
    """Where the site is published."""
    yield _writable(patient.room.output, "output", "choose another folder with storage.output")


def _writable(path: Path, subject: str, other: str) -> Finding:
    """Whether a folder can be written to, or made. Nothing is written to find out."""
    there = _nearest(path)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        made = "" if there == path else ", to be made by the first build"
        return Finding(level="fine", subject=subject, what=f"{path} can be written to{made}")
    what = f"{there} is no folder" if not there.is_dir() else f"{there} cannot be written to"
    return Finding(
        level="blocker",
        subject=subject,
        what=what,
        why="nothing can be published or remembered",
        todo=f"let the user that feeder runs as write there, or {other}",
    )


def _nearest(path: Path) -> Path:
    """The path, or the nearest above it that is there."""
    return next((one for one in (path, *path.parents) if one.exists()), path)


def disk_space(patient: Patient) -> Iterator[Finding]:
    """How much room is left on each disk that is written to."""
    seen: dict[int, str] = {}
    for path in (patient.room.data, patient.room.output):
        there = _nearest(path)
        if seen.setdefault(there.stat().st_dev, str(path)) == str(path):
            yield _space(path, shutil.disk_usage(there).free)


def _space(path: Path, free: int) -> Finding:
    what = f"{free // _MB:,} MB are free at {path}"
    if free >= _TIGHT:
        return Finding(level="fine", subject="disk space", what=what)
    return Finding(
        level="blocker" if free < _FULL else "warning",
        subject="disk space",
        what=what,
        why="a build that runs out of space publishes nothing new; what is published stays",
        todo="make room: old backups of the store, or what feeds sent (storage.keep_raw) may go",
    )


def store_version(patient: Patient) -> Iterator[Finding]:
    """Whether this feeder can use the store, and whether anything has to be done first."""
    is_file = sqlite_path(patient.room.database_url) is not None
    if patient.store_trouble:
        yield Finding(
            level="blocker",
            subject="store",
            what=patient.store_trouble,
            why="without its store feeder neither builds nor sends",
            todo="see that the database runs and may be used" if not is_file else "see who uses or changed the file",
        )
    elif not patient.store_version:
        what = "there is no store yet; the first build makes it"
        yield Finding(
            level="note", subject="store", what=what, why="nothing was published yet", todo="run: feeder build"
        )
    elif patient.store_version == HEAD:
        yield Finding(level="fine", subject="store", what=f"the store is at version {HEAD}, this feeder's own")
    elif is_file:
        yield Finding(
            level="note",
            subject="store",
            what=f"the store is at version {patient.store_version}, of an older feeder",
            why=f"the next build brings it to {HEAD}, after a backup; sources were not looked at",
            todo="run: feeder build",
        )
    else:
        yield Finding(
            level="blocker",
            subject="store",
            what=f"the store is at version {patient.store_version}, of an older feeder",
            why="feeder does not use it as it is, and brings PostgreSQL forward only when told to",
            todo="make a backup, then run: feeder migrate",
        )
