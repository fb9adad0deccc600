"""feeder migrate"""

from __future__ import annotations

import click

from feeder.cli import site


@click.command("migrate")
@site.options
def command() -> None:
    """Bring the store up to date. SQLite does this by itself; PostgreSQL waits for this command."""
    from feeder.store import upgrade

    click.echo(f"The store is at version {upgrade.bring_up_to_date(site.newsroom().database_url)}.")
