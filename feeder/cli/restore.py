"""feeder restore"""

from __future__ import annotations

from pathlib import Path

import click

from feeder.cli import site
from feeder.errors import StoreError


@click.command("restore")
@site.options
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Put back a store that feeder backup saved. Stop feeder first.

    The store that is there is kept beside it. What was sent since the backup the store does not know, so every digest that it
    takes for unsent is held until you decide with feeder release --restored.
    """
    from feeder.config import sqlite_path
    from feeder.store import backup

    path = sqlite_path(site.newsroom().database_url)
    if path is None:
        raise StoreError(
            "this store is in PostgreSQL: stop feeder, then pg_restore --clean --if-exists --dbname=DATABASE FILE, and keep"
            " the data folder, by which feeder sees that the store is an older copy"
        )
    aside = backup.put_back(path, file.absolute(), site.now())
    click.echo(f"The store is that of {file}." + (f" The one before is in {aside}." if aside else ""))
    site.note(
        "Digests that it takes for unsent are held. See them with: feeder status. If they went out before:"
        " feeder release --restored --as-sent; if not: feeder release --restored"
    )
