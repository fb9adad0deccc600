"""feeder digest"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeder.cli import site, telling

if TYPE_CHECKING:
    from feeder.jobs.compile import Compiled
    from feeder.jobs.newsroom import Newsroom
    from feeder.model import Week


@click.command("digest")
@site.options
@click.option(
    "--week", "week_text", metavar="WEEK", help="An ISO week, such as 2026-W46 (default: the last that is over)."
)
@click.option("--to", "folder", metavar="DIR", help="Only write {lang}.html, .txt and .eml there; change nothing else.")
def command(week_text: str | None, folder: str | None) -> None:
    """Compile the issue of a week in every language.

    Without --to the issue is kept (a week has one issue, made once), published on the site, and written to the
    outbox as one message for each language.
    """
    room = site.newsroom()
    week = _week(week_text, room)
    compiled = _preview(room, week, Path(folder)) if folder else _make(room, week)
    if not compiled.issues:
        site.note(f"No issue for week {week}: {compiled.selection.why_empty}.")


def _week(text: str | None, room: Newsroom) -> Week:
    from feeder.model import Week
    from feeder.scheduler import week_for

    if text is None:
        return week_for(site.now(), room.site.zone)
    try:
        week = Week.parse(text)
        week.previous().span(room.site.zone), week.span(room.site.zone)  # the calendar has a first and a last year
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is not a week; write the year and the ISO week, such as 2026-W46", param_hint="--week"
        ) from None
    return week


def _preview(room: Newsroom, week: Week, folder: Path) -> Compiled:
    """Made in a copy of the store in memory, so that looking at an issue can never be what makes it."""
    from feeder.jobs import compile as digests
    from feeder.jobs.ingest import ingest
    from feeder.outputs import disk
    from feeder.store.upgrade import copy_in_memory

    store = copy_in_memory(room.database_url)
    try:
        with site.progress() as progress:
            ingest(store, room.sources, room.site.zone, now=site.now(), progress=progress)
        compiled = digests.compile_week(store, room, week, site.now())
    finally:
        store.close()
    for locale, issue in compiled.issues.items():
        for suffix, body in digests.to_files(room, issue).items():
            disk.write(folder / f"{locale}.{suffix}", body)
            click.echo(folder / f"{locale}.{suffix}")
    return compiled


def _make(room: Newsroom, week: Week) -> Compiled:
    from feeder.jobs import compile as digests
    from feeder.jobs.build import build

    with site.opened(room) as store:
        with site.progress() as progress:
            build(store, room, now=site.now(), progress=progress)
            compiled = digests.compile_week(store, room, week, site.now())
            names = digests.fill_outbox(room, compiled)
            build(store, room, now=site.now(), progress=progress)
        telling.after_build(room, store)
    if compiled.issues and not compiled.new:
        site.note(f"Week {week} had been compiled before; its issue was kept as it is.")
    for name, subject in zip(names, digests.subjects(compiled), strict=True):
        click.echo(f"{room.outbox / name}  {subject}")
    return compiled
