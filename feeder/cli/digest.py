"""feeder digest"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeder.cli import sending, site, telling
from feeder.cli.stopping import stopping

if TYPE_CHECKING:
    from feeder.jobs.compile import Compiled
    from feeder.jobs.newsroom import Newsroom
    from feeder.model import Week
    from feeder.store import Store


@click.command("digest")
@site.options
@click.option(
    "--week", "week_text", metavar="WEEK", help="An ISO week, such as 2026-W46 (default: the last that is over)."
)
@click.option("--to", "folder", metavar="DIR", help="Only write {lang}.html, .txt and .eml there; change nothing else.")
@click.option("--send", is_flag=True, help="Send it: each subscriber gets it once, however often this is called.")
def command(week_text: str | None, folder: str | None, send: bool) -> None:
    """Compile the issue of a week in every language, and send it.

    Without --to the issue is kept (a week has one issue, made once), published on the site, and written to the
    outbox as one message for each language.

    With --send it goes to every subscriber who was confirmed when it was made; without a mail server (mail.smtp_url),
    into the outbox, a file for each. What was sent before is not sent again, and what was begun is gone on with. An issue
    that is later than [digest] hold_after is held, unless --week names it.
    """
    if folder and send:
        raise click.UsageError("--to changes nothing and --send sends; choose one.")
    room = site.newsroom()
    week = parse_week(week_text, room)
    if folder:
        compiled = _preview(room, week, Path(folder))
    else:
        with site.opened(room) as store:
            compiled = _make(room, store, week)
            if send and compiled.issues:
                with stopping() as stop:
                    sending.send_week(room, store, compiled, stop, ordered=week_text is not None)
    if not compiled.issues:
        site.note(f"No issue for week {week}: {compiled.selection.why_empty}.")


def parse_week(text: str | None, room: Newsroom) -> Week:
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


def _make(room: Newsroom, store: Store, week: Week) -> Compiled:
    from feeder.jobs import compile as digests
    from feeder.jobs.build import build

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
