"""Who else on this machine can read what is nobody's business: secrets, addresses."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from feeder import config as configuration
from feeder.config import sqlite_path
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding

_MOUNTED = Path("/run/secrets")  #: where containers have their secrets, readable for all inside and for nobody else


def secrets_files(patient: Patient) -> Iterator[Finding]:
    """Files that hold secrets or addresses are the owner's alone, or the group's."""
    if os.name != "posix":
        return
    open_ = [path for path in _files(patient) if _is_open(path)]
    for path in open_:
        yield Finding(
            level="warning",
            subject="permissions",
            what=f"everybody on this machine can read {path}",
            why="it holds secrets or subscribers' addresses",
            todo=f"run: chmod o-rwx {path}",
        )
    if not open_:
        yield Finding(
            level="fine", subject="permissions", what="secrets and addresses are readable by their owner only"
        )


def _files(patient: Patient) -> Iterator[Path]:
    room, mail = patient.room, patient.room.config.mail
    yield from (path for path in patient.secret_files if _MOUNTED not in path.parents)
    if mail.dkim_key_file:
        yield configuration.absolute(mail.dkim_key_file, room.folder)
    if any(one.where == "feeder.toml" and one.secret for one in patient.origins):
        yield room.folder / "feeder.toml"
    if store := sqlite_path(room.database_url):
        yield store
    yield room.outbox
    yield room.sending


def _is_open(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO)
    except OSError:
        return False
