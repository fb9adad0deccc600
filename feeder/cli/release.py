"""feeder release"""

from __future__ import annotations

import secrets
from typing import get_args

import click

from feeder.cli import site
from feeder.cli.digest import parse_week
from feeder.model import HeldFor


@click.command("release")
@site.options
@click.option("--week", "week_text", metavar="WEEK", help="Only the issues of a week, such as 2026-W46 (default: all).")
@click.option("--uncertain", is_flag=True, help="Messages of which nobody knows whether the server took them.")
@click.option("--late", is_flag=True, help="Issues that are later than [digest] hold_after allows.")
@click.option("--restored", is_flag=True, help="Issues that may have been sent before a backup was put back.")
@click.option("--as-sent", is_flag=True, help="Do not send them: they count as sent.")
def command(week_text: str | None, uncertain: bool, late: bool, restored: bool, as_sent: bool) -> None:
    """Decide about deliveries that are held: send them, or take them for sent.

    feeder status lists them and says what is known. Released ones are sent by a running feeder serve, or by
    feeder digest --send --week WEEK. With --restored you also say that this store is right from now on: what it does not
    know to be sent will be sent.
    """
    from feeder.jobs.sending.releasing import release

    asked = {"uncertain": uncertain, "late": late, "restored": restored}
    whys: list[HeldFor] = [why for why in get_args(HeldFor) if asked[why]]
    if not whys:
        raise click.UsageError("Say which: --uncertain, --late, --restored.")
    room = site.newsroom()
    week = parse_week(week_text, room) if week_text else None
    with site.opened(room) as store:
        token = secrets.token_hex(8)
        found = release(store, room, whys, week=week, as_sent=as_sent, now=site.now(), token=token)
    for issue, number in found.items():
        click.echo(f"{issue}: {number} {'taken for sent' if as_sent else 'to be sent'}.")
    if restored:
        site.note("This store is the one to go by from now on.")
    if not found:
        site.note(f"Nothing was held as {' or '.join(whys)}.")
    elif not as_sent:
        weeks = sorted({issue.rpartition("-")[0] for issue in found})
        site.note(f"A running feeder serve sends them now; without one: feeder digest --send --week {weeks[-1]}")
