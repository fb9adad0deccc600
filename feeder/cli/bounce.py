"""feeder bounce"""

from __future__ import annotations

import sys

import click

from feeder.cli import site
from feeder.errors import FeederError

_LATER = 75  #: EX_TEMPFAIL of sysexits.h: the mail server keeps the report and tries again


@click.command("bounce")
@site.options
def command() -> None:
    """Read one report of a message that came back from stdin, as a mail server's pipe hands it over.

    Exits with 75 when the store cannot be used now: the mail server then tries again.
    """
    from feeder.cli.subscribers import opened
    from feeder.jobs import bounces
    from feeder.mail.bounce import LARGEST

    data = sys.stdin.buffer.read(LARGEST)
    try:
        with opened() as (room, store, keys):
            click.echo(bounces.take(store, room, keys, data, site.now()))
    except FeederError as error:
        site.note(f"feeder: {error}")
        raise SystemExit(_LATER) from None
