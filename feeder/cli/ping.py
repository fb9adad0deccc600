"""feeder ping"""

from __future__ import annotations

import click

from feeder.cli import site, telling
from feeder.errors import ConfigError


@click.command("ping")
@site.options
def command() -> None:
    """Tell the WebSub hub of every feed that changed and that it does not know of yet.

    For a site that is uploaded after the build, with ping = false in [feeds]; elsewhere build and serve do it.
    """
    room = site.newsroom()
    if not room.site.hub:
        raise ConfigError('there is no hub to tell; name one in feeder.toml: [feeds] hub = "https://hub.example.org/"')
    with site.opened(room) as store:
        told = telling.told(room, store, lambda: False, early=True)
    for line in telling.sentences(told, room.site.hub) or ["The hub knows of every change."]:
        site.note(line)
    if told.why:
        raise SystemExit(1)
