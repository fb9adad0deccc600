"""feeder doctor"""

from __future__ import annotations

import json
import os
from contextlib import closing, nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from feeder.cli import site
from feeder.errors import ConfigError, FeederError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feeder.config.origins import Origin
    from feeder.jobs.newsroom import Newsroom
    from feeder.model import Finding
    from feeder.store import Store

_RUNS = 3  #: of the digest that are told
_SIGNS = {"fine": "ok", "note": "note", "warning": "WARNING", "blocker": "BLOCKER"}


@click.command("doctor")
@site.options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Tell what would stop the next build or digest, and what to do.

    Changes nothing, sends nothing; the mail server is greeted. Exits with 1 on a blocker."""
    findings, origins = _examined(site.now())
    blocked = any(one.level == "blocker" for one in findings)
    if as_json:
        from feeder.jobs.doctor import discreet

        told = {
            "ok": not blocked,
            "findings": [asdict(one) for one in findings],
            "configuration": [{"key": one.key, "value": discreet(one.value), "from": one.where} for one in origins],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            click.echo(paragraph(one))
        click.echo(conclusion(findings))
    if blocked:
        raise SystemExit(1)


def _examined(now: datetime) -> tuple[list[Finding], list[Origin]]:
    from feeder.cli import health
    from feeder.config.origins import origins, secret_files
    from feeder.jobs import doctor
    from feeder.jobs.doctor import configuration
    from feeder.scheduler import next_dues

    try:
        room = site.newsroom()
    except ConfigError as error:
        return [configuration.wrong(str(error))], []
    store, trouble, version = _opened(room)
    digests = next_dues(room.config.digest.schedule, room.site.zone, now, _RUNS)
    known = origins(site.configuration(room.folder), os.environ, room.config)
    with closing(store) if store else nullcontext():
        patient = doctor.Patient(
            room=room,
            store=store,
            store_trouble=trouble,
            store_version=version,
            now=now,
            digests=digests,
            vitals=health.look(room, store, now) if store else None,
            origins=known,
            secret_files=secret_files(os.environ),
        )
        return doctor.examine(patient), known


def _opened(room: Newsroom) -> tuple[Store | None, str, str]:
    """The store to look at, else why not, and its version."""
    from feeder.config import sqlite_path
    from feeder.store.engine import connect
    from feeder.store.upgrade import open_to_look, version

    path = sqlite_path(room.database_url)
    if path and not path.is_file():
        return None, "", ""
    try:
        with closing(connect(room.database_url, look=True)) as looked:
            found = version(looked)
        return open_to_look(room.database_url), "", found
    except FeederError as error:
        return None, str(error), ""


def paragraph(one: Finding) -> str:
    """A finding as a person reads it: one line, and two more where something is to be done."""
    lines = [f"{_SIGNS[one.level]:<8} {one.subject}: {one.what}"]
    lines += [f"         why: {one.why}"] if one.why else []
    lines += [f"         do:  {one.todo}"] if one.todo else []
    return "\n".join(lines)


def conclusion(findings: Sequence[Finding]) -> str:
    """The last line."""
    counts = {level: sum(one.level == level for one in findings) for level in _SIGNS}
    if counts["blocker"]:
        number = counts["blocker"]
        return f"{number} {'thing stops' if number == 1 else 'things stop'} the next run."
    if counts["warning"]:
        number = counts["warning"]
        return f"Nothing stops the next run; {number} {'warning' if number == 1 else 'warnings'}."
    return "All is well."
